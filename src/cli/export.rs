//! `export`: reports as files for other programs.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::{Context, Failure, bundle};
use crate::domain::error::code;
use crate::domain::period::BillingPeriod;
use crate::export::{self, Asked, ExportError};
use crate::store::FILE_NAME;

/// Write a report of one billing period as CSV, XLSX or JSON
///
/// CSV is UTF-8 by RFC 4180 (lines end in CR LF); a text that begins with = + - @, tab or CR gets a leading
/// apostrophe, so that no spreadsheet takes it for a formula. XLSX is a workbook with a sheet for each product, real
/// numbers and dates. JSON is one array of objects.
#[derive(Subcommand)]
#[command(after_help = "Examples:\n  seatledger export usage --period 2026-10 -o usage-2026-10.csv\n  \
    seatledger export users --period 2026-10 --format xlsx -o users-2026-10.xlsx")]
pub enum Export {
    #[command(flatten)]
    Report(Reports),
    Bundle(bundle::Bundle),
    Key(bundle::Key),
}

/// What is written as rows.
#[derive(Subcommand)]
pub enum Reports {
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
    /// The rows of a month's statement, of all customers or of one
    #[command(after_help = "Examples:\n  seatledger export statement --period 2026-10\n  \
        seatledger export statement --period 2026-10 --customer Acme --format xlsx -o acme-2026-10.xlsx")]
    Statement(OfCustomer),
    /// Months side by side: users of each customer, by feature
    #[command(
        after_help = "Closed months are told as their statements have them, open ones as they are counted now.\n\n\
        Examples:\n  seatledger export history --period 2026-10\n  \
        seatledger export history --from 2025-01 --period 2026-10 --customer none -o unlinked.csv"
    )]
    History(History),
    /// By how much usage that came after the closing would move a closed month
    #[command(
        after_help = "Columns: period, feature, product, edition, customer_id, customer, users, paid_users,\n\
        free_users, carried_in. Figures are differences, and may be negative. carried_in is the\n\
        month whose statement lists the row; empty, the next one will.\n\n\
        Example:\n  seatledger export late --period 2026-09"
    )]
    Late(Report),
    /// License servers, sites and delivery groups as they are now
    #[command(
        after_help = "Columns: kind (license-server, site or delivery-group), id, name, site, host_id, fqdn, version,\n\
        state, flags, last_collected_at, customer_id, customer, free, users, expires, archived_at.\n\
        Customer, free flag and users are those of the period, all else is as of now.\n\n\
        Example:\n  seatledger export servers --period 2026-10 --format xlsx -o servers.xlsx"
    )]
    Servers(Report),
    /// NetScaler VPX allocations as they are now
    #[command(
        after_help = "Columns: host_id, fqdn, feature, product, edition, product_name, entitlement_id (serial number),\n\
        fulfillment_id, expires, vpx_mode, deployment_type, state, flags, last_collected_at,\n\
        customer_id, customer, archived_at. The customer is that of the period.\n\n\
        Example:\n  seatledger export vpx --period 2026-10"
    )]
    Vpx(Report),
}

#[derive(Args)]
pub struct Report {
    /// Billing period
    #[arg(long, value_name = "YYYY-MM", required = true)]
    period: BillingPeriod,
    #[command(flatten)]
    file: FileOptions,
}

#[derive(Args)]
pub struct OfCustomer {
    #[command(flatten)]
    report: Report,
    /// Only this customer; none for users who are linked to nobody
    #[arg(long, value_name = "ID|NAME")]
    customer: Option<String>,
}

#[derive(Args)]
pub struct History {
    /// Its last billing period
    #[arg(long, value_name = "YYYY-MM", required = true)]
    period: BillingPeriod,
    /// Its first billing period; without it, it has twelve
    #[arg(long, value_name = "YYYY-MM")]
    from: Option<BillingPeriod>,
    /// Only this customer; none for users who are linked to nobody
    #[arg(long, value_name = "ID|NAME")]
    customer: Option<String>,
    #[command(flatten)]
    file: FileOptions,
}

#[derive(Args)]
struct FileOptions {
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
    Xlsx,
    Json,
}

impl From<Form> for export::Form {
    fn from(form: Form) -> Self {
        match form {
            Form::Csv => Self::Csv,
            Form::Xlsx => Self::Xlsx,
            Form::Json => Self::Json,
        }
    }
}

impl Export {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Report(report) => report.run(context),
            Self::Bundle(command) => command.run(context),
            Self::Key(command) => command.run(context),
        }
    }
}

impl Reports {
    fn run(self, context: &Context) -> Result<(), Failure> {
        let default = if context.json { Form::Json } else { Form::Csv };
        let (asked, output) = self.asked(default);
        let path = output.filter(|path| !is_standard_output(path));
        if path.is_none() && asked.form == export::Form::Xlsx && io::stdout().is_terminal() {
            let detail = "expected a file for XLSX, found the terminal: add -o FILE";
            return Err(Failure::usage(code::INPUT_INVALID, detail));
        }
        let store = context.reader()?;
        let asked = asked.resolved(&store)?;
        // One state of the books for status, names and rows, whatever others commit meanwhile.
        let into =
            |inner: &mut (dyn Write + Send)| store.snapshot(|store| asked.write(store, context.now(), inner));
        match path {
            Some(path) => in_place(context, &path, into),
            None => Ok(into(&mut context.out())?),
        }
    }

    /// What is asked for, and where it goes.
    fn asked(self, default: Form) -> (Asked, Option<PathBuf>) {
        use export::Report as Kind;
        let (kind, period, from, customer, file) = match self {
            Self::Usage(of) => (Kind::Usage, of.period, None, None, of.file),
            Self::Users(of) => (Kind::Users, of.period, None, None, of.file),
            Self::Late(of) => (Kind::Late, of.period, None, None, of.file),
            Self::Servers(of) => (Kind::Servers, of.period, None, None, of.file),
            Self::Vpx(of) => (Kind::Vpx, of.period, None, None, of.file),
            Self::Statement(of) => (Kind::Statement, of.report.period, None, of.customer, of.report.file),
            Self::History(of) => (Kind::History, of.period, of.from, of.customer, of.file),
        };
        let form = file.format.unwrap_or(default).into();
        (Asked { from, customer, ..Asked::new(kind, form, period) }, file.output)
    }
}

/// `-`, and the names under which a system knows an open standard output: what it leads to is not replaced.
pub(super) fn is_standard_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// Writes beside `path` and renames: nobody finds half a file there, and one that was there keeps its
/// permissions. What is no regular file (a pipe, a device) is written as it is.
pub(super) fn in_place(
    context: &Context,
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), ExportError>,
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
    if is_ledger(&context.data, path) {
        let detail = format!("expected a file of its own, found {}, which holds the ledger", path.display());
        return Err(Failure::failed(code::OUTPUT_FAILED, detail));
    }
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

/// Whether the file is the database, or one of those that stand beside it.
fn is_ledger(data: &Path, path: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    let ledger = data.join(FILE_NAME);
    if real(path).is_some_and(|path| Some(path) == real(&ledger)) {
        return true;
    }
    let led = led_to(path).unwrap_or_else(|_| path.to_owned());
    let folder = led.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = led.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    name.starts_with(FILE_NAME) && real(folder).is_some_and(|folder| Some(folder) == real(data))
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
