//! JSON from outside: guarded against depth, read field by field, and every error named by its place
//! (`$.usage[0].period`).

mod fields;
mod levels;
mod visitors;

use std::io::{self, Read};

use serde::de::{Deserialize as _, DeserializeSeed as _, IgnoredAny, MapAccess};

use super::Rejection;
use super::tally::{Tally, invalid, reject, too_large};
use crate::domain::error::{code, quoted};

pub(super) use fields::Fields;
use levels::{Guarded, Levels};
use visitors::Whole;

/// JSON in memory, or as a stream whose errors carry a [`Rejection`].
pub(super) enum Source<'a> {
    Slice(&'a [u8]),
    Stream(Box<dyn Read + 'a>),
}

/// Reads one JSON document into `object`. Errors: `SEAT-U02` too deep, `SEAT-U04` not JSON, and what the
/// object refuses.
pub(super) fn read<T: Object>(
    source: Source,
    object: &mut T,
    entry: &str,
    tally: &mut Tally,
) -> Result<(), Rejection> {
    read_as(source, Some(object), entry, tally)
}

/// Reads over one JSON document of any kind. Errors: `SEAT-U02` too deep, `SEAT-U04` not JSON.
pub(super) fn check(source: Source, entry: &str, tally: &mut Tally) -> Result<(), Rejection> {
    read_as::<Nothing>(source, None, entry, tally)
}

fn read_as<T: Object>(
    source: Source,
    object: Option<&mut T>,
    entry: &str,
    tally: &mut Tally,
) -> Result<(), Rejection> {
    let limits = tally.context.limits;
    let mut reading = Reading { tally, entry, path: Vec::new(), fault: None };
    let result = match source {
        Source::Slice(bytes) => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            if let Err((place, expected)) = Levels::of_slice(limits).feed(bytes) {
                return Err(too_large(entry, place, expected));
            }
            let text = std::str::from_utf8(bytes)
                .map_err(|error| unreadable(entry, format!("byte {}", error.valid_up_to()), "other bytes"))?;
            let mut json = serde_json::Deserializer::from_str(text);
            read_with(&mut json, object, &mut reading).and_then(|()| json.end())
        }
        Source::Stream(stream) => {
            let guarded = Guarded::new(stream, limits, entry);
            let mut json =
                serde_json::Deserializer::from_reader(io::BufReader::with_capacity(1 << 16, guarded));
            read_with(&mut json, object, &mut reading).and_then(|()| json.end())
        }
    };
    result.map_err(|error| match reading.fault.take() {
        Some(fault) => fault,
        None if error.is_io() => super::archive::rejection_in(&error.into(), entry),
        None => explain(&error, &reading),
    })
}

fn read_with<'de, R: serde_json::de::Read<'de>, T: Object>(
    json: &mut serde_json::Deserializer<R>,
    object: Option<&mut T>,
    reading: &mut Reading,
) -> Result<(), serde_json::Error> {
    match object {
        Some(object) => Whole { object, reading }.deserialize(json),
        None => IgnoredAny::deserialize(json).map(drop),
    }
}

struct Nothing;

impl Object for Nothing {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        _: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error> {
        fields.skip()
    }
}

/// serde_json names types and syntax in its text only: `invalid type: null, expected a list at line 1 …`.
fn explain(error: &serde_json::Error, reading: &Reading) -> Rejection {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    let types = what.strip_prefix("invalid type: ").and_then(|types| types.rsplit_once(", expected "));
    if let Some((found, expected)) = types {
        let found: String = found.chars().take(60).collect();
        return invalid(reading.entry, reading.place(""), expected, found);
    }
    unreadable(reading.entry, format!("line {} column {}", error.line(), error.column()), what)
}

fn unreadable(entry: &str, place: String, found: &str) -> Rejection {
    reject(code::ENTRY_UNREADABLE, entry, place, "a JSON document in UTF-8", found)
}

/// What a JSON object is read into, one field after the other.
pub(super) trait Object {
    /// `a site`, for messages.
    const WHAT: &'static str = "an object";

    /// Reads the value of `key` from `fields`, or skips it.
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<'_, '_, '_, A>,
    ) -> Result<(), A::Error>;
}

/// The state of reading one document.
pub(super) struct Reading<'r, 't> {
    pub(super) tally: &'r mut Tally<'t>,
    pub(super) entry: &'r str,
    path: Vec<Step>,
    fault: Option<Rejection>,
}

enum Step {
    Field(&'static str),
    Index(usize),
}

/// Marks that [`Reading`] holds the reason.
pub(super) struct Refused;

impl Reading<'_, '_> {
    /// `$.usage[0]`, with `.field` behind it unless that is empty.
    pub(super) fn place(&self, field: &str) -> String {
        let mut place = String::from("$");
        for step in &self.path {
            match step {
                Step::Field(name) => {
                    place.push('.');
                    place.push_str(name);
                }
                Step::Index(index) => place.push_str(&format!("[{index}]")),
            }
        }
        if !field.is_empty() {
            place.push('.');
            place.push_str(field);
        }
        place
    }

    /// Refuses the document because of `field` of the object being read (the object itself when empty).
    pub(super) fn refuse(&mut self, field: &str, expected: &str, found: impl Into<String>) -> Refused {
        self.refuse_with(invalid(self.entry, self.place(field), expected, found))
    }

    pub(super) fn refuse_with(&mut self, fault: Rejection) -> Refused {
        self.fault.get_or_insert(fault);
        Refused
    }

    /// Doubts `field` of the object being read.
    pub(super) fn warn(&mut self, field: &str, what: &str) {
        self.tally.warn(self.entry, &self.place(field), what);
    }

    /// A field that must be there.
    pub(super) fn need<T>(&mut self, value: Option<T>, field: &str) -> Result<T, Refused> {
        value.ok_or_else(|| self.refuse(field, "a value", "nothing"))
    }

    /// A text field that must be there and not be empty.
    pub(super) fn need_text(&mut self, value: Option<String>, field: &str) -> Result<String, Refused> {
        let text = self.need(value, field)?;
        if text.is_empty() {
            return Err(self.refuse(field, "text", quoted("")));
        }
        Ok(text)
    }

    fn error<E: serde::de::Error>(_: Refused) -> E {
        E::custom("refused")
    }
}
