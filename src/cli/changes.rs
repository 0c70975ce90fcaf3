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
use crate::store::{Commit, Store};

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

/// Changes that were put into a commit, and are to be made or rehearsed.
pub struct Changes {
    pub period: BillingPeriod,
    pub changed: usize,
    pub unchanged: usize,
    pub dry_run: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    changed: usize,
    unchanged: usize,
    dry_run: bool,
    #[serde(flatten)]
    moved: Option<Moved<'a>>,
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

impl Changes {
    /// Makes or rehearses them; the guards speak in both. Prints what changed, and for a rehearsal
    /// which users would move between the rows of the report.
    pub fn make(self, context: &Context, store: &mut Store, commit: &Commit) -> Result<(), Failure> {
        let moves = if self.dry_run {
            store.rehearse_moves(commit, self.period)?
        } else {
            if self.changed > 0 {
                store.commit(commit)?;
            }
            Vec::new()
        };
        let mut out = context.out();
        if context.json {
            let Self { changed, unchanged, dry_run, .. } = self;
            let moved = dry_run.then(|| moved(&moves));
            return out.json(&Answer { changed, unchanged, dry_run, moved });
        }
        let (changed, unchanged) = (figure(self.changed as i64), figure(self.unchanged as i64));
        let would = if self.dry_run { "would be " } else { "" };
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
