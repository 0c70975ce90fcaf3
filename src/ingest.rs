//! Floor 4: one upload end to end, whatever way it came in: hash → duplicate? → payload → commit.
//!
//! [`read`] needs no database and may run on any thread; [`take_in`] commits, in the order of arrival.

pub mod regular;

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::domain::error::{Error, code, quoted};
use crate::domain::ids::canonical_guid;
use crate::domain::instant::UtcInstant;
use crate::domain::period::TimeZone;
use crate::extension::{Prepared, hex};
use crate::payload::{self, Context, Limits, Reading, Rejection, Subject};
use crate::store::uploads::{Accepted, Arrival, Receipt, Rejected, accept, reject};
use crate::store::{Actor, Commit, Store, StoreError};

/// The bytes of an upload with what is known of their way in.
pub struct Bytes {
    pub arrival: Arrival,
    /// `None` where the file exceeds the limit and only its hash and size are known.
    pub content: Option<Vec<u8>>,
}

/// What the bytes turned out to be.
pub enum Read {
    Payloads(Box<Prepared>),
    Rejected(Box<Rejection>),
}

/// What became of an upload.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Accepted(Receipt),
    /// The same bytes were accepted before; the receipt is that of then.
    Duplicate(Receipt),
    Rejected {
        id: String,
        sha256: String,
        rejection: Rejection,
    },
}

/// Lower-case hex of the SHA-256.
pub fn sha256(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// Reads the bytes, without the database.
pub fn read(bytes: &Bytes, limits: &Limits, time_zone: TimeZone) -> Read {
    let Some(content) = &bytes.content else {
        return Read::Rejected(Box::new(Rejection {
            code: code::UPLOAD_TOO_LARGE,
            entry: String::new(),
            place: String::new(),
            expected: format!("at most {} bytes", limits.file_bytes),
            found: format!("{} bytes", bytes.arrival.bytes),
        }));
    };
    let context = Context {
        limits,
        received_at: Some(bytes.arrival.received_at),
        time_zone,
        file_name: &bytes.arrival.file,
    };
    match payload::read(content, &context) {
        Ok(reading) => Read::Payloads(Box::new(Prepared::new(reading, bytes.arrival.sha256.clone()))),
        Err(rejection) => Read::Rejected(Box::new(rejection)),
    }
}

/// Brings what was read into the database: one commit, whatever the outcome.
///
/// The content of a rejected upload goes with the commit. Errors are those of the database; a rejected upload is an outcome.
pub fn take_in(
    store: &mut Store,
    actor: &Actor,
    bytes: &mut Bytes,
    read: Read,
    now: UtcInstant,
) -> Result<Outcome, StoreError> {
    if let Some(receipt) = store.find_receipt(&bytes.arrival.sha256)? {
        return Ok(Outcome::Duplicate(receipt));
    }
    let prepared = match read {
        Read::Payloads(mut prepared) => match name_license_server(store, bytes, &mut prepared.reading)? {
            Ok(()) => prepared,
            Err(rejection) => return keep_rejected(store, actor, bytes, rejection, now),
        },
        Read::Rejected(rejection) => return keep_rejected(store, actor, bytes, *rejection, now),
    };
    let content = bytes.content.as_deref().unwrap_or_default();
    let mut commit = Commit::new(now, actor);
    accept(&mut commit, &Accepted { arrival: &bytes.arrival, prepared: &prepared, content });
    let prepared = Arc::new(*prepared);
    match store.commit_upload(&commit, &prepared) {
        Ok(()) => receipt(store, bytes).map(Outcome::Accepted),
        // Another program was quicker with the same bytes.
        Err(error) if error.code() == code::UPLOAD_KNOWN => receipt(store, bytes).map(Outcome::Duplicate),
        Err(StoreError::Refused(error)) if error.code == code::DELIVERY_GROUP_MOVED => {
            keep_rejected(store, actor, bytes, moved(error, &prepared.reading), now)
        }
        Err(error) => Err(error),
    }
}

fn receipt(store: &Store, bytes: &Bytes) -> Result<Receipt, StoreError> {
    let missing =
        || StoreError::refused(code::INTERNAL, "expected the receipt of an accepted upload, found none");
    store.find_receipt(&bytes.arrival.sha256)?.ok_or_else(missing)
}

fn keep_rejected(
    store: &mut Store,
    actor: &Actor,
    bytes: &mut Bytes,
    rejection: Rejection,
    now: UtcInstant,
) -> Result<Outcome, StoreError> {
    let mut commit = Commit::new(now, actor);
    // Moved, not copied: what is refused may be as large as the limit.
    let content = bytes.content.take();
    reject(&mut commit, Rejected { arrival: &bytes.arrival, rejection: &rejection, content });
    store.commit(&commit)?;
    let sha256 = bytes.arrival.sha256.clone();
    Ok(Outcome::Rejected { id: sha256.chars().take(16).collect(), sha256, rejection })
}

/// The rejection that a guard of the database spoke, as one of the upload: it names the delivery group.
fn moved(error: Error, reading: &Reading) -> Rejection {
    let is_named = |id: &str| error.detail.starts_with(&format!("expected delivery group {id} in site "));
    // Of two sites that claim it in one upload, the later one is refused.
    let place = reading.payloads.iter().rev().find_map(|payload| {
        let index = payload.delivery_groups.iter().position(|group| is_named(&group.id))?;
        Some((payload.entry.clone(), format!("$.deliveryGroups[{index}].id")))
    });
    let (entry, place) = place.unwrap_or_default();
    let (expected, found) = error.detail.split_once(", found ").unwrap_or((&error.detail, "another"));
    let expected = expected.trim_start_matches("expected ").to_owned();
    Rejection { code: error.code, entry, place, expected, found: found.to_owned() }
}

/// Gives license files that came alone their license server: the one that was named, else the only
/// one with the host name of their SERVER line.
fn name_license_server(
    store: &Store,
    bytes: &Bytes,
    reading: &mut Reading,
) -> Result<Result<(), Rejection>, StoreError> {
    for payload in &mut reading.payloads {
        let Subject::LicenseServerHost { host } = &payload.subject else { continue };
        let refuse = |expected: String, found: String| {
            let (entry, code) = (payload.entry.clone(), code::LICENSE_SERVER_NEEDED);
            Ok(Err(Rejection { code, entry, place: String::new(), expected, found }))
        };
        let guid = match (&bytes.arrival.license_server, host) {
            (Some(named), _) => match canonical_guid(named) {
                Some(guid) if store.knows_license_server(&guid)? => guid,
                _ => {
                    return refuse(
                        "the GUID of a license server that has reported".to_owned(),
                        quoted(named),
                    );
                }
            },
            (None, None) => {
                return refuse(
                    "--license-server, or a SERVER line with a host name".to_owned(),
                    "neither".to_owned(),
                );
            }
            (None, Some(host)) => match &store.license_servers_of_host(host)?[..] {
                [only] => only.clone(),
                found => {
                    let expected = format!("exactly one license server named {host}, or --license-server");
                    return refuse(expected, format!("{} of that name", found.len()));
                }
            },
        };
        payload.subject = Subject::LicenseServer { guid, host_id: None, fqdn: None, version: None };
    }
    Ok(Ok(()))
}
