//! The call-home upload of a license server: `report.xml`, with `manifest.xml` beside it.
//!
//! No real file can be had: the paths are those of Citrix's published element list and of a public reader
//! of such files, and what does not stand there is looked for by its name.

mod collect;
mod report;
#[cfg(test)]
mod tests;

use super::content::Content;
use super::tally::{Tally, invalid};
use super::usage::UsageBook;
use super::{Entitlement, Expiry, Format, LicenseFile, Payload, Rejection, Subject, date, xml};
use crate::domain::error::quoted;
use crate::domain::ids::canonical_guid;
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, TimeZone};
use report::{Block, Feature};

pub(super) use report::{Manifest, Report};

/// What an XML document is.
pub(super) enum Found {
    Report(Box<Report>),
    Manifest(Manifest),
    Other,
}

/// Name of the license file that stands for what a report says is installed.
pub(super) const REPORT_FILE: &str = "report.xml";

/// Reads an XML document. Errors: `SEAT-U02` a limit, `SEAT-U04` not XML, `SEAT-U05` a field.
pub(super) fn read(content: &Content, entry: &str, tally: &mut Tally) -> Result<Found, Rejection> {
    let mut collector = collect::Collector::new(entry);
    xml::read(content.buffered(), &mut collector, entry, tally)?;
    Ok(collector.finish())
}

/// `11.16.6.0. build 35000` is written `11.16.6.0 build 35000` elsewhere.
pub(super) fn plain_version(version: &str) -> String {
    let words: Vec<&str> = version.split_whitespace().map(|word| word.trim_end_matches('.')).collect();
    words.join(" ")
}

impl Report {
    /// Makes the payload, with the manifest of the same zip. Errors: `SEAT-U05` a missing or malformed
    /// GUID, feature code or time of collection, `SEAT-U06` a month that has not begun.
    pub(super) fn into_payload(
        self,
        manifest: Option<&Manifest>,
        tally: &mut Tally,
    ) -> Result<Payload, Rejection> {
        let entry = self.entry.as_str();
        let root = self.root.as_str();
        let guid_place = format!("/{root}/LSInfo/GUID");
        let sent = self.guid.text().ok_or_else(|| invalid(entry, &guid_place, "a GUID", "nothing"))?;
        let guid = canonical_guid(sent).ok_or_else(|| invalid(entry, &guid_place, "a GUID", quoted(sent)))?;
        let collected_at = self.collected_at(manifest)?;
        let fqdn = self.fqdn.text().map(str::to_owned);
        let host_id = fqdn.as_deref().and_then(|fqdn| fqdn.split('.').next()).map(str::to_uppercase);
        let subject = Subject::LicenseServer {
            guid,
            host_id: host_id.filter(|host| !host.is_empty()),
            fqdn,
            version: self.version.text().map(plain_version),
        };
        let mut payload = Payload::new(entry, Format::CallHome, Some(collected_at), subject);
        payload.facts = self.facts;
        payload.facts.extend(manifest.into_iter().flat_map(|manifest| manifest.facts.clone()));
        let mut making = Making {
            entry,
            collected_at,
            serials: &self.serials,
            book: UsageBook::default(),
            entitlements: Vec::new(),
            facts: &mut payload.facts,
            tally,
        };
        for feature in self.features {
            making.add_feature(feature)?;
        }
        let Making { book, entitlements, .. } = making;
        if !entitlements.is_empty() {
            payload.license_files = Some(vec![LicenseFile { name: REPORT_FILE.to_owned(), entitlements }]);
        }
        book.move_to(&mut payload);
        Ok(payload)
    }

    fn collected_at(&self, manifest: Option<&Manifest>) -> Result<UtcInstant, Rejection> {
        let place = format!("/{}/LSInfo/DateSampleStopUTC", self.root);
        let expected = "an instant such as 2026-10-15T03:00:07Z";
        if let Some(text) = self.stop.text() {
            let refuse = |_| invalid(&self.entry, place, expected, quoted(text));
            return UtcInstant::parse_zone_optional(text).map_err(refuse);
        }
        let Some((manifest, text)) = manifest.and_then(|manifest| Some((manifest, manifest.utc_date()?)))
        else {
            return Err(invalid(&self.entry, place, expected, "nothing"));
        };
        UtcInstant::parse_zone_optional(text)
            .map_err(|_| invalid(&manifest.entry, "UTCDate", expected, quoted(text)))
    }
}

/// A payload being made of the features of a report.
struct Making<'m, 't> {
    entry: &'m str,
    collected_at: UtcInstant,
    /// Feature code and serial number.
    serials: &'m [(String, String)],
    book: UsageBook,
    entitlements: Vec<Entitlement>,
    facts: &'m mut Vec<(String, String)>,
    tally: &'m mut Tally<'t>,
}

impl Making<'_, '_> {
    fn add_feature(&mut self, feature: Feature) -> Result<(), Rejection> {
        let Some(code) = feature.code.text().map(str::to_owned) else {
            return Err(invalid(self.entry, format!("{}/ID", feature.place), "a feature code", "nothing"));
        };
        self.tally.note_feature(self.entry, &code);
        self.facts.extend(feature.facts.into_iter().map(|(name, value)| (format!("{code}/{name}"), value)));
        let stray = feature.stray;
        for block in feature.blocks {
            self.add_block(&code, block, stray.start.as_deref(), stray.stop.as_deref())?;
        }
        if stray.says_something() {
            self.add_block(&code, stray, None, None)?;
        }
        Ok(())
    }

