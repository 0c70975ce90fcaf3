//! Search over everything by a part of the name: users of the month, customers, sources, uploads.

use actix_web::http::StatusCode;
use askama::Template;

use super::render;
use crate::domain::user_key::user_key;
use crate::store::Store;
use crate::store::roster::Filter;
use crate::store::sources::Source;
use crate::store::uploads;
use crate::web::call::{Answer, Call};
use crate::web::components::span;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::show::UserName;

/// Hits shown of each kind.
const FIRST: usize = 10;

#[derive(Template)]
#[template(path = "pages/search.html")]
struct Page {
    frame: Frame,
    q: String,
    sections: Vec<Section>,
}

struct Section {
    title: &'static str,
    icon: &'static str,
    /// `1 to 10 of 146`.
    told: String,
    /// What is searched, in few words.
    of: String,
    hits: Vec<Hit>,
    /// Where all of them stand, where that is another page.
    all: Option<(String, String)>,
}

struct Hit {
    href: String,
    name: UserName,
    /// What else is known of it.
    note: String,
}

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let page = call.read(move |store| page(store, &view)).await?;
    render(StatusCode::OK, &page)
}

fn page(store: &Store, view: &View) -> Result<Page, Fault> {
    let q = view.query.get("q").unwrap_or_default().to_owned();
    let title = if q.is_empty() { "Search".to_owned() } else { format!("Search: {q}") };
    let frame = Frame::new(store, view, Nav::Nowhere, &title)?;
    if q.is_empty() {
        return Ok(Page { frame, q, sections: Vec::new() });
    }
    let mut sections = Vec::new();
    if frame.may_look_inside() {
        sections.push(users(store, view, &frame, &q)?);
    }
    let key = user_key(&q);
    let has = |text: &str| user_key(text).contains(&key);
    sections.push(customers(store, &frame, &q, &has)?);
    let sources = store.list_sources(frame.period)?;
    for (title, kinds, path, all) in [
        ("License servers", &["license-server"][..], "/server", "/servers"),
        ("Sites and delivery groups", &["site", "delivery-group"], "/site", "/sites"),
        ("NetScaler", &["netscaler"], "/netscaler", "/netscaler"),
    ] {
        sections.push(of_sources(&frame, &q, title, &sources, kinds, (path, all), &has));
    }
    if frame.may_look_inside() {
        sections.push(of_uploads(store, &frame, &q)?);
    }
    sections.retain(|section| !section.hits.is_empty());
    Ok(Page { frame, q, sections })
}

fn section(
    (title, icon): (&'static str, &'static str),
    total: usize,
    of: String,
    hits: Vec<Hit>,
    all: &str,
) -> Section {
    let told = span(usize::from(!hits.is_empty()), hits.len(), total);
    let all = (total > hits.len()).then(|| {
        let number = crate::web::show::figure(total as i64);
        (format!("All {number}"), all.to_owned())
    });
    Section { title, icon, told, of, hits, all }
}

fn users(store: &Store, view: &View, frame: &Frame, q: &str) -> Result<Section, Fault> {
    let roster = view.app.memory.roster(store, frame.period)?;
    let selection = roster.select(&Filter { q: Some(q.to_owned()), ..Filter::default() });
    let shown = selection.users.iter().take(FIRST).map(|at| roster.user(*at, None));
    let mut hits: Vec<Hit> = shown
        .map(|user| Hit {
            href: frame.link("/user", &[("id", user.key)]),
            name: UserName::of(user.name),
            note: user.places.first().and_then(|place| place.customer).unwrap_or("Unlinked").to_owned(),
        })
        .collect();
    let mut total = selection.total();
    // Of another month, or only tagged: by the whole name.
    let key = user_key(q);
    if roster.find(&key).is_none()
        && let Some(user) = store.find_user(&key, Some(frame.period))?
    {
        total += 1;
        hits.insert(
            0,
            Hit {
                href: frame.link("/user", &[("id", &key)]),
                name: UserName::of(&user.name),
                note: format!("not seen in {}", frame.month),
            },
        );
    }
    Ok(section(
        ("Users", "person"),
        total,
        format!("Of {}.", frame.month),
        hits,
        &frame.link("/users", &[("q", q)]),
    ))
}

fn customers(store: &Store, frame: &Frame, q: &str, has: &impl Fn(&str) -> bool) -> Result<Section, Fault> {
    let all = store.list_customers()?;
    let is_hit = |customer: &&crate::store::customers::Customer| {
        has(&customer.name) || has(&customer.id) || customer.external_id.as_deref().is_some_and(has)
    };
    let found: Vec<_> = all.iter().filter(is_hit).collect();
    let hits = found.iter().take(FIRST).map(|customer| Hit {
        href: frame.link("/customer", &[("id", &customer.id)]),
        name: plain(&customer.name),
        note: if customer.archived_at.is_some() { "archived".to_owned() } else { String::new() },
    });
    let of = "By name and id.".to_owned();
    Ok(section(("Customers", "tag"), found.len(), of, hits.collect(), &frame.link("/customers", &[("q", q)])))
}

fn of_sources(
    frame: &Frame,
    q: &str,
    title: &'static str,
    sources: &[Source],
    kinds: &[&str],
    (path, all): (&str, &str),
    has: &impl Fn(&str) -> bool,
) -> Section {
    let is_hit = |source: &&Source| {
        let more = [&source.host_id, &source.fqdn];
        has(&source.name) || has(&source.id) || more.into_iter().flatten().any(|text| has(text))
    };
    let found: Vec<&Source> =
        sources.iter().filter(|source| kinds.contains(&source.kind.as_str())).filter(is_hit).collect();
    let hits = found.iter().take(FIRST).map(|source| {
        let (id, note) = match (source.kind.as_str(), &source.parent) {
            // A group's page is its site's.
            ("delivery-group", Some(site)) => (site, "delivery group".to_owned()),
            (_, _) if source.archived => (&source.id, "archived".to_owned()),
            _ => (&source.id, source.fqdn.clone().filter(|fqdn| *fqdn != source.name).unwrap_or_default()),
        };
        let href = if path == all { frame.link(all, &[]) } else { frame.link(path, &[("id", id)]) };
        Hit { href, name: plain(&source.name), note }
    });
    section(
        (title, "server"),
        found.len(),
        "By name, id and host.".to_owned(),
        hits.collect(),
        &frame.link(all, &[("q", q)]),
    )
}

fn of_uploads(store: &Store, frame: &Frame, q: &str) -> Result<Section, Fault> {
    let filter = uploads::Filter { text: Some(q.to_owned()), ..uploads::Filter::default() };
    let found = store.list_uploads(&filter, &uploads::Page::First, FIRST)?;
    let mut hits: Vec<Hit> = Vec::new();
    let by_id = store.find_upload(q)?;
    let total = found.total as usize + usize::from(by_id.is_some());
    for upload in by_id.into_iter().chain(found.uploads) {
        hits.push(Hit {
            href: frame.link("/upload", &[("id", &upload.id)]),
            name: plain(&upload.file),
            note: format!("{}, {}", upload.status.as_str(), frame.when(&upload.received_at).text),
        });
    }
    let all = frame.link("/uploads", &[("q", q)]);
    Ok(section(("Uploads", "upload"), total, "By file name and id, newest first.".to_owned(), hits, &all))
}

fn plain(name: &str) -> UserName {
    UserName { before: String::new(), name: name.to_owned(), after: String::new() }
}
