//! Error pages: what happened, which role or number, the reference, one way back.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::{Gate, own_path, sentence};
use crate::web::app::App;
use crate::web::fault::Fault;

#[derive(Template)]
#[template(path = "pages/error.html")]
struct Page {
    gate: Gate,
    heading: &'static str,
    found: String,
    remedy: &'static str,
    code: &'static str,
    reference: String,
    back: String,
}

/// Renders the fault. Never fails: without the database it goes without the organization's name.
pub async fn show(app: &Arc<App>, request: &HttpRequest, fault: &Fault, reference: &str) -> HttpResponse {
    let organization = app.read(|store| Ok(store.setting("organization_name")?)).await.unwrap_or_default();
    let heading = heading(fault.status);
    let page = Page {
        gate: Gate::new(heading, organization),
        heading,
        found: sentence(&fault.error),
        remedy: fault.code().remedy,
        code: fault.code().id,
        reference: reference.to_owned(),
        back: back(request),
    };
    let mut response = HttpResponse::build(fault.status);
    for (name, value) in &fault.headers {
        response.insert_header((name.clone(), value.as_str()));
    }
    response.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
    response.body(page.render().unwrap_or_else(|_| format!("{heading}. {}", page.found)))
}

fn heading(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "Not signed in",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::METHOD_NOT_ALLOWED => "Not done this way",
        StatusCode::CONFLICT => "Not changed",
        StatusCode::GONE => "No longer kept",
        StatusCode::PAYLOAD_TOO_LARGE => "Too large",
        StatusCode::TOO_MANY_REQUESTS => "Too many tries",
        StatusCode::SERVICE_UNAVAILABLE => "Not now",
        status if status.is_server_error() => "A fault of the program",
        _ => "Not understood",
    }
}

/// The page that led here, where it is one of ours and another; else the overview.
fn back(request: &HttpRequest) -> String {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let from = text(header::REFERER).zip(text(header::HOST)).and_then(|(from, host)| {
        let (_, rest) = from.split_once("://")?;
        rest.strip_prefix(host).filter(|path| path.starts_with('/'))
    });
    let here = request.uri().path_and_query().map_or("", |both| both.as_str());
    own_path(from.filter(|from| *from != here))
}
