//! `account`: the people who sign in.

use clap::Subcommand;
use serde::Serialize;

use super::choice::Choice;
use super::password::NewPassword;
use super::table::{Column, Table, visible};
use super::{Context, Failure};
use crate::domain::account::Role;
use crate::store::Commit;
use crate::store::accounts::{self, Account as Stored};
use crate::store::customers::checked_name;

/// List, add and change the accounts that sign in
///
/// Roles: admin does everything; operator uploads, tags, closes and exports; viewer reads all but accounts,
/// settings and the audit trail; distributor reads figures and makes API clients of its own.
#[derive(Subcommand)]
#[command(
    after_help = "Example:\n  seatledger account add anna --role operator --password-stdin < password.txt"
)]
pub enum Account {
    /// List all accounts, by name
    #[command(after_help = "Examples:\n  seatledger account list\n  seatledger account list --json")]
    List,
    /// Add an account
    #[command(
        after_help = "Example:\n  seatledger account add anna --role admin --password-stdin < password.txt"
    )]
    Add {
        /// What the person signs in with; it stays
        name: String,
        /// What the account may do
        #[arg(long, value_parser = Choice(&Role::ALL))]
        role: Role,
        #[command(flatten)]
        password: NewPassword,
    },
    /// Give an account a new password; its sessions end
    #[command(after_help = "Example:\n  seatledger account passwd anna --password-stdin < password.txt")]
    Passwd {
        /// The account's name, or its id
        name: String,
        #[command(flatten)]
        password: NewPassword,
    },
    /// Give an account another role
    #[command(after_help = "Example:\n  seatledger account role anna --role viewer")]
    Role {
        /// The account's name, or its id
        name: String,
        /// What the account may do from now on
        #[arg(long, value_parser = Choice(&Role::ALL))]
        role: Role,
    },
    /// Shut an account out: its sessions end, its API clients get no more tokens
    #[command(after_help = "Example:\n  seatledger account disable anna")]
    Disable {
        /// The account's name, or its id
        name: String,
    },
    /// Let an account in again
    #[command(after_help = "Example:\n  seatledger account enable anna")]
    Enable {
        /// The account's name, or its id
        name: String,
    },
}

/// An account for programs.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    name: &'a str,
    role: &'static str,
    created_at: &'a str,
    disabled: bool,
}

impl Account {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List => list(context),
            Self::Add { name, role, password } => add(context, &name, role, &password),
            Self::Passwd { name, password } => set_password(context, &name, &password),
            Self::Role { name, role } => {
                change(context, &name, |commit, id| accounts::set_role(commit, id, role))
            }
            Self::Disable { name } => change(context, &name, accounts::disable),
            Self::Enable { name } => change(context, &name, accounts::enable),
        }
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let accounts = context.reader()?.list_accounts()?;
    let mut out = context.out();
    if context.json {
        return out.json(&accounts.iter().map(shown).collect::<Vec<_>>());
    }
    let mut table = Table::new(["Id", "Name", "Role", "Created", "Disabled"].map(Column::Text));
    for Stored { id, name, role, created_at, disabled_at, .. } in accounts {
        table.row([id, name, role.to_string(), created_at, disabled_at.unwrap_or_default()]);
    }
    table.print(&mut out)
}

fn add(context: &Context, name: &str, role: Role, password: &NewPassword) -> Result<(), Failure> {
    let name = checked_name(name).map_err(Failure::Usage)?;
    let mut store = context.writer()?;
    let hash = password.hashed(&store, name)?;
    let mut commit = context.commit();
    let id = accounts::new_id(&commit, name);
    accounts::create(&mut commit, &id, name, role, &hash);
    store.commit(&commit)?;
    print(context, &store.get_account(&id)?)
}

fn set_password(context: &Context, name: &str, password: &NewPassword) -> Result<(), Failure> {
    let mut store = context.writer()?;
    let account = store.get_account(name)?;
    let hash = password.hashed(&store, &account.name)?;
    let mut commit = context.commit();
    accounts::set_password(&mut commit, &account.id, &hash);
    store.commit(&commit)?;
    print(context, &account)
}

fn change(context: &Context, name: &str, add: impl FnOnce(&mut Commit, &str)) -> Result<(), Failure> {
    let mut store = context.writer()?;
    let account = store.get_account(name)?;
    let mut commit = context.commit();
    add(&mut commit, &account.id);
    store.commit(&commit)?;
    print(context, &store.get_account(&account.id)?)
}

fn print(context: &Context, account: &Stored) -> Result<(), Failure> {
    let mut out = context.out();
    if context.json {
        return out.json(&shown(account));
    }
    let disabled = if account.disabled_at.is_some() { "  (disabled)" } else { "" };
    out.line(&visible(&format!("{}  {}  {}{disabled}", account.id, account.name, account.role)))
}

fn shown(account: &Stored) -> Shown<'_> {
    Shown {
        id: &account.id,
        name: &account.name,
        role: account.role.as_str(),
        created_at: &account.created_at,
        disabled: account.disabled_at.is_some(),
    }
}
