//! Bare names that several sources report: each may be another person there, until the sources have default domains.

use std::collections::BTreeSet;

use rusqlite::OptionalExtension as _;

use super::{Crowd, Roster, RosterSource, mark};
use crate::store::{Store, StoreError};

/// How many there are, and the first by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BareNames {
    pub count: u64,
    /// Shown spellings.
    pub first: Vec<String>,
}

/// One name and who reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BareName<'a> {
    /// Identity key.
    pub key: &'a str,
    /// Shown spelling.
    pub name: &'a str,
    /// By id; those with a default domain in the month are not among them, since they tell whom they mean.
    pub sources: Vec<RosterSource<'a>>,
}

impl Roster {
    /// Their places, by key: what [`bare_name`](Self::bare_name) takes. Scrambled names are not bare: whether they have
    /// a domain nobody knows. A name that an alias has settled is none of them.
    ///
    /// One look at each user; facts are asked for only of users that aliases count for.
    pub fn bare_names(&self, store: &Store) -> Result<Vec<u32>, StoreError> {
        let crowd = &*self.crowd;
        let several: Vec<bool> = crowd.sets.iter().map(|set| crowd.has_several_sources(set)).collect();
        let mut names = Vec::new();
        for at in 0..self.len() {
            let marks = crowd.marks[at] & (mark::BARE | mark::SCRAMBLED);
            if marks != mark::BARE || !several[crowd.set_of[at] as usize] {
                continue;
            }
            // An alias may have been seen where its user was not.
            if crowd.merged.contains_key(&crowd.ids[at]) && !crowd.is_seen_on_several(store, at)? {
                continue;
            }
            names.push(at as u32);
        }
        Ok(names)
    }

    pub fn bare_name(&self, at: u32) -> BareName<'_> {
        BareName {
            key: self.crowd.key(at as usize),
            name: self.crowd.name(at as usize),
            sources: self.user(at, None).sources,
        }
    }

    /// The sources of all these names together, each once.
    pub fn sources_of(&self, names: &[u32]) -> Vec<RosterSource<'_>> {
        let crowd = &*self.crowd;
        let sets: BTreeSet<u32> = names.iter().map(|at| crowd.set_of[*at as usize]).collect();
        let lists = sets.into_iter().flat_map(|set| &*crowd.sets[set as usize]);
        let sources: BTreeSet<_> = lists.map(|list| crowd.lists[*list as usize].source).collect();
        sources.into_iter().map(|source| self.source(source)).collect()
    }
}

impl Crowd {
    fn has_several_sources(&self, set: &[u32]) -> bool {
        let mut sources = set.iter().map(|list| self.lists[*list as usize].source);
        let first = sources.next();
        sources.any(|source| Some(source) != first)
    }

    /// Whether the user itself, and no alias of it, stands in lists of several sources.
    fn is_seen_on_several(&self, store: &Store, user: usize) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT 1 FROM usage WHERE list = ?1 AND user = ?2";
        let mut statement = store.db.prepare_cached(SQL)?;
        let mut seen = Vec::new();
        for list in &*self.sets[self.set_of[user] as usize] {
            let row = self.lists[*list as usize].row;
            let found: Option<i64> =
                statement.query_row([row, i64::from(self.ids[user])], |row| row.get(0)).optional()?;
            if found.is_some() {
                seen.push(*list);
            }
        }
        Ok(self.has_several_sources(&seen))
    }
}
