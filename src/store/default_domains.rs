//! Default domains on record: whom the bare names of a source mean.

use std::collections::HashMap;

use super::assignments::ObjectRef;
use super::{Store, StoreError};
use crate::domain::error::{code, quoted};
use crate::domain::ids::{ObjectKind, canonical_object_id};
use crate::domain::period::BillingPeriod;

/// One row of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultDomain {
    pub since: BillingPeriod,
    /// `None`: no longer.
    pub domain: Option<String>,
    pub changed_at: String,
    pub changed_by: String,
}

impl Store {
    /// Those in effect in the period, by kind and id of the source.
    pub fn default_domains(
        &self,
        period: BillingPeriod,
    ) -> Result<HashMap<(String, String), String>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT k.name, o.public_id, d.domain FROM default_domain_row d
             JOIN object o ON o.id = d.source JOIN object_kind k ON k.id = o.kind
             WHERE d.domain IS NOT NULL
               AND d.since = (SELECT max(since) FROM default_domain_row WHERE source = d.source AND since <= ?1)",
        )?;
        let rows = statement
            .query_map([period.number()], |row| Ok(((row.get(0)?, row.get(1)?), row.get::<_, String>(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What was decided of one source, the newest period first.
    pub fn default_domain_history(&self, source: &ObjectRef) -> Result<Vec<DefaultDomain>, StoreError> {
        let sql = "SELECT d.since, d.domain, h.at, h.by FROM default_domain_row d
             JOIN object o ON o.id = d.source JOIN change h ON h.id = d.change
             WHERE o.kind = ?1 AND o.public_id = ?2 ORDER BY d.since DESC";
        self.by_period(sql, (source.kind.number(), &source.id), |since, row| {
            Ok(DefaultDomain { since, domain: row.get(1)?, changed_at: row.get(2)?, changed_by: row.get(3)? })
        })
    }

    /// A license server or delivery group by its id, or by its name where only one has it.
    ///
    /// Errors: `SEAT-A02`.
    pub fn source_by_id_or_name(&self, given: &str) -> Result<ObjectRef, StoreError> {
        let asked = given.trim();
        let id = canonical_object_id(asked).unwrap_or_else(|| asked.to_owned());
        let mut statement = self.db.prepare_cached(
            "SELECT kind, public_id FROM object WHERE kind IN (1, 3) AND public_id IN (?1, ?2)
             UNION ALL
             SELECT kind, public_id FROM object_now WHERE kind IN (1, 3) AND seat_user_key(name) = seat_user_key(?1)",
        )?;
        let rows = statement.query_map([asked, &id], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?;
        let mut found: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
        // An id goes over a name that another has.
        if let Some(exact) = found.iter().position(|(_, other)| *other == asked || *other == id) {
            found.swap(0, exact);
            found.truncate(1);
        }
        found.dedup();
        let told = match found.as_slice() {
            [(kind, id)] => {
                let kind = if *kind == 3 { ObjectKind::DeliveryGroup } else { ObjectKind::LicenseServer };
                return Ok(ObjectRef::new(kind, id));
            }
            [] => quoted(given),
            several => {
                let ids: Vec<&str> = several.iter().take(5).map(|(_, id)| id.as_str()).collect();
                format!("{} with the name {}: {}", several.len(), quoted(given), ids.join(", "))
            }
        };
        Err(StoreError::refused(
            code::OBJECT_UNKNOWN,
            format!("expected the id or the name of one license server or delivery group, found {told}"),
        ))
    }
}
