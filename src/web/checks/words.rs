//! The words of each line: its figure, its weight, and what stands behind it in a sentence.

use super::{About, Line, Weight};
use crate::domain::days::parse_date;
use crate::domain::product;
use crate::domain::server_status::{Flag, State, Status as SourceStatus};
use crate::store::checklist::{Checklist, Moved};
use crate::store::periods::Status;
use crate::web::report::{name_of, number};
use crate::web::show::{self, Clock};

pub fn line(about: About, checklist: &Checklist, clock: Clock) -> Line {
    let (what, weight, figure, note) = match about {
        About::Unlinked => unlinked(checklist),
        About::Servers => {
            let states = checklist.servers.iter().map(|server| (&server.status, &*server.name));
            reporting("Servers reporting", states.collect())
        }
        About::Sites => {
            let states = checklist.sites.iter().map(|site| (&site.status, &*site.name));
            reporting("Sites reporting", states.collect())
        }
        About::SilentDays => silent_days(checklist),
        About::BareNames => bare_names(checklist),
        About::Moved => moved(checklist),
        About::Expiring => expiring(checklist, clock),
        About::Rejected => rejected(checklist),
        About::Late => late(checklist),
        About::Clock => the_clock(checklist, clock),
        About::Lock => lock(checklist, clock),
    };
    Line { about, what, weight, figure, note }
}

type Told = (&'static str, Weight, String, String);

fn look_if(is_so: bool) -> Weight {
    if is_so { Weight::Look } else { Weight::InOrder }
}

fn blocks_if(is_so: bool) -> Weight {
    if is_so { Weight::Blocks } else { Weight::InOrder }
}

/// Names so many, then how many more.
fn names(all: &[String], count: usize) -> String {
    const MOST: usize = 3;
    let shown = all.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match count.saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {} more", show::figure(number(more as u64))),
    }
}

fn unlinked(checklist: &Checklist) -> Told {
    let unlinked = &checklist.unlinked;
    let note = match (unlinked.users, &unlinked.domain) {
        (0, _) => "Every user counts for a customer".to_owned(),
        (_, Some((domain, of))) => {
            format!("{} of them share one domain, {}", show::figure(number(*of)), domain.to_uppercase())
        }
        _ => "They count for no customer, and nobody pays for them".to_owned(),
    };
    let is_several = checklist.features.len() > 1;
    let what = if is_several { "Unlinked users over all features" } else { "Unlinked users" };
    (what, blocks_if(unlinked.users > 0), show::figure(number(unlinked.users)), note)
}

fn reporting(what: &'static str, states: Vec<(&SourceStatus, &str)>) -> Told {
    let count = states.len();
    let quiet: Vec<String> = states
        .into_iter()
        .filter(|(status, _)| status.state != State::Reporting)
        .map(|(status, name)| match (status.state, status.days_silent) {
            (State::NotReporting, Some(days)) => {
                format!("{name} silent for {}", show::count(days, "day", "days"))
            }
            _ => format!("{name} never reported"),
        })
        .collect();
    let note = match quiet.len() {
        0 => "All have reported lately".to_owned(),
        all => names(&quiet, all),
    };
    (what, blocks_if(!quiet.is_empty()), format!("{} of {count}", count - quiet.len()), note)
}

fn silent_days(checklist: &Checklist) -> Told {
    let gaps = &checklist.silent_days;
    let days: usize = gaps.iter().map(|gap| gap.silent).sum();
    let named: Vec<String> =
        gaps.iter().map(|gap| format!("{} {} of {}", gap.name, gap.silent, gap.days)).collect();
    let note = match named.len() {
        0 => "Every source told of every day".to_owned(),
        all => format!("{}: the figure may be low", names(&named, all)),
    };
    ("Days without data", look_if(days > 0), show::figure(number(days as u64)), note)
}

fn bare_names(checklist: &Checklist) -> Told {
    let what = "Bare names on several sources";
    let Some(bare) = &checklist.bare else {
        return (what, Weight::Unknown, "n/a".to_owned(), "The month is closed".to_owned());
    };
    let note = match bare.count {
        0 => "Every name that several sources report has its domain".to_owned(),
        count => format!(
            "{}: each may be several people, and counts as one",
            names(&bare.first, usize::try_from(count).unwrap_or(usize::MAX))
        ),
    };
    (what, look_if(bare.count > 0), show::figure(number(bare.count)), note)
}

