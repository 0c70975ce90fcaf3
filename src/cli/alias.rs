//! `alias`: names that are one user, since a billing period.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::changes::{make_identities, tell};
use super::table::{Column, Table, visible};
use super::{Context, Failure};
use crate::domain::error::{code, quoted};
use crate::domain::ids::ObjectKind;
use crate::domain::period::BillingPeriod;
use crate::store::aliases;
use crate::store::assignments::ObjectRef;
use crate::store::identities::{Change, Decision, Link};

mod import;

/// Say which names are one user, and whom scrambled names hide
#[derive(Subcommand)]
#[command(after_help = "Examples:\n  \
    seatledger alias suggest --period 2026-10\n  \
    seatledger alias add 'CORP\\anna' --of anna@csp.example --period 2026-10 --dry-run\n  \
    seatledger alias import names.txt --dry-run")]
pub enum Alias {
    List(List),
    Add(Add),
    Clear(Clear),
    Suggest(Suggest),
    Import(Import),
}

/// List who counts as whom
#[derive(Args)]
#[command(after_help = "Examples:\n  seatledger alias list\n  seatledger alias list --period 2026-10 --json")]
pub struct List {
    /// Those in effect in this billing period; every row ever set without it
    #[arg(long, value_name = "YYYY-MM")]
    period: Option<BillingPeriod>,
}

/// Count one user as another since a billing period
///
/// The facts of NAME then count as those of the other user; its own tag and free flag rest. Both may be given in any
/// spelling, and before any upload has shown them. A user who counts as another is named by nobody.
#[derive(Args)]
#[command(
    after_help = "Example:\n  seatledger alias add 'CORP\\anna' --of anna@csp.example --period 2026-10 --dry-run"
)]
pub struct Add {
    /// Who counts as the other
    name: String,
    /// The user who counts
    #[arg(long, value_name = "NAME")]
    of: String,
    /// First billing period in which it holds
    #[arg(long, value_name = "YYYY-MM")]
    period: BillingPeriod,
    /// Change nothing, answer what would move
    #[arg(long)]
    dry_run: bool,
}

/// Let a user count by itself again since a billing period
#[derive(Args)]
#[command(after_help = "Example:\n  seatledger alias clear 'CORP\\anna' --period 2026-11")]
pub struct Clear {
    /// Who counts by itself again
    name: String,
    /// First billing period in which it holds
    #[arg(long, value_name = "YYYY-MM")]
    period: BillingPeriod,
    /// Change nothing, answer what would move
    #[arg(long)]
    dry_run: bool,
}

/// Show users of a billing period who may be one: equal names under different domains
///
/// Nothing is linked by guess: link those that are one with `alias add`.
#[derive(Args)]
#[command(after_help = "Example:\n  seatledger alias suggest --period 2026-10")]
pub struct Suggest {
    /// Billing period
    #[arg(long, value_name = "YYYY-MM")]
    period: BillingPeriod,
    /// Most pairs shown, the most plausible first
    #[arg(long, value_name = "N", default_value_t = 100)]
    most: usize,
}

/// Find out whom scrambled names hide, by a list of clear names
///
/// The list is text in UTF-8 with one name a line, or CSV with a column such as SamAccountName or UserPrincipalName.
/// Each name is tried as given, in lower and in upper case. What matches counts as the clear name from the earliest
/// open billing period on, all in one change. The list is kept nowhere.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  seatledger alias import names.txt --dry-run\n  seatledger alias import users.csv"
)]
pub struct Import {
    /// The list, - for standard input
    file: PathBuf,
    /// Change nothing, answer what would match and move
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    user: &'a str,
    name: &'a str,
    of: Option<&'a str>,
    of_name: Option<&'a str>,
    since: String,
    changed_at: &'a str,
    changed_by: &'a str,
}

#[derive(Serialize)]
struct Pair<'a> {
    user: &'a str,
    name: &'a str,
    of: &'a str,
    of_name: &'a str,
    reasons: Vec<&'static str>,
}

impl Alias {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List(List { period }) => list(context, period),
            Self::Add(Add { name, of, period, dry_run }) => {
                link(context, &name, Some(checked(&of)?), period, dry_run)
            }
            Self::Clear(Clear { name, period, dry_run }) => link(context, &name, None, period, dry_run),
            Self::Suggest(Suggest { period, most }) => suggest(context, period, most),
            Self::Import(Import { file, dry_run }) => import::run(context, &file, dry_run),
        }
    }
}

fn list(context: &Context, period: Option<BillingPeriod>) -> Result<(), Failure> {
    let store = context.reader()?;
    let found = match period {
        Some(period) => store.list_aliases(period, None, usize::MAX)?,
        None => store.list_alias_history()?,
    };
    let mut out = context.out();
    if context.json {
        return out.json(&found.iter().map(row).collect::<Vec<_>>());
    }
    let mut table = Table::new(["Name", "Counts as", "Since", "Changed", "By"].map(Column::Text));
    for aliases::Alias { user, of, since, changed_at, changed_by } in found {
        let of = of.map_or("(itself)".to_owned(), |of| of.name);
        table.row([user.name, of, since.to_string(), changed_at, changed_by]);
    }
    table.print(&mut out)
}

fn row(alias: &aliases::Alias) -> Row<'_> {
    Row {
        user: &alias.user.key,
        name: &alias.user.name,
        of: alias.of.as_ref().map(|of| of.key.as_str()),
        of_name: alias.of.as_ref().map(|of| of.name.as_str()),
        since: alias.since.to_string(),
        changed_at: &alias.changed_at,
        changed_by: &alias.changed_by,
    }
}

fn link(
    context: &Context,
    name: &str,
    of: Option<ObjectRef>,
    period: BillingPeriod,
    dry_run: bool,
) -> Result<(), Failure> {
    let links = vec![Link { user: checked(name)?, of }];
    let change = Change { period, what: Decision::CountAs(links) };
    let mut store = context.writer_or_rehearser(dry_run)?;
    let done = make_identities(context, &mut store, &change, dry_run)?;
    tell(context, &store, done, dry_run)
}

/// A user in any spelling. Errors: usage.
fn checked(given: &str) -> Result<ObjectRef, Failure> {
    if given.trim().is_empty() || given.len() > 1024 || given.chars().any(char::is_control) {
        let expected = "expected a user of 1 to 1024 bytes without control characters";
        return Err(Failure::usage(code::INPUT_INVALID, format!("{expected}, found {}", quoted(given))));
    }
    Ok(ObjectRef::new(ObjectKind::User, given))
}

fn suggest(context: &Context, period: BillingPeriod, most: usize) -> Result<(), Failure> {
    let roster = context.reader()?.roster(period)?;
    let (pairs, all) = roster.suggestions(most);
    let mut out = context.out();
    if context.json {
        let pairs = pairs.iter().map(|pair| Pair {
            user: pair.user.0,
            name: pair.user.1,
            of: pair.of.0,
            of_name: pair.of.1,
            reasons: pair.reasons.iter().map(|reason| reason.as_str()).collect(),
        });
        return out.json(&pairs.collect::<Vec<_>>());
    }
    let mut table = Table::new(["Name", "May be", "Why"].map(Column::Text));
    for pair in &pairs {
        let why: Vec<_> = pair.reasons.iter().map(|reason| reason.as_str()).collect();
        table.row([pair.user.1.to_owned(), pair.of.1.to_owned(), why.join(", ")]);
    }
    table.print(&mut out)?;
    if all > pairs.len() {
        out.line(&visible(&format!("{} of {all} pairs; --most shows more", pairs.len())))?;
    }
    Ok(())
}
