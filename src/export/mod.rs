//! Floor 4: files for other programs, streamed row by row. One format a file behind [`Format`]; one
//! report a file behind a function that writes it in any format.

mod csv;
mod json;
mod usage;
mod users;

use std::io::{self, Write};
use std::str::FromStr;

use crate::domain::error::{Error, code, quoted};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
pub use crate::store::periods::Status;
use crate::store::{Store, StoreError};

pub use csv::Csv;
pub use json::Json;
pub use usage::usage;
pub use users::{some_users, users};

/// A file format. Rows are written as they come: none is held back.
pub trait Format {
    /// Called once, before the rows.
    fn begin(&mut self, columns: &'static [Column]) -> io::Result<()>;
    /// One cell for each column.
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()>;
    /// Called once, behind the rows; flushes.
    fn end(&mut self) -> io::Result<()>;
}

/// A column by its name in files for spreadsheets, and in files for programs; `None` where it is left out.
pub struct Column {
    pub sheet: Option<&'static str>,
    pub program: Option<&'static str>,
}

impl Column {
    const fn both(name: &'static str) -> Self {
        Self { sheet: Some(name), program: Some(name) }
    }
}

/// One value of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    Nothing,
    Text(&'a str),
    Number(i64),
    Truth(bool),
    List(&'a [&'a str]),
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }
}

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    Usage,
    Users,
}

/// As what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Csv,
    Json,
}

impl Report {
    pub const ALL: [Self; 2] = [Self::Usage, Self::Users];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Users => "users",
        }
    }

    /// Writes one state of the database: the caller sees to that. Errors: `SEAT-P02` before anything is written.
    pub fn write(
        self,
        form: Form,
        store: &Store,
        period: BillingPeriod,
        now: UtcInstant,
        into: &mut dyn Write,
    ) -> Result<(), ExportError> {
        let rows = match self {
            Self::Usage => usage,
            Self::Users => users,
        };
        match form {
            Form::Csv => rows(store, period, now, &mut Csv::new(into)),
            Form::Json => rows(store, period, now, &mut Json::new(into)),
        }
    }

    /// `seatledger_usage_2026-10.csv`: the same for the same report, whenever it is made.
    pub fn file_name(self, period: BillingPeriod, form: Form) -> String {
        format!("seatledger_{}_{period}.{}", self.as_str(), form.as_str())
    }
}

impl Form {
    pub const ALL: [Self; 2] = [Self::Csv, Self::Json];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

impl FromStr for Report {
    type Err = Error;

    /// Errors: `SEAT-C04`.
    fn from_str(word: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|report| report.as_str() == word);
        found.ok_or_else(|| unknown("usage or users", word))
    }
}

impl FromStr for Form {
    type Err = Error;

    /// Errors: `SEAT-C04`.
    fn from_str(word: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|form| form.as_str() == word);
        found.ok_or_else(|| unknown("csv or json", word))
    }
}

fn unknown(expected: &str, found: &str) -> Error {
    Error::new(code::INPUT_INVALID, format!("expected {expected}, found {}", quoted(found)))
}
