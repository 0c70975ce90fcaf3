//! What a call-home report and its manifest say, before it is made a payload.

use crate::domain::instant::UtcInstant;
use crate::payload::Names;

/// `report.xml` as sent.
#[derive(Default)]
pub(in crate::payload) struct Report {
    pub(in crate::payload) entry: String,
    /// Name of the root element.
    pub(super) root: String,
    pub(super) guid: Said,
    pub(super) fqdn: Said,
    pub(super) version: Said,
    /// `DateSampleStopUTC` of the server.
    pub(super) stop: Said,
    pub(super) facts: Vec<(String, String)>,
    pub(super) features: Vec<Feature>,
    /// Feature code and serial number.
    pub(super) serials: Vec<(String, String)>,
}

/// `manifest.xml` as sent.
#[derive(Default)]
pub(in crate::payload) struct Manifest {
    pub(in crate::payload) entry: String,
    /// By `manifest/` and the element's name.
    pub(super) facts: Vec<(String, String)>,
}

impl Manifest {
    pub(super) const PREFIX: &str = "manifest/";

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.facts
            .iter()
            .find_map(|(key, value)| (key.strip_prefix(Self::PREFIX) == Some(name)).then_some(value.as_str()))
    }

    pub(super) fn utc_date(&self) -> Option<&str> {
        self.get("UTCDate")
    }
}

/// A value that may stand at its own path, or elsewhere under its name: its own path wins, then the first.
#[derive(Default)]
pub(super) struct Said {
    text: Option<String>,
    is_in_place: bool,
}

impl Said {
    pub(super) fn put(&mut self, text: String, is_in_place: bool) {
        if !text.is_empty() && (self.text.is_none() || (is_in_place && !self.is_in_place)) {
            *self = Self { text: Some(text), is_in_place };
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }
}

/// `Inventory/Feature`.
#[derive(Default)]
pub(super) struct Feature {
    pub(super) place: String,
    pub(super) code: Said,
    pub(super) facts: Vec<(String, String)>,
    pub(super) blocks: Vec<Block>,
    /// What stands under the feature but in no `SADate`: the older nesting.
    pub(super) stray: Block,
}

/// `SADate`, or what a feature says outside of one.
#[derive(Default)]
pub(super) struct Block {
    pub(super) place: String,
    /// As sent, `2023.0402`.
    pub(super) sa_date: Option<String>,
    pub(super) start: Option<String>,
    pub(super) stop: Option<String>,
    pub(super) installed: Option<u64>,
    pub(super) used_max: Option<u64>,
    pub(super) users_billable: Option<u64>,
    pub(super) active: Option<bool>,
    /// Whether there was a `UsersBillable`, maybe an empty one.
    pub(super) has_list: bool,
    pub(super) users: Names,
    /// Seconds of each user's last login; [`NO_LOGIN`] where it is not told.
    pub(super) logins: Vec<i64>,
    pub(super) empty_names: usize,
    pub(super) unreadable_logins: usize,
    pub(super) facts: Vec<(String, String)>,
}

pub(super) const NO_LOGIN: i64 = i64::MIN;

impl Block {
    pub(super) fn login(&self, index: usize) -> Option<UtcInstant> {
        self.logins.get(index).and_then(|seconds| UtcInstant::from_unix_seconds(*seconds))
    }

    pub(super) fn says_something(&self) -> bool {
        self.installed.is_some()
            || self.used_max.is_some()
            || self.users_billable.is_some()
            || self.active.is_some()
            || self.has_list
            || !self.facts.is_empty()
    }
}
