//! `seat_rollup(period)`: users of each feature by customer, the unlinked row with a NULL customer.

use rusqlite::Connection;

use super::listed::of_period;
use super::month::{Month, is_closed};
use super::vtab::{Argument, Cell, Table};
use super::{Fault, args::text_of};
use crate::domain::period::BillingPeriod;
use crate::domain::product;

pub const ROLLUP: Table = Table {
    name: "seat_rollup",
    columns: &["customer_id", "feature", "product", "edition", "users", "paid_users", "free_users"],
    arguments: &[Argument { name: "period", required: true }],
    open: |call| of_period(call, rollup, cell),
};

struct Row {
    customer_id: Option<String>,
    feature: String,
    product: String,
    edition: String,
    users: i64,
    free_users: i64,
}

fn cell(row: &Row, column: usize) -> Cell<'_> {
    match column {
        0 => Cell::from(row.customer_id.as_deref()),
        1 => Cell::Text(&row.feature),
        2 => Cell::Text(&row.product),
        3 => Cell::Text(&row.edition),
        4 => Cell::Integer(row.users),
        5 => Cell::Integer(row.users - row.free_users),
        _ => Cell::Integer(row.free_users),
    }
}

/// By feature, the unlinked row first, then by customer id. A closed period answers from its statement.
fn rollup(db: &Connection, period: BillingPeriod) -> Result<Vec<Row>, Fault> {
    if is_closed(db, period)? {
        return frozen(db, period);
    }
    let month = Month::load(db, period)?;
    let mut rows = Vec::new();
    for (feature, figures) in month.figures(db)? {
        let from = rows.len();
        rows.extend(figures.rows.iter().map(|(customer, figures)| Row {
            customer_id: customer.and_then(|customer| month.customers.get(&customer).cloned()),
            feature: feature.to_owned(),
            product: product::product_of(feature).to_owned(),
            edition: product::edition_of(feature).to_owned(),
            users: figures.users as i64,
            free_users: figures.free_users as i64,
        }));
        rows[from..].sort_by(|a, b| a.customer_id.cmp(&b.customer_id));
    }
    Ok(rows)
}

fn frozen(db: &Connection, period: BillingPeriod) -> Result<Vec<Row>, Fault> {
    const SQL: &str =
        "SELECT customer_id, feature, product, edition, users, free_users FROM main.statement_row
        WHERE period = ?1 AND kind IN ('customer', 'unlinked') AND users > 0 ORDER BY feature, customer_id";
    let mut statement = db.prepare(SQL)?;
    let rows = statement.query_map([period.to_string()], |row| {
        Ok(Row {
            customer_id: text_of(row.get_ref(0)?).map(str::to_owned),
            feature: row.get(1)?,
            product: row.get(2)?,
            edition: row.get(3)?,
            users: row.get(4)?,
            free_users: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
