//! Files that a browser brings: each read from the form as it comes in, with an outcome of its own.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::HttpResponse;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt as _};
use serde::Serialize;

use super::body::{self, STALL, TOTAL};
use super::call::{Answer, Call};
use super::fault::Fault;
use super::pages::uploads::{self, ResultRow};
use super::pages::{self, decoded};
use super::receive::{self, Incoming};
use super::{problem, show};
use crate::clock::Stopwatch;
use crate::domain::error::{code, quoted};
use crate::ingest::Outcome;

pub mod one;

/// Most bytes of one form, and most files: more are sent in several.
const FORM_BYTES: u64 = 1 << 30;
const FILES: usize = 5000;

/// What became of one file.
pub struct Handed {
    pub file: String,
    outcome: Result<Outcome, Fault>,
}

/// The same for a script.
#[derive(Serialize)]
struct HandedItem {
    file: String,
    /// `accepted`, `duplicate`, `rejected`, `failed`.
    status: &'static str,
    id: Option<String>,
    title: &'static str,
    text: String,
    href: Option<String>,
}

impl Handed {
    /// It is on disk and counts.
    pub fn is_kept(&self) -> bool {
        matches!(self.outcome, Ok(Outcome::Accepted(_) | Outcome::Duplicate(_)))
    }

    /// As the page shows it.
    pub fn shown(self, link: impl Fn(&str) -> String) -> ResultRow {
        let item = self.item(link);
        ResultRow {
            class: match item.status {
                "accepted" | "duplicate" => "good",
                _ => "bad",
            },
            file: item.file,
            title: item.title,
            text: item.text,
            href: item.href.unwrap_or_default(),
        }
    }

    fn item(self, link: impl Fn(&str) -> String) -> HandedItem {
        let (status, title, id, text) = match self.outcome {
            Ok(Outcome::Accepted(receipt)) => {
                let mut text = show::count(receipt.new_users, "new user", "new users");
                let names: Vec<&str> = receipt.sources.iter().map(|source| source.name.as_str()).collect();
                if !names.is_empty() {
                    text = format!("{}: {text}", names.join(", "));
                }
                if receipt.late_users > 0 {
                    let late = show::count(receipt.late_users, "user", "users");
                    text.push_str(&format!(", {late} late for a closed month"));
                }
                if !receipt.warnings.is_empty() {
                    let warnings = i64::try_from(receipt.warnings.len()).unwrap_or(i64::MAX);
                    text.push_str(&format!(", {}", show::count(warnings, "warning", "warnings")));
                }
                ("accepted", "Accepted", Some(receipt.id), format!("{text}."))
            }
            Ok(Outcome::Duplicate(receipt)) => (
                "duplicate",
                "Duplicate",
                Some(receipt.id),
                "The same bytes were accepted before; nothing changed.".to_owned(),
            ),
            Ok(Outcome::Rejected { id, rejection, .. }) => (
                "rejected",
                "Rejected",
                Some(id),
                format!("{} {} ({})", decoded::reason(&rejection), rejection.code.remedy, rejection.code.id),
            ),
            Err(fault) => (
                "failed",
                "Not received",
                None,
                format!("{}. {} ({})", fault.error.detail, fault.code().remedy, fault.code().id),
            ),
        };
        let href = id.as_deref().map(link);
        HandedItem { file: self.file, status, id, title, text, href }
    }
}

/// Takes in the files of a form. Answers the page with what became of each, or the same as JSON where that is asked
/// for.
pub async fn create(mut call: Call) -> Answer {
    let is_script =
        call.header(header::ACCEPT).is_some_and(|accept| accept.trim_start().starts_with("application/json"));
    let mut handed = Vec::new();
    let fault = read_form(&mut call, &mut handed).await.err();
    let status = status(&handed, fault.as_ref());
    if !is_script {
        return uploads::handed(&call, status, handed, fault).await;
    }
    let fault = match fault {
        Some(fault) if handed.is_empty() => return Ok(problem::json(&fault, &call.reference)),
        fault => fault,
    };
    let period = call.query.get("period").unwrap_or_default().to_owned();
    let link = |id: &str| super::pairs::href("/upload", &[("id", id), ("period", &period)]);
    let mut items: Vec<HandedItem> = handed.into_iter().map(|file| file.item(link)).collect();
    items.extend(fault.map(|fault| HandedItem {
        file: String::new(),
        status: "failed",
        id: None,
        title: "The rest was not received",
        text: pages::sentence(&fault.error),
        href: None,
    }));
    Ok(HttpResponse::build(status).json(serde_json::json!({ "items": items })))
}

