//! Uploads: a field for files first, what became of those that were handed in, and the list of all.

use actix_web::http::StatusCode;
use askama::Template;

use super::decoded::UploadRow;
use super::render;
use crate::domain::error::quoted;
use crate::domain::ids::ObjectKind;
use crate::store::Store;
use crate::store::uploads::{Filter, Page as Asked, Place, Status, UploadPage};
use crate::web::call::{Answer, Call};
use crate::web::components::{Chip, Pages};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::hand_in::Handed;
use crate::web::pairs::{Pairs, href};
use crate::web::show;

#[derive(Template)]
#[template(path = "pages/uploads.html")]
struct Page {
    frame: Frame,
    /// Where the form posts to; empty for those who may not.
    action: String,
    most: String,
    /// What became of the files of the form, and what stands above it.
    results: Vec<ResultRow>,
    told: String,
    faults: Vec<(&'static str, String)>,
    used: Vec<Chip>,
    narrow: Vec<Chip>,
    clear: String,
    q: String,
    kept: Vec<(String, String)>,
    rows: Vec<UploadRow>,
    total: i64,
    pages: Pages,
    no_match: String,
}

/// One file of the form.
pub struct ResultRow {
    pub file: String,
    /// `good`, `warn` or `bad`.
    pub class: &'static str,
    pub title: &'static str,
    pub text: String,
    /// Empty where nothing was kept.
    pub href: String,
}

const SIZE: usize = 50;

pub async fn list(call: Call) -> Answer {
    let view = View::of(&call)?;
    let page = call.read(move |store| page(store, &view, Vec::new(), None)).await?;
    render(StatusCode::OK, &page)
}

/// The same page, with what became of the files that a form brought.
pub async fn handed(call: &Call, status: StatusCode, handed: Vec<Handed>, fault: Option<Fault>) -> Answer {
    let mut view = View::of(call)?;
    // The token came in the address; no link of the page carries it on.
    view.query = view.query.with("csrf", None);
    let page = call.read(move |store| page(store, &view, handed, fault)).await?;
    render(status, &page)
}

fn page(store: &Store, view: &View, handed: Vec<Handed>, fault: Option<Fault>) -> Result<Page, Fault> {
    let kept = handed.iter().filter(|file| file.is_kept()).count();
    let is_error = fault.is_some() || (kept == 0 && !handed.is_empty());
    let frame = Frame::new(store, view, Nav::Uploads, if is_error { "Error: Uploads" } else { "Uploads" })?;
    let query = view.query.with("period", Some(&frame.period.to_string()));
    let (filter, used) = filter(store, &query)?;
    let found = store.list_uploads(&filter, &asked(&query)?, SIZE)?;
    let limit = i64::try_from(frame.rules.limits.file_bytes).unwrap_or(i64::MAX);
    let action = href("/uploads", &[("csrf", &frame.csrf), ("period", &frame.period.to_string())]);
    let told = match handed.len() {
        0 => String::new(),
        all => format!(
            "{} of {} accepted. What is rejected is kept too, with its reason.",
            show::figure(i64::try_from(kept).unwrap_or(i64::MAX)),
            show::count(i64::try_from(all).unwrap_or(i64::MAX), "file", "files")
        ),
    };
    let rest = if handed.is_empty() { "" } else { " What is listed below was taken in." };
    let results =
        handed.into_iter().map(|file| file.shown(|id| frame.link("/upload", &[("id", id)]))).collect();
    Ok(Page {
        action: if frame.may_operate() { action } else { String::new() },
        most: show::bytes(limit),
        results,
        told,
        faults: fault
            .into_iter()
            .map(|fault| ("file", format!("{}{rest}", super::sentence(&fault.error))))
            .collect(),
        narrow: narrow(store, &query, &filter)?,
        clear: if used.is_empty() { String::new() } else { frame.link("/uploads", &[]) },
        no_match: no_match(&used),
        q: filter.text.clone().unwrap_or_default(),
        kept: first_page(&query)
            .with("q", None)
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        used,
        rows: found.uploads.iter().map(|upload| UploadRow::new(&frame, upload)).collect(),
        total: found.total,
        pages: pages(&query, &found),
        frame,
    })
}

fn first_page(query: &Pairs) -> Pairs {
    query.with("after", None).with("before", None).with("last", None)
}

/// What the address filters by, and a chip for each.
type Filtered = (Filter, Vec<Chip>);

fn filter(store: &Store, query: &Pairs) -> Result<Filtered, Fault> {
    let mut filter = Filter::default();
    let mut used = Vec::new();
    let chip = |label: String, name: &str| {
        Chip::used(label, None, first_page(query).with(name, None).href("/uploads"))
    };
    if let Some(word) = query.get("status") {
        filter.status = Some(status(word)?);
        let label = if word == "rejected" { "Rejected" } else { "Accepted" };
        used.push(chip(label.to_owned(), "status"));
    }
    if let Some(text) = query.get("source") {
        let (kind, id) = source(text)?;
        let page = store.list_uploads(
            &Filter { source: Some((kind, id.clone())), ..Filter::default() },
            &Asked::First,
            1,
        )?;
        let named = page.uploads.iter().flat_map(|upload| &upload.sources).find(|source| source.id == id);
        let name = named.map_or_else(|| id.clone(), |source| source.name.clone());
        used.push(chip(format!("Source {name}"), "source"));
        filter.source = Some((kind, id));
    }
    if let Some(text) = query.get("q") {
        filter.text = Some(text.to_owned());
        used.push(chip(format!("“{text}”"), "q"));
    }
    Ok((filter, used))
}

/// `accepted` or `rejected`. Errors: `SEAT-C07`.
pub fn status(word: &str) -> Result<Status, Fault> {
    Status::parse(word).ok_or_else(|| {
        Fault::malformed(format!("status: expected accepted or rejected, found {}", quoted(word)))
    })
}

/// `license-server/GUID`. Errors: `SEAT-C07`.
pub fn source(text: &str) -> Result<(ObjectKind, String), Fault> {
    let refuse = || {
        Fault::malformed(format!(
            "source: expected license-server/, site/, delivery-group/ or netscaler/ and an id, found {}",
            quoted(text)
        ))
    };
    let (kind, id) = text.split_once('/').ok_or_else(refuse)?;
    match kind.parse() {
        Ok(ObjectKind::User) | Err(_) => Err(refuse()),
        Ok(kind) => Ok((kind, id.to_owned())),
    }
}

fn narrow(store: &Store, query: &Pairs, filter: &Filter) -> Result<Vec<Chip>, Fault> {
    if filter.status.is_some() {
        return Ok(Vec::new());
    }
    let mut chips = Vec::new();
    for (status, label) in [(Status::Rejected, "Rejected"), (Status::Accepted, "Accepted")] {
        let narrowed = Filter { status: Some(status), ..filter.clone() };
        let count = store.list_uploads(&narrowed, &Asked::First, 0)?.total;
        if count > 0 {
            let href = first_page(query).with("status", Some(status.as_str())).href("/uploads");
            chips.push(Chip::narrow(label, count, href));
        }
    }
    Ok(chips)
}

fn no_match(used: &[Chip]) -> String {
    let labels: Vec<String> = used.iter().map(|chip| chip.label.clone()).collect();
    format!("No upload matches {}.", super::listing::and(&labels))
}

/// Which page: `after=2026-11-02T03:12:09Z.4402`.
fn asked(query: &Pairs) -> Result<Asked, Fault> {
    let place = |text: &str| {
        let place = text.rsplit_once('.').and_then(|(received_at, row)| {
            Some(Place { received_at: received_at.to_owned(), row: row.parse().ok()? })
        });
        place.ok_or_else(|| {
            Fault::malformed(format!("expected the place of an upload in the list, found {}", quoted(text)))
        })
    };
    if query.has("last") {
        return Ok(Asked::Last);
    }
    match (query.get("after"), query.get("before")) {
        (Some(text), _) => Ok(Asked::After(place(text)?)),
        (None, Some(text)) => Ok(Asked::Before(place(text)?)),
        (None, None) => Ok(Asked::First),
    }
}

fn pages(query: &Pairs, found: &UploadPage) -> Pages {
    let to = |name: &str, place: &Place| {
        let text = format!("{}.{}", place.received_at, place.row);
        first_page(query).with(name, Some(&text)).href("/uploads")
    };
    let total = show::count(found.total, "upload", "uploads");
    let mut pages = Pages { text: format!("{total}, the newest first"), ..Pages::default() };
    if let (true, Some(first)) = (found.has_newer, found.uploads.first()) {
        pages.first = Some(first_page(query).href("/uploads"));
        pages.previous = Some(to("before", &first.place));
    }
    if let (true, Some(last)) = (found.has_older, found.uploads.last()) {
        pages.next = Some(to("after", &last.place));
        pages.last = Some(first_page(query).with("last", Some("1")).href("/uploads"));
    }
    pages
}
