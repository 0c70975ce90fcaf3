//! `export`: reports as files for other programs.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::{Context, Failure};
use crate::domain::error::code;
use crate::domain::period::BillingPeriod;
use crate::export::{self, ExportError};

/// Write a report of one billing period as CSV or JSON
///
/// CSV is UTF-8 by RFC 4180 (lines end in CR LF); a text that begins with = + - @, tab or CR gets a leading
/// apostrophe, so that no spreadsheet takes it for a formula. JSON is one array of objects.
#[derive(Subcommand)]
#[command(after_help = "Example:\n  seatledger export usage --period 2026-10 -o usage-2026-10.csv")]
pub enum Export {
    /// Users, paid and free, of each customer and of the unlinked row, by feature
    #[command(
        after_help = "Columns: period, status (open, locked or closed), feature, product, edition, customer_id,\n\
        customer, users, paid_users, free_users. The unlinked row has no customer; rows without\n\
        users are left out.\n\n\
        Examples:\n  seatledger export usage --period 2026-10\n  seatledger export usage --period 2026-10 --format json -o usage.json"
    )]
    Usage(Report),
    /// Every user behind the usage report: whose, decided by what, seen where
    #[command(
        after_help = "Columns: period, feature, product, edition, user, customer_id, customer, via, free,\n\
        first_seen, sources. via is the assignment that decided: user, delivery-group, site or\n\
        license-server. In JSON user is the identity key and name the shown\n\
        spelling.\n\n\
        Example:\n  seatledger export users --period 2026-10 -o users-2026-10.csv"
    )]
    Users(Report),
}

#[derive(Args)]
pub struct Report {
    /// Billing period
    #[arg(long, value_name = "YYYY-MM", required = true)]
    period: BillingPeriod,
    /// Form of the file; csv by default, json with --json
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// Write into this file, in place only when it is complete; standard output by default and for -
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Csv,
    Json,
}

impl Export {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let (report, kind) = match self {
            Self::Usage(report) => (report, export::Report::Usage),
            Self::Users(report) => (report, export::Report::Users),
        };
        let store = context.reader()?;
        let form = report.format.unwrap_or(if context.json { Form::Json } else { Form::Csv });
        // One state of the books for status, names and rows, whatever others commit meanwhile.
        let into = |inner: &mut dyn Write| {
            let form = match form {
                Form::Csv => export::Form::Csv,
                Form::Json => export::Form::Json,
            };
            store.snapshot(|store| kind.write(form, store, report.period, context.now(), inner))
        };
        match &report.output {
            Some(path) if !is_standard_output(path) => in_place(path, into),
            _ => Ok(into(&mut context.out())?),
        }
    }
}

/// `-`, and the names under which a system knows an open standard output: what it leads to is not replaced.
fn is_standard_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// Writes beside `path` and renames: nobody finds half a file there, and one that was there keeps its
/// permissions. What is no regular file (a pipe, a device) is written as it is.
fn in_place(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), ExportError>,
) -> Result<(), Failure> {
    let refuse = |error: io::Error| {
        let detail = format!("expected to write {}, found: {error}", path.display());
        Failure::failed(code::OUTPUT_FAILED, detail)
    };
    let done = |result: Result<(), ExportError>| match result {
        Ok(()) => Ok(()),
        Err(ExportError::Store(error)) => Err(error.into()),
        Err(ExportError::Write(error)) => Err(refuse(error)),
    };
    let before = fs::metadata(path).ok();
    if before.as_ref().is_some_and(|found| !found.is_file()) {
        let file = OpenOptions::new().write(true).open(path).map_err(refuse)?;
        return done(write(&mut BufWriter::with_capacity(1 << 16, file)));
    }
    let path = led_to(path).map_err(refuse)?;
    let mut beside = path.file_name().unwrap_or_default().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(beside);
    let file = File::create(&beside).map_err(refuse)?;
    let kept = before.map_or(Ok(()), |before| file.set_permissions(before.permissions())).map_err(refuse);
    let written = kept
        .and_then(|()| done(write(&mut BufWriter::with_capacity(1 << 16, &file))))
        .and_then(|()| file.sync_all().and_then(|()| fs::rename(&beside, &path)).map_err(refuse));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Where links lead, also where nothing is yet: a link stays one, and what it leads to is written.
fn led_to(path: &Path) -> io::Result<PathBuf> {
    const MOST_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(next) = fs::read_link(&path) else { return Ok(path) };
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(io::Error::other("links that lead in circles"))
}
