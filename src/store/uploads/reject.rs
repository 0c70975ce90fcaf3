//! A rejected upload is kept too, with its reason; the same bytes again keep one copy.

use rusqlite::types::Value;

use super::Arrival;
use crate::payload::Rejection;
use crate::store::Commit;

/// Why it was rejected.
pub struct Rejected<'a> {
    pub arrival: &'a Arrival,
    pub rejection: &'a Rejection,
    /// `None` where the file is too large to be kept.
    pub content: Option<Vec<u8>>,
}

/// Adds the statements that record a rejection. An upload that was accepted before stays so.
pub fn reject(commit: &mut Commit, rejected: Rejected<'_>) {
    let (arrival, rejection) = (rejected.arrival, rejected.rejection);
    let text = |text: &str| Value::Text(text.to_owned());
    let reason = [
        text(&arrival.sha256),
        text(&arrival.received_at.to_string()),
        text(rejection.code.id),
        text(&rejection.entry),
        text(&rejection.place),
        text(&rejection.expected),
        text(&rejection.found),
    ];
    commit.add(
        "UPDATE upload SET received_at = ?2, code = ?3, entry = ?4, place = ?5, expected = ?6, found = ?7
         WHERE sha256 = ?1 AND status = 'rejected'
           AND (code, entry, place, expected, found) IS NOT (?3, ?4, ?5, ?6, ?7)",
        reason.clone(),
    );
    let file =
        [text(&arrival.file), Value::Integer(arrival.bytes as i64), text(arrival.way), text(&commit.actor.0)];
    commit.add(
        "INSERT INTO upload (sha256, received_at, status, code, entry, place, expected, found, file, bytes, way, actor)
         SELECT ?1, ?2, 'rejected', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
         WHERE NOT EXISTS (SELECT 1 FROM upload WHERE sha256 = ?1)",
        reason.into_iter().chain(file),
    );
    if let Some(content) = rejected.content {
        keep_content(commit, &arrival.sha256, content);
    }
}

/// Adds the statement that keeps the bytes, once. VALUES, not SELECT: that would keep them in a temporary table first.
pub fn keep_content(commit: &mut Commit, sha256: &str, content: Vec<u8>) {
    commit.add(
        "INSERT INTO upload_content (upload, content) VALUES ((SELECT id FROM upload u
         WHERE sha256 = ?1 AND NOT EXISTS (SELECT 1 FROM upload_content WHERE upload = u.id)), ?2)",
        [Value::Text(sha256.to_owned()), Value::Blob(content)],
    );
}
