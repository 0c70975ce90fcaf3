//! Options from three places, by one definition: flag over environment over `seatledger.toml`.
//!
//! What the flags leave out is looked up for every option that the command has, and put behind the
//! arguments as if it had been typed: so required options, choices and values are checked once, by clap.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command};

use super::table::visible;
use super::{Failure, usage};
use crate::domain::error::{Error, code};
use crate::store::Actor;

mod file;

use file::File;

/// The configuration file in the data folder.
const FILE_NAME: &str = "seatledger.toml";

/// `cli/` and the name that the system gives the user.
pub fn actor() -> Actor {
    let name = environment("USER").or_else(|| environment("USERNAME"));
    Actor(name.map_or_else(|| "cli".to_owned(), |name| format!("cli/{}", visible(&name.to_string_lossy()))))
}

/// Parses `arguments`, completed from the environment and the file.
///
/// Errors: clap's, and `SEAT-C03` for a file or variable that cannot be used.
pub fn complete(command: &Command, arguments: Vec<OsString>) -> Result<ArgMatches, Failure> {
    let given = match relaxed(command.clone()).try_get_matches_from(&arguments) {
        // Help is that of the commands as they are: it shows what is required.
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            return command.clone().try_get_matches_from(arguments).map_err(Failure::from);
        }
        given => given?,
    };
    let (leaf, given) = leaf(command, &given);
    let file = open_file(command, given)?;
    let options: Vec<&Arg> = options(command).chain(options(leaf)).collect();
    let mut added = Vec::new();
    for option in &options {
        if let Some(place) = place_of(option, leaf, given, &file) {
            added.extend(Added::from(option, place, &file)?);
        }
    }
    let mut completed = arguments;
    let end = completed.iter().position(|argument| argument == "--").unwrap_or(completed.len());
    completed.splice(end..end, added.iter().flat_map(|added| added.arguments.clone()));
    command.clone().try_get_matches_from(completed).map_err(|error| name_origin(error, &added))
}

/// The same commands, with nothing required: tells what was given on the command line.
fn relaxed(command: Command) -> Command {
    let groups: Vec<_> = command.get_groups().map(|group| group.get_id().clone()).collect();
    let command = command.mut_args(|arg| arg.required(false)).mut_subcommands(relaxed);
    groups.into_iter().fold(command, |command, id| command.mut_group(id, |group| group.required(false)))
}

fn leaf<'a>(mut command: &'a Command, mut given: &'a ArgMatches) -> (&'a Command, &'a ArgMatches) {
    while let Some((name, below)) = given.subcommand()
        && let Some(found) = command.find_subcommand(name)
    {
        (command, given) = (found, below);
    }
    (command, given)
}

fn options(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| arg.get_long().is_some())
}

/// Every key that a file may have: the options of all commands.
fn keys(command: &Command) -> Vec<&str> {
    let own = options(command).map(|arg| arg.get_id().as_str()).filter(|id| *id != "config");
    own.chain(command.get_subcommands().flat_map(keys)).collect()
}

fn open_file(command: &Command, given: &ArgMatches) -> Result<File, Failure> {
    let path = |id: &str| {
        let flag = typed(given, id).then(|| given.get_one::<PathBuf>(id).cloned()).flatten();
        flag.or_else(|| environment(&variable(id)).map(PathBuf::from))
    };
    let keys = keys(command);
    if let Some(named) = path("config") {
        return File::read(&named, &keys);
    }
    let Some(data) = path("data").or_else(|| given.get_one("data").cloned()) else {
        return Ok(File::default());
    };
    let beside = data.join(FILE_NAME);
    if !beside.exists() {
        return Ok(File::default());
    }
    let file = File::read(&beside, &keys)?;
    match file.line_of("data") {
        Some(line) => Err(file.refuse(line, "no key data in the data folder itself", "one")),
        None => Ok(file),
    }
}

