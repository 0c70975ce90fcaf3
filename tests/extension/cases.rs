//! The case files `*.sql`, one a function, each run in the shell by both entry points and in Python.
//!
//! A case is one line: a statement that shows its own name first, then `--` and what it must show.
//!
//! ```sql
//! SELECT 'December', seat_period_add('2026-12', 1); -- 2027-01
//! SELECT 'not a period', seat_period_add('2026-13', 1); -- ! SEAT-P03: expected a billing period
//! ```
//! - In list mode the first prints `December|2027-01`, so the file also reads well in any shell.
//! - Several rows: `-- a | b`, each without the name. No row at all: `-- (none)`.
//! - `-- !` is an error that begins so.
//! - Other lines that begin with `--` are remarks; `-- on the worked example` names the database.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::artefact::extension;
use crate::host::{Answer, Host, shell};
use crate::house::House;

struct Case<'a> {
    statement: &'a str,
    expected: &'a str,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("--"));
    lines
        .map(|line| {
            let (statement, expected) =
                line.rsplit_once("; -- ").unwrap_or_else(|| panic!("no case: {line}"));
            Case { statement, expected }
        })
        .collect()
}

impl Case<'_> {
    fn name(&self) -> &str {
        self.statement.split('\'').nth(1).unwrap_or_default()
    }

    fn holds(&self, answer: &Answer) -> bool {
        match (self.expected.strip_prefix("! "), answer) {
            (Some(error), Err(found)) => found.starts_with(error),
            (None, Ok(rows)) => {
                let prefix = format!("{}|", self.name());
                let shown: Vec<_> =
                    rows.lines().map(|row| row.strip_prefix(&prefix).unwrap_or(row)).collect();
                self.expected == if shown.is_empty() { "(none)".to_owned() } else { shown.join(" | ") }
            }
            _ => false,
        }
    }
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/extension");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "sql")).collect();
    files.sort();
    files
}

fn every_case_holds(host: Host<'_>) {
    let house = House::of_the_worked_example();
    let mut faults = Vec::new();
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let cases = cases(&text);
        let database =
            if text.contains("-- on the worked example") { house.file() } else { Path::new(":memory:") };
        let statements: Vec<_> = cases.iter().map(|case| format!("{};", case.statement)).collect();
        let statements: Vec<_> = statements.iter().map(String::as_str).collect();
        let name = file.file_stem().unwrap().to_string_lossy();
        for (case, answer) in cases.iter().zip(host.run(database, &statements)) {
            if !case.holds(&answer) {
                faults.push(format!(
                    "{name}: {}\n  expected {}\n  found {answer:?}",
                    case.name(),
                    case.expected
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_case_holds_in_the_shell() {
    every_case_holds(shell(extension()));
}

#[test]
fn every_case_holds_with_the_entry_point_that_the_shell_finds_itself() {
    every_case_holds(Host::Shell { extension: extension(), entry: None });
}

#[test]
fn every_case_holds_in_python() {
    every_case_holds(Host::Python { extension: extension() });
}

#[test]
fn every_function_has_a_file_of_cases_and_every_file_a_function() {
    let scalars = seatledger::extension::SCALARS.iter().map(|scalar| scalar.name.to_owned());
    let tables = seatledger::extension::TABLES.iter().map(|table| table.name.to_owned());
    let functions: BTreeSet<_> = scalars.chain(tables).collect();
    let files: BTreeSet<_> =
        files().iter().map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(functions, files);
}

#[test]
fn a_case_that_is_not_met_is_found() {
    let case = |line| cases(line).remove(0);
    let shown = |rows: &str| Ok(rows.to_owned());
    let one = case("SELECT 'a', 1; -- 1");
    assert!(one.holds(&shown("a|1")) && !one.holds(&shown("a|2")) && !one.holds(&shown("")));
    assert!(!one.holds(&Err("1".to_owned())));
    let error = case("SELECT 'a', f(); -- ! SEAT-S01");
    assert!(error.holds(&Err("SEAT-S01: wrong".to_owned())) && !error.holds(&shown("a|SEAT-S01")));
    assert!(!error.holds(&Err("SEAT-S02: wrong".to_owned())));
    assert!(case("SELECT 'a', x FROM t; -- 1 | 2").holds(&shown("a|1\na|2")));
    assert!(case("SELECT 'a', x FROM t; -- (none)").holds(&shown("")));
}
