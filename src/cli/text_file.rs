//! Lists that people give by name: text in UTF-8, or - for standard input.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::Failure;
use crate::domain::error::code;

/// More is no list of people: a device would not end.
const MOST_BYTES: u64 = 256 << 20;

/// The text without its byte order mark; a pipe is read to its end.
///
/// Errors: `SEAT-U10`, with the line of bytes that are not UTF-8.
pub fn read(path: &Path, expected: &str) -> Result<String, Failure> {
    let unreadable = |found: String| {
        let detail = format!("expected {expected} at {}, found: {found}", path.display());
        Failure::failed(code::FILE_UNREADABLE, detail)
    };
    let bytes = read_bytes(path, expected)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        unreadable(format!("bytes that are not UTF-8 in line {line}"))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The bytes, whatever they are. Errors: `SEAT-U10`.
pub fn read_bytes(path: &Path, expected: &str) -> Result<Vec<u8>, Failure> {
    let bytes = if path == Path::new("-") { bytes(io::stdin()) } else { File::open(path).and_then(bytes) };
    bytes.map_err(|error| {
        let detail = format!("expected {expected} at {}, found: {error}", path.display());
        Failure::failed(code::FILE_UNREADABLE, detail)
    })
}

fn bytes(from: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if from.take(MOST_BYTES + 1).read_to_end(&mut bytes)? as u64 > MOST_BYTES {
        return Err(io::Error::other(format!("more than {MOST_BYTES} bytes")));
    }
    Ok(bytes)
}
