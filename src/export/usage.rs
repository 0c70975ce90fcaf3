//! The usage report: users of each customer and of the unlinked row, by feature.

use super::{Cell, Column, ExportError, Format, Status};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::store::Store;

/// The history has the same.
pub(super) const COLUMNS: &[Column] = &[
    Column::both("period"),
    Column::both("status"),
    Column::both("feature"),
    Column::both("product"),
    Column::both("edition"),
    Column::both("customer_id"),
    Column::both("customer"),
    Column::both("users"),
    Column::both("paid_users"),
    Column::both("free_users"),
];

/// Writes the report. Errors: `SEAT-P02` where the period has not begun, before anything is written.
pub fn usage(
    store: &Store,
    period: BillingPeriod,
    now: UtcInstant,
    format: &mut dyn Format,
) -> Result<(), ExportError> {
    let status = Status::of(store, period, now)?;
    let rows = store.usage(period)?;
    let period = period.to_string();
    format.begin(COLUMNS)?;
    for row in &rows {
        format.row(&[
            Cell::Text(&period),
            Cell::Text(status.as_str()),
            Cell::Text(&row.feature),
            Cell::Text(&row.product),
            Cell::Text(&row.edition),
            row.customer_id.as_deref().into(),
            row.customer.as_deref().into(),
            Cell::Number(row.users),
            Cell::Number(row.paid_users),
            Cell::Number(row.free_users),
        ])?;
    }
    Ok(format.end()?)
}
