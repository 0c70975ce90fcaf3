//! The clock as the database sees it: the newest instant it recorded, and whether a later one is believed.

use rusqlite::types::Value;

use super::{Actor, Commit, Store, StoreError};
use crate::domain::doubt::is_in_doubt;
use crate::domain::error::code;
use crate::domain::instant::UtcInstant;

/// What was recorded of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The newest recorded instant; `None` before the first accepted upload, when there is nothing to protect.
    pub newest: Option<UtcInstant>,
    /// The instant of the last commit, where it was in doubt.
    pub suspected: Option<UtcInstant>,
}

impl Clock {
    /// The later of the clock and of what was recorded, by which guards judge: a clock that is set back opens nothing.
    pub fn as_of(&self, now: UtcInstant) -> UtcInstant {
        self.newest.map_or(now, |newest| newest.max(now))
    }

    /// Whether `now` is too far ahead to be believed.
    pub fn doubts(&self, now: UtcInstant) -> bool {
        self.newest.is_some_and(|newest| is_in_doubt(now, newest))
    }
}

impl Store {
    pub fn clock(&self) -> Result<Clock, StoreError> {
        const SQL: &str = "SELECT newest, suspected, EXISTS (SELECT 1 FROM setting WHERE key = 'live_from') FROM commit_now";
        let (newest, suspected, live): (String, Option<String>, bool) =
            self.db.prepare_cached(SQL)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(Clock {
            newest: if live { Some(newest.parse()?) } else { None },
            suspected: suspected.map(|at| at.parse()).transpose()?,
        })
    }

    /// Takes `now` for true, however far ahead it is, and closes what is due by it. False where nothing was in
    /// doubt; due months are closed then too.
    ///
    /// The closed months are among [`take_closed`](Self::take_closed).
    pub fn confirm_clock(&mut self, now: UtcInstant, actor: &Actor) -> Result<bool, StoreError> {
        let clock = self.clock()?;
        if clock.doubts(now) {
            let mut commit = Commit::new(now, actor);
            commit.add(
                "UPDATE commit_now SET newest = max(newest, ?1), suspected = NULL",
                [Value::Text(now.to_string())],
            );
            self.commit_alone(&commit)?;
        }
        self.close_due(now, &Actor::clock())?;
        Ok(clock.doubts(now))
    }
}

/// Refuses what cannot be undone while the date is in doubt.
pub(super) fn require_believed(clock: &Clock, now: UtcInstant) -> Result<(), StoreError> {
    match clock.newest {
        Some(newest) if is_in_doubt(now, newest) => Err(StoreError::refused(
            code::CLOCK_SUSPECTED,
            format!("expected an instant at most 40 days after {newest}, the newest on record, found {now}"),
        )),
        _ => Ok(()),
    }
}