    /// One SA date of a feature; `start` and `stop` stand in for its own.
    fn add_block(
        &mut self,
        code: &str,
        block: Block,
        start: Option<&str>,
        stop: Option<&str>,
    ) -> Result<(), Rejection> {
        let sample = Sample::new(
            self.instant(&block, "DateSampleStartUTC", block.start.as_deref().or(start)),
            self.instant(&block, "DateSampleStopUTC", block.stop.as_deref().or(stop)),
            self.collected_at,
        );
        let id = block.sa_date.clone().filter(|id| !id.is_empty());
        let prefix = id.as_ref().map_or_else(|| code.to_owned(), |id| format!("{code}/{id}"));
        self.facts
            .extend(block.facts.iter().map(|(name, value)| (format!("{prefix}/{name}"), value.clone())));
        self.add_doubts(code, &block);
        if let Some(quantity) = block.installed {
            let sa_date = id.as_deref().and_then(date::sa_date);
            if let (Some(id), None) = (&id, &sa_date) {
                self.tally.warn(self.entry, &block.place, &format!("unreadable SA date {}", quoted(id)));
            }
            self.entitlements.push(Entitlement {
                feature: code.to_owned(),
                quantity: Some(quantity),
                overdraft: None,
                sa_date,
                expires: Expiry::Unknown,
                kind: None,
                serial_number: self.serial_number(code),
                csp: true,
            });
        }
        if block.used_max.is_some() || block.active.is_some() {
            self.tally.check_server_period(sample.month, self.entry, || block.place.clone())?;
            self.book.add_peak(None, code, sample.month, block.used_max, block.active);
        }
        if !block.has_list {
            return Ok(());
        }
        self.tally.check_server_period(sample.month, self.entry, || block.place.clone())?;
        if sample.is_one_month {
            self.book.add_names(None, code, sample.month, block.users, Default::default());
            return Ok(());
        }
        for (month, users) in sample.by_month(&block) {
            self.tally.check_server_period(month, self.entry, || block.place.clone())?;
            self.book.add_names(None, code, month, users, Default::default());
        }
        Ok(())
    }

    /// An optional time.
    fn instant(&mut self, block: &Block, name: &str, text: Option<&str>) -> Option<UtcInstant> {
        let text = text?;
        let instant = UtcInstant::parse_zone_optional(text).ok();
        if instant.is_none() {
            self.tally.warn(self.entry, &block.place, &format!("unreadable {name} {}", quoted(text)));
        }
        instant
    }

    fn add_doubts(&mut self, code: &str, block: &Block) {
        let mut doubt = |what: String| self.tally.warn(self.entry, &block.place, &what);
        if block.empty_names > 0 {
            doubt(format!("{} empty user names of {code}", block.empty_names));
        }
        if block.unreadable_logins > 0 {
            doubt(format!("{} unreadable timeLastLogin of {code}", block.unreadable_logins));
        }
        let listed = block.users.len() as u64;
        if let Some(count) = block.users_billable.filter(|count| *count > listed) {
            doubt(format!("{listed} of {count} users of {code} listed"));
        }
    }

    /// Several serial numbers of one feature cannot be told apart by SA date: all are named.
    fn serial_number(&self, code: &str) -> Option<String> {
        let mut serials: Vec<&str> = Vec::new();
        for (_, serial) in self.serials.iter().filter(|(feature, _)| feature == code) {
            if !serials.contains(&serial.as_str()) && serials.len() < 10 {
                serials.push(serial);
            }
        }
        (!serials.is_empty()).then(|| serials.join(", "))
    }
}

/// From when to when users were observed.
struct Sample {
    start: Option<UtcInstant>,
    stop: UtcInstant,
    /// Of its stop, in UTC: the license server's own.
    month: BillingPeriod,
    is_one_month: bool,
}

impl Sample {
    fn new(start: Option<UtcInstant>, stop: Option<UtcInstant>, collected_at: UtcInstant) -> Self {
        let stop = stop.unwrap_or(collected_at);
        let month = BillingPeriod::of(stop, TimeZone::UTC);
        let is_one_month = start.is_none_or(|start| BillingPeriod::of(start, TimeZone::UTC) == month);
        Self { start, stop, month, is_one_month }
    }

    /// Splits the users of a sample that crosses a month's end by their last login.
    fn by_month(&self, block: &Block) -> Vec<(BillingPeriod, super::Names)> {
        let mut months: Vec<(BillingPeriod, super::Names)> = vec![(self.month, super::Names::default())];
        for (index, name) in block.users.iter().enumerate() {
            let login = block.login(index);
            let within =
                login.filter(|login| *login <= self.stop && self.start.is_none_or(|start| *login >= start));
            let month = within.map_or(self.month, |login| BillingPeriod::of(login, TimeZone::UTC));
            let known = months.iter().position(|(known, _)| *known == month).unwrap_or_else(|| {
                months.push((month, super::Names::default()));
                months.len() - 1
            });
            months[known].1.push(name);
        }
        months
    }
}
