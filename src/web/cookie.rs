//! The session's cookie: a reference of 256 bits, of which the database knows the digest.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};

use super::app::App;
use super::call::{Who, cookies};
use super::fault::Fault;
use crate::secret::token;

/// With TLS the prefix makes browsers refuse a cookie of another host or path.
fn name(app: &App) -> &'static str {
    if app.is_secure { "__Host-seatledger" } else { "seatledger" }
}

/// Who has the cookie of this request; `None` where there is none, or none that holds.
pub async fn session(app: &Arc<App>, request: &HttpRequest) -> Result<Option<Who>, Fault> {
    let Some(value) = cookies(request).remove(name(app)) else { return Ok(None) };
    let digest = token::digest(&value);
    let now = app.now();
    let wanted = digest.clone();
    let Some(session) = app.read(move |store| Ok(store.find_session(&wanted, now)?)).await? else {
        return Ok(None);
    };
    if session.is_due_for_note(now) {
        touch(app, &digest);
    }
    Ok(Some(Who::Account(Arc::new(session), digest)))
}

/// Notes that the session was seen, without making the answer wait for it.
fn touch(app: &Arc<App>, digest: &str) {
    let (app, digest) = (app.clone(), digest.to_owned());
    actix_web::rt::spawn(async move {
        let mut commit = crate::store::Commit::new(app.now(), &crate::store::Actor("web".to_owned()));
        crate::store::sessions::touch(&mut commit, &digest);
        // A session that is not noted as seen ends a little earlier.
        let _ = app.write(move |store| Ok(store.commit(&commit)?)).await;
    });
}

/// The cookie that carries a new session.
pub fn carrying(app: &App, token: String) -> Cookie<'static> {
    Cookie::build(name(app), token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.is_secure)
        .finish()
}

/// The cookie that ends it in the browser.
pub fn cleared(app: &App) -> Cookie<'static> {
    let mut cookie = carrying(app, String::new());
    cookie.make_removal();
    cookie
}
