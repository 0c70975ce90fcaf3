//! Static files: embedded, with an address that changes with their content, so that browsers may keep them.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;

use super::call::{Answer, Call};
use super::fault::Fault;

struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static [u8],
}

macro_rules! asset {
    ($name:literal, $kind:literal) => {
        Asset { name: $name, kind: $kind, content: include_bytes!(concat!("../../static/", $name)) }
    };
}

const ASSETS: &[Asset] = &[
    asset!("app.css", "text/css; charset=utf-8"),
    asset!("app.js", "text/javascript; charset=utf-8"),
    asset!("icons.svg", "image/svg+xml"),
];

/// Digest of all of them.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let all: Vec<u8> = ASSETS.iter().flat_map(|asset| asset.content).copied().collect();
    crate::ingest::sha256(&all).chars().take(10).collect()
});

/// `/static/app.css?v=…`
pub fn address(name: &str) -> String {
    format!("/static/{name}?v={}", *VERSION)
}

pub async fn file(call: Call) -> Answer {
    let name = call.part("file")?;
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return Err(Fault::not_found("expected a static file of this program, found another name"));
    };
    let etag = format!("\"{}\"", *VERSION);
    let keep = if call.query.get("v") == Some(&VERSION) {
        "public, max-age=31536000, immutable"
    } else {
        "public, no-cache"
    };
    if call.header(header::IF_NONE_MATCH) == Some(&etag) {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, etag))
            .insert_header((header::CACHE_CONTROL, keep))
            .finish());
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, asset.kind))
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, keep))
        .body(asset.content))
}

/// Browsers ask for it by themselves.
pub async fn favicon(_: Call) -> Answer {
    super::dispatch::go(&address("icons.svg"))
}
