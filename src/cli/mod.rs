//! Floor 7: the command line. One command group a file; this one has the list of them and the global options.
//!
//! A command group is an `Args` or `Subcommand` type with `run(self, &Context) -> Result<(), Failure>`:
//! a new one is its file, a variant of [`Command`] and an arm in [`run`].

mod account;
mod alias;
mod assign;
mod bundle;
mod changes;
mod check;
mod choice;
mod client;
mod completions;
mod config;
mod context;
mod customer;
mod demo;
mod export;
mod failure;
mod free;
mod import;
mod objects;
mod openapi;
mod output;
mod password;
mod period;
mod serve;
mod setting;
mod shell;
mod source;
mod sql;
mod table;
mod text_file;
mod usage;
mod verify_bundle;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use context::Context;
pub use failure::Failure;
pub use output::Out;

use crate::domain::instant::UtcInstant;

/// License usage of a Citrix Service Provider, counted per customer, on networks without internet.
#[derive(Parser)]
#[command(name = "seatledger", version, arg_required_else_help = true, after_help = OPTIONS)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Where the database lies when nothing else is said.
const DEFAULT_DATA: &str = "./seatledger-data";

const OPTIONS: &str = "\
Every option --an-option is also the environment variable SEATLEDGER_AN_OPTION and the key
an_option in seatledger.toml (in the data folder, or --config FILE): the flag goes over the
environment, the environment over the file.

Exit codes: 0 done; 1 something was rejected or failed, the rest is done; 2 usage;
3 the database cannot be opened or is newer than the program.";

#[derive(Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Folder that holds the one database file, seatledger.db
    #[arg(long, global = true, value_name = "DIR", default_value = DEFAULT_DATA)]
    data: PathBuf,
    /// Configuration file, in place of seatledger.toml in the data folder
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print results as JSON, for programs
    #[arg(long, global = true)]
    json: bool,
    /// Take this RFC 3339 instant for the clock's: for tests and examples
    #[arg(long, global = true, hide = true, value_name = "INSTANT")]
    now: Option<UtcInstant>,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(demo::Demo),
    Import(import::Import),
    #[command(subcommand)]
    Export(export::Export),
    #[command(subcommand)]
    Customer(customer::Customer),
    Assign(assign::Assign),
    Free(free::Free),
    #[command(subcommand)]
    Alias(alias::Alias),
    #[command(subcommand)]
    Period(period::Period),
    #[command(subcommand)]
    Source(source::Source),
    #[command(subcommand)]
    Account(account::Account),
    #[command(subcommand)]
    Client(client::Client),
    #[command(subcommand)]
    Setting(setting::Setting),
    Sql(sql::Sql),
    Check(check::Check),
    VerifyBundle(verify_bundle::VerifyBundle),
    #[command(name = "openapi")]
    OpenApi(openapi::OpenApi),
    Completions(completions::Completions),
}

/// The definition of all commands and options, as documentation and its test read it.
pub fn definition() -> clap::Command {
    Cli::command()
}

/// Runs what `arguments` ask for, the program's name first. Results go to standard output.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Failure> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let program =
        arguments.first().map_or("seatledger".into(), |program| program.to_string_lossy().into_owned());
    let matches = config::complete(&Cli::command(), arguments)?;
    let Cli { global, command } = Cli::from_arg_matches(&matches)?;
    let context = Context::new(program, global.data, global.json, global.now);
    match command {
        Command::Serve(command) => command.run(&context),
        Command::Demo(command) => command.run(&context),
        Command::Import(command) => command.run(&context),
        Command::Export(command) => command.run(&context),
        Command::Customer(command) => command.run(&context),
        Command::Assign(command) => command.run(&context),
        Command::Free(command) => command.run(&context),
        Command::Alias(command) => command.run(&context),
        Command::Period(command) => command.run(&context),
        Command::Source(command) => command.run(&context),
        Command::Account(command) => command.run(&context),
        Command::Client(command) => command.run(&context),
        Command::Setting(command) => command.run(&context),
        Command::Sql(command) => command.run(&context),
        Command::Check(command) => command.run(&context),
        Command::VerifyBundle(command) => command.run(&context),
        Command::OpenApi(command) => command.run(&context),
        Command::Completions(command) => command.run(&Cli::command()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_commands_is_sound() {
        Cli::command().debug_assert();
    }
}
