//! Lists of uploads: filtered, the newest first, a page at a time.

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::SourceName;
use crate::domain::ids::ObjectKind;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::store::rules::Rules;
use crate::store::{Store, StoreError};

/// Whether an upload was taken in. A duplicate is the answer to bytes that came again, and leaves no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    Accepted,
    Rejected,
}

impl Status {
    /// The word of API and filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Accepted, Self::Rejected].into_iter().find(|status| status.as_str() == word)
    }
}

/// Which uploads are listed; what is `None` does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub status: Option<Status>,
    /// A license server, site, delivery group (those of its site) or NetScaler (those of its host).
    pub source: Option<(ObjectKind, String)>,
    /// Part of the file's name, in any case of ASCII letters.
    pub text: Option<String>,
    pub received_from: Option<UtcInstant>,
    /// The first instant that is not meant any more.
    pub received_before: Option<UtcInstant>,
}

/// Where an upload stands in the list. Stays valid whatever comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub received_at: String,
    pub row: i64,
}

/// Which page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Page {
    #[default]
    First,
    /// The uploads older than this one.
    After(Place),
    /// The uploads newer than this one, next to it.
    Before(Place),
    Last,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The first 16 digits of the SHA-256.
    pub id: String,
    pub sha256: String,
    pub received_at: String,
    pub status: Status,
    pub file: String,
    pub bytes: i64,
    pub way: String,
    pub actor: String,
    /// Code of a rejection.
    pub code: Option<String>,
    pub warnings: usize,
    pub new_users: i64,
    pub late_users: i64,
    /// Collection of its first payload.
    pub collected_at: Option<String>,
    pub sources: Vec<SourceName>,
    pub place: Place,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadPage {
    /// The newest first.
    pub uploads: Vec<Upload>,
    /// Of the whole list.
    pub total: i64,
    /// Whether newer, and older ones stand on other pages.
    pub has_newer: bool,
    pub has_older: bool,
}

