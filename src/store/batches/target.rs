//! What a change is about, looked up: the objects that are not as it wants them.

use std::collections::HashSet;

use rusqlite::{OptionalExtension as _, params};

use super::{Change, Decision, Objects};
use crate::domain::error::{code, quoted};
use crate::domain::ids::ObjectKind;
use crate::store::assignments::ObjectRef;
use crate::store::memory::Memory;
use crate::store::roster::Overlay;
use crate::store::{Store, StoreError};

/// Objects that would change, and the state of the database that says so.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Rows of users, ascending.
    pub rows: Vec<u32>,
    /// Users by key and spelling; no upload need have shown them.
    pub named: Vec<(String, String)>,
    pub others: Vec<ObjectRef>,
    pub unchanged: u64,
    pub stamp: Option<String>,
    /// `revision.counted` when a set was selected: while it stays, so does the set.
    pub counted: Option<i64>,
    /// Positions in the roster of the users, for what would move.
    pub positions: Vec<u32>,
}

impl Target {
    pub fn changed(&self) -> u64 {
        (self.rows.len() + self.named.len() + self.others.len()) as u64
    }

    /// One user for all: the guards ask of a user nothing but that it has a name.
    pub fn representative(&self) -> Self {
        let rows = self.rows.first().copied().into_iter().collect();
        let named = self.named.first().cloned().into_iter().collect();
        Self { rows, named, others: self.others.clone(), ..Self::default() }
    }
}

impl Store {
    /// Errors: `SEAT-A05` when the selected set has another stamp, `SEAT-A02` and `SEAT-A06` for an object that
    /// cannot be one.
    pub(super) fn target(&self, memory: &Memory, change: &Change) -> Result<Target, StoreError> {
        match &change.objects {
            Objects::List(objects) => self.listed(change, objects),
            Objects::Selected { filter, stamp } => {
                let roster = memory.roster(self, change.period)?;
                let selection = roster.select(filter);
                if stamp.as_ref().is_some_and(|stamp| *stamp != selection.stamp) {
                    let detail = format!(
                        "expected the set with stamp {}, found {} users with stamp {}",
                        quoted(stamp.as_deref().unwrap_or_default()),
                        selection.total(),
                        selection.stamp
                    );
                    return Err(StoreError::refused(code::SET_CHANGED, detail));
                }
                let mut target = Target {
                    stamp: Some(selection.stamp.clone()),
                    counted: Some(self.counted()?),
                    ..Target::default()
                };
                let mut stands = Stands::new(self, change)?;
                for user in &selection.users {
                    let row = roster.row_of(*user);
                    if let Some(row) = row
                        && stands.has(ObjectKind::User, i64::from(row))?
                    {
                        target.unchanged += 1;
                        continue;
                    }
                    match row {
                        Some(row) => target.rows.push(row),
                        None => {
                            let shown = roster.user(*user, None);
                            target.named.push((shown.key.to_owned(), shown.name.to_owned()));
                        }
                    }
                    target.positions.push(*user);
                }
                target.rows.sort_unstable();
                Ok(target)
            }
        }
    }

    fn listed(&self, change: &Change, objects: &[ObjectRef]) -> Result<Target, StoreError> {
        let mut target = Target::default();
        let mut stands = Stands::new(self, change)?;
        let mut seen = HashSet::new();
        for object in objects {
            if !seen.insert((object.kind, &object.id)) {
                continue;
            }
            let flaggable = matches!(object.kind, ObjectKind::User | ObjectKind::LicenseServer);
            if matches!(change.what, Decision::Free { .. }) && !flaggable {
                let detail = format!("expected user or license-server, found {}", object.kind);
                return Err(StoreError::refused(code::KIND_UNKNOWN, detail));
            }
            if object.id.is_empty() {
                let detail = format!("expected a known {}, found {}", object.kind, quoted(&object.given));
                return Err(StoreError::refused(code::OBJECT_UNKNOWN, detail));
            }
            if let Some(row) = self.row_of_object(object)?
                && stands.has(object.kind, row)?
            {
                target.unchanged += 1;
            } else if object.kind == ObjectKind::User {
                target.named.push((object.id.clone(), object.given.clone()));
            } else {
                target.others.push(object.clone());
            }
        }
        Ok(target)
    }

