//! `seatledger/license-server@1`: one license server, what is installed on it and who used it.

use serde::de::MapAccess;

use super::super::call_home::plain_version;
use super::super::content::Content;
use super::super::json::{self, Fields, Object, Reading, Refused};
use super::super::license_file::{KINDS, base_name};
use super::super::tally::Tally;
use super::super::usage::UsageBook;
use super::super::{Entitlement, Format, LicenseFile, Payload, Rejection, Subject};
use super::usage::Usage;
use crate::domain::error::quoted;
use crate::domain::ids::canonical_guid;

pub(super) fn read(content: &Content, entry: &str, tally: &mut Tally) -> Result<Payload, Rejection> {
    let mut sent = Sent::default();
    json::read(content.json(), &mut sent, entry, tally)?;
    let server = super::required(sent.server, entry, "licenseServer")?;
    let collected_at = super::collected_at(sent.collected_at, entry)?;
    let mut payload = Payload::new(entry, Format::LicenseServer, Some(collected_at), server.subject());
    let mut usage = sent.usage;
    std::mem::take(&mut usage.latest).check(collected_at, entry, tally)?;
    payload.license_files = sent.has_license_files.then_some(sent.license_files);
    let mut book = UsageBook::default();
    usage.move_to(None, &mut book);
    book.move_to(&mut payload);
    Ok(payload)
}

#[derive(Default)]
struct Sent {
    collected_at: Option<String>,
    server: Option<Server>,
    has_license_files: bool,
    license_files: Vec<LicenseFile>,
    usage: Usage,
}

impl Object for Sent {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "collectedAt" => fields.text("collectedAt", &mut self.collected_at),
            "licenseServer" => fields.object("licenseServer", &mut self.server, Server::check),
            "licenseFiles" => {
                let files = &mut self.license_files;
                fields.list("licenseFiles", &mut self.has_license_files, |file: SentFile, _, reading| {
                    files.push(file.finish(reading)?);
                    Ok(())
                })
            }
            "usage" => self.usage.read(fields),
            _ => fields.skip(),
        }
    }
}

/// `licenseServer`.
#[derive(Default)]
struct Server {
    guid: Option<String>,
    host_id: Option<String>,
    fqdn: Option<String>,
    version: Option<String>,
}

impl Object for Server {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "guid" => fields.text("guid", &mut self.guid),
            "hostId" => fields.text("hostId", &mut self.host_id),
            "fqdn" => fields.text("fqdn", &mut self.fqdn),
            "version" => fields.text("version", &mut self.version),
            _ => fields.skip(),
        }
    }
}

impl Server {
    fn check(&mut self, reading: &mut Reading) -> Result<(), Refused> {
        let guid = reading.need(self.guid.take(), "guid")?;
        let Some(guid) = canonical_guid(&guid) else {
            let expected = "a GUID such as a5ae17c9-8a4a-4318-938f-a8c6da2aa2ef";
            return Err(reading.refuse("guid", expected, quoted(&guid)));
        };
        self.guid = Some(guid);
        for (value, field) in [(&self.host_id, "hostId"), (&self.fqdn, "fqdn"), (&self.version, "version")] {
            reading.need(value.as_ref(), field)?;
        }
        Ok(())
    }

    fn subject(self) -> Subject {
        let text = |text: Option<String>| text.and_then(super::none_if_empty);
        Subject::LicenseServer {
            guid: self.guid.unwrap_or_default(),
            host_id: text(self.host_id),
            fqdn: text(self.fqdn),
            version: text(self.version).map(|version| plain_version(&version)),
        }
    }
}

/// An item of `licenseFiles`.
#[derive(Default)]
struct SentFile {
    name: Option<String>,
    has_entitlements: bool,
    entitlements: Vec<Entitlement>,
}

impl Object for SentFile {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "name" => fields.text("name", &mut self.name),
            "entitlements" => {
                let entitlements = &mut self.entitlements;
                fields.list(
                    "entitlements",
                    &mut self.has_entitlements,
                    |sent: SentEntitlement, _, reading| {
                        entitlements.push(sent.finish(reading)?);
                        Ok(())
                    },
                )
            }
            _ => fields.skip(),
        }
    }
}

impl SentFile {
    fn finish(self, reading: &mut Reading) -> Result<LicenseFile, Refused> {
        let name = reading.need_text(self.name, "name")?;
        if !self.has_entitlements {
            return Err(reading.refuse("entitlements", "a list", "nothing"));
        }
        Ok(LicenseFile { name: base_name(&name).to_owned(), entitlements: self.entitlements })
    }
}

/// An item of `entitlements`.
#[derive(Default)]
struct SentEntitlement {
    feature: Option<String>,
    quantity: Option<u64>,
    overdraft: Option<u64>,
    sa_date: Option<String>,
    expires: Option<Option<String>>,
    kind: Option<String>,
    serial_number: Option<String>,
    csp: Option<bool>,
}

impl Object for SentEntitlement {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "feature" => fields.text("feature", &mut self.feature),
            "quantity" => fields.count("quantity", &mut self.quantity),
            "overdraft" => fields.count("overdraft", &mut self.overdraft),
            "saDate" => fields.text("saDate", &mut self.sa_date),
            "expires" => fields.text_or_null("expires", &mut self.expires),
            "type" => fields.text("type", &mut self.kind),
            "serialNumber" => fields.text("serialNumber", &mut self.serial_number),
            "csp" => fields.truth("csp", &mut self.csp),
            _ => fields.skip(),
        }
    }
}

impl SentEntitlement {
    fn finish(self, reading: &mut Reading) -> Result<Entitlement, Refused> {
        super::note_value(self.kind.as_deref(), &KINDS, "type", reading);
        Ok(Entitlement {
            feature: super::feature(self.feature, reading)?,
            quantity: Some(reading.need(self.quantity, "quantity")?),
            overdraft: self.overdraft,
            sa_date: super::day(self.sa_date, "saDate", reading),
            expires: super::expiry(self.expires, reading),
            kind: self.kind,
            serial_number: self.serial_number,
            csp: self.csp.unwrap_or(true),
        })
    }
}
