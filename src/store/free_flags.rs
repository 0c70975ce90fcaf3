//! Free flags: users and license servers that are used for trial, test or administration, since a period.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, params};

use super::assignments::{ObjectRef, object_text};
use super::{Commit, Store, StoreError};
use crate::domain::ids::FreeReason;
use crate::domain::period::BillingPeriod;

/// Adds the statement that flags the object since `period`; `None` ends the flag. Refused by guards:
/// `SEAT-P01`, `SEAT-P02`, `SEAT-A02`.
pub fn flag(
    commit: &mut Commit,
    period: BillingPeriod,
    object: &ObjectRef,
    reason: Option<FreeReason>,
    note: Option<&str>,
) {
    let (at, actor) = (commit.at.to_string(), commit.actor.0.clone());
    commit.add(
        "INSERT OR REPLACE INTO free_flag (kind, object_id, since, reason, note, changed_at, changed_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        [
            Value::Text(object.kind.as_str().to_owned()),
            Value::Text(object_text(object)),
            Value::Text(period.to_string()),
            reason.map_or(Value::Null, |reason| Value::Text(reason.to_string())),
            note.map_or(Value::Null, |note| Value::Text(note.to_owned())),
            Value::Text(at),
            Value::Text(actor),
        ],
    );
}

/// What a row says; no reason ends the flag.
pub type ReasonAndNote = (Option<String>, Option<String>);

impl Store {
    /// Reason and note of the row that stands for exactly this period; outer `None` where there is none.
    pub fn find_free_flag(
        &self,
        period: BillingPeriod,
        object: &ObjectRef,
    ) -> Result<Option<ReasonAndNote>, StoreError> {
        let sql = "SELECT reason, note FROM free_flag_row
             WHERE kind = ?1 AND since = ?2
               AND object = (CASE WHEN ?1 = 0 THEN (SELECT id FROM user WHERE key = ?3)
                 ELSE (SELECT id FROM object WHERE kind = ?1 AND public_id = ?3) END)";
        let mut statement = self.db.prepare_cached(sql)?;
        let keys = params![object.kind.number(), period.number(), object.id];
        Ok(statement.query_row(keys, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }
}
