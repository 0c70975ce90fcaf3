//! `sql`: statements of people, with the functions loaded; read-only unless told otherwise.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use clap::Args;

use super::{Context, Failure, Out};
use crate::domain::error::code;
use crate::store::{Actor, Store};

mod values;

/// Run SQL with the seat_ functions loaded
///
/// Prints rows as the sqlite3 shell does in list mode: values joined by |, NULL empty, no header. Without
/// QUERY the statements come from standard input; on a terminal, one after the other.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seatledger sql \"SELECT * FROM v1_customer_usage WHERE period = '2026-10'\"\n  \
    seatledger sql --json \"SELECT user, via FROM seat_resolve('2026-10')\"\n  \
    seatledger sql < report.sql\n  \
    seatledger sql --write \"DELETE FROM assignment WHERE object_id = 'corp\\anna' AND since = '2026-10'\"\n\n\
    Without --write nothing can be changed. With it, all statements are one transaction: the\n\
    guards judge it by now, and the audit trail has it. Errors end with exit code 1.")]
pub struct Sql {
    /// Statements, separated by ;
    query: Option<String>,
    /// Allow changes, all of them or none
    #[arg(long)]
    write: bool,
    /// Print the names of the columns before the rows of each statement
    #[arg(long)]
    header: bool,
}

impl Sql {
    pub fn run(mut self, context: &Context) -> Result<(), Failure> {
        let mut store = if self.write { context.writer()? } else { context.reader()? };
        // A change is made whole, whether or not somebody reads its rows to the end.
        let mut out = if self.write { Out::unheeded() } else { context.out() };
        match self.query.take() {
            Some(query) => self.answer(context, &mut store, &query, &mut out)?,
            None if io::stdin().is_terminal() => self.converse(context, &mut store, &mut out)?,
            None => {
                let mut query = String::new();
                io::stdin().read_to_string(&mut query).map_err(|error| {
                    Failure::failed(code::INPUT_INVALID, format!("expected SQL in UTF-8, found: {error}"))
                })?;
                self.answer(context, &mut store, query.trim_start_matches('\u{feff}'), &mut out)?;
            }
        }
        out.end()
    }

    /// Runs the statements. Where they change something they are one; else each has its own header.
    fn answer(
        &self,
        context: &Context,
        store: &mut Store,
        query: &str,
        out: &mut Out,
    ) -> Result<(), Failure> {
        if let Some(at) = query.bytes().position(|byte| byte == 0) {
            let detail = format!("expected SQL without NUL bytes, found one at byte {}", at + 1);
            return Err(Failure::failed(code::INPUT_INVALID, detail));
        }
        if self.header && !self.write {
            values::statements(query).into_iter().try_for_each(|one| self.rows(context, store, one, out))
        } else {
            self.rows(context, store, query, out)
        }
    }

    /// Prints the rows as they come; those before an error are printed too.
    fn rows(&self, context: &Context, store: &mut Store, query: &str, out: &mut Out) -> Result<(), Failure> {
        let mut named: Option<Vec<String>> = None;
        let mut each = |columns: &[String], row: &[values::Value<'_>]| -> Result<(), Failure> {
            if context.json {
                values::object(out, columns, row)?;
            } else {
                if self.header && named.as_deref() != Some(columns) {
                    writeln!(out, "{}", columns.join("|"))?;
                    named = Some(columns.to_vec());
                }
                values::list(out, row)?;
            }
            Ok(())
        };
        let done = if self.write {
            // On record as what it is: SQL, and whose.
            let actor = Actor(context.actor.0.replacen("cli", "sql", 1));
            store.query_writing(context.now(), &actor, query, &mut each)
        } else {
            store.query(query, &mut each)
        };
        out.flush()?;
        done
    }

    /// Reads a statement, answers it, and asks for the next; errors do not end it.
    fn converse(&self, context: &Context, store: &mut Store, out: &mut Out) -> Result<(), Failure> {
        let mut typed = String::new();
        let mut lines = io::stdin().lock().lines();
        writeln!(out, "One statement, ended by ; at a time. exit or Ctrl-D to leave.")?;
        loop {
            write!(out, "{}", if typed.is_empty() { "seatledger> " } else { "       ...> " })?;
            out.flush()?;
            let Some(line) = lines.next() else {
                // What was typed without its semicolon is meant all the same.
                if !typed.trim().is_empty() {
                    self.tell(context, store, &typed, out)?;
                }
                break;
            };
            typed.push_str(&line.map_err(|error| {
                Failure::failed(code::INPUT_INVALID, format!("expected SQL in UTF-8, found: {error}"))
            })?);
            if matches!(typed.trim(), ".quit" | ".exit" | "exit" | "quit") {
                return Ok(());
            }
            typed.push('\n');
            if !values::is_complete(&typed) {
                continue;
            }
            self.tell(context, store, &typed, out)?;
            typed.clear();
        }
        out.line("")
    }

    /// Answers what was typed; an error is told and ends nothing.
    fn tell(&self, context: &Context, store: &mut Store, typed: &str, out: &mut Out) -> Result<(), Failure> {
        match self.answer(context, store, typed, out) {
            Err(Failure::BrokenPipe) => Err(Failure::BrokenPipe),
            Err(failure) => {
                failure.report();
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}
