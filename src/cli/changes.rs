//! What `assign` and `free` share: what they are told, and how they answer.

use std::collections::HashMap;

use clap::Args;
use serde::Serialize;

use super::choice::Choice;
use super::objects::Objects;
use super::table::{Column, Table, figure};
use super::{Context, Failure};
use crate::domain::ids::ObjectKind;
use crate::domain::period::BillingPeriod;
use crate::store::assignments::{Move, ReportRow};
use crate::store::batches::{Change, Done, Preview};
use crate::store::memory::Memory;
use crate::store::{Store, identities};

/// Which objects, and since when.
#[derive(Args)]
pub struct Since {
    /// First billing period in which it holds
    #[arg(long, value_name = "YYYY-MM")]
    pub period: BillingPeriod,
    /// Kind of the objects
    #[arg(long, value_parser = Choice(&ObjectKind::ALL))]
    pub kind: ObjectKind,
    #[command(flatten)]
    pub objects: Objects,
}

#[derive(Serialize)]
pub struct Answer<'a> {
    changed: u64,
    unchanged: u64,
    dry_run: bool,
    #[serde(flatten)]
    moved: Option<Moved<'a>>,
    /// Of a change that was made; null where nothing changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_id: Option<Option<String>>,
}

impl<'a> Answer<'a> {
    pub fn of(
        changed: u64,
        unchanged: u64,
        moves: &'a [Move],
        batch_id: Option<String>,
        dry_run: bool,
    ) -> Self {
        let batch_id = (!dry_run).then_some(batch_id);
        Self { changed, unchanged, dry_run, moved: dry_run.then(|| moved(moves)), batch_id }
    }
}

/// Of a rehearsal: users who change from one row to another (null is the unlinked one), who join a further
/// customer, and who leave one and stay with another.
#[derive(Default, Serialize)]
struct Moved<'a> {
    moves: Vec<FromTo<'a>>,
    joins: Vec<To<'a>>,
    leaves: Vec<From<'a>>,
}

#[derive(Serialize)]
struct FromTo<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
    users: u64,
}

#[derive(Serialize)]
struct To<'a> {
    to: Option<&'a str>,
    users: u64,
}

#[derive(Serialize)]
struct From<'a> {
    from: Option<&'a str>,
    users: u64,
}

/// Makes the change or looks at it; the guards speak in both. Prints what changed, and for a dry run
/// which users would move between the rows of the report.
pub fn make(context: &Context, store: &mut Store, change: &Change, dry_run: bool) -> Result<(), Failure> {
    let memory = Memory::new();
    let (at, actor) = (context.now(), &context.actor);
    let done = if dry_run {
        let Preview { changed, unchanged, moves, stamp } = store.preview(&memory, change, at, actor)?;
        Done { changed, unchanged, moves, stamp, batch_id: None }
    } else {
        store.make(&memory, change, at, actor, false)?
    };
    tell(context, store, done, dry_run)
}

/// The same of aliases and default domains.
pub fn make_identities(
    context: &Context,
    store: &mut Store,
    change: &identities::Change,
    dry_run: bool,
) -> Result<Done, Failure> {
    let (at, actor) = (context.now(), &context.actor);
    if !dry_run {
        return Ok(store.make_identities(change, at, actor, false)?);
    }
    let identities::Preview { changed, unchanged, moves, .. } =
        store.preview_identities(change, at, actor)?;
    Ok(Done { changed, unchanged, moves, stamp: None, batch_id: None })
}

/// Prints what was done, or would be.
pub fn tell(context: &Context, store: &Store, done: Done, dry_run: bool) -> Result<(), Failure> {
    let Done { changed, unchanged, moves, batch_id, .. } = done;
    let mut out = context.out();
    if context.json {
        return out.json(&Answer::of(changed, unchanged, &moves, batch_id, dry_run));
    }
    let (changed, unchanged) = (figure(changed as i64), figure(unchanged as i64));
    let would = if dry_run { "would be " } else { "" };
    out.line(&format!("{changed} {would}changed, {unchanged} unchanged"))?;
    if moves.is_empty() {
        return Ok(());
    }
    let customers = store.list_customers()?.into_iter().map(|customer| (customer.id, customer.name));
    let names: HashMap<String, String> = customers.collect();
    let name = |row: Option<ReportRow>, nowhere: &str| match row {
        None => nowhere.to_owned(),
        Some(None) => "(unlinked)".to_owned(),
        Some(Some(id)) => names.get(&id).cloned().unwrap_or(id),
    };
    let mut table = Table::new([Column::Text("From"), Column::Text("To"), Column::Figure("Users")]);
    for Move { from, to, users } in moves {
        table.row([name(from, "(also with another)"), name(to, "(stays with another)"), figure(users)]);
    }
    table.print(&mut out)
}

fn moved(found: &[Move]) -> Moved<'_> {
    let mut moved = Moved::default();
    for Move { from, to, users } in found {
        let (from, to, users) =
            (from.as_ref().map(Option::as_deref), to.as_ref().map(Option::as_deref), *users);
        match (from, to) {
            (Some(from), Some(to)) => moved.moves.push(FromTo { from, to, users }),
            (None, Some(to)) => moved.joins.push(To { to, users }),
            (Some(from), None) => moved.leaves.push(From { from, users }),
            (None, None) => {}
        }
    }
    moved
}
