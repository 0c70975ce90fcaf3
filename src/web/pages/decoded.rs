//! What an upload says, for people: rows of lists of uploads, and payloads field by field.

use super::signs::{Sign, Until, edition};
use crate::domain::error::code;
use crate::domain::ids::ObjectKind;
use crate::payload::Rejection;
use crate::store::object_history::PayloadPlace;
use crate::store::uploads::{Decoded, DecodedList, DecodedPayload, Filter, Page, Status, Upload, Window};
use crate::store::{Actor, Store};
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::show::{self, UserName, When};

/// Larger uploads are read on their own page alone.
pub const LONG: i64 = 2 << 20;

/// One row of a list of uploads.
pub struct UploadRow {
    pub id: String,
    pub href: String,
    pub file: String,
    pub received: When,
    pub result: Sign,
    /// Name, and address where it has a page.
    pub sources: Vec<(String, String)>,
    pub new_users: String,
    pub way: &'static str,
    pub actor: String,
    pub bytes: String,
}

impl UploadRow {
    pub fn new(frame: &Frame, upload: &Upload) -> Self {
        let sources = upload.sources.iter().map(|source| {
            let path = match source.kind.as_str() {
                "license-server" => "/server",
                "site" => "/site",
                _ => return (source.name.clone(), frame.link("/netscaler", &[("q", &source.id)])),
            };
            (source.name.clone(), frame.link(path, &[("id", &source.id)]))
        });
        Self {
            id: upload.id.clone(),
            href: frame.link("/upload", &[("id", &upload.id)]),
            file: upload.file.clone(),
            received: frame.when(&upload.received_at),
            result: result(upload),
            sources: sources.collect(),
            new_users: show::figure(upload.new_users),
            way: way(&upload.way),
            actor: super::who(&Actor(upload.actor.clone())),
            bytes: show::bytes(upload.bytes),
        }
    }
}

/// What became of it, in a word or two.
pub fn result(upload: &Upload) -> Sign {
    match upload.status {
        Status::Accepted if upload.warnings > 0 => {
            let warnings = i64::try_from(upload.warnings).unwrap_or(i64::MAX);
            Sign::new("warn", "warn", format!("Accepted, {}", show::count(warnings, "warning", "warnings")))
        }
        Status::Accepted => Sign::new("good", "ok", "Accepted"),
        Status::Rejected => {
            let id = upload.code.as_deref().unwrap_or_default();
            let title = code::ALL.iter().find(|code| code.id == id).map_or("", |code| code.title);
            Sign::new("bad", "bad", format!("Rejected: {title}"))
        }
    }
}

/// The way in, in a word.
pub fn way(way: &str) -> &'static str {
    match way {
        "api" => "collector",
        "browser" => "browser",
        "inbox" => "inbox",
        "import" => "command line",
        _ => "another way",
    }
}

/// The newest uploads of a source.
#[derive(Default)]
pub struct OwnUploads {
    pub rows: Vec<UploadRow>,
    /// Address of all of them, and what leads there; `None` where there are no others.
    pub all: Option<(String, String)>,
}

impl OwnUploads {
    /// Nothing for those who may not look inside.
    pub fn of(store: &Store, frame: &Frame, kind: ObjectKind, id: &str, name: &str) -> Result<Self, Fault> {
        const SHOWN: usize = 10;
        if !frame.may_look_inside() {
            return Ok(Self::default());
        }
        let filter = Filter { source: Some((kind, id.to_owned())), ..Filter::default() };
        let page = store.list_uploads(&filter, &Page::First, SHOWN)?;
        let href = frame.link("/uploads", &[("source", &format!("{kind}/{id}"))]);
        Ok(Self {
            rows: page.uploads.iter().map(|upload| UploadRow::new(frame, upload)).collect(),
            all: (page.total > 1)
                .then(|| (href, format!("All {} uploads of {name}", show::figure(page.total)))),
        })
    }
}

/// The file of a payload.
pub struct Sent {
    pub upload: UploadRow,
    pub sha256: String,
    pub to_content: String,
}

/// The newest payload of a source.
#[derive(Default)]
pub struct Newest {
    pub sent: Option<Sent>,
    pub payloads: Vec<PayloadShown>,
    /// Too large to be read for the page of its source.
    pub is_long: bool,
}

/// What a source said in this place, its newest.
pub fn sent(store: &Store, frame: &Frame, place: &PayloadPlace) -> Result<Newest, Fault> {
    let Some(found) = store.find_upload_detail(&place.upload)? else { return Ok(Newest::default()) };
    let is_long = found.upload.bytes > LONG;
    let window = Window { offset: 0, limit: 12 };
    let decoded = match is_long {
        true => None,
        false => store.decode_upload(&place.upload, &frame.rules.limits, window)?,
    };
    let payloads = match decoded {
        Some(Ok(decoded)) => shown(frame, decoded).into_iter().skip(place.ordinal).take(1).collect(),
        _ => Vec::new(),
    };
    let upload = &found.upload;
    Ok(Newest {
        sent: Some(Sent {
            sha256: upload.sha256.clone(),
            to_content: frame.link("/upload/content", &[("id", &upload.id)]),
            upload: UploadRow::new(frame, upload),
        }),
        payloads,
        is_long,
    })
}

