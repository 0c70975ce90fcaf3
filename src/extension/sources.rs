//! `seat_sources(period)`: users of each feature by source, each source alone.

use rusqlite::Connection;

use super::Fault;
use super::listed::of_period;
use super::month::{Month, is_closed};
use super::vtab::{Argument, Cell, Table};
use crate::domain::period::BillingPeriod;
use crate::domain::product;

pub const SOURCES: Table = Table {
    name: "seat_sources",
    columns: &["source_kind", "source", "feature", "product", "edition", "users", "paid_users", "free_users"],
    arguments: &[Argument { name: "period", required: true }],
    open: |call| of_period(call, sources, cell),
};

struct Row {
    source_kind: String,
    source: String,
    feature: String,
    product: String,
    edition: String,
    users: i64,
    free_users: i64,
}

fn cell(row: &Row, column: usize) -> Cell<'_> {
    match column {
        0 => Cell::Text(&row.source_kind),
        1 => Cell::Text(&row.source),
        2 => Cell::Text(&row.feature),
        3 => Cell::Text(&row.product),
        4 => Cell::Text(&row.edition),
        5 => Cell::Integer(row.users),
        6 => Cell::Integer(row.users - row.free_users),
        _ => Cell::Integer(row.free_users),
    }
}

/// By feature, then by kind and id of the source. A closed period answers from its statement.
fn sources(db: &Connection, period: BillingPeriod) -> Result<Vec<Row>, Fault> {
    if is_closed(db, period)? {
        return frozen(db, period);
    }
    let month = Month::load(db, period)?;
    let figures = month.list_figures(db)?;
    let counted = month.lists.iter().zip(&figures).filter(|(_, figures)| figures.users > 0);
    let mut rows: Vec<Row> = counted
        .map(|(list, figures)| Row {
            source_kind: month.sources[list.source].kind.clone(),
            source: month.sources[list.source].public_id.clone(),
            feature: list.feature.clone(),
            product: product::product_of(&list.feature).to_owned(),
            edition: product::edition_of(&list.feature).to_owned(),
            users: figures.users as i64,
            free_users: figures.free_users as i64,
        })
        .collect();
    rows.sort_by(|a, b| {
        (&a.feature, &a.source_kind, &a.source).cmp(&(&b.feature, &b.source_kind, &b.source))
    });
    Ok(rows)
}

fn frozen(db: &Connection, period: BillingPeriod) -> Result<Vec<Row>, Fault> {
    const SQL: &str =
        "SELECT source_kind, source, feature, product, edition, users, free_users FROM main.statement_row
        WHERE period = ?1 AND kind = 'source' AND users > 0 ORDER BY feature, source_kind, source";
    let mut statement = db.prepare(SQL)?;
    let rows = statement.query_map([period.to_string()], |row| {
        Ok(Row {
            source_kind: row.get::<_, Option<String>>(0)?.unwrap_or_default(),
            source: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
            feature: row.get(2)?,
            product: row.get(3)?,
            edition: row.get(4)?,
            users: row.get(5)?,
            free_users: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
