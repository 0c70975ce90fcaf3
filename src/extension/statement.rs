//! `seat_statement(period)`: the rows of a month's statement, counted anew whether it is closed or not. A closing
//! writes them, a check compares them.

use rusqlite::Connection;

use super::Fault;
use super::listed::Listed;
use super::month::Month;
use super::vtab::{Argument, Call, Cell, Table};
use crate::domain::count::Figures;
use crate::domain::period::BillingPeriod;
use crate::domain::product;

pub const STATEMENT: Table = Table {
    name: "seat_statement",
    columns: &[
        "kind",
        "customer_id",
        "source_kind",
        "source",
        "feature",
        "product",
        "edition",
        "users",
        "paid_users",
        "free_users",
        "overlap",
    ],
    arguments: &[Argument { name: "period", required: true }],
    open: |call: &Call<'_>| {
        let rows = match call.text_nullable(0)? {
            Some(period) => statement(&call.db, period.parse()?)?,
            None => Vec::new(),
        };
        Ok(Box::new(Listed::new(rows, cell)))
    },
};

struct Row {
    kind: &'static str,
    customer_id: Option<String>,
    /// Kind and id.
    source: Option<(String, String)>,
    feature: String,
    figures: Figures,
    overlap: Option<i64>,
}

fn cell(row: &Row, column: usize) -> Cell<'_> {
    match column {
        0 => Cell::Text(row.kind),
        1 => Cell::from(row.customer_id.as_deref()),
        2 => Cell::from(row.source.as_ref().map(|(kind, _)| kind.as_str())),
        3 => Cell::from(row.source.as_ref().map(|(_, id)| id.as_str())),
        4 => Cell::Text(&row.feature),
        5 => Cell::Text(product::product_of(&row.feature)),
        6 => Cell::Text(product::edition_of(&row.feature)),
        7 => Cell::Integer(row.figures.users as i64),
        8 => Cell::Integer(row.figures.paid_users() as i64),
        9 => Cell::Integer(row.figures.free_users as i64),
        _ => row.overlap.map_or(Cell::Null, Cell::Integer),
    }
}

/// By feature: the total, customers and the unlinked row, then the sources.
fn statement(db: &Connection, period: BillingPeriod) -> Result<Vec<Row>, Fault> {
    let month = Month::load(db, period)?;
    let alone = month.list_figures(db)?;
    let mut rows = Vec::new();
    for (feature, figures) in month.figures(db)? {
        let row = |kind, figures| Row {
            kind,
            customer_id: None,
            source: None,
            feature: feature.to_owned(),
            figures,
            overlap: None,
        };
        rows.push(Row { overlap: Some(figures.overlap as i64), ..row("total", figures.total) });
        for (customer, figures) in &figures.rows {
            let customer_id = customer.and_then(|customer| month.customer_id(customer)).map(str::to_owned);
            let kind = if customer.is_some() { "customer" } else { "unlinked" };
            rows.push(Row { customer_id, ..row(kind, *figures) });
        }
        let lists = month.lists.iter().zip(&alone);
        for (list, figures) in lists.filter(|(list, figures)| list.feature == feature && figures.users > 0) {
            let source = &month.sources[list.source];
            let source = Some((source.kind.clone(), source.public_id.clone()));
            rows.push(Row { source, ..row("source", *figures) });
        }
    }
    Ok(rows)
}
