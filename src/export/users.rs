//! The users behind the usage report, a row for each user of each of its rows.

use super::{Cell, Column, ExportError, Format, Status};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::store::Store;
use crate::store::usage::UserRow;

/// People read the spelling as `user`; programs get the identity key as `user`, the spelling as `name`.
pub(super) const COLUMNS: &[Column] = &[
    Column::both("period"),
    Column::both("feature"),
    Column::both("product"),
    Column::both("edition"),
    Column::for_programs("user"),
    Column { program: Some("name"), ..Column::both("user") },
    Column::both("customer_id"),
    Column::both("customer"),
    Column::both("via"),
    Column::both("free"),
    Column::instant("first_seen"),
    Column::both("sources"),
];

/// Writes the report, row by row: a million users cost no memory here. Errors: `SEAT-P02` where the
/// period has not begun, before anything is written.
pub fn users(
    store: &Store,
    period: BillingPeriod,
    now: UtcInstant,
    format: &mut dyn Format,
) -> Result<(), ExportError> {
    some_users(store, period, now, &|_| true, format)
}

/// The same of those users alone whose keys `keep` takes.
pub fn some_users(
    store: &Store,
    period: BillingPeriod,
    now: UtcInstant,
    keep: &dyn Fn(&str) -> bool,
    format: &mut dyn Format,
) -> Result<(), ExportError> {
    rows(store, period, now, &|row| keep(row.user), format)
}

/// The same of the rows of those customers alone that `keep` takes; `None` is the unlinked row.
pub(super) fn of_customers(
    store: &Store,
    period: BillingPeriod,
    now: UtcInstant,
    keep: &dyn Fn(Option<&str>) -> bool,
    format: &mut dyn Format,
) -> Result<(), ExportError> {
    rows(store, period, now, &|row| keep(row.customer_id), format)
}

fn rows(
    store: &Store,
    period: BillingPeriod,
    now: UtcInstant,
    keep: &dyn Fn(&UserRow<'_>) -> bool,
    format: &mut dyn Format,
) -> Result<(), ExportError> {
    Status::of(store, period, now)?;
    let month = period.to_string();
    format.begin(COLUMNS)?;
    store.for_each_user(period, |row| -> Result<(), ExportError> {
        if !keep(row) {
            return Ok(());
        }
        format.row(&[
            Cell::Text(&month),
            Cell::Text(row.feature),
            Cell::Text(row.product),
            Cell::Text(row.edition),
            Cell::Text(row.user),
            Cell::Text(row.name),
            row.customer_id.into(),
            row.customer.into(),
            row.via.into(),
            Cell::Truth(row.free),
            Cell::Instant(row.first_seen),
            Cell::List(row.sources),
        ])?;
        Ok(())
    })?;
    Ok(format.end()?)
}