fn typed(given: &ArgMatches, id: &str) -> bool {
    given.try_contains_id(id).unwrap_or(false) && given.value_source(id) == Some(ValueSource::CommandLine)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    File,
    Environment,
    Flag,
}

/// Where an option that was not typed is taken from; `None` where it is said nowhere, or where another
/// one of the same choice is said in a place that goes over it.
fn place_of(option: &Arg, leaf: &Command, given: &ArgMatches, file: &File) -> Option<Place> {
    let said = |id: &str| {
        if typed(given, id) {
            Some(Place::Flag)
        } else if environment(&variable(id)).is_some() {
            Some(Place::Environment)
        } else {
            file.line_of(id).map(|_| Place::File)
        }
    };
    let own = said(option.get_id().as_str()).filter(|place| *place != Place::Flag)?;
    // Also where several may be given at once: what was typed is all that was meant.
    let choices =
        leaf.get_groups().filter(|group| group.is_required_set() || !ArgGroup::clone(group).is_multiple());
    let others = choices.filter(|group| group.get_args().any(|id| id == option.get_id())).flat_map(|group| {
        group.get_args().filter(|id| *id != option.get_id()).filter_map(|id| said(id.as_str()))
    });
    (others.max() <= Some(own)).then_some(own)
}

/// `SEATLEDGER_LICENSE_SERVER`
fn variable(id: &str) -> String {
    format!("SEATLEDGER_{}", id.to_uppercase())
}

fn environment(name: &str) -> Option<OsString> {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// An option from the environment or the file, as arguments.
struct Added {
    /// `--period`
    flag: String,
    /// Who said it, for messages.
    origin: String,
    arguments: Vec<OsString>,
}

impl Added {
    fn from(option: &Arg, place: Place, file: &File) -> Result<Option<Self>, Failure> {
        let (Some(long), id) = (option.get_long(), option.get_id().as_str()) else { return Ok(None) };
        let flag = format!("--{long}");
        let (origin, values) = match place {
            Place::File => (file.origin(id), file.values(id).to_vec()),
            _ => (variable(id), environment(&variable(id)).into_iter().collect()),
        };
        let is_list = matches!(option.get_action(), ArgAction::Append)
            || option.get_num_args().is_some_and(|count| count.max_values() > 1);
        if !is_list && values.len() != 1 {
            let found = format!("{} values", values.len());
            return Err(Failure::usage(
                code::CONFIG_INVALID,
                format!("{origin}: expected one value, found {found}"),
            ));
        }
        let mut arguments = Vec::new();
        for value in values {
            match option.get_action() {
                ArgAction::SetTrue => match truth(&value) {
                    Some(true) => arguments.push(OsString::from(&flag)),
                    Some(false) => {}
                    None => return Err(refuse(&origin, "true or false", &value)),
                },
                _ => {
                    let mut argument = OsString::from(format!("{flag}="));
                    argument.push(value);
                    arguments.push(argument);
                }
            }
        }
        Ok(Some(Self { flag, origin, arguments }))
    }
}

fn truth(value: &OsStr) -> Option<bool> {
    match value.to_str()?.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

fn refuse(origin: &str, expected: &str, found: &OsStr) -> Failure {
    let found = crate::domain::error::quoted(&found.to_string_lossy());
    Failure::usage(code::CONFIG_INVALID, format!("{origin}: expected {expected}, found {found}"))
}

/// A value that clap refuses is blamed on the variable or line that it came from.
fn name_origin(error: clap::Error, added: &[Added]) -> Failure {
    let blamed = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(arg)) => arg.split([' ', '=']).next().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    let Some(added) = added.iter().find(|added| added.flag == blamed) else { return error.into() };
    let told = match std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Error>()) {
        Some(ours) => Error::new(ours.code, format!("{}: {}", added.origin, ours.detail)),
        None => Error::new(code::CONFIG_INVALID, format!("{}: {}", added.origin, usage::detail(&error))),
    };
    Failure::Usage(told)
}

/// For messages: the path as it was given.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
