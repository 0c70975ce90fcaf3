//! The statements of a bulk change: what stood before is kept first, then all rows are written from it.
//!
//! Objects come as JSON arrays, so that a hundred thousand are as few statements as one.

use rusqlite::types::Value;

use super::target::Target;
use super::{Change, Decision};
use crate::domain::ids::ObjectKind;
use crate::store::Commit;

/// Rows of older changes are dropped: they can be taken back no more, whatever the clock says.
const KEPT_SECONDS: i64 = 40 * 86_400;

/// Adds all that the change writes, under the id of its batch.
pub fn add(commit: &mut Commit, batch: &str, change: &Change, target: &Target) {
    let since = Value::Integer(change.period.number());
    if let Some(counted) = target.counted {
        commit.add(
            "SELECT seat_require((SELECT counted FROM revision) = ?1,
               'SEAT-A05', 'expected the set that was selected, found that the month has changed since')",
            [Value::Integer(counted)],
        );
    }
    let (customer, reason, note) = match &change.what {
        Decision::Assign(customer) => (customer.clone(), None, None),
        Decision::Free { reason, note } => (None, reason.map(|reason| reason.to_string()), note.clone()),
    };
    commit.add(
        "SELECT seat_require(?1 IS NULL OR EXISTS (SELECT 1 FROM customer WHERE public_id = ?1),
           'SEAT-A03', 'expected the id of a customer, found ' || quote(?1))",
        [text(customer.clone())],
    );
    add_change(commit);
    let (at, by) = (commit.at.to_string(), commit.actor.0.clone());
    commit.add(
        "INSERT INTO batch (public_id, kind, since, customer, reason, note, change, objects)
         SELECT ?1, ?2, ?3, (SELECT id FROM customer WHERE public_id = ?4), ?5, ?6, h.id, 0
         FROM change h WHERE h.at = ?7 AND h.by = ?8",
        [
            text(Some(batch.to_owned())),
            text(Some(kind(change).to_owned())),
            since,
            text(customer),
            text(reason),
            text(note),
            text(Some(at)),
            text(Some(by)),
        ],
    );
    keep_what_stood(commit, batch, change, target);
    commit.add(
        "UPDATE batch SET objects = (SELECT count(*) FROM batch_row WHERE batch = batch.id) WHERE public_id = ?1",
        [text(Some(batch.to_owned()))],
    );
    let write = match change.what {
        Decision::Assign(_) => {
            "INSERT OR REPLACE INTO assignment_row (kind, object, since, customer, change)
             SELECT r.kind, r.object, b.since, b.customer, b.change
             FROM batch b JOIN batch_row r ON r.batch = b.id WHERE b.public_id = ?1"
        }
        Decision::Free { .. } => {
            "INSERT OR REPLACE INTO free_flag_row (kind, object, since, reason, note, change)
             SELECT r.kind, r.object, b.since, b.reason, b.note, b.change
             FROM batch b JOIN batch_row r ON r.batch = b.id WHERE b.public_id = ?1"
        }
    };
    commit.add(write, [text(Some(batch.to_owned()))]);
    drop_old_rows(commit);
}

/// When and by whom, unless another change has just that.
pub fn add_change(commit: &mut Commit) {
    let (at, by) = (commit.at.to_string(), commit.actor.0.clone());
    commit.add(
        "INSERT INTO change (at, by) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM change WHERE at = ?1 AND by = ?2)",
        [text(Some(at)), text(Some(by))],
    );
}

