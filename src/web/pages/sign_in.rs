//! Signing in and out: one neutral text for every failure, and a growing delay that is said in words.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use super::resend::{self, Kept};
use super::{Gate, own_path, render};
use crate::domain::error::code;
use crate::domain::instant::UtcInstant;
use crate::domain::user_key::user_key;
use crate::secret::{password, token};
use crate::store::accounts::{self, Account};
use crate::store::sessions;
use crate::store::{Actor, Commit};
use crate::web::app::{App, run};
use crate::web::call::{Answer, Call, Who};
use crate::web::cookie;
use crate::web::dispatch::{go, see_other};
use crate::web::fault::Fault;
use crate::web::guesses::Guesser;

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct Page {
    gate: Gate,
    name: String,
    next: String,
    /// Why the last try failed, and when the next one is answered.
    failed: Option<String>,
    /// A form that waits for the sign-in: where it goes, and its fields.
    kept: Option<(String, String)>,
}

/// The sign-in in front of a form that came without a session.
pub fn ask_first(kept: Kept, organization: String) -> Answer {
    let gate = Gate::new("Sign in", organization);
    let kept = Some((kept.to, kept.form.encoded()));
    let page = Page { gate, name: String::new(), next: "/".to_owned(), failed: None, kept };
    render(StatusCode::UNAUTHORIZED, &page)
}

pub async fn show(call: Call) -> Answer {
    let next = own_path(call.query.get("next"));
    if matches!(call.who, Who::Account(..)) {
        return go(&next);
    }
    let (has_accounts, organization) =
        call.read(|store| Ok((store.has_accounts()?, store.setting("organization_name")?))).await?;
    if !has_accounts {
        return go("/first-run");
    }
    let gate = Gate::new("Sign in", organization);
    render(StatusCode::OK, &Page { gate, name: String::new(), next, failed: None, kept: None })
}

pub async fn sign_in(call: Call) -> Answer {
    let name = call.form.get("name").unwrap_or_default().to_owned();
    let given = call.form.raw("password").unwrap_or_default().to_owned();
    let next = own_path(call.form.get("next"));
    let kept = Kept::carried(&call.form);
    let again = |call: &Call, status: StatusCode, failed: String| {
        let app = call.app.clone();
        let (name, next) = (name.clone(), next.clone());
        let kept = kept.clone().map(|kept| (kept.to, kept.form.encoded()));
        async move {
            let organization = app.read(|store| Ok(store.setting("organization_name")?)).await?;
            let gate = Gate::new("Error: Sign in", organization);
            render(status, &Page { gate, name, next, failed: Some(failed), kept })
        }
    };
    // The turn comes first and is kept until the outcome is on record: else a burst of tries would pass the delay.
    let _turn = call.app.hashing.acquire().await.map_err(|_| Fault::busy())?;
    let wanted = name.clone();
    let known = call
        .read(move |store| {
            let account = store.find_account(&wanted)?;
            let password = account.as_ref().map(|account| store.password_of(&account.id)).transpose()?;
            Ok(account.zip(password))
        })
        .await?;
    let mut guessers: Vec<Guesser> = call.peer().map(Guesser::Address).into_iter().collect();
    if known.is_none() {
        guessers.push(Guesser::Name(user_key(&name)));
    }
    let own = known.as_ref().and_then(|(_, password)| password.next_try_at);
    let own = own.map_or(0, |next| next.unix_seconds() - call.now.unix_seconds());
    let wait = call.app.guesses.longest_wait(&guessers, call.now).max(own);
    if wait > 0 {
        let told = format!("The next try is answered after {}.", seconds(wait));
        let mut page = again(&call, StatusCode::TOO_MANY_REQUESTS, told).await?;
        if let Ok(value) = header::HeaderValue::from_str(&wait.to_string()) {
            page.headers_mut().insert(header::RETRY_AFTER, value);
        }
        return Ok(page);
    }
    let active = known.as_ref().filter(|(account, _)| account.disabled_at.is_none());
    let phc = active.map(|(_, password)| password.phc.clone());
    let is_right = verify(given, phc).await?;
    let account = known.map(|(account, _)| account).filter(|_| is_right);
    let Some(account) = account else {
        return failed(&call, &name, guessers, again).await;
    };
    enter(&call, &account, &next, kept.clone()).await
}

