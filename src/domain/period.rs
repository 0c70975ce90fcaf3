//! Billing periods and the lock: when a month begins, and the instant from which nobody may change it.
//!
//! Calendar months in the organization's IANA time zone. Marks in comments: [D] documented by
//! Citrix (the 10th of the following month), [R] our rule (the 10th is included).

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, Days, NaiveDate};

use super::error::{Error, code, quoted};
use super::instant::UtcInstant;

mod range;
mod time_zone;
pub use range::PeriodRange;
pub use time_zone::TimeZone;

/// A calendar month, `2026-10`, from 0001-01 to 9999-12. Ordered in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BillingPeriod {
    /// Months since 0000-01.
    months: i32,
}

/// The last day of the following month on which a period may still be changed: 1 to 28, by default 10 [D].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockDay(u32);

/// The two settings that say when a period begins and locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockRule {
    pub lock_day: LockDay,
    pub time_zone: TimeZone,
}

impl BillingPeriod {
    const FIRST: Self = Self { months: 12 }; // 0001-01
    const LAST: Self = Self { months: 9999 * 12 + 11 }; // 9999-12

    /// None outside 0001-01 to 9999-12.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        ((1..=9999).contains(&year) && (1..=12).contains(&month))
            .then(|| Self { months: year * 12 + month as i32 - 1 })
    }

    /// The form that is stored beside facts, where text would cost: 202610 for `2026-10`.
    pub fn number(self) -> i64 {
        i64::from(self.year()) * 100 + i64::from(self.month())
    }

    /// The inverse of [`number`](Self::number).
    pub fn from_number(number: i64) -> Option<Self> {
        Self::new(i32::try_from(number / 100).ok()?, u32::try_from(number % 100).ok()?)
    }

    pub fn year(self) -> i32 {
        self.months / 12
    }

    /// 1 to 12.
    pub fn month(self) -> u32 {
        (self.months % 12) as u32 + 1
    }

    /// None where the calendar ends (before 0001-01, after 9999-12).
    pub fn plus_months(self, months: i64) -> Option<Self> {
        let moved = i64::from(self.months).checked_add(months)?;
        let moved = Self { months: i32::try_from(moved).ok()? };
        (Self::FIRST..=Self::LAST).contains(&moved).then_some(moved)
    }

    /// How far `other` is behind this one; negative where it is before.
    pub fn months_until(self, other: Self) -> i64 {
        i64::from(other.months) - i64::from(self.months)
    }

    /// The month that the clocks in `zone` show at `instant`.
    ///
    /// At either end of the calendar clocks away from UTC show a month that cannot be written; it
    /// counts to the month beside it.
    pub fn of(instant: UtcInstant, zone: TimeZone) -> Self {
        let local = zone.local_date(instant);
        let shown = Self { months: local.year() * 12 + local.month0() as i32 };
        shown.clamp(Self::FIRST, Self::LAST)
    }

    /// The first instant from which the clocks in `zone` show this month or a later one *for good*:
    /// where they showed it, went back over midnight and showed it again, the second time.
    pub fn begins_at(self, zone: TimeZone) -> UtcInstant {
        zone.first_instant_of(self.first_day())
    }

    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.month(), 1).unwrap_or(NaiveDate::MAX)
    }

    pub fn last_day(self) -> NaiveDate {
        let next = self.plus_months(1).map_or(NaiveDate::MAX, Self::first_day);
        next.pred_opt().unwrap_or(NaiveDate::MAX)
    }
}

impl FromStr for BillingPeriod {
    type Err = Error;

    /// Exactly `YYYY-MM`. Errors: `SEAT-P03`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let bytes = text.as_bytes();
        let digits = |part: &[u8]| {
            part.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i32::from(b - b'0')))
        };
        (bytes.len() == 7 && bytes[4] == b'-')
            .then(|| Self::new(digits(&bytes[..4])?, digits(&bytes[5..])? as u32))
            .flatten()
            .ok_or_else(|| {
                Error::new(
                    code::PERIOD_MALFORMED,
                    format!("expected a billing period such as 2026-10, found {}", quoted(text)),
                )
            })
    }
}

impl fmt::Display for BillingPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl LockDay {
    pub const DEFAULT: LockDay = LockDay(10);

    /// Errors: `SEAT-P06` outside 1..=28 (the days that every month has).
    pub fn new(day: i64) -> Result<Self, Error> {
        match u32::try_from(day) {
            Ok(day @ 1..=28) => Ok(Self(day)),
            _ => Err(Error::new(
                code::LOCK_DAY_INVALID,
                format!("expected a day of the month from 1 to 28, found {day}"),
            )),
        }
    }

    pub fn get(self) -> u32 {
        self.0
    }
}

impl LockRule {
    /// The instant from which `period` is locked: the first at which day `lock_day` of the
    /// following month is over in the organization's zone, for good.
    pub fn locks_at(&self, period: BillingPeriod) -> UtcInstant {
        let last_open_day = NaiveDate::from_ymd_opt(
            period.year() + i32::from(period.month() == 12),
            period.month() % 12 + 1,
            self.lock_day.0,
        )
        .unwrap_or(NaiveDate::MAX);
        self.time_zone
            .first_instant_of(last_open_day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX))
    }

    pub fn is_locked(&self, period: BillingPeriod, as_of: UtcInstant) -> bool {
        as_of >= self.locks_at(period)
    }

    pub fn has_begun(&self, period: BillingPeriod, as_of: UtcInstant) -> bool {
        BillingPeriod::of(as_of, self.time_zone) >= period
    }

    /// The earliest period that the clock leaves open at `as_of`: the last month until it locks,
    /// then the current one. What `live_from` becomes with the first accepted upload.
    pub fn earliest_open(&self, as_of: UtcInstant) -> BillingPeriod {
        let current = BillingPeriod::of(as_of, self.time_zone);
        match current.plus_months(-1) {
            Some(last) if !self.is_locked(last, as_of) => last,
            _ => current,
        }
    }

    /// Whether assignments and free flags of `period` may be changed at `as_of`.
    ///
    /// `closed_through` is the newest closed period; `live_from` the first live one: the periods
    /// before it are history and stay open until it locks. Errors: `SEAT-P01` locked or closed,
    /// `SEAT-P02` not begun.
    pub fn require_open(
        &self,
        period: BillingPeriod,
        as_of: UtcInstant,
        closed_through: Option<BillingPeriod>,
        live_from: Option<BillingPeriod>,
    ) -> Result<(), Error> {
        if closed_through.is_some_and(|newest| period <= newest) {
            return Err(Error::new(code::PERIOD_LOCKED, format!("billing period {period} is closed")));
        }
        if !self.has_begun(period, as_of) {
            return Err(Error::new(
                code::PERIOD_NOT_BEGUN,
                format!("billing period {period} has not begun at {as_of}"),
            ));
        }
        let locks_at = self.locks_at(live_from.map_or(period, |live| period.max(live)));
        if as_of >= locks_at {
            return Err(Error::new(
                code::PERIOD_LOCKED,
                format!("billing period {period} is locked since {locks_at}"),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
