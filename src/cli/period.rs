//! `period`: which billing periods are open, locked or closed; close one, verify seals, confirm the date.

mod checklist;

use std::io::Write as _;

use clap::{Args, Subcommand};
use serde::Serialize;

use self::checklist::Checklist;
use super::context::tell_closed;
use super::table::{Column, Table, figure, visible};
use super::{Context, Failure};
use crate::domain::error::code;
use crate::domain::period::BillingPeriod;
use crate::store::StoreError;
use crate::store::closing::Closed;
use crate::store::periods::{self, Sealed};
use crate::store::verify::Verified;

/// List billing periods, look before closing, close one, verify seals, confirm the date
///
/// A period closes by itself when its lock day is over: figures, statement and seal in one commit. From then on
/// nothing changes it; what arrives later is late usage.
#[derive(Subcommand)]
#[command(
    after_help = "Examples:\n  seatledger period list\n  seatledger period checklist 2026-09\n  seatledger period close 2026-09\n  \
    seatledger period verify\n  seatledger period verify 2026-09 --canonical | sha256sum\n  \
    seatledger period confirm-clock"
)]
pub enum Period {
    List(List),
    Checklist(Checklist),
    Close(Close),
    Verify(Verify),
    ConfirmClock(ConfirmClock),
}

/// List billing periods from the first with usage on
#[derive(Args)]
#[command(after_help = "Examples:\n  seatledger period list\n  seatledger period list --json")]
pub struct List {}

/// Close a billing period that is over before its lock day
///
/// Months close in order, and nobody re-opens one.
#[derive(Args)]
#[command(after_help = "Examples:\n  seatledger period close 2026-09\n  \
    seatledger period close 2026-09 --and-before   with all months before it, such as imported history")]
pub struct Close {
    /// The billing period, as YYYY-MM
    #[arg(value_name = "PERIOD")]
    period: BillingPeriod,
    /// Close all open months before it too, the oldest first
    #[arg(long)]
    and_before: bool,
}

/// Verify that closed billing periods hold their seals and their figures
#[derive(Args)]
#[command(after_help = "Exit code 1 where one does not hold.\n\nExamples:\n  seatledger period verify\n  \
    seatledger period verify 2026-09\n  seatledger period verify 2026-09 --canonical | sha256sum")]
pub struct Verify {
    /// All closed ones by default
    #[arg(value_name = "PERIOD")]
    period: Option<BillingPeriod>,
    /// Print the text whose SHA-256 is the seal
    #[arg(long, requires = "period")]
    canonical: bool,
}

/// Take the date of this machine for true, and close what is due
///
/// Closing waits while the clock is more than 40 days ahead of the newest instant on record.
#[derive(Args)]
#[command(after_help = "Example:\n  seatledger period confirm-clock")]
pub struct ConfirmClock {}

#[derive(Serialize)]
struct Listed<'a> {
    period: String,
    status: &'a str,
    locks_at: String,
    closed_at: Option<&'a str>,
    closed_by: Option<&'a str>,
    imported: Option<bool>,
    users: Option<i64>,
    seal: Option<&'a str>,
    late_users: i64,
}

#[derive(Serialize)]
struct Told<'a> {
    period: String,
    users: i64,
    imported: bool,
    seal: &'a str,
}

#[derive(Serialize)]
struct Held<'a> {
    period: &'a str,
    ok: bool,
    seal: &'a str,
    computed: &'a str,
    problems: &'a [String],
}

#[derive(Serialize)]
struct Confirmed<'a> {
    confirmed: bool,
    closed: Vec<Told<'a>>,
}

impl Period {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List(List {}) => list(context),
            Self::Checklist(command) => command.run(context),
            Self::Close(command) => command.run(context),
            Self::Verify(command) => command.run(context),
            Self::ConfirmClock(ConfirmClock {}) => confirm_clock(context),
        }
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let store = context.reader()?;
    let now = context.now();
    let (periods, doubted) = store
        .snapshot(|store| Ok::<_, StoreError>((store.list_periods(now)?, store.clock()?.doubts(now))))?;
    let mut out = context.out();
    if context.json {
        return out.json(&periods.iter().map(listed).collect::<Vec<_>>());
    }
    let text = ["Period", "Status", "Locks at", "Closed at", "Closed by"].map(Column::Text);
    let figures = ["Users", "Late users"].map(Column::Figure);
    let mut table = Table::new(text.into_iter().chain(figures).chain([Column::Text("Seal")]));
    for period in &periods {
        let Listed { period: name, status, locks_at, closed_at, closed_by, users, seal, late_users, .. } =
            listed(period);
        let history = matches!(&period.statement, Some(Sealed { imported: true, .. }));
        let status = if history { format!("{status}, imported") } else { status.to_owned() };
        let optional = [closed_at, closed_by].map(|text| text.unwrap_or_default().to_owned());
        let users = users.map(figure).unwrap_or_default();
        // Enough to tell seals apart; `--json` and `verify` show all of it.
        let seal = seal.and_then(|seal| seal.get(..12)).unwrap_or_default().to_owned();
        table.row([name, status, locks_at].into_iter().chain(optional).chain([
            users,
            figure(late_users),
            seal,
        ]));
    }
    table.print(&mut out)?;
    if doubted {
        let program = &context.program;
        out.line(&format!(
            "\nThe clock is more than 40 days ahead of what was last recorded, so nothing closes. Where the date is\n\
             right: {program} period confirm-clock"
        ))?;
    }
    Ok(())
}

