//! The history: the rows of the usage report, month after month.

use super::usage::COLUMNS;
use super::{Cell, ExportError, Format};
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, PeriodRange};
use crate::store::{Store, StoreError};

/// Writes the report: months in their order, in each the rows of its usage report, so that a closed month keeps its
/// bytes. `customer` leaves the rows of one customer, `none` those of the unlinked.
///
/// Errors, before anything is written: `SEAT-C04` for a range that runs backwards or is too long, `SEAT-P02` where a
/// month has not begun.
pub fn history(
    store: &Store,
    from: BillingPeriod,
    to: BillingPeriod,
    customer: Option<&str>,
    now: UtcInstant,
    format: &mut dyn Format,
) -> Result<(), ExportError> {
    let range = PeriodRange::new(from, to).map_err(StoreError::from)?;
    let months = store.statuses(range, now)?;
    let wanted = customer.map(|id| Some(id).filter(|id| *id != "none"));
    format.begin(COLUMNS)?;
    for (period, status) in months {
        // One month at a time: memory does not grow with the range.
        let figures = store.figures(period)?;
        let period = period.to_string();
        for feature in &figures.features {
            for row in &feature.customers {
                if wanted.is_some_and(|id| id != row.id.as_deref()) {
                    continue;
                }
                let number = |users: u64| Cell::Number(i64::try_from(users).unwrap_or(i64::MAX));
                format.row(&[
                    Cell::Text(&period),
                    Cell::Text(status.as_str()),
                    Cell::Text(&feature.feature),
                    Cell::Text(&feature.product),
                    Cell::Text(&feature.edition),
                    row.id.as_deref().into(),
                    row.name.as_deref().into(),
                    number(row.users.users),
                    number(row.users.paid),
                    number(row.users.free),
                ])?;
            }
        }
    }
    Ok(format.end()?)
}
