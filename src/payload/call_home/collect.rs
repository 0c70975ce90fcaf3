//! Elements of an XML document into a [`Report`] or [`Manifest`], by their paths and else by their names.

use super::super::Rejection;
use super::super::tally::{Tally, invalid};
use super::super::xml::{Element, Elements, Place};
use super::Found;
use super::report::{Block, Feature, Manifest, NO_LOGIN, Report};
use crate::domain::error::quoted;
use crate::domain::instant::UtcInstant;

/// Facts of the server that are shown.
const SERVER_FACTS: [&str; 11] = [
    "OrgID",
    "CustomerID",
    "HardwareId",
    "PrivacySetting",
    "WindowsProductName",
    "OS",
    "CPUIDString",
    "VMIDString",
    "InstallUTC",
    "SGPClockErrorCode",
    "SGPMaxDays",
];
const FEATURE_FACTS: [&str; 4] =
    ["UDReportGenerationUTC", "UDBinFileCreatedUTC", "UDAdminUsersReleased", "UDAdminDevicesReleased"];
const MANIFEST_FACTS: [&str; 6] =
    ["UTCDate", "Date", "Product", "ProductVersion", "ProductDeployUTCDate", "UI"];
/// The `Product` of a manifest that belongs to a report.
const PRODUCT: &str = "LicenseServerCompliance";

/// What an open element means for those in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Other,
    LsInfo,
    Feature,
    SaDate,
    UsersBillable,
    /// One billable user.
    User,
    Licensees,
    CcuDevices,
    SerialNumbers,
    Serial,
}

pub(super) struct Collector {
    report: Report,
    manifest: Manifest,
    has_server: bool,
    tags: Vec<Tag>,
    feature: Option<Feature>,
    block: Option<Block>,
    login: i64,
    serial: (String, String),
    ccu_devices: usize,
}

impl Collector {
    pub(super) fn new(entry: &str) -> Self {
        Self {
            report: Report { entry: entry.to_owned(), ..Report::default() },
            manifest: Manifest { entry: entry.to_owned(), ..Manifest::default() },
            has_server: false,
            tags: Vec::new(),
            feature: None,
            block: None,
            login: NO_LOGIN,
            serial: Default::default(),
            ccu_devices: 0,
        }
    }

    pub(super) fn finish(self) -> Found {
        let tells_licenses = |feature: &Feature| !feature.blocks.is_empty() || feature.stray.says_something();
        if self.has_server || self.report.features.iter().any(tells_licenses) {
            return Found::Report(Box::new(self.report));
        }
        if self.manifest.get("Product") == Some(PRODUCT) {
            return Found::Manifest(self.manifest);
        }
        Found::Other
    }

    fn is_within(&self, tag: Tag) -> bool {
        self.tags.contains(&tag)
    }

    fn tag_of(&self, name: &str) -> Tag {
        let within_feature = self.feature.is_some();
        let parent = self.tags.last().copied();
        match name {
            "ID" if self.is_within(Tag::UsersBillable) => Tag::User,
            "LSInfo" if !within_feature => Tag::LsInfo,
            "Feature" if !within_feature => Tag::Feature,
            "SADate" if within_feature && self.block.is_none() => Tag::SaDate,
            "Licensees" if within_feature => Tag::Licensees,
            "CCUDevices" if within_feature => Tag::CcuDevices,
            "UsersBillable" if within_feature && !self.is_within(Tag::Licensees) => Tag::UsersBillable,
            "SerialNumbers" if !within_feature => Tag::SerialNumbers,
            _ if parent == Some(Tag::SerialNumbers) => Tag::Serial,
            _ => Tag::Other,
        }
    }

    /// Where values of the feature being read belong.
    fn block(&mut self) -> Option<&mut Block> {
        self.block.as_mut().or(self.feature.as_mut().map(|feature| &mut feature.stray))
    }

