//! Uploads: handing one in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::error::{Code, code, quoted};
use crate::ingest::Outcome;
use crate::payload::Rejection;
use crate::store::uploads::{Receipt, SourceName};
use crate::web::body;
use crate::web::call::{Answer, Call};
use crate::web::description::Described;
use crate::web::fault::Fault;
use crate::web::receive::{self, Incoming};

/// What became of an upload.
#[derive(Serialize, ToSchema)]
pub struct UploadReceipt {
    /// The first 16 digits of the SHA-256.
    pub id: String,
    /// `accepted`, or `duplicate`: the same bytes count once.
    pub status: &'static str,
    pub sha256: String,
    /// The first of `sources`.
    pub source: Option<UploadSource>,
    /// All sources that the upload tells of.
    pub sources: Vec<UploadSource>,
    /// Users never seen before.
    pub new_users: i64,
    /// Users with a fact that is new to a closed billing period.
    pub late_users: i64,
    pub warnings: Vec<String>,
}

#[derive(Clone, Serialize, ToSchema)]
pub struct UploadSource {
    /// `license-server`, `site`, `netscaler`.
    pub kind: String,
    pub id: String,
    pub name: String,
}

impl From<SourceName> for UploadSource {
    fn from(SourceName { kind, id, name }: SourceName) -> Self {
        Self { kind, id, name }
    }
}

impl UploadReceipt {
    fn new(status: &'static str, receipt: Receipt) -> Self {
        let Receipt { id, sha256, sources, new_users, late_users, warnings } = receipt;
        let sources: Vec<UploadSource> = sources.into_iter().map(UploadSource::from).collect();
        Self {
            id,
            status,
            sha256,
            source: sources.first().cloned(),
            sources,
            new_users,
            late_users,
            warnings,
        }
    }
}

pub fn create_described() -> Described {
    Described::new(
        "Hand in an upload",
        "The body is the file, whatever its Content-Type; the header X-Filename names it. An answer of 201 or 200 \
         means that the upload is on disk and counts. A rejected one is kept with its reason.",
    )
    .body_bytes()
    .answers::<UploadReceipt>(201, "Accepted")
    .answers::<UploadReceipt>(200, "These bytes were accepted before; nothing changed")
    .problems(&[
        (415, "The body is encoded for the way (Content-Encoding); send it as it is."),
        (408, "The body came too slowly (SEAT-C10)."),
        (413, "Larger than the setting upload_file_bytes (SEAT-C08), or than another limit (SEAT-U02)."),
        (422, "Rejected, with what was expected and found (SEAT-U01 to SEAT-U09)."),
    ])
}

pub async fn create(mut call: Call) -> Answer {
    refuse_encoded(&call)?;
    let limit = call.read(|store| Ok(store.rules()?.limits.file_bytes)).await?;
    let named = HeaderName::from_static("x-filename");
    let file =
        call.request.headers().get(named).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let declared = body::length(&call.request);
    let _room = call.app.room(declared.unwrap_or(limit).min(limit)).await?;
    let mut incoming = Incoming::new(limit, declared);
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    body::stream(&mut call.payload, &call.request, most, |piece| {
        incoming.push(piece);
        Ok(())
    })
    .await?;
    let bytes = incoming.finish(file.as_deref().unwrap_or("upload"), "api", call.now);
    match receive::take_in(&call.app, call.actor(), bytes).await? {
        Outcome::Accepted(receipt) => {
            Ok(HttpResponse::Created().json(UploadReceipt::new("accepted", receipt)))
        }
        Outcome::Duplicate(receipt) => Ok(HttpResponse::Ok().json(UploadReceipt::new("duplicate", receipt))),
        Outcome::Rejected { id, rejection, .. } => Err(rejected(&id, &rejection)),
    }
}

/// A body that is encoded for the way would be kept as bytes that nobody wrote. Errors: 415.
fn refuse_encoded(call: &Call) -> Result<(), Fault> {
    match call.header(header::CONTENT_ENCODING) {
        None | Some("identity") => Ok(()),
        Some(found) => Err(Fault::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code::REQUEST_MALFORMED,
            format!(
                "Content-Encoding: expected none, since the body is kept as it comes, found {}",
                quoted(found)
            ),
        )),
    }
}

/// A rejection as the answer to who sent it.
pub fn rejected(id: &str, rejection: &Rejection) -> Fault {
    let Rejection { code, entry, place, expected, found } = rejection;
    let mut at = String::new();
    for part in [entry, place] {
        if !part.is_empty() {
            at.push_str(&format!("{part}: "));
        }
    }
    Fault::new(status(*code), *code, format!("{at}expected {expected}, found {found}. Kept as upload {id}"))
}

fn status(found: Code) -> StatusCode {
    match found {
        code::UPLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
