//! The preview of a change of names, and the change.

use actix_web::http::StatusCode;
use askama::Template;

use super::ask::Ask;
use crate::domain::error::code;
use crate::store::Store;
use crate::store::assignments::{Move, ReportRow};
use crate::store::customers::Customer;
use crate::store::identities::Preview;
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::flash::Flash;
use crate::web::frame::{Frame, Nav, View};
use crate::web::pages::render;
use crate::web::pages::tagging::why_not;
use crate::web::pairs::Pairs;
use crate::web::show;

#[derive(Template)]
#[template(path = "pages/names_preview.html")]
struct Page {
    frame: Frame,
    crumb: &'static str,
    back: String,
    question: String,
    since: String,
    moves: Moves,
    /// Why it cannot be saved.
    refused: Option<(String, String)>,
    hidden: Vec<(&'static str, String)>,
    button: Option<String>,
}

/// What a preview moves, in words.
#[derive(Default)]
pub struct Moves {
    pub rows: Vec<(String, String, String)>,
    /// Of whom the total loses or gains.
    pub people: String,
}

const ROWS: usize = 40;

impl Moves {
    pub fn of(store: &Store, preview: &Preview) -> Result<Self, Fault> {
        let customers = store.list_customers()?;
        let rows = preview.moves.iter().take(ROWS).map(|Move { from, to, users }| {
            let from = name(&customers, from.as_ref(), "also counts elsewhere");
            let to = name(&customers, to.as_ref(), "is one with another there");
            (from, to, show::figure(*users as i64))
        });
        let (before, after) = preview.people;
        let people = match before == after {
            true if before == 0 => "Nobody whom it touches was seen in this month.".to_owned(),
            true => "The total of users stays.".to_owned(),
            false => format!(
                "{} {} {}: the total changes by {}.",
                show::count(before as i64, "user", "users"),
                if before == 1 { "becomes" } else { "become" },
                show::figure(after as i64),
                show::figure(after as i64 - before as i64)
            ),
        };
        Ok(Self { rows: rows.collect(), people })
    }
}

fn name(customers: &[Customer], row: Option<&ReportRow>, nowhere: &str) -> String {
    match row {
        None => nowhere.to_owned(),
        Some(None) => "Unlinked".to_owned(),
        Some(Some(id)) => {
            let found = customers.iter().find(|customer| customer.id == *id);
            found.map_or_else(|| id.clone(), |customer| customer.name.clone())
        }
    }
}

pub async fn preview(call: Call) -> Answer {
    let ask = Ask::of(&call.form)?;
    let (now, actor, change) = (call.now, call.actor(), ask.change.clone());
    let looked = call.write(move |store| Ok(store.preview_identities(&change, now, &actor)?)).await;
    show(&call, ask, looked).await
}

/// The list behind the form as the view: months lead there.
pub fn view(call: &Call, next: &str) -> Result<View, Fault> {
    let mut view = View::of(call)?;
    let (path, query) = next.split_once('?').unwrap_or((next, ""));
    view.path = path.to_owned();
    view.query = Pairs::parse(query.as_bytes()).with("period", None);
    Ok(view)
}

async fn show(call: &Call, ask: Ask, looked: Result<Preview, Fault>) -> Answer {
    let (status, looked) = match looked {
        Ok(preview) => (StatusCode::OK, Ok(preview)),
        Err(fault) if fault.status.is_client_error() => (fault.status, Err(fault)),
        Err(fault) => return Err(fault),
    };
    let view = view(call, &ask.next)?;
    let page = call.read(move |store| page(store, &view, &ask, looked)).await?;
    render(status, &page)
}

fn page(store: &Store, view: &View, ask: &Ask, looked: Result<Preview, Fault>) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Users, "Preview")?;
    frame.flash = None;
    frame.here = ask.next.clone();
    let act = ask.act(&source(store, ask)?);
    frame.title = format!("{}: {act}", if looked.is_ok() { "Preview" } else { "Error" });
    let (moves, refused, button) = match looked {
        Ok(preview) => {
            let button = (preview.changed > 0).then(|| act.clone());
            (Moves::of(store, &preview)?, None, button)
        }
        Err(fault) => (Moves::default(), Some(refusal(&frame, &fault)), None),
    };
    Ok(Page {
        crumb: match ask.next.split(['?', '#']).next() {
            Some("/user") => "User",
            Some("/server") => "Server",
            Some("/site") => "Site",
            _ => "Who is who",
        },
        back: ask.next.clone(),
        question: format!("{act}?"),
        since: format!("From {} on, until changed. Nothing is saved yet.", frame.month),
        hidden: ask.hidden.clone(),
        moves,
        refused,
        button,
        frame,
    })
}

/// The fact, and what to do.
pub fn refusal(frame: &Frame, fault: &Fault) -> (String, String) {
    let mut fact = crate::web::pages::sentence(&fault.error);
    if fault.code() == code::PERIOD_LOCKED && !frame.is_open() {
        fact = why_not(frame);
    }
    (frame.clock.in_words(&fact), format!("{} ({})", fault.code().remedy, fault.code().id))
}

fn source(store: &Store, ask: &Ask) -> Result<String, Fault> {
    let Some(source) = ask.source() else { return Ok(String::new()) };
    let all = store.list_sources(ask.change.period)?;
    let found = all.into_iter().find(|one| one.id == source.id && one.kind == source.kind.as_str());
    Ok(found.map_or_else(|| source.given.clone(), |one| one.name))
}

pub async fn change(call: Call) -> Answer {
    let ask = Ask::of(&call.form)?;
    let (change, next) = (ask.change.clone(), ask.next.clone());
    let text = format!("{}.", ask.act("the source"));
    match make(&call, change, &next, text).await {
        Ok(()) => crate::web::dispatch::go(&ask.next),
        Err(fault) => show(&call, ask, Err(fault)).await,
    }
}

/// Makes it, and has the page behind `next` tell of it.
pub async fn make(
    call: &Call,
    change: crate::store::identities::Change,
    next: &str,
    text: String,
) -> Result<(), Fault> {
    let (now, actor, next) = (call.now, call.actor(), next.to_owned());
    let teller = call.teller();
    call.write(move |store| {
        let done = store.make_identities(&change, now, &actor, false)?;
        let flash = match done.changed {
            0 => Flash::good("Nothing to change", "It stands so already."),
            _ => Flash { batch: done.batch_id, ..Flash::good("Saved", text) },
        };
        Ok(teller.tell(store, flash.on(&next), now)?)
    })
    .await
}
