//! The sheets of a bundle against the sealed text, against each other, and against the users behind them.

use std::collections::BTreeMap;
use std::io::Read;

use csv::{ReaderBuilder, StringRecord};
use sha2::{Digest as _, Sha256};

use super::contents::{Contents, fault};
use super::{Verdict, people};
use crate::domain::error::quoted;
use crate::domain::statement::{LateRow, PeriodStatement, StatementRow};
use crate::export::bundle::manifest::{self, Manifest};
use crate::export::statement::{COLUMNS, write};
use crate::export::{Column, Csv, Status};
use crate::extension::hex;
use crate::store::statement::{Closing, MonthStatement};

const SEAL: &str = "the seal is the SHA-256 of statement.txt";
const HEAD: &str = "statement.txt says what the manifest says";
const ROWS: &str = "statement.csv says what statement.txt says, row by row";
const PARTS: &str = "the files of customers are the parts of statement.csv";
const SUMS: &str = "rows less overlap are the totals";
const PEOPLE: &str = "users.csv counts to the figures";
/// Bytes of one line, longer than which nobody's is.
const LINE_BYTES: usize = 16 << 20;

pub fn check(contents: &Contents<'_>, manifest: &Manifest, verdict: &mut Verdict) {
    let rows = match &manifest.customer {
        None => whole(contents, manifest, verdict),
        Some(customer) => {
            let why = "it covers other customers too, whose rows are not in this bundle; the manifest's signature covers it";
            verdict.left_out(SEAL, why);
            match one(contents, manifest, &customer.id) {
                Ok((rows, problems)) => {
                    verdict.found("the customer's file says what the manifest says", problems);
                    Ok(rows)
                }
                Err(problem) => Err(problem),
            }
        }
    };
    match rows {
        Ok(rows) => verdict.found(PEOPLE, people::problems(contents, manifest, &rows)),
        Err(problem) => verdict.found(PEOPLE, vec![problem]),
    }
}

/// Of the whole month. Answers the rows of `statement.csv`.
fn whole(contents: &Contents<'_>, manifest: &Manifest, verdict: &mut Verdict) -> Result<Vec<Row>, String> {
    let text = contents.text(manifest::STATEMENT_TEXT);
    let seal = text.clone().map(|text| hex(&Sha256::digest(text)));
    verdict.found(SEAL, differing("seal", &manifest.seal, seal));
    let stated = text.and_then(|text| PeriodStatement::parse(&text));
    verdict.found(HEAD, stated.as_ref().map_or_else(|problem| vec![problem.clone()], |s| head(s, manifest)));
    let rows = contents.stream(manifest::STATEMENT).and_then(|stream| read(stream, manifest::STATEMENT));
    let expected = stated.and_then(|stated| as_written(stated, manifest));
    verdict.found(
        ROWS,
        match (&expected, &rows) {
            (Ok(expected), Ok(rows)) => against(expected, rows),
            (expected, rows) => {
                expected.as_ref().err().into_iter().chain(rows.as_ref().err()).cloned().collect()
            }
        },
    );
    let rows = rows?;
    verdict.found(PARTS, parts(contents, manifest, &rows));
    verdict.found(SUMS, sums(&rows));
    Ok(rows)
}

fn differing(what: &str, expected: &str, found: Result<String, String>) -> Vec<String> {
    match found {
        Ok(found) if found == expected => Vec::new(),
        Ok(found) => vec![format!("expected the {what} {}, found {}", quoted(expected), quoted(&found))],
        Err(problem) => vec![problem],
    }
}

fn head(stated: &PeriodStatement, manifest: &Manifest) -> Vec<String> {
    let head = &stated.head;
    let ids = |id: &Option<String>| id.clone();
    let mut customers: Vec<String> = stated.rows.iter().filter_map(|row| ids(&row.customer_id)).collect();
    customers.extend(stated.late.iter().filter_map(|row| ids(&row.customer_id)));
    customers.sort();
    customers.dedup();
    let users: BTreeMap<String, i64> = stated
        .rows
        .iter()
        .filter(|row| row.kind == "total")
        .map(|row| (row.feature.clone(), row.users))
        .collect();
    let counts = &manifest.counts;
    let shown = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    let pairs = [
        ("period", &manifest.period, &head.period),
        ("organization id", &manifest.organization.id, &head.organization_id),
        ("organization", &manifest.organization.name, &head.organization_name),
        ("time zone", &manifest.time_zone, &head.time_zone),
        ("lock day", &manifest.lock_day.to_string(), &head.lock_day.to_string()),
        ("instant of closing", &manifest.closed_at, &head.closed_at),
        ("actor of the closing", &manifest.closed_by, &head.closed_by),
        ("imported", &i64::from(manifest.imported).to_string(), &head.imported.to_string()),
        ("previous seal", &manifest.previous_seal, &head.previous_seal),
        ("count of rows", &counts.rows.to_string(), &stated.rows.len().to_string()),
        ("count of late rows", &counts.late_rows.to_string(), &stated.late.len().to_string()),
        ("count of customers", &counts.customers.to_string(), &customers.len().to_string()),
        ("count of facts", &shown(counts.facts), &stated.facts.facts.to_string()),
        ("count of late facts", &shown(counts.late_facts), &stated.late_facts.facts.to_string()),
        ("users by feature", &format!("{:?}", counts.users), &format!("{users:?}")),
    ];
    pairs
        .into_iter()
        .flat_map(|(what, expected, found)| differing(what, expected, Ok(found.clone())))
        .collect()
}

