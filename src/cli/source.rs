//! `source`: license servers, sites with their delivery groups, and NetScalers.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::table::{Column, Table};
use super::{Context, Failure};
use crate::domain::period::BillingPeriod;
use crate::store::sources;

mod domain;

/// List what usage comes from, and say whom the bare names of a source mean
#[derive(Subcommand)]
#[command(
    after_help = "Examples:\n  seatledger source list\n  seatledger source set LIC01 --default-domain CORP --period 2026-10"
)]
pub enum Source {
    List(List),
    Set(domain::Set),
    Bare(domain::Bare),
}

/// List license servers, sites, delivery groups and NetScalers
#[derive(Args)]
#[command(
    after_help = "Examples:\n  seatledger source list\n  seatledger source list --period 2026-10 --json"
)]
pub struct List {
    /// Show the customers, free flags and default domains of this billing period; the current one by default
    #[arg(long, value_name = "YYYY-MM")]
    period: Option<BillingPeriod>,
}

#[derive(Serialize)]
struct Row<'a> {
    kind: &'a str,
    id: &'a str,
    name: &'a str,
    parent: Option<&'a str>,
    host_id: Option<&'a str>,
    fqdn: Option<&'a str>,
    version: Option<&'a str>,
    last_collected_at: Option<&'a str>,
    customer_id: Option<&'a str>,
    customer: Option<&'a str>,
    free: Option<&'a str>,
    default_domain: Option<&'a str>,
    archived: bool,
}

impl Source {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let List { period } = match self {
            Self::List(list) => list,
            Self::Set(set) => return domain::set(context, set),
            Self::Bare(bare) => return domain::bare(context, bare),
        };
        let store = context.reader()?;
        let period = period.map_or_else(|| context.current_period(&store), Ok)?;
        let sources = store.list_sources(period)?;
        let domains = store.default_domains(period)?;
        let domain_of = |source: &sources::Source| {
            domains.get(&(source.kind.clone(), source.id.clone())).map(String::as_str)
        };
        let mut out = context.out();
        if context.json {
            return out
                .json(&sources.iter().map(|source| row(source, domain_of(source))).collect::<Vec<_>>());
        }
        let titles =
            ["Kind", "Id", "Name", "Version", "Last collected", "Customer", "Free", "Default domain"];
        let mut table = Table::new(titles.map(Column::Text));
        for source in sources {
            let domain = domain_of(&source).map(str::to_owned);
            let name = if source.archived { format!("{} (archived)", source.name) } else { source.name };
            let customer = source.customer.map(|(_, name)| name);
            let optional = [source.version, source.last_collected_at, customer, source.free, domain];
            table.row(
                [source.kind, source.id, name].into_iter().chain(optional.map(Option::unwrap_or_default)),
            );
        }
        table.print(&mut out)
    }
}

fn row<'a>(source: &'a sources::Source, default_domain: Option<&'a str>) -> Row<'a> {
    Row {
        kind: &source.kind,
        id: &source.id,
        name: &source.name,
        parent: source.parent.as_deref(),
        host_id: source.host_id.as_deref(),
        fqdn: source.fqdn.as_deref(),
        version: source.version.as_deref(),
        last_collected_at: source.last_collected_at.as_deref(),
        customer_id: source.customer.as_ref().map(|(id, _)| id.as_str()),
        customer: source.customer.as_ref().map(|(_, name)| name.as_str()),
        free: source.free.as_deref(),
        default_domain,
        archived: source.archived,
    }
}
