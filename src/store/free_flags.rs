//! Free flags: users and license servers that are used for trial, test or administration, since a period.

use rusqlite::types::Value;

use super::Commit;
use super::assignments::{ObjectRef, object_text};
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
