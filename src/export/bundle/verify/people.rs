//! `users.csv` against the figures: as many users, paid and free, as each row of the statement says; read as a stream.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::contents::Contents;
use super::sheet::{Row, cell, each};
use crate::domain::error::quoted;
use crate::domain::user_key::user_key;
use crate::export::bundle::manifest::{self, Manifest};
use crate::export::users::COLUMNS;

/// What `users.csv` says of one feature.
#[derive(Default)]
struct Counted {
    /// Users and free users by customer.
    rows: HashMap<String, [i64; 2]>,
    /// Users over all customers.
    users: i64,
    /// Of them, those whose spelling may be that of the user before: a cell does not tell whether its apostrophe is its own.
    doubtful: i64,
    /// Key of the user before, whether it is beyond doubt, and the customers that had it.
    key: Option<String>,
    is_sure: bool,
    customers: BTreeSet<String>,
}

impl Counted {
    fn count(&mut self, row: &Row, problems: &mut Vec<String>) {
        let [user, customer, free] = [4, 5, 8].map(|column| row.get(column).unwrap_or_default());
        let guarded =
            user.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r']));
        let key = user_key(guarded.unwrap_or(user));
        let order = self.key.as_deref().map(|before| before.cmp(&key));
        let Some(counted) = self.rows.get_mut(customer) else {
            problems.push(format!(
                "{}: expected a customer with figures, found {}",
                quoted(user),
                quoted(customer)
            ));
            return;
        };
        counted[0] += 1;
        counted[1] += i64::from(free == "true");
        if order == Some(Ordering::Greater) && self.is_sure && guarded.is_none() {
            problems.push(format!("{}: expected users in the order of their keys", quoted(user)));
        }
        if order == Some(Ordering::Equal) {
            self.doubtful += i64::from(guarded.is_some());
        } else {
            self.users += 1;
            self.customers.clear();
        }
        if !self.customers.insert(customer.to_owned()) && guarded.is_none() {
            problems.push(format!("{}: expected once for each customer, found twice", quoted(user)));
        }
        self.key = Some(key);
        self.is_sure = guarded.is_none();
    }
}

/// `rows`: those of the statement that the bundle holds.
pub fn problems(contents: &Contents<'_>, manifest: &Manifest, rows: &[Row]) -> Vec<String> {
    let mut problems = Vec::new();
    // Only what has figures is counted, so that no file fills the memory.
    let mut features: BTreeMap<String, Counted> = BTreeMap::new();
    for row in rows.iter().filter(|row| matches!(cell(row, "kind"), "customer" | "unlinked")) {
        let feature = features.entry(cell(row, "feature").to_owned()).or_default();
        feature.rows.insert(cell(row, "customer_id").to_owned(), [0; 2]);
    }
    let stream = match contents.stream(manifest::USERS) {
        Ok(stream) => stream,
        Err(problem) => return vec![problem],
    };
    let read = each(stream, manifest::USERS, COLUMNS, |row| {
        if row.get(0) != Some(&manifest.period) {
            problems.push(format!("expected users of {}, found another month", manifest.period));
        }
        // What is told is capped, and so is what is kept of it.
        problems.truncate(1_000);
        let feature = row.get(1).unwrap_or_default();
        match features.get_mut(feature) {
            Some(counted) => counted.count(row, &mut problems),
            None => problems.push(format!("expected features with figures, found {}", quoted(feature))),
        }
    });
    problems.extend(read.err());
    let number = |row: &Row, column| cell(row, column).parse::<i64>().unwrap_or(-1);
    for row in rows {
        let feature = cell(row, "feature");
        let counted = features.entry(feature.to_owned()).or_default();
        let customer = cell(row, "customer_id");
        match cell(row, "kind") {
            "customer" | "unlinked" => {
                let [users, free] = counted.rows.get(customer).copied().unwrap_or_default();
                if [users, free] != [number(row, "users"), number(row, "free_users")] {
                    let of = if customer.is_empty() { "nobody" } else { customer };
                    problems.push(format!(
                        "{}: expected {} users, {} of them free, found {users} and {free}",
                        quoted(&format!("{feature} of {of}")),
                        number(row, "users"),
                        number(row, "free_users")
                    ));
                }
            }
            "total" => {
                let total = number(row, "users");
                if !(counted.users..=counted.users + counted.doubtful).contains(&total) {
                    problems.push(format!(
                        "{}: expected {total} users in all, found {}",
                        quoted(feature),
                        counted.users
                    ));
                }
            }
            _ => {}
        }
    }
    problems
}
