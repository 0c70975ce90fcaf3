//! The last complete month of the sample fleet, as `demo` tells it.

use serde_json::json;

use super::fleet::MAIN_FEATURE;
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, TimeZone};
use crate::store::usage::{TotalRow, UsageRow};
use crate::store::{Store, StoreError};

/// How far back to look for a month with usage, where the folder was filled long ago.
const LOOK_BACK: i64 = 120;

/// The figures of a filled folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The last complete month with usage.
    pub period: BillingPeriod,
    pub feature: &'static str,
    /// The unlinked row first, then by customer name.
    pub rows: Vec<UsageRow>,
    pub total: Option<TotalRow>,
    /// The earliest billing period whose tags can still be changed.
    pub open_period: BillingPeriod,
    /// A user whom no assignment reaches.
    pub unlinked_user: Option<String>,
    pub license_servers: usize,
    pub sites: usize,
    pub netscalers: usize,
}

impl Summary {
    /// Of the folder as it is.
    pub fn read(store: &Store, now: UtcInstant) -> Result<Self, StoreError> {
        let current = BillingPeriod::of(now, TimeZone::UTC);
        let complete = || (1..=LOOK_BACK).filter_map(|back| current.plus_months(-back));
        let (mut period, mut rows) = (complete().next().unwrap_or(current), Vec::new());
        for month in complete() {
            rows = store.usage(month)?;
            rows.retain(|row| row.feature == MAIN_FEATURE);
            if !rows.is_empty() {
                period = month;
                break;
            }
        }
        let total = store.totals(period)?.into_iter().find(|total| total.feature == MAIN_FEATURE);
        let mut unlinked_user = None;
        store.for_each_user::<StoreError>(period, |user| {
            if unlinked_user.is_none() && user.customer_id.is_none() && user.feature == MAIN_FEATURE {
                unlinked_user = Some(user.name.to_owned());
            }
            Ok(())
        })?;
        let rules = store.rules()?;
        let by_the_clock = rules.lock.earliest_open(now);
        let behind_the_closed = rules.closed_through.and_then(|closed| closed.plus_months(1));
        let open_period = behind_the_closed.map_or(by_the_clock, |behind| behind.max(by_the_clock));
        let sources = store.list_sources(period)?;
        let count = |kind: &str| sources.iter().filter(|source| source.kind == kind).count();
        Ok(Self {
            period,
            feature: MAIN_FEATURE,
            rows,
            total,
            open_period,
            unlinked_user,
            license_servers: count("license-server"),
            sites: count("site"),
            netscalers: count("netscaler"),
        })
    }

    /// The same for programs.
    pub fn to_json(&self) -> serde_json::Value {
        let row = |row: &UsageRow| {
            json!({ "customer_id": row.customer_id, "customer": row.customer, "users": row.users,
                "paid_users": row.paid_users, "free_users": row.free_users })
        };
        let total = self.total.as_ref().map(|total| {
            json!({ "users": total.users, "paid_users": total.paid_users, "free_users": total.free_users,
                "overlap": total.overlap })
        });
        json!({ "period": self.period.to_string(), "feature": self.feature, "total": total,
            "customers": self.rows.iter().map(row).collect::<Vec<_>>() })
    }
}
