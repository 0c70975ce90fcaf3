//! `source`: license servers, sites with their delivery groups, and NetScalers.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::table::{Column, Table};
use super::{Context, Failure};
use crate::domain::period::BillingPeriod;
use crate::store::sources;

/// List what usage comes from, with the ids that `assign` and `free` take
#[derive(Subcommand)]
#[command(after_help = "Example:\n  seatledger source list")]
pub enum Source {
    List(List),
}

/// List license servers, sites, delivery groups and NetScalers
#[derive(Args)]
#[command(
    after_help = "Examples:\n  seatledger source list\n  seatledger source list --period 2026-10 --json"
)]
pub struct List {
    /// Show the customers and free flags of this billing period; the current one by default
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
    archived: bool,
}

impl Source {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let Self::List(List { period }) = self;
        let store = context.reader()?;
        let period = period.map_or_else(|| context.current_period(&store), Ok)?;
        let sources = store.list_sources(period)?;
        let mut out = context.out();
        if context.json {
            return out.json(&sources.iter().map(row).collect::<Vec<_>>());
        }
        let titles = ["Kind", "Id", "Name", "Version", "Last collected", "Customer", "Free"];
        let mut table = Table::new(titles.map(Column::Text));
        for source in sources {
            let name = if source.archived { format!("{} (archived)", source.name) } else { source.name };
            let customer = source.customer.map(|(_, name)| name);
            let optional = [source.version, source.last_collected_at, customer, source.free];
            table.row(
                [source.kind, source.id, name].into_iter().chain(optional.map(Option::unwrap_or_default)),
            );
        }
        table.print(&mut out)
    }
}

fn row(source: &sources::Source) -> Row<'_> {
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
        archived: source.archived,
    }
}
