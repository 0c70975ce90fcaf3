//! A month's statement, for one customer or the whole month, ready for print: sealed where the month is closed,
//! provisional before.

mod annex;
mod rows;

use actix_web::http::StatusCode;
use askama::Template;

use self::annex::Annex;
use self::rows::{CarriedLine, CustomerTable, FeatureLine, SourceLine};
use super::periods::closed_by;
use super::render;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::export::Status;
use crate::store::Store;
use crate::store::figures::Figures;
use crate::store::statement::Letterhead;
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::seal::Seal;
use crate::web::show::{self, When};

#[derive(Template)]
#[template(path = "pages/statement.html")]
struct Page {
    frame: Frame,
    head: Letterhead,
    /// Last day of the month, for machines and people.
    until: When,
    /// `2026-09 / acme`, `2026-09`.
    number: String,
    csv: String,
    party: Party,
    sealed: Option<SealShown>,
    /// `October`
    month: &'static str,
    /// Why it is provisional, and when that ends.
    provisional: String,
    /// Instant of the figures.
    as_of: When,
    features: Vec<FeatureLine>,
    sources: Vec<SourceLine>,
    source_count: usize,
    /// Of the whole month, feature by feature.
    customers: Vec<CustomerTable>,
    carried: Vec<CarriedLine>,
    carried_count: usize,
    annex: Vec<Annex>,
    /// The same statement with all names, or all customers, where it shows a part of them.
    all: Option<String>,
}

/// Whose statement it is.
struct Party {
    /// `Acme`, `Unlinked users`, `All customers`.
    name: String,
    /// Of a customer.
    id: Option<String>,
    external_id: Option<String>,
    /// Page of the customer, or of the month.
    href: String,
    is_whole: bool,
}

struct SealShown {
    drawn: Seal,
    at: When,
    /// The same without its time.
    day: When,
    closed_by: String,
    is_imported: bool,
    /// First digits of the seal before; empty for the first statement.
    previous: String,
}

/// What the address asks for.
struct Asked {
    /// `None`: the whole month; inner `None`: its unlinked row.
    customer: Option<Option<String>>,
    /// All names, or all customers.
    all: bool,
}

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let customer = call.query.get("customer").map(|id| (id != "none").then(|| id.to_owned()));
    let asked = Asked { customer, all: call.query.get("annex") == Some("all") };
    let page = call.read(move |store| page(store, &view, &asked)).await?;
    render(StatusCode::OK, &page)
}

fn page(store: &Store, view: &View, asked: &Asked) -> Result<Page, Fault> {
    let nav = if asked.customer.is_some() { Nav::Customers } else { Nav::Periods };
    let mut frame = Frame::new(store, view, nav, "Statement")?;
    let memory = &view.app.memory;
    let head = store.statement_head(frame.period)?;
    let figures = memory.figures(store, frame.period)?;
    let party = party(store, &frame, &figures, asked)?;
    frame.title = format!("Statement, {}, {}", party.name, frame.month);
    let all_carried = rows::carried(&figures, store.carries(memory, frame.period)?, asked);
    let carried_count = all_carried.len();
    let carried = if asked.all { all_carried } else { all_carried.into_iter().take(rows::MOST).collect() };
    let mut sources = match &asked.customer {
        None => rows::all_sources(&figures),
        Some(customer) => {
            let seen = memory.seen(store, frame.period)?;
            rows::sources(&figures, seen.get(customer).map_or(&[][..], Vec::as_slice))
        }
    };
    let source_count = sources.len();
    sources.truncate(if asked.all { source_count } else { rows::MOST });
    if asked.customer.is_some() {
        rows::add_days(store, &frame, &head, &mut sources)?;
    }
    // Lists of names are for those inside.
    let annex = match &asked.customer {
        Some(customer) if frame.may_look_inside() => {
            annex::of(store, view, &frame, &figures, customer.as_deref(), asked.all)?
        }
        _ => Vec::new(),
    };
    let customers = match &asked.customer {
        None => rows::customers(&frame, &figures, asked.all),
        Some(_) => Vec::new(),
    };
    let is_cut = annex.iter().any(Annex::is_cut)
        || customers.iter().any(CustomerTable::is_cut)
        || sources.len() < source_count
        || carried.len() < carried_count;
    let all = (is_cut && !asked.all).then(|| address(&frame, asked, &[("annex", "all")]));
    Ok(Page {
        until: When {
            machine: frame.period.last_day().to_string(),
            text: format!("{} {}", day_of(&frame), frame.month),
        },
        number: match &asked.customer {
            None => frame.period.to_string(),
            Some(customer) => format!("{} / {}", frame.period, customer.as_deref().unwrap_or("none")),
        },
        csv: csv(&frame, asked),
        sealed: sealed(&frame, &head),
        provisional: provisional(&frame, &head),
        month: show::month_name(frame.period),
        as_of: long(frame.clock.now, &head),
        features: rows::features(store, &frame, &figures, asked)?,
        sources,
        source_count,
        customers,
        carried,
        carried_count,
        annex,
        all,
        party,
        head,
        frame,
    })
}

