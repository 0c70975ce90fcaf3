//! Assignments: objects belong to customers, since a billing period.

use std::collections::{BTreeMap, HashMap};

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, params};

use super::{Commit, Store, StoreError};
use crate::domain::ids::{ObjectKind, canonical_object_id};
use crate::domain::period::BillingPeriod;
use crate::domain::user_key::user_key;

/// An object as the tables know it: a user by its key, others by their canonical id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectRef {
    pub kind: ObjectKind,
    pub id: String,
    /// As it was given; becomes the shown spelling of a user whom no upload has named.
    pub given: String,
}

impl ObjectRef {
    pub fn new(kind: ObjectKind, given: &str) -> Self {
        let id = match kind {
            ObjectKind::User => user_key(given),
            // Two halves, `hostId/entitlementId`, are taken as they are.
            ObjectKind::NetScaler => given.trim().to_owned(),
            _ => canonical_object_id(given).unwrap_or_else(|| given.to_owned()),
        };
        Self { kind, id, given: given.trim().to_owned() }
    }
}

/// A row of the report by its customer's id; `None` is the unlinked row.
pub type ReportRow = Option<String>;

/// Users that move from one row of the report to another. One who joins a further customer leaves no row,
/// one who stays with another customer enters none: that side is then `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub from: Option<ReportRow>,
    pub to: Option<ReportRow>,
    pub users: u64,
}

/// Adds the statement that assigns the object since `period`; `None` clears it. Refused by guards:
/// `SEAT-P01`, `SEAT-P02`, `SEAT-A01` to `SEAT-A04`.
pub fn assign(commit: &mut Commit, period: BillingPeriod, object: &ObjectRef, customer_id: Option<&str>) {
    let at = commit.at.to_string();
    let actor = commit.actor.0.clone();
    commit.add(
        "INSERT OR REPLACE INTO assignment (kind, object_id, since, customer_id, changed_at, changed_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        [
            Value::Text(object.kind.as_str().to_owned()),
            Value::Text(object_text(object)),
            Value::Text(period.to_string()),
            customer_id.map_or(Value::Null, |id| Value::Text(id.to_owned())),
            Value::Text(at),
            Value::Text(actor),
        ],
    );
}

/// What the guards of `assignment` and `free_flag` take: users in their spelling, others by id.
pub fn object_text(object: &ObjectRef) -> String {
    if object.kind == ObjectKind::User { object.given.clone() } else { object.id.clone() }
}

impl Store {
    /// For each object the customer of the row that stands for exactly this period; outer `None` where there
    /// is none. One transaction: the locks that each look-up would take cost more than the look-ups.
    pub fn find_assignments(
        &self,
        period: BillingPeriod,
        objects: &[ObjectRef],
    ) -> Result<Vec<Option<Option<String>>>, StoreError> {
        let sql = "SELECT (SELECT public_id FROM customer WHERE id = a.customer) FROM assignment_row a
             WHERE a.kind = ?1 AND a.since = ?2
               AND a.object = (CASE WHEN ?1 = 0 THEN (SELECT id FROM user WHERE key = ?3)
                 ELSE (SELECT id FROM object WHERE kind = ?1 AND public_id = ?3) END)";
        let _one = self.db.unchecked_transaction()?;
        let mut statement = self.db.prepare_cached(sql)?;
        let mut find = |object: &ObjectRef| {
            let keys = params![object.kind.number(), period.number(), object.id];
            Ok(statement.query_row(keys, |row| row.get(0)).optional()?)
        };
        objects.iter().map(&mut find).collect()
    }

    /// Whether anything is assigned or flagged: possible for users whom no upload has named.
    pub fn has_decisions(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM assignment_row) OR EXISTS (SELECT 1 FROM free_flag_row)";
        Ok(self.db.query_row(sql, [], |row| row.get(0))?)
    }

    /// What the commit would move between the rows of the period's report, without keeping it.
    /// Users of several features that move alike are counted once.
    pub fn rehearse_moves(
        &mut self,
        commit: &Commit,
        period: BillingPeriod,
    ) -> Result<Vec<Move>, StoreError> {
        let before = self.places(period)?;
        let mut after = Places::default();
        self.rehearse(commit, |store| {
            after = store.places(period)?;
            Ok(())
        })?;
        Ok(before.moves(&after))
    }

    fn places(&self, period: BillingPeriod) -> Result<Places, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT user, customer_id FROM seat_user_rows(?1)")?;
        let mut rows = statement.query([period.to_string()])?;
        let mut places = Places::default();
        while let Some(row) = rows.next()? {
            let customer = row.get_ref(1)?.as_str_or_null().map_err(rusqlite::Error::from)?;
            places.add(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?, customer);
        }
        places.sort();
        Ok(places)
    }
}

/// At which customers each user of a period counts, features taken together. A million users in one
/// block of text: as maps of texts they took 600 MiB.
#[derive(Default)]
struct Places {
    keys: String,
    /// Sorted by key, then by customer; each pair once.
    rows: Vec<Place>,
    numbers: HashMap<Option<String>, usize>,
    customers: Vec<Option<String>>,
}

#[derive(Clone, Copy)]
struct Place {
    key: (usize, usize),
    customer: usize,
}

impl Places {
    fn add(&mut self, user: &str, customer: Option<&str>) {
        let customer = customer.map(str::to_owned);
        let number = *self.numbers.entry(customer).or_insert_with_key(|customer| {
            self.customers.push(customer.clone());
            self.customers.len() - 1
        });
        let start = self.keys.len();
        self.keys.push_str(user);
        self.rows.push(Place { key: (start, self.keys.len()), customer: number });
    }

    fn sort(&mut self) {
        let Self { keys, rows, customers, .. } = self;
        let parts = |place: &Place| (&keys[place.key.0..place.key.1], &customers[place.customer]);
        rows.sort_by(|a, b| parts(a).cmp(&parts(b)));
        rows.dedup_by(|a, b| parts(a) == parts(b));
    }

    /// Each user with its customers, in the order of the keys.
    fn users(&self) -> impl Iterator<Item = (&str, Vec<Option<&str>>)> {
        let key = |place: &Place| &self.keys[place.key.0..place.key.1];
        let customer = |place: &Place| self.customers[place.customer].as_deref();
        let same = move |a: &Place, b: &Place| key(a) == key(b);
        self.rows.chunk_by(same).map(move |rows| (key(&rows[0]), rows.iter().map(customer).collect()))
    }

    fn moves(&self, after: &Self) -> Vec<Move> {
        type Row<'a> = Option<Option<&'a str>>;
        let mut moves: BTreeMap<(Row<'_>, Row<'_>), u64> = BTreeMap::new();
        let mut later = after.users().peekable();
        for (user, was) in self.users() {
            while later.next_if(|(other, _)| *other < user).is_some() {}
            let Some((_, is)) = later.next_if(|(other, _)| *other == user) else { continue };
            let mut left = was.iter().filter(|customer| !is.contains(customer));
            let mut joined = is.iter().filter(|customer| !was.contains(customer));
            loop {
                let (from, to) = match (left.next(), joined.next()) {
                    (None, None) => break,
                    (from, to) => (from.copied(), to.copied()),
                };
                *moves.entry((from, to)).or_default() += 1;
            }
        }
        let owned = |row: Row<'_>| row.map(|customer| customer.map(str::to_owned));
        moves
            .into_iter()
            .map(|((from, to), users)| Move { from: owned(from), to: owned(to), users })
            .collect()
    }
}