/// `statement.csv` as it must be for this text.
fn as_written(stated: PeriodStatement, manifest: &Manifest) -> Result<Vec<Row>, String> {
    let PeriodStatement { head, mut rows, mut late, .. } = stated;
    rows.sort_by_cached_key(StatementRow::order);
    late.sort_by_cached_key(LateRow::order);
    let month = MonthStatement {
        period: head.period.parse().map_err(|error: crate::domain::error::Error| error.to_string())?,
        status: Status::Closed,
        closing: Some(Closing { head, seal: manifest.seal.clone() }),
        rows,
        late,
    };
    let mut written = Vec::new();
    write(&month, None, &mut Csv::new(&mut written)).map_err(|error| error.to_string())?;
    read(written.as_slice(), manifest::STATEMENT)
}

/// A row of `statement.csv`.
pub type Row = StringRecord;

/// The cell of a column.
pub fn cell<'a>(row: &'a Row, column: &str) -> &'a str {
    let at = COLUMNS.iter().position(|own| own.sheet == Some(column));
    at.and_then(|at| row.get(at)).unwrap_or_default()
}

fn number(row: &Row, column: &str) -> i64 {
    cell(row, column).parse().unwrap_or(0)
}

fn read(stream: impl Read, name: &str) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    each(stream, name, COLUMNS, |row| rows.push(row.clone()))?;
    Ok(rows)
}

/// Calls `each` with every row of a sheet with these columns.
pub fn each(
    stream: impl Read,
    name: &str,
    columns: &[Column],
    mut each: impl FnMut(&Row),
) -> Result<(), String> {
    let mut reader = ReaderBuilder::new().from_reader(ShortLines { stream, line: 0 });
    let mut told = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => fault(&error, name),
        _ => format!("expected CSV with as many cells in each line of {name}, found another"),
    };
    let header = reader.headers().map_err(&mut told)?;
    if !header.iter().eq(columns.iter().filter_map(|column| column.sheet)) {
        return Err(format!("expected the columns of this format in {name}, found others"));
    }
    let mut row = StringRecord::new();
    while reader.read_record(&mut row).map_err(&mut told)? {
        each(&row);
    }
    Ok(())
}

/// Ends at a line that is too long, so that no cell fills the memory.
struct ShortLines<R> {
    stream: R,
    line: usize,
}

impl<R: Read> Read for ShortLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.line = match memchr::memrchr(b'\n', &buffer[..count]) {
            Some(at) => count - at - 1,
            None => self.line + count,
        };
        if self.line > LINE_BYTES {
            return Err(std::io::Error::other(format!("a line of more than {LINE_BYTES} bytes")));
        }
        Ok(count)
    }
}

/// By what a row is found in another sheet.
const IDENTITY: [&str; 6] = ["kind", "of_period", "feature", "customer_id", "source_kind", "source_id"];

fn named(row: &Row) -> String {
    let parts: Vec<&str> =
        IDENTITY.iter().map(|column| cell(row, column)).filter(|part| !part.is_empty()).collect();
    quoted(&parts.join(" "))
}

fn against(expected: &[Row], found: &[Row]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut left: BTreeMap<Vec<&str>, &Row> = BTreeMap::new();
    for row in found {
        if left.insert(IDENTITY.iter().map(|column| cell(row, column)).collect(), row).is_some() {
            problems.push(format!("{}: expected once, found twice", named(row)));
        }
    }
    for row in expected {
        let key: Vec<&str> = IDENTITY.iter().map(|column| cell(row, column)).collect();
        let Some(found) = left.remove(&key) else {
            problems.push(format!("{}: missing", named(row)));
            continue;
        };
        for column in COLUMNS.iter().filter_map(|column| column.sheet) {
            let (expected, found) = (cell(row, column), cell(found, column));
            if expected != found {
                let (expected, found) = (quoted(expected), quoted(found));
                problems.push(format!("{}: expected {column} {expected}, found {found}", named(row)));
            }
        }
    }
    problems.extend(left.values().map(|row| format!("{}: not in statement.txt", named(row))));
    problems
}

