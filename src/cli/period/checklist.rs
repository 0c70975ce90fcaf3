//! `period checklist`: what is in order before a month is closed, and whether it can be closed now.

use clap::Args;

use super::super::table::{Column, Table, visible};
use super::super::{Context, Failure};
use crate::domain::error::code;
use crate::domain::period::BillingPeriod;
use crate::store::StoreError;
use crate::store::checklist::Checklist as Read;
use crate::store::memory::Memory;
use crate::web::{Clock, ClosingChecklist, checks};

/// Tell what is in order before a billing period is closed, and whether it can be closed now
///
/// Nothing of it has to be in order: the statement says what was not.
#[derive(Args)]
#[command(
    after_help = "Exit code 0, whatever it tells.\n\nExamples:\n  seatledger period checklist 2026-09\n  \
    seatledger period checklist 2026-09 --json"
)]
pub struct Checklist {
    /// The billing period, as YYYY-MM
    #[arg(value_name = "PERIOD")]
    period: BillingPeriod,
}

impl Checklist {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let store = context.reader()?;
        let (memory, now) = (Memory::new(), context.now());
        let (checklist, zone) = store.snapshot(|store| {
            let zone = store.rules()?.lock.time_zone;
            Ok::<_, StoreError>((store.checklist(&memory, self.period, now)?, zone))
        })?;
        let mut out = context.out();
        if context.json {
            return out.json(&ClosingChecklist::from(&checklist));
        }
        let columns =
            [Column::Text("Mark"), Column::Text("Check"), Column::Figure("Figure"), Column::Text("Note")];
        let mut table = Table::new(columns);
        for line in checks::closing(&checklist, Clock { zone, now }, true) {
            table.row([line.weight.word().to_owned(), line.what.to_owned(), line.figure, line.note]);
        }
        table.print(&mut out)?;
        out.line(&format!("\n{}", visible(&last_line(&checklist, &context.program))))
    }
}

/// Whether it can be closed, and how.
fn last_line(checklist: &Read, program: &str) -> String {
    let period = checklist.period;
    let Some(refusal) = &checklist.refusal else {
        return format!("{period} can be closed now: {program} period close {period}");
    };
    let why = format!("{period} cannot be closed now: {refusal}");
    match checklist.before.len() {
        months @ 1.. if refusal.code == code::CLOSING_OUT_OF_ORDER => {
            let with = if months == 1 { "the month before it" } else { "the months before it" };
            format!("{why} Together with {with}: {program} period close {period} --and-before")
        }
        _ => why,
    }
}
