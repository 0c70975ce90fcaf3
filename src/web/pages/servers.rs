//! License servers: the list with state, flags, users and expiry, and the bar that assigns and frees what is ticked.

use actix_web::http::StatusCode;
use askama::Template;

use super::listing::{Column, Facet, Shape, status_facets, text_order};
use super::render;
use super::signs::{Last, Sign, Until};
use super::source_list::SourceList;
use super::tagging::customer_link;
use crate::domain::ids::ObjectKind;
use crate::domain::server_status::{Flag, State};
use crate::store::license_servers::LicenseServer;
use crate::store::objects::CustomerName;
use crate::web::call::{Answer, Call};
use crate::web::frame::{Frame, Nav, Product, View};
use crate::web::show;

#[derive(Template)]
#[template(path = "pages/servers.html")]
struct Page {
    frame: Frame,
    to_sites: String,
    reporting: usize,
    list: SourceList,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    /// Host name, where it says more than the name.
    address: String,
    href: String,
    state: Sign,
    last: Option<Last>,
    flags: Vec<Sign>,
    version: String,
    users: String,
    customer: Option<(String, String)>,
    expiry: Option<Until>,
}

const COLUMNS: &[Column<LicenseServer>] = &[
    Column {
        key: "name",
        label: "Server",
        class: "",
        by: Some(|a, b| text_order(Some(&a.name), Some(&b.name))),
    },
    Column {
        key: "state",
        label: "State",
        class: "",
        by: Some(|a, b| rank(b).cmp(&rank(a)).then_with(|| a.last_collected_at.cmp(&b.last_collected_at))),
    },
    Column {
        key: "last",
        label: "Last upload",
        class: "",
        by: Some(|a, b| b.last_collected_at.cmp(&a.last_collected_at)),
    },
    Column { key: "flags", label: "Flags", class: "", by: None },
    Column { key: "version", label: "Version", class: "opt", by: Some(version_order) },
    Column { key: "users", label: "Users", class: "n", by: Some(|a, b| a.users.cmp(&b.users)) },
    Column {
        key: "customer",
        label: "Customer",
        class: "",
        by: Some(|a, b| text_order(name(a.customer.as_ref()), name(b.customer.as_ref()))),
    },
    Column {
        key: "expiry",
        label: "Expires",
        class: "opt",
        by: Some(|a, b| {
            let key =
                |server: &LicenseServer| server.nearest_expiry.as_ref().map_or(i64::MAX, |next| next.days);
            key(a).cmp(&key(b))
        }),
    },
];

fn name(customer: Option<&CustomerName>) -> Option<&str> {
    customer.map(|customer| customer.name.as_str())
}

fn version_order(a: &LicenseServer, b: &LicenseServer) -> std::cmp::Ordering {
    use crate::domain::server_status::Version;
    let key = |server: &LicenseServer| server.version.as_deref().and_then(Version::parse);
    key(a).cmp(&key(b))
}

/// The gravest greatest.
fn rank(server: &LicenseServer) -> (u8, usize) {
    let state = match server.status.state {
        State::NeverReported => 3,
        State::NotReporting => 2,
        State::Reporting => 1,
        State::Archived => 0,
    };
    (state, server.status.notices.len())
}

fn facets() -> Vec<Facet<LicenseServer>> {
    let mut facets = status_facets(&Flag::ALL, |server: &LicenseServer| &server.status);
    facets.push(Facet::new("customer", "none", "No customer", |server: &LicenseServer| {
        server.customer.is_none()
    }));
    facets
}

fn text(server: &LicenseServer) -> String {
    let parts = [
        Some(server.name.as_str()),
        Some(&server.id),
        server.host_id.as_deref(),
        server.fqdn.as_deref(),
        name(server.customer.as_ref()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

pub async fn list(call: Call) -> Answer {
    let mut view = View::of(&call)?;
    view.product = Product::AppsAndDesktops;
    let page = call
        .read(move |store| {
            let frame = Frame::new(store, &view, Nav::Servers, "License servers")?;
            let used = view.app.memory.source_use(store, frame.period)?;
            let servers = store.list_license_servers(frame.seen(&used))?;
            let is_reporting = |server: &&LicenseServer| server.status.state == State::Reporting;
            let reporting = servers.iter().filter(is_reporting).count();
            let shape = Shape {
                path: "/servers",
                nouns: ("license server", "license servers"),
                columns: COLUMNS,
                facets: facets(),
                id: |server| &server.id,
                text,
                apart: |server| server.status.state == State::Archived,
            };
            let (kind, find) = (ObjectKind::LicenseServer, "Name, host, GUID or customer");
            let (servers, list) = SourceList::of(store, &frame, &view.query, kind, find, &shape, servers)?;
            Ok(Page {
                to_sites: frame.link("/sites", &[]),
                reporting,
                list,
                rows: servers.into_iter().map(|server| row(&frame, server)).collect(),
                frame,
            })
        })
        .await?;
    render(StatusCode::OK, &page)
}

fn row(frame: &Frame, server: LicenseServer) -> Row {
    Row {
        href: frame.link("/server", &[("id", &server.id)]),
        address: server.fqdn.filter(|fqdn| !fqdn.eq_ignore_ascii_case(&server.name)).unwrap_or_default(),
        state: Sign::of_state(&server.status),
        last: Last::new(frame.clock, server.last_collected_at),
        flags: Sign::flags(&server.status),
        version: server.version.unwrap_or_else(|| "n/a".to_owned()),
        users: show::figure(server.users),
        customer: customer_link(frame, server.customer.as_ref()),
        expiry: Until::nearest(frame.clock, server.nearest_expiry.as_ref()),
        id: server.id,
        name: server.name,
    }
}
