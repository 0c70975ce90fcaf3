//! One license server: state in a sentence, what to do next, the last 60 days, what it may use and uses, what it sent.

use actix_web::http::StatusCode;
use askama::Template;

use super::decoded::{OwnUploads, PayloadShown, Sent};
use super::entitlements::{Entitlements, advice};
use super::render;
use super::signs::{Now, Sign};
use super::strip::Strip;
use super::tagging::{ChangeRow, Tagging, archive_form, customer_link, free_rows, tag_rows};
use crate::domain::ids::{ObjectKind, canonical_guid};
use crate::domain::instant::UtcInstant;
use crate::domain::server_status::State;
use crate::store::Store;
use crate::store::archive::Archivable;
use crate::store::license_servers::LicenseServer;
use crate::store::object_history::Described;
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, Product, View};
use crate::web::show::{self, When};

#[derive(Template)]
#[template(path = "pages/server.html")]
struct Page {
    frame: Frame,
    to_list: String,
    id: String,
    name: String,
    now: Now,
    next: Next,
    strip: Strip,
    facts: Vec<(&'static str, String)>,
    customer: Option<(String, String)>,
    free: Option<String>,
    notes: Vec<Sign>,
    /// `None`: it has told nothing of license files.
    entitlements: Option<Entitlements>,
    peaks: Vec<(String, String)>,
    sent: Option<Sent>,
    payloads: Vec<PayloadShown>,
    /// Its payload is too large to be read for this page.
    is_long: bool,
    uploads: OwnUploads,
    described: Vec<DescribedRow>,
    tags: Vec<ChangeRow>,
    free_flags: Vec<ChangeRow>,
    domains: super::names::Domains,
    tagging: Option<Tagging>,
}

/// What to do next; nothing where all is well.
#[derive(Default)]
struct Next {
    /// It does not report.
    is_silent: bool,
    /// Uploads were rejected since its last one: how many, and where they stand.
    rejected: Option<(String, String)>,
    to_uploads: String,
    advice: Vec<&'static str>,
}

impl Next {
    fn is_empty(&self) -> bool {
        !self.is_silent && self.advice.is_empty()
    }
}

struct DescribedRow {
    text: String,
    version: String,
    first: When,
    last: When,
}

pub async fn show(call: Call) -> Answer {
    let mut view = View::of(&call)?;
    view.product = Product::AppsAndDesktops;
    let asked = Call::field(&call.query, "id")?;
    let id = canonical_guid(asked).unwrap_or_else(|| asked.to_owned());
    let page = call.read(move |store| page(store, &view, &id)).await?;
    render(StatusCode::OK, &page)
}

pub fn unknown(id: &str) -> Fault {
    Fault::not_found(format!(
        "expected the GUID of a license server that has reported, found {}",
        crate::domain::error::quoted(id)
    ))
}

fn page(store: &Store, view: &View, id: &str) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Servers, "License server")?;
    let used = view.app.memory.source_use(store, frame.period)?;
    let found = store.find_license_server(frame.seen(&used), id)?.ok_or_else(|| unknown(id))?;
    let server = &found.server;
    frame.title = format!("{}, {}", server.name, server.status.state.title().to_lowercase());
    let kind = ObjectKind::LicenseServer;
    let uploads = OwnUploads::of(store, &frame, kind, &server.id, &server.name)?;
    let inside = frame.may_look_inside();
    let sent = match found.newest.as_ref().filter(|_| inside) {
        Some(newest) => super::decoded::sent(store, &frame, newest)?,
        None => Default::default(),
    };
    Ok(Page {
        to_list: frame.link("/servers", &[]),
        id: server.id.clone(),
        name: server.name.clone(),
        now: Now::of(frame.clock, &server.status, server.last_collected_at, server.archived_at.as_deref()),
        next: next(store, &frame, server)?,
        strip: Strip::new(&found.strip, frame.clock),
        facts: facts(server),
        customer: customer_link(&frame, server.customer.as_ref()),
        free: server.free.clone(),
        notes: Sign::notes(frame.clock, &server.status),
        entitlements: found.entitlements.map(|rows| Entitlements::new(&frame, rows)),
        peaks: found.peaks.iter().map(|(feature, peak)| (feature.clone(), show::figure(*peak))).collect(),
        is_long: sent.is_long,
        payloads: sent.payloads,
        sent: sent.sent,
        uploads,
        described: found.described.into_iter().map(|row| described(&frame, row)).collect(),
        tags: tag_rows(&frame, found.history.tags),
        free_flags: free_rows(&frame, found.history.free_flags),
        domains: super::names::Domains::of(
            store,
            &frame,
            std::iter::once((kind.as_str(), server.id.as_str(), server.name.as_str())),
        )?,
        tagging: Tagging::new(store, &frame, kind)?,
        frame,
    })
}

fn next(store: &Store, frame: &Frame, server: &LicenseServer) -> Result<Next, Fault> {
    let is_silent = server.status.state == State::NotReporting;
    let mut next = Next {
        is_silent,
        advice: server.status.notices.iter().filter_map(|notice| advice(notice.flag)).collect(),
        ..Next::default()
    };
    if !frame.may_look_inside() {
        return Ok(next);
    }
    next.to_uploads = frame.link("/uploads", &[]);
    if is_silent {
        let since = server.last_collected_at.unwrap_or(UtcInstant::EPOCH);
        let rejected = store.count_rejected(since, frame.clock.now)?;
        if rejected > 0 {
            next.rejected = Some((
                show::count(rejected, "upload was", "uploads were"),
                frame.link("/uploads", &[("status", "rejected")]),
            ));
        }
    }
    Ok(next)
}

fn facts(server: &LicenseServer) -> Vec<(&'static str, String)> {
    let told = |text: &Option<String>| text.clone().unwrap_or_else(|| "n/a".to_owned());
    vec![
        ("Address", told(&server.fqdn)),
        ("Host id", told(&server.host_id)),
        ("Version", told(&server.version)),
    ]
}

fn described(frame: &Frame, row: Described) -> DescribedRow {
    let names: Vec<String> = [row.host_id, row.fqdn, row.name].into_iter().flatten().collect();
    DescribedRow {
        text: names.join(", "),
        version: row.version.unwrap_or_else(|| "n/a".to_owned()),
        first: frame.when(&row.first_collected_at),
        last: frame.when(&row.last_collected_at),
    }
}

pub async fn archive(call: Call) -> Answer {
    archive_form(call, Archivable::LicenseServer, ("license server", "license servers")).await
}
