//! Bearer tokens: the two endpoints that give them for a client's id and secret, in the shapes that scripts of the
//! hosted product expect, and the client behind a token.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::app::App;
use super::body;
use super::call::{Answer, Call};
use super::dispatch::not_signed_in;
use super::fault::Fault;
use super::guesses::Guesser;
use super::pairs::Pairs;
use crate::domain::error::code;
use crate::domain::sign_in::TOKEN_SECONDS;
use crate::secret::token;
use crate::store::clients::{self, Client};
use crate::store::{Actor, Commit};

/// Most bytes of a request for a token.
const BODY_BYTES: usize = 64 << 10;

/// The client whose token the request carries. Errors: 401 `SEAT-K20`.
pub async fn client(app: &Arc<App>, request: &HttpRequest) -> Result<Client, Fault> {
    let Some(given) = bearer(request) else { return Err(not_signed_in()) };
    let digest = token::digest(given);
    let now = app.now();
    let found = app.read(move |store| Ok(store.find_bearer(&digest, now)?)).await?;
    let Some(client) = found else {
        return Err(Fault::new(
            StatusCode::UNAUTHORIZED,
            code::NOT_SIGNED_IN,
            "expected a token that holds, found one that is unknown, expired or revoked",
        ));
    };
    if client.is_due_for_note(now) {
        note_use(app, &client.id);
    }
    Ok(client)
}

/// `Bearer TOKEN`, or `CwsAuth bearer=TOKEN` as older scripts write it; scheme and `bearer` in any case.
fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.trim().split_once(' ')?;
    let rest = rest.trim();
    let token = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => rest,
        "cwsauth" => {
            rest.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("bearer"))?.1.trim()
        }
        _ => return None,
    };
    (!token.is_empty() && token.len() <= 256).then_some(token)
}

fn note_use(app: &Arc<App>, client: &str) {
    let (app, client) = (app.clone(), client.to_owned());
    actix_web::rt::spawn(async move {
        let mut commit = Commit::new(app.now(), &Actor("web".to_owned()));
        clients::used(&mut commit, &client);
        // "Last used" is a courtesy to administrators.
        let _ = app.write(move |store| Ok(store.commit(&commit)?)).await;
    });
}

#[derive(Deserialize)]
struct Old {
    #[serde(rename = "ClientId", alias = "clientId")]
    client_id: String,
    #[serde(rename = "ClientSecret", alias = "clientSecret")]
    client_secret: String,
}

/// `POST /root/tokens/clients`: JSON `{"ClientId","ClientSecret"}` to `{"token"}`.
pub async fn old(mut call: Call) -> Answer {
    let bytes = body::read(&mut call.payload, &call.request, BODY_BYTES).await?;
    let given: Old = serde_json::from_slice(&bytes).map_err(|error| {
        Fault::malformed(format!("expected {{\"ClientId\",\"ClientSecret\"}} as JSON, found: {error}"))
    })?;
    match issue(&call, &given.client_id, &given.client_secret).await? {
        Some(token) => Ok(HttpResponse::Ok().json(json!({ "token": token }))),
        None => Err(Fault::new(
            StatusCode::UNAUTHORIZED,
            code::CREDENTIALS_WRONG,
            "expected the id and secret of an API client that is not revoked, found others",
        )),
    }
}

/// `POST /cctrustoauth2/{customer}/tokens/clients`: OAuth 2 client credentials, in a form or as HTTP Basic.
pub async fn new(mut call: Call) -> Answer {
    let bytes = body::read(&mut call.payload, &call.request, BODY_BYTES).await?;
    let form = Pairs::parse(&bytes);
    let refuse = |error: &str, description: &str| {
        Ok(HttpResponse::BadRequest().json(json!({ "error": error, "error_description": description })))
    };
    if form.get("grant_type") != Some("client_credentials") {
        return refuse("unsupported_grant_type", "Expected grant_type=client_credentials.");
    }
    let customer = call.part("customer")?;
    let organization = call.read(|store| Ok(store.setting("organization_id")?)).await?;
    if customer != "root" && customer != organization {
        return refuse("invalid_request", "Expected root or the organization id in the address.");
    }
    let (Some(id), Some(secret)) = (form.get("client_id"), form.get("client_secret")) else {
        return refuse("invalid_client", "Invalid client id or client secret.");
    };
    match issue(&call, id, secret).await? {
        Some(token) => Ok(HttpResponse::Ok().json(json!({
            "token_type": "bearer", "access_token": token, "expires_in": TOKEN_SECONDS.to_string(),
        }))),
        None => refuse("invalid_client", "Invalid client id or client secret."),
    }
}

/// A fresh token; `None` for wrong credentials. Errors: 429 after many wrong ones.
async fn issue(call: &Call, id: &str, secret: &str) -> Result<Option<String>, Fault> {
    let guessers: Vec<Guesser> = call.peer().map(Guesser::Script).into_iter().collect();
    super::pages::sign_in::hold_off(&call.app, &guessers, call.now)?;
    let (app, now) = (call.app.clone(), call.now);
    let (wanted, digest) = (id.to_owned(), token::digest(secret));
    let found = app.read(move |store| Ok(store.find_client_by_secret(&wanted, &digest)?)).await?;
    let Some(client) = found else {
        guessers.into_iter().for_each(|guesser| app.guesses.failed(guesser, now));
        return Ok(None);
    };
    let fresh = token::fresh()?;
    let mut commit = Commit::new(now, &Actor(format!("api/{}", client.id)));
    clients::issue_token(&mut commit, &token::digest(&fresh), &client.id);
    call.write(move |store| Ok(store.commit(&commit)?)).await?;
    Ok(Some(fresh))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_token_is_found_in_both_schemes_in_any_case() {
        let found = |value: &str| {
            let request = TestRequest::get().insert_header((header::AUTHORIZATION, value)).to_http_request();
            bearer(&request).map(str::to_owned)
        };
        for value in
            ["Bearer abc", "bearer  abc ", "CwsAuth bearer=abc", "cwsauth Bearer=abc", "CWSAUTH BEARER = abc"]
        {
            assert_eq!(found(value).as_deref(), Some("abc"), "{value}");
        }
        for value in ["", "Bearer", "Bearer ", "Basic abc", "CwsAuth abc", "CwsAuth token=abc"] {
            assert_eq!(found(value), None, "{value}");
        }
    }
}