impl Store {
    /// Uploads that match, the newest receipt first.
    pub fn list_uploads(&self, filter: &Filter, page: &Page, limit: usize) -> Result<UploadPage, StoreError> {
        let (matching, values) = self.matching(filter)?;
        let total = self.count_uploads(filter)?;
        // Backwards from the end, or from a place to what is newer: then turned round.
        let (place, backwards) = match page {
            Page::First => (None, false),
            Page::After(place) => (Some(place), false),
            Page::Before(place) => (Some(place), true),
            Page::Last => (None, true),
        };
        let next = values.len() + 1;
        let bound = match (place, backwards) {
            (None, _) => String::new(),
            (Some(_), false) => format!("AND (u.received_at, u.id) < (?{next}, ?{})", next + 1),
            (Some(_), true) => format!("AND (u.received_at, u.id) > (?{next}, ?{})", next + 1),
        };
        let order = if backwards { "ASC" } else { "DESC" };
        let sql = format!(
            "SELECT {COLUMNS} FROM upload u WHERE {matching} {bound}
             ORDER BY u.received_at {order}, u.id {order} LIMIT {}",
            limit.saturating_add(1)
        );
        let mut values = values;
        values.extend(
            place
                .iter()
                .flat_map(|place| [Value::Text(place.received_at.clone()), Value::Integer(place.row)]),
        );
        let mut uploads = Vec::new();
        {
            let mut statement = self.db.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(&values))?;
            while let Some(row) = rows.next()? {
                uploads.push(upload(row)?);
            }
        }
        let more = uploads.len() > limit;
        uploads.truncate(limit);
        let has_place = place.is_some();
        let (has_newer, has_older) = if backwards { (more, has_place) } else { (has_place, more) };
        if backwards {
            uploads.reverse();
        }
        for upload in &mut uploads {
            upload.sources = self.sources_of(upload.place.row)?;
        }
        Ok(UploadPage { uploads, total, has_newer, has_older })
    }

    /// How many match. Nearly all are accepted: they are what the few rejected leave, so that no row is read.
    fn count_uploads(&self, filter: &Filter) -> Result<i64, StoreError> {
        let of_status = |status: Option<Status>| -> Result<i64, StoreError> {
            let (matching, values) = self.matching(&Filter { status, ..filter.clone() })?;
            let sql = format!("SELECT count(*) FROM upload u WHERE {matching}");
            let mut statement = self.db.prepare_cached(&sql)?;
            Ok(statement.query_row(params_from_iter(&values), |row| row.get(0))?)
        };
        match filter.status {
            Some(Status::Accepted) => Ok(of_status(None)? - of_status(Some(Status::Rejected))?),
            status => of_status(status),
        }
    }

    /// One row of the list by its id or SHA-256.
    pub fn find_upload(&self, id: &str) -> Result<Option<Upload>, StoreError> {
        let Some(row) = self.upload_row(id)? else { return Ok(None) };
        let sql = format!("SELECT {COLUMNS} FROM upload u WHERE u.id = ?1");
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query([row])?;
        let Some(found) = rows.next()? else { return Ok(None) };
        Ok(Some(Upload { sources: self.sources_of(row)?, ..upload(found)? }))
    }

    /// Uploads received in this time whose bytes were not accepted since.
    pub fn count_rejected(&self, from: UtcInstant, before: UtcInstant) -> Result<i64, StoreError> {
        const SQL: &str = "SELECT count(*) FROM upload WHERE status = 'rejected' AND received_at >= ?1 AND received_at < ?2";
        let keys = [from.to_string(), before.to_string()];
        Ok(self.db.prepare_cached(SQL)?.query_row(keys, |row| row.get(0))?)
    }

    /// The same of those that can tell of a month: from its beginning until it locks.
    pub fn count_rejected_of(&self, rules: &Rules, period: BillingPeriod) -> Result<i64, StoreError> {
        self.count_rejected(period.begins_at(rules.lock.time_zone), rules.lock.locks_at(period))
    }

    /// Row of an upload by at least the first 16 digits of its SHA-256.
    pub(super) fn upload_row(&self, id: &str) -> Result<Option<i64>, StoreError> {
        let id = id.to_ascii_lowercase();
        if !(16..=64).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let sql = "SELECT id FROM upload WHERE sha256 BETWEEN ?1 AND ?1 || 'g' ORDER BY sha256 LIMIT 1";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query([id])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }

    /// A condition on `u`, and its values.
    fn matching(&self, filter: &Filter) -> Result<(String, Vec<Value>), StoreError> {
        let (mut parts, mut values) = (vec!["1".to_owned()], Vec::new());
        let mut add = |condition: &str, value: Value| {
            values.push(value);
            parts.push(condition.replace('?', &format!("?{}", values.len())));
        };
        if let Some((kind, id)) = &filter.source {
            let row = self.reporting_row(*kind, id)?.unwrap_or(-1);
            add("u.id IN (SELECT upload FROM payload WHERE object = ?)", Value::Integer(row));
        }
        if let Some(text) = &filter.text {
            let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            add("u.file LIKE ? ESCAPE '\\'", Value::Text(format!("%{escaped}%")));
        }
        if let Some(from) = filter.received_from {
            add("u.received_at >= ?", Value::Text(from.to_string()));
        }
        if let Some(before) = filter.received_before {
            add("u.received_at < ?", Value::Text(before.to_string()));
        }
        match filter.status {
            // As the index of the rejected says it.
            Some(Status::Rejected) => parts.push("u.status = 'rejected'".to_owned()),
            Some(Status::Accepted) => parts.push("u.status = 'accepted'".to_owned()),
            None => {}
        }
        Ok((parts.join(" AND "), values))
    }

    /// Row of the object whose payloads tell of it.
    fn reporting_row(&self, kind: ObjectKind, id: &str) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT CASE WHEN kind IN (3, 4) THEN parent ELSE id END FROM object
             WHERE kind = ?1 AND public_id = ?2
             UNION ALL SELECT id FROM object WHERE ?1 = 4 AND kind = 5 AND public_id = ?2 LIMIT 1";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query((kind.number(), id))?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }

    fn sources_of(&self, upload: i64) -> Result<Vec<SourceName>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT iif(k.id = 5, 'netscaler', k.name), o.public_id, o.name FROM payload p JOIN object_now o ON o.id = p.object
             JOIN object_kind k ON k.id = o.kind WHERE p.upload = ?1 GROUP BY o.id ORDER BY min(p.ordinal)",
        )?;
        let rows = statement.query_map([upload], |row| {
            Ok(SourceName { kind: row.get(0)?, id: row.get(1)?, name: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

const COLUMNS: &str = "u.sha256, u.received_at, u.status, u.file, u.bytes, u.way, u.actor, u.code,
  json_array_length(u.warnings), u.new_users, u.late_users,
  (SELECT collected_at FROM payload WHERE upload = u.id ORDER BY ordinal LIMIT 1), u.id";

fn upload(row: &Row<'_>) -> Result<Upload, StoreError> {
    let sha256: String = row.get(0)?;
    let received_at: String = row.get(1)?;
    let status: String = row.get(2)?;
    Ok(Upload {
        id: sha256.chars().take(16).collect(),
        sha256,
        place: Place { received_at: received_at.clone(), row: row.get(12)? },
        received_at,
        status: if status == Status::Accepted.as_str() { Status::Accepted } else { Status::Rejected },
        file: row.get(3)?,
        bytes: row.get(4)?,
        way: row.get(5)?,
        actor: row.get(6)?,
        code: row.get(7)?,
        warnings: row.get::<_, i64>(8)?.try_into().unwrap_or(0),
        new_users: row.get(9)?,
        late_users: row.get(10)?,
        collected_at: row.get(11)?,
        sources: Vec::new(),
    })
}
