//! The last 60 days of a source, drawn: a bar for each day that was received, a stub for each that was not.

use chrono::{Datelike as _, NaiveDate};

use super::listing::and;
use crate::store::receipts_by_day::{Day, DayMark};
use crate::web::show::{self, Clock};

/// What the figure shows.
pub struct Strip {
    /// `53 days received, 7 without.`
    pub summary: String,
    /// The same for those who do not see it, with the gaps.
    pub said: String,
    pub bars: Vec<Bar>,
    /// Where a month begins.
    pub months: Vec<usize>,
    /// Dates under the axis, with their text.
    pub dates: Vec<(String, String)>,
    /// Runs of days in words; empty where there are none.
    pub missing: String,
    pub late: String,
    pub width: usize,
}

/// One day.
pub struct Bar {
    /// Left edge.
    pub x: String,
    /// `got`, `late` or `miss`.
    pub class: &'static str,
    /// `11 Oct: nothing`
    pub title: String,
}

const STEP: usize = 10;

impl Strip {
    pub fn new(days: &[Day], clock: Clock) -> Self {
        let date = |date: NaiveDate| show::date(date, clock);
        let of = |mark: DayMark| days.iter().filter(|day| day.mark == mark).count();
        let received = of(DayMark::Got) + of(DayMark::ArrivedLater);
        let bars = days.iter().enumerate().filter_map(|(at, day)| {
            let (class, what) = match day.mark {
                DayMark::Got => ("got", "received"),
                DayMark::ArrivedLater => ("late", "arrived later"),
                DayMark::Missing => ("miss", "nothing"),
                DayMark::NotYet | DayMark::BeforeFirst => return None,
            };
            // A hollow bar is drawn around its edge.
            let edge = if class == "late" { ".5" } else { "" };
            Some(Bar {
                x: format!("{}{edge}", at * STEP + 2),
                class,
                title: format!("{}: {what}", date(day.date)),
            })
        });
        let missing = and(&runs(days, DayMark::Missing, clock));
        let late = and(&runs(days, DayMark::ArrivedLater, clock));
        let counted = |days: usize| i64::try_from(days).unwrap_or(i64::MAX);
        let summary = format!(
            "{} received, {} without.",
            show::count(counted(received), "day", "days"),
            show::figure(counted(of(DayMark::Missing)))
        );
        let mut said = summary.clone();
        if !missing.is_empty() {
            said.push_str(&format!(" Nothing on {missing}."));
        }
        if !late.is_empty() {
            said.push_str(&format!(" {late} arrived later."));
        }
        let middle = days.len() / 2;
        let mut dates: Vec<(String, String)> = [days.first(), days.get(middle)]
            .into_iter()
            .flatten()
            .map(|day| (day.date.to_string(), date(day.date)))
            .collect();
        dates.extend(days.last().map(|day| (day.date.to_string(), format!("{}, today", date(day.date)))));
        let months = days.iter().enumerate().filter(|(at, day)| *at > 0 && day.date.day() == 1);
        Self {
            summary,
            said,
            bars: bars.collect(),
            months: months.map(|(at, _)| at * STEP).collect(),
            dates,
            missing,
            late,
            width: days.len() * STEP,
        }
    }
}

/// Days of one mark that follow one another: `11 to 13 Oct`.
fn runs(days: &[Day], mark: DayMark, clock: Clock) -> Vec<String> {
    let mut runs = Vec::new();
    for run in days.chunk_by(|a, b| a.mark == b.mark).filter(|run| run[0].mark == mark) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let until = show::date(last.date, clock);
        runs.push(match (first.date == last.date, first.date.month() == last.date.month()) {
            (true, _) => until,
            (false, true) => format!("{} to {until}", first.date.day()),
            (false, false) => format!("{} to {until}", show::date(first.date, clock)),
        });
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_named_by_their_days() {
        let marks = "ggmmmgllggggggggggggggggggggmmmy";
        let day = |(at, mark): (usize, char)| Day {
            date: NaiveDate::from_ymd_opt(2026, 10, 6).unwrap() + chrono::Days::new(at as u64),
            mark: match mark {
                'g' => DayMark::Got,
                'l' => DayMark::ArrivedLater,
                'm' => DayMark::Missing,
                _ => DayMark::NotYet,
            },
        };
        let days: Vec<Day> = marks.chars().enumerate().map(day).collect();
        let clock =
            Clock { zone: "Europe/Berlin".parse().unwrap(), now: "2026-11-06T08:00:00Z".parse().unwrap() };
        let strip = Strip::new(&days, clock);
        assert_eq!(strip.missing, "8 to 10 Oct and 3 to 5 Nov");
        assert_eq!(strip.late, "12 to 13 Oct");
        assert_eq!(strip.summary, "25 days received, 6 without.");
        assert_eq!(strip.dates[2].1, "6 Nov, today");
        assert_eq!(strip.months, [260]);
        assert_eq!(strip.bars.len(), 31);
    }
}
