//! Native payloads, the JSON that seatledger's own collectors send: told apart by `format`.

mod license_server;
mod netscaler;
mod site;
#[cfg(test)]
mod tests;
mod usage;

use serde::de::MapAccess;

use super::content::Content;
use super::json::{self, Fields, Object, Reading, Refused};
use super::tally::{Tally, reject};
use super::{Expiry, Format, Payload, Rejection, date};
use crate::domain::error::{code, quoted};
use crate::domain::instant::UtcInstant;

/// The native formats that are read.
const FORMATS: [Format; 3] = [Format::LicenseServer, Format::Site, Format::NetScaler];

/// The native format of a JSON document; `None` for JSON of others, which is then known to be well-formed.
///
/// Errors: `SEAT-U08` a `seatledger/…` format that is not known, `SEAT-U04` not JSON, `SEAT-U02` too deep.
pub(super) fn recognise(
    content: &Content,
    entry: &str,
    tally: &mut Tally,
) -> Result<Option<Format>, Rejection> {
    if !content.begins_with(b'{') {
        json::check(content.json(), entry, tally)?;
        return Ok(None);
    }
    let mut probe = Probe::default();
    let read = json::read(content.json(), &mut probe, entry, tally);
    let Some(name) = probe.format else {
        return read.map(|()| None);
    };
    match FORMATS.into_iter().find(|format| format.as_str() == name) {
        Some(format) => Ok(Some(format)),
        None => {
            let known: Vec<&str> = FORMATS.iter().map(|format| format.as_str()).collect();
            Err(reject(code::FORMAT_UNKNOWN, entry, "$.format", known.join(" or "), quoted(&name)))
        }
    }
}

/// Reads a payload of a format that [`recognise`] told. Errors: `SEAT-U02`, `-U04`, `-U05`, `-U06`.
pub(super) fn read(
    content: &Content,
    format: Format,
    entry: &str,
    tally: &mut Tally,
) -> Result<Payload, Rejection> {
    match format {
        Format::Site => site::read(content, entry, tally),
        Format::NetScaler => netscaler::read(content, entry, tally),
        _ => license_server::read(content, entry, tally),
    }
}

/// Looks for `format` and stops there: with our collectors it is the first field.
#[derive(Default)]
struct Probe {
    format: Option<String>,
}

impl Object for Probe {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        if key != "format" {
            return fields.skip();
        }
        self.format = fields.text_if_any()?.filter(|name| name.starts_with("seatledger/"));
        if self.format.is_some() { Err(fields.stop()) } else { Ok(()) }
    }
}

/// `collectedAt`: a time with its zone, that must be there.
fn collected_at(text: Option<String>, entry: &str) -> Result<UtcInstant, Rejection> {
    let expected = "an RFC 3339 instant such as 2026-10-15T03:00:07Z";
    let refuse = |found| super::tally::invalid(entry, "$.collectedAt", expected, found);
    let text = text.ok_or_else(|| refuse("nothing".to_owned()))?;
    text.parse().map_err(|_| refuse(quoted(&text)))
}

/// An object that must be there.
fn required<T>(value: Option<T>, entry: &str, field: &str) -> Result<T, Rejection> {
    value.ok_or_else(|| super::tally::invalid(entry, format!("$.{field}"), "an object", "nothing"))
}

/// A list that must be there, though it may be empty.
fn required_list(seen: bool, entry: &str, field: &str) -> Result<(), Rejection> {
    if seen {
        return Ok(());
    }
    Err(super::tally::invalid(entry, format!("$.{field}"), "a list", "nothing"))
}

/// `expires`: absent says nothing, `null` is permanent, a day that cannot be read is doubted.
fn expiry(value: Option<Option<String>>, reading: &mut Reading) -> Expiry {
    match value {
        None => Expiry::Unknown,
        Some(None) => Expiry::Permanent,
        Some(Some(text)) => day(Some(text), "expires", reading).map_or(Expiry::Unknown, Expiry::On),
    }
}

fn day(text: Option<String>, field: &str, reading: &mut Reading) -> Option<String> {
    let text = text?;
    let day = date::iso(&text);
    if day.is_none() {
        reading.warn(field, &format!("unreadable date {}", quoted(&text)));
    }
    day
}

/// Doubts a value that is not among the known ones, and keeps it.
fn note_value(value: Option<&str>, known: &[&str], field: &str, reading: &mut Reading) {
    if let Some(value) = value
        && !known.contains(&value)
    {
        reading.warn(field, &format!("unknown value {}", quoted(value)));
    }
}

/// A feature code, noted where the catalogue does not know it.
fn feature(value: Option<String>, reading: &mut Reading) -> Result<String, Refused> {
    let feature = reading.need_text(value, "feature")?;
    reading.tally.note_feature(reading.entry, &feature);
    Ok(feature)
}

fn none_if_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