/// That of the form, else of its files where none is on disk.
fn status(handed: &[Handed], fault: Option<&Fault>) -> StatusCode {
    if let Some(fault) = fault {
        return fault.status;
    }
    if handed.iter().any(Handed::is_kept) {
        return StatusCode::OK;
    }
    match handed.first().map(|file| &file.outcome) {
        Some(Ok(Outcome::Rejected { rejection, .. })) if rejection.code == code::UPLOAD_TOO_LARGE => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        Some(Err(fault)) => fault.status,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Errors: those of the form as a whole: no file in it, broken off, too slow, too large. Files that came before stay
/// taken in.
async fn read_form(call: &mut Call, handed: &mut Vec<Handed>) -> Result<(), Fault> {
    let limit = call.read(|store| Ok(store.rules()?.limits.file_bytes)).await?;
    let mut payload = Shared(Rc::new(RefCell::new(std::mem::replace(&mut call.payload, Payload::None))));
    let done = match expect_files(call) {
        Err(fault) => Err(fault),
        Ok(()) => {
            let form = Multipart::new(call.request.headers(), payload.clone());
            read_files(call, form, limit, handed).await
        }
    };
    // What the form has left is read away, so that the answer arrives.
    body::drain(&mut payload).await;
    done?;
    if handed.is_empty() {
        return Err(Fault::malformed("expected at least one file, found none"));
    }
    Ok(())
}

/// The body, shared with the reader of the form: that one takes it and never gives it back.
#[derive(Clone)]
struct Shared(Rc<RefCell<Payload>>);

impl Stream for Shared {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

fn expect_files(call: &Call) -> Result<(), Fault> {
    let kind = call.header(header::CONTENT_TYPE).unwrap_or_default();
    if kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
        return Ok(());
    }
    Err(Fault::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        code::REQUEST_MALFORMED,
        format!("expected a form with files (multipart/form-data), found {}", quoted(kind)),
    ))
}

async fn read_files(
    call: &Call,
    mut form: Multipart,
    limit: u64,
    handed: &mut Vec<Handed>,
) -> Result<(), Fault> {
    let mut left = FORM_BYTES;
    let declared = body::length(&call.request);
    while let Some(field) = piece(form.next(), STALL).await? {
        let mut field = field.map_err(malformed)?;
        let named = field.content_disposition().and_then(|said| said.get_filename()).map(str::to_owned);
        let _room = call.app.room(declared.unwrap_or(limit).min(limit)).await?;
        let mut incoming = Incoming::new(limit, None);
        read_file(&mut field, &mut incoming, &mut left).await?;
        // A field that is no file, or one that was left empty.
        let Some(named) = named.filter(|named| !(named.is_empty() && incoming.is_empty())) else { continue };
        if handed.len() == FILES {
            return Err(Fault::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                code::BODY_TOO_LARGE,
                format!("expected at most {FILES} files at once, found more; those before {named} were read"),
            ));
        }
        let bytes = incoming.finish(&named, "browser", call.app.now());
        let file = bytes.arrival.file.clone();
        let outcome = receive::take_in(&call.app, call.actor(), bytes).await;
        handed.push(Handed { file, outcome });
    }
    Ok(())
}

async fn read_file(field: &mut Field, incoming: &mut Incoming, left: &mut u64) -> Result<(), Fault> {
    let started = Stopwatch::start();
    loop {
        let within = STALL.min(TOTAL.saturating_sub(started.elapsed()));
        let Some(bytes) = piece(field.next(), within).await? else { return Ok(()) };
        let bytes = bytes.map_err(malformed)?;
        *left = left.checked_sub(bytes.len() as u64).ok_or_else(|| {
            Fault::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                code::BODY_TOO_LARGE,
                format!(
                    "expected at most {FORM_BYTES} bytes at once, found more; the files before were read"
                ),
            )
        })?;
        incoming.push(&bytes);
    }
}

async fn piece<T>(next: impl Future<Output = Option<T>>, within: Duration) -> Result<Option<T>, Fault> {
    tokio::time::timeout(within, next).await.map_err(|_| body::too_slow())
}

fn malformed(error: impl std::fmt::Display) -> Fault {
    Fault::malformed(format!("expected a form with files (multipart/form-data), found: {error}"))
}
