//! One upload in full: its receipt, why it was rejected, and what its kept bytes say, read again.

use rusqlite::OptionalExtension as _;

use super::list::Upload;
use crate::domain::error::{Code, code};
use crate::domain::period::{BillingPeriod, TimeZone};
use crate::payload::{
    self, Context, Expiry, LicenseFile, Limits, Names, Payload, Peak, Reading, Rejection, Subject, Vpx,
};
use crate::store::{Store, StoreError};

/// An upload as its rows tell it; the bytes are read by [`decode_upload`](Store::decode_upload).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadDetail {
    pub upload: Upload,
    pub warnings: Vec<String>,
    /// Why it was rejected: code with its remedy, entry, place, expected, found.
    pub rejection: Option<Rejection>,
    /// The original bytes are kept.
    pub has_content: bool,
    /// GUID that was named beside the bytes.
    pub license_server: Option<String>,
}

/// What the bytes of an upload say.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    pub payloads: Vec<DecodedPayload>,
    pub warnings: Vec<String>,
}

/// One payload of an upload, its lists cut for showing.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedPayload {
    pub entry: String,
    pub format: &'static str,
    /// UTC text; `None` for a license file that came alone.
    pub collected_at: Option<String>,
    /// Name and value of everything that stands of the source itself, in the order of people: `GUID`, `FQDN`,
    /// `Version`, then the further facts as sent.
    pub facts: Vec<(String, String)>,
    pub license_files: Option<Vec<LicenseFile>>,
    /// Id and name.
    pub delivery_groups: Vec<(String, String)>,
    pub lists: Vec<DecodedList>,
    pub peaks: Vec<Peak>,
    pub vpx: Vec<Vpx>,
}

/// One usage list of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedList {
    pub delivery_group: Option<String>,
    pub feature: String,
    pub period: BillingPeriod,
    /// Names in the list, as they came; may repeat.
    pub users: usize,
    pub devices: usize,
    /// The names asked for, as spelled.
    pub shown_users: Vec<String>,
    pub shown_devices: Vec<String>,
}

/// Which names of each list are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub offset: usize,
    pub limit: usize,
}

impl Store {
    /// By id or SHA-256.
    pub fn find_upload_detail(&self, id: &str) -> Result<Option<UploadDetail>, StoreError> {
        const SQL: &str = "
            SELECT warnings, code, coalesce(entry, ''), coalesce(place, ''), coalesce(expected, ''), coalesce(found, ''),
              EXISTS (SELECT 1 FROM upload_content WHERE upload = u.id), json_extract(options, '$.license_server')
            FROM upload u WHERE id = ?1";
        let Some(upload) = self.find_upload(id)? else { return Ok(None) };
        let detail = self.db.prepare_cached(SQL)?.query_row([upload.place.row], |row| {
            let warnings: String = row.get(0)?;
            let code: Option<String> = row.get(1)?;
            let rejection = match code {
                Some(id) => Some(Rejection {
                    code: code_of(&id),
                    entry: row.get(2)?,
                    place: row.get(3)?,
                    expected: row.get(4)?,
                    found: row.get(5)?,
                }),
                None => None,
            };
            Ok(UploadDetail {
                upload,
                warnings: serde_json::from_str(&warnings).unwrap_or_default(),
                rejection,
                has_content: row.get(6)?,
                license_server: row.get(7)?,
            })
        })?;
        Ok(Some(detail))
    }

    /// The bytes as they came; `None` where they are not kept, or the upload is not known.
    pub fn upload_content(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(row) = self.upload_row(id)? else { return Ok(None) };
        let mut statement = self.db.prepare_cached("SELECT content FROM upload_content WHERE upload = ?1")?;
        Ok(statement.query_row([row], |row| row.get(0)).optional()?)
    }

    /// Reads the kept bytes again and shows `window` of each list. `None` where there are none; the inner
    /// error is what stands against reading them, as for a rejected upload.
    pub fn decode_upload(
        &self,
        id: &str,
        limits: &Limits,
        window: Window,
    ) -> Result<Option<Result<Decoded, Rejection>>, StoreError> {
        let Some(reading) = self.read_again(id, limits)? else { return Ok(None) };
        Ok(Some(reading.map(|reading| decoded(reading, window))))
    }

