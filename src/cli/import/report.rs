//! What an import prints: a line or a JSON object an upload, warnings, the progress bar and the sum.

use std::io::Write as _;
use std::path::Path;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use serde::Serialize;

use super::Told;
use crate::cli::table::{figure, visible};
use crate::cli::{Context, Failure, Out};
use crate::domain::error::code;
use crate::ingest::Outcome;
use crate::store::uploads::SourceName;

pub struct Report {
    json: bool,
    /// The import goes on where nobody reads it.
    out: Out,
    bar: ProgressBar,
    accepted: u64,
    duplicate: u64,
    rejected: u64,
    new_users: i64,
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    status: &'a str,
    id: Option<&'a str>,
    sha256: Option<&'a str>,
    /// The first of `sources`.
    source: Option<Source<'a>>,
    sources: Vec<Source<'a>>,
    new_users: i64,
    late_users: i64,
    warnings: &'a [String],
    error: Option<Problem>,
}

#[derive(Clone, Serialize)]
struct Source<'a> {
    kind: &'a str,
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Problem {
    code: &'static str,
    detail: String,
}

impl Report {
    pub fn new(context: &Context, files: usize, terminal: bool) -> Self {
        let bar = if terminal { ProgressBar::new(files as u64) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files  {rate}  {eta} left") {
            bar.set_style(style.with_key("rate", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                // Nothing to do about a terminal that does not take it.
                let _ = write!(out, "{:.0} a second", state.per_sec());
            }));
        }
        let out = Out::unheeded();
        Self { json: context.json, out, bar, accepted: 0, duplicate: 0, rejected: 0, new_users: 0 }
    }

    /// Prints what became of one file.
    pub fn tell(&mut self, path: &Path, told: Told) -> Result<(), Failure> {
        let file = path.to_string_lossy();
        let line = line(&file, &told);
        match line.status {
            "accepted" => self.accepted += 1,
            "duplicate" => self.duplicate += 1,
            _ => self.rejected += 1,
        }
        self.new_users += line.new_users;
        let bar = self.bar.clone();
        let printed = bar.suspend(|| self.print(&line));
        bar.inc(1);
        printed
    }

    fn print(&mut self, line: &Line<'_>) -> Result<(), Failure> {
        if self.json { self.out.json(line) } else { self.out.line(&text(line)) }?;
        if line.status == "accepted" && !self.json {
            for warning in line.warnings {
                let _ = writeln!(std::io::stderr(), "    {}", visible(warning));
            }
        }
        Ok(())
    }

    /// Prints the sum, also where the import ended early. Exit code 1 where something was rejected, or where
    /// the lines could not be written.
    pub fn end(self, done: Result<(), Failure>) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        let [accepted, duplicate, rejected] = [self.accepted, self.duplicate, self.rejected].map(figure);
        let users = figure(self.new_users);
        let _ = writeln!(
            std::io::stderr(),
            "{accepted} accepted, {duplicate} duplicate, {rejected} rejected, {users} new users"
        );
        done?;
        self.out.end()?;
        if self.rejected > 0 { Err(Failure::Told) } else { Ok(()) }
    }
}

/// A duplicate changed nothing: its users were new then, not now.
fn line<'a>(file: &'a str, told: &'a Told) -> Line<'a> {
    let empty = Line {
        file,
        status: "rejected",
        id: None,
        sha256: None,
        source: None,
        sources: Vec::new(),
        new_users: 0,
        late_users: 0,
        warnings: &[],
        error: None,
    };
    match told {
        Told::Unreadable(found) => {
            let detail = format!("expected a file that can be read, found: {found}");
            Line { error: Some(Problem { code: code::FILE_UNREADABLE.id, detail }), ..empty }
        }
        Told::Outcome(Outcome::Rejected { id, sha256, rejection }) => Line {
            id: Some(id),
            sha256: Some(sha256),
            error: Some(Problem { code: rejection.code.id, detail: rejection.detail() }),
            ..empty
        },
        Told::Outcome(Outcome::Accepted(receipt) | Outcome::Duplicate(receipt)) => {
            let sources: Vec<_> = receipt.sources.iter().map(source).collect();
            let is_new = matches!(told, Told::Outcome(Outcome::Accepted(_)));
            Line {
                status: if is_new { "accepted" } else { "duplicate" },
                id: Some(&receipt.id),
                sha256: Some(&receipt.sha256),
                source: sources.first().cloned(),
                sources,
                new_users: if is_new { receipt.new_users } else { 0 },
                late_users: if is_new { receipt.late_users } else { 0 },
                warnings: &receipt.warnings,
                ..empty
            }
        }
    }
}

fn source(name: &SourceName) -> Source<'_> {
    Source { kind: &name.kind, id: &name.id, name: &name.name }
}

/// `accepted   FILE  source  +users  reason`
fn text(line: &Line<'_>) -> String {
    let names: Vec<_> = line.sources.iter().map(|source| source.name).collect();
    let names = if names.is_empty() { "-".to_owned() } else { names.join(", ") };
    let reason = match (&line.error, line.late_users) {
        (Some(Problem { code, detail }), _) => format!("  {code}: {detail}"),
        (None, 0) => String::new(),
        (None, late) => format!("  {} late users", figure(late)),
    };
    visible(&format!("{:<9}  {}  {names}  +{}{reason}", line.status, line.file, figure(line.new_users)))
}
