//! Reads a month into memory: one pass over its facts, two over the table of users.

use std::collections::{HashMap, HashSet};

use rusqlite::Connection;
use twox_hash::XxHash3_128;

use super::select::Kept;
use super::{Crowd, Customer, END, History, List, SAME, Source, Store, StoreError, mark};
use crate::domain::period::BillingPeriod;
use crate::domain::precedence::CustomerNo;
use crate::domain::user_key::{is_bare, is_scrambled};
use crate::extension::month::number;
use crate::extension::seats::Seats;

impl Crowd {
    pub fn load(store: &Store, period: BillingPeriod, history: &History) -> Result<Self, StoreError> {
        let db = &store.db;
        let seats = Seats::load(db, period)?;
        let mut names = store.customer_names_in(period)?;
        let customers = seats.month.customers.iter();
        let customers = customers.map(|(number, id)| {
            let name = names.remove(id).unwrap_or_else(|| id.clone());
            (*number, Customer { id: id.clone(), name })
        });
        let mut crowd = Self::empty(period, customers.collect());
        crowd.take_lists(&seats);
        crowd.take_merged(&seats);
        crowd.take_users(db, &seats, history)?;
        crowd.take_names(db)?;
        crowd.sets = seats.sets;
        Ok(crowd)
    }

    fn empty(period: BillingPeriod, customers: HashMap<CustomerNo, Customer>) -> Self {
        Self {
            period,
            keys: String::new(),
            ends: Vec::new(),
            names: Vec::new(),
            name_at: Vec::new(),
            ids: Vec::new(),
            set_of: Vec::new(),
            tags: Vec::new(),
            marks: Vec::new(),
            domain_of: Vec::new(),
            hashes: Vec::new(),
            domains: Vec::new(),
            sets: Vec::new(),
            lists: Vec::new(),
            features: Vec::new(),
            sources: Vec::new(),
            customers,
            merged: HashMap::new(),
            kept: Kept::default(),
        }
    }

    fn take_lists(&mut self, seats: &Seats) {
        for list in &seats.month.lists {
            if self.features.last() != Some(&list.feature) {
                self.features.push(list.feature.clone());
            }
            let feature = self.features.len() as u32 - 1;
            self.lists.push(List { row: list.row(), feature, source: list.source as u32 });
        }
        self.sources.extend(seats.month.sources.iter().map(|source| Source {
            kind: source.kind.clone(),
            id: source.public_id.clone(),
            tags: source.tags,
        }));
    }

    fn take_merged(&mut self, seats: &Seats) {
        for merged in &seats.merged {
            self.merged.entry(merged.counted).or_default().push((merged.list, merged.seen));
        }
    }

    /// Everyone with a fact, by key. The index of keys holds all that is read here.
    fn take_users(&mut self, db: &Connection, seats: &Seats, history: &History) -> Result<(), StoreError> {
        let mut unnamed: Vec<(&str, u32)> =
            seats.month.unnamed_users().map(|(user, key)| (key, user)).collect();
        unnamed.sort_unstable();
        let mut unnamed = unnamed.into_iter().peekable();
        let mut domains = Domains::default();
        let aliases = aliases(db, self.period)?;
        let mut statement = db.prepare_cached("SELECT id, key FROM user ORDER BY key")?;
        let mut rows = statement.query([])?;
        let mut add = |user: u32, key: &str, unnamed: bool| {
            let set = seats.set_of(user);
            if set == 0 {
                return;
            }
            let mut marks = if seats.month.tags.is_free(user) { mark::FLAGGED } else { 0 };
            // Whether a scrambled name has a domain nobody knows.
            if is_bare(key) && !is_scrambled(key) {
                marks |= mark::BARE;
            }
            if unnamed {
                marks |= mark::UNNAMED;
            }
            self.keys.push_str(key);
            self.ends.push(self.keys.len() as u32);
            self.ids.push(user);
            self.set_of.push(set);
            self.tags.push(seats.month.tags.customer(user).map_or(0, |customer| customer.0.get()));
            let mut known = history.knows(user);
            for (_, seen) in self.merged.get(&user).into_iter().flatten() {
                known |= history.knows(*seen);
                if aliases.contains(seen) {
                    marks |= mark::ALIASED;
                }
            }
            if !known {
                marks |= mark::NEW;
            }
            self.marks.push(marks);
            self.domain_of.push(domains.number(key));
            self.hashes.push(XxHash3_128::oneshot(key.as_bytes()) as u64);
        };
        while let Some(row) = rows.next()? {
            let user = number(row.get_ref(0)?.as_i64().unwrap_or_default());
            let key = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            while let Some((before, stand_in)) = unnamed.next_if(|(unnamed, _)| *unnamed < key) {
                add(stand_in, before, true);
            }
            add(user, key, false);
        }
        unnamed.for_each(|(key, user)| add(user, key, true));
        self.domains = domains.names;
        Ok(())
    }

    /// Spellings are read in the order in which they lie on disk, not by key.
    fn take_names(&mut self, db: &Connection) -> Result<(), StoreError> {
        self.name_at = vec![SAME; self.ids.len()];
        let mut position = vec![SAME; self.ids.iter().max().map_or(0, |newest| *newest as usize + 1)];
        for (at, user) in self.ids.iter().enumerate() {
            position[*user as usize] = at as u32;
        }
        let mut statement = db.prepare_cached("SELECT id, name FROM user")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let user = number(row.get_ref(0)?.as_i64().unwrap_or_default());
            let at = position.get(user as usize).copied().unwrap_or(SAME);
            if at == SAME {
                continue;
            }
            let name = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            if is_scrambled(name) {
                self.marks[at as usize] |= mark::SCRAMBLED;
            }
            if name != self.key(at as usize) {
                self.name_at[at as usize] = self.names.len() as u32;
                self.names.extend_from_slice(name.as_bytes());
                self.names.push(END);
            }
        }
        self.names.shrink_to_fit();
        Ok(())
    }
}

/// Users that count as another in the period.
fn aliases(db: &Connection, period: BillingPeriod) -> Result<HashSet<u32>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT user FROM alias_row a WHERE of_user IS NOT NULL
           AND since = (SELECT max(since) FROM alias_row WHERE user = a.user AND since <= ?1)",
    )?;
    let rows = statement.query_map([period.number()], |row| row.get::<_, i64>(0))?;
    Ok(rows.map(|row| row.map(number)).collect::<Result<_, _>>()?)
}

/// Domains by number. Neighbours in key order mostly share theirs.
#[derive(Default)]
struct Domains {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
    last: u32,
}

impl Domains {
    fn number(&mut self, key: &str) -> u32 {
        let domain = domain_of(key);
        if self.names.get(self.last as usize).is_some_and(|last| last == domain) {
            return self.last;
        }
        self.last = match self.numbers.get(domain) {
            Some(number) => *number,
            None => {
                let number = self.names.len() as u32;
                self.names.push(domain.to_owned());
                self.numbers.insert(domain.to_owned(), number);
                number
            }
        };
        self.last
    }
}

/// What stands before the `\` or behind the `@`; empty for a bare name.
pub fn domain_of(key: &str) -> &str {
    match key.split_once('\\') {
        Some((domain, _)) => domain,
        None => key.rsplit_once('@').map_or("", |(_, domain)| domain),
    }
}
