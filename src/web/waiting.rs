//! What waits for someone in the lists of the navigation: unlinked users, silent license servers, rejected uploads.

use super::fault::Fault;
use super::frame::View;
use crate::domain::period::BillingPeriod;
use crate::store::Store;
use crate::store::rules::Rules;

/// Users of the month without a customer.
pub fn unlinked(store: &Store, view: &View, period: BillingPeriod) -> Result<i64, Fault> {
    let figures = view.app.memory.figures(store, period)?;
    Ok(i64::try_from(store.unlinked_users(&view.app.memory, &figures)?).unwrap_or(i64::MAX))
}

/// License servers that have reported before and do not now.
pub fn silent(store: &Store, view: &View, rules: &Rules) -> Result<i64, Fault> {
    Ok(store.count_silent(view.now, rules.lock.time_zone)?)
}

/// Uploads of the month that were rejected and are not settled.
pub fn rejected(store: &Store, rules: &Rules, period: BillingPeriod) -> Result<i64, Fault> {
    Ok(store.count_rejected_of(rules, period)?)
}
