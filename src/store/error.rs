//! What the database refuses, with the code that a function or guard put in front of its text.

use crate::domain::error::{Code, Error, code};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A refusal by a rule, with its code.
    #[error(transparent)]
    Refused(#[from] Error),
    /// The database cannot be opened, or is newer than the program.
    #[error("{0}")]
    Unusable(Error),
}

impl StoreError {
    pub fn code(&self) -> Code {
        self.error().code
    }

    /// Code and detail.
    pub fn error(&self) -> &Error {
        match self {
            Self::Refused(error) | Self::Unusable(error) => error,
        }
    }

    pub fn refused(code: Code, detail: impl Into<String>) -> Self {
        Self::Refused(Error::new(code, detail))
    }

    pub fn unusable(code: Code, detail: impl Into<String>) -> Self {
        Self::Unusable(Error::new(code, detail))
    }
}

impl From<rusqlite::Error> for StoreError {
    /// SQLite hands on text: one that begins with a code of ours gets it back.
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase,
            PermissionDenied, ReadOnly, SystemIoFailure,
        };
        let text = match &error {
            rusqlite::Error::SqliteFailure(_, Some(text)) => text.clone(),
            other => other.to_string(),
        };
        if let Some((id, detail)) = text.split_once(": ")
            && let Some(code) = code::ALL.iter().find(|code| code.id == id)
        {
            return Self::refused(*code, detail);
        }
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Self::refused(
                code::DATABASE_BUSY,
                "expected the database to be free, found another program writing to it",
            ),
            Some(DiskFull) => {
                Self::refused(code::DATABASE_FULL, format!("expected free space on the disk, found: {text}"))
            }
            Some(SystemIoFailure) => Self::unusable(
                code::DISK_FAILED,
                format!("expected the disk to read and write the database, found: {text}"),
            ),
            Some(CannotOpen | PermissionDenied | ReadOnly) => {
                let detail = format!(
                    "expected to read and write the database file and its folder (SQLite keeps its log beside it), found: {text}"
                );
                Self::unusable(code::DATABASE_UNUSABLE, detail)
            }
            Some(DatabaseCorrupt | NotADatabase) => Self::unusable(
                code::DATABASE_DAMAGED,
                format!("expected a sound SQLite database, found: {text}"),
            ),
            _ => Self::refused(
                code::SQL_FAILED,
                format!("expected SQL that this database can run, found: {text}"),
            ),
        }
    }
}
