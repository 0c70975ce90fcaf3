//! All billing periods, the newest first: state, who closed it, users, seal, late usage.

use actix_web::http::StatusCode;
use askama::Template;

use super::render;
use super::signs::Sign;
use crate::domain::period::BillingPeriod;
use crate::export::Status;
use crate::store::Store;
use crate::store::periods::{Period, Sealed};
use crate::web::call::{Answer, Call};
use crate::web::components::{Figure, Pages, span};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::pairs::Pairs;
use crate::web::report::number;
use crate::web::seal::Seal;
use crate::web::show::{self, When};

#[derive(Template)]
#[template(path = "pages/periods.html")]
struct Page {
    frame: Frame,
    /// How many are open, and which locks next.
    summary: String,
    rows: Vec<Row>,
    pages: Pages,
}

struct Row {
    month: String,
    href: String,
    state: Sign,
    /// Between the word and the time: `, locks `.
    at: &'static str,
    when: When,
    /// `the clock`, `anna`.
    closed_by: String,
    is_imported: bool,
    users: Figure,
    /// It lies before the first statement: none is ever made of it.
    is_without: bool,
    seal: Option<Seal>,
    late: Figure,
    statement: String,
}

/// Rows of a page: five years, with a drawing each.
const LIMIT: usize = 60;

pub async fn list(call: Call) -> Answer {
    let view = View::of(&call)?;
    let page = call.read(move |store| page(store, &view)).await?;
    render(StatusCode::OK, &page)
}

fn page(store: &Store, view: &View) -> Result<Page, Fault> {
    let frame = Frame::new(store, view, Nav::Periods, "Periods")?;
    let mut months = store.months(view.now)?;
    months.reverse();
    let (from, to) = window(&view.query, &months)?;
    let mut rows = Vec::new();
    for month in &months[from..to] {
        rows.push(row(store, view, &frame, store.find_period(*month, view.now)?)?);
    }
    let link = |way: &[(&str, &str)]| frame.link("/periods", way);
    let (first, last) = (months.get(from), to.checked_sub(1).and_then(|last| months.get(last)));
    let beside = |name: &str, month: Option<&BillingPeriod>| {
        month.map(|month| link(&[(name, month.to_string().as_str())])).filter(|_| to > 0)
    };
    let pages = Pages {
        text: span(if to > from { from + 1 } else { 0 }, to, months.len()),
        first: (from > 0).then(|| link(&[])),
        previous: beside("before", first).filter(|_| from > 0),
        next: beside("after", last).filter(|_| to < months.len()),
        last: (to < months.len()).then(|| link(&[("at", "last")])),
    };
    Ok(Page { summary: summary(store, view, &frame)?, rows, pages, frame })
}

/// The rows that the address asks for: behind a month, before one, the last ones. Errors: `SEAT-P03`.
fn window(query: &Pairs, months: &[BillingPeriod]) -> Result<(usize, usize), Fault> {
    let behind = |month: BillingPeriod| months.partition_point(|other| *other >= month);
    let from = if let Some(after) = query.get("after") {
        behind(after.parse()?)
    } else if let Some(before) = query.get("before") {
        let before: BillingPeriod = before.parse()?;
        months.partition_point(|other| *other > before).saturating_sub(LIMIT)
    } else if query.get("at") == Some("last") {
        months.len().saturating_sub(1) / LIMIT * LIMIT
    } else {
        0
    };
    Ok((from, months.len().min(from + LIMIT)))
}

fn row(store: &Store, view: &View, frame: &Frame, found: Period) -> Result<Row, Fault> {
    let Period { period, status, locks_at, statement, users, late_users, .. } = found;
    let (state, at) = match status {
        Status::Open => (Sign::new("", "open", "Open"), ", locks "),
        Status::Locked => (Sign::new("", "lock", "Locked"), " since "),
        Status::Closed if statement.is_none() => {
            (Sign::new("", "lock", "Before the first statement"), ", since ")
        }
        Status::Closed => (Sign::new("", "seal", "Closed"), " "),
    };
    let sealed = statement.as_ref();
    let users = match users {
        Some(users) => users,
        // Kept in memory: few are open.
        None => {
            let figures = view.app.memory.figures(store, period)?;
            figures.features.iter().map(|feature| number(feature.total.users)).sum()
        }
    };
    Ok(Row {
        href: frame.link_in(period, "/period", &[]),
        // One line, however narrow.
        month: show::month(period).replace(' ', "\u{a0}"),
        state,
        at,
        when: sealed.map_or_else(|| frame.clock.when(locks_at), |sealed| frame.when(&sealed.closed_at)),
        closed_by: sealed.map_or_else(String::new, |sealed| closed_by(&sealed.closed_by)),
        is_imported: sealed.is_some_and(|sealed| sealed.imported),
        users: match users {
            0 => Figure::plain(0),
            some => Figure::to(some, frame.link_in(period, "/usage", &[])),
        },
        late: match late_users {
            0 => Figure::plain(0),
            some => Figure::to(some, format!("{}#since", frame.link_in(period, "/period", &[]))),
        },
        is_without: status == Status::Closed && sealed.is_none(),
        seal: sealed.map(|Sealed { seal, .. }| Seal::of(period, seal)),
        statement: frame.link_in(period, "/statement", &[]),
    })
}

/// Who closed a month, for people.
pub fn closed_by(actor: &str) -> String {
    match actor {
        "clock" => "the clock".to_owned(),
        other => super::who(&crate::store::Actor(other.to_owned())),
    }
}

/// `2 months are open. September 2026 locks next: 11 Oct 00:00, in 5 days.`
fn summary(store: &Store, view: &View, frame: &Frame) -> Result<String, Fault> {
    let months = store.months(view.now)?;
    let closed = frame.rules.closed_through;
    let mut open: Vec<Period> = Vec::new();
    let mut locked = 0;
    for month in months.iter().filter(|month| closed.is_none_or(|closed| **month > closed)) {
        let found = store.find_period(*month, view.now)?;
        match found.status {
            Status::Open => open.push(found),
            _ => locked += 1,
        }
    }
    let mut said = Vec::new();
    if locked > 0 {
        let months = show::count(locked, "month is", "months are");
        said.push(format!("{months} locked and not closed yet."));
    }
    said.push(match open.len() {
        0 => "No month is open.".to_owned(),
        count => format!("{} open.", show::count(number(count as u64), "month is", "months are")),
    });
    if let Some(next) = open.first() {
        let days = -frame.clock.days_since(next.locks_at.plus_seconds(-1));
        let when = match days {
            ..=0 => "tonight".to_owned(),
            1 => "in 1 day".to_owned(),
            days => format!("in {} days", show::figure(days)),
        };
        let (month, at) = (show::month(next.period), frame.clock.when(next.locks_at).text);
        said.push(format!("{month} locks next: {at}, {when}."));
    }
    Ok(said.join(" "))
}