/// Notes the failure, and shows the form again with the delay that it cost.
async fn failed<F>(
    call: &Call,
    name: &str,
    guessers: Vec<Guesser>,
    again: impl Fn(&Call, StatusCode, String) -> F,
) -> Answer
where
    F: Future<Output = Answer>,
{
    let now = call.now;
    for guesser in &guessers {
        call.app.guesses.failed(guesser.clone(), now);
    }
    let mut commit = Commit::new(now, &Actor("web".to_owned()));
    let wanted = name.to_owned();
    let own = call
        .write(move |store| {
            let Some(account) = store.find_account(&wanted)? else { return Ok(0) };
            accounts::sign_in_failed(&mut commit, &account.id);
            store.commit(&commit)?;
            let next = store.password_of(&account.id)?.next_try_at;
            Ok(next.map_or(0, |next| next.unix_seconds() - now.unix_seconds()))
        })
        .await?;
    let wait = call.app.guesses.longest_wait(&guessers, now).max(own);
    let told = if wait > 0 {
        format!("The next try is answered after {}.", seconds(wait))
    } else {
        "Check both and try again.".to_owned()
    };
    tracing::warn!(request = call.reference, peer = ?call.peer(), "sign-in failed");
    again(call, StatusCode::UNAUTHORIZED, told).await
}

/// Opens a session of its own for every sign-in: one that was known before is not taken up.
pub async fn enter(call: &Call, account: &Account, next: &str, kept: Option<Kept>) -> Answer {
    let (key, csrf) = (token::fresh()?, token::fresh()?);
    let mut commit = Commit::new(call.now, &Actor(format!("web/{}", account.name)));
    if let Who::Account(_, digest) = &call.who {
        sessions::end(&mut commit, digest);
    }
    accounts::sign_in_succeeded(&mut commit, &account.id);
    sessions::open(&mut commit, &token::digest(&key), &account.id, &csrf);
    call.write(move |store| Ok(store.commit(&commit)?)).await?;
    tracing::info!(request = call.reference, account = account.name, "signed in");
    let mut response = match kept {
        None => see_other(next),
        Some(kept) => {
            let organization = call.read(|store| Ok(store.setting("organization_name")?)).await?;
            resend::show(StatusCode::OK, kept, csrf, organization, true)?
        }
    };
    response
        .add_cookie(&cookie::carrying(&call.app, key))
        .map_err(|error| Fault::internal(format!("expected to set a cookie, found: {error}")))?;
    Ok(response)
}

pub async fn sign_out(call: Call) -> Answer {
    if let Who::Account(_, digest) = &call.who {
        let mut commit = call.commit();
        sessions::end(&mut commit, digest);
        call.write(move |store| Ok(store.commit(&commit)?)).await?;
    }
    let mut response: HttpResponse = see_other("/sign-in");
    response
        .add_cookie(&cookie::cleared(&call.app))
        .map_err(|error| Fault::internal(format!("expected to clear a cookie, found: {error}")))?;
    Ok(response)
}

/// Whether the password is right; costs the same time where there is no account.
async fn verify(given: String, phc: Option<String>) -> Result<bool, Fault> {
    run(move || {
        Ok(match phc {
            Some(phc) => password::verify(&given, &phc),
            None => password::dummy(&given),
        })
    })
    .await
}

/// Refuses to look at credentials of those who guess too fast. Errors: 429 with `Retry-After`.
pub fn hold_off(app: &App, guessers: &[Guesser], now: UtcInstant) -> Result<(), Fault> {
    let wait = app.guesses.longest_wait(guessers, now);
    if wait == 0 {
        return Ok(());
    }
    let detail = format!("expected a pause of {}, found another try", seconds(wait));
    Err(Fault::new(StatusCode::TOO_MANY_REQUESTS, code::TOO_MANY_TRIES, detail)
        .with(header::RETRY_AFTER, wait.to_string()))
}

fn seconds(wait: i64) -> String {
    if wait == 1 { "1 second".to_owned() } else { format!("{wait} seconds") }
}
