//! Sites with their delivery groups.

use std::collections::HashMap;

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, Part};
use super::sources::{Asked, Looked, PERIOD, STATE, Source, customer_id, flags};
use crate::domain::ids::canonical_object_id;
use crate::store::sites::Site;
use crate::web::call::{Answer, Call};
use crate::web::description::{CURSOR, Described, Kind, LIMIT, Parameter};
use crate::web::pages;

const ID: Parameter = Parameter::required("id", Kind::Text, "Id of the site.");

/// A site with its delivery groups.
#[derive(Serialize, ToSchema)]
pub struct SiteDetails {
    #[serde(flatten)]
    pub site: Source,
    /// FQDN of the license server that it names.
    pub license_server: Option<String>,
    /// Why the site cannot be assigned in the period: a delivery group of it is.
    pub blocked: Option<String>,
    pub delivery_groups: Vec<SiteGroup>,
}

#[derive(Serialize, ToSchema)]
pub struct SiteGroup {
    pub id: String,
    pub name: String,
    /// Of its own assignment in the period.
    pub customer_id: Option<String>,
    /// Why it cannot be assigned in the period: its site is.
    pub blocked: Option<String>,
    pub users: i64,
    /// The newest upload of the site names it.
    pub listed: bool,
}

fn source(site: &Site, users: &HashMap<String, u64>) -> Source {
    Source {
        id: site.id.clone(),
        name: site.name.clone(),
        host_id: None,
        fqdn: None,
        version: site.version.clone(),
        state: site.status.state.as_str(),
        flags: flags(&site.status),
        last_collected_at: site.last_collected_at.map(|at| at.to_string()),
        customer_id: customer_id(site.customer.as_ref()),
        free: false,
        users: users.get(&site.id).map_or(0, |users| i64::try_from(*users).unwrap_or(i64::MAX)),
    }
}

pub fn list_described() -> Described {
    Described::new("Sites by name", "Users are distinct over the delivery groups of a site.")
        .takes(&[PERIOD, STATE, LIMIT, CURSOR])
        .answers::<List<Source>>(200, "A part of the list")
        .problems(&[(409, "The period has not begun (SEAT-P02).")])
}

pub async fn list(call: Call) -> Answer {
    let (part, asked) = (Part::of(&call)?, Asked::of(&call)?);
    let (app, now) = (call.app.clone(), call.now);
    let (all, users) = call
        .read(move |store| {
            let looked = Looked::at(store, &asked, now)?;
            let used = app.memory.source_use(store, looked.period)?;
            Ok((store.list_sites(looked.seen(&used))?, pages::sites::users(&app, store, looked.period)?))
        })
        .await?;
    let keys = |site: &Site| vec![site.name.to_lowercase(), site.id.clone()];
    let list = asked.part(&part, all, |site| &site.status, keys);
    Ok(HttpResponse::Ok().json(list.map(|site| source(&site, &users))))
}

pub fn get_described() -> Described {
    Described::new("One site", "With its delivery groups, and which side of the two may be assigned.")
        .takes(&[ID, PERIOD])
        .answers::<SiteDetails>(200, "The site")
        .problems(&[
            (404, "No upload has named this site (SEAT-C06)."),
            (409, "The period has not begun (SEAT-P02)."),
        ])
}

pub async fn get(call: Call) -> Answer {
    let asked = Asked::of(&call)?;
    let id = call.part("id")?;
    let (app, now) = (call.app.clone(), call.now);
    let details = call
        .read(move |store| {
            let looked = Looked::at(store, &asked, now)?;
            let used = app.memory.source_use(store, looked.period)?;
            let own = canonical_object_id(&id).unwrap_or_else(|| id.clone());
            let found =
                store.find_site(looked.seen(&used), &own)?.ok_or_else(|| pages::site::unknown(&id))?;
            let users = pages::sites::users(&app, store, looked.period)?;
            let site = source(&found.site, &users);
            let groups = found.site.delivery_groups.into_iter().map(|group| SiteGroup {
                customer_id: customer_id(group.customer.as_ref()),
                id: group.id,
                name: group.name,
                blocked: group.blocked,
                users: group.users,
                listed: group.is_listed,
            });
            Ok(SiteDetails {
                site,
                license_server: found.site.license_server,
                blocked: found.site.blocked,
                delivery_groups: groups.collect(),
            })
        })
        .await?;
    Ok(HttpResponse::Ok().json(details))
}
