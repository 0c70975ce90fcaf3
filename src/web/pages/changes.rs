//! Bulk changes on record, with *Undo* where one can still be taken back.

use actix_web::http::StatusCode;
use askama::Template;

use super::{render, who};
use crate::store::batches::{Batch, BatchKind};
use crate::store::{Actor, Store};
use crate::web::call::{Answer, Call};
use crate::web::components::{Numbered, Pages};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::show::{self, When};

const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "pages/changes.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    pages: Pages,
}

pub struct Row {
    /// `59 users assigned to Beta`
    pub what: String,
    pub since: String,
    pub when: When,
    pub by: String,
    /// `undone`, or empty.
    pub state: &'static str,
    /// By which it is taken back; `None` where it cannot be, or not by the reader.
    pub undo: Option<String>,
}

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let at = Numbered::asked(&call.query, ROWS)?;
    let page = call.read(move |store| page(store, &view, at)).await?;
    render(StatusCode::OK, &page)
}

fn page(store: &Store, view: &View, at: Numbered) -> Result<Page, Fault> {
    let frame = Frame::new(store, view, Nav::Nowhere, "Changes")?;
    let total = store.count_batches()?;
    let rows: Vec<Row> =
        store.batches_from(at.skip(), ROWS)?.into_iter().map(|batch| row(&frame, batch)).collect();
    let pages = Pages::numbered(at, rows.len(), total, |way| frame.link("/changes", way));
    Ok(Page { rows, pages, frame })
}

/// The newest that can be taken back, for the overview of those who may; none for others.
pub fn recent(store: &Store, frame: &Frame) -> Result<Vec<Row>, Fault> {
    const MOST: usize = 5;
    if !frame.may_operate() {
        return Ok(Vec::new());
    }
    let found = store.list_undoable(None, frame.clock.now, MOST)?;
    Ok(found.into_iter().map(|batch| row(frame, batch)).collect())
}

fn row(frame: &Frame, batch: Batch) -> Row {
    let open = || {
        let rules = &frame.rules;
        rules.lock.require_open(batch.period, frame.clock.now, rules.closed_through, rules.live_from).is_ok()
    };
    let may = frame.may_operate() && batch.is_young(frame.clock.now) && open();
    let state = match (&batch.undoes, &batch.undone_by) {
        (_, Some(_)) => "undone",
        (Some(_), None) => "an undo",
        _ => "",
    };
    Row {
        what: what(&batch),
        since: show::month(batch.period),
        when: frame.when(&batch.at),
        by: who(&Actor(batch.by)),
        state,
        undo: may.then_some(batch.id),
    }
}

fn what(batch: &Batch) -> String {
    use super::assign::words::{many, one};
    let (one, many) = batch.object_kind.map_or(("object", "objects"), |kind| (one(kind), many(kind)));
    let objects = show::count(batch.objects as i64, one, many);
    match (batch.kind, &batch.undoes, &batch.customer, &batch.reason) {
        (BatchKind::Assign, Some(_), ..) => {
            format!("{} put back", show::count(batch.objects as i64, "tag", "tags"))
        }
        (BatchKind::Free, Some(_), ..) => {
            format!("{} put back", show::count(batch.objects as i64, "free flag", "free flags"))
        }
        (BatchKind::Alias, Some(_), ..) => {
            format!("{} put back", show::count(batch.objects as i64, "alias", "aliases"))
        }
        (BatchKind::Domain, Some(_), ..) => "Default domain put back".to_owned(),
        (BatchKind::Alias, ..) => {
            format!("Aliases of {} changed", show::count(batch.objects as i64, "name", "names"))
        }
        (BatchKind::Domain, ..) => match &batch.domain {
            Some(domain) => format!("Default domain {domain} set for a source"),
            None => "Default domain of a source cleared".to_owned(),
        },
        (BatchKind::Assign, _, Some(customer), _) => format!("{objects} assigned to {customer}"),
        (BatchKind::Assign, ..) => format!("The tag of {objects} cleared"),
        (BatchKind::Free, _, _, Some(reason)) => format!("{objects} marked free: {reason}"),
        (BatchKind::Free, ..) => format!("{objects} unmarked"),
    }
}
