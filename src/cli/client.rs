//! `client`: the programs that call the API.

use clap::Subcommand;
use serde::Serialize;

use super::choice::Choice;
use super::table::{Column, Table, visible};
use super::{Context, Failure};
use crate::domain::account::{Scope, Scopes};
use crate::domain::error::{code, quoted};
use crate::secret::token;
use crate::store::clients::{self, Client as Stored};
use crate::store::customers::checked_name;

/// List, add and revoke the programs that call the API
///
/// Scopes: upload sends uploads, read reads figures and exports, write changes customers and tags and closes
/// months, admin reads the audit trail. None includes another.
#[derive(Subcommand)]
#[command(after_help = "Example:\n  seatledger client add collector --scope upload")]
pub enum Client {
    /// List all API clients, by name
    #[command(after_help = "Examples:\n  seatledger client list\n  seatledger client list --json")]
    List,
    /// Add an API client; its secret is shown this once
    #[command(
        after_help = "Examples:\n  seatledger client add collector --scope upload\n  seatledger client add billing --scope read write --json"
    )]
    Add {
        /// What it is for, in your own words
        name: String,
        /// What it may do; several may follow
        #[arg(long, required = true, num_args = 1.., value_parser = Choice(&Scope::ALL))]
        scope: Vec<Scope>,
    },
    /// Shut an API client out for good; its tokens end
    #[command(after_help = "Example:\n  seatledger client revoke k-0123456789ab")]
    Revoke {
        /// The client's id, as `client list` shows it
        id: String,
    },
}

/// An API client for programs.
#[derive(Serialize)]
struct Shown<'a> {
    client_id: &'a str,
    name: &'a str,
    scopes: Scopes,
    owner: Option<&'a str>,
    created_at: &'a str,
    created_by: &'a str,
    last_used_at: Option<&'a str>,
    revoked: bool,
}

/// A new one, with what is never shown again.
#[derive(Serialize)]
struct Made<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    scopes: Scopes,
}

impl Client {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List => list(context),
            Self::Add { name, scope } => add(context, &name, scope.into_iter().collect()),
            Self::Revoke { id } => revoke(context, &id),
        }
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let clients = context.reader()?.list_clients(None)?;
    let mut out = context.out();
    if context.json {
        return out.json(&clients.iter().map(shown).collect::<Vec<_>>());
    }
    let titles = ["Id", "Name", "Scopes", "Owner", "Created", "By", "Last used", "Revoked"];
    let mut table = Table::new(titles.map(Column::Text));
    for client in clients {
        let Stored { id, name, scopes, owner, created_at, created_by, last_used_at, revoked_at } = client;
        let owner = owner.map(|(_, name)| name).unwrap_or_default();
        let (used, revoked) = (last_used_at.unwrap_or_default(), revoked_at.unwrap_or_default());
        table.row([id, name, scopes.to_string(), owner, created_at, created_by, used, revoked]);
    }
    table.print(&mut out)
}

fn add(context: &Context, name: &str, scopes: Scopes) -> Result<(), Failure> {
    let name = checked_name(name).map_err(Failure::Usage)?;
    let secret = token::fresh()?;
    let mut store = context.writer()?;
    let mut commit = context.commit();
    let id = clients::new_id(&commit, name);
    clients::create(&mut commit, &id, name, scopes, &token::digest(&secret), None);
    store.commit(&commit)?;
    let mut out = context.out();
    if context.json {
        return out.json(&Made { client_id: &id, client_secret: &secret, scopes });
    }
    out.line(&format!("{id}  {}  {scopes}", visible(name)))?;
    out.line(&format!("secret, shown this once: {secret}"))
}

fn revoke(context: &Context, id: &str) -> Result<(), Failure> {
    let unknown = || {
        let detail = format!("expected the id of an API client, found {}", quoted(id));
        Failure::failed(code::CLIENT_UNKNOWN, detail)
    };
    let mut store = context.writer()?;
    store.find_client(id)?.ok_or_else(unknown)?;
    let mut commit = context.commit();
    clients::revoke(&mut commit, id);
    store.commit(&commit)?;
    let client = store.find_client(id)?.ok_or_else(unknown)?;
    let mut out = context.out();
    if context.json {
        return out.json(&shown(&client));
    }
    out.line(&visible(&format!("{}  {}  (revoked)", client.id, client.name)))
}

fn shown(client: &Stored) -> Shown<'_> {
    Shown {
        client_id: &client.id,
        name: &client.name,
        scopes: client.scopes,
        owner: client.owner.as_ref().map(|(_, name)| name.as_str()),
        created_at: &client.created_at,
        created_by: &client.created_by,
        last_used_at: client.last_used_at.as_deref(),
        revoked: client.revoked_at.is_some(),
    }
}