/// One payload as its page shows it.
pub struct PayloadShown {
    pub entry: String,
    pub format: &'static str,
    pub collected: Option<When>,
    pub facts: Vec<(String, String)>,
    /// File, feature, quantity, expiry, serial number. `None`: it says nothing of license files.
    pub licenses: Option<Vec<LicenseShown>>,
    /// Files that grant nothing.
    pub empty_files: Vec<String>,
    pub groups: Vec<(String, String)>,
    pub lists: Vec<ListShown>,
    pub peaks: Vec<PeakShown>,
    pub vpx: Vec<VpxShown>,
}

pub struct LicenseShown {
    pub file: String,
    pub feature: String,
    pub quantity: String,
    pub expires: Until,
    pub serial_number: String,
    pub csp: bool,
}

/// A list of names, as far as it is shown.
pub struct ListShown {
    /// `Premium, October 2026`, with the delivery group before it.
    pub title: String,
    pub feature: String,
    pub users: String,
    pub devices: String,
    pub names: Vec<UserName>,
    pub device_names: Vec<String>,
    pub is_cut: bool,
}

pub struct PeakShown {
    pub title: String,
    pub feature: String,
    pub peak: String,
    pub is_active: bool,
}

pub struct VpxShown {
    pub product_name: String,
    pub feature: String,
    pub entitlement_id: String,
    pub expires: Until,
    pub deployment_type: String,
    pub mode: String,
}

pub fn shown(frame: &Frame, decoded: Decoded) -> Vec<PayloadShown> {
    decoded.payloads.into_iter().map(|payload| payload_shown(frame, payload)).collect()
}

fn payload_shown(frame: &Frame, payload: DecodedPayload) -> PayloadShown {
    let told = |text: Option<String>| text.unwrap_or_else(|| "n/a".to_owned());
    let group = |id: Option<&str>| {
        let name = payload.delivery_groups.iter().find(|(own, _)| Some(own.as_str()) == id);
        name.map_or_else(String::new, |(_, name)| format!("{name}: "))
    };
    let title = |group: String, feature: &str, period| {
        format!("{group}{}, {}", edition(feature), show::month(period))
    };
    let lists = payload.lists.iter().map(|list: &DecodedList| ListShown {
        title: title(group(list.delivery_group.as_deref()), &list.feature, list.period),
        feature: list.feature.clone(),
        users: show::count(signed(list.users), "name", "names"),
        devices: if list.devices > 0 {
            show::count(signed(list.devices), "device", "devices")
        } else {
            String::new()
        },
        is_cut: list.shown_users.len() < list.users || list.shown_devices.len() < list.devices,
        names: list.shown_users.iter().map(|name| UserName::of(name)).collect(),
        device_names: list.shown_devices.clone(),
    });
    let peaks = payload.peaks.iter().map(|peak| PeakShown {
        title: title(group(peak.delivery_group.as_deref()), &peak.feature, peak.period),
        feature: peak.feature.clone(),
        peak: peak
            .peak
            .map_or_else(|| "n/a".to_owned(), |peak| show::figure(i64::try_from(peak).unwrap_or(i64::MAX))),
        is_active: peak.active != Some(false),
    });
    let (lists, peaks) = (lists.collect(), peaks.collect());
    let files = payload.license_files.as_deref();
    let empty_files = files
        .into_iter()
        .flatten()
        .filter(|file| file.entitlements.is_empty())
        .map(|file| file.name.clone())
        .collect();
    let licenses = files.map(|files| {
        let lines = files.iter().flat_map(|file| file.entitlements.iter().map(move |line| (file, line)));
        let line =
            |(file, line): (&crate::payload::LicenseFile, &crate::payload::Entitlement)| LicenseShown {
                file: file.name.clone(),
                feature: line.feature.clone(),
                quantity: line.quantity.map_or_else(
                    || "uncounted".to_owned(),
                    |quantity| show::figure(i64::try_from(quantity).unwrap_or(i64::MAX)),
                ),
                expires: Until::of(frame.clock, line.expires.as_text()),
                serial_number: told(line.serial_number.clone()),
                csp: line.csp,
            };
        lines.map(line).collect()
    });
    let vpx = payload.vpx.into_iter().map(|vpx| VpxShown {
        expires: Until::of(frame.clock, vpx.expires.as_text()),
        product_name: vpx.product_name,
        feature: vpx.feature,
        entitlement_id: vpx.entitlement_id,
        deployment_type: told(vpx.deployment_type),
        mode: told(vpx.mode),
    });
    PayloadShown {
        entry: payload.entry,
        format: payload.format,
        collected: payload.collected_at.as_deref().map(|at| frame.when(at)),
        facts: payload.facts,
        licenses,
        empty_files,
        groups: payload.delivery_groups,
        lists,
        peaks,
        vpx: vpx.collect(),
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Why it was rejected, in a sentence.
pub fn reason(rejection: &Rejection) -> String {
    let Rejection { entry, place, expected, found, .. } = rejection;
    let at = match (entry.as_str(), place.as_str()) {
        ("", "") => String::new(),
        ("", place) => format!("At {place}: "),
        (entry, "") => format!("In {entry}: "),
        (entry, place) => format!("In {entry} at {place}: "),
    };
    let expected =
        if at.is_empty() { format!("Expected {expected}") } else { format!("expected {expected}") };
    format!("{at}{expected}, found {found}.")
}
