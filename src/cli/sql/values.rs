//! Values of a row as the sqlite3 shell writes them in list mode, and as JSON.

use std::io::{self, Write};

pub use crate::store::query::Value;

/// Values joined by `|`: NULL empty, text and blobs as they are, up to a NUL as in the shell.
pub fn list(out: &mut impl Write, row: &[Value<'_>]) -> io::Result<()> {
    for (index, value) in row.iter().enumerate() {
        if index > 0 {
            out.write_all(b"|")?;
        }
        match value {
            Value::Null => {}
            Value::Integer(number) => write!(out, "{number}")?,
            Value::Real(number) => out.write_all(real(*number).as_bytes())?,
            Value::Text(bytes) | Value::Blob(bytes) => {
                out.write_all(bytes.split(|byte| *byte == 0).next().unwrap_or_default())?;
            }
        }
    }
    out.write_all(b"\n")
}

/// One object in the order of the columns; a blob as lower-case hex.
pub fn object(out: &mut impl Write, columns: &[String], row: &[Value<'_>]) -> io::Result<()> {
    out.write_all(b"{")?;
    for (index, (column, value)) in columns.iter().zip(row).enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        serde_json::to_writer(&mut *out, column)?;
        out.write_all(b":")?;
        match value {
            Value::Null => out.write_all(b"null")?,
            Value::Integer(number) => write!(out, "{number}")?,
            Value::Real(number) => serde_json::to_writer(&mut *out, number)?,
            Value::Text(text) => serde_json::to_writer(&mut *out, &String::from_utf8_lossy(text))?,
            Value::Blob(bytes) => serde_json::to_writer(&mut *out, &crate::extension::hex(bytes))?,
        }
    }
    out.write_all(b"}\n")
}

/// `%!.15g` as SQLite prints it: 15 significant digits, always with a point.
fn real(number: f64) -> String {
    // The sign of a zero is not shown.
    let number = if number == 0.0 { 0.0 } else { number };
    if number.is_infinite() {
        return if number > 0.0 { "Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{number:.14e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..15).contains(&exponent) {
        let decimals = usize::try_from(14 - exponent).unwrap_or(0);
        return trimmed(&format!("{number:.decimals$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(mantissa), exponent.abs())
}

/// Without the zeros at the end, but for one behind the point.
fn trimmed(digits: &str) -> String {
    let Some((whole, fraction)) = digits.split_once('.') else { return format!("{digits}.0") };
    let fraction = fraction.trim_end_matches('0');
    format!("{whole}.{}", if fraction.is_empty() { "0" } else { fraction })
}

/// Whether the text ends behind a `;` that is neither quoted nor in a comment.
pub fn is_complete(text: &str) -> bool {
    let mut rest = text;
    let mut complete = false;
    while let Some(c) = rest.chars().next() {
        if !c.is_whitespace() && !is_comment(rest) {
            complete = c == ';';
        }
        let Some(behind) = token(rest) else { return false };
        rest = &rest[behind..];
    }
    complete
}

/// The statements one by one, each with its `;`. The body of a trigger would be cut: for reading only.
pub fn statements(text: &str) -> Vec<&str> {
    let (mut statements, mut from, mut at) = (Vec::new(), 0, 0);
    while at < text.len() {
        let ends = text[at..].starts_with(';');
        at += token(&text[at..]).unwrap_or(text.len() - at);
        if ends {
            statements.push(&text[from..at]);
            from = at;
        }
    }
    statements.push(&text[from..]);
    statements
}

/// The length of the quoted text, comment or character that the text begins with; `None` where its end is
/// missing.
fn token(text: &str) -> Option<usize> {
    let skip = |from: usize, end: &str| text[from..].find(end).map(|at| from + at + end.len());
    match text.chars().next()? {
        '[' => skip(1, "]"),
        quote @ ('\'' | '"' | '`') => skip(1, quote.encode_utf8(&mut [0; 4])),
        _ if text.starts_with("--") => Some(text.find('\n').map_or(text.len(), |at| at + 1)),
        _ if text.starts_with("/*") => skip(2, "*/"),
        c => Some(c.len_utf8()),
    }
}

fn is_comment(text: &str) -> bool {
    text.starts_with("--") || text.starts_with("/*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reals_are_printed_as_sqlite_prints_them() {
        let shown = [
            0.0,
            -0.0,
            1.0,
            -2.5,
            0.1,
            1.0 / 3.0,
            1e14,
            1e15,
            123_456_789_012_345_680.0,
            1e-4,
            1e-5,
            1e100,
            99.999_999_999_999_999,
        ]
        .map(real);
        let expected = [
            "0.0",
            "0.0",
            "1.0",
            "-2.5",
            "0.1",
            "0.333333333333333",
            "100000000000000.0",
            "1.0e+15",
            "1.23456789012346e+17",
            "0.0001",
            "1.0e-05",
            "1.0e+100",
            "100.0",
        ];
        assert_eq!(shown, expected);
        assert_eq!([f64::INFINITY, f64::NEG_INFINITY].map(real), ["Inf", "-Inf"]);
    }

    #[test]
    fn a_statement_ends_at_a_semicolon_outside_of_quotes() {
        for complete in ["SELECT 1;", "SELECT ';' ; -- done\n", "SELECT 1; /* ; */ "] {
            assert!(is_complete(complete), "{complete}");
        }
        for open in ["", "SELECT 1", "SELECT ';", "SELECT 1 -- ;", "SELECT 1 /* ; ", "SELECT \"a;"] {
            assert!(!is_complete(open), "{open}");
        }
    }
    #[test]
    fn statements_are_cut_behind_their_semicolons() {
        let text = "SELECT ';', \"a;\", [;]; -- ;\n SELECT 2 /* ; */;\nSELECT 'open;";
        let cut = ["SELECT ';', \"a;\", [;];", " -- ;\n SELECT 2 /* ; */;", "\nSELECT 'open;"];
        assert_eq!(statements(text), cut);
        assert_eq!(statements(""), [""]);
    }
}