    fn row_of_object(&self, object: &ObjectRef) -> Result<Option<i64>, StoreError> {
        let sql = if object.kind == ObjectKind::User {
            "SELECT id FROM user WHERE key = ?2 AND ?1 = 0"
        } else {
            "SELECT id FROM object WHERE kind = ?1 AND public_id = ?2"
        };
        let mut statement = self.db.prepare_cached(sql)?;
        Ok(statement.query_row(params![object.kind.number(), object.id], |row| row.get(0)).optional()?)
    }

    /// The objects as tags that replace those of the month.
    pub(super) fn overlay(&self, target: &Target, customer: Option<&str>) -> Result<Overlay, StoreError> {
        let mut overlay = Overlay {
            users: target.positions.clone(),
            customer: customer.map(str::to_owned),
            ..Overlay::default()
        };
        for object in &target.others {
            match object.kind {
                ObjectKind::LicenseServer => overlay.license_servers.push(object.id.clone()),
                ObjectKind::DeliveryGroup => overlay.delivery_groups.push(object.id.clone()),
                ObjectKind::Site => {
                    let mut groups = self.db.prepare_cached(
                        "SELECT public_id FROM object WHERE kind = 3
                           AND parent = (SELECT id FROM object WHERE kind = 2 AND public_id = ?1)",
                    )?;
                    let groups = groups.query_map([&object.id], |row| row.get(0))?;
                    overlay.of_sites.extend(groups.collect::<Result<Vec<String>, _>>()?);
                }
                ObjectKind::User | ObjectKind::NetScaler => {}
            }
        }
        Ok(overlay)
    }
}

/// Tells whether an object has just the row that the change would write.
struct Stands<'a> {
    statement: rusqlite::CachedStatement<'a>,
    since: i64,
    customer: Option<i64>,
    reason: Option<String>,
    note: Option<String>,
}

impl<'a> Stands<'a> {
    fn new(store: &'a Store, change: &Change) -> Result<Self, StoreError> {
        let mut stands = Self {
            statement: store.db.prepare_cached(match change.what {
                Decision::Assign(_) => {
                    "SELECT customer IS ?4 AND ?5 IS NULL AND ?6 IS NULL FROM assignment_row
                     WHERE kind = ?1 AND object = ?2 AND since = ?3"
                }
                Decision::Free { .. } => {
                    "SELECT reason IS ?5 AND note IS ?6 AND ?4 IS NULL FROM free_flag_row
                     WHERE kind = ?1 AND object = ?2 AND since = ?3"
                }
            })?,
            since: change.period.number(),
            customer: None,
            reason: None,
            note: None,
        };
        match &change.what {
            Decision::Assign(None) => {}
            Decision::Assign(Some(id)) => {
                let mut find = store.db.prepare_cached("SELECT id FROM customer WHERE public_id = ?1")?;
                let found = find.query_row([id], |row| row.get(0)).optional()?;
                stands.customer = Some(found.ok_or_else(|| {
                    let detail = format!("expected the id of a customer, found {}", quoted(id));
                    StoreError::refused(code::CUSTOMER_UNKNOWN, detail)
                })?);
            }
            Decision::Free { reason, note } => {
                stands.reason = reason.map(|reason| reason.to_string());
                stands.note.clone_from(note);
            }
        }
        Ok(stands)
    }

    fn has(&mut self, kind: ObjectKind, row: i64) -> Result<bool, StoreError> {
        let values = params![kind.number(), row, self.since, self.customer, self.reason, self.note];
        Ok(self.statement.query_row(values, |row| row.get(0)).optional()?.unwrap_or(false))
    }
}
