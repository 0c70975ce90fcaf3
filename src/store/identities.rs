//! Who is whom: aliases of users and default domains of sources, looked at before and taken back as a whole after,
//! as bulk changes of tags are.

use rusqlite::{OptionalExtension as _, params};

use super::assignments::{Move, ObjectRef};
use super::batches::Done;
use super::{Actor, Commit, Store, StoreError};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::extension::seats::Seats;

mod moves;
mod statements;

/// One user counts as another, or by itself again. Both in any spelling; no upload need have shown them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub user: ObjectRef,
    /// `None` clears.
    pub of: Option<ObjectRef>,
}

/// What is decided since a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub period: BillingPeriod,
    pub what: Decision,
}

/// Of users, or of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    CountAs(Vec<Link>),
    /// `None` clears.
    DefaultDomain {
        source: ObjectRef,
        domain: Option<String>,
    },
}

/// What a change would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    pub changed: u64,
    pub unchanged: u64,
    /// Between the rows of the report. Two who become one leave a row that both stood in.
    pub moves: Vec<Move>,
    /// Users of the month whom it makes others of, before and after: their difference is what the total loses.
    pub people: (u64, u64),
}

impl Store {
    /// Does the change, looks, and takes it back: what it answers is what would happen. Takes the writer for as
    /// long as the month is counted once.
    ///
    /// Errors: what a guard refuses: `SEAT-P01`, `SEAT-P02`, `SEAT-P10`, `SEAT-A02` for a source that is not known,
    /// `SEAT-A13` where an alias would name an alias.
    pub fn preview_identities(
        &mut self,
        change: &Change,
        at: UtcInstant,
        actor: &Actor,
    ) -> Result<Preview, StoreError> {
        let (changed, unchanged) = self.stand(change)?;
        let mut preview = Preview { changed, unchanged, ..Preview::default() };
        if changed == 0 {
            return Ok(preview);
        }
        let mut commit = Commit::new(at, actor);
        statements::add(&mut commit, "b-rehearsed", change);
        let before = self.snapshot(|store| moves::State::load(store, change.period))?;
        let mut after = None;
        self.rehearse(&commit, |store| {
            after = Some(moves::State::load(store, change.period)?);
            Ok(())
        })?;
        if let Some(after) = after {
            (preview.moves, preview.people) = moves::between(&before, &after);
        }
        Ok(preview)
    }

    /// Makes the change, all of it or nothing. Without `tell` it is not worked out what moves.
    ///
    /// Errors as [`preview_identities`](Self::preview_identities).
    pub fn make_identities(
        &mut self,
        change: &Change,
        at: UtcInstant,
        actor: &Actor,
        tell: bool,
    ) -> Result<Done, StoreError> {
        let mut done = Done { changed: 0, unchanged: 0, moves: Vec::new(), stamp: None, batch_id: None };
        if tell {
            done.moves = self.preview_identities(change, at, actor)?.moves;
        }
        let (changed, unchanged) = self.stand(change)?;
        (done.changed, done.unchanged) = (changed, unchanged);
        if changed == 0 {
            return Ok(done);
        }
        let mut commit = Commit::new(at, actor);
        let id = self.new_batch_id(&commit, &summary(change))?;
        statements::add(&mut commit, &id, change);
        self.commit(&commit)?;
        done.changed = self.get_batch(&id)?.objects;
        done.unchanged = (changed + unchanged).saturating_sub(done.changed);
        done.batch_id = Some(id);
        Ok(done)
    }

    /// How many objects the change touches, and how many stand so already.
    fn stand(&self, change: &Change) -> Result<(u64, u64), StoreError> {
        let since = change.period.number();
        match &change.what {
            Decision::CountAs(links) => {
                let mut statement = self.db.prepare_cached(
                    "SELECT coalesce((SELECT key FROM user WHERE id = a.of_user), '') = ?3
                     FROM user u JOIN alias_row a ON a.user = u.id AND a.since = ?2 WHERE u.key = ?1",
                )?;
                let mut unchanged = 0;
                for link in links {
                    let of = link.of.as_ref().map_or("", |of| of.id.as_str());
                    let stands: Option<bool> =
                        statement.query_row(params![link.user.id, since, of], |row| row.get(0)).optional()?;
                    unchanged += u64::from(stands == Some(true));
                }
                Ok((links.len() as u64 - unchanged, unchanged))
            }
            Decision::DefaultDomain { source, domain } => {
                let mut statement = self.db.prepare_cached(
                    "SELECT d.domain IS ?4 FROM default_domain_row d JOIN object o ON o.id = d.source
                     WHERE o.kind = ?1 AND o.public_id = ?2 AND d.since = ?3",
                )?;
                let stands: Option<bool> = statement
                    .query_row(params![source.kind.number(), source.id, since, domain], |row| row.get(0))
                    .optional()?;
                Ok(if stands == Some(true) { (0, 1) } else { (1, 0) })
            }
        }
    }
}

/// What the id of the batch is made from: of many links the first and how many.
fn summary(change: &Change) -> String {
    match &change.what {
        Decision::CountAs(links) => {
            format!("{} {} {:?}", change.period, links.len(), links.first())
        }
        Decision::DefaultDomain { .. } => format!("{change:?}"),
    }
}
