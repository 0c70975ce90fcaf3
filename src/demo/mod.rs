//! Floor 5: fills an empty folder with a sample fleet, through the real import.
//!
//! Everything follows from the day: the same day twice gives the same uploads, byte for byte.

mod calendar;
mod call_home;
mod fleet;
mod native;
mod people;
mod report;
mod tags;
#[cfg(test)]
mod tests;
mod uploads;

pub use report::Summary;

use std::collections::HashSet;

use crate::domain::instant::UtcInstant;
use crate::domain::setting;
use crate::ingest::{self, Bytes, Outcome};
use crate::payload::Rejection;
use crate::store::rules::Rules;
use crate::store::uploads::Arrival;
use crate::store::{Actor, Store, StoreError, settings};
use calendar::Calendar;

/// Why a folder was not filled, or not to its end. What was imported by then stays.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("expected to write a sample upload, found: {0}")]
    Write(#[from] std::io::Error),
    /// Found before anything was written.
    #[error("expected an empty data folder, found {0} in it: give `demo` a fresh folder with --data")]
    NotEmpty(&'static str),
    /// A sample upload was refused: the limits of this folder are narrower than the default ones.
    #[error("the sample upload {file} was rejected: expected {}, found {}", .rejection.expected, .rejection.found)]
    Rejected { file: String, rejection: Box<Rejection> },
}

/// Fills an empty folder; one that is filled already stays as it is. Either way the figures of its last
/// complete month. An interrupted fill is taken up again on the same day. `progress` is told of each month. All
/// months but the open ones are closed, and a report of the last closed one comes late.
///
/// Errors: [`DemoError::NotEmpty`] where the folder holds anything that today's sample would not put there.
pub fn fill(
    store: &mut Store,
    actor: &Actor,
    now: UtcInstant,
    progress: &mut dyn FnMut(&str),
) -> Result<Summary, DemoError> {
    if !is_filled(store)? {
        import(store, actor, now, progress)?;
    }
    close(store, actor, now, progress)?;
    Ok(Summary::read(store, now)?)
}

/// Whether the fleet is there with all of its assignments: customers come last, in one commit with them.
pub fn is_filled(store: &Store) -> Result<bool, StoreError> {
    let known: HashSet<String> = store.list_customers()?.into_iter().map(|customer| customer.id).collect();
    Ok((0..fleet::CUSTOMERS.len()).all(|number| known.contains(&fleet::customer_id(number))))
}

fn import(
    store: &mut Store,
    actor: &Actor,
    now: UtcInstant,
    progress: &mut dyn FnMut(&str),
) -> Result<(), DemoError> {
    let (calendar, people) = (Calendar::new(now), people::everybody());
    let sendings = uploads::sendings(&calendar);
    refuse_what_is_not_ours(store, &calendar, &people, &sendings)?;
    let rules = store.rules()?;
    for of_month in sendings.chunk_by(|a, b| a.night.month == b.night.month) {
        let period = calendar.months[of_month[0].night.month];
        progress(&format!("{period}: {} uploads", of_month.len()));
        for sending in of_month {
            take_in(store, actor, now, &rules, uploads::write(&calendar, &people, sending)?)?;
        }
        store.checkpoint_when_long()?;
    }
    progress("customers, assignments, free flags and the organization's name");
    let mut last = tags::commit(actor, now, &calendar.months, &people);
    settings::set(&mut last, "organization_name", "Example Hosting");
    match store.commit(&last) {
        // Another `demo` on the same folder was quicker.
        Err(_) if is_filled(store)? => Ok(()),
        done => Ok(done?),
    }
}

fn take_in(
    store: &mut Store,
    actor: &Actor,
    now: UtcInstant,
    rules: &Rules,
    upload: uploads::Upload,
) -> Result<(), DemoError> {
    let arrival = Arrival {
        sha256: ingest::sha256(&upload.content),
        file: upload.file,
        bytes: upload.content.len() as u64,
        received_at: now,
        way: "import",
        license_server: None,
    };
    let mut bytes = Bytes { arrival, content: Some(upload.content) };
    let read = ingest::read(&bytes, &rules.limits, rules.lock.time_zone);
    match ingest::take_in(store, actor, &mut bytes, read, now)? {
        Outcome::Rejected { rejection, .. } => {
            Err(DemoError::Rejected { file: bytes.arrival.file, rejection: Box::new(rejection) })
        }
        _ => Ok(()),
    }
}

/// Closes history, as an operator does once it is tagged. Goes on where it was stopped; a folder that was filled on
/// another day stays as it is.
fn close(
    store: &mut Store,
    actor: &Actor,
    now: UtcInstant,
    progress: &mut dyn FnMut(&str),
) -> Result<(), DemoError> {
    let (calendar, people) = (Calendar::new(now), people::everybody());
    let Some(newest) = uploads::sendings(&calendar).pop() else { return Ok(()) };
    let sha256 = ingest::sha256(&uploads::write(&calendar, &people, &newest)?.content);
    if store.find_receipt(&sha256)?.is_none() {
        return Ok(());
    }
    let rules = store.rules()?;
    let mut is_told = false;
    while let (Some(next), Some(live_from)) = (store.next_to_close()?, rules.live_from) {
        if next >= live_from {
            break;
        }
        if !is_told {
            progress("closing all months but the open ones");
            is_told = true;
        }
        store.close(next, now, actor)?;
    }
    // It was told of as a whole.
    store.take_closed();
    let closed = store.rules()?.closed_through;
    let month = calendar.months.iter().position(|month| Some(*month) == closed);
    if let Some(month) = month
        && let Some(upload) = uploads::left_behind(&calendar, &people, month)?
    {
        take_in(store, actor, now, &rules, upload)?;
    }
    Ok(())
}

/// Nothing is welcome but uploads that this fill would import itself: an interrupted fill of the same day.
fn refuse_what_is_not_ours(
    store: &Store,
    calendar: &Calendar,
    people: &[people::Person],
    sendings: &[uploads::Sending],
) -> Result<(), DemoError> {
    if !store.list_customers()?.is_empty() {
        return Err(DemoError::NotEmpty("customers of your own"));
    }
    let of_its_own = |(key, value): &(String, String)| {
        key != "live_from" && setting::find(key).is_ok_and(|setting| setting.default != value)
    };
    if store.stored_settings()?.iter().any(of_its_own) {
        return Err(DemoError::NotEmpty("settings of your own"));
    }
    if store.has_decisions()? {
        return Err(DemoError::NotEmpty("assignments or free flags of your own"));
    }
    let mut known = store.accepted_sha256()?;
    if known.is_empty() {
        return Ok(());
    }
    for sending in sendings {
        known.remove(&ingest::sha256(&uploads::write(calendar, people, sending)?.content));
    }
    if known.is_empty() {
        return Ok(());
    }
    let first = fleet::LICENSE_SERVERS[0].guid();
    let begun = match calendar.months.last() {
        Some(newest) => store.list_sources(*newest)?.iter().any(|source| source.id == first),
        None => false,
    };
    Err(DemoError::NotEmpty(if begun {
        "a sample that was begun on another day, or uploads of your own,"
    } else {
        "uploads of your own"
    }))
}
