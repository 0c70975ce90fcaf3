//! Floor 1: from the bytes of one upload to what they say. Pure: no database, no clock.
//!
//! [`read`] recognises what is in the bytes by content, holds it to the [`Limits`] and to the rules of
//! its format, and returns a [`Reading`] — or the one [`Rejection`] that says what is wrong and where.

#![allow(
    clippy::result_large_err,
    reason = "a rejection is made at most once an upload, and ends its reading"
)]

pub(crate) mod archive;
mod call_home;
mod content;
mod date;
mod digest;
mod json;
mod keyed;
mod license_file;
mod limits;
mod native;
mod recognise;
mod tally;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod usage;
mod xml;

use crate::domain::error::Code;
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, TimeZone};

pub use digest::list_digest;
pub use keyed::KeyedNames;
pub use limits::Limits;

/// Reads one upload. Pure: the same bytes in the same context always say the same.
///
/// Errors: `SEAT-U01` nothing recognised, `SEAT-U02` a limit, `SEAT-U03` an archive that is damaged or
/// unsafe, `SEAT-U04` an entry that cannot be read, `SEAT-U05` a field, `SEAT-U06` a period that has not
/// begun, `SEAT-U08` a format that a newer program may know.
pub fn read(bytes: &[u8], context: &Context) -> Result<Reading, Rejection> {
    recognise::read(bytes, context)
}

/// Everything one upload says: its payloads in the order of their entries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    pub payloads: Vec<Payload>,
    /// What was passed over or doubted, each a sentence that names its place.
    pub warnings: Vec<String>,
}

/// What one source told at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// Name of the entry it was read from, `report.xml`; empty for an upload that is not an archive.
    pub entry: String,
    pub format: Format,
    /// When the source collected it. `None` only for a license file that came alone: the receipt stands in.
    pub collected_at: Option<UtcInstant>,
    pub subject: Subject,
    /// License files of the license server: `None` says nothing, empty says it has none.
    pub license_files: Option<Vec<LicenseFile>>,
    /// All delivery groups that a site names, with usage or without.
    pub delivery_groups: Vec<DeliveryGroup>,
    pub usage: Vec<UsageList>,
    pub peaks: Vec<Peak>,
    /// VPX licenses of a NetScaler host.
    pub vpx: Vec<Vpx>,
    /// Further facts as sent, in the order sent: (`HardwareId`, `E824249098A96BF0`).
    pub facts: Vec<(String, String)>,
}

/// The formats that are read, by the name shown to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    CallHome,
    LicenseServer,
    Site,
    NetScaler,
    LicenseFile,
}

impl Format {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CallHome => "call-home report",
            Self::LicenseServer => "seatledger/license-server@1",
            Self::Site => "seatledger/site@1",
            Self::NetScaler => "seatledger/netscaler@1",
            Self::LicenseFile => "license file",
        }
    }
}

impl Payload {
    /// A payload that says nothing yet.
    fn new(entry: &str, format: Format, collected_at: Option<UtcInstant>, subject: Subject) -> Self {
        Self {
            entry: entry.to_owned(),
            format,
            collected_at,
            subject,
            license_files: None,
            delivery_groups: Vec::new(),
            usage: Vec::new(),
            peaks: Vec::new(),
            vpx: Vec::new(),
            facts: Vec::new(),
        }
    }
}

/// Whom a payload speaks of.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    LicenseServer {
        /// Canonical: lower case, no braces.
        guid: String,
        /// As sent, or the first label of the FQDN in upper case.
        host_id: Option<String>,
        fqdn: Option<String>,
        /// `11.17.2.0 build 53100`
        version: Option<String>,
    },
    /// The license server of license files that came without a payload, by its SERVER line.
    LicenseServerHost { host: Option<String> },
    Site {
        id: String,
        name: String,
        controller_version: Option<String>,
        /// FQDN of the license server it uses.
        license_server: Option<String>,
    },
    NetScalerHost {
        host_id: String,
        /// `Ethernet`, `HostName` or empty.
        host_type: Option<String>,
        fqdn: Option<String>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryGroup {
    pub id: String,
    pub name: String,
}

/// The users that one source saw with one feature in one billing period.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageList {
    /// `None`: the payload's own license server; else the id of one of its delivery groups.
    pub delivery_group: Option<String>,
    pub feature: String,
    pub period: BillingPeriod,
    /// As spelled, trimmed, without empty ones; may repeat.
    pub users: Names,
    pub devices: Names,
}

