//! `seat_closing_users(period)`: the users whose spelling a closing fixes, and those that it gives a row, since
//! only a default domain has named them so far.

use std::collections::HashSet;
use std::rc::Rc;

use rusqlite::{Connection, params};

use super::Fault;
use super::listed::Listed;
use super::month::{Month, number};
use super::vtab::{Argument, Call, Cell, Table};
use crate::domain::period::BillingPeriod;

pub const CLOSING_USERS: Table = Table {
    name: "seat_closing_users",
    columns: &["user", "key"],
    arguments: &[Argument { name: "period", required: true }],
    open: |call: &Call<'_>| {
        let rows = match call.text_nullable(0)? {
            Some(period) => closing_users(&call.db, period.parse()?)?,
            None => Vec::new(),
        };
        Ok(Box::new(Listed::new(rows, cell)))
    },
};

/// One with a row whose spelling is not fixed yet, or the key of one without.
enum Row {
    Known(u32),
    Unnamed(String),
}

fn cell(row: &Row, column: usize) -> Cell<'_> {
    match (row, column) {
        (Row::Known(user), 0) => Cell::Integer((*user).into()),
        (Row::Unnamed(key), 1) => Cell::Text(key),
        _ => Cell::Null,
    }
}

/// By number, then those without one by key.
fn closing_users(db: &Rc<Connection>, period: BillingPeriod) -> Result<Vec<Row>, Fault> {
    let month = Month::load_all(db, period)?;
    let newest: i64 = db.query_row("SELECT coalesce(max(id), 0) FROM main.user", [], |row| row.get(0))?;
    let mut free = vec![false; number(newest) as usize + 1];
    let mut statement = db.prepare("SELECT id FROM main.user WHERE name_fixed = 0")?;
    let mut rows = statement.query(params![])?;
    while let Some(row) = rows.next()? {
        if let Some(free) = free.get_mut(number(row.get(0)?) as usize) {
            *free = true;
        }
    }
    let (mut known, mut unnamed) = (Vec::new(), HashSet::new());
    for list in &month.lists {
        month.sightings(db, list, |seen, _| {
            for user in month.named_by(list.source, seen) {
                match free.get_mut(user as usize) {
                    Some(free) if *free => {
                        *free = false;
                        known.push(user);
                    }
                    Some(_) => {}
                    None => unnamed.extend(month.unnamed_key(user).map(str::to_owned)),
                }
            }
        })?;
    }
    known.sort_unstable();
    let mut keys: Vec<String> = unnamed.into_iter().collect();
    keys.sort_unstable();
    Ok(known.into_iter().map(Row::Known).chain(keys.into_iter().map(Row::Unnamed)).collect())
}
