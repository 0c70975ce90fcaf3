//! `check`: whether the database is sound.

use std::io::Write as _;

use clap::Args;
use serde::Serialize;

use super::{Context, Failure};
use crate::domain::error::code;
use crate::store::check::Finding;

/// Check that the database is sound, and say what was looked at
#[derive(Args)]
#[command(
    after_help = "Prints a line a check, problems indented below it. Exit code 1 where there is a problem.\n\n\
    Examples:\n  seatledger check\n  seatledger check --json"
)]
pub struct Check {}

#[derive(Serialize)]
struct Checked<'a> {
    check: &'a str,
    ok: bool,
    problems: &'a [String],
}

impl Check {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        // A database that is too damaged to be opened is told as a finding, then as an error.
        let (findings, unusable) = match context.reader() {
            Ok(store) => (store.check(), None),
            Err(Failure::Unusable(error)) if error.code == code::DATABASE_DAMAGED => {
                let problems = vec![error.detail.clone()];
                (
                    vec![Finding { check: "the database can be opened", problems }],
                    Some(Failure::Unusable(error)),
                )
            }
            Err(failure) => return Err(failure),
        };
        let mut out = context.out();
        if context.json {
            let checked = findings.iter().map(|finding| Checked {
                check: finding.check,
                ok: finding.problems.is_empty(),
                problems: &finding.problems,
            });
            out.json(&checked.collect::<Vec<_>>())?;
        } else {
            for finding in &findings {
                let mark = if finding.problems.is_empty() { "ok     " } else { "PROBLEM" };
                writeln!(out, "{mark}  {}", finding.check)?;
                for problem in &finding.problems {
                    writeln!(out, "         {}", super::table::visible(problem))?;
                }
            }
            out.flush()?;
        }
        if let Some(failure) = unusable {
            return Err(failure);
        }
        if findings.iter().all(|finding| finding.problems.is_empty()) { Ok(()) } else { Err(Failure::Told) }
    }
}