    fn user(&mut self, name: &str, at: &Place, tally: &mut Tally) -> Result<(), Rejection> {
        let login = std::mem::replace(&mut self.login, NO_LOGIN);
        let Self { report, block, feature, .. } = self;
        let block = block.as_mut().or(feature.as_mut().map(|feature| &mut feature.stray));
        let Some(block) = block else { return Ok(()) };
        if tally.take_name(name, &mut block.users, &report.entry, || at.path())? {
            block.logins.push(login);
        } else {
            block.empty_names += 1;
        }
        Ok(())
    }

    /// A value under a feature; `name` is its element's.
    fn feature_value(
        &mut self,
        name: &str,
        text: &str,
        at: &Place,
        tally: &mut Tally,
    ) -> Result<(), Rejection> {
        let entry = self.report.entry.clone();
        let parent = self.tags.iter().rev().nth(1).copied();
        let plain = |tally: &Tally| tally.text(text, &entry, || at.path());
        let within_licensees = self.is_within(Tag::Licensees);
        if within_licensees {
            if matches!(name, "CountTotal" | "Users" | "Devices") {
                tally.take_record(&entry, || at.path())?;
                let fact = (format!("Licensees/{name}"), plain(tally)?);
                self.block().into_iter().for_each(|block| block.facts.push(fact.clone()));
            }
            return Ok(());
        }
        if self.is_within(Tag::CcuDevices) {
            self.ccu_devices += usize::from(name == "DevId");
            return Ok(());
        }
        if name == "ID" || FEATURE_FACTS.contains(&name) {
            let plain = plain(tally)?;
            let Some(feature) = &mut self.feature else { return Ok(()) };
            if name == "ID" {
                feature.code.put(plain, parent == Some(Tag::Feature));
            } else {
                tally.take_record(&entry, || at.path())?;
                feature.facts.push((name.to_owned(), plain));
            }
            return Ok(());
        }
        let Some(block) = self.block() else { return Ok(()) };
        match name {
            "DateSampleStartUTC" if !text.is_empty() => block.start = Some(plain(tally)?),
            "DateSampleStopUTC" if !text.is_empty() => block.stop = Some(plain(tally)?),
            "CountInstalled" => block.installed = count(text, &entry, at)?.or(block.installed),
            "CountUsedMax" => block.used_max = count(text, &entry, at)?.or(block.used_max),
            "CountUsersBillable" => block.users_billable = count(text, &entry, at)?.or(block.users_billable),
            "Active" => match text {
                "1" | "true" => block.active = Some(true),
                "0" | "false" => block.active = Some(false),
                "" => {}
                other => tally.warn(&entry, &at.path(), &format!("unknown value {}", quoted(other))),
            },
            "Pool" => {
                tally.take_record(&entry, || at.path())?;
                block.facts.push((name.to_owned(), plain(tally)?));
            }
            _ => {}
        }
        Ok(())
    }

