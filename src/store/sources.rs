//! Sources of usage and what stands around them: license servers, sites with delivery groups, NetScalers.

use super::{Store, StoreError};
use crate::domain::period::BillingPeriod;

/// One object that can be assigned, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub kind: String,
    pub id: String,
    pub name: String,
    /// Id of the site of a delivery group, of the host of a NetScaler.
    pub parent: Option<String>,
    pub host_id: Option<String>,
    pub fqdn: Option<String>,
    pub version: Option<String>,
    pub last_collected_at: Option<String>,
    /// The customer of its own assignment in effect in the period, by id and name.
    pub customer: Option<(String, String)>,
    /// Reason of the free flag in effect in the period.
    pub free: Option<String>,
    pub archived: bool,
}

impl Store {
    /// All of them, license servers first, each delivery group behind its site.
    pub fn list_sources(&self, period: BillingPeriod) -> Result<Vec<Source>, StoreError> {
        const SQL: &str = "
            SELECT k.name, o.public_id, o.name, p.public_id, o.host_id, o.fqdn, o.version, o.last_collected_at,
              c.public_id, c.name, o.archived_at IS NOT NULL,
              (SELECT reason FROM free_flag_row WHERE kind = o.kind AND object = o.id AND since <= ?1 ORDER BY since DESC LIMIT 1)
            FROM object_now o
            JOIN object_kind k ON k.id = o.kind
            LEFT JOIN object p ON p.id = o.parent
            LEFT JOIN customer c ON c.id = (SELECT customer FROM assignment_row
              WHERE kind = o.kind AND object = o.id AND since <= ?1 ORDER BY since DESC LIMIT 1)
            WHERE o.kind < 5
            ORDER BY CASE o.kind WHEN 3 THEN 2 ELSE o.kind END,
              CASE o.kind WHEN 3 THEN (SELECT name FROM object_now WHERE id = o.parent) ELSE o.name END,
              coalesce(p.public_id, o.public_id), o.kind, o.name, o.public_id";
        let mut statement = self.db.prepare_cached(SQL)?;
        let rows = statement.query_map([period.number()], |row| {
            let customer: Option<String> = row.get(8)?;
            let name: Option<String> = row.get(9)?;
            Ok(Source {
                kind: row.get(0)?,
                id: row.get(1)?,
                name: row.get(2)?,
                parent: row.get(3)?,
                host_id: row.get(4)?,
                fqdn: row.get(5)?,
                version: row.get(6)?,
                last_collected_at: row.get(7)?,
                customer: customer.zip(name),
                archived: row.get(10)?,
                free: row.get(11)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
