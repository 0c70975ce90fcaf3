//! `seatledger/netscaler@1`: the VPX licenses of one NetScaler host.

use serde::de::MapAccess;

use super::super::content::Content;
use super::super::json::{self, Fields, Object, Reading, Refused};
use super::super::tally::Tally;
use super::super::{Format, Payload, Rejection, Subject, Vpx};
use crate::domain::error::quoted;
use crate::domain::ids::canonical_object_id;

const HOST_TYPES: [&str; 3] = ["Ethernet", "HostName", ""];
const DEPLOYMENT_TYPES: [&str; 4] = ["Standalone Primary", "HA Primary", "HA Secondary", "Cluster Node"];
const MODES: [&str; 2] = ["Active", "Standby"];

pub(super) fn read(content: &Content, entry: &str, tally: &mut Tally) -> Result<Payload, Rejection> {
    let mut sent = Sent::default();
    json::read(content.json(), &mut sent, entry, tally)?;
    let host = super::required(sent.host, entry, "netScaler")?;
    super::required_list(sent.has_licenses, entry, "licenses")?;
    let collected_at = super::collected_at(sent.collected_at, entry)?;
    let subject = Subject::NetScalerHost {
        host_id: host.host_id.unwrap_or_default(),
        host_type: host.host_type,
        fqdn: host.fqdn.and_then(super::none_if_empty),
    };
    let mut payload = Payload::new(entry, Format::NetScaler, Some(collected_at), subject);
    payload.vpx = sent.licenses;
    Ok(payload)
}

#[derive(Default)]
struct Sent {
    collected_at: Option<String>,
    host: Option<Host>,
    has_licenses: bool,
    licenses: Vec<Vpx>,
}

impl Object for Sent {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "collectedAt" => fields.text("collectedAt", &mut self.collected_at),
            "netScaler" => fields.object("netScaler", &mut self.host, Host::check),
            "licenses" => {
                let licenses = &mut self.licenses;
                fields.list("licenses", &mut self.has_licenses, |sent: SentLicense, _, reading| {
                    licenses.push(sent.finish(reading)?);
                    Ok(())
                })
            }
            _ => fields.skip(),
        }
    }
}

/// `netScaler`.
#[derive(Default)]
struct Host {
    host_id: Option<String>,
    host_type: Option<String>,
    fqdn: Option<String>,
}

impl Object for Host {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "hostId" => fields.text("hostId", &mut self.host_id),
            "hostType" => fields.text("hostType", &mut self.host_type),
            "fqdn" => fields.text("fqdn", &mut self.fqdn),
            _ => fields.skip(),
        }
    }
}

impl Host {
    fn check(&mut self, reading: &mut Reading) -> Result<(), Refused> {
        let host_id = reading.need(self.host_id.take(), "hostId")?;
        let Some(host_id) = canonical_object_id(&host_id) else {
            return Err(reading.refuse("hostId", "an id of 1 to 128 bytes", quoted(&host_id)));
        };
        self.host_id = Some(host_id);
        reading.need(self.host_type.as_ref(), "hostType")?;
        reading.need(self.fqdn.as_ref(), "fqdn")?;
        super::note_value(self.host_type.as_deref(), &HOST_TYPES, "hostType", reading);
        Ok(())
    }
}

/// An item of `licenses`.
#[derive(Default)]
struct SentLicense {
    product_name: Option<String>,
    feature: Option<String>,
    entitlement_id: Option<String>,
    fulfillment_id: Option<String>,
    expires: Option<Option<String>>,
    deployment_type: Option<String>,
    mode: Option<String>,
}

impl Object for SentLicense {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "productName" => fields.text("productName", &mut self.product_name),
            "feature" => fields.text("feature", &mut self.feature),
            "entitlementId" => fields.text("entitlementId", &mut self.entitlement_id),
            "fulfillmentId" => fields.text("fulfillmentId", &mut self.fulfillment_id),
            "expires" => fields.text_or_null("expires", &mut self.expires),
            "deploymentType" => fields.text("deploymentType", &mut self.deployment_type),
            "vpxMode" => fields.text("vpxMode", &mut self.mode),
            _ => fields.skip(),
        }
    }
}

impl SentLicense {
    fn finish(self, reading: &mut Reading) -> Result<Vpx, Refused> {
        super::note_value(self.deployment_type.as_deref(), &DEPLOYMENT_TYPES, "deploymentType", reading);
        super::note_value(self.mode.as_deref(), &MODES, "vpxMode", reading);
        Ok(Vpx {
            product_name: reading.need(self.product_name, "productName")?,
            feature: super::feature(self.feature, reading)?,
            entitlement_id: reading.need_text(self.entitlement_id, "entitlementId")?,
            fulfillment_id: self.fulfillment_id,
            expires: super::expiry(self.expires, reading),
            deployment_type: self.deployment_type,
            mode: self.mode,
        })
    }
}