/// Whose row it is; `None` for totals and sources.
fn whose(row: &Row) -> Option<&str> {
    match (cell(row, "kind"), cell(row, "customer_id")) {
        ("total" | "source", _) => None,
        (_, "") => Some("none"),
        (_, id) => Some(id),
    }
}

/// As a cell of CSV holds it.
fn as_cell(id: &str) -> String {
    if id.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{id}") } else { id.to_owned() }
}

fn parts(contents: &Contents<'_>, manifest: &Manifest, rows: &[Row]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut by_customer: BTreeMap<&str, Vec<&Row>> = BTreeMap::from([("none", Vec::new())]);
    for row in rows {
        if let Some(id) = whose(row) {
            by_customer.entry(id).or_default().push(row);
        }
    }
    for entry in &manifest.entries {
        let Some(id) = &entry.customer_id else { continue };
        let Some(expected) = by_customer.remove(as_cell(id).as_str()) else {
            problems.push(format!("{}: statement.csv has no such customer", quoted(&entry.name)));
            continue;
        };
        match contents.stream(&entry.name).and_then(|stream| read(stream, &entry.name)) {
            Ok(found) if found.iter().eq(expected) => {}
            Ok(_) => problems.push(format!("{}: other rows than statement.csv has", quoted(&entry.name))),
            Err(problem) => problems.push(problem),
        }
    }
    let without =
        by_customer.keys().map(|id| format!("customer {}: expected a file, found none", quoted(id)));
    problems.extend(without);
    problems
}

fn sums(rows: &[Row]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for row in rows {
        let figures = ["users", "paid_users", "free_users"].map(|column| number(row, column));
        if figures[0] != figures[1].saturating_add(figures[2]) {
            problems.push(format!("{}: expected paid and free to add up to users", named(row)));
        }
        if matches!(cell(row, "kind"), "customer" | "unlinked") {
            let sum = sums.entry(cell(row, "feature")).or_default();
            *sum = sum.saturating_add(figures[0]);
        }
    }
    for row in rows.iter().filter(|row| cell(row, "kind") == "total") {
        let sum = sums.remove(cell(row, "feature")).unwrap_or(0);
        let (total, overlap) = (number(row, "users"), number(row, "overlap"));
        if sum.saturating_sub(overlap) != total {
            let found = format!("{total} for a sum of {sum} with overlap {overlap}");
            problems.push(format!("{}: expected the sum less the overlap, found {found}", named(row)));
        }
    }
    problems.extend(sums.keys().map(|feature| format!("{}: expected a total, found none", quoted(feature))));
    problems
}

/// Of one customer: its rows, and what in them is not as the manifest says.
fn one(contents: &Contents<'_>, manifest: &Manifest, id: &str) -> Result<(Vec<Row>, Vec<String>), String> {
    let name = manifest::customer_entry(id);
    let rows = contents.stream(&name).and_then(|stream| read(stream, &name))?;
    let mut problems = Vec::new();
    let expected = [
        ("period", manifest.period.as_str()),
        ("status", Status::Closed.as_str()),
        ("closed_at", &manifest.closed_at),
        ("seal", &manifest.seal),
    ];
    for row in &rows {
        for (column, expected) in expected {
            problems.extend(differing(column, expected, Ok(cell(row, column).to_owned())));
        }
        if whose(row) != Some(&as_cell(id)) {
            problems.push(format!("{}: a row of somebody else", named(row)));
        }
    }
    let late = rows.iter().filter(|row| cell(row, "kind") == "late").count() as u64;
    let counts = &manifest.counts;
    for (what, expected, found) in
        [("rows", counts.rows, rows.len() as u64 - late), ("late rows", counts.late_rows, late)]
    {
        problems.extend(differing(what, &expected.to_string(), Ok(found.to_string())));
    }
    let users = rows.iter().filter(|row| cell(row, "kind") != "late");
    let users: BTreeMap<String, i64> =
        users.map(|row| (cell(row, "feature").to_owned(), number(row, "users"))).collect();
    problems.extend(differing("users", &format!("{:?}", counts.users), Ok(format!("{users:?}"))));
    problems.extend(sums(&rows).into_iter().filter(|problem| problem.contains("paid and free")));
    Ok((rows, problems))
}
