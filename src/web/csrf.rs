//! A change must come from a page of ours: its site by the browser's own headers, its session by a token.

use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};

use super::fault::Fault;
use super::pairs::Pairs;
use crate::domain::error::{code, quoted};
use crate::domain::sign_in::is_same_secret;
use crate::store::sessions::Session;

/// Name of the form field, and of the header that scripts send.
pub const FIELD: &str = "csrf";
const HEADER: &str = "x-csrf-token";

/// Refuses what another site sends. Browsers that say neither `Sec-Fetch-Site` nor `Origin` are held by the token.
pub fn same_site(request: &HttpRequest) -> Result<(), Fault> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return Err(foreign(format!("expected a form of this site, found one that is {}", quoted(site))));
    }
    if let Some(origin) = text("origin") {
        let host =
            request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let named = origin.split_once("://").map_or("", |(_, host)| host);
        if !named.eq_ignore_ascii_case(host) {
            return Err(foreign(format!(
                "expected a form of {}, found one of {}",
                quoted(host),
                quoted(origin)
            )));
        }
    }
    Ok(())
}

/// Whether the browser says that a page of ours sent it: it may be offered to be sent again.
pub fn is_surely_ours(request: &HttpRequest) -> bool {
    request.headers().get("sec-fetch-site").is_some_and(|site| site == "same-origin")
}

/// Refuses a form without the session's token.
pub fn token(session: &Session, request: &HttpRequest, form: &Pairs) -> Result<(), Fault> {
    let sent =
        request.headers().get(HEADER).and_then(|value| value.to_str().ok()).or_else(|| form.raw(FIELD));
    if sent.is_some_and(|sent| is_same_secret(sent, &session.csrf)) {
        return Ok(());
    }
    Err(foreign("expected the token of the page's form, found another or none".to_owned()))
}

fn foreign(detail: String) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, code::FORM_FOREIGN, detail)
}
