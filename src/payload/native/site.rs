//! `seatledger/site@1`: one site, its delivery groups and who used them.

use std::collections::HashSet;

use serde::de::MapAccess;

use super::super::content::Content;
use super::super::json::{self, Fields, Object, Reading, Refused};
use super::super::tally::Tally;
use super::super::usage::UsageBook;
use super::super::{DeliveryGroup, Format, Payload, Rejection, Subject};
use super::usage::{Latest, Usage};
use crate::domain::error::quoted;
use crate::domain::ids::canonical_object_id;

pub(super) fn read(content: &Content, entry: &str, tally: &mut Tally) -> Result<Payload, Rejection> {
    let mut sent = Sent::default();
    json::read(content.json(), &mut sent, entry, tally)?;
    let site = super::required(sent.site, entry, "site")?;
    super::required_list(sent.has_groups, entry, "deliveryGroups")?;
    let collected_at = super::collected_at(sent.collected_at, entry)?;
    sent.latest.check(collected_at, entry, tally)?;
    let subject = Subject::Site {
        id: site.id.unwrap_or_default(),
        name: site.name.unwrap_or_default(),
        controller_version: site.controller_version.and_then(super::none_if_empty),
        license_server: site.license_server.and_then(super::none_if_empty),
    };
    let mut payload = Payload::new(entry, Format::Site, Some(collected_at), subject);
    payload.delivery_groups = sent.groups;
    sent.book.move_to(&mut payload);
    Ok(payload)
}

#[derive(Default)]
struct Sent {
    collected_at: Option<String>,
    site: Option<Site>,
    has_groups: bool,
    groups: Vec<DeliveryGroup>,
    ids: HashSet<String>,
    book: UsageBook,
    latest: Latest,
}

impl Object for Sent {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "collectedAt" => fields.text("collectedAt", &mut self.collected_at),
            "site" => fields.object("site", &mut self.site, Site::check),
            "deliveryGroups" => {
                let Self { has_groups, groups, ids, book, latest, .. } = self;
                fields.list("deliveryGroups", has_groups, |sent: SentGroup, _, reading| {
                    let (id, name) = identity(sent.id, sent.name, reading)?;
                    if !ids.insert(id.clone()) {
                        return Err(reading.refuse("id", "one delivery group of this id", "two"));
                    }
                    let mut usage = sent.usage;
                    latest.merge(std::mem::take(&mut usage.latest));
                    usage.move_to(Some(&id), book);
                    groups.push(DeliveryGroup { id, name });
                    Ok(())
                })
            }
            _ => fields.skip(),
        }
    }
}

/// Id and name of a site or delivery group.
fn identity(
    id: Option<String>,
    name: Option<String>,
    reading: &mut Reading,
) -> Result<(String, String), Refused> {
    let id = reading.need(id, "id")?;
    let Some(id) = canonical_object_id(&id) else {
        return Err(reading.refuse("id", "an id of 1 to 128 bytes", quoted(&id)));
    };
    let name = reading.need_text(name, "name")?;
    Ok((id, name))
}

/// `site`.
#[derive(Default)]
struct Site {
    id: Option<String>,
    name: Option<String>,
    controller_version: Option<String>,
    license_server: Option<String>,
}

impl Site {
    fn check(&mut self, reading: &mut Reading) -> Result<(), Refused> {
        let (id, name) = identity(self.id.take(), self.name.take(), reading)?;
        (self.id, self.name) = (Some(id), Some(name));
        Ok(())
    }
}

impl Object for Site {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "id" => fields.text("id", &mut self.id),
            "name" => fields.text("name", &mut self.name),
            "controllerVersion" => fields.text("controllerVersion", &mut self.controller_version),
            "licenseServer" => fields.text("licenseServer", &mut self.license_server),
            _ => fields.skip(),
        }
    }
}

/// An item of `deliveryGroups`.
#[derive(Default)]
struct SentGroup {
    id: Option<String>,
    name: Option<String>,
    usage: Usage,
}

impl Object for SentGroup {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "id" => fields.text("id", &mut self.id),
            "name" => fields.text("name", &mut self.name),
            "usage" => self.usage.read(fields),
            _ => fields.skip(),
        }
    }
}
