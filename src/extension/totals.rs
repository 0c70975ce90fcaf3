//! `seat_totals(period)`: distinct users of each feature, and how many are in several rows.

use rusqlite::Connection;

use super::Fault;
use super::listed::of_period;
use super::month::{Month, is_closed};
use super::vtab::{Argument, Cell, Table};
use crate::domain::period::BillingPeriod;
use crate::domain::product;

pub const TOTALS: Table = Table {
    name: "seat_totals",
    columns: &["feature", "product", "edition", "users", "paid_users", "free_users", "overlap"],
    arguments: &[Argument { name: "period", required: true }],
    open: |call| of_period(call, totals, cell),
};

struct Row {
    feature: String,
    product: String,
    edition: String,
    users: i64,
    free_users: i64,
    overlap: i64,
}

fn cell(row: &Row, column: usize) -> Cell<'_> {
    match column {
        0 => Cell::Text(&row.feature),
        1 => Cell::Text(&row.product),
        2 => Cell::Text(&row.edition),
        3 => Cell::Integer(row.users),
        4 => Cell::Integer(row.users - row.free_users),
        5 => Cell::Integer(row.free_users),
        _ => Cell::Integer(row.overlap),
    }
}

/// By feature. A closed period answers from its statement.
fn totals(db: &Connection, period: BillingPeriod) -> Result<Vec<Row>, Fault> {
    if is_closed(db, period)? {
        return frozen(db, period);
    }
    let month = Month::load(db, period)?;
    let figures = month.figures(db)?.into_iter().map(|(feature, figures)| Row {
        feature: feature.to_owned(),
        product: product::product_of(feature).to_owned(),
        edition: product::edition_of(feature).to_owned(),
        users: figures.total.users as i64,
        free_users: figures.total.free_users as i64,
        overlap: figures.overlap as i64,
    });
    Ok(figures.collect())
}

fn frozen(db: &Connection, period: BillingPeriod) -> Result<Vec<Row>, Fault> {
    const SQL: &str = "SELECT feature, product, edition, users, free_users, coalesce(overlap, 0)
        FROM main.statement_row WHERE period = ?1 AND kind = 'total' AND users > 0 ORDER BY feature";
    let mut statement = db.prepare(SQL)?;
    let rows = statement.query_map([period.to_string()], |row| {
        Ok(Row {
            feature: row.get(0)?,
            product: row.get(1)?,
            edition: row.get(2)?,
            users: row.get(3)?,
            free_users: row.get(4)?,
            overlap: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
