//! `source set` and `source bare`: whom the bare names of a source mean.

use clap::Args;
use serde::Serialize;

use crate::cli::changes::{make_identities, tell};
use crate::cli::table::{Column, Table};
use crate::cli::{Context, Failure};
use crate::domain::default_domain;
use crate::domain::period::BillingPeriod;
use crate::store::StoreError;
use crate::store::identities::{Change, Decision};

/// Set what stands before the bare names of a license server or delivery group
///
/// From the billing period on, a bare name of this source counts as DOMAIN\name. The facts keep the name they have.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  seatledger source set LIC01 --default-domain CORP --period 2026-10 --dry-run\n  \
    seatledger source set a5ae17c9-8a4a-4318-938f-a8c6da2aa2ef --clear --period 2026-11"
)]
pub struct Set {
    /// The id of a license server or delivery group, or its name where only one has it
    id: String,
    #[command(flatten)]
    to: To,
    /// First billing period in which it holds
    #[arg(long, value_name = "YYYY-MM")]
    period: BillingPeriod,
    /// Change nothing, answer what would move
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct To {
    /// The domain, as it stands before the backslash of other names
    #[arg(long, value_name = "DOMAIN")]
    default_domain: Option<String>,
    /// Bare names mean nobody in particular again
    #[arg(long)]
    clear: bool,
}

/// List bare names that several sources report: each may be another person there
///
/// Sources that have a default domain in the billing period are left out: they tell whom they mean.
#[derive(Args)]
#[command(after_help = "Example:\n  seatledger source bare --period 2026-10")]
pub struct Bare {
    /// Billing period
    #[arg(long, value_name = "YYYY-MM")]
    period: BillingPeriod,
}

#[derive(Serialize)]
struct Name<'a> {
    user: &'a str,
    name: &'a str,
    sources: Vec<Source<'a>>,
}

#[derive(Serialize)]
struct Source<'a> {
    kind: &'a str,
    id: &'a str,
    name: &'a str,
}

pub fn set(context: &Context, set: Set) -> Result<(), Failure> {
    let Set { id, to, period, dry_run } = set;
    let domain =
        to.default_domain.map(|given| default_domain::checked(&given)).transpose().map_err(Failure::Usage)?;
    let mut store = context.writer_or_rehearser(dry_run)?;
    let source = store.source_by_id_or_name(&id)?;
    let change = Change { period, what: Decision::DefaultDomain { source, domain } };
    let done = make_identities(context, &mut store, &change, dry_run)?;
    tell(context, &store, done, dry_run)
}

pub fn bare(context: &Context, Bare { period }: Bare) -> Result<(), Failure> {
    let store = context.reader()?;
    let (roster, names) = store.snapshot(|store| {
        let roster = store.roster(period)?;
        let names = roster.bare_names(store)?;
        Ok::<_, StoreError>((roster, names))
    })?;
    let names = || names.iter().map(|at| roster.bare_name(*at));
    let mut out = context.out();
    if context.json {
        let names = names().map(|name| {
            let sources = name.sources.iter();
            let sources =
                sources.map(|source| Source { kind: source.kind, id: source.id, name: source.name });
            Name { user: name.key, name: name.name, sources: sources.collect() }
        });
        return out.json(&names.collect::<Vec<_>>());
    }
    let mut table = Table::new(["Name", "Sources"].map(Column::Text));
    for name in names() {
        let sources: Vec<_> = name.sources.iter().map(|source| source.name).collect();
        table.row([name.name.to_owned(), sources.join(", ")]);
    }
    table.print(&mut out)
}
