//! What one upload has used of its [`Limits`](super::Limits), and its warnings.

use std::collections::HashSet;

use super::{Context, Names, Rejection};
use crate::domain::error::{Code, code, quoted};
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, TimeZone};
use crate::domain::product;

/// Features, entitlements, delivery groups and the like in one upload: far above any real one, and what
/// keeps a file of a million tiny lists within memory.
const MOST_RECORDS: usize = 100_000;
/// Text of all names together: 2,000,000 names of 100 bytes, and what is left of 300 MiB beside the file.
const MOST_NAME_BYTES: usize = 192 << 20;
/// Warnings that are kept as text; of the others their number.
const MOST_WARNINGS: usize = 500;

/// One upload's account, shared by all its entries.
pub(super) struct Tally<'a> {
    pub(super) context: &'a Context<'a>,
    entries: usize,
    unpacked: u64,
    names: usize,
    name_bytes: usize,
    records: usize,
    warnings: Vec<String>,
    more_warnings: usize,
    unknown_features: HashSet<(String, String)>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        Self {
            context,
            entries: 0,
            unpacked: 0,
            names: 0,
            name_bytes: 0,
            records: 0,
            warnings: Vec::new(),
            more_warnings: 0,
            unknown_features: HashSet::new(),
        }
    }

    pub(super) fn warnings(mut self) -> Vec<String> {
        if self.more_warnings > 0 {
            self.warnings.push(format!("{} further warnings", self.more_warnings));
        }
        self.warnings
    }

    /// Adds a warning: where, then what.
    pub(super) fn warn(&mut self, entry: &str, place: &str, what: &str) {
        if self.warnings.len() == MOST_WARNINGS {
            self.more_warnings += 1;
            return;
        }
        self.warnings.push(match (entry, place) {
            ("", "") => what.to_owned(),
            ("", place) => format!("at {place}: {what}"),
            (entry, "") => format!("{entry}: {what}"),
            (entry, place) => format!("{entry} at {place}: {what}"),
        });
    }

    /// Warns once an entry of each feature that the catalogue does not know.
    pub(super) fn note_feature(&mut self, entry: &str, feature: &str) {
        if product::find(feature).is_none()
            && self.unknown_features.insert((entry.to_owned(), feature.to_owned()))
        {
            self.warn(entry, "", &format!("unknown feature {}", quoted(feature)));
        }
    }

    /// Entries that may still come.
    pub(super) fn entries_left(&self) -> usize {
        self.context.limits.entries.saturating_sub(self.entries)
    }

    /// Bytes that may still be unpacked.
    pub(super) fn bytes_left(&self) -> u64 {
        self.context.limits.unpacked_bytes.saturating_sub(self.unpacked)
    }

    /// Takes an archive's entries and declared bytes off what is left.
    pub(super) fn take_archive(&mut self, entries: usize, unpacked: u64) {
        self.entries += entries;
        self.unpacked = self.unpacked.saturating_add(unpacked);
    }

    /// Counts one feature, entitlement, delivery group or the like.
    pub(super) fn take_record(
        &mut self,
        entry: &str,
        place: impl FnOnce() -> String,
    ) -> Result<(), Rejection> {
        self.records += 1;
        if self.records > MOST_RECORDS {
            return Err(too_large(entry, place(), format!("at most {MOST_RECORDS} lists and entitlements")));
        }
        Ok(())
    }

    /// Appends a name to `names`, trimmed; false when it is empty.
    pub(super) fn take_name(
        &mut self,
        name: &str,
        names: &mut Names,
        entry: &str,
        place: impl FnOnce() -> String,
    ) -> Result<bool, Rejection> {
        let limits = self.context.limits;
        let name = name.trim();
        if name.is_empty() {
            return Ok(false);
        }
        if name.len() > limits.name_bytes {
            let expected = format!("a name of at most {} bytes", limits.name_bytes);
            return Err(reject(code::UPLOAD_TOO_LARGE, entry, place(), expected, quoted(name)));
        }
        if has_control_character(name) {
            return Err(invalid(entry, place(), "a name without control characters", quoted(name)));
        }
        self.names += 1;
        if self.names > limits.names {
            return Err(too_large(entry, place(), format!("at most {} names", limits.names)));
        }
        self.name_bytes += name.len();
        if self.name_bytes > MOST_NAME_BYTES {
            return Err(too_large(
                entry,
                place(),
                format!("names of at most {MOST_NAME_BYTES} bytes together"),
            ));
        }
        names.push(name);
        Ok(true)
    }

    /// Any other text, trimmed: as short and as plain as a name must be.
    pub(super) fn text(
        &self,
        text: &str,
        entry: &str,
        place: impl FnOnce() -> String,
    ) -> Result<String, Rejection> {
        let most = self.context.limits.name_bytes;
        let text = text.trim();
        if text.len() > most {
            let expected = format!("text of at most {most} bytes");
            return Err(reject(code::UPLOAD_TOO_LARGE, entry, place(), expected, quoted(text)));
        }
        if has_control_character(text) {
            return Err(invalid(entry, place(), "text without control characters", quoted(text)));
        }
        Ok(text.to_owned())
    }

    /// Refuses what has more levels than the limit.
    pub(super) fn check_depth(
        &self,
        depth: usize,
        entry: &str,
        place: impl FnOnce() -> String,
    ) -> Result<(), Rejection> {
        let most = self.context.limits.depth;
        if depth > most {
            return Err(too_large(entry, place(), format!("at most {most} levels")));
        }
        Ok(())
    }

    /// Refuses a period of a native payload that had not begun when it was collected or received.
    pub(super) fn check_native_period(
        &self,
        period: BillingPeriod,
        collected_at: UtcInstant,
        entry: &str,
        place: impl FnOnce() -> String,
    ) -> Result<(), Rejection> {
        let zone = self.context.time_zone;
        let collected = BillingPeriod::of(collected_at, zone);
        let received = self.context.received_at.map(|at| BillingPeriod::of(at, zone));
        let latest = received.map_or(collected, |received| received.min(collected));
        if period <= latest {
            return Ok(());
        }
        let of = if latest == collected { "collectedAt" } else { "the receipt" };
        Err(future_period(period, latest, of, entry, place()))
    }

    /// Refuses a period of a call-home report that lies after the receipt's month. The license server's
    /// months are UTC, so its month may begin before or after the organization's: either is fine.
    pub(super) fn check_server_period(
        &self,
        period: BillingPeriod,
        entry: &str,
        place: impl FnOnce() -> String,
    ) -> Result<(), Rejection> {
        let Some(received_at) = self.context.received_at else { return Ok(()) };
        let latest = BillingPeriod::of(received_at, TimeZone::UTC)
            .max(BillingPeriod::of(received_at, self.context.time_zone));
        if period <= latest {
            return Ok(());
        }
        Err(future_period(period, latest, "the receipt", entry, place()))
    }
}

