//! `seatledger.toml`: flat keys, each a text, number, truth or list of these, with the lines they stand on.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::{Failure, shown};
use crate::domain::error::{code, quoted};
use crate::ingest::regular;

/// The keys of a file; the default has none.
#[derive(Default)]
pub struct File {
    path: String,
    keys: BTreeMap<String, Key>,
}

struct Key {
    /// From 1.
    line: usize,
    values: Vec<OsString>,
}

impl File {
    /// Errors: `SEAT-C03`, with the line.
    pub fn read(path: &Path, known: &[&str]) -> Result<Self, Failure> {
        let mut file = Self { path: shown(path), keys: BTreeMap::new() };
        let refuse = |found: String| {
            let detail = format!("expected a configuration file at {}, found: {found}", shown(path));
            Failure::usage(code::CONFIG_INVALID, detail)
        };
        let mut text = String::new();
        regular::open(path)
            .and_then(|(file, size)| file.take(size).read_to_string(&mut text))
            .map_err(|error| refuse(error.to_string()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let line_at = |offset: usize| 1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count();
        let table = DeTable::parse(text).map_err(|error| {
            let line = line_at(error.span().map_or(0, |span| span.start));
            file.refuse(line, "TOML", &error.message().replace('\n', ", "))
        })?;
        for (key, value) in table.get_ref() {
            let line = line_at(key.span().start);
            let name = key.get_ref();
            if !known.contains(&name.as_ref()) {
                return Err(file.refuse(
                    line,
                    "the name of an option with _ for -, such as license_server",
                    &quoted(name),
                ));
            }
            let Some(values) = values(value.get_ref()) else {
                return Err(file.refuse(
                    line,
                    &format!("a text, number or true or false for {name}"),
                    "another value",
                ));
            };
            file.keys.insert(name.to_string(), Key { line, values });
        }
        Ok(file)
    }

    /// The line that says it.
    pub fn line_of(&self, key: &str) -> Option<usize> {
        self.keys.get(key).map(|key| key.line)
    }

    /// One for a plain value, several for a list.
    pub fn values(&self, key: &str) -> &[OsString] {
        self.keys.get(key).map_or(&[], |key| &key.values)
    }

    /// `seatledger.toml line 3`
    pub fn origin(&self, key: &str) -> String {
        format!("{} line {}", self.path, self.line_of(key).unwrap_or(0))
    }

    pub fn refuse(&self, line: usize, expected: &str, found: &str) -> Failure {
        let detail = format!("{} line {line}: expected {expected}, found {found}", self.path);
        Failure::usage(code::CONFIG_INVALID, detail)
    }
}

fn values(value: &DeValue<'_>) -> Option<Vec<OsString>> {
    match value {
        DeValue::Array(list) => list.iter().map(|value| plain(value.get_ref())).collect(),
        value => Some(vec![plain(value)?]),
    }
}

fn plain(value: &DeValue<'_>) -> Option<OsString> {
    match value {
        DeValue::String(text) => Some(OsString::from(text.as_ref())),
        DeValue::Integer(number) => Some(OsString::from(number.to_string())),
        DeValue::Boolean(truth) => Some(OsString::from(truth.to_string())),
        DeValue::Datetime(instant) => Some(OsString::from(instant.to_string())),
        DeValue::Float(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
