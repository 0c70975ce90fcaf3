//! Calendar days in the organization's zone: which instant belongs to which, and when a date is over.

use chrono::{Days, NaiveDate};

use super::instant::UtcInstant;
use super::period::{BillingPeriod, TimeZone};

/// A run of local days, each with the instant at which it begins for good.
///
/// Days are told apart by their beginnings alone, so that one with 23 or 25 hours, or without a midnight,
/// is a day like any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRun {
    first: NaiveDate,
    /// Of each day, and of the one behind the last.
    begins: Vec<UtcInstant>,
}

impl DayRun {
    /// The days from `first` to `last`, both included; none where `last` lies before `first`.
    pub fn new(first: NaiveDate, last: NaiveDate, zone: TimeZone) -> Self {
        let days = usize::try_from((last - first).num_days() + 1).unwrap_or(0);
        let begins = first.iter_days().take(days + 1).map(|day| zone.first_instant_of(day)).collect();
        Self { first, begins }
    }

    /// The `days` days that end with the one of `as_of`.
    pub fn up_to(as_of: UtcInstant, days: u64, zone: TimeZone) -> Self {
        let last = zone.local_date(as_of);
        let first = last.checked_sub_days(Days::new(days.saturating_sub(1))).unwrap_or(NaiveDate::MIN);
        Self::new(first, last, zone)
    }

    /// The days of a billing period.
    pub fn of_period(period: BillingPeriod, zone: TimeZone) -> Self {
        Self::new(period.first_day(), period.last_day(), zone)
    }

    pub fn len(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn begins_at(&self) -> UtcInstant {
        self.begins.first().copied().unwrap_or(UtcInstant::EPOCH)
    }

    /// The first instant behind the last day.
    pub fn ends_at(&self) -> UtcInstant {
        self.begins.last().copied().unwrap_or(UtcInstant::EPOCH)
    }

    /// The first instant of a day; that behind the last for the position behind it.
    pub fn begins(&self, index: usize) -> UtcInstant {
        self.begins.get(index).copied().unwrap_or(self.ends_at())
    }

    pub fn date(&self, index: usize) -> NaiveDate {
        self.first.checked_add_days(Days::new(index as u64)).unwrap_or(NaiveDate::MAX)
    }

    /// Position of the day of an instant; `None` outside the run.
    pub fn position(&self, instant: UtcInstant) -> Option<usize> {
        if self.is_empty() || instant < self.begins_at() || instant >= self.ends_at() {
            return None;
        }
        Some(self.begins.partition_point(|begins| *begins <= instant) - 1)
    }
}

/// Calendar days from the day of `earlier` to that of `later`; negative the other way round.
pub fn days_between(earlier: UtcInstant, later: UtcInstant, zone: TimeZone) -> i64 {
    (zone.local_date(later) - zone.local_date(earlier)).num_days()
}

/// `YYYY-MM-DD`; `None` for anything else.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let well_formed = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    well_formed.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

/// The first instant at which something that holds through the local day `date` holds no longer.
pub fn over_at(date: NaiveDate, zone: TimeZone) -> UtcInstant {
    zone.first_instant_of(date.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX))
}

/// Days until `date` is over, cut towards zero: 364.9 is 364, -28.9 is -28 [D].
pub fn days_to_expire(date: NaiveDate, as_of: UtcInstant, zone: TimeZone) -> i64 {
    const DAY: i64 = 86_400;
    (over_at(date, zone).unix_seconds() - as_of.unix_seconds()) / DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcInstant {
        text.parse().unwrap()
    }

    fn berlin() -> TimeZone {
        "Europe/Berlin".parse().unwrap()
    }

    #[test]
    fn a_day_of_23_or_25_hours_is_a_day() {
        // Clocks go forward on 29 March 2026, back on 25 October.
        for (noon, short) in [("2026-03-30T10:00:00Z", 23), ("2026-10-26T11:00:00Z", 25)] {
            let run = DayRun::up_to(at(noon), 3, berlin());
            assert_eq!(run.len(), 3);
            assert_eq!((run.begins[2].unix_seconds() - run.begins[1].unix_seconds()) / 3600, short);
            for day in 0..3 {
                assert_eq!(run.position(run.begins[day]), Some(day));
                assert_eq!(run.position(run.begins[day + 1].plus_seconds(-1)), Some(day));
            }
            assert_eq!(run.position(run.ends_at()), None);
            assert_eq!(run.position(run.begins_at().plus_seconds(-1)), None);
        }
    }

    #[test]
    fn a_month_has_its_days_in_every_zone() {
        for (zone, period, days) in [
            ("Pacific/Kiritimati", "2026-02", 28),
            ("Etc/GMT+12", "2024-02", 29),
            ("Africa/Cairo", "2026-10", 31),
        ] {
            let zone: TimeZone = zone.parse().unwrap();
            let period: BillingPeriod = period.parse().unwrap();
            let run = DayRun::of_period(period, zone);
            assert_eq!(run.len(), days);
            assert_eq!(run.begins_at(), period.begins_at(zone));
            assert_eq!(run.ends_at(), period.plus_months(1).unwrap().begins_at(zone));
        }
    }

    #[test]
    fn days_to_expire_are_cut_towards_zero() {
        let zone = TimeZone::UTC;
        let day = parse_date("2026-10-31").unwrap();
        let days = |as_of| days_to_expire(day, at(as_of), zone);
        assert_eq!(days("2025-11-01T02:24:00Z"), 364, "364.9");
        assert_eq!(days("2026-10-31T00:00:00Z"), 1);
        assert_eq!(days("2026-10-31T23:59:59Z"), 0, "it holds through that day");
        assert_eq!(days("2026-11-01T12:00:00Z"), 0);
        assert_eq!(days("2026-11-29T21:36:00Z"), -28, "-28.9");
    }

    #[test]
    fn a_date_has_ten_characters() {
        assert!(parse_date("2026-10-31").is_some());
        for wrong in ["", "2026-1-31", "2026-02-30", "permanent", "２０２６-10"] {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }
}