/// A [`Rejection`] in one line.
pub(super) fn reject(
    code: Code,
    entry: &str,
    place: impl Into<String>,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> Rejection {
    Rejection {
        code,
        entry: entry.to_owned(),
        place: place.into(),
        expected: expected.into(),
        found: found.into(),
    }
}

/// `SEAT-U05`: a field is missing or wrong.
pub(super) fn invalid(
    entry: &str,
    place: impl Into<String>,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> Rejection {
    reject(code::FIELD_INVALID, entry, place, expected, found)
}

/// `SEAT-U02`: a limit is exceeded.
pub(super) fn too_large(entry: &str, place: impl Into<String>, expected: impl Into<String>) -> Rejection {
    reject(code::UPLOAD_TOO_LARGE, entry, place, expected, "more")
}

fn future_period(
    period: BillingPeriod,
    latest: BillingPeriod,
    of: &str,
    entry: &str,
    place: String,
) -> Rejection {
    let expected = format!("a billing period up to {latest}, the month of {of}");
    reject(code::PERIOD_IN_FUTURE, entry, place, expected, period.to_string())
}

/// `char::is_control` of every character, by bytes: C0, DEL, and C1 as UTF-8 writes it.
fn has_control_character(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().any(|b| *b < 0x20 || *b == 0x7f) || (!text.is_ascii() && text.chars().any(char::is_control))
}
