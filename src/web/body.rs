//! Reading a request's body: within a size, and within times, since actix bounds slow headers and not slow bodies.

use std::pin::Pin;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header;
use futures_util::{Stream, StreamExt as _};

use super::fault::Fault;
use crate::clock::Stopwatch;
use crate::domain::error::code;

/// Longest pause between two pieces.
pub const STALL: Duration = Duration::from_secs(10);
/// Longest time for the whole body.
pub const TOTAL: Duration = Duration::from_secs(120);
/// How much, and how long, is read past a limit, so that the answer arrives before the connection closes.
const DRAINED: usize = 64 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// Hands `each` the body piece by piece.
///
/// Errors: `SEAT-C08` above `most` bytes (with what was sent being read away), `SEAT-C10` too slow, `SEAT-C07` broken off,
/// and those of `each`.
pub async fn stream(
    payload: &mut Payload,
    request: &HttpRequest,
    most: usize,
    mut each: impl FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let started = Stopwatch::start();
    let declared = length(request);
    if declared.is_some_and(|length| length > most as u64) {
        drain(payload).await;
        return Err(too_large(most));
    }
    let mut size = 0;
    loop {
        let left = STALL.min(TOTAL.saturating_sub(started.elapsed()));
        match next(payload, left).await? {
            None => return Ok(()),
            Some(piece) => {
                size += piece.len();
                if size > most {
                    drain(payload).await;
                    return Err(too_large(most));
                }
                each(&piece)?;
            }
        }
    }
}

/// The whole body. Errors as [`stream`].
pub async fn read(payload: &mut Payload, request: &HttpRequest, most: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    stream(payload, request, most, |piece| {
        bytes.extend_from_slice(piece);
        Ok(())
    })
    .await?;
    Ok(bytes)
}

/// What the client says it will send.
pub fn length(request: &HttpRequest) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The next piece; `None` at the end.
pub async fn next(payload: &mut Payload, within: Duration) -> Result<Option<actix_web::web::Bytes>, Fault> {
    match tokio::time::timeout(within, payload.next()).await {
        Err(_) => Err(too_slow()),
        Ok(None) => Ok(None),
        Ok(Some(Ok(piece))) => Ok(Some(piece)),
        Ok(Some(Err(error))) => Err(Fault::malformed(format!("expected a whole body, found: {error}"))),
    }
}

/// Reads away what the client is still sending: an answer beside an unread body reaches it as a reset.
pub async fn drain<S, E>(payload: &mut S)
where
    S: Stream<Item = Result<actix_web::web::Bytes, E>> + Unpin,
{
    let mut size = 0;
    let reading = async {
        while let Some(Ok(piece)) = Pin::new(&mut *payload).next().await {
            size += piece.len();
            if size > DRAINED {
                break;
            }
        }
    };
    // A client that goes on for longer gets its reset.
    let _ = tokio::time::timeout(DRAIN_TIME, reading).await;
}

pub fn too_slow() -> Fault {
    Fault::new(
        actix_web::http::StatusCode::REQUEST_TIMEOUT,
        code::BODY_TOO_SLOW,
        format!(
            "expected a piece of the body every {} s and all of it within {} s, found a pause",
            STALL.as_secs(),
            TOTAL.as_secs()
        ),
    )
    .with(header::CONNECTION, "close")
}

pub fn too_large(most: usize) -> Fault {
    Fault::new(
        actix_web::http::StatusCode::PAYLOAD_TOO_LARGE,
        code::BODY_TOO_LARGE,
        format!("expected at most {most} bytes, found more"),
    )
    .with(header::CONNECTION, "close")
}
