//! What a change of identities moves: the month read before and after it, and the users compared whose facts count
//! for somebody else.

use std::collections::{BTreeMap, HashMap};

use super::{Seats, Store, StoreError};
use crate::domain::period::BillingPeriod;
use crate::domain::precedence::{CustomerNo, of_fact};
use crate::store::assignments::Move;

/// A month as one state of the database counts it.
pub struct State {
    seats: Seats,
    /// Keys of users behind `newest` of the other state: those that the change itself made known.
    keys: HashMap<u32, String>,
    newest: u32,
}

/// Whom a fact counts for, named alike in both states: numbers that stand in for a `DOMAIN\name` are not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    Row(u32),
    Key(String),
}

impl State {
    pub fn load(store: &Store, period: BillingPeriod) -> Result<Self, StoreError> {
        let seats = Seats::load(&store.db, period)?;
        let newest: i64 =
            store.db.query_row("SELECT coalesce(max(id), 0) FROM user", [], |row| row.get(0))?;
        // A change names few users whom nothing knew, but a list of a million may.
        let mut statement = store.db.prepare_cached("SELECT id, key FROM user WHERE name_payload IS NULL")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut keys: HashMap<u32, String> = rows.collect::<Result<_, _>>()?;
        keys.extend(seats.month.unnamed_users().map(|(user, key)| (user, key.to_owned())));
        Ok(Self { seats, keys, newest: u32::try_from(newest).unwrap_or(u32::MAX) })
    }

    /// By key where the number is not the same in both states.
    fn node(&self, user: u32, known_to_both: u32) -> Node {
        match self.keys.get(&user) {
            Some(key) if user > known_to_both => Node::Key(key.clone()),
            _ => Node::Row(user),
        }
    }

    /// The rows of the report in which the user stands, each once.
    fn rows(&self, user: u32) -> Vec<Option<&str>> {
        let month = &self.seats.month;
        let tag = month.tags.customer(user);
        let set = &self.seats.sets[self.seats.set_of(user) as usize];
        let feature = |list: &u32| &month.lists[*list as usize].feature;
        let mut rows: Vec<Option<CustomerNo>> = Vec::new();
        for lists in set.chunk_by(|a, b| feature(a) == feature(b)) {
            let at = |list: &u32| {
                of_fact(tag, month.source_of(*list as usize).tags.effective).map(|found| found.customer)
            };
            let linked = lists.iter().any(|list| at(list).is_some());
            rows.extend(lists.iter().map(at).filter(|customer| customer.is_some() || !linked));
        }
        let mut rows: Vec<_> =
            rows.into_iter().map(|row| row.and_then(|customer| month.customer_id(customer))).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

/// One who counts, and under which number on each side.
#[derive(Clone, Copy, Default)]
struct Person {
    before: Option<u32>,
    after: Option<u32>,
}

/// The moves between the two, and how many count before and after of those whom the change touches.
pub fn between(before: &State, after: &State) -> (Vec<Move>, (u64, u64)) {
    let known = before.newest.min(after.newest);
    let mut groups = Groups::default();
    let both = before.seats.merged.iter().chain(&after.seats.merged);
    for merged in both {
        let counted = |state: &State| {
            let month = &state.seats.month;
            month.counted(&month.lists[merged.list as usize], merged.seen)
        };
        let (was, is) = (counted(before), counted(after));
        let (from, to) = (before.node(was, known), after.node(is, known));
        if from != to {
            groups.join(from, to);
        }
    }
    let numbers = |state: &State| -> HashMap<String, u32> {
        let own = state.keys.iter().filter(|(user, _)| **user > known);
        own.map(|(user, key)| (key.clone(), *user)).collect()
    };
    let (of_before, of_after) = (numbers(before), numbers(after));
    let mut people = (0, 0);
    let mut moves: BTreeMap<(Row<'_>, Row<'_>), u64> = BTreeMap::new();
    for group in groups.all() {
        let (mut was, mut is) = (Vec::new(), Vec::new());
        for node in group {
            let person = match node {
                Node::Row(user) => Person { before: Some(*user), after: Some(*user) },
                Node::Key(key) => {
                    Person { before: of_before.get(key).copied(), after: of_after.get(key).copied() }
                }
            };
            let rows_before = person.before.map(|user| before.rows(user)).unwrap_or_default();
            let rows_after = person.after.map(|user| after.rows(user)).unwrap_or_default();
            people.0 += u64::from(!rows_before.is_empty());
            people.1 += u64::from(!rows_after.is_empty());
            was.extend(rows_before);
            is.extend(rows_after);
        }
        for (from, to) in difference(was, is) {
            *moves.entry((from, to)).or_default() += 1;
        }
    }
    let owned = |row: Row<'_>| row.map(|customer| customer.map(str::to_owned));
    let moves = moves.into_iter();
    (moves.map(|((from, to), users)| Move { from: owned(from), to: owned(to), users }).collect(), people)
}

/// Outer `None`: no row at all.
type Row<'a> = Option<Option<&'a str>>;

/// Pairs of rows that are left and entered, each as often as it is.
fn difference<'a>(was: Vec<Option<&'a str>>, is: Vec<Option<&'a str>>) -> Vec<(Row<'a>, Row<'a>)> {
    let mut count: BTreeMap<Option<&str>, i64> = BTreeMap::new();
    was.into_iter().for_each(|row| *count.entry(row).or_default() -= 1);
    is.into_iter().for_each(|row| *count.entry(row).or_default() += 1);
    let times = |wanted: i64| {
        let of = move |(row, n): (&Option<&'a str>, &i64)| {
            std::iter::repeat_n(*row, usize::try_from(n * wanted).unwrap_or(0))
        };
        count.iter().flat_map(of).collect::<Vec<_>>()
    };
    let (mut left, mut entered) = (times(-1).into_iter(), times(1).into_iter());
    let mut pairs = Vec::new();
    loop {
        match (left.next(), entered.next()) {
            (None, None) => return pairs,
            pair => pairs.push(pair),
        }
    }
}

/// Nodes that one change ties together.
#[derive(Default)]
struct Groups {
    numbers: HashMap<Node, usize>,
    parents: Vec<usize>,
}

impl Groups {
    fn number(&mut self, node: Node) -> usize {
        let next = self.parents.len();
        let number = *self.numbers.entry(node).or_insert(next);
        if number == next {
            self.parents.push(next);
        }
        number
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.parents[node] != node {
            self.parents[node] = self.parents[self.parents[node]];
            node = self.parents[node];
        }
        node
    }

    fn join(&mut self, a: Node, b: Node) {
        let (a, b) = (self.number(a), self.number(b));
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a] = b;
    }

    fn all(&mut self) -> Vec<Vec<&Node>> {
        let roots: Vec<usize> = (0..self.parents.len()).map(|node| self.root(node)).collect();
        let mut groups: BTreeMap<usize, Vec<&Node>> = BTreeMap::new();
        for (node, number) in &self.numbers {
            groups.entry(roots[*number]).or_default().push(node);
        }
        groups.into_values().collect()
    }
}
