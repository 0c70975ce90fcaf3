//! One site: state, delivery groups with their users, and the assignment of the site or of its groups.

use actix_web::http::StatusCode;
use askama::Template;

use super::decoded::OwnUploads;
use super::render;
use super::signs::{Now, Sign};
use super::strip::Strip;
use super::tagging::{ChangeRow, Tagging, archive_form, customer_link, tag_rows};
use crate::domain::ids::{ObjectKind, canonical_object_id};
use crate::domain::server_status::State;
use crate::store::Store;
use crate::store::archive::Archivable;
use crate::store::sites::DeliveryGroup;
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, Product, View};
use crate::web::show;

#[derive(Template)]
#[template(path = "pages/site.html")]
struct Page {
    frame: Frame,
    to_list: String,
    to_uploads: String,
    id: String,
    name: String,
    now: Now,
    is_silent: bool,
    strip: Strip,
    facts: Vec<(&'static str, String)>,
    customer: Option<(String, String)>,
    notes: Vec<Sign>,
    users: String,
    groups: Vec<GroupRow>,
    /// Why the site cannot be assigned: a delivery group is.
    blocked: Option<String>,
    /// Why its delivery groups cannot be: the site is.
    groups_blocked: Option<String>,
    uploads: OwnUploads,
    tags: Vec<ChangeRow>,
    /// Name of each group that was ever assigned, with its history.
    group_tags: Vec<(String, Vec<ChangeRow>)>,
    domains: super::names::Domains,
    tagging: Option<Tagging>,
    group_tagging: Option<Tagging>,
}

struct GroupRow {
    id: String,
    name: String,
    users: String,
    customer: Option<(String, String)>,
    is_listed: bool,
    is_blocked: bool,
}

pub async fn show(call: Call) -> Answer {
    let mut view = View::of(&call)?;
    view.product = Product::AppsAndDesktops;
    let asked = Call::field(&call.query, "id")?;
    let id = canonical_object_id(asked).unwrap_or_else(|| asked.to_owned());
    let page = call.read(move |store| page(store, &view, &id)).await?;
    render(StatusCode::OK, &page)
}

pub fn unknown(id: &str) -> Fault {
    Fault::not_found(format!(
        "expected the id of a site that has reported, found {}",
        crate::domain::error::quoted(id)
    ))
}

fn page(store: &Store, view: &View, id: &str) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Sites, "Site")?;
    let used = view.app.memory.source_use(store, frame.period)?;
    let found = store.find_site(frame.seen(&used), id)?.ok_or_else(|| unknown(id))?;
    let users = super::sites::users(&view.app, store, frame.period)?.get(id).copied().unwrap_or(0);
    let site = found.site;
    frame.title = format!("{}, {}", site.name, site.status.state.title().to_lowercase());
    let uploads = OwnUploads::of(store, &frame, ObjectKind::Site, &site.id, &site.name)?;
    let told = |text: &Option<String>| text.clone().unwrap_or_else(|| "n/a".to_owned());
    let group_tags = site.delivery_groups.iter().zip(found.group_tags);
    let group_tags = group_tags
        .filter(|(_, tags)| !tags.is_empty())
        .map(|(group, tags)| (group.name.clone(), tag_rows(&frame, tags)))
        .collect();
    Ok(Page {
        to_list: frame.link("/sites", &[]),
        to_uploads: frame.link("/uploads", &[]),
        now: Now::of(frame.clock, &site.status, site.last_collected_at, site.archived_at.as_deref()),
        is_silent: site.status.state == State::NotReporting,
        strip: Strip::new(&found.strip, frame.clock),
        facts: vec![("Controllers", told(&site.version)), ("License server", told(&site.license_server))],
        customer: customer_link(&frame, site.customer.as_ref()),
        notes: Sign::notes(frame.clock, &site.status),
        users: show::count(i64::try_from(users).unwrap_or(i64::MAX), "user", "users"),
        groups: site.delivery_groups.iter().map(|group| row(&frame, group)).collect(),
        groups_blocked: site.delivery_groups.iter().find_map(|group| group.blocked.clone()),
        blocked: site.blocked,
        uploads,
        tags: tag_rows(&frame, found.tags),
        group_tags,
        domains: super::names::Domains::of(
            store,
            &frame,
            site.delivery_groups
                .iter()
                .map(|group| ("delivery-group", group.id.as_str(), group.name.as_str())),
        )?,
        tagging: Tagging::new(store, &frame, ObjectKind::Site)?,
        group_tagging: Tagging::new(store, &frame, ObjectKind::DeliveryGroup)?,
        id: site.id,
        name: site.name,
        frame,
    })
}

fn row(frame: &Frame, group: &DeliveryGroup) -> GroupRow {
    GroupRow {
        id: group.id.clone(),
        name: group.name.clone(),
        users: show::figure(group.users),
        customer: customer_link(frame, group.customer.as_ref()),
        is_listed: group.is_listed,
        is_blocked: group.blocked.is_some(),
    }
}

pub async fn archive(call: Call) -> Answer {
    archive_form(call, Archivable::Site, ("site", "sites")).await
}
