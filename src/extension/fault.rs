//! What goes wrong in a function, as text that begins with a stable code: clients hand on nothing else.

use std::any::Any;

use crate::domain::error::{Error, code};
use crate::payload::Rejection;

#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Domain(#[from] Error),
    #[error(transparent)]
    Rejection(#[from] Rejection),
    /// `seat_require`: the caller brings the code.
    #[error("{0}")]
    Required(String),
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
}

impl Fault {
    /// A wrong argument: `SEAT-S01`.
    pub fn argument(detail: impl Into<String>) -> Self {
        Self::Domain(Error::new(code::ARGUMENT_INVALID, detail))
    }

    /// A panic that was caught before it crossed into C: `SEAT-S07`.
    pub fn panicked(panic: &(dyn Any + Send)) -> Self {
        let said = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without a message".to_owned());
        Self::Domain(Error::new(code::INTERNAL, format!("seatledger panicked: {said}")))
    }

    /// The form in which SQLite carries it. Errors of SQLite itself (busy, interrupted, full) keep
    /// their result code; a missing table says that this is no seatledger database.
    pub fn into_sqlite(self) -> rusqlite::Error {
        match self {
            Self::Sql(error @ rusqlite::Error::SqliteFailure(..)) => {
                let text = error.to_string();
                if text.contains("no such table: main.") {
                    let missing = text.rsplit("main.").next().unwrap_or_default();
                    let detail =
                        format!("expected a seatledger database, found none of its tables ({missing})");
                    return Self::Domain(Error::new(code::DATABASE_FOREIGN, detail)).into_sqlite();
                }
                error
            }
            other => rusqlite::Error::UserFunctionError(Box::new(other)),
        }
    }
}
