//! One instant in UTC, to the second, in the one form that is stored: `2026-10-15T03:00:07Z`.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};

use super::error::{Error, code, quoted};

/// Seconds since 1970-01-01T00:00:00Z; shown as `YYYY-MM-DDTHH:MM:SSZ`. Years 0001 to 9999.
///
/// Fractions of a second are cut off when parsed, so that equal text means equal instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UtcInstant(i64);

const FIRST: i64 = -62_135_596_800; // 0001-01-01T00:00:00Z
const LAST: i64 = 253_402_300_799; // 9999-12-31T23:59:59Z

impl UtcInstant {
    /// 1970-01-01T00:00:00Z
    pub const EPOCH: UtcInstant = UtcInstant(0);

    /// None outside the years 0001 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        (FIRST..=LAST).contains(&seconds).then_some(Self(seconds))
    }

    pub fn unix_seconds(self) -> i64 {
        self.0
    }

    /// Moves by whole seconds, stopping at the first and last instant that can be written.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds).clamp(FIRST, LAST))
    }

    pub fn to_chrono(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0, 0).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// RFC 3339, but a time without a zone is taken as UTC, as Citrix's `…UTC` fields are written [D];
    /// a date alone is its midnight. Errors: `SEAT-P04`.
    pub fn parse_zone_optional(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if let Ok(instant) = text.parse() {
            return Ok(instant);
        }
        // chrono's %Y takes one digit too, and would read 26-10-15 as the year 26.
        if !begins_with_full_date(text) {
            return Err(malformed(text));
        }
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            .or_else(|| {
                NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0))
            })
            .and_then(|naive| Self::from_unix_seconds(naive.and_utc().timestamp()))
            .ok_or_else(|| malformed(text))
    }
}

impl FromStr for UtcInstant {
    type Err = Error;

    /// RFC 3339 with a zone. Errors: `SEAT-P04`.
    fn from_str(text: &str) -> Result<Self, Error> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .and_then(|instant| Self::from_unix_seconds(instant.timestamp()))
            .ok_or_else(|| malformed(text))
    }
}

impl fmt::Display for UtcInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_chrono().to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// Whether `text` begins with `YYYY-MM-DD`, digits all of them.
fn begins_with_full_date(text: &str) -> bool {
    text.as_bytes().get(..10).is_some_and(|date| {
        date.iter().enumerate().all(|(i, b)| match i {
            4 | 7 => *b == b'-',
            _ => b.is_ascii_digit(),
        })
    })
}

fn malformed(text: &str) -> Error {
    Error::new(
        code::INSTANT_MALFORMED,
        format!("expected an RFC 3339 instant such as 2026-10-15T03:00:07Z, found {}", quoted(text)),
    )
}

#[cfg(test)]
mod tests;