fn keep_what_stood(commit: &mut Commit, batch: &str, change: &Change, target: &Target) {
    let batch = || text(Some(batch.to_owned()));
    if !target.rows.is_empty() {
        let rows: Vec<String> = target.rows.iter().map(u32::to_string).collect();
        let rows = format!("[{}]", rows.join(","));
        let sql = match change.what {
            Decision::Assign(_) => {
                "INSERT INTO batch_row (batch, kind, object, had, customer, change)
                 SELECT b.id, 0, j.value, a.object IS NOT NULL, a.customer, a.change
                 FROM batch b CROSS JOIN json_each(?2) j
                 LEFT JOIN assignment_row a ON a.kind = 0 AND a.object = j.value AND a.since = b.since
                 WHERE b.public_id = ?1 AND (a.object IS NULL OR a.customer IS NOT b.customer)"
            }
            Decision::Free { .. } => {
                "INSERT INTO batch_row (batch, kind, object, had, reason, note, change)
                 SELECT b.id, 0, j.value, a.object IS NOT NULL, a.reason, a.note, a.change
                 FROM batch b CROSS JOIN json_each(?2) j
                 LEFT JOIN free_flag_row a ON a.kind = 0 AND a.object = j.value AND a.since = b.since
                 WHERE b.public_id = ?1
                   AND (a.object IS NULL OR a.reason IS NOT b.reason OR a.note IS NOT b.note)"
            }
        };
        commit.add(sql, [batch(), text(Some(rows))]);
    }
    if !target.named.is_empty() {
        let users = text(serde_json::to_string(&target.named).ok());
        commit.add(
            "INSERT INTO user (key, name) SELECT j.value ->> 0, j.value ->> 1 FROM json_each(?1) j
             WHERE NOT EXISTS (SELECT 1 FROM user WHERE key = j.value ->> 0)",
            [users],
        );
    }
    let named = target.named.iter().map(|(key, _)| (ObjectKind::User.number(), key.as_str()));
    let others = target.others.iter().map(|object| (object.kind.number(), object.id.as_str()));
    let objects: Vec<(i64, &str)> = named.chain(others).collect();
    if objects.is_empty() {
        return;
    }
    let objects = || text(serde_json::to_string(&objects).ok());
    if !target.others.is_empty() {
        commit.add(
            "SELECT seat_require(0, 'SEAT-A02', 'expected a known ' || k.name || ', found ' || quote(j.value ->> 1))
             FROM json_each(?1) j JOIN object_kind k ON k.id = j.value ->> 0
             WHERE k.id > 0 AND NOT EXISTS (SELECT 1 FROM object WHERE kind = k.id AND public_id = j.value ->> 1)",
            [objects()],
        );
    }
    let sql = match change.what {
        Decision::Assign(_) => {
            "INSERT INTO batch_row (batch, kind, object, had, customer, change)
             SELECT b.id, o.kind, o.id, a.object IS NOT NULL, a.customer, a.change
             FROM batch b CROSS JOIN (
               SELECT j.value ->> 0 AS kind, CASE j.value ->> 0
                   WHEN 0 THEN (SELECT id FROM user WHERE key = j.value ->> 1)
                   ELSE (SELECT id FROM object WHERE kind = j.value ->> 0 AND public_id = j.value ->> 1) END AS id
               FROM json_each(?2) j) o
             LEFT JOIN assignment_row a ON a.kind = o.kind AND a.object = o.id AND a.since = b.since
             WHERE b.public_id = ?1 AND (a.object IS NULL OR a.customer IS NOT b.customer)"
        }
        Decision::Free { .. } => {
            "INSERT INTO batch_row (batch, kind, object, had, reason, note, change)
             SELECT b.id, o.kind, o.id, a.object IS NOT NULL, a.reason, a.note, a.change
             FROM batch b CROSS JOIN (
               SELECT j.value ->> 0 AS kind, CASE j.value ->> 0
                   WHEN 0 THEN (SELECT id FROM user WHERE key = j.value ->> 1)
                   ELSE (SELECT id FROM object WHERE kind = j.value ->> 0 AND public_id = j.value ->> 1) END AS id
               FROM json_each(?2) j) o
             LEFT JOIN free_flag_row a ON a.kind = o.kind AND a.object = o.id AND a.since = b.since
             WHERE b.public_id = ?1
               AND (a.object IS NULL OR a.reason IS NOT b.reason OR a.note IS NOT b.note)"
        }
    };
    commit.add(sql, [batch(), objects()]);
}

pub fn drop_old_rows(commit: &mut Commit) {
    let cutoff = commit.at.plus_seconds(-KEPT_SECONDS).to_string();
    commit.add(
        "DELETE FROM batch_row WHERE batch IN (SELECT b.id FROM batch b JOIN change h ON h.id = b.change WHERE h.at < ?1)",
        [text(Some(cutoff))],
    );
}

pub fn kind(change: &Change) -> &'static str {
    match change.what {
        Decision::Assign(_) => "assign",
        Decision::Free { .. } => "free",
    }
}

pub fn text(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}
