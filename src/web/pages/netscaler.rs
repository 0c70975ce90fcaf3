//! NetScaler VPX allocations, where Networking opens: what the newest upload of each host lists.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use askama::Template;

use super::listing::{Column, Facet, Shape, status_facets, text_order};
use super::render;
use super::signs::{Last, Sign, Until};
use super::source_list::SourceList;
use super::tagging::{archive_form, customer_link};
use crate::domain::ids::ObjectKind;
use crate::domain::server_status::Flag;
use crate::store::archive::Archivable;
use crate::store::netscalers::NetScaler;
use crate::store::source_use::SourceUse;
use crate::web::call::{Answer, Call};
use crate::web::frame::{Frame, Nav, Product, View};

#[derive(Template)]
#[template(path = "pages/netscaler.html")]
struct Page {
    frame: Frame,
    list: SourceList,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    /// What ticking it selects.
    ticked: String,
    product: String,
    feature: String,
    host: String,
    host_id: String,
    state: Sign,
    last: Option<Last>,
    flags: Vec<Sign>,
    serial: String,
    expires: Until,
    deployment: String,
    mode: String,
    customer: Option<(String, String)>,
}

fn customer(row: &NetScaler) -> Option<&str> {
    row.customer.as_ref().map(|customer| customer.name.as_str())
}

fn host(row: &NetScaler) -> &str {
    row.fqdn.as_deref().unwrap_or(&row.host_id)
}

fn expiry(row: &NetScaler) -> i64 {
    row.expiring.as_ref().map_or(i64::MAX, |next| next.days)
}

const COLUMNS: &[Column<NetScaler>] = &[
    Column {
        key: "host",
        label: "Host",
        class: "",
        by: Some(|a, b| text_order(Some(host(a)), Some(host(b)))),
    },
    Column { key: "state", label: "State", class: "", by: Some(|a, b| b.status.state.cmp(&a.status.state)) },
    Column {
        key: "product",
        label: "Product",
        class: "",
        by: Some(|a, b| text_order(Some(&a.product_name), Some(&b.product_name))),
    },
    Column {
        key: "serial",
        label: "Serial number",
        class: "",
        by: Some(|a, b| a.entitlement_id.cmp(&b.entitlement_id)),
    },
    Column { key: "expiry", label: "Expires", class: "", by: Some(|a, b| expiry(a).cmp(&expiry(b))) },
    Column {
        key: "deployment",
        label: "Deployment",
        class: "opt",
        by: Some(|a, b| a.deployment_type.cmp(&b.deployment_type)),
    },
    Column { key: "mode", label: "Mode", class: "opt", by: Some(|a, b| a.mode.cmp(&b.mode)) },
    Column {
        key: "customer",
        label: "Customer",
        class: "",
        by: Some(|a, b| text_order(customer(a), customer(b))),
    },
];

/// States and flags; deployments and modes as far as there are any.
fn facets(all: &[NetScaler]) -> Vec<Facet<NetScaler>> {
    let flags = [Flag::Expired, Flag::Expiring, Flag::ClockSkew, Flag::ExpiringLater];
    let mut facets = status_facets(&flags, |row: &NetScaler| &row.status);
    let deployments: BTreeSet<&str> = all.iter().filter_map(|row| row.deployment_type.as_deref()).collect();
    for value in deployments {
        let own = value.to_owned();
        let holds = move |row: &NetScaler| row.deployment_type.as_ref() == Some(&own);
        facets.push(Facet::new("deployment", value, value, holds));
    }
    let modes: BTreeSet<&str> = all.iter().filter_map(|row| row.mode.as_deref()).collect();
    for value in modes {
        let own = value.to_owned();
        facets.push(Facet::new("mode", value, value, move |row: &NetScaler| row.mode.as_ref() == Some(&own)));
    }
    facets.push(Facet::new("customer", "none", "No customer", |row: &NetScaler| row.customer.is_none()));
    facets
}

fn text(row: &NetScaler) -> String {
    let parts = [&row.id, host(row), &row.product_name, &row.feature, customer(row).unwrap_or_default()];
    parts.map(|part| part.to_owned()).join("\n")
}

pub async fn list(call: Call) -> Answer {
    let mut view = View::of(&call)?;
    view.product = Product::Networking;
    let page = call
        .read(move |store| {
            let frame = Frame::new(store, &view, Nav::NetScaler, "NetScaler")?;
            let used = SourceUse::default();
            let found = store.list_netscalers(frame.seen(&used))?;
            let shape = Shape {
                path: "/netscaler",
                nouns: ("allocation", "allocations"),
                columns: COLUMNS,
                facets: facets(&found),
                id: |row| &row.id,
                text,
                apart: |row| row.archived_at.is_some(),
            };
            let (kind, find) = (ObjectKind::NetScaler, "Host, product, serial number or customer");
            let (found, list) = SourceList::of(store, &frame, &view.query, kind, find, &shape, found)?;
            Ok(Page { list, rows: found.into_iter().map(|found| row(&frame, found)).collect(), frame })
        })
        .await?;
    render(StatusCode::OK, &page)
}

fn row(frame: &Frame, row: NetScaler) -> Row {
    let told = |text: Option<String>| text.unwrap_or_else(|| "n/a".to_owned());
    Row {
        ticked: format!("{} on {}", row.entitlement_id, host(&row)),
        host: host(&row).to_owned(),
        state: Sign::of_state(&row.status),
        last: Last::new(frame.clock, row.last_collected_at),
        flags: Sign::flags(&row.status),
        expires: Until::of(frame.clock, row.expires.as_deref()),
        deployment: told(row.deployment_type),
        mode: told(row.mode),
        customer: customer_link(frame, row.customer.as_ref()),
        product: row.product_name,
        feature: row.feature,
        serial: row.entitlement_id,
        host_id: if row.fqdn.is_some() { row.host_id } else { String::new() },
        id: row.id,
    }
}

pub async fn archive(call: Call) -> Answer {
    archive_form(call, Archivable::NetScaler, ("allocation", "allocations")).await
}
