//! The usage lists of an upload beside those in the tables: which of them say anything new.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Prepared, PreparedList};
use crate::domain::ids::ObjectKind;
use crate::extension::Fault;
use crate::extension::month::closed_through;
use crate::payload::Subject;

/// A list of the upload and its rows.
pub struct KnownList {
    /// In `usage_list`.
    pub row: i64,
    /// In `payload`.
    pub payload: i64,
    /// The payload's rank: its instant, then the upload's SHA-256.
    pub rank: String,
    /// Its period is closed.
    pub late: bool,
    /// Not the list that was taken in last, or older than it.
    pub changed: bool,
}

/// One for each list of `prepared`, in the same order.
pub fn find(db: &Connection, upload: i64, prepared: &Prepared) -> Result<Vec<KnownList>, Fault> {
    let closed_through = closed_through(db)?;
    prepared
        .lists
        .iter()
        .map(|list| find_one(db, upload, prepared, list, closed_through.as_deref()))
        .collect()
}

fn find_one(
    db: &Connection,
    upload: i64,
    prepared: &Prepared,
    list: &PreparedList,
    closed_through: Option<&str>,
) -> Result<KnownList, Fault> {
    const SQL: &str = "
        SELECT l.id, p.id, p.rank, l.digest, (SELECT rank FROM main.payload WHERE id = l.digest_payload)
        FROM main.payload p
        JOIN main.object o ON o.kind = ?3 AND o.public_id = ?4
        JOIN main.feature f ON f.code = ?5
        JOIN main.usage_list l ON l.period = ?6 AND l.feature = f.id AND l.source = o.id
        WHERE p.upload = ?1 AND p.ordinal = ?2";
    let payload = &prepared.reading.payloads[list.payload];
    let usage = &payload.usage[list.list];
    let (kind, source) = match (&usage.delivery_group, &payload.subject) {
        (Some(group), _) => (ObjectKind::DeliveryGroup.number(), group.as_str()),
        (None, Subject::LicenseServer { guid, .. }) => (ObjectKind::LicenseServer.number(), guid.as_str()),
        (None, _) => (0, ""),
    };
    let period = usage.period;
    let keys = params![upload, list.payload as i64, kind, source, usage.feature, period.number()];
    let found = db
        .query_row(SQL, keys, |row| {
            let rank: String = row.get(2)?;
            let digest: Option<Vec<u8>> = row.get(3)?;
            let last_rank: Option<String> = row.get(4)?;
            let repeated = digest.as_deref() == Some(list.digest.as_slice());
            let changed = !repeated || last_rank.is_none_or(|last| rank < last);
            let late = closed_through.is_some_and(|closed| period.to_string().as_str() <= closed);
            Ok(KnownList { row: row.get(0)?, payload: row.get(1)?, rank, late, changed })
        })
        .optional()?;
    found.ok_or_else(|| Fault::argument(format!("upload {upload}: {source} has no usage list for {period}")))
}
