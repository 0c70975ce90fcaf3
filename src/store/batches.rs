//! Bulk changes: many objects assigned or flagged at once, looked at before, and taken back as a whole after.

use rusqlite::{OptionalExtension as _, Row};

use super::assignments::{Move, ObjectRef};
use super::roster::Filter;
use super::{Actor, Store, StoreError};
use crate::domain::error::{code, quoted};
use crate::domain::ids::{FreeReason, ObjectKind};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;

mod make;
pub(super) mod statements;
mod target;
mod undo;

/// How long a change can be taken back.
const UNDO_SECONDS: i64 = 24 * 3600;

/// What is wanted: since when, of which objects, and what of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub period: BillingPeriod,
    pub objects: Objects,
    pub what: Decision,
}

/// Which objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objects {
    List(Vec<ObjectRef>),
    /// All users of the period that the filter leaves, and the stamp that they had when someone looked at
    /// them; a preview needs none.
    Selected {
        filter: Filter,
        stamp: Option<String>,
    },
}

/// What is decided of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// To a customer by its id; `None` clears.
    Assign(Option<String>),
    /// `None` ends the flag.
    Free { reason: Option<FreeReason>, note: Option<String> },
}

/// What a change would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub changed: u64,
    pub unchanged: u64,
    /// Users who change rows, join a further one, or leave one of several.
    pub moves: Vec<Move>,
    /// Of the selected set; `None` for a list.
    pub stamp: Option<String>,
}

/// What a change did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub changed: u64,
    pub unchanged: u64,
    pub moves: Vec<Move>,
    pub stamp: Option<String>,
    /// By which it is taken back; `None` where nothing changed.
    pub batch_id: Option<String>,
}

/// Kinds of bulk changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchKind {
    Assign,
    Free,
    /// Users count as others, or by themselves again.
    Alias,
    /// The default domain of a source.
    Domain,
}

/// A bulk change on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub id: String,
    pub kind: BatchKind,
    pub period: BillingPeriod,
    /// Of an assignment, as the next; `None`: to nobody.
    pub customer_id: Option<String>,
    pub customer: Option<String>,
    /// Of a flag, as the next; `None`: no longer.
    pub reason: Option<String>,
    pub note: Option<String>,
    /// The default domain; `None`: no longer.
    pub domain: Option<String>,
    pub at: String,
    pub by: String,
    /// How many objects it changed.
    pub objects: u64,
    /// Of which kind, while it can be taken back.
    pub object_kind: Option<ObjectKind>,
    /// The change that it took back.
    pub undoes: Option<String>,
    /// The change that took it back.
    pub undone_by: Option<String>,
}

impl Batch {
    /// Whether it is young enough to be taken back, and neither undone nor an undo itself.
    pub fn is_young(&self, now: UtcInstant) -> bool {
        let stands = self.undoes.is_none() && self.undone_by.is_none() && self.objects > 0;
        stands && self.at >= now.plus_seconds(-UNDO_SECONDS).to_string()
    }
}

const SELECT: &str =
    "SELECT b.public_id, b.kind, b.since, c.public_id, c.name, b.reason, b.note, h.at, h.by, b.objects,
      (SELECT public_id FROM batch WHERE id = b.undoes), (SELECT public_id FROM batch WHERE id = b.undone_by),
      (SELECT kind FROM batch_row WHERE batch = b.id LIMIT 1), b.domain
    FROM batch b JOIN change h ON h.id = b.change LEFT JOIN customer c ON c.id = b.customer";

impl Store {
    /// Errors: `SEAT-A11`.
    pub fn get_batch(&self, id: &str) -> Result<Batch, StoreError> {
        let sql = format!("{SELECT} WHERE b.public_id = ?1");
        let mut statement = self.db.prepare_cached(&sql)?;
        statement.query_row([id], batch).optional()?.ok_or_else(|| {
            StoreError::refused(
                code::BATCH_UNKNOWN,
                format!("expected the id of a bulk change, found {}", quoted(id)),
            )
        })
    }

