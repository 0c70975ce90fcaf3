//! One upload: its receipt, what its kept bytes say when they are read again, and the bytes themselves.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::license_servers::SentFact;
use super::upload_list::UploadItem;
use crate::payload::Rejection;
use crate::store::object_history::PayloadPlace;
use crate::store::rules::Rules;
use crate::store::uploads::{Decoded, DecodedPayload, Window};
use crate::store::{Store, StoreError};
use crate::web::call::{Answer, Call};
use crate::web::description::{Described, Kind, Parameter};
use crate::web::fault::Fault;
use crate::web::pages;

const ID: Parameter =
    Parameter::required("id", Kind::Text, "Id of the upload, or at least 16 digits of its SHA-256.");
const OFFSET: Parameter = Parameter::new(
    "offset",
    Kind::Number(0, 10_000_000),
    "The first name that is told of each list; 0 without it.",
);
const LIMIT: Parameter =
    Parameter::new("limit", Kind::Number(1, 1000), "Most names of each list; 100 without it.");

/// One upload in full.
#[derive(Serialize, ToSchema)]
pub struct UploadDetails {
    #[serde(flatten)]
    pub upload: UploadItem,
    pub warning_texts: Vec<String>,
    pub rejection: Option<UploadRejection>,
    /// The original bytes are kept.
    pub has_content: bool,
    /// Empty where the upload was rejected or its bytes are not kept.
    pub payloads: Vec<SentPayload>,
}

/// Why it was rejected.
#[derive(Serialize, ToSchema)]
pub struct UploadRejection {
    pub code: &'static str,
    /// Entry of the archive; may be empty.
    pub entry: String,
    /// JSON or XML path, or a line; may be empty.
    pub place: String,
    pub expected: String,
    pub found: String,
    /// What to do.
    pub remedy: &'static str,
}

impl From<&Rejection> for UploadRejection {
    fn from(rejection: &Rejection) -> Self {
        let Rejection { code, entry, place, expected, found } = rejection.clone();
        Self { code: code.id, entry, place, expected, found, remedy: code.remedy }
    }
}

/// One payload, its lists of names cut.
#[derive(Serialize, ToSchema)]
pub struct SentPayload {
    pub entry: String,
    pub format: &'static str,
    pub collected_at: Option<String>,
    pub facts: Vec<SentFact>,
    /// Null where it says nothing of license files.
    pub license_files: Option<Vec<SentLicense>>,
    pub delivery_groups: Vec<SentGroup>,
    pub usage: Vec<SentList>,
    pub peaks: Vec<SentPeak>,
    pub netscaler_licenses: Vec<SentVpx>,
}

#[derive(Serialize, ToSchema)]
pub struct SentLicense {
    pub file: String,
    pub feature: String,
    /// Null: uncounted.
    pub quantity: Option<u64>,
    pub overdraft: Option<u64>,
    pub expires: Option<String>,
    pub sa_date: Option<String>,
    pub serial_number: Option<String>,
    pub csp: bool,
}

#[derive(Serialize, ToSchema)]
pub struct SentGroup {
    pub id: String,
    pub name: String,
}

