//! Floor 4: files for other programs, streamed row by row. One format a file behind [`Format`]; one
//! report a file behind a function that writes it in any format.

mod asked;
pub mod bundle;
mod csv;
mod hashed;
mod history;
mod json;
mod late;
mod servers;
mod statement;
mod usage;
mod users;
mod vpx;
mod xlsx;

use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use crate::domain::error::{Error, code, quoted};
use crate::store::StoreError;
pub use crate::store::periods::Status;

pub use asked::{Asked, UNLINKED, sheets_folder};
pub use csv::Csv;
pub use hashed::Hashed;
pub use history::history;
pub use json::Json;
pub use late::late;
pub use servers::servers;
pub use statement::statement;
pub use usage::usage;
pub use users::{some_users, users};
pub use vpx::vpx;
pub use xlsx::Xlsx;

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
    /// Its cells are instants: a workbook's header says that they are UTC.
    pub is_instant: bool,
}

impl Column {
    const fn both(name: &'static str) -> Self {
        Self { sheet: Some(name), program: Some(name), is_instant: false }
    }

    /// Of [`Cell::Instant`].
    const fn instant(name: &'static str) -> Self {
        Self { is_instant: true, ..Self::both(name) }
    }

    const fn for_programs(name: &'static str) -> Self {
        Self { sheet: None, ..Self::both(name) }
    }
}

/// One value of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    Nothing,
    Text(&'a str),
    Number(i64),
    Truth(bool),
    /// `2026-10-15T03:00:00Z`; in a workbook a date with its time.
    Instant(&'a str),
    /// `2026-10-15`; in a workbook a date.
    Date(&'a str),
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
    /// By how much late usage would move a closed period.
    Late,
    /// Months side by side.
    History,
    /// License servers and sites as they are now.
    Servers,
    /// NetScaler VPX allocations as they are now.
    Vpx,
    Statement,
}

/// As what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Csv,
    Xlsx,
    Json,
}

impl Report {
    pub const ALL: [Self; 7] =
        [Self::Usage, Self::Users, Self::Statement, Self::History, Self::Late, Self::Servers, Self::Vpx];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Users => "users",
            Self::Late => "late",
            Self::History => "history",
            Self::Servers => "servers",
            Self::Vpx => "vpx",
            Self::Statement => "statement",
        }
    }

    /// Whether it can be had of one customer alone.
    pub fn takes_customer(self) -> bool {
        matches!(self, Self::History | Self::Statement)
    }

    /// Whether it can begin with an earlier month.
    pub fn takes_from(self) -> bool {
        self == Self::History
    }
}

impl Form {
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xlsx, Self::Json];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }

    /// Lets `write` write into a file of this form. A workbook keeps its rows in nameless files in `folder` until it is
    /// complete; one without rows has a sheet of that `name`.
    pub fn written<W: Write + Send>(
        self,
        into: W,
        folder: &Path,
        name: &str,
        write: impl FnOnce(&mut dyn Format) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        match self {
            Self::Csv => write(&mut Csv::new(into)),
            Self::Xlsx => write(&mut Xlsx::new(into, folder, name)?),
            Self::Json => write(&mut Json::new(into)),
        }
    }
}

impl FromStr for Report {
    type Err = Error;

    /// Errors: `SEAT-C04`.
    fn from_str(word: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|report| report.as_str() == word);
        found.ok_or_else(|| unknown(&choices(&Self::ALL.map(Self::as_str)), word))
    }
}

impl FromStr for Form {
    type Err = Error;

    /// Errors: `SEAT-C04`.
    fn from_str(word: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|form| form.as_str() == word);
        found.ok_or_else(|| unknown(&choices(&Self::ALL.map(Self::as_str)), word))
    }
}

/// `a, b or c`
fn choices(all: &[&str]) -> String {
    match all {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => all.concat(),
    }
}

fn unknown(expected: &str, found: &str) -> Error {
    Error::new(code::INPUT_INVALID, format!("expected {expected}, found {}", quoted(found)))
}
