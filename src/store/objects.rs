//! What stands around a license server, site or NetScaler host: names as last told, newest payload,
//! customer and free flag. Read for a whole kind at once, in few passes.

use std::collections::HashMap;

use rusqlite::{Row, params};

use super::{Store, StoreError};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::server_status::Sending;

/// A customer as a row shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerName {
    pub id: String,
    pub name: String,
}

/// Which objects are read.
#[derive(Clone, Copy)]
pub(super) struct Which<'a> {
    pub kind: i64,
    /// One of them; `None`: all.
    pub id: Option<&'a str>,
}

/// One object with what is in effect for it in a period.
pub(super) struct Known {
    pub row: i64,
    pub id: String,
    pub parent: Option<i64>,
    pub archived_at: Option<String>,
    pub customer: Option<CustomerName>,
    pub free: Option<String>,
    /// The instant that ranks its newest payload.
    pub last_collected_at: Option<UtcInstant>,
    pub sending: Option<Sending>,
    pub told: Told,
}

/// What payloads said of an object: each field as the newest that has it told it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub name: Option<String>,
    pub host_id: Option<String>,
    pub fqdn: Option<String>,
    pub version: Option<String>,
    pub license_server: Option<String>,
    pub host_type: Option<String>,
}

impl Known {
    /// As `object_now` names it.
    pub fn name(&self) -> &str {
        let Told { name, host_id, fqdn, .. } = &self.told;
        name.as_deref().or(host_id.as_deref()).or(fqdn.as_deref()).unwrap_or(&self.id)
    }
}

/// Ways in by which an upload comes straight from its source.
const DIRECT: &str = "api";

impl Which<'_> {
    /// From which id to which: the index of ids serves one and all.
    fn bounds(&self) -> (&str, &str) {
        self.id.map_or(("", "\u{10ffff}"), |id| (id, id))
    }
}

impl Store {
    /// By name, then id.
    pub(super) fn known_objects(
        &self,
        which: Which<'_>,
        period: BillingPeriod,
    ) -> Result<Vec<Known>, StoreError> {
        const SQL: &str = "
            SELECT o.id, o.public_id, o.parent, o.archived_at, c.public_id, c.name,
              (SELECT reason FROM free_flag_row WHERE kind = o.kind AND object = o.id AND since <= ?2
                 ORDER BY since DESC LIMIT 1),
              substr(p.rank, 1, 20), p.collected_at, u.received_at, u.way
            FROM object o
            LEFT JOIN payload p ON p.id =
              (SELECT id FROM payload WHERE object = o.id AND partial = 0 ORDER BY rank DESC LIMIT 1)
            LEFT JOIN upload u ON u.id = p.upload
            LEFT JOIN customer c ON c.id = (SELECT customer FROM assignment_row
              WHERE kind = o.kind AND object = o.id AND since <= ?2 ORDER BY since DESC LIMIT 1)
            WHERE o.kind = ?1 AND o.public_id BETWEEN ?3 AND ?4";
        let mut told = self.told_of(which)?;
        let (from, to) = which.bounds();
        let mut statement = self.db.prepare_cached(SQL)?;
        let mut rows = statement.query(params![which.kind, period.number(), from, to])?;
        let mut known = Vec::new();
        while let Some(row) = rows.next()? {
            let object: i64 = row.get(0)?;
            let (id, name): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
            known.push(Known {
                row: object,
                id: row.get(1)?,
                parent: row.get(2)?,
                archived_at: row.get(3)?,
                customer: id.zip(name).map(|(id, name)| CustomerName { id, name }),
                free: row.get(6)?,
                last_collected_at: instant(row, 7)?,
                sending: sending(row)?,
                told: told.remove(&object).unwrap_or_default(),
            });
        }
        known.sort_by_cached_key(|object| (object.name().to_lowercase(), object.id.clone()));
        Ok(known)
    }

    /// Of several contents the newest that tells a field decides it: the view `object_now`, in one pass.
    fn told_of(&self, which: Which<'_>) -> Result<HashMap<i64, Told>, StoreError> {
        const SQL: &str = "
            SELECT i.object, i.name, i.host_id, i.fqdn, i.version, i.license_server, i.host_type
            FROM object o JOIN description_item i ON i.object = o.id
            WHERE o.kind = ?1 AND o.public_id BETWEEN ?2 AND ?3
            ORDER BY (SELECT max(rank) FROM payload WHERE description = i.description) DESC";
        let (from, to) = which.bounds();
        let mut statement = self.db.prepare_cached(SQL)?;
        let mut rows = statement.query(params![which.kind, from, to])?;
        let mut all: HashMap<i64, Told> = HashMap::new();
        while let Some(row) = rows.next()? {
            let told = all.entry(row.get(0)?).or_default();
            let fields = [
                &mut told.name,
                &mut told.host_id,
                &mut told.fqdn,
                &mut told.version,
                &mut told.license_server,
                &mut told.host_type,
            ];
            for (column, field) in fields.into_iter().enumerate() {
                if field.is_none() {
                    *field = row.get(column + 1)?;
                }
            }
        }
        Ok(all)
    }
}

/// A stored instant; every one that we wrote can be read.
pub(super) fn instant(row: &Row<'_>, column: usize) -> Result<Option<UtcInstant>, StoreError> {
    let text: Option<String> = row.get(column)?;
    Ok(text.map(|text| text.parse()).transpose()?)
}

fn sending(row: &Row<'_>) -> Result<Option<Sending>, StoreError> {
    let (Some(collected_at), Some(received_at)) = (instant(row, 8)?, instant(row, 9)?) else {
        return Ok(None);
    };
    let way: String = row.get(10)?;
    Ok(Some(Sending { collected_at, received_at, is_direct: way == DIRECT }))
}
