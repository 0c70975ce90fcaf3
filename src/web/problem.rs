//! Faults for programs: `application/problem+json`.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::fault::Fault;

/// Why a call was refused (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// An address that names the kind of problem; nothing is to be fetched there.
    #[serde(rename = "type")]
    pub kind: String,
    /// What went wrong, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What was expected, what was found, and what to do.
    pub detail: String,
    /// The stable code, `SEAT-P01`.
    pub code: String,
    /// Reference of the request in the server's log.
    pub instance: String,
}

/// The answer to a call that is refused.
pub fn json(fault: &Fault, reference: &str) -> HttpResponse {
    let code = fault.code();
    let problem = Problem {
        kind: format!("urn:seatledger:{}", code.id),
        title: code.title.to_owned(),
        status: fault.status.as_u16(),
        detail: format!("{}. {}", fault.error.detail.trim_end_matches('.'), code.remedy),
        code: code.id.to_owned(),
        instance: format!("urn:seatledger:request:{reference}"),
    };
    let mut response = HttpResponse::build(fault.status);
    for (name, value) in &fault.headers {
        response.insert_header((name.clone(), value.as_str()));
    }
    if fault.status == StatusCode::UNAUTHORIZED {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"seatledger\""));
    }
    let body = serde_json::to_string(&problem).unwrap_or_default();
    response.insert_header((header::CONTENT_TYPE, "application/problem+json")).body(body)
}
