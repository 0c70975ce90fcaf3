//! `setting`: what the installation is set to.

use std::collections::HashMap;

use clap::Subcommand;
use serde::Serialize;

use super::table::{Column, Table};
use super::{Context, Failure};
use crate::domain::setting::{self, Takes};
use crate::store::{Store, settings};

/// List, show and change the settings of the installation
#[derive(Subcommand)]
#[command(after_help = "Example:\n  seatledger setting set time_zone Europe/Berlin")]
pub enum Setting {
    /// List all settings with their value, default and meaning
    #[command(after_help = "Examples:\n  seatledger setting list\n  seatledger setting list --json")]
    List,
    /// Print the value of one setting
    #[command(after_help = "Example:\n  seatledger setting get time_zone")]
    Get {
        /// The setting, as `setting list` names it
        key: String,
    },
    /// Change one setting; the change is audited
    #[command(
        after_help = "Examples:\n  seatledger setting set lock_day 10\n  seatledger setting set organization_name 'Example CSP'"
    )]
    Set {
        /// The setting, as `setting list` names it
        key: String,
        /// Its new value
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
}

#[derive(Serialize)]
struct Shown {
    key: &'static str,
    value: String,
    default: &'static str,
    explanation: &'static str,
}

impl Setting {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List => list(context),
            Self::Get { key } => {
                let setting = setting::find(&key).map_err(Failure::Usage)?;
                let shown = Values::read(&context.reader()?, context)?.show(setting);
                print(context, &shown, &shown.value)
            }
            Self::Set { key, value } => {
                let setting = setting::find(&key).map_err(Failure::Usage)?;
                let value = setting.check(&value).map_err(Failure::Usage)?;
                let mut store = context.writer()?;
                let mut commit = context.commit();
                settings::set(&mut commit, setting.key, &value);
                store.commit(&commit)?;
                let shown = Values::read(&store, context)?.show(setting);
                print(context, &shown, &format!("{} = {}", shown.key, shown.value))
            }
        }
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let values = Values::read(&context.reader()?, context)?;
    let shown: Vec<Shown> = setting::ALL.iter().map(|setting| values.show(setting)).collect();
    let mut out = context.out();
    if context.json {
        return out.json(&shown);
    }
    let mut table = Table::new(["Key", "Value", "Default", "Meaning"].map(Column::Text));
    for row in shown {
        table.row([row.key.to_owned(), row.value, row.default.to_owned(), row.explanation.to_owned()]);
    }
    table.print(&mut out)
}

fn print(context: &Context, shown: &Shown, text: &str) -> Result<(), Failure> {
    let mut out = context.out();
    if context.json { out.json(shown) } else { out.line(text) }
}

struct Values {
    stored: HashMap<String, String>,
    /// What `live_from` would become now; until the first upload it is not stored.
    live_from: String,
}

impl Values {
    fn read(store: &Store, context: &Context) -> Result<Self, Failure> {
        Ok(Self {
            stored: store.stored_settings()?.into_iter().collect(),
            live_from: store.rules()?.lock.earliest_open(context.now()).to_string(),
        })
    }

    fn show(&self, setting: &'static setting::Setting) -> Shown {
        let computed = if setting.takes == Takes::ReadOnly { &self.live_from } else { setting.default };
        let value = self.stored.get(setting.key).map_or(computed, String::as_str).to_owned();
        let setting::Setting { key, default, explanation, .. } = setting;
        Shown { key, value, default, explanation }
    }
}