fn listed(period: &periods::Period) -> Listed<'_> {
    let statement = period.statement.as_ref();
    Listed {
        period: period.period.to_string(),
        status: period.status.as_str(),
        locks_at: period.locks_at.to_string(),
        closed_at: statement.map(|statement| statement.closed_at.as_str()),
        closed_by: statement.map(|statement| statement.closed_by.as_str()),
        imported: statement.map(|statement| statement.imported),
        users: period.users,
        seal: statement.map(|statement| statement.seal.as_str()),
        late_users: period.late_users,
    }
}

fn told(month: &Closed) -> Told<'_> {
    let Closed { period, users, imported, seal } = month;
    Told { period: period.to_string(), users: *users, imported: *imported, seal }
}

impl Close {
    fn run(self, context: &Context) -> Result<(), Failure> {
        // What is due closes within: it may be the very month that is asked for.
        let mut store = context.existing()?;
        let mut closed = Vec::new();
        let done = if self.and_before {
            store.close_with_before(self.period, context.now(), &context.actor, &mut closed)
        } else {
            store.close(self.period, context.now(), &context.actor).map(|month| closed.push(month))
        };
        // What was closed by hand is the result; what was due on the way is told apart from it.
        let mut on_the_way = store.take_closed();
        on_the_way.retain(|month| !closed.contains(month));
        for month in on_the_way {
            let _ = writeln!(std::io::stderr(), "{month}");
        }
        print(context, &closed)?;
        Ok(done?)
    }
}

fn print(context: &Context, closed: &[Closed]) -> Result<(), Failure> {
    let mut out = context.out();
    if context.json {
        return out.json(&closed.iter().map(told).collect::<Vec<_>>());
    }
    closed.iter().try_for_each(|month| out.line(&month.to_string()))
}

impl Verify {
    fn run(self, context: &Context) -> Result<(), Failure> {
        let store = context.reader()?;
        let mut out = context.out();
        let not_closed = |period: BillingPeriod| {
            let detail = format!("expected a closed billing period, found {period}, which is not closed");
            Failure::failed(code::NOT_FOUND, detail)
        };
        if let (true, Some(period)) = (self.canonical, self.period) {
            let text = store.canonical(period)?.ok_or_else(|| not_closed(period))?;
            out.write_all(text.as_bytes())?;
            return Ok(out.flush()?);
        }
        let verified = store.snapshot(|store| store.verify(self.period))?;
        if let (true, Some(period)) = (verified.is_empty(), self.period) {
            return Err(not_closed(period));
        }
        if context.json {
            out.json(&verified.iter().map(held).collect::<Vec<_>>())?;
        } else {
            for month in &verified {
                let mark = if month.problems.is_empty() { "ok     " } else { "PROBLEM" };
                writeln!(out, "{mark}  {}  {}", visible(&month.period), visible(&month.seal))?;
                for problem in &month.problems {
                    writeln!(out, "         {}", visible(problem))?;
                }
            }
            out.flush()?;
        }
        let broken = verified.iter().filter(|month| !month.problems.is_empty()).count();
        if broken == 0 {
            return Ok(());
        }
        let detail = format!("expected all closed months to hold, found {broken} that do not");
        Err(Failure::failed(code::STATEMENT_BROKEN, detail))
    }
}

fn held(month: &Verified) -> Held<'_> {
    let Verified { period, ok, seal, computed, problems } = month;
    Held { period, ok: *ok && problems.is_empty(), seal, computed, problems }
}

fn confirm_clock(context: &Context) -> Result<(), Failure> {
    let mut store = context.writer()?;
    let done = store.confirm_clock(context.now(), &context.actor);
    if done.is_err() {
        tell_closed(&mut store);
    }
    let (confirmed, closed) = (done?, store.take_closed());
    let mut out = context.out();
    if context.json {
        return out.json(&Confirmed { confirmed, closed: closed.iter().map(told).collect() });
    }
    let now = context.now();
    out.line(&if confirmed {
        format!("confirmed: it is {now}")
    } else {
        format!("nothing to confirm: {now} was not in doubt")
    })?;
    closed.iter().try_for_each(|month| out.line(&month.to_string()))
}
