//! One billing period: what to look at before it closes and the form that closes it; of a closed one its seal.

mod close;
mod form;
mod late;
mod sealed;

use actix_web::http::StatusCode;
use askama::Template;

use self::form::Form;
use self::late::LateTable;
use self::sealed::{Sealed, Table};
use super::render;
use crate::domain::error::code;
use crate::export::Status;
use crate::store::Store;
use crate::store::checklist::Checklist;
use crate::web::call::{Answer, Call};
use crate::web::checks::{self, Check};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::report;
use crate::web::show::{self, When};

pub use close::{close, verify};

#[derive(Template)]
#[template(path = "pages/period.html")]
struct Page {
    frame: Frame,
    heading: String,
    why: Why,
    is_closed: bool,
    /// Of a closed month; one before the first statement has none.
    sealed: Option<Sealed>,
    checks: Vec<Check>,
    /// How many are in order, in words.
    told: String,
    /// What is sealed, or would be, a table a feature.
    tables: Vec<Table>,
    /// Late usage that the statement carries, or would.
    carried: LateTable,
    /// Late usage of the month since it was closed.
    since: LateTable,
    /// Of a month that is not closed.
    form: Option<Form>,
    /// Above the form that is asked again.
    faults: Vec<(&'static str, String)>,
    /// In a month without usage, the newest one with it.
    newest: Option<(String, String)>,
}

/// The sentences under the heading, around an instant.
#[derive(Default)]
struct Why {
    begins: String,
    at: Option<When>,
    ends: String,
}

impl Why {
    fn new(begins: impl Into<String>, at: Option<When>, ends: impl Into<String>) -> Self {
        Self { begins: begins.into(), at, ends: ends.into() }
    }
}

impl Page {
    fn can_close(&self) -> bool {
        self.form.as_ref().is_some_and(|form| form.asked.is_some())
    }
}

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let page = call.read(move |store| page(store, &view, Vec::new())).await?;
    render(StatusCode::OK, &page)
}

fn page(store: &Store, view: &View, faults: Vec<(&'static str, String)>) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Periods, "")?;
    let error = if faults.is_empty() { "" } else { "Error: " };
    frame.title = match frame.status {
        Status::Closed => format!("{} is closed", frame.month),
        _ => format!("{error}Close {}", frame.month),
    };
    let figures = view.app.memory.figures(store, frame.period)?;
    let tables = sealed::tables(&frame, &figures);
    let newest = match tables.is_empty() {
        true => report::newest(store, &frame, "/period")?,
        false => None,
    };
    let mut page = Page {
        heading: String::new(),
        why: Why::default(),
        is_closed: frame.status == Status::Closed,
        sealed: None,
        checks: Vec::new(),
        told: String::new(),
        tables,
        carried: LateTable::default(),
        since: LateTable::default(),
        form: None,
        faults,
        newest,
        frame,
    };
    let frame = &page.frame;
    if page.is_closed {
        page.heading = format!("{} is closed", frame.month);
        page.sealed = Sealed::find(store, frame)?;
        page.why = match &page.sealed {
            Some(sealed) => {
                let at = Some(sealed.closed.clone());
                Why::new("Its figures are final since ", at, ". Nobody opens it again.")
            }
            None => {
                let why = "It lies before the first month with a statement: all usage of it is late.";
                Why::new(why, None, "")
            }
        };
        page.carried = late::of(frame, store.carried(frame.period)?);
        page.since = late::since(store, view, frame, &figures)?;
        return Ok(page);
    }
    let checklist = store.checklist(&view.app.memory, frame.period, view.now)?;
    page.heading = heading(frame, &checklist);
    page.why = when(frame, &checklist);
    let lines = checks::closing(&checklist, frame.clock, frame.may_look_inside());
    page.checks = lines.into_iter().map(|line| Check::of(frame, &checklist, line)).collect();
    page.told = told(&page.checks);
    page.carried = late::uncarried(frame, &checklist);
    page.form = Some(Form::of(store, view, frame, &checklist)?);
    Ok(page)
}

fn heading(frame: &Frame, checklist: &Checklist) -> String {
    let month = &frame.month;
    match (is_over(checklist), frame.may_operate(), frame.status) {
        (_, _, Status::Locked | Status::Closed) => format!("{month} is locked"),
        (false, ..) => format!("{month} is still running"),
        _ if is_before_the_books(checklist) => format!("{month} is not closed"),
        (true, true, _) => format!("Close {month}"),
        (true, false, _) => format!("{month} is open"),
    }
}

/// Whether it lies before the first month with usage, where nothing is ever closed.
fn is_before_the_books(checklist: &Checklist) -> bool {
    let refused = checklist.refusal.as_ref().map(|refusal| refusal.code);
    refused == Some(code::CLOSING_OUT_OF_ORDER) && checklist.before.is_empty()
}

fn is_over(checklist: &Checklist) -> bool {
    checklist.refusal.as_ref().is_none_or(|refusal| refusal.code != code::PERIOD_NOT_OVER)
}

/// When it closes by itself, and that it may be done earlier.
fn when(frame: &Frame, checklist: &Checklist) -> Why {
    let locks = Some(frame.locks.clone());
    if checklist.status == Status::Locked {
        let ends = match checklist.is_clock_doubted {
            true => ", and waits until the date is confirmed.",
            false => ", and closes within a minute.",
        };
        return Why::new("It is locked since ", locks, ends);
    }
    if is_before_the_books(checklist) {
        let why = "Nobody was seen yet when it was over: closing begins with the first month with usage.";
        return Why::new(why, None, "");
    }
    let with = match frame.rules.live_from {
        Some(live) if frame.period < live => format!(" together with {}", show::month(live)),
        _ => String::new(),
    };
    let last = frame.clock.zone.local_date(checklist.locks_at.plus_seconds(-1));
    let begins = format!("It closes by itself{with} at the end of {} (", show::date(last, frame.clock));
    let days = checks::days_to_lock(checklist, frame.clock).1;
    let may = match (is_over(checklist), frame.may_operate()) {
        (true, true) => "You may close it now, never later",
        (true, false) => "An operator may close it now, never later",
        (false, _) => "It may be closed earlier, as soon as it is over",
    };
    Why::new(begins, locks, format!("), {days}. {may}, and it is never opened again."))
}

/// `Two of nine are in order. The others may stay; the statement says so.`
fn told(checks: &[Check]) -> String {
    const WORDS: [&str; 10] =
        ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let word = |number: usize| WORDS.get(number).copied().unwrap_or("many");
    let fine = checks.iter().filter(|check| check.is_in_order()).count();
    if fine == checks.len() {
        return format!("All {} are in order.", word(fine));
    }
    let first = word(fine);
    let is = if fine == 1 { "is" } else { "are" };
    let capital = first.get(..1).unwrap_or_default().to_uppercase();
    let rest = first.get(1..).unwrap_or_default();
    format!(
        "{capital}{rest} of {} {is} in order. The others may stay; the statement says so.",
        word(checks.len())
    )
}
