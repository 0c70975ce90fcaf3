//! What has become of one object: how payloads described it over time, whose it was, and when it was free.

use rusqlite::{OptionalExtension as _, Params, Row};

use super::assignments::ObjectRef;
use super::objects::CustomerName;
use super::{Store, StoreError};
use crate::domain::error::{code, quoted};
use crate::domain::ids::ObjectKind;
use crate::domain::period::BillingPeriod;

/// One way in which payloads described an object, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    pub name: Option<String>,
    pub host_id: Option<String>,
    pub fqdn: Option<String>,
    pub version: Option<String>,
    /// Collection of the first payload that says so, UTC text.
    pub first_collected_at: String,
    pub last_collected_at: String,
}

/// One row of an object's assignments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagChange {
    pub since: BillingPeriod,
    /// `None`: cleared.
    pub customer: Option<CustomerName>,
    pub changed_at: String,
    pub changed_by: String,
}

/// One row of an object's free flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeChange {
    pub since: BillingPeriod,
    /// `None`: no longer free.
    pub reason: Option<String>,
    pub note: Option<String>,
    pub changed_at: String,
    pub changed_by: String,
}

/// What was decided of an object, the newest period first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectHistory {
    pub tags: Vec<TagChange>,
    pub free_flags: Vec<FreeChange>,
}

/// A payload by the upload that holds it, for [`decode_upload`](Store::decode_upload).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadPlace {
    /// Id of the upload.
    pub upload: String,
    /// Position among its payloads.
    pub ordinal: usize,
}

impl Store {
    /// Row of a known object. Errors: `SEAT-A02`.
    pub(super) fn object_row(&self, kind: i64, id: &str) -> Result<i64, StoreError> {
        self.find_object_row(kind, id)?.ok_or_else(|| {
            StoreError::refused(
                code::OBJECT_UNKNOWN,
                format!("expected a known object, found {}", quoted(id)),
            )
        })
    }

    pub(super) fn find_object_row(&self, kind: i64, id: &str) -> Result<Option<i64>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT id FROM object WHERE kind = ?1 AND public_id = ?2")?;
        Ok(statement.query_row((kind, id), |row| row.get(0)).optional()?)
    }

    /// The newest first.
    pub(super) fn described(&self, object: i64) -> Result<Vec<Described>, StoreError> {
        const SQL: &str = "
            SELECT name, host_id, fqdn, version,
              (SELECT substr(min(rank), 1, 20) FROM payload WHERE description = i.description) AS first,
              (SELECT max(rank) FROM payload WHERE description = i.description) AS last
            FROM description_item i WHERE object = ?1 AND last IS NOT NULL
              AND coalesce(name, host_id, fqdn, version) IS NOT NULL ORDER BY last DESC";
        let mut statement = self.db.prepare_cached(SQL)?;
        let rows = statement.query_map([object], |row| {
            Ok(Described {
                name: row.get(0)?,
                host_id: row.get(1)?,
                fqdn: row.get(2)?,
                version: row.get(3)?,
                first_collected_at: row.get(4)?,
                last_collected_at: row.get::<_, String>(5)?.chars().take(20).collect(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest period first. What a row said before it was replaced stands in the audit trail.
    pub(super) fn tag_history(&self, kind: i64, object: i64) -> Result<Vec<TagChange>, StoreError> {
        const SQL: &str = "
            SELECT a.since, c.public_id, c.name, h.at, h.by FROM assignment_row a
            JOIN change h ON h.id = a.change LEFT JOIN customer c ON c.id = a.customer
            WHERE a.kind = ?1 AND a.object = ?2 ORDER BY a.since DESC";
        self.by_period(SQL, (kind, object), |since, row| {
            let (id, name): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
            Ok(TagChange {
                since,
                customer: id.zip(name).map(|(id, name)| CustomerName { id, name }),
                changed_at: row.get(3)?,
                changed_by: row.get(4)?,
            })
        })
    }

    /// The newest period first.
    pub(super) fn free_history(&self, kind: i64, object: i64) -> Result<Vec<FreeChange>, StoreError> {
        const SQL: &str = "
            SELECT f.since, f.reason, f.note, h.at, h.by FROM free_flag_row f JOIN change h ON h.id = f.change
            WHERE f.kind = ?1 AND f.object = ?2 ORDER BY f.since DESC";
        self.by_period(SQL, (kind, object), |since, row| {
            Ok(FreeChange {
                since,
                reason: row.get(1)?,
                note: row.get(2)?,
                changed_at: row.get(3)?,
                changed_by: row.get(4)?,
            })
        })
    }

    /// Rows of a query whose first column is the number of a billing period.
    pub(super) fn by_period<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl Fn(BillingPeriod, &Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(period) = BillingPeriod::from_number(row.get(0)?) else { continue };
            all.push(read(period, row)?);
        }
        Ok(all)
    }

    /// Where the newest payload of an object stands.
    pub(super) fn newest_payload(&self, object: i64) -> Result<Option<PayloadPlace>, StoreError> {
        const SQL: &str = "
            SELECT substr(u.sha256, 1, 16), p.ordinal FROM payload p JOIN upload u ON u.id = p.upload
            WHERE p.object = ?1 AND p.partial = 0 ORDER BY p.rank DESC LIMIT 1";
        let place =
            |row: &Row<'_>| Ok(PayloadPlace { upload: row.get(0)?, ordinal: row.get::<_, u32>(1)? as usize });
        Ok(self.db.prepare_cached(SQL)?.query_row([object], place).optional()?)
    }

    /// Assignments and free flags of any object, the newest period first; `None` where it is not known.
    pub fn history_of(&self, object: &ObjectRef) -> Result<Option<ObjectHistory>, StoreError> {
        let kind = object.kind.number();
        let row = match object.kind {
            ObjectKind::User => {
                let mut statement = self.db.prepare_cached("SELECT id FROM user WHERE key = ?1")?;
                statement.query_row([&object.id], |row| row.get(0)).optional()?
            }
            _ => self.find_object_row(kind, &object.id)?,
        };
        let Some(row) = row else { return Ok(None) };
        self.history_at(kind, row).map(Some)
    }

    pub(super) fn history_at(&self, kind: i64, object: i64) -> Result<ObjectHistory, StoreError> {
        Ok(ObjectHistory {
            tags: self.tag_history(kind, object)?,
            free_flags: self.free_history(kind, object)?,
        })
    }
}
