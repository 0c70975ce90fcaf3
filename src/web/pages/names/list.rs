//! A list of clear names: what it would tell of the scrambled ones, then the change.

use actix_web::http::StatusCode;
use askama::Template;
use sha2::{Digest as _, Sha256};

use super::change::{Moves, make, refusal, view};
use crate::domain::period::BillingPeriod;
use crate::name_list;
use crate::store::Store;
use crate::store::identities::Preview;
use crate::store::reidentify::{Matches, Unmade};
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::flash::Flash;
use crate::web::frame::{Frame, Nav, View};
use crate::web::hand_in::one;
use crate::web::pages::render;
use crate::web::show;

const ROWS: usize = 40;

#[derive(Template)]
#[template(path = "pages/names_list.html")]
struct Page {
    frame: Frame,
    back: String,
    question: String,
    since: String,
    facts: Vec<(&'static str, String)>,
    /// Scrambled and clear.
    rows: Vec<(String, String)>,
    more: String,
    left: Vec<(String, String)>,
    moves: Moves,
    refused: Option<(String, String)>,
    hidden: Vec<(&'static str, String)>,
    button: Option<String>,
}

/// Reads the list and shows what matches; the matches wait in memory for *Save*.
pub async fn look(mut call: Call) -> Answer {
    let period: Option<BillingPeriod> = call.query.get("period").map(str::parse).transpose()?;
    let bytes = one::file(&mut call, name_list::MOST_BYTES).await?;
    let (now, actor, app) = (call.now, call.actor(), call.app.clone());
    let by = actor.0.clone();
    // Hashing a million names keeps no writer waiting.
    let found = call
        .read(move |store| {
            let names = name_list::read(&bytes)?;
            Ok(store.match_names(names.iter().map(String::as_str), now)?)
        })
        .await?;
    let (found, looked) = call
        .write(move |store| {
            let looked = store.preview_identities(&found.change(), now, &actor);
            Ok((found, looked.map_err(Fault::from)))
        })
        .await?;
    let first = format!("{by}{now}{:?}{}", found.links.first(), found.links.len());
    let id = crate::extension::hex(&Sha256::digest(first))[..16].to_owned();
    if looked.is_ok() && !found.links.is_empty() {
        app.names.keep(&id, &by, now, found.change());
    }
    let next = match period {
        Some(period) => crate::web::pairs::href("/names", &[("period", &period.to_string())]),
        None => "/names".to_owned(),
    };
    let view = view(&call, &next)?;
    let page = call.read(move |store| page(store, &view, &next, &id, &found, looked)).await?;
    render(StatusCode::OK, &page)
}

fn page(
    store: &Store,
    view: &View,
    next: &str,
    id: &str,
    found: &Matches,
    looked: Result<Preview, Fault>,
) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Users, "Scrambled names")?;
    frame.flash = None;
    frame.here = next.to_owned();
    let figure = |count: u64| show::figure(count as i64);
    let names = show::count(found.links.len() as i64, "scrambled name", "scrambled names");
    let question = match found.links.len() {
        0 => "No scrambled name is found in the list".to_owned(),
        _ => format!("Count {names} as the clear ones?"),
    };
    frame.title = format!("Preview: {question}");
    let (moves, refused, button) = match looked {
        Err(fault) => (Moves::default(), Some(refusal(&frame, &fault)), None),
        Ok(preview) => {
            let button = (preview.changed > 0).then(|| format!("Count {names} as the clear ones"));
            (Moves::of(store, &preview)?, None, button)
        }
    };
    let rows = found.links.iter().take(ROWS).map(|link| {
        (link.user.given.clone(), link.of.as_ref().map_or_else(String::new, |of| of.given.clone()))
    });
    Ok(Page {
        back: next.to_owned(),
        since: format!(
            "From {} on, until changed. Nothing is saved yet, and the list is not kept.",
            show::month(found.since)
        ),
        facts: vec![
            ("Clear names in the list", figure(found.names)),
            ("Lines that can be no name", figure(found.unusable)),
            ("Scrambled names on record", figure(found.scrambled)),
            ("Found in the list", figure(found.links.len() as u64)),
            ("Known already", figure(found.already)),
            ("May be several, left alone", figure(found.ambiguous.len() as u64)),
            ("An alias in the way, left alone", figure(found.blocked.len() as u64)),
            ("Not in the list", figure(found.unmatched())),
        ],
        rows: rows.collect(),
        more: super::told(found.links.len().min(ROWS), found.links.len(), "match", "matches"),
        left: found.ambiguous.iter().chain(&found.blocked).take(ROWS).map(left).collect(),
        hidden: vec![("look", id.to_owned()), ("next", next.to_owned())],
        question,
        moves,
        refused,
        button,
        frame,
    })
}

fn left(unmade: &Unmade) -> (String, String) {
    let why = unmade.why.as_deref().unwrap_or("it can only be one of them");
    (unmade.user.clone(), format!("{}, but {why}", unmade.names.join(" or ")))
}

/// Saves what was looked at.
pub async fn identify(call: Call) -> Answer {
    let next = crate::web::pages::own_path(call.form.get("next"));
    let id = Call::field(&call.form, "look")?;
    let Some(change) = call.app.names.take(id, &call.actor().0, call.now) else {
        let flash = Flash::bad("Not saved", "The matches are no longer at hand. Choose the list again.");
        return call.commit_and_go(call.commit(), &next, flash).await;
    };
    make(&call, change, &next, "The scrambled names count as the clear ones.".to_owned()).await?;
    crate::web::dispatch::go(&next)
}
