//! A list of clear names as people have it: one name a line, or a CSV file with a column of names.

use crate::domain::error::{Error, code};

/// Most names of a list, and most bytes of its file.
pub const MOST_NAMES: usize = 1_000_000;
pub const MOST_BYTES: usize = 64 << 20;
/// Columns that hold names, in any case: what directories call them. A file may have several.
const COLUMNS: [&str; 8] =
    ["name", "user", "username", "user name", "samaccountname", "userprincipalname", "logon name", "login"];

/// The names, as they stand there, blank lines left out.
///
/// A file is CSV where its first line has one of the columns above, separated by comma, semicolon or tab; else every
/// line is one name, commas and all.
///
/// Errors: `SEAT-C04` for bytes that are not UTF-8, for more than 1,000,000 names, for none, and for CSV that cannot
/// be read; `SEAT-C08` above 64 MiB.
pub fn read(bytes: &[u8]) -> Result<Vec<String>, Error> {
    if bytes.len() > MOST_BYTES {
        let detail = format!("expected a list of at most {MOST_BYTES} bytes, found {}", bytes.len());
        return Err(Error::new(code::BODY_TOO_LARGE, detail));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        invalid(format!("expected a list of names in UTF-8, found other bytes in line {line}"))
    })?;
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let names = match header(first) {
        Some((delimiter, columns)) => table(text, delimiter, &columns)?,
        None => text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
    };
    match names.len() {
        0 => Err(invalid("expected a list of names, one a line, found none".to_owned())),
        1..=MOST_NAMES => Ok(names),
        many => Err(invalid(format!("expected at most {MOST_NAMES} names, found {many}"))),
    }
}

/// What separates the fields, and which of them are names.
fn header(line: &str) -> Option<(u8, Vec<usize>)> {
    [b',', b';', b'\t'].into_iter().find_map(|delimiter| {
        let fields = line.split(char::from(delimiter));
        let is_name = |field: &str| {
            let field = field.trim().trim_matches('"').trim().to_lowercase();
            COLUMNS.contains(&field.as_str())
        };
        let columns: Vec<usize> =
            fields.enumerate().filter_map(|(at, field)| is_name(field).then_some(at)).collect();
        (!columns.is_empty()).then_some((delimiter, columns))
    })
}

fn table(text: &str, delimiter: u8, columns: &[usize]) -> Result<Vec<String>, Error> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let mut names = Vec::new();
    for record in reader.records() {
        let record =
            record.map_err(|error| invalid(format!("expected CSV that can be read, found: {error}")))?;
        let fields = columns.iter().filter_map(|column| record.get(*column)).map(str::trim);
        names.extend(fields.filter(|field| !field.is_empty()).map(str::to_owned));
        if names.len() > MOST_NAMES {
            break;
        }
    }
    Ok(names)
}

fn invalid(detail: String) -> Error {
    Error::new(code::INPUT_INVALID, detail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_names_whatever_ends_them() {
        let expected = ["CORP\\anna", "Berg, Ben", "carl@csp.example"];
        for text in [
            "CORP\\anna\nBerg, Ben\ncarl@csp.example",
            "\u{feff}CORP\\anna\r\n\r\n  Berg, Ben \r\ncarl@csp.example\r\n",
        ] {
            assert_eq!(read(text.as_bytes()).unwrap(), expected);
        }
    }

    #[test]
    fn a_header_tells_which_columns_are_names() {
        let expected = ["anna", "anna@csp.example", "ben"];
        for text in [
            "\"SamAccountName\",\"Mail\",\"UserPrincipalName\"\r\n\"anna\",\"x@y\",\"anna@csp.example\"\r\n\"ben\",\"\",\"\"\r\n",
            "\u{feff}samaccountname;mail;userprincipalname\nanna;x;anna@csp.example\n\nben;;\n",
            "SAMACCOUNTNAME\tmail\tUserPrincipalName\nanna\tx\tanna@csp.example\nben\t\t\n",
        ] {
            assert_eq!(read(text.as_bytes()).unwrap(), expected, "{text}");
        }
        assert_eq!(read(b"Name\nanna\n").unwrap(), ["anna"]);
        assert_eq!(read(b"anna\nname\n").unwrap(), ["anna", "name"]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for (bytes, found) in [
            (&b""[..], "found none"),
            (b"\r\n \n", "found none"),
            (b"Name\n", "found none"),
            (b"anna\n\xff\xfe", "other bytes in line 2"),
            (b"\xff\xfea\0n\0", "other bytes in line 1"),
        ] {
            let error = read(bytes).unwrap_err();
            assert!(error.code == code::INPUT_INVALID && error.detail.contains(found), "{error}");
        }
        let many = "a\n".repeat(MOST_NAMES + 1);
        assert!(read(many.as_bytes()).unwrap_err().detail.contains("found 1000001"));
        assert_eq!(read(&vec![b'a'; MOST_BYTES + 1]).unwrap_err().code, code::BODY_TOO_LARGE);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            drop(read(&bytes));
            let text = [b"name,\"x\"\n".as_slice(), &bytes].concat();
            drop(read(&text));
        }
    }
}