#[derive(Serialize, ToSchema)]
pub struct SentList {
    pub delivery_group: Option<String>,
    pub feature: String,
    pub period: String,
    /// Names in the list, as they came.
    pub user_count: usize,
    pub device_count: usize,
    /// Those from `offset` on, at most `limit`.
    pub users: Vec<String>,
    pub devices: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct SentPeak {
    pub delivery_group: Option<String>,
    pub feature: String,
    pub period: String,
    pub peak: Option<u64>,
    pub active: Option<bool>,
}

#[derive(Serialize, ToSchema)]
pub struct SentVpx {
    pub product_name: String,
    pub feature: String,
    pub entitlement_id: String,
    pub fulfillment_id: Option<String>,
    pub expires: Option<String>,
    pub deployment_type: Option<String>,
    pub vpx_mode: Option<String>,
}

impl From<DecodedPayload> for SentPayload {
    fn from(payload: DecodedPayload) -> Self {
        let fact = |(name, value)| SentFact { name, value };
        let licenses = payload.license_files.map(|files| {
            let lines = files.into_iter().flat_map(|file| {
                let name = file.name;
                file.entitlements.into_iter().map(move |line| (name.clone(), line))
            });
            let license = |(file, line): (String, crate::payload::Entitlement)| SentLicense {
                file,
                expires: line.expires.as_text().map(str::to_owned),
                feature: line.feature,
                quantity: line.quantity,
                overdraft: line.overdraft,
                sa_date: line.sa_date,
                serial_number: line.serial_number,
                csp: line.csp,
            };
            lines.map(license).collect()
        });
        let list = |list: crate::store::uploads::DecodedList| SentList {
            delivery_group: list.delivery_group,
            feature: list.feature,
            period: list.period.to_string(),
            user_count: list.users,
            device_count: list.devices,
            users: list.shown_users,
            devices: list.shown_devices,
        };
        let peak = |peak: crate::payload::Peak| SentPeak {
            delivery_group: peak.delivery_group,
            feature: peak.feature,
            period: peak.period.to_string(),
            peak: peak.peak,
            active: peak.active,
        };
        let vpx = |vpx: crate::payload::Vpx| SentVpx {
            expires: vpx.expires.as_text().map(str::to_owned),
            product_name: vpx.product_name,
            feature: vpx.feature,
            entitlement_id: vpx.entitlement_id,
            fulfillment_id: vpx.fulfillment_id,
            deployment_type: vpx.deployment_type,
            vpx_mode: vpx.mode,
        };
        Self {
            entry: payload.entry,
            format: payload.format,
            collected_at: payload.collected_at,
            facts: payload.facts.into_iter().map(fact).collect(),
            license_files: licenses,
            delivery_groups: payload
                .delivery_groups
                .into_iter()
                .map(|(id, name)| SentGroup { id, name })
                .collect(),
            usage: payload.lists.into_iter().map(list).collect(),
            peaks: payload.peaks.into_iter().map(peak).collect(),
            netscaler_licenses: payload.vpx.into_iter().map(vpx).collect(),
        }
    }
}

pub fn get_described() -> Described {
    Described::new("One upload", "Its receipt, and its decoded records: the kept bytes, read again.")
        .takes(&[ID, OFFSET, LIMIT])
        .answers::<UploadDetails>(200, "The upload")
        .problems(&[(404, "No upload has this id (SEAT-C06).")])
}

pub async fn get(call: Call) -> Answer {
    let id = call.part("id")?;
    let number = |name: &str, most: usize, otherwise: usize| -> Result<usize, Fault> {
        let expected = format!("a number up to {most}");
        let found = call.query.parsed::<usize>(name, &expected)?.unwrap_or(otherwise);
        if found > most {
            return Err(Fault::malformed(format!("{name}: expected {expected}, found {found}")));
        }
        Ok(found)
    };
    let window = Window { offset: number("offset", 10_000_000, 0)?, limit: number("limit", 1000, 100)? };
    let turn = call.app.unpacking.acquire().await.map_err(|_| Fault::busy())?;
    let details = call
        .read(move |store| {
            let found = pages::upload::find(store, &id)?;
            let rules = store.rules()?;
            let decoded = match &found.rejection {
                Some(_) => None,
                None => store.decode_upload(&found.upload.id, &rules.limits, window)?,
            };
            let payloads = match decoded {
                Some(Ok(Decoded { payloads, .. })) => payloads.into_iter().map(SentPayload::from).collect(),
                _ => Vec::new(),
            };
            Ok(UploadDetails {
                upload: UploadItem::from(found.upload),
                warning_texts: found.warnings,
                rejection: found.rejection.as_ref().map(UploadRejection::from),
                has_content: found.has_content,
                payloads,
            })
        })
        .await;
    drop(turn);
    Ok(HttpResponse::Ok().json(details?))
}

pub fn content_described() -> Described {
    Described::new("The bytes of an upload", "As they came, under the name that they came with.")
        .takes(&[ID])
        .file(200, "The file", &["application/octet-stream"])
        .problems(&[
            (404, "No upload has this id (SEAT-C06)."),
            (410, "The bytes are not kept any more (SEAT-U12)."),
        ])
}

pub async fn content(call: Call) -> Answer {
    let id = call.part("id")?;
    pages::upload::download(&call, id).await
}

/// What a source sent: the facts of its payload in this place. None of a large upload.
pub fn facts_of(
    store: &Store,
    rules: &Rules,
    place: &PayloadPlace,
) -> Result<Vec<(String, String)>, StoreError> {
    let is_long = store.find_upload(&place.upload)?.is_none_or(|upload| upload.bytes > pages::decoded::LONG);
    if is_long {
        return Ok(Vec::new());
    }
    let decoded = store.decode_upload(&place.upload, &rules.limits, Window { offset: 0, limit: 0 })?;
    let Some(Ok(decoded)) = decoded else { return Ok(Vec::new()) };
    Ok(decoded.payloads.into_iter().nth(place.ordinal).map(|payload| payload.facts).unwrap_or_default())
}
