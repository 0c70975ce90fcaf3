//! Where each user of one month was seen, in a form that holds a million of them: not a table function,
//! but the same reading, for a program that keeps a month in memory.

use rusqlite::Connection;

use super::Fault;
use super::month::Month;
use crate::domain::period::BillingPeriod;

/// Above every user and every stand-in for one: a number past it is no user's, and must not size an array.
pub const NEWEST: u32 = 1 << 29;

/// The users of a month, each with the set of lists that it stands in.
pub struct Seats {
    pub month: Month,
    /// Sets of indexes into the month's lists, ascending; the first is the empty one. Few users stand in
    /// a set of their own: most share one with thousands.
    pub sets: Vec<Box<[u32]>>,
    /// By user, as counted.
    set_of: Vec<u32>,
    pub merged: Vec<Merged>,
}

/// A fact that counts for another user than the one it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    pub counted: u32,
    pub list: u32,
    pub seen: u32,
}

impl Seats {
    pub fn load(db: &Connection, period: BillingPeriod) -> Result<Self, Fault> {
        let month = Month::load(db, period)?;
        let mut sets: Vec<Box<[u32]>> = vec![Box::default()];
        let mut set_of: Vec<u32> = Vec::new();
        let mut merged = Vec::new();
        // Lists come in ascending order, so a set with one more list is a new one each time, and which one
        // it is need be remembered for this list only: by the set before it, 0 where there is none yet.
        let mut next: Vec<u32> = Vec::new();
        for (index, list) in month.lists.iter().enumerate() {
            let index = index as u32;
            next.clear();
            next.resize(sets.len(), 0);
            month.sightings(db, list, |seen, counted| {
                if counted > NEWEST {
                    return;
                }
                if seen != counted {
                    merged.push(Merged { counted, list: index, seen });
                }
                let user = counted as usize;
                if user >= set_of.len() {
                    set_of.resize((user + 1).max(set_of.len() * 2), 0);
                }
                let before = set_of[user] as usize;
                // Two names of one user may stand in one list.
                if sets[before].last() == Some(&index) {
                    return;
                }
                if next[before] == 0 {
                    next[before] = sets.len() as u32;
                    let mut with = Vec::with_capacity(sets[before].len() + 1);
                    with.extend_from_slice(&sets[before]);
                    with.push(index);
                    sets.push(with.into());
                }
                set_of[user] = next[before];
            })?;
        }
        Ok(Self { month, sets, set_of, merged })
    }

    /// Index of the set that the user stands in; 0 for a user who was not seen.
    pub fn set_of(&self, user: u32) -> u32 {
        self.set_of.get(user as usize).copied().unwrap_or(0)
    }
}
