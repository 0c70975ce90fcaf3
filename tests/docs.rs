//! The book is complete: whatever a user can call, set or meet stands in it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

use std::path::Path;

use seatledger::domain::error::code;
use seatledger::domain::server_status::{Flag, State};
use seatledger::domain::setting;
use seatledger::extension::{SCALARS, TABLES};

/// All pages, one behind the other.
fn book() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<_> =
        std::fs::read_dir(folder.join("docs")).unwrap().map(|page| page.unwrap().path()).collect();
    pages.push(folder.join("README.md"));
    pages.iter().map(|page| std::fs::read_to_string(page).unwrap()).collect()
}

fn missing(names: impl IntoIterator<Item = String>, text: &str) -> Vec<String> {
    names.into_iter().filter(|name| !text.contains(name)).collect()
}

#[test]
fn every_sql_function_stands_with_its_arguments() {
    let of_scalar =
        SCALARS.iter().map(|scalar| format!("`{}({})`", scalar.name, scalar.arguments.join(", ")));
    let of_table = TABLES.iter().map(|table| {
        let [required, optional] = [true, false].map(|required| {
            let names: Vec<_> = table
                .arguments
                .iter()
                .filter(|argument| argument.required == required)
                .map(|a| a.name)
                .collect();
            names.join(", ")
        });
        if optional.is_empty() {
            format!("`{}({required})`", table.name)
        } else if required.is_empty() {
            format!("`{}([{optional}])`", table.name)
        } else {
            format!("`{}({required}[, {optional}])`", table.name)
        }
    });
    assert_eq!(missing(of_scalar.chain(of_table), &book()), Vec::<String>::new());
}

#[test]
fn every_state_and_flag_of_a_server_stands_with_its_word() {
    let states = State::ALL.iter().map(|state| format!("| {} | `{}` |", state.title(), state.as_str()));
    let flags = Flag::ALL
        .iter()
        .map(|flag| format!("| {} | `{}` | {} |", flag.title(), flag.as_str(), flag.severity().as_str()));
    assert_eq!(missing(states.chain(flags), &book()), Vec::<String>::new());
}

#[test]
fn every_column_of_a_table_function_stands() {
    let columns = TABLES.iter().filter(|table| !table.name.starts_with("seat_incoming"));
    for table in columns {
        let row =
            book().lines().find(|line| line.starts_with(&format!("| `{}", table.name))).unwrap().to_owned();
        assert_eq!(
            missing(table.columns.iter().map(|column| (*column).to_owned()), &row),
            Vec::<String>::new()
        );
    }
}

#[test]
fn every_setting_stands_with_its_default_and_meaning() {
    for setting in setting::ALL {
        let row = book()
            .lines()
            .find(|line| line.starts_with(&format!("| `{}` |", setting.key)))
            .map(str::to_owned);
        let row = row.unwrap_or_else(|| panic!("{} is missing", setting.key));
        assert!(row.contains(setting.default) && row.contains(setting.explanation), "{row}");
    }
}

#[test]
fn every_error_code_stands_with_what_to_do() {
    let rows = code::ALL.iter().map(|code| format!("| `{}` | {} | {} |", code.id, code.title, code.remedy));
    assert_eq!(missing(rows, &book()), Vec::<String>::new());
}

#[test]
fn codes_are_told_once() {
    let mut ids: Vec<_> = code::ALL.iter().map(|code| code.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), code::ALL.len());
}

#[cfg(feature = "server")]
#[test]
fn every_command_and_option_stands() {
    fn names(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help" && !sub.is_hide_set()) {
            let path = format!("{path} {}", sub.get_name());
            found.push(path.trim().to_owned());
            names(sub, &path, found);
        }
        let options = command.get_arguments().filter(|option| !option.is_hide_set());
        found.extend(options.filter_map(|option| option.get_long()).map(|long| format!("--{long}")));
    }
    let mut found = Vec::new();
    names(&seatledger::cli::definition(), "", &mut found);
    found.retain(|name| !["--help", "--version"].contains(&name.as_str()));
    assert_eq!(missing(found, &book()), Vec::<String>::new());
}

#[test]
fn links_between_pages_lead_somewhere() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let of_book = std::fs::read_dir(folder.join("docs")).unwrap().map(|page| page.unwrap().path());
    let others =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|page| folder.join(page));
    for page in of_book.chain(others) {
        let text = std::fs::read_to_string(&page).unwrap();
        let home = page.parent().unwrap().to_owned();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap();
            assert!(target.is_empty() || home.join(target).exists(), "{} links to {link}", page.display());
        }
    }
}
