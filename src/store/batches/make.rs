//! Looks at a change, or makes it.

use sha2::{Digest as _, Sha256};

use super::target::Target;
use super::{Change, Decision, Done, Objects, Preview, statements};
use crate::domain::error::code;
use crate::domain::instant::UtcInstant;
use crate::extension::hex;
use crate::store::assignments::Move;
use crate::store::memory::Memory;
use crate::store::{Actor, Commit, Store, StoreError};

/// How often a set is selected anew when others commit in between.
const ATTEMPTS: usize = 5;

impl Store {
    /// What the change would do; the guards speak as they would, on one user for all. Changes nothing, but
    /// takes the writer for a moment.
    ///
    /// Errors: what a guard refuses (`SEAT-P01`, `SEAT-P02`, `SEAT-A01` to `SEAT-A04`), and `SEAT-A05` when the
    /// selected set has another stamp than the change names.
    pub fn preview(
        &mut self,
        memory: &Memory,
        change: &Change,
        at: UtcInstant,
        actor: &Actor,
    ) -> Result<Preview, StoreError> {
        let (target, moves) = self.look(memory, change, true)?;
        if target.changed() > 0 {
            let mut commit = Commit::new(at, actor);
            statements::add(&mut commit, "b-rehearsed", change, &target.representative());
            self.rehearse(&commit, |_| Ok(()))?;
        }
        Ok(Preview { changed: target.changed(), unchanged: target.unchanged, moves, stamp: target.stamp })
    }

    /// Makes the change, all of it or nothing. `tell_moves`: work out what it moves, which takes the roster of
    /// the month.
    ///
    /// Errors as [`preview`](Self::preview); a selected set needs its stamp.
    pub fn make(
        &mut self,
        memory: &Memory,
        change: &Change,
        at: UtcInstant,
        actor: &Actor,
        tell_moves: bool,
    ) -> Result<Done, StoreError> {
        if matches!(change.objects, Objects::Selected { stamp: None, .. }) {
            let detail = "expected the stamp of the selected set, found none";
            return Err(StoreError::refused(code::SET_CHANGED, detail));
        }
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            let (target, moves) = self.look(memory, change, tell_moves)?;
            let mut done = Done {
                changed: target.changed(),
                unchanged: target.unchanged,
                moves,
                stamp: target.stamp.clone(),
                batch_id: None,
            };
            if done.changed == 0 {
                return Ok(done);
            }
            let mut commit = Commit::new(at, actor);
            let id = self.new_batch_id(&commit, change)?;
            statements::add(&mut commit, &id, change, &target);
            match self.commit(&commit) {
                // Someone else committed since; the set may still be the same.
                Err(error) if error.code() == code::SET_CHANGED && attempts > 0 => continue,
                committed => committed?,
            }
            let all = done.changed + done.unchanged;
            done.changed = self.get_batch(&id)?.objects;
            done.unchanged = all.saturating_sub(done.changed);
            done.batch_id = Some(id);
            return Ok(done);
        }
    }

    /// Both in one state of the database.
    fn look(
        &self,
        memory: &Memory,
        change: &Change,
        tell_moves: bool,
    ) -> Result<(Target, Vec<Move>), StoreError> {
        self.snapshot(|store| {
            let mut target = store.target(memory, change)?;
            let Decision::Assign(customer) = &change.what else { return Ok((target, Vec::new())) };
            if !tell_moves || target.changed() == 0 {
                return Ok((target, Vec::new()));
            }
            let roster = memory.roster(store, change.period)?;
            if matches!(change.objects, Objects::List(_)) {
                target.positions = target.named.iter().filter_map(|(key, _)| roster.find(key)).collect();
            }
            let moves = roster.moves(&store.overlay(&target, customer.as_deref())?);
            Ok((target, moves))
        })
    }

    /// Opaque, and the same for a replay of the same commit.
    pub(in crate::store) fn new_batch_id(
        &self,
        commit: &Commit,
        what: &impl std::fmt::Debug,
    ) -> Result<String, StoreError> {
        let last: i64 = self.db.query_row("SELECT coalesce(max(id), 0) FROM batch", [], |row| row.get(0))?;
        Ok(batch_id(&commit.at.to_string(), &commit.actor, last, what))
    }
}

/// The id of the change behind `last`: the same for the same change by the same actor at the same second.
pub(super) fn batch_id(at: &str, actor: &Actor, last: i64, what: &impl std::fmt::Debug) -> String {
    let hash = Sha256::digest(format!("{at}\n{}\n{last}\n{what:?}", actor.0));
    format!("b-{}", &hex(&hash)[..12])
}