    /// The whole reading of the kept bytes. An upload that was accepted is read within larger limits, should
    /// they have been lowered since.
    pub(super) fn read_again(
        &self,
        id: &str,
        limits: &Limits,
    ) -> Result<Option<Result<Reading, Rejection>>, StoreError> {
        let Some(content) = self.upload_content(id)? else { return Ok(None) };
        let file = self.find_upload(id)?.map_or_else(String::new, |upload| upload.file);
        let limits = at_least_the_defaults(limits);
        // Whether a period had begun was judged at its receipt.
        let context =
            Context { limits: &limits, received_at: None, time_zone: TimeZone::UTC, file_name: &file };
        Ok(Some(payload::read(&content, &context)))
    }
}

fn at_least_the_defaults(limits: &Limits) -> Limits {
    let least = Limits::default();
    Limits {
        file_bytes: limits.file_bytes.max(least.file_bytes),
        unpacked_bytes: limits.unpacked_bytes.max(least.unpacked_bytes),
        entries: limits.entries.max(least.entries),
        nesting: limits.nesting.max(least.nesting),
        names: limits.names.max(least.names),
        name_bytes: limits.name_bytes.max(least.name_bytes),
        depth: limits.depth.max(least.depth),
    }
}

/// A code that this program no longer has would be one of another program.
fn code_of(id: &str) -> Code {
    code::ALL.iter().copied().find(|code| code.id == id).unwrap_or(code::INTERNAL)
}

fn decoded(reading: Reading, window: Window) -> Decoded {
    let payloads = reading.payloads.into_iter().map(|payload| decoded_payload(payload, window));
    Decoded { payloads: payloads.collect(), warnings: reading.warnings }
}

fn decoded_payload(payload: Payload, window: Window) -> DecodedPayload {
    let shown = |names: &Names| -> Vec<String> {
        names.iter().skip(window.offset).take(window.limit).map(str::to_owned).collect()
    };
    let list = |list: &payload::UsageList| DecodedList {
        delivery_group: list.delivery_group.clone(),
        feature: list.feature.clone(),
        period: list.period,
        users: list.users.len(),
        devices: list.devices.len(),
        shown_users: shown(&list.users),
        shown_devices: shown(&list.devices),
    };
    DecodedPayload {
        lists: payload.usage.iter().map(list).collect(),
        facts: identity(&payload.subject).into_iter().chain(payload.facts).collect(),
        entry: payload.entry,
        format: payload.format.as_str(),
        collected_at: payload.collected_at.map(|instant| instant.to_string()),
        license_files: payload.license_files,
        delivery_groups: payload.delivery_groups.into_iter().map(|group| (group.id, group.name)).collect(),
        peaks: payload.peaks,
        vpx: payload.vpx,
    }
}

/// What a payload says of its source, under the names that people know.
pub(super) fn identity(subject: &Subject) -> Vec<(String, String)> {
    let pairs: Vec<(&str, Option<&str>)> = match subject {
        Subject::LicenseServer { guid, host_id, fqdn, version } => vec![
            ("GUID", Some(guid)),
            ("Host id", host_id.as_deref()),
            ("FQDN", fqdn.as_deref()),
            ("Version", version.as_deref()),
        ],
        Subject::LicenseServerHost { host } => vec![("SERVER line", host.as_deref())],
        Subject::Site { id, name, controller_version, license_server } => vec![
            ("Site id", Some(id)),
            ("Name", Some(name)),
            ("Controller version", controller_version.as_deref()),
            ("License server", license_server.as_deref()),
        ],
        Subject::NetScalerHost { host_id, host_type, fqdn } => {
            vec![("Host id", Some(host_id)), ("Host type", host_type.as_deref()), ("FQDN", fqdn.as_deref())]
        }
    };
    let told = |(name, value): (&str, Option<&str>)| Some((name.to_owned(), value?.to_owned()));
    pairs.into_iter().filter_map(told).collect()
}

/// Until when, as text; empty where nothing was said.
pub(super) fn expiry_text(expires: &Expiry) -> String {
    expires.as_text().unwrap_or_default().to_owned()
}
