//! The outermost layer: every answer, also of errors and files, gets its headers, its reference and its line in the log.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};

use super::reference::Reference;
use crate::clock::Stopwatch;

/// Nothing inline, nothing from elsewhere, no frame around us.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

static HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

pub async fn wrap<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let started = Stopwatch::start();
    let reference = Reference::fresh();
    request.extensions_mut().insert(reference.clone());
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let peer = request.peer_addr();
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    for (name, value) in &HEADERS {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
    // What stands behind the sign-in is kept by no cache; static files say otherwise themselves.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(value) = HeaderValue::from_str(reference.as_str()) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    // Never the query: it may name users. Never a header: it may hold a token.
    tracing::info!(
        request = reference.as_str(),
        peer = peer.map(|peer| peer.ip().to_string()),
        method = method.as_str(),
        path,
        status = response.status().as_u16(),
        ms = started.elapsed().as_millis() as u64,
        "answered"
    );
    Ok(response)
}
