//! The settings that rules read, parsed: zone, lock day, live_from, what is closed, and the limits of uploads.

use std::collections::HashMap;

use super::{Store, StoreError};
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, LockRule};
use crate::domain::server_status::{StatusRule, Version};
use crate::domain::setting;
use crate::payload::Limits;

/// What decides whether a period is open, and how much an upload may cost.
#[derive(Clone, Debug)]
pub struct Rules {
    pub lock: LockRule,
    /// `None` until the first upload is accepted.
    pub live_from: Option<BillingPeriod>,
    /// The newest closed period.
    pub closed_through: Option<BillingPeriod>,
    pub limits: Limits,
    /// From when on a server counts as not reporting, and as too old.
    pub status: StatusRule,
}

impl Rules {
    /// When the clock locks a month; history locks with the first live one.
    pub fn locks_at(&self, period: BillingPeriod) -> UtcInstant {
        self.lock.locks_at(self.live_from.map_or(period, |live| live.max(period)))
    }

    /// The month to change where another one cannot be: the earliest open one of the last two. An early closing ends
    /// a month before its lock does.
    pub fn month_to_change(&self, now: UtcInstant) -> BillingPeriod {
        let by_lock = self.lock.earliest_open(now);
        let current = BillingPeriod::of(now, self.lock.time_zone);
        let behind = self.closed_through.and_then(|closed| closed.plus_months(1));
        behind.map_or(by_lock, |behind| behind.max(by_lock).min(current))
    }
}

impl Store {
    pub fn rules(&self) -> Result<Rules, StoreError> {
        let stored: HashMap<String, String> = self.stored_settings()?.into_iter().collect();
        let value = |key: &str| -> Result<String, StoreError> {
            Ok(stored.get(key).cloned().unwrap_or(setting::find(key)?.default.to_owned()))
        };
        let number = |key: &str| -> Result<u64, StoreError> { Ok(value(key)?.parse().unwrap_or(u64::MAX)) };
        let count = |key: &str| -> Result<usize, StoreError> {
            Ok(usize::try_from(number(key)?).unwrap_or(usize::MAX))
        };
        let day = value("lock_day")?.parse().unwrap_or_default();
        let time_zone = value("time_zone")?.parse()?;
        let closed: Option<String> =
            self.db.query_row("SELECT max(period) FROM statement", [], |row| row.get(0))?;
        Ok(Rules {
            lock: LockRule { lock_day: crate::domain::period::LockDay::new(day)?, time_zone },
            live_from: stored.get("live_from").map(|period| period.parse()).transpose()?,
            closed_through: closed.map(|period| period.parse()).transpose()?,
            limits: Limits {
                file_bytes: number("upload_file_bytes")?,
                unpacked_bytes: number("upload_unpacked_bytes")?,
                entries: count("upload_entries")?,
                nesting: count("upload_nesting")?,
                names: count("upload_names")?,
                name_bytes: count("upload_name_bytes")?,
                depth: count("upload_depth")?,
            },
            status: StatusRule {
                time_zone,
                reporting_days: i64::try_from(number("reporting_days")?).unwrap_or(i64::MAX),
                minimum_version: Version::parse(&value("minimum_license_server_version")?)
                    .unwrap_or(Version::ZERO),
            },
        })
    }
}
