//! What is kept beside users and never counted as such: devices, and peaks of features that count at once.

use super::{Store, StoreError};
use crate::domain::period::BillingPeriod;

/// A number of one source in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherUse {
    pub feature: String,
    pub kind: String,
    pub id: String,
    pub name: String,
    pub number: i64,
}

impl Store {
    /// Devices by feature and source.
    pub fn devices(&self, period: BillingPeriod) -> Result<Vec<OtherUse>, StoreError> {
        self.others(
            "SELECT f.code, k.name, o.public_id, o.name, (SELECT count(*) FROM device_usage WHERE list = l.id) AS number
             FROM usage_list l JOIN feature f ON f.id = l.feature
             JOIN object_now o ON o.id = l.source JOIN object_kind k ON k.id = o.kind
             WHERE l.period = ?1 AND EXISTS (SELECT 1 FROM device_usage WHERE list = l.id)
             ORDER BY f.code, o.name, o.public_id",
            period,
        )
    }

    /// The greatest numbers in use at once, by feature and source.
    pub fn peaks_in_use(&self, period: BillingPeriod) -> Result<Vec<OtherUse>, StoreError> {
        self.others(
            "SELECT f.code, k.name, o.public_id, o.name, p.peak
             FROM peak p JOIN feature f ON f.id = p.feature
             JOIN object_now o ON o.id = p.source JOIN object_kind k ON k.id = o.kind
             WHERE p.period = ?1 AND p.peak > 0 ORDER BY f.code, o.name, o.public_id",
            period,
        )
    }

    fn others(&self, sql: &str, period: BillingPeriod) -> Result<Vec<OtherUse>, StoreError> {
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map([period.number()], |row| {
            Ok(OtherUse {
                feature: row.get(0)?,
                kind: row.get(1)?,
                id: row.get(2)?,
                name: row.get(3)?,
                number: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
