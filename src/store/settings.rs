//! Settings as they are stored: those that differ from their default.

use rusqlite::OptionalExtension as _;
use rusqlite::types::Value;

use super::{Commit, Store, StoreError};
use crate::domain::setting;

impl Store {
    /// Keys and values of the settings that were set, and of the two that triggers read.
    pub fn stored_settings(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT key, value FROM setting ORDER BY key")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The value of a setting, its default where it was not set. Errors: `SEAT-C01`.
    pub fn setting(&self, key: &str) -> Result<String, StoreError> {
        let known = setting::find(key)?;
        let mut statement = self.db.prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
        let stored: Option<String> = statement.query_row([key], |row| row.get(0)).optional()?;
        Ok(stored.unwrap_or_else(|| known.default.to_owned()))
    }
}

/// Adds the statement that stores a checked value.
pub fn set(commit: &mut Commit, key: &str, value: &str) {
    let values = || [Value::Text(key.to_owned()), Value::Text(value.to_owned())];
    commit.add("UPDATE setting SET value = ?2 WHERE key = ?1 AND value <> ?2", values());
    commit.add(
        "INSERT INTO setting (key, value) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM setting WHERE key = ?1)",
        values(),
    );
}
