//! `customer`: the tenants who are billed.

use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use super::table::{Column, Table};
use super::{Context, Failure};
use crate::domain::error::{code, quoted};
use crate::domain::ids::canonical_object_id;
use crate::store::customers::{self, Customer as Stored};
use crate::store::{Commit, Store};

mod list_file;

/// List, add and change customers
#[derive(Subcommand)]
#[command(
    after_help = "Examples:\n  seatledger customer add Acme --external-id acme-01\n  seatledger customer rename c-0123456789ab 'Acme Ltd'"
)]
pub enum Customer {
    /// List all customers, by name
    #[command(after_help = "Examples:\n  seatledger customer list\n  seatledger customer list --json")]
    List,
    /// Add a customer
    #[command(after_help = "Example:\n  seatledger customer add Acme --id acme --external-id 4711 --json")]
    Add {
        /// Its name: no two that a reader would confuse
        name: String,
        /// An id of your own, for good; by default one is made
        #[arg(long)]
        id: Option<String>,
        /// What another system knows the customer by
        #[arg(long, value_name = "ID")]
        external_id: Option<String>,
    },
    /// Add and update customers from a CSV file, all of them or none
    #[command(after_help = list_file::HELP)]
    Import {
        /// The CSV file, - for standard input
        file: PathBuf,
        /// Change nothing, answer what would change
        #[arg(long)]
        dry_run: bool,
    },
    /// Give a customer another name
    #[command(
        after_help = "Examples:\n  seatledger customer rename c-0123456789ab 'Acme Ltd'\n  seatledger customer rename Acme 'Acme Ltd'"
    )]
    Rename {
        /// The customer's id, or its name
        id: String,
        /// The new name
        name: String,
    },
    /// Retire a customer: it keeps its tags and figures and takes no new ones
    #[command(after_help = "Example:\n  seatledger customer archive Acme")]
    Archive {
        /// The customer's id, or its name
        id: String,
    },
    /// Take a customer back
    #[command(after_help = "Example:\n  seatledger customer unarchive Acme")]
    Unarchive {
        /// The customer's id, or its name
        id: String,
    },
}

/// A customer for programs.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    name: &'a str,
    external_id: Option<&'a str>,
    archived: bool,
}

impl Customer {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List => list(context),
            Self::Add { name, id, external_id } => add(context, &name, id.as_deref(), external_id.as_deref()),
            Self::Import { file, dry_run } => list_file::import(context, &file, dry_run),
            Self::Rename { id, name } => {
                let name = customers::checked_name(&name).map_err(Failure::Usage)?;
                change(context, &id, |commit, id| customers::rename(commit, id, name))
            }
            Self::Archive { id } => change(context, &id, customers::archive),
            Self::Unarchive { id } => change(context, &id, customers::unarchive),
        }
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let customers = context.reader()?.list_customers()?;
    let mut out = context.out();
    if context.json {
        return out.json(&customers.iter().map(shown).collect::<Vec<_>>());
    }
    let mut table = Table::new(["Id", "Name", "External id", "Archived"].map(Column::Text));
    for Stored { id, name, external_id, archived_at } in customers {
        table.row([id, name, external_id.unwrap_or_default(), archived_at.unwrap_or_default()]);
    }
    table.print(&mut out)
}

fn add(context: &Context, name: &str, id: Option<&str>, external_id: Option<&str>) -> Result<(), Failure> {
    let name = customers::checked_name(name).map_err(Failure::Usage)?;
    let id = id.map(checked_id).transpose()?;
    let external_id = external_id.map(checked_id).transpose()?;
    let mut store = context.writer()?;
    let mut commit = context.commit();
    let id = id.unwrap_or_else(|| customers::new_id(&commit, name));
    customers::create(&mut commit, &id, name, external_id.as_deref());
    store.commit(&commit)?;
    print(context, &store.get_customer(&id)?)
}

fn change(context: &Context, given: &str, add: impl FnOnce(&mut Commit, &str)) -> Result<(), Failure> {
    let mut store: Store = context.writer()?;
    let customer = store.get_customer(given)?;
    let mut commit = context.commit();
    add(&mut commit, &customer.id);
    store.commit(&commit)?;
    print(context, &store.get_customer(&customer.id)?)
}

/// An id as it is kept. Errors: usage.
fn checked_id(given: &str) -> Result<String, Failure> {
    canonical_object_id(given).ok_or_else(|| {
        let expected = "expected an id of 1 to 128 bytes without control characters";
        Failure::usage(code::INPUT_INVALID, format!("{expected}, found {}", quoted(given)))
    })
}

fn print(context: &Context, customer: &Stored) -> Result<(), Failure> {
    let mut out = context.out();
    if context.json {
        return out.json(&shown(customer));
    }
    let archived = if customer.archived_at.is_some() { "  (archived)" } else { "" };
    out.line(&super::table::visible(&format!("{}  {}{archived}", customer.id, customer.name)))
}

fn shown(customer: &Stored) -> Shown<'_> {
    Shown {
        id: &customer.id,
        name: &customer.name,
        external_id: customer.external_id.as_deref(),
        archived: customer.archived_at.is_some(),
    }
}
