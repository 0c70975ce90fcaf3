//! NetScaler VPX allocations as they are now.

use super::servers::{flags, instant, named};
use super::{Cell, Column, ExportError, Format, Status};
use crate::domain::days::parse_date;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::product::product_of;
use crate::store::Store;
use crate::store::license_servers::View;
use crate::store::source_use::SourceUse;

const COLUMNS: &[Column] = &[
    Column::both("host_id"),
    Column::both("fqdn"),
    Column::both("feature"),
    Column::both("product"),
    Column::both("edition"),
    Column::both("product_name"),
    Column::both("entitlement_id"),
    Column::both("fulfillment_id"),
    Column::both("expires"),
    Column::both("vpx_mode"),
    Column::both("deployment_type"),
    Column::both("state"),
    Column::both("flags"),
    Column::instant("last_collected_at"),
    Column::both("customer_id"),
    Column::both("customer"),
    Column::instant("archived_at"),
];

/// Writes a row for each allocation that the newest upload of its host lists, archived ones too; the customer is that of
/// the period. Errors: `SEAT-P02` where it has not begun, before anything is written.
pub fn vpx(
    store: &Store,
    period: BillingPeriod,
    now: UtcInstant,
    format: &mut dyn Format,
) -> Result<(), ExportError> {
    Status::of(store, period, now)?;
    let (rules, used) = (store.rules()?, SourceUse::default());
    let all = store.list_netscalers(View { period, as_of: now, rule: &rules.status, used: &used })?;
    format.begin(COLUMNS)?;
    for found in &all {
        let collected = found.last_collected_at.map(|at| at.to_string());
        let (customer_id, customer) = named(found.customer.as_ref());
        format.row(&[
            Cell::Text(&found.host_id),
            found.fqdn.as_deref().into(),
            Cell::Text(&found.feature),
            Cell::Text(product_of(&found.feature)),
            Cell::Text(&found.edition),
            Cell::Text(&found.product_name),
            Cell::Text(&found.entitlement_id),
            found.fulfillment_id.as_deref().into(),
            // `permanent` is one too.
            found.expires.as_deref().map_or(Cell::Nothing, |expires| match parse_date(expires) {
                Some(_) => Cell::Date(expires),
                None => Cell::Text(expires),
            }),
            found.mode.as_deref().into(),
            found.deployment_type.as_deref().into(),
            Cell::Text(found.status.state.as_str()),
            Cell::List(&flags(&found.status)),
            instant(collected.as_deref()),
            customer_id,
            customer,
            instant(found.archived_at.as_deref()),
        ])?;
    }
    Ok(format.end()?)
}
