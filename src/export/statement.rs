//! The statement of a month as a file: a row for each of its rows, then the late usage that it carries.

use super::{Cell, Column, ExportError, Format};
use crate::domain::error::{code, quoted};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::statement::{LateRow, StatementRow};
use crate::store::statement::MonthStatement;
use crate::store::{Store, StoreError};

pub(super) const COLUMNS: &[Column] = &[
    Column::both("period"),
    Column::both("status"),
    Column::both("kind"),
    Column::both("of_period"),
    Column::both("feature"),
    Column::both("product"),
    Column::both("edition"),
    Column::both("customer_id"),
    Column::both("customer"),
    Column::both("source_kind"),
    Column::both("source_id"),
    Column::both("source"),
    Column::both("users"),
    Column::both("paid_users"),
    Column::both("free_users"),
    Column::both("overlap"),
    Column::both("entitled"),
    Column::both("overage"),
    Column::instant("closed_at"),
    Column::both("seal"),
];

/// Writes the statement, or the rows of one customer (its id, `none` for the unlinked): no totals and no sources
/// then, which tell of others. `status` says whether it is final; before, `closed_at` and `seal` are empty. The
/// same bytes for a closed month whenever they are written, at a cost that its users do not move.
///
/// Errors, before anything is written: `SEAT-P02` where the month has not begun, `SEAT-A03` an unknown customer.
pub fn statement(
    store: &Store,
    period: BillingPeriod,
    customer: Option<&str>,
    now: UtcInstant,
    format: &mut dyn Format,
) -> Result<(), ExportError> {
    let month = store.statement(period, now)?;
    if let Some(id) = customer.filter(|id| *id != "none" && !tells_of(&month, id)) {
        // One without figures has an empty statement, under its id alone.
        if store.get_customer(id).map_or(true, |found| found.id != id) {
            let detail = format!("expected the id of a customer, found {}", quoted(id));
            return Err(StoreError::refused(code::CUSTOMER_UNKNOWN, detail).into());
        }
    }
    write(&month, customer, format)
}

fn tells_of(month: &MonthStatement, id: &str) -> bool {
    let mut named = month.rows.iter().map(|row| &row.customer_id);
    let mut late = month.late.iter().map(|row| &row.customer_id);
    named.any(|named| named.as_deref() == Some(id)) || late.any(|named| named.as_deref() == Some(id))
}

/// The same of a statement at hand.
pub(super) fn write(
    month: &MonthStatement,
    customer: Option<&str>,
    format: &mut dyn Format,
) -> Result<(), ExportError> {
    let period = month.period.to_string();
    let closed_at =
        month.closing.as_ref().map_or(Cell::Nothing, |closing| Cell::Instant(&closing.head.closed_at));
    let seal = month.closing.as_ref().map(|closing| closing.seal.as_str());
    let whose = |id: Option<&str>| customer.is_none_or(|wanted| wanted == id.unwrap_or("none"));
    format.begin(COLUMNS)?;
    let is_of_it = |row: &&StatementRow| match row.kind.as_str() {
        "customer" | "unlinked" => whose(row.customer_id.as_deref()),
        _ => customer.is_none(),
    };
    let optional = |number: Option<i64>| number.map_or(Cell::Nothing, Cell::Number);
    for row in month.rows.iter().filter(is_of_it) {
        format.row(&[
            Cell::Text(&period),
            Cell::Text(month.status.as_str()),
            Cell::Text(&row.kind),
            Cell::Nothing,
            Cell::Text(&row.feature),
            Cell::Text(&row.product),
            Cell::Text(&row.edition),
            row.customer_id.as_deref().into(),
            row.customer.as_deref().into(),
            row.source_kind.as_deref().into(),
            row.source.as_deref().into(),
            row.source_name.as_deref().or(row.source.as_deref()).into(),
            Cell::Number(row.users),
            Cell::Number(row.paid_users),
            Cell::Number(row.free_users),
            optional(row.overlap),
            optional(row.entitled),
            optional(row.overage),
            closed_at,
            seal.into(),
        ])?;
    }
    let is_of_it = |row: &&LateRow| whose(row.customer_id.as_deref());
    for row in month.late.iter().filter(is_of_it) {
        format.row(&[
            Cell::Text(&period),
            Cell::Text(month.status.as_str()),
            Cell::Text("late"),
            Cell::Text(&row.of_period),
            Cell::Text(&row.feature),
            Cell::Text(&row.product),
            Cell::Text(&row.edition),
            row.customer_id.as_deref().into(),
            row.customer.as_deref().into(),
            Cell::Nothing,
            Cell::Nothing,
            Cell::Nothing,
            Cell::Number(row.users),
            Cell::Number(row.paid_users),
            Cell::Number(row.free_users),
            Cell::Nothing,
            Cell::Nothing,
            Cell::Nothing,
            closed_at,
            seal.into(),
        ])?;
    }
    Ok(format.end()?)
}