/// Figures that are shown or kept as a maximum, never counted as users.
#[derive(Clone, Debug, PartialEq)]
pub struct Peak {
    pub delivery_group: Option<String>,
    pub feature: String,
    pub period: BillingPeriod,
    /// The greatest number in use at once.
    pub peak: Option<u64>,
    /// Whether the feature is in the current inventory.
    pub active: Option<bool>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LicenseFile {
    /// `csp_premium.lic`, without folders; `report.xml` for what a call-home report says is installed.
    pub name: String,
    pub entitlements: Vec<Entitlement>,
}

/// A quantity of a feature that a license file grants.
#[derive(Clone, Debug, PartialEq)]
pub struct Entitlement {
    pub feature: String,
    /// `None`: uncounted.
    pub quantity: Option<u64>,
    /// Licenses beyond the quantity that may be used: a number, not per cent.
    pub overdraft: Option<u64>,
    /// Subscription Advantage date, `YYYY-MM-DD`.
    pub sa_date: Option<String>,
    /// Last day it is valid, `YYYY-MM-DD`.
    pub expires: Expiry,
    /// `Retail`, `Eval`, …
    pub kind: Option<String>,
    pub serial_number: Option<String>,
    /// Bought under the CSP program; true unless the payload says otherwise.
    pub csp: bool,
}

/// Until when something is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Nothing was said.
    Unknown,
    Permanent,
    /// Through that local day, `YYYY-MM-DD`.
    On(String),
}

impl Expiry {
    /// `YYYY-MM-DD`, `permanent`, or `None` where nothing was said: the form in SQL and in the tables.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Unknown => None,
            Self::Permanent => Some("permanent"),
            Self::On(day) => Some(day),
        }
    }
}

/// One NetScaler VPX license.
#[derive(Clone, Debug, PartialEq)]
pub struct Vpx {
    pub product_name: String,
    pub feature: String,
    pub entitlement_id: String,
    pub fulfillment_id: Option<String>,
    pub expires: Expiry,
    pub deployment_type: Option<String>,
    pub mode: Option<String>,
}

/// A list of names in one block of memory: a million names cost two allocations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    text: String,
    /// Where each name ends in `text`.
    ends: Vec<u32>,
}

impl Names {
    /// Room for `names` names of `bytes` bytes in all.
    pub fn with_capacity(names: usize, bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ends: Vec::with_capacity(names) }
    }

    pub fn push(&mut self, name: &str) {
        self.push_with(|text| text.push_str(name));
    }

    /// Adds the name that `append` writes at the end of the text.
    pub fn push_with(&mut self, append: impl FnOnce(&mut String)) {
        append(&mut self.text);
        // The unpacked limit, far below 4 GiB, holds for the sum of all names.
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// Adds all names of `other`.
    pub fn append(&mut self, other: Names) {
        if self.is_empty() {
            *self = other;
        } else {
            other.iter().for_each(|name| self.push(name));
        }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of all names.
    pub fn text_len(&self) -> usize {
        self.text.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.text[start..self.ends[index] as usize]
    }

    /// The same without the check that a slice of text begins and ends at a character.
    pub fn bytes(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.text.as_bytes()[start..self.ends[index] as usize]
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }
}

/// Why an upload is not accepted. Shown as `SEAT-U05: payload.json at $.usage[0].period: expected …, found …`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", code.id, self.detail())]
pub struct Rejection {
    pub code: Code,
    /// Entry of the archive; empty when the upload is not one, or as a whole is meant.
    pub entry: String,
    /// JSON path (`$.usage[0].period`), XML path (`/Report/LSInfo/GUID`), `line 3`, or empty.
    pub place: String,
    pub expected: String,
    pub found: String,
}

impl Rejection {
    /// The text behind the code.
    pub fn detail(&self) -> String {
        let place = match (self.entry.as_str(), self.place.as_str()) {
            ("", "") => String::new(),
            ("", place) => format!("at {place}: "),
            (entry, "") => format!("{entry}: "),
            (entry, place) => format!("{entry} at {place}: "),
        };
        format!("{place}expected {}, found {}", self.expected, self.found)
    }
}

/// What the reader must know besides the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub limits: &'a Limits,
    /// When the upload was received; `None` when an upload is only looked at.
    pub received_at: Option<UtcInstant>,
    /// The organization's zone: a period that has not begun there is refused.
    pub time_zone: TimeZone,
    /// Name of the file, for what carries none inside (`*.lic`); may be empty.
    pub file_name: &'a str,
}
