//! `usage` lists, as they stand in payloads of license servers and under delivery groups.

use serde::de::MapAccess;

use super::super::json::{Fields, Object, Reading, Refused};
use super::super::tally::Tally;
use super::super::usage::UsageBook;
use super::super::{Names, Rejection};
use crate::domain::error::quoted;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;

/// The items of one `usage` field.
#[derive(Default)]
pub(super) struct Usage {
    seen: bool,
    items: Vec<Item>,
    pub(super) latest: Latest,
}

/// The latest period of a payload and where it stands: `collectedAt` may come behind it.
#[derive(Default)]
pub(super) struct Latest(Option<(BillingPeriod, String)>);

impl Usage {
    pub(super) fn read<'de, A: MapAccess<'de>>(
        &mut self,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        let (items, latest) = (&mut self.items, &mut self.latest);
        fields.list("usage", &mut self.seen, |sent: Sent, _, reading| {
            let item = sent.finish(reading)?;
            latest.note(item.period, || reading.place("period"));
            items.push(item);
            Ok(())
        })
    }

    pub(super) fn move_to(self, delivery_group: Option<&str>, book: &mut UsageBook) {
        for item in self.items {
            book.add_names(delivery_group, &item.feature, item.period, item.users, item.devices);
            book.add_peak(delivery_group, &item.feature, item.period, item.peak, item.active);
        }
    }
}

impl Latest {
    fn note(&mut self, period: BillingPeriod, place: impl FnOnce() -> String) {
        if self.0.as_ref().is_none_or(|(latest, _)| period > *latest) {
            self.0 = Some((period, place()));
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        if let Some((period, place)) = other.0 {
            self.note(period, || place);
        }
    }

    /// Errors: `SEAT-U06`.
    pub(super) fn check(self, collected_at: UtcInstant, entry: &str, tally: &Tally) -> Result<(), Rejection> {
        match self.0 {
            Some((period, place)) => tally.check_native_period(period, collected_at, entry, || place),
            None => Ok(()),
        }
    }
}

struct Item {
    feature: String,
    period: BillingPeriod,
    peak: Option<u64>,
    active: Option<bool>,
    users: Names,
    devices: Names,
}

/// An item as sent.
#[derive(Default)]
struct Sent {
    feature: Option<String>,
    period: Option<String>,
    peak: Option<u64>,
    active: Option<bool>,
    users: Option<Names>,
    devices: Option<Names>,
}

impl Object for Sent {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        match key {
            "feature" => fields.text("feature", &mut self.feature),
            "period" => fields.text("period", &mut self.period),
            "peak" => fields.count("peak", &mut self.peak),
            "active" => fields.truth("active", &mut self.active),
            "users" => fields.names("users", &mut self.users),
            "devices" => fields.names("devices", &mut self.devices),
            _ => fields.skip(),
        }
    }
}

impl Sent {
    fn finish(self, reading: &mut Reading) -> Result<Item, Refused> {
        let feature = super::feature(self.feature, reading)?;
        let period = reading.need(self.period, "period")?;
        let period = period
            .parse()
            .map_err(|_| reading.refuse("period", "a billing period such as 2026-10", quoted(&period)))?;
        Ok(Item {
            feature,
            period,
            peak: self.peak,
            active: self.active,
            users: reading.need(self.users, "users")?,
            devices: self.devices.unwrap_or_default(),
        })
    }
}
