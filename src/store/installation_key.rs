//! The key that signs what leaves the house: one an installation, kept for good.

use rusqlite::OptionalExtension as _;
use rusqlite::types::Value;

use super::commit::text;
use super::{Commit, Store, StoreError};

/// As it is kept. It has no `Debug`, so that the private part stands in no message.
pub struct InstallationKey {
    /// PKCS#8.
    pub private_key: Vec<u8>,
    pub public_key: Vec<u8>,
    /// SHA-256 of the public key as SubjectPublicKeyInfo, in hex.
    pub fingerprint: String,
}

impl Store {
    /// `None` until the first bundle is made.
    pub fn find_installation_key(&self) -> Result<Option<InstallationKey>, StoreError> {
        const SQL: &str = "SELECT private_key, public_key, fingerprint FROM installation_key";
        let mut statement = self.db.prepare_cached(SQL)?;
        let found = statement.query_row([], |row| {
            Ok(InstallationKey {
                private_key: row.get(0)?,
                public_key: row.get(1)?,
                fingerprint: row.get(2)?,
            })
        });
        Ok(found.optional()?)
    }
}

/// Keeps it, unless another program was quicker: then that one's stays. Read it afterwards.
pub fn keep(commit: &mut Commit, key: InstallationKey) {
    let at = commit.at.to_string();
    commit.add(
        "INSERT INTO installation_key (one, made_at, private_key, public_key, fingerprint)
         SELECT 1, ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM installation_key)",
        [text(&at), Value::Blob(key.private_key), Value::Blob(key.public_key), text(&key.fingerprint)],
    );
}
