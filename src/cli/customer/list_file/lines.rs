//! The lines of a list of customers, each checked by itself.

use std::path::Path;

use csv::StringRecord;

use super::{Failure, Problems};
use crate::cli::text_file;
use crate::domain::error::{code, quoted};
use crate::domain::ids::canonical_object_id;
use crate::store::customers::checked_name;

/// One line of the file.
pub struct Line {
    /// In the file, from 1.
    pub number: u64,
    pub id: Option<String>,
    pub name: String,
    /// `None` where the file has no such column.
    pub external_id: Option<Option<String>>,
}

/// Which column is what.
struct Columns {
    count: usize,
    name: usize,
    id: Option<usize>,
    external_id: Option<usize>,
}

/// Reads the file, or standard input for `-`.
///
/// Errors: `SEAT-U10` for the file, `SEAT-C04` for its header and for quotes that are left open.
pub fn read(path: &Path) -> Result<(Vec<Line>, Problems), Failure> {
    let text = &text_file::read(path, "a CSV file")?;
    let header = text.lines().find(|line| !line.is_empty()).unwrap_or_default();
    let delimiter = if header.contains(';') { b';' } else { b',' };
    let refuse = |line: u64, problem: String| {
        let detail = format!("{} line {line}: {problem}", path.display());
        Failure::failed(code::INPUT_INVALID, detail)
    };
    if let Some(line) = open_quote(text.as_bytes(), delimiter) {
        return Err(refuse(line, "expected a quote that is closed, found the end of the file".to_owned()));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let (mut columns, mut lines, mut problems) = (None, Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|error| refuse(1, error.to_string()))?;
        let number = line_of(&record, text);
        match &columns {
            None => columns = Some(Columns::of(&record).map_err(|problem| refuse(number, problem))?),
            Some(_) if record.iter().all(|field| field.trim().is_empty()) => {}
            Some(columns) => match columns.line(number, &record) {
                Ok(line) => lines.push(line),
                Err(problem) => problems.push((number, problem)),
            },
        }
    }
    match columns {
        Some(_) => Ok((lines, problems)),
        None => Err(refuse(1, "expected a header with the column name, found nothing".to_owned())),
    }
}

/// The reader counts the blank lines before a record as its beginning.
fn line_of(record: &StringRecord, text: &str) -> u64 {
    let (line, byte) = record.position().map_or((1, 0), |at| (at.line(), at.byte()));
    let from = usize::try_from(byte).unwrap_or(0);
    let blank = text.as_bytes().get(from..).unwrap_or_default();
    let blank = blank.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    line + blank.filter(|byte| **byte == b'\n').count() as u64
}

/// The line of a quote that the end of the file finds open: the reader takes all behind it as one field.
fn open_quote(text: &[u8], delimiter: u8) -> Option<u64> {
    let (mut line, mut opened, mut at_start) = (1, None, true);
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        line += u64::from(byte == b'\n');
        match (opened, byte) {
            (Some(_), b'"') if bytes.peek() == Some(&b'"') => drop(bytes.next()),
            (Some(_), b'"') => opened = None,
            (Some(_), _) => continue,
            (None, b'"') if at_start => opened = Some(line),
            (None, _) => {}
        }
        at_start = byte == delimiter || byte == b'\n' || byte == b'\r';
    }
    opened
}

impl Columns {
    fn of(titles: &StringRecord) -> Result<Self, String> {
        let titles: Vec<String> = titles.iter().map(|title| title.trim().to_ascii_lowercase()).collect();
        for (index, title) in titles.iter().enumerate() {
            if !title.is_empty() && titles[..index].contains(title) {
                return Err(format!("expected each column once, found {} again", quoted(title)));
            }
        }
        let column = |wanted: &str| titles.iter().position(|title| title == wanted);
        let name = column("name").ok_or_else(|| {
            format!("expected a header with the column name, found {}", quoted(&titles.join(", ")))
        })?;
        Ok(Self { count: titles.len(), name, id: column("id"), external_id: column("external_id") })
    }

    fn line(&self, number: u64, record: &StringRecord) -> Result<Line, String> {
        if record.len() != self.count {
            return Err(format!("expected {} fields, found {}", self.count, record.len()));
        }
        let checked = |title: &str, column: Option<usize>| {
            let field = column.and_then(|column| record.get(column)).map(str::trim);
            match field.filter(|field| !field.is_empty()) {
                None => Ok(None),
                Some(given) => match canonical_object_id(given) {
                    Some(id) => Ok(Some(id)),
                    None => Err(format!("expected {title} to have 1 to 128 bytes, found {}", quoted(given))),
                },
            }
        };
        let name = record.get(self.name).unwrap_or_default();
        let name = checked_name(name).map_err(|error| error.detail)?.to_owned();
        let external_id = checked("external_id", self.external_id)?;
        Ok(Line {
            number,
            id: checked("id", self.id)?,
            name,
            external_id: self.external_id.map(|_| external_id),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_open_only_where_nothing_closes_it() {
        for closed in ["", "a,b\n", "\"a\nb\",c", "a,\"b\"\"c\"\n", "a\"b,c\n", "\"\"\n", "a,\"\""] {
            assert_eq!(open_quote(closed.as_bytes(), b','), None, "{closed}");
        }
        for (open, line) in [("\"", 1), ("a\nb,\"c\nd", 2), ("a\n\"b\"\"\n", 2), ("\"a\nb\",\"c", 2)] {
            assert_eq!(open_quote(open.as_bytes(), b','), Some(line), "{open}");
        }
    }
}
