//! The facts of one feature, gathered by user, and the rows that each user stands in.

use std::collections::HashMap;
use std::ops::Range;

use rusqlite::Connection;

use crate::domain::precedence::{CustomerNo, Via, of_fact};
use crate::extension::Fault;
use crate::extension::key_order::{KeyOrder, OfUser};
use crate::extension::month::{Month, number};

/// The rows of one feature, while they are handed out.
pub struct Feature {
    /// By user, then by list.
    pub facts: Vec<Fact>,
    /// By user, then by customer.
    pub rows: Vec<UserRow>,
    pub payloads: HashMap<u32, Payload>,
    pub names: KeyOrder,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    pub user: u32,
    pub list: u32,
    pub payload: u32,
}

pub struct UserRow {
    pub user: u32,
    pub customer: Option<CustomerNo>,
    pub via: Option<Via>,
    pub free: bool,
    /// All facts of the user, those at other customers too.
    pub facts: Range<u32>,
    pub first: u32,
}

impl OfUser for UserRow {
    fn user(&self) -> u32 {
        self.user
    }
}

pub struct Payload {
    pub rank: String,
    pub upload: String,
}

/// Whom a fact counts for.
pub fn customer_of(month: &Month, fact: &Fact) -> Option<CustomerNo> {
    let source = month.source_of(fact.list as usize).tags.effective;
    of_fact(month.tags.customer(fact.user), source).map(|effective| effective.customer)
}

impl Feature {
    pub fn read(
        db: &Connection,
        month: &Month,
        lists: Range<usize>,
        only: Option<Option<CustomerNo>>,
    ) -> Result<Self, Fault> {
        let mut facts = Vec::new();
        for list in lists {
            month.facts(db, &month.lists[list], |user, payload| {
                facts.push(Fact { user, list: list as u32, payload: number(payload) });
            })?;
        }
        facts.sort(); // stable: each list is a sorted run
        let payloads = payloads(db, &facts)?;
        // An alias or a default domain can make one fact of two: the earlier one counts.
        facts.dedup_by(|next, kept| {
            let same = (next.user, next.list) == (kept.user, kept.list);
            let rank = |fact: &Fact| payloads.get(&fact.payload).map(|payload| payload.rank.as_str());
            if same && rank(next) < rank(kept) {
                kept.payload = next.payload;
            }
            same
        });
        let mut rows = Vec::new();
        let mut from = 0;
        for facts in facts.chunk_by(|a, b| a.user == b.user) {
            let all = from..from + facts.len() as u32;
            from = all.end;
            explain_user(month, facts, &payloads, |row| {
                if only.is_none_or(|customer| customer == row.customer) {
                    rows.push(UserRow { facts: all.clone(), ..row });
                }
            });
        }
        let names = KeyOrder::new(db, month, &rows)?;
        Ok(Self { facts, rows, payloads, names })
    }
}

/// The rows that one user stands in: one for each customer, or the unlinked one.
fn explain_user(
    month: &Month,
    facts: &[Fact],
    payloads: &HashMap<u32, Payload>,
    mut found: impl FnMut(UserRow),
) {
    let user = facts[0].user;
    let effective =
        |fact: &Fact| of_fact(month.tags.customer(user), month.source_of(fact.list as usize).tags.effective);
    let mut customers: Vec<_> =
        facts.iter().map(|fact| effective(fact).map(|found| found.customer)).collect();
    customers.sort_unstable();
    customers.dedup();
    if customers.len() > 1 {
        customers.retain(Option::is_some);
    }
    let rank = |fact: &&Fact| payloads.get(&fact.payload).map(|payload| payload.rank.as_str());
    for customer in customers {
        let there = || facts.iter().filter(|fact| effective(fact).map(|found| found.customer) == customer);
        found(UserRow {
            user,
            customer,
            via: there().filter_map(|fact| effective(fact).map(|found| found.via)).min(),
            free: month.tags.is_free(user)
                || there().all(|fact| month.source_of(fact.list as usize).tags.free),
            facts: 0..0,
            first: there().min_by_key(rank).map_or(0, |fact| fact.payload),
        });
    }
}

fn payloads(db: &Connection, facts: &[Fact]) -> Result<HashMap<u32, Payload>, Fault> {
    let mut statement = db.prepare(
        "SELECT p.rank, substr(u.sha256, 1, 16) FROM main.payload p JOIN main.upload u ON u.id = p.upload WHERE p.id = ?1",
    )?;
    let mut payloads = HashMap::new();
    let mut last = None;
    for fact in facts {
        if last != Some(fact.payload) && !payloads.contains_key(&fact.payload) {
            let found = statement
                .query_row([fact.payload], |row| Ok(Payload { rank: row.get(0)?, upload: row.get(1)? }));
            match found {
                Ok(payload) => drop(payloads.insert(fact.payload, payload)),
                Err(rusqlite::Error::QueryReturnedNoRows) => {}
                Err(error) => return Err(error.into()),
            }
        }
        last = Some(fact.payload);
    }
    Ok(payloads)
}
