//! License servers and sites as they are now: state, newest upload, customer, users of the period.

use std::collections::HashMap;

use super::{Cell, Column, ExportError, Format, Status};
use crate::domain::ids::ObjectKind;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::server_status;
use crate::store::Store;
use crate::store::license_servers::View;
use crate::store::objects::CustomerName;
use crate::store::sites::Site;

const COLUMNS: &[Column] = &[
    Column::both("kind"),
    Column::both("id"),
    Column::both("name"),
    Column::both("site"),
    Column::both("host_id"),
    Column::both("fqdn"),
    Column::both("version"),
    Column::both("state"),
    Column::both("flags"),
    Column::instant("last_collected_at"),
    Column::both("customer_id"),
    Column::both("customer"),
    Column::both("free"),
    Column::both("users"),
    Column::both("expires"),
    Column::instant("archived_at"),
];

/// Writes license servers, then each site with its delivery groups, archived ones too. State, version and expiry are as
/// of now; customer, free flag and users those of the period. Errors: `SEAT-P02` where it has not begun, before
/// anything is written.
pub fn servers(
    store: &Store,
    period: BillingPeriod,
    now: UtcInstant,
    format: &mut dyn Format,
) -> Result<(), ExportError> {
    Status::of(store, period, now)?;
    let (rules, used) = (store.rules()?, store.source_use(period)?);
    let view = View { period, as_of: now, rule: &rules.status, used: &used };
    let license_servers = store.list_license_servers(view)?;
    let sites = store.list_sites(view)?;
    let site_users = if sites.is_empty() { HashMap::new() } else { users_of_sites(store, period)? };
    format.begin(COLUMNS)?;
    for server in &license_servers {
        let collected = server.last_collected_at.map(|at| at.to_string());
        let (customer_id, customer) = named(server.customer.as_ref());
        format.row(&[
            Cell::Text(ObjectKind::LicenseServer.as_str()),
            Cell::Text(&server.id),
            Cell::Text(&server.name),
            Cell::Nothing,
            server.host_id.as_deref().into(),
            server.fqdn.as_deref().into(),
            server.version.as_deref().into(),
            Cell::Text(server.status.state.as_str()),
            Cell::List(&flags(&server.status)),
            instant(collected.as_deref()),
            customer_id,
            customer,
            server.free.as_deref().into(),
            Cell::Number(server.users),
            server.nearest_expiry.as_ref().map_or(Cell::Nothing, |next| Cell::Date(&next.date)),
            instant(server.archived_at.as_deref()),
        ])?;
    }
    for site in &sites {
        site_rows(site, site_users.get(&site.id).copied().unwrap_or(0), format)?;
    }
    Ok(format.end()?)
}

fn site_rows(site: &Site, users: i64, format: &mut dyn Format) -> Result<(), ExportError> {
    let collected = site.last_collected_at.map(|at| at.to_string());
    let row =
        |kind: ObjectKind, id, name, customer: Option<&CustomerName>, users, format: &mut dyn Format| {
            let is_site = kind == ObjectKind::Site;
            let of_site = |cell| if is_site { cell } else { Cell::Nothing };
            let (customer_id, customer) = named(customer);
            format.row(&[
                Cell::Text(kind.as_str()),
                Cell::Text(id),
                Cell::Text(name),
                if is_site { Cell::Nothing } else { Cell::Text(&site.name) },
                Cell::Nothing,
                of_site(site.license_server.as_deref().into()),
                of_site(site.version.as_deref().into()),
                Cell::Text(site.status.state.as_str()),
                Cell::List(&flags(&site.status)),
                instant(collected.as_deref()),
                customer_id,
                customer,
                Cell::Nothing,
                Cell::Number(users),
                Cell::Nothing,
                of_site(instant(site.archived_at.as_deref())),
            ])
        };
    row(ObjectKind::Site, &site.id, &site.name, site.customer.as_ref(), users, format)?;
    for group in &site.delivery_groups {
        row(ObjectKind::DeliveryGroup, &group.id, &group.name, group.customer.as_ref(), group.users, format)?;
    }
    Ok(())
}

/// Distinct users over the delivery groups of each site.
fn users_of_sites(store: &Store, period: BillingPeriod) -> Result<HashMap<String, i64>, ExportError> {
    let (single, multi) = (store.single_tenant(period)?, store.multi_tenant(period)?);
    let sites = single.sites.into_iter().chain(multi.sites);
    Ok(sites.map(|site| (site.id, i64::try_from(site.users.users).unwrap_or(i64::MAX))).collect())
}

pub(super) fn flags(status: &server_status::Status) -> Vec<&'static str> {
    status.notices.iter().map(|notice| notice.flag.as_str()).collect()
}

pub(super) fn named(customer: Option<&CustomerName>) -> (Cell<'_>, Cell<'_>) {
    customer.map_or((Cell::Nothing, Cell::Nothing), |found| (Cell::Text(&found.id), Cell::Text(&found.name)))
}

pub(super) fn instant(text: Option<&str>) -> Cell<'_> {
    text.map_or(Cell::Nothing, Cell::Instant)
}
