//! What an upload was answered: read back from its row.

use rusqlite::{OptionalExtension as _, params};

use crate::store::{Store, StoreError};

/// An accepted upload as its row tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The first 16 digits of the SHA-256.
    pub id: String,
    pub sha256: String,
    pub sources: Vec<SourceName>,
    /// Users never seen before.
    pub new_users: i64,
    /// Distinct users with a fact new to a closed period.
    pub late_users: i64,
    pub warnings: Vec<String>,
}

/// A source as people know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceName {
    pub kind: String,
    pub id: String,
    pub name: String,
}

impl Store {
    /// The receipt of an accepted upload. `None` where these bytes were never accepted.
    pub fn find_receipt(&self, sha256: &str) -> Result<Option<Receipt>, StoreError> {
        let row: Option<(i64, i64, i64, String)> = self
            .db
            .prepare_cached("SELECT id, new_users, late_users, warnings FROM upload WHERE sha256 = ?1 AND status = 'accepted'")?
            .query_row(params![sha256], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?;
        let Some((upload, new_users, late_users, warnings)) = row else { return Ok(None) };
        let mut statement = self.db.prepare_cached(
            "SELECT iif(k.id = 5, 'netscaler', k.name), o.public_id, o.name FROM payload p JOIN object_now o ON o.id = p.object
             JOIN object_kind k ON k.id = o.kind WHERE p.upload = ?1 GROUP BY o.id ORDER BY min(p.ordinal)",
        )?;
        let sources = statement
            .query_map([upload], |row| {
                Ok(SourceName { kind: row.get(0)?, id: row.get(1)?, name: row.get(2)? })
            })?
            .collect::<Result<_, _>>()?;
        Ok(Some(Receipt {
            id: sha256.chars().take(16).collect(),
            sha256: sha256.to_owned(),
            sources,
            new_users,
            late_users,
            warnings: serde_json::from_str(&warnings).unwrap_or_default(),
        }))
    }

    /// SHA-256 of every accepted upload.
    pub fn accepted_sha256(&self) -> Result<std::collections::HashSet<String>, StoreError> {
        let mut statement = self.db.prepare("SELECT sha256 FROM upload WHERE status = 'accepted'")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Whether a license server with this GUID has reported.
    pub fn knows_license_server(&self, guid: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM object WHERE kind = 1 AND public_id = ?1)";
        Ok(self.db.query_row(sql, [guid], |row| row.get(0))?)
    }

    /// GUIDs of the license servers whose newest host id, or first label of their FQDN, is `host`, in any case.
    pub fn license_servers_of_host(&self, host: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT public_id, coalesce(host_id, ''), coalesce(fqdn, '') FROM object_now WHERE kind = 1 ORDER BY public_id",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let mut found = Vec::new();
        for row in rows {
            let (guid, host_id, fqdn): (String, String, String) = row?;
            let label = fqdn.split('.').next().unwrap_or_default();
            if [host_id.as_str(), fqdn.as_str(), label].iter().any(|known| known.eq_ignore_ascii_case(host)) {
                found.push(guid);
            }
        }
        Ok(found)
    }
}
