//! Sessions: browsers that are signed in. A session is known by the digest of its key alone.

use rusqlite::OptionalExtension as _;
use rusqlite::types::Value;

use super::accounts::{self, Account};
use super::commit::text;
use super::{Commit, Store, StoreError};
use crate::domain::instant::UtcInstant;
use crate::domain::sign_in::{SESSION_IDLE_SECONDS, SESSION_SECONDS, is_due_for_note};

/// A browser that is signed in, with its account as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub account: Account,
    /// What every form of it must send back.
    pub csrf: String,
    /// UTC text, as the next two.
    pub created_at: String,
    pub seen_at: String,
    pub expires_at: String,
    /// JSON of a message for the next page.
    pub flash: Option<String>,
}

impl Session {
    /// Whether this request is to be noted with [`touch`].
    pub fn is_due_for_note(&self, now: UtcInstant) -> bool {
        is_due_for_note(Some(&self.seen_at), now)
    }
}

impl Store {
    /// `None` when it was never opened, has ended, was idle for too long, or its account is disabled.
    pub fn find_session(&self, token_sha256: &str, now: UtcInstant) -> Result<Option<Session>, StoreError> {
        let sql = format!(
            "SELECT {}, s.csrf, s.created_at, s.seen_at, s.expires_at, s.flash
             FROM session s JOIN account a ON a.id = s.account
             WHERE s.token_sha256 = ?1 AND s.expires_at > ?2 AND s.seen_at > ?3 AND a.disabled_at IS NULL",
            accounts::COLUMNS
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let values = [token_sha256, &now.to_string(), &idle_since(now)];
        let session = statement.query_row(values, |row| {
            Ok(Session {
                account: accounts::read(row)?,
                csrf: row.get(6)?,
                created_at: row.get(7)?,
                seen_at: row.get(8)?,
                expires_at: row.get(9)?,
                flash: row.get(10)?,
            })
        });
        Ok(session.optional()?)
    }
}

/// Seen at this instant or before, a session is over.
fn idle_since(now: UtcInstant) -> String {
    now.plus_seconds(-SESSION_IDLE_SECONDS).to_string()
}

/// Signs the account in, and removes the sessions that are over. Refused: `SEAT-K03`.
pub fn open(commit: &mut Commit, token_sha256: &str, account_id: &str, csrf: &str) {
    let at = commit.at;
    commit.add(
        "DELETE FROM session WHERE expires_at <= ?1 OR seen_at <= ?2",
        [text(&at.to_string()), text(&idle_since(at))],
    );
    commit.add(
        "INSERT INTO session (token_sha256, account, csrf, created_at, seen_at, expires_at)
         VALUES (?1, (SELECT id FROM account WHERE public_id = ?2), ?3, ?4, ?4, ?5)",
        [
            text(token_sha256),
            text(account_id),
            text(csrf),
            text(&at.to_string()),
            text(&at.plus_seconds(SESSION_SECONDS).to_string()),
        ],
    );
}

/// Notes that it was seen: where [it is due](Session::is_due_for_note), since each note waits for the disk.
pub fn touch(commit: &mut Commit, token_sha256: &str) {
    let at = commit.at.to_string();
    commit.add("UPDATE session SET seen_at = ?2 WHERE token_sha256 = ?1", [text(token_sha256), text(&at)]);
}

/// Signs out.
pub fn end(commit: &mut Commit, token_sha256: &str) {
    commit.add("DELETE FROM session WHERE token_sha256 = ?1", [text(token_sha256)]);
}

pub fn end_all(commit: &mut Commit, account_id: &str) {
    commit.add(
        "DELETE FROM session WHERE account = (SELECT id FROM account WHERE public_id = ?1)",
        [text(account_id)],
    );
}

/// Leaves a message for the next page, or takes it away.
pub fn set_flash(commit: &mut Commit, token_sha256: &str, flash: Option<&str>) {
    commit.add(
        "UPDATE session SET flash = ?2 WHERE token_sha256 = ?1",
        [text(token_sha256), flash.map_or(Value::Null, text)],
    );
}
