//! Forms that assign sources and mark them free, and what such changes have become: they post to `/assign/preview`.

use crate::domain::error::{Error, code};
use crate::domain::ids::{FreeReason, ObjectKind};
use crate::domain::period::BillingPeriod;
use crate::export::Status;
use crate::store::archive::{self, Archivable};
use crate::store::object_history::{FreeChange, TagChange};
use crate::store::objects::CustomerName;
use crate::store::{Commit, Store};
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::flash::Flash;
use crate::web::frame::Frame;
use crate::web::pages::own_path;
use crate::web::pages::users::Customers;
use crate::web::show::{self, When};

/// What forms of the page can do with its sources.
pub struct Tagging {
    /// `license-server`
    pub kind: &'static str,
    pub customers: Customers,
    /// Reasons of a free flag; empty where the kind takes none.
    pub reasons: Vec<&'static str>,
    /// Address that archives; empty where the kind is not archived.
    pub archive: &'static str,
    /// Why tags of the month cannot change; empty where they can.
    pub why_not: String,
}

impl Tagging {
    /// `None` for those who may not change anything.
    pub fn new(store: &Store, frame: &Frame, kind: ObjectKind) -> Result<Option<Self>, Fault> {
        if !frame.may_operate() {
            return Ok(None);
        }
        let is_server = kind == ObjectKind::LicenseServer;
        Ok(Some(Self {
            kind: kind.as_str(),
            customers: Customers::of(store)?,
            reasons: if is_server { FreeReason::ALL.map(FreeReason::as_str).to_vec() } else { Vec::new() },
            archive: match kind {
                ObjectKind::LicenseServer => "/server/archive",
                ObjectKind::Site => "/site/archive",
                ObjectKind::NetScaler => "/netscaler/archive",
                ObjectKind::User | ObjectKind::DeliveryGroup => "",
            },
            why_not: why_not(frame),
        }))
    }

    pub fn is_open(&self) -> bool {
        self.why_not.is_empty()
    }
}

/// Why tags of the month are as they are.
pub fn why_not(frame: &Frame) -> String {
    match frame.status {
        Status::Open => String::new(),
        Status::Locked => {
            format!("{} is locked since {}, so its tags cannot change.", frame.month, frame.locks.text)
        }
        Status::Closed => format!("{} is closed and sealed, so its tags cannot change.", frame.month),
    }
}

/// A row of an object's tags or free flags.
pub struct ChangeRow {
    pub since: String,
    /// Since a month whose tags cannot change any more.
    pub is_locked: bool,
    pub what: String,
    pub note: String,
    pub when: When,
    pub by: String,
}

pub fn tag_rows(frame: &Frame, changes: Vec<TagChange>) -> Vec<ChangeRow> {
    let row = |change: TagChange| ChangeRow {
        since: show::month(change.since),
        is_locked: is_locked(frame, change.since),
        what: change.customer.map_or_else(|| "cleared".to_owned(), |customer| customer.name),
        note: String::new(),
        when: frame.when(&change.changed_at),
        by: by(frame, &change.changed_by),
    };
    changes.into_iter().map(row).collect()
}

pub fn free_rows(frame: &Frame, changes: Vec<FreeChange>) -> Vec<ChangeRow> {
    let row = |change: FreeChange| ChangeRow {
        since: show::month(change.since),
        is_locked: is_locked(frame, change.since),
        what: change.reason.unwrap_or_else(|| "not free".to_owned()),
        note: change.note.unwrap_or_default(),
        when: frame.when(&change.changed_at),
        by: by(frame, &change.changed_by),
    };
    changes.into_iter().map(row).collect()
}

fn is_locked(frame: &Frame, since: BillingPeriod) -> bool {
    let rules = &frame.rules;
    rules.lock.require_open(since, frame.clock.now, rules.closed_through, rules.live_from).is_err()
}

/// Who changed what is for those inside alone.
fn by(frame: &Frame, actor: &str) -> String {
    if frame.may_look_inside() { actor.to_owned() } else { String::new() }
}

/// A customer as a cell shows it, with its page.
pub fn customer_link(frame: &Frame, customer: Option<&CustomerName>) -> Option<(String, String)> {
    customer.map(|customer| (customer.name.clone(), frame.link("/customer", &[("id", &customer.id)])))
}

/// Archives what the form names, or brings it back where the form says so.
///
/// Errors: `SEAT-C07` without an object, `SEAT-A02` for an unknown one.
pub async fn archive_form(call: Call, kind: Archivable, nouns: (&'static str, &'static str)) -> Answer {
    let objects: Vec<&str> = call.form.all("object").collect();
    if objects.is_empty() {
        return Err(Error::new(code::REQUEST_MALFORMED, "object: expected at least one, found none").into());
    }
    let back = call.form.get("back").is_some();
    let mut commit: Commit = call.commit();
    for object in &objects {
        if back {
            archive::unarchive(&mut commit, kind, object);
        } else {
            archive::archive(&mut commit, kind, object);
        }
    }
    let what = show::count(i64::try_from(objects.len()).unwrap_or(i64::MAX), nouns.0, nouns.1);
    let (is, it) = if objects.len() == 1 { ("is", "it keeps its") } else { ("are", "they keep their") };
    let done = if back {
        Flash::good("Saved", format!("{what} {is} back in the lists."))
    } else {
        Flash::good("Saved", format!("{what} {is} archived: {it} usage and history."))
    };
    let to = own_path(call.form.get("next"));
    call.commit_and_go(commit, &to, done).await
}
