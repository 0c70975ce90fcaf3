//! The first run: a one-use code that lets the first administrator in. No account is there by default.

use rusqlite::OptionalExtension as _;

use super::commit::text;
use super::{Commit, Store, StoreError};
use crate::domain::instant::UtcInstant;

/// A code that was offered and is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstRun {
    pub code_sha256: String,
    /// UTC text.
    pub expires_at: String,
}

impl Store {
    /// The code that still lets in.
    pub fn find_first_run(&self, now: UtcInstant) -> Result<Option<FirstRun>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT code_sha256, expires_at FROM first_run WHERE expires_at > ?1")?;
        let found = statement.query_row([now.to_string()], |row| {
            Ok(FirstRun { code_sha256: row.get(0)?, expires_at: row.get(1)? })
        });
        Ok(found.optional()?)
    }
}

/// Offers a code, in place of one that was offered before. Refused: `SEAT-K12` where there is an account.
pub fn offer(commit: &mut Commit, code_sha256: &str, expires_at: UtcInstant) {
    commit.add("DELETE FROM first_run", []);
    commit.add(
        "INSERT INTO first_run (one, code_sha256, expires_at) VALUES (1, ?1, ?2)",
        [text(code_sha256), text(&expires_at.to_string())],
    );
}

/// Uses the code up: stands before the statement that creates the account, and takes the whole commit back
/// where the code is another, used or expired. Refused: `SEAT-K12`.
pub fn take(commit: &mut Commit, code_sha256: &str) {
    let at = commit.at.to_string();
    commit.add(
        "SELECT seat_require(EXISTS (SELECT 1 FROM first_run WHERE code_sha256 = ?1 AND expires_at > ?2),
           'SEAT-K12', 'expected the code that the server printed last, found another, or one that is used or expired')",
        [text(code_sha256), text(&at)],
    );
    commit.add("DELETE FROM first_run", []);
}
