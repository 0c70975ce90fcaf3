//! Sites: where Virtual Apps and Desktops opens. State, customer, and users over all delivery groups.

use std::cmp::Ordering;
use std::collections::HashMap;

use actix_web::http::StatusCode;
use askama::Template;

use super::listing::{Column, Facet, Shape, status_facets, text_order};
use super::render;
use super::signs::{Last, Sign};
use super::source_list::SourceList;
use super::tagging::customer_link;
use crate::domain::ids::ObjectKind;
use crate::domain::period::BillingPeriod;
use crate::domain::server_status::Flag;
use crate::store::Store;
use crate::store::sites::Site;
use crate::web::app::App;
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, Product, View};
use crate::web::show;

#[derive(Template)]
#[template(path = "pages/sites.html")]
struct Page {
    frame: Frame,
    to_servers: String,
    list: SourceList,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    href: String,
    state: Sign,
    last: Option<Last>,
    flags: Vec<Sign>,
    groups: String,
    version: String,
    users: String,
    customer: Option<(String, String)>,
    /// Customers of its delivery groups, where those are assigned.
    by_group: String,
    /// A delivery group of it is assigned, so the site cannot be.
    blocked: Option<String>,
}

/// A site with its distinct users.
type Found = (Site, u64);

fn customer_order(a: &Found, b: &Found) -> Ordering {
    let name = |found: &Found| found.0.customer.as_ref().map(|customer| customer.name.clone());
    text_order(name(a).as_deref(), name(b).as_deref())
}

const COLUMNS: &[Column<Found>] = &[
    Column {
        key: "name",
        label: "Site",
        class: "",
        by: Some(|a, b| text_order(Some(&a.0.name), Some(&b.0.name))),
    },
    Column {
        key: "state",
        label: "State",
        class: "",
        by: Some(|a, b| b.0.status.state.cmp(&a.0.status.state)),
    },
    Column {
        key: "last",
        label: "Last upload",
        class: "",
        by: Some(|a, b| b.0.last_collected_at.cmp(&a.0.last_collected_at)),
    },
    Column {
        key: "groups",
        label: "Delivery groups",
        class: "n",
        by: Some(|a, b| a.0.delivery_groups.len().cmp(&b.0.delivery_groups.len())),
    },
    Column { key: "users", label: "Users", class: "n", by: Some(|a, b| a.1.cmp(&b.1)) },
    Column { key: "customer", label: "Customer", class: "", by: Some(customer_order) },
    Column { key: "version", label: "Version", class: "opt", by: Some(|a, b| a.0.version.cmp(&b.0.version)) },
];

fn facets() -> Vec<Facet<Found>> {
    let mut facets = status_facets(&[Flag::ClockSkew], |found: &Found| &found.0.status);
    facets.push(Facet::new("tenants", "single", "One customer", |found: &Found| found.0.customer.is_some()));
    facets.push(Facet::new("tenants", "several", "Assigned by delivery group", |found: &Found| {
        found.0.delivery_groups.iter().any(|group| group.customer.is_some())
    }));
    facets.push(Facet::new("tenants", "none", "No customer", |found: &Found| {
        found.0.customer.is_none() && found.0.delivery_groups.iter().all(|group| group.customer.is_none())
    }));
    facets
}

fn text(found: &Found) -> String {
    let site = &found.0;
    let groups = site
        .delivery_groups
        .iter()
        .flat_map(|group| [Some(&group.name), group.customer.as_ref().map(|customer| &customer.name)]);
    let own = [Some(&site.name), Some(&site.id), site.customer.as_ref().map(|customer| &customer.name)];
    own.into_iter().chain(groups).flatten().map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// Distinct users of each site over its delivery groups, by id.
pub fn users(app: &App, store: &Store, period: BillingPeriod) -> Result<HashMap<String, u64>, Fault> {
    let both = app.memory.tenants(store, period)?;
    let sites = both.0.sites.iter().chain(&both.1.sites);
    Ok(sites.map(|site| (site.id.clone(), site.users.users)).collect())
}

pub async fn list(call: Call) -> Answer {
    let mut view = View::of(&call)?;
    view.product = Product::AppsAndDesktops;
    let page = call
        .read(move |store| {
            let frame = Frame::new(store, &view, Nav::Sites, "Sites")?;
            let used = view.app.memory.source_use(store, frame.period)?;
            let users = users(&view.app, store, frame.period)?;
            let sites = store.list_sites(frame.seen(&used))?;
            let found: Vec<Found> = sites
                .into_iter()
                .map(|site| {
                    let users = users.get(&site.id).copied().unwrap_or(0);
                    (site, users)
                })
                .collect();
            let shape = Shape {
                path: "/sites",
                nouns: ("site", "sites"),
                columns: COLUMNS,
                facets: facets(),
                id: |found| &found.0.id,
                text,
                apart: |found| found.0.archived_at.is_some(),
            };
            let (kind, find) = (ObjectKind::Site, "Site, delivery group, id or customer");
            let (found, list) = SourceList::of(store, &frame, &view.query, kind, find, &shape, found)?;
            Ok(Page {
                to_servers: frame.link("/servers", &[]),
                list,
                rows: found.into_iter().map(|found| row(&frame, found)).collect(),
                frame,
            })
        })
        .await?;
    render(StatusCode::OK, &page)
}

fn row(frame: &Frame, (site, users): Found) -> Row {
    let mut by_group: Vec<String> = site
        .delivery_groups
        .iter()
        .filter_map(|group| group.customer.as_ref().map(|customer| customer.name.clone()))
        .collect();
    by_group.sort();
    by_group.dedup();
    Row {
        href: frame.link("/site", &[("id", &site.id)]),
        state: Sign::of_state(&site.status),
        last: Last::new(frame.clock, site.last_collected_at),
        flags: Sign::flags(&site.status),
        groups: show::figure(i64::try_from(site.delivery_groups.len()).unwrap_or(i64::MAX)),
        version: site.version.unwrap_or_else(|| "n/a".to_owned()),
        users: show::figure(i64::try_from(users).unwrap_or(i64::MAX)),
        customer: customer_link(frame, site.customer.as_ref()),
        by_group: match by_group.len() {
            0..=3 => by_group.join(", "),
            many => format!("{} and {} more", by_group[..2].join(", "), many - 2),
        },
        blocked: site.blocked,
        id: site.id,
        name: site.name,
    }
}
