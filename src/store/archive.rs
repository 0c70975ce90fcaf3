//! Archiving: a license server, site or NetScaler that is retired leaves the lists and keeps its history.

use rusqlite::types::Value;

use super::{Commit, Store, StoreError};
use crate::domain::ids::canonical_object_id;

/// What can be archived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Archivable {
    LicenseServer,
    Site,
    /// One allocation, `hostId/entitlementId`.
    NetScaler,
    NetScalerHost,
}

impl Archivable {
    const fn number(self) -> i64 {
        match self {
            Self::LicenseServer => 1,
            Self::Site => 2,
            Self::NetScaler => 4,
            Self::NetScalerHost => 5,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::LicenseServer => "license-server",
            Self::Site => "site",
            Self::NetScaler => "netscaler",
            Self::NetScalerHost => "netscaler-host",
        }
    }

    fn key(self, id: &str) -> [Value; 2] {
        let id = match self {
            Self::NetScaler => id.trim().to_owned(),
            _ => canonical_object_id(id).unwrap_or_else(|| id.to_owned()),
        };
        [Value::Integer(self.number()), Value::Text(id)]
    }
}

/// Adds the statements that archive the object as of the commit. It comes back by itself with a payload
/// that was collected later, an allocation only by hand: its host lists it as long as it is installed.
/// Refused: `SEAT-A02`. One that is archived stays as it is.
pub fn archive(commit: &mut Commit, kind: Archivable, id: &str) {
    require_known(commit, kind, id);
    let at = Value::Text(commit.at.to_string());
    commit.add(
        "UPDATE object SET archived_at = ?3 WHERE kind = ?1 AND public_id = ?2 AND archived_at IS NULL",
        kind.key(id).into_iter().chain([at]),
    );
}

/// Adds the statements that bring the object back. Refused: `SEAT-A02`.
pub fn unarchive(commit: &mut Commit, kind: Archivable, id: &str) {
    require_known(commit, kind, id);
    commit.add(
        "UPDATE object SET archived_at = NULL WHERE kind = ?1 AND public_id = ?2 AND archived_at IS NOT NULL",
        kind.key(id),
    );
}

fn require_known(commit: &mut Commit, kind: Archivable, id: &str) {
    commit.add(
        "SELECT seat_require(EXISTS (SELECT 1 FROM object WHERE kind = ?1 AND public_id = ?2), 'SEAT-A02',
           'expected a known ' || ?3 || ', found ' || quote(?2))",
        kind.key(id).into_iter().chain([Value::Text(kind.title().to_owned())]),
    );
}

impl Store {
    /// When it was archived; `None` where it is not, or is not known.
    pub fn archived_at(&self, kind: Archivable, id: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT max(archived_at) FROM object WHERE kind = ?1 AND public_id = ?2";
        Ok(self.db.prepare_cached(sql)?.query_row(kind.key(id), |row| row.get(0))?)
    }
}
