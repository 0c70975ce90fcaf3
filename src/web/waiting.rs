//! What waits for someone in the lists of the navigation: unlinked users, silent license servers, rejected uploads.

use super::fault::Fault;
use super::frame::View;
use crate::domain::period::BillingPeriod;
use crate::store::Store;
use crate::store::roster::Filter;
use crate::store::rules::Rules;

/// Users of the month without a customer.
pub fn unlinked(store: &Store, view: &View, period: BillingPeriod) -> Result<i64, Fault> {
    let figures = view.app.memory.figures(store, period)?;
    let mut rows =
        figures.features.iter().filter_map(|feature| feature.customer(None)).map(|row| row.users.users);
    let (first, second) = (rows.next().unwrap_or(0), rows.next());
    // With one feature its row says it; of several a user may stand in more than one.
    let users = match second {
        None => first,
        Some(_) => {
            let roster = view.app.memory.roster(store, period)?;
            let filter = Filter { linked: Some(false), ..Filter::default() };
            roster.select(&filter).total() as u64
        }
    };
    Ok(i64::try_from(users).unwrap_or(i64::MAX))
}

/// License servers that have reported before and do not now.
pub fn silent(store: &Store, view: &View, rules: &Rules) -> Result<i64, Fault> {
    Ok(store.count_silent(view.now, rules.lock.time_zone)?)
}

/// Uploads of the month that were rejected and are not settled.
pub fn rejected(store: &Store, rules: &Rules, period: BillingPeriod) -> Result<i64, Fault> {
    let zone = rules.lock.time_zone;
    let next = period.plus_months(1).unwrap_or(period);
    Ok(store.count_rejected(period.begins_at(zone), next.begins_at(zone))?)
}