    /// A value that stands under no feature.
    fn server_value(
        &mut self,
        name: &str,
        text: &str,
        at: &Place,
        tally: &mut Tally,
    ) -> Result<(), Rejection> {
        let entry = self.report.entry.clone();
        let in_place = at.depth() == 3 && self.tags.get(1) == Some(&Tag::LsInfo);
        let is_manifest_fact = at.depth() == 2 && MANIFEST_FACTS.contains(&name);
        let is_server_fact = SERVER_FACTS.contains(&name);
        if !is_manifest_fact
            && !is_server_fact
            && !matches!(name, "GUID" | "FQDN" | "ProductVersion" | "DateSampleStopUTC")
        {
            return Ok(());
        }
        let text = tally.text(text, &entry, || at.path())?;
        if is_manifest_fact && !text.is_empty() {
            tally.take_record(&entry, || at.path())?;
            self.manifest.facts.push((format!("{}{name}", Manifest::PREFIX), text.clone()));
        }
        let report = &mut self.report;
        match name {
            "GUID" => report.guid.put(text, in_place),
            "FQDN" => report.fqdn.put(text, in_place),
            "ProductVersion" => report.version.put(text, in_place),
            "DateSampleStopUTC" => report.stop.put(text, in_place),
            _ if is_server_fact => {
                tally.take_record(&entry, || at.path())?;
                report.facts.push((name.to_owned(), text));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Elements for Collector {
    fn open(&mut self, element: &Element, at: &Place, tally: &mut Tally) -> Result<(), Rejection> {
        let tag = if at.depth() == 1 { Tag::Other } else { self.tag_of(element.name) };
        if at.depth() == 1 {
            self.report.root = element.name.to_owned();
        }
        match tag {
            Tag::LsInfo => self.has_server = true,
            Tag::Feature => {
                tally.take_record(&self.report.entry, || at.path())?;
                let stray = Block { place: at.path(), ..Block::default() };
                self.feature = Some(Feature { place: at.path(), stray, ..Feature::default() });
            }
            Tag::SaDate => {
                tally.take_record(&self.report.entry, || at.path())?;
                let id = element.attribute("id");
                let sa_date = id.map(|id| tally.text(&id, &self.report.entry, || at.path())).transpose()?;
                self.block = Some(Block { place: at.path(), sa_date, ..Block::default() });
            }
            Tag::UsersBillable => self.block().into_iter().for_each(|block| block.has_list = true),
            Tag::User => {
                let login = element.attribute("timeLastLogin").filter(|text| !text.trim().is_empty());
                let read = login.as_deref().map(|text| {
                    plain_instant(text.as_bytes()).or_else(|| UtcInstant::parse_zone_optional(text).ok())
                });
                if let Some(None) = read {
                    self.block().into_iter().for_each(|block| block.unreadable_logins += 1);
                }
                self.login = read.flatten().map_or(NO_LOGIN, UtcInstant::unix_seconds);
            }
            _ => {}
        }
        self.tags.push(tag);
        Ok(())
    }

    fn close(&mut self, text: Option<&str>, at: &Place, tally: &mut Tally) -> Result<(), Rejection> {
        let tag = self.tags.last().copied().unwrap_or(Tag::Other);
        let name = at.name();
        if let Some(text) = text {
            match tag {
                Tag::User => self.user(text, at, tally)?,
                Tag::Other if self.is_within(Tag::Serial) => {
                    let text = tally.text(text, &self.report.entry, || at.path())?;
                    match name {
                        "ID" => self.serial.0 = text,
                        "SN" => self.serial.1 = text,
                        _ => {}
                    }
                }
                Tag::Other if self.feature.is_some() => self.feature_value(name, text, at, tally)?,
                Tag::Other => self.server_value(name, text, at, tally)?,
                _ => {}
            }
        }
        match tag {
            Tag::Serial => {
                let (feature, serial) = std::mem::take(&mut self.serial);
                if !feature.is_empty() && !serial.is_empty() {
                    tally.take_record(&self.report.entry, || at.path())?;
                    self.report.serials.push((feature, serial));
                }
            }
            Tag::CcuDevices => {
                let fact = ("CCUDevices".to_owned(), std::mem::take(&mut self.ccu_devices).to_string());
                self.block().into_iter().for_each(|block| block.facts.push(fact.clone()));
            }
            Tag::SaDate => {
                if let (Some(feature), Some(block)) = (&mut self.feature, self.block.take()) {
                    feature.blocks.push(block);
                }
            }
            Tag::Feature => self.report.features.extend(self.feature.take()),
            _ => {}
        }
        self.tags.pop();
        Ok(())
    }
}

/// A number; empty is as if absent.
fn count(text: &str, entry: &str, at: &Place) -> Result<Option<u64>, Rejection> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(count) if count < 1 << 53 => Ok(Some(count)),
        _ => Err(invalid(entry, at.path(), "a whole number from 0", quoted(text))),
    }
}

/// `2026-10-12T08:15:00Z`, the usual form, without the general parser: it is met once for each user.
fn plain_instant(text: &[u8]) -> Option<UtcInstant> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2, b'Z'] = text
    else {
        return None;
    };
    let two = |tens: u8, ones: u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit())
            .then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let day = chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, two(m1, m2)?, two(d1, d2)?)?;
    let time = day.and_hms_opt(two(h1, h2)?, two(i1, i2)?, two(s1, s2)?)?;
    UtcInstant::from_unix_seconds(time.and_utc().timestamp())
}
