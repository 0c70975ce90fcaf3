//! One file of a form, in memory: a list that is read once.

use std::cell::RefCell;
use std::rc::Rc;

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use futures_util::StreamExt as _;

use super::{Shared, expect_files, malformed, piece};
use crate::clock::Stopwatch;
use crate::web::body::{self, STALL, TOTAL};
use crate::web::call::Call;
use crate::web::fault::Fault;

/// The first file of the form. Errors: none in it, broken off, too slow, above `most` bytes.
pub async fn file(call: &mut Call, most: usize) -> Result<Vec<u8>, Fault> {
    let mut payload = Shared(Rc::new(RefCell::new(std::mem::replace(&mut call.payload, Payload::None))));
    let read = match expect_files(call) {
        Err(fault) => Err(fault),
        Ok(()) => first(Multipart::new(call.request.headers(), payload.clone()), most).await,
    };
    body::drain(&mut payload).await;
    read
}

async fn first(mut form: Multipart, most: usize) -> Result<Vec<u8>, Fault> {
    let started = Stopwatch::start();
    while let Some(field) = piece(form.next(), STALL).await? {
        let mut field = field.map_err(malformed)?;
        let is_file = field.content_disposition().and_then(|said| said.get_filename()).is_some();
        let mut bytes = Vec::new();
        loop {
            let within = STALL.min(TOTAL.saturating_sub(started.elapsed()));
            let Some(part) = piece(field.next(), within).await? else { break };
            bytes.extend_from_slice(&part.map_err(malformed)?);
            if bytes.len() > most {
                return Err(body::too_large(most));
            }
        }
        if is_file && !bytes.is_empty() {
            return Ok(bytes);
        }
    }
    Err(Fault::malformed("expected a file, found none"))
}
