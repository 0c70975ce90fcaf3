//! `seat_late(period)`: by how much late usage would move the rows of a closed month, what a statement carries
//! apart from what none has carried yet.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::Fault;
use super::listed::Listed;
use super::month::{Facts, Month};
use super::vtab::{Argument, Call, Cell, Table};
use crate::domain::count::Figures;
use crate::domain::period::BillingPeriod;
use crate::domain::product;

pub const LATE: Table = Table {
    name: "seat_late",
    columns: &[
        "feature",
        "product",
        "edition",
        "customer_id",
        "users",
        "paid_users",
        "free_users",
        "carried_in",
    ],
    arguments: &[Argument { name: "period", required: true }],
    open: |call: &Call<'_>| {
        let rows = match call.text_nullable(0)? {
            Some(period) => late(&call.db, period.parse()?)?,
            None => Vec::new(),
        };
        Ok(Box::new(Listed::new(rows, cell)))
    },
};

struct Row {
    feature: String,
    product: String,
    edition: String,
    customer_id: Option<String>,
    users: i64,
    free_users: i64,
    carried_in: Option<String>,
}

fn cell(row: &Row, column: usize) -> Cell<'_> {
    match column {
        0 => Cell::Text(&row.feature),
        1 => Cell::Text(&row.product),
        2 => Cell::Text(&row.edition),
        3 => Cell::from(row.customer_id.as_deref()),
        4 => Cell::Integer(row.users),
        5 => Cell::Integer(row.users - row.free_users),
        6 => Cell::Integer(row.free_users),
        _ => Cell::from(row.carried_in.as_deref()),
    }
}

/// Those that statements carry, as they were sealed; then the others.
fn late(db: &Connection, period: BillingPeriod) -> Result<Vec<Row>, Fault> {
    const CARRIED: &str =
        "SELECT feature, product, edition, customer_id, users, free_users, period FROM main.statement_late
        WHERE of_period = ?1 AND period <= (SELECT max(period) FROM main.statement)
        ORDER BY period, feature, customer_id";
    let mut statement = db.prepare(CARRIED)?;
    let rows = statement.query_map([period.to_string()], |row| {
        Ok(Row {
            feature: row.get(0)?,
            product: row.get(1)?,
            edition: row.get(2)?,
            customer_id: row.get(3)?,
            users: row.get(4)?,
            free_users: row.get(5)?,
            carried_in: row.get(6)?,
        })
    })?;
    let mut rows: Vec<Row> = rows.collect::<Result<_, _>>()?;
    rows.append(&mut uncarried(db, period)?);
    Ok(rows)
}

/// What a recount with all late facts would change against one with those that statements carry. Rows that
/// stay as they are are left out.
fn uncarried(db: &Connection, period: BillingPeriod) -> Result<Vec<Row>, Fault> {
    const ANY: &str = "SELECT EXISTS (SELECT 1 FROM main.usage_list l
        JOIN main.late_usage g ON g.list = l.id AND g.carried_in IS NULL WHERE l.period = ?1)";
    if !db.query_row(ANY, [period.number()], |row| row.get(0))? {
        return Ok(Vec::new());
    }
    let before = counted(db, period, Facts::WithCarried)?;
    let mut changes = counted(db, period, Facts::WithLate)?;
    for (row, had) in before {
        let change = changes.entry(row).or_default();
        *change = (change.0 - had.0, change.1 - had.1);
    }
    let moved = changes.into_iter().filter(|(_, change)| *change != (0, 0));
    Ok(moved
        .map(|((feature, customer_id), (users, free_users))| Row {
            product: product::product_of(&feature).to_owned(),
            edition: product::edition_of(&feature).to_owned(),
            feature,
            customer_id,
            users,
            free_users,
            carried_in: None,
        })
        .collect())
}

/// Users and free users by feature and customer.
type Counted = BTreeMap<(String, Option<String>), (i64, i64)>;

fn counted(db: &Connection, period: BillingPeriod, facts: Facts) -> Result<Counted, Fault> {
    let month = Month::load_with(db, period, facts)?;
    let mut counted = Counted::new();
    for (feature, figures) in month.figures(db)? {
        for (customer, Figures { users, free_users }) in figures.rows {
            let customer = customer.and_then(|customer| month.customer_id(customer)).map(str::to_owned);
            counted.insert((feature.to_owned(), customer), (users as i64, free_users as i64));
        }
    }
    Ok(counted)
}
