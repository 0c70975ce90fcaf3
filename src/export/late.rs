//! The late report: by how much usage that came after a closing would move the rows of its period.

use super::{Cell, Column, ExportError, Format, Status};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::store::Store;

const COLUMNS: &[Column] = &[
    Column::both("period"),
    Column::both("feature"),
    Column::both("product"),
    Column::both("edition"),
    Column::both("customer_id"),
    Column::both("customer"),
    Column::both("users"),
    Column::both("paid_users"),
    Column::both("free_users"),
    Column::both("carried_in"),
];

/// Writes the differences as they are now; a period that is not closed has none. Errors: `SEAT-P02` where it has not
/// begun, before anything is written.
pub fn late(
    store: &Store,
    period: BillingPeriod,
    now: UtcInstant,
    format: &mut dyn Format,
) -> Result<(), ExportError> {
    Status::of(store, period, now)?;
    let rows = store.late(period)?;
    let period = period.to_string();
    format.begin(COLUMNS)?;
    for row in &rows {
        let carried_in = row.carried_in.map(|period| period.to_string());
        format.row(&[
            Cell::Text(&period),
            Cell::Text(&row.feature),
            Cell::Text(&row.product),
            Cell::Text(&row.edition),
            row.customer_id.as_deref().into(),
            row.customer.as_deref().into(),
            Cell::Number(row.users),
            Cell::Number(row.paid_users),
            Cell::Number(row.free_users),
            carried_in.as_deref().into(),
        ])?;
    }
    Ok(format.end()?)
}