    /// Newest first.
    pub fn list_batches(&self, limit: usize) -> Result<Vec<Batch>, StoreError> {
        self.batches_from(0, limit)
    }

    /// Newest first, without the newest `skipped`.
    pub fn batches_from(&self, skipped: usize, limit: usize) -> Result<Vec<Batch>, StoreError> {
        let sql = format!("{SELECT} ORDER BY b.id DESC LIMIT ?1 OFFSET ?2");
        let mut statement = self.db.prepare_cached(&sql)?;
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Ok(statement.query_map([number(limit), number(skipped)], batch)?.collect::<Result<_, _>>()?)
    }

    /// How many are on record.
    pub fn count_batches(&self) -> Result<usize, StoreError> {
        let count: i64 = self.db.query_row("SELECT count(*) FROM batch", [], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// The change that the actor has made by this very form since, and that nobody took back.
    pub fn made_already(
        &self,
        change: &Change,
        actor: &Actor,
        since: UtcInstant,
    ) -> Result<Option<Batch>, StoreError> {
        let sql = "SELECT b.public_id, b.id, h.at FROM batch b JOIN change h ON h.id = b.change
             WHERE h.at >= ?1 AND h.by = ?2 AND b.undone_by IS NULL ORDER BY b.id DESC";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query((since.to_string(), &actor.0))?;
        while let Some(row) = rows.next()? {
            let (id, number, at): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if id == make::batch_id(&at, actor, number - 1, change) {
                return self.get_batch(&id).map(Some);
            }
        }
        Ok(None)
    }

    /// The newest change, of anybody or of one, that is young enough to be taken back and whose period is
    /// open. Whether a later change stands on it, only the undo finds out.
    pub fn undoable(&self, actor: Option<&Actor>, now: UtcInstant) -> Result<Option<Batch>, StoreError> {
        Ok(self.list_undoable(actor, now, 1)?.pop())
    }

    /// All such changes, newest first.
    pub fn list_undoable(
        &self,
        actor: Option<&Actor>,
        now: UtcInstant,
        limit: usize,
    ) -> Result<Vec<Batch>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE h.at >= ?1 AND (?2 IS NULL OR h.by = ?2) AND b.objects > 0
               AND b.undoes IS NULL AND b.undone_by IS NULL ORDER BY b.id DESC"
        );
        let rules = self.rules()?;
        let mut statement = self.db.prepare_cached(&sql)?;
        let since = now.plus_seconds(-UNDO_SECONDS).to_string();
        let mut rows = statement.query((since, actor.map(|actor| &actor.0)))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let found = batch(row)?;
            let open = rules.lock.require_open(found.period, now, rules.closed_through, rules.live_from);
            if open.is_ok() {
                all.push(found);
                if all.len() == limit {
                    break;
                }
            }
        }
        Ok(all)
    }
}

fn kind_numbered(number: i64) -> Option<ObjectKind> {
    ObjectKind::ALL.into_iter().find(|kind| kind.number() == number)
}

fn batch(row: &Row<'_>) -> rusqlite::Result<Batch> {
    let kind: String = row.get(1)?;
    let since: i64 = row.get(2)?;
    Ok(Batch {
        id: row.get(0)?,
        kind: match kind.as_str() {
            "free" => BatchKind::Free,
            "alias" => BatchKind::Alias,
            "domain" => BatchKind::Domain,
            _ => BatchKind::Assign,
        },
        period: BillingPeriod::from_number(since)
            .ok_or(rusqlite::Error::IntegralValueOutOfRange(2, since))?,
        customer_id: row.get(3)?,
        customer: row.get(4)?,
        reason: row.get(5)?,
        note: row.get(6)?,
        at: row.get(7)?,
        by: row.get(8)?,
        objects: u64::try_from(row.get::<_, i64>(9)?).unwrap_or(0),
        undoes: row.get(10)?,
        undone_by: row.get(11)?,
        object_kind: row.get::<_, Option<i64>>(12)?.and_then(kind_numbered),
        domain: row.get(13)?,
    })
}
