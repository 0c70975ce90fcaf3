//! Assignments: objects belong to customers, since a billing period.

use rusqlite::types::Value;

use super::{Commit, Store, StoreError};
use crate::domain::ids::{ObjectKind, canonical_object_id};
use crate::domain::period::BillingPeriod;
use crate::domain::user_key::user_key;

/// An object as the tables know it: a user by its key, others by their canonical id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectRef {
    pub kind: ObjectKind,
    pub id: String,
    /// As it was given; becomes the shown spelling of a user whom no upload has named.
    pub given: String,
}

impl ObjectRef {
    pub fn new(kind: ObjectKind, given: &str) -> Self {
        let id = match kind {
            ObjectKind::User => user_key(given),
            // Two halves, `hostId/entitlementId`, are taken as they are.
            ObjectKind::NetScaler => given.trim().to_owned(),
            _ => canonical_object_id(given).unwrap_or_else(|| given.to_owned()),
        };
        Self { kind, id, given: given.trim().to_owned() }
    }
}

/// A row of the report by its customer's id; `None` is the unlinked row.
pub type ReportRow = Option<String>;

/// Users that move from one row of the report to another. One who joins a further customer leaves no row,
/// one who stays with another customer enters none: that side is then `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub from: Option<ReportRow>,
    pub to: Option<ReportRow>,
    pub users: u64,
}

/// Adds the statement that assigns the object since `period`; `None` clears it. Refused by guards:
/// `SEAT-P01`, `SEAT-P02`, `SEAT-A01` to `SEAT-A04`.
pub fn assign(commit: &mut Commit, period: BillingPeriod, object: &ObjectRef, customer_id: Option<&str>) {
    let at = commit.at.to_string();
    let actor = commit.actor.0.clone();
    commit.add(
        "INSERT OR REPLACE INTO assignment (kind, object_id, since, customer_id, changed_at, changed_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        [
            Value::Text(object.kind.as_str().to_owned()),
            Value::Text(object_text(object)),
            Value::Text(period.to_string()),
            customer_id.map_or(Value::Null, |id| Value::Text(id.to_owned())),
            Value::Text(at),
            Value::Text(actor),
        ],
    );
}

/// What the guards of `assignment` and `free_flag` take: users in their spelling, others by id.
pub fn object_text(object: &ObjectRef) -> String {
    if object.kind == ObjectKind::User { object.given.clone() } else { object.id.clone() }
}

impl Store {
    /// Whether anything is assigned or flagged: possible for users whom no upload has named.
    pub fn has_decisions(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM assignment_row) OR EXISTS (SELECT 1 FROM free_flag_row)";
        Ok(self.db.query_row(sql, [], |row| row.get(0))?)
    }
}
