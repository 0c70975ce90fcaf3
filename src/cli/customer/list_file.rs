//! `customer import`: a CSV list of customers, held against those that are known.

use std::path::Path;

use serde::Serialize;

use super::{Context, Failure};
use crate::domain::error::code;

mod lines;
mod plan;

use plan::Plan;

pub const HELP: &str = "\
The file: a header line with the column name and optionally id and external_id, in any order;
fields separated by , or ;. A line with the id of a known customer, or with none and its name in
any spelling, updates it; another adds one. Where there is a column external_id, an empty field
clears it. The order of the lines does not matter: names and external ids may move from one
customer to another, but not in a circle. Lines without any value are skipped.

Examples:
  seatledger customer import customers.csv --dry-run
  seatledger customer import - < customers.csv";

/// Lines that are wrong, with what is wrong with them.
type Problems = Vec<(u64, String)>;

/// As many of them are printed.
const MOST_PROBLEMS: usize = 20;

#[derive(Serialize)]
struct Imported {
    created: usize,
    updated: usize,
    unchanged: usize,
    dry_run: bool,
}

/// Brings the customers of the file in, or rehearses it.
///
/// Errors: `SEAT-U10` for the file, `SEAT-C04` naming the lines that are wrong, and the guards'.
pub fn import(context: &Context, path: &Path, dry_run: bool) -> Result<(), Failure> {
    let (lines, mut problems) = lines::read(path)?;
    let mut store = context.writer_or_rehearser(dry_run)?;
    let mut commit = context.commit();
    let known = store.list_customers()?;
    let plan = Plan::new(&known, &lines, &commit, &mut problems);
    if problems.is_empty() {
        plan.add_to(&mut commit, &mut problems);
    }
    if !problems.is_empty() {
        return Err(refuse(path, problems));
    }
    if dry_run {
        store.rehearse(&commit, |_| Ok(()))?;
    } else if !commit.statements.is_empty() {
        store.commit(&commit)?;
    }
    let (created, updated) = (plan.created(), plan.updated());
    let imported = Imported { created, updated, unchanged: lines.len() - created - updated, dry_run };
    let mut out = context.out();
    if context.json {
        return out.json(&imported);
    }
    let would = if dry_run { "would be " } else { "" };
    let unchanged = imported.unchanged;
    out.line(&format!("{created} {would}created, {updated} {would}updated, {unchanged} unchanged"))
}

fn refuse(path: &Path, mut problems: Problems) -> Failure {
    problems.sort();
    let lines = |count: usize| if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
    let mut detail = format!(
        "expected a list of customers in {}, found {} to mend:",
        path.display(),
        lines(problems.len())
    );
    for (number, problem) in problems.iter().take(MOST_PROBLEMS) {
        detail.push_str(&format!("\n  line {number}: {problem}"));
    }
    if problems.len() > MOST_PROBLEMS {
        detail.push_str(&format!("\n  and {} more", problems.len() - MOST_PROBLEMS));
    }
    Failure::failed(code::INPUT_INVALID, detail)
}
