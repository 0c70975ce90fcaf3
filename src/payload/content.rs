//! The bytes of one file of an upload: in memory, or unpacked anew each time they are read.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read as _};

use super::Rejection;
use super::archive::{Entry, rejection_in};
use super::json;
use super::tally::too_large;

/// Larger entries are streamed.
const MOST_IN_MEMORY: u64 = 64 << 20;
/// How much of a streamed entry is looked at to recognise it.
const HEAD_BYTES: u64 = 4096;
/// White space in front of a streamed entry.
const MOST_BLANK_BYTES: u64 = 64 << 10;

pub(super) enum Content<'a> {
    Memory(Cow<'a, [u8]>),
    Stream { entry: &'a Entry<'a>, head: Vec<u8> },
}

impl<'a> Content<'a> {
    pub(super) fn of(entry: &'a Entry<'a>) -> Result<Self, Rejection> {
        if entry.size() <= MOST_IN_MEMORY {
            return entry.read().map(Self::Memory);
        }
        let mut stream = entry.stream();
        let mut head = Vec::new();
        // White space may fill all of it, and says nothing.
        for _ in 0..MOST_BLANK_BYTES / HEAD_BYTES {
            head.clear();
            let count = stream.by_ref().take(HEAD_BYTES).read_to_end(&mut head);
            let count = count.map_err(|error| rejection_in(&error, entry.path()))?;
            if count == 0 || first_byte(&head).is_some() {
                break;
            }
        }
        Ok(Self::Stream { entry, head })
    }

    /// The first bytes that say something: all of them when in memory.
    pub(super) fn head(&self) -> &[u8] {
        match self {
            Self::Memory(bytes) => bytes,
            Self::Stream { head, .. } => head,
        }
    }

    /// All bytes; `None` when they are too many for memory.
    pub(super) fn whole(&self) -> Option<&[u8]> {
        match self {
            Self::Memory(bytes) => Some(bytes),
            Self::Stream { .. } => None,
        }
    }

    /// Refuses a document that begins behind more white space than is looked through. Errors: `SEAT-U02`.
    pub(super) fn require_begun(&self) -> Result<(), Rejection> {
        match self {
            Self::Stream { entry, head } if first_byte(head).is_none() => {
                let expected = format!("at most {MOST_BLANK_BYTES} bytes of white space in front");
                Err(too_large(entry.path(), "", expected))
            }
            _ => Ok(()),
        }
    }

    /// Whether the first byte that means anything is `byte`.
    pub(super) fn begins_with(&self, byte: u8) -> bool {
        first_byte(self.head()) == Some(byte)
    }

    pub(super) fn json(&self) -> json::Source<'_> {
        match self {
            Self::Memory(bytes) => json::Source::Slice(bytes),
            Self::Stream { entry, .. } => json::Source::Stream(Box::new(entry.stream())),
        }
    }

    /// For XML, which is read as a stream in any case.
    pub(super) fn buffered(&self) -> Box<dyn BufRead + '_> {
        match self {
            Self::Memory(bytes) => Box::new(&**bytes),
            Self::Stream { entry, .. } => Box::new(BufReader::with_capacity(1 << 16, entry.stream())),
        }
    }

    /// Reads what was not recognised to its end, for its size and checksum.
    pub(super) fn verify(&self) -> Result<(), Rejection> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Stream { entry, .. } => entry.verify(),
        }
    }
}

/// The first byte that is neither a byte order mark nor white space.
fn first_byte(bytes: &[u8]) -> Option<u8> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}
