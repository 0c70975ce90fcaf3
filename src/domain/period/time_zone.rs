//! The organization's time zone: local dates, and the instant at which one begins for good.

use std::str::FromStr;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeZone as _};

use crate::domain::error::{Error, code, quoted};
use crate::domain::instant::UtcInstant;

/// An IANA time zone by name, `Europe/Berlin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZone(chrono_tz::Tz);

const HOUR: i64 = 3600;

impl TimeZone {
    pub const UTC: TimeZone = TimeZone(chrono_tz::Tz::UTC);

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The date that the clocks show.
    pub fn local_date(self, instant: UtcInstant) -> NaiveDate {
        self.local(instant).date()
    }

    /// Date and time that the clocks show.
    pub fn local(self, instant: UtcInstant) -> NaiveDateTime {
        instant.to_chrono().with_timezone(&self.0).naive_local()
    }

    /// The beginning of the local day that lies so many days before that of `instant`.
    pub fn day_before(self, instant: UtcInstant, days: u64) -> UtcInstant {
        let day = self.local_date(instant).checked_sub_days(Days::new(days));
        self.first_instant_of(day.unwrap_or(NaiveDate::MIN))
    }

    /// Seconds that the clocks are ahead of UTC.
    fn offset(self, unix_seconds: i64) -> i64 {
        let utc = UtcInstant::EPOCH.plus_seconds(unix_seconds).to_chrono().naive_utc();
        i64::from(self.0.offset_from_utc_datetime(&utc).fix().local_minus_utc())
    }

    /// The first instant from which the local date is `day` or later *for good*.
    ///
    /// A zone may skip that midnight (clocks go from 23:59 to 01:00) or show it twice (clocks go
    /// from 00:01 back to 23:01, so that the day before comes again): the plain "local midnight to
    /// UTC" is missing for the one and ambiguous for the other.
    ///
    /// Triggers ask this for every row, so it looks an offset up two to four times, and searches
    /// only where the clocks jump from before midnight to after it. It rests on one fact about the zone database: no zone
    /// changes its clocks twice within 72 hours (the tests hold it against every zone).
    pub fn first_instant_of(self, day: NaiveDate) -> UtcInstant {
        let midnight = NaiveDateTime::new(day, NaiveTime::MIN).and_utc().timestamp();
        // No clock is further than 16 hours from UTC, and none was ever put back by more than 24:
        // before the first of these the day has not begun, after the second it cannot be undone.
        let before = self.offset(midnight - 30 * HOUR);
        let after = self.offset(midnight + 42 * HOUR);
        let by_old_clock = midnight - before;
        let by_new_clock = midnight - after;
        let begins = if before == after {
            by_old_clock
        } else if after < before {
            // Put back: late enough, and the day before never comes again.
            let changed_before = self.offset(by_new_clock - 1) == after;
            if changed_before { by_new_clock } else { by_old_clock }
        } else if self.offset(by_old_clock - 1) == before {
            by_old_clock
        } else if self.offset(by_new_clock) == after {
            by_new_clock
        } else {
            self.first_with_offset(after, by_new_clock, by_old_clock)
        };
        UtcInstant::EPOCH.plus_seconds(begins)
    }

    /// The instant in `(early, late]` at which the clocks change to `offset`.
    fn first_with_offset(self, offset: i64, mut early: i64, mut late: i64) -> i64 {
        while late - early > 1 {
            let middle = early + (late - early) / 2;
            if self.offset(middle) == offset { late = middle } else { early = middle }
        }
        late
    }
}

impl FromStr for TimeZone {
    type Err = Error;

    /// Errors: `SEAT-P05`.
    fn from_str(name: &str) -> Result<Self, Error> {
        name.parse().map(TimeZone).map_err(|_| {
            Error::new(
                code::TIME_ZONE_UNKNOWN,
                format!("expected an IANA time zone such as Europe/Berlin, found {}", quoted(name)),
            )
        })
    }
}
