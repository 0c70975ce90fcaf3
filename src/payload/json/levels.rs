//! How deep JSON nests and how long its strings are, seen before serde_json sees them: it follows 200,000
//! levels in a field it ignores, and holds a whole string in memory.

use std::io::{self, Read};

use super::super::Limits;
use super::super::tally::too_large;

/// A string of a streamed document.
const MOST_STRING_BYTES: usize = 8 << 20;

/// The state of a scan that knows strings, brackets and commas and nothing else.
pub(super) struct Levels {
    most_levels: usize,
    /// Strings, brackets and commas: what bounds the time that a file of tiny values takes.
    most_marks: usize,
    most_string_bytes: usize,
    level: usize,
    marks: usize,
    string_bytes: Option<usize>,
    escaped: bool,
    /// Bytes before the piece that is fed.
    offset: usize,
}

impl Levels {
    /// For a document in memory, where a long string costs no more.
    pub(super) fn of_slice(limits: &Limits) -> Self {
        Self {
            most_levels: limits.depth,
            most_marks: limits.names.saturating_mul(4).saturating_add(1_000_000),
            most_string_bytes: usize::MAX,
            level: 0,
            marks: 0,
            string_bytes: None,
            escaped: false,
            offset: 0,
        }
    }

    pub(super) fn of_stream(limits: &Limits) -> Self {
        Self { most_string_bytes: MOST_STRING_BYTES, ..Self::of_slice(limits) }
    }

    /// Goes on with `bytes`; the error says where in the document, and what was expected.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), (String, String)> {
        let mut left = bytes;
        let result = self.scan(&mut left);
        let at = self.offset + (bytes.len() - left.len());
        self.offset += bytes.len();
        result.map_err(|expected| (format!("byte {at}"), expected))
    }

    fn scan(&mut self, bytes: &mut &[u8]) -> Result<(), String> {
        while !bytes.is_empty() {
            if let Some(before) = self.string_bytes {
                let skipped = usize::from(std::mem::take(&mut self.escaped));
                let end = memchr::memchr2(b'"', b'\\', &bytes[skipped..]);
                let length = before + skipped + end.unwrap_or(bytes.len() - skipped);
                if length > self.most_string_bytes {
                    return Err(format!("strings of at most {} bytes", self.most_string_bytes));
                }
                let Some(end) = end.map(|end| end + skipped) else {
                    self.string_bytes = Some(length);
                    return Ok(());
                };
                self.escaped = bytes[end] == b'\\';
                self.string_bytes = self.escaped.then_some(length + 1);
                *bytes = &bytes[end + 1..];
                continue;
            }
            let mark = |b: &u8| matches!(b, b'"' | b',' | b'[' | b'{' | b']' | b'}');
            let Some(at) = bytes.iter().position(mark) else {
                return Ok(());
            };
            self.marks += 1;
            if self.marks > self.most_marks {
                return Err(format!("at most {} strings, brackets and commas", self.most_marks));
            }
            match bytes[at] {
                b'"' => self.string_bytes = Some(0),
                b'[' | b'{' => {
                    self.level += 1;
                    if self.level > self.most_levels {
                        return Err(format!("at most {} levels", self.most_levels));
                    }
                }
                b']' | b'}' => self.level = self.level.saturating_sub(1),
                _ => {}
            }
            *bytes = &bytes[at + 1..];
        }
        Ok(())
    }
}

/// A stream of JSON that stops where it nests too deep, without its byte order mark.
pub(super) struct Guarded<'a, R> {
    inner: R,
    levels: Levels,
    entry: &'a str,
    begun: bool,
}

impl<'a, R: Read> Guarded<'a, R> {
    pub(super) fn new(inner: R, limits: &Limits, entry: &'a str) -> Self {
        Self { inner, levels: Levels::of_stream(limits), entry, begun: false }
    }
}

impl<R: Read> Read for Guarded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = self.inner.read(buffer)?;
        if !self.begun {
            while count < 4.min(buffer.len()) {
                let more = self.inner.read(&mut buffer[count..])?;
                if more == 0 {
                    break;
                }
                count += more;
            }
            self.begun = true;
            if buffer[..count].starts_with(b"\xef\xbb\xbf") {
                buffer.copy_within(3..count, 0);
                count -= 3;
            }
        }
        match self.levels.feed(&buffer[..count]) {
            Ok(()) => Ok(count),
            Err((place, expected)) => Err(io::Error::other(too_large(self.entry, place, expected))),
        }
    }
}
