//! License servers: state, flags and users; one of them with its entitlements, facts and uploads.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, Part};
use super::sources::{Asked, FLAG, Looked, PERIOD, STATE, Source, customer_id, flags};
use super::upload_list::UploadItem;
use crate::domain::ids::{ObjectKind, canonical_guid};
use crate::store::license_servers::LicenseServer;
use crate::store::uploads::{Filter, Page};
use crate::web::call::{Answer, Call};
use crate::web::description::{CURSOR, Described, Kind, LIMIT, Parameter};

const ID: Parameter = Parameter::required("id", Kind::Text, "GUID of the license server.");
/// Uploads of one answer; the others are `GET /uploads?source=license-server/GUID`.
const UPLOADS: usize = 20;

/// One license server in full.
#[derive(Serialize, ToSchema)]
pub struct LicenseServerDetails {
    #[serde(flatten)]
    pub server: Source,
    /// A sentence for each flag.
    pub notices: Vec<String>,
    /// `trial`, `test`, `administrative`.
    pub free_reason: Option<String>,
    pub archived_at: Option<String>,
    /// Lines of its license files; null where it has told nothing of them.
    pub entitlements: Option<Vec<EntitlementLine>>,
    /// What its newest upload sent of itself, name and value.
    pub facts: Vec<SentFact>,
    /// The newest 20.
    pub uploads: Vec<UploadItem>,
}

/// One line of a license file.
#[derive(Serialize, ToSchema)]
pub struct EntitlementLine {
    pub file: String,
    pub feature: String,
    /// Null: uncounted.
    pub quantity: Option<i64>,
    pub overdraft: Option<i64>,
    /// Users of the feature on this server in the billing period.
    pub used: i64,
    /// `YYYY-MM-DD`, `permanent`, or null where it is not told.
    pub expires: Option<String>,
    pub sa_date: Option<String>,
    pub serial_number: Option<String>,
    pub csp: bool,
}

#[derive(Serialize, ToSchema)]
pub struct SentFact {
    pub name: String,
    pub value: String,
}

impl From<&LicenseServer> for Source {
    fn from(server: &LicenseServer) -> Self {
        Self {
            id: server.id.clone(),
            name: server.name.clone(),
            host_id: server.host_id.clone(),
            fqdn: server.fqdn.clone(),
            version: server.version.clone(),
            state: server.status.state.as_str(),
            flags: flags(&server.status),
            last_collected_at: server.last_collected_at.map(|at| at.to_string()),
            customer_id: customer_id(server.customer.as_ref()),
            free: server.free.is_some(),
            users: server.users,
        }
    }
}

pub fn list_described() -> Described {
    Described::new(
        "License servers by name",
        "State, version and flags are as of now; users and customer those of the period.",
    )
    .takes(&[PERIOD, STATE, FLAG, LIMIT, CURSOR])
    .answers::<List<Source>>(200, "A part of the list")
    .problems(&[(409, "The period has not begun (SEAT-P02).")])
}

pub async fn list(call: Call) -> Answer {
    let (part, asked) = (Part::of(&call)?, Asked::of(&call)?);
    let (app, now) = (call.app.clone(), call.now);
    let all = call
        .read(move |store| {
            let looked = Looked::at(store, &asked, now)?;
            let used = app.memory.source_use(store, looked.period)?;
            Ok(store.list_license_servers(looked.seen(&used))?)
        })
        .await?;
    let keys = |server: &LicenseServer| vec![server.name.to_lowercase(), server.id.clone()];
    let list = asked.part(&part, all, |server| &server.status, keys);
    Ok(HttpResponse::Ok().json(list.map(|server| Source::from(&server))))
}

pub fn get_described() -> Described {
    Described::new(
        "One license server",
        "With its license files against their use, what it sent, and its newest uploads.",
    )
    .takes(&[ID, PERIOD])
    .answers::<LicenseServerDetails>(200, "The license server")
    .problems(&[
        (404, "No upload has named this GUID (SEAT-C06)."),
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
            let unknown = || crate::web::pages::server::unknown(&id);
            let guid = canonical_guid(&id).ok_or_else(unknown)?;
            let found = store.find_license_server(looked.seen(&used), &guid)?.ok_or_else(unknown)?;
            let filter =
                Filter { source: Some((ObjectKind::LicenseServer, guid.clone())), ..Filter::default() };
            let uploads = store.list_uploads(&filter, &Page::First, UPLOADS)?;
            let facts = match &found.newest {
                Some(newest) => super::upload::facts_of(store, &looked.rules, newest)?,
                None => Vec::new(),
            };
            let lines = found.entitlements.map(|rows| rows.into_iter().map(line).collect());
            Ok(LicenseServerDetails {
                server: Source::from(&found.server),
                notices: found.server.status.notices.iter().map(|notice| notice.text.clone()).collect(),
                free_reason: found.server.free.clone(),
                archived_at: found.server.archived_at.clone(),
                entitlements: lines,
                facts: facts.into_iter().map(|(name, value)| SentFact { name, value }).collect(),
                uploads: uploads.uploads.into_iter().map(UploadItem::from).collect(),
            })
        })
        .await?;
    Ok(HttpResponse::Ok().json(details))
}

fn line(row: crate::store::entitlements::EntitlementRow) -> EntitlementLine {
    let used = row.used;
    let line = row.line;
    EntitlementLine {
        used,
        file: line.file,
        feature: line.feature,
        quantity: line.quantity,
        overdraft: line.overdraft,
        expires: line.expires,
        sa_date: line.sa_date,
        serial_number: line.serial_number,
        csp: line.csp,
    }
}
