//! Uploads as a list: the newest receipt first.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, Part};
use super::uploads::UploadSource;
use crate::domain::error::quoted;
use crate::store::uploads::{Filter, Page, Place, Upload};
use crate::web::call::{Answer, Call};
use crate::web::description::{CURSOR, Described, Kind, LIMIT, Parameter};
use crate::web::fault::Fault;
use crate::web::pages::uploads::{source, status};

const STATUS: Parameter =
    Parameter::new("status", Kind::One(&["accepted", "rejected"]), "Only those with this outcome.");
const SOURCE: Parameter = Parameter::new(
    "source",
    Kind::Text,
    "Only those of `license-server/GUID`, `site/ID`, `delivery-group/ID` (those of its site) or `netscaler/ID`.",
);

/// One upload as lists show it.
#[derive(Serialize, ToSchema)]
pub struct UploadItem {
    /// The first 16 digits of the SHA-256.
    pub id: String,
    /// `accepted` or `rejected`. A duplicate leaves no row.
    pub status: &'static str,
    pub sha256: String,
    /// Name of the file.
    pub file: String,
    pub bytes: i64,
    /// `import`, `api`, `browser`, `inbox`.
    pub way: String,
    pub actor: String,
    pub received_at: String,
    /// Of its first payload.
    pub collected_at: Option<String>,
    /// The first of `sources`.
    pub source: Option<UploadSource>,
    pub sources: Vec<UploadSource>,
    pub new_users: i64,
    pub late_users: i64,
    /// How many.
    pub warnings: usize,
    /// Why it was rejected.
    pub code: Option<String>,
}

impl From<Upload> for UploadItem {
    fn from(upload: Upload) -> Self {
        let sources: Vec<UploadSource> = upload.sources.into_iter().map(UploadSource::from).collect();
        Self {
            id: upload.id,
            status: upload.status.as_str(),
            sha256: upload.sha256,
            file: upload.file,
            bytes: upload.bytes,
            way: upload.way,
            actor: upload.actor,
            received_at: upload.received_at,
            collected_at: upload.collected_at,
            source: sources.first().cloned(),
            sources,
            new_users: upload.new_users,
            late_users: upload.late_users,
            warnings: upload.warnings,
            code: upload.code,
        }
    }
}

pub fn list_described() -> Described {
    Described::new("Uploads, the newest first", "By the instant of their receipt.")
        .takes(&[STATUS, SOURCE, LIMIT, CURSOR])
        .answers::<List<UploadItem>>(200, "A part of the list")
}

pub async fn list(call: Call) -> Answer {
    let part = Part::of(&call)?;
    let filter = Filter {
        status: call.query.get("status").map(status).transpose()?,
        source: call.query.get("source").map(source).transpose()?,
        ..Filter::default()
    };
    let page = match &part.after {
        None => Page::First,
        Some(keys) => Page::After(place(keys)?),
    };
    let limit = part.limit;
    let found = call.read(move |store| Ok(store.list_uploads(&filter, &page, limit + 1)?)).await?;
    let keys = |upload: &Upload| vec![upload.place.received_at.clone(), upload.place.row.to_string()];
    let List { items, next_cursor } = part.list(found.uploads, keys);
    let items: Vec<UploadItem> = items.into_iter().map(UploadItem::from).collect();
    Ok(HttpResponse::Ok().json(List { items, next_cursor }))
}

fn place(keys: &[String]) -> Result<Place, Fault> {
    match keys {
        [received_at, row] if row.parse::<i64>().is_ok() => {
            Ok(Place { received_at: received_at.clone(), row: row.parse().unwrap_or_default() })
        }
        _ => Err(Fault::malformed(format!(
            "cursor: expected a place in this list, found {}",
            quoted(&keys.join(" "))
        ))),
    }
}