/// Errors: 404 for a customer that nobody knows.
fn party(store: &Store, frame: &Frame, figures: &Figures, asked: &Asked) -> Result<Party, Fault> {
    Ok(match &asked.customer {
        None => Party {
            name: "All customers".to_owned(),
            id: None,
            external_id: None,
            href: frame.link("/periods", &[]),
            is_whole: true,
        },
        Some(None) => Party {
            name: "Unlinked users".to_owned(),
            id: None,
            external_id: None,
            href: frame.link("/statement", &[]),
            is_whole: false,
        },
        Some(Some(id)) => {
            let known = super::customer::find(store, id)?;
            // As the month was closed with it.
            let sealed = figures.features.iter().find_map(|feature| feature.customer(Some(id)));
            Party {
                name: sealed.and_then(|row| row.name.clone()).unwrap_or(known.name),
                href: frame.link("/customer", &[("id", id)]),
                id: Some(known.id),
                external_id: known.external_id,
                is_whole: false,
            }
        }
    })
}

fn address(frame: &Frame, asked: &Asked, more: &[(&str, &str)]) -> String {
    let mut pairs = Vec::new();
    if let Some(customer) = &asked.customer {
        pairs.push(("customer", customer.as_deref().unwrap_or("none")));
    }
    pairs.extend_from_slice(more);
    frame.link("/statement", &pairs)
}

fn csv(frame: &Frame, asked: &Asked) -> String {
    let mut pairs = vec![("report", "statement"), ("format", "csv")];
    if let Some(customer) = &asked.customer {
        pairs.push(("customer", customer.as_deref().unwrap_or("none")));
    }
    frame.link("/exports/download", &pairs)
}

fn sealed(frame: &Frame, head: &Letterhead) -> Option<SealShown> {
    let sealed = head.sealed.as_ref()?;
    let at = match sealed.closed_at.parse() {
        Ok(at) => long(at, head),
        Err(_) => frame.when(&sealed.closed_at),
    };
    Some(SealShown {
        drawn: Seal::of(frame.period, &sealed.seal),
        day: When { machine: at.machine.clone(), text: short_day(&at.text) },
        at,
        closed_by: closed_by(&sealed.closed_by),
        is_imported: sealed.imported,
        previous: sealed.previous_seal.chars().take(8).collect(),
    })
}

fn provisional(frame: &Frame, head: &Letterhead) -> String {
    let month = show::month_name(frame.period);
    match frame.status {
        Status::Open => {
            let locks = frame
                .locks
                .machine
                .parse()
                .map_or_else(|_| frame.locks.text.clone(), |at| long(at, head).text);
            format!("{month} locks on {locks}; its statement is sealed then and replaces this one.")
        }
        Status::Closed => format!(
            "{month} lies before the first statement: none is made of it, and the next one carries its usage as late."
        ),
        Status::Locked => {
            format!("{month} is locked and not closed yet; its sealed statement replaces this one.")
        }
    }
}

/// `11 Oct 2026` of `11 October 2026, 00:00`.
fn short_day(long: &str) -> String {
    let day = long.split(',').next().unwrap_or_default();
    let words = day.split(' ').enumerate();
    let word = |(at, word): (usize, &str)| word.chars().take(if at == 1 { 3 } else { 4 }).collect::<String>();
    words.map(word).collect::<Vec<_>>().join(" ")
}

fn day_of(frame: &Frame) -> u32 {
    use chrono::Datelike as _;
    frame.period.last_day().day()
}

/// `11 October 2026, 00:00`: on paper the year stands always.
fn long(at: UtcInstant, head: &Letterhead) -> When {
    use chrono::{Datelike as _, Timelike as _};
    let local = head.time_zone.local(at);
    let month = show::month(BillingPeriod::of(at, head.time_zone));
    let text = format!("{} {month}, {:02}:{:02}", local.day(), local.hour(), local.minute());
    When { machine: at.to_string(), text }
}