fn moved(checklist: &Checklist) -> Told {
    let what = "Customers that differ by more than 20 %";
    let Some(moved) = &checklist.moved else {
        let note = "There is no month before to hold it against".to_owned();
        return (what, Weight::Unknown, "n/a".to_owned(), note);
    };
    let rows: usize = moved.iter().map(|feature| feature.customers.len()).sum();
    let is_several = checklist.features.len() > 1 || moved.len() > 1;
    let told = |feature: &Moved| {
        let rows = feature.customers.iter().map(|row| {
            format!("{} {} to {}", row.name, show::figure(number(row.before)), show::figure(number(row.now)))
        });
        names(&rows.collect::<Vec<_>>(), feature.customers.len())
    };
    // The feature with the most of them is named; the others are counted behind it.
    let mut note = match moved.first() {
        None => {
            let before = checklist.period.plus_months(-1).unwrap_or(checklist.period);
            format!("Against {}", show::month(before))
        }
        Some(first) if is_several => {
            format!("{} in {}: {}", first.customers.len(), label(checklist, &first.feature), told(first))
        }
        Some(first) => told(first),
    };
    for feature in moved.iter().skip(1) {
        note.push_str(&format!("; {} in {}", feature.customers.len(), label(checklist, &feature.feature)));
    }
    (what, look_if(!moved.is_empty()), show::figure(number(rows as u64)), note)
}

/// `Premium`; with its code beside another feature of that edition.
fn label(checklist: &Checklist, code: &str) -> String {
    let kind = |code: &str| (product::product_of(code).to_owned(), product::edition_of(code).to_owned());
    let same = checklist.features.iter().filter(|other| kind(other) == kind(code)).count();
    let name = name_of(code);
    if same > 1 && name != code { format!("{name}, {code}") } else { name }
}

fn expiring(checklist: &Checklist, clock: Clock) -> Told {
    let with = |flag: Flag| checklist.servers.iter().filter(move |server| server.status.has(flag));
    let (expiring, expired) = (with(Flag::Expiring).count(), with(Flag::Expired).count());
    let next = with(Flag::Expiring)
        .filter_map(|server| Some((server.nearest_expiry.as_ref()?, &server.name)))
        .min_by_key(|(expiry, _)| expiry.date.clone());
    let note = match (next, expired) {
        (Some((expiry, name)), _) => {
            let day = parse_date(&expiry.date).map_or(expiry.date.clone(), |day| show::date(day, clock));
            format!("Next: {name}, after {day}")
        }
        (None, 0) => "None in the next 30 days".to_owned(),
        (None, _) => String::new(),
    };
    let gone = match expired {
        0 => String::new(),
        some => format!("{} expired already", show::count(number(some as u64), "server has", "servers have")),
    };
    let note = [note, gone].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    let figure = show::figure(number(expiring as u64));
    ("Licenses that expire within 30 days", look_if(expiring + expired > 0), figure, note)
}

fn rejected(checklist: &Checklist) -> Told {
    let note = match checklist.rejected {
        0 => "Whatever came was taken in",
        _ => "What they tell is in no figure",
    };
    let figure = show::figure(checklist.rejected);
    ("Rejected uploads left to settle", look_if(checklist.rejected > 0), figure, note.to_owned())
}

/// Nothing is to be done about it: whoever closes should know.
fn late(checklist: &Checklist) -> Told {
    let what = "Late users that are carried";
    let users: i64 = checklist.late.iter().map(|month| month.users).sum();
    let months: Vec<String> = checklist.late.iter().map(|month| show::month(month.period)).collect();
    let note = match (users, checklist.status, checklist.before.first()) {
        (_, Status::Closed, _) => "The statement tells what it carries".to_owned(),
        (0, ..) => "No closed month has usage that no statement tells of".to_owned(),
        (_, _, Some(first)) => {
            format!(
                "Of {}: the statement of {} tells them",
                names(&months, months.len()),
                show::month(*first)
            )
        }
        (_, _, None) => {
            format!("Of {}: the statement tells them apart from its own", names(&months, months.len()))
        }
    };
    (what, Weight::InOrder, show::figure(users), note)
}

fn the_clock(checklist: &Checklist, clock: Clock) -> Told {
    let today = clock.day(clock.now);
    let note = if checklist.is_clock_doubted {
        "More than 40 days ahead of what was last recorded: nothing closes until it is confirmed"
    } else {
        "It fits what was last recorded"
    };
    ("Date of this machine", blocks_if(checklist.is_clock_doubted), today, note.to_owned())
}

/// Days that are left, and in words.
pub fn days_to_lock(checklist: &Checklist, clock: Clock) -> (i64, String) {
    let days = -clock.days_since(checklist.locks_at.plus_seconds(-1));
    let words = match days {
        0 => "tonight".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    };
    (days, words)
}

fn lock(checklist: &Checklist, clock: Clock) -> Told {
    let month = show::month_name(checklist.period);
    let locks = clock.when(checklist.locks_at).text;
    let (weight, figure, note) = match checklist.status {
        Status::Open => {
            let (days, _) = days_to_lock(checklist, clock);
            (look_if(days <= 3), show::figure(days), format!("{month} stays open until {locks}"))
        }
        Status::Locked => (Weight::InOrder, "0".to_owned(), format!("{month} is locked since {locks}")),
        Status::Closed => (Weight::InOrder, "0".to_owned(), format!("{month} is closed")),
    };
    ("Days to the lock", weight, figure, note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_names_stand_for_many() {
        let all: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        assert_eq!(names(&all, 5), "a, b, c and 2 more");
        assert_eq!(names(&all, 1_204), "a, b, c and 1,201 more");
        assert_eq!(names(&all[..2], 2), "a, b");
    }
}
