//! Why a request is not answered as asked: a status, a code, what was expected and found, and what to do.
//!
//! Made anywhere below, turned into `problem+json` or an error page by `dispatch`.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};

use crate::domain::error::{Code, Error, code};
use crate::export::ExportError;
use crate::store::StoreError;

/// A refusal with its HTTP status.
#[derive(Clone, Debug)]
pub struct Fault {
    pub status: StatusCode,
    pub error: Error,
    pub headers: Vec<(HeaderName, String)>,
}

impl Fault {
    pub fn new(status: StatusCode, code: Code, detail: impl Into<String>) -> Self {
        Self { status, error: Error::new(code, detail), headers: Vec::new() }
    }

    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn code(&self) -> Code {
        self.error.code
    }

    /// Neither page nor call has this address, or nothing has this id.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code::NOT_FOUND, detail)
    }

    /// A parameter or body that cannot be read.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code::REQUEST_MALFORMED, detail)
    }

    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, code::INTERNAL, detail)
    }

    /// A bounded kind of work, all of whose turns are taken.
    pub fn crowded(what: &str) -> Self {
        let detail = format!("expected a turn, found other {what} still under way");
        Error::new(code::CROWDED, detail).into()
    }

    pub fn busy() -> Self {
        Error::new(code::DATABASE_BUSY, "expected a turn within 10 seconds, found others still at work")
            .into()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

/// The status of each code; those that are not named are 400, since most refuse what was sent.
fn status_of(code: Code) -> StatusCode {
    match code {
        code::PERIOD_LOCKED
        | code::PERIOD_NOT_BEGUN
        | code::PERIOD_NOT_OVER
        | code::CLOSING_OUT_OF_ORDER
        | code::CLOCK_SUSPECTED
        | code::BOOKS_MOVED
        | code::PERIOD_NOT_CLOSED
        | code::STATEMENT_BROKEN
        | code::CLOSED_IMMUTABLE
        | code::EXCLUSIVE_SITE
        | code::CUSTOMER_ARCHIVED
        | code::SET_CHANGED
        | code::CUSTOMER_TAKEN
        | code::RECORD_IMMUTABLE
        | code::UNDO_REFUSED
        | code::ALIAS_CHAIN
        | code::UPLOAD_KNOWN => StatusCode::CONFLICT,
        code::OBJECT_UNKNOWN | code::CUSTOMER_UNKNOWN => StatusCode::UNPROCESSABLE_ENTITY,
        code::NOT_FOUND | code::BATCH_UNKNOWN => StatusCode::NOT_FOUND,
        code::UPLOAD_TOO_LARGE | code::BODY_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
        code::DATABASE_BUSY | code::DATABASE_FULL | code::CROWDED => StatusCode::SERVICE_UNAVAILABLE,
        code::INTERNAL
        | code::SQL_FAILED
        | code::ARGUMENT_INVALID
        | code::DATABASE_DAMAGED
        | code::DATABASE_UNUSABLE
        | code::DATABASE_FOREIGN
        | code::DATABASE_NEWER
        | code::DISK_FAILED
        | code::OUTPUT_FAILED => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let status = status_of(error.code);
        let headers = match status {
            StatusCode::SERVICE_UNAVAILABLE => vec![(header::RETRY_AFTER, "5".to_owned())],
            _ => Vec::new(),
        };
        Self { status, error, headers }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(error) | StoreError::Unusable(error) => error.into(),
        }
    }
}

impl From<ExportError> for Fault {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            other => Self::new(StatusCode::INTERNAL_SERVER_ERROR, code::OUTPUT_FAILED, other.to_string()),
        }
    }
}
