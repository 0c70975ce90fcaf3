//! The two headers of an entry, and what they must agree on.

use std::ops::Range;

use super::entry_name::safe_name;
use super::numbers::{u16_at, u32_at, u64_at};
use crate::domain::error::{Code, code};
use crate::payload::Rejection;

pub(super) const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13; // bit 13: the central directory is masked
const HAS_DESCRIPTOR: u16 = 1 << 3;
const PATCHED: u16 = 1 << 5;

/// How an entry is packed; nothing else is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
}

/// One entry whose headers agree with each other.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) raw_name: &'a [u8],
    pub(super) name: String,
    pub(super) is_directory: bool,
    pub(super) header_start: usize,
    pub(super) data: Range<usize>,
    pub(super) method: Method,
    pub(super) size: u64,
    pub(super) checksum: u32,
}

/// An entry as the central directory describes it; `data` is not known before its local header is read.
pub(super) struct Central<'a> {
    pub(super) found: Found<'a>,
    pub(super) name: String,
    packed_size: u64,
}

/// Reads the central header at `at`; returns where the next one begins.
pub(super) fn central_header(bytes: &[u8], at: usize, end: usize) -> Result<(Central<'_>, usize), Rejection> {
    let place = "central directory";
    let cut = || fault(place, "a whole central header", "a damaged one");
    let header = bytes.get(at..end).filter(|h| h.len() >= 46 && h.starts_with(CENTRAL)).ok_or_else(cut)?;
    let short = |offset| u16_at(header, offset).unwrap_or_default();
    let long = |offset| u32_at(header, offset).unwrap_or_default();
    let name_end = 46 + usize::from(short(28));
    let extra_end = name_end + usize::from(short(30));
    let next = extra_end + usize::from(short(32));
    let raw_name = header.get(46..name_end).ok_or_else(cut)?;
    let extra = header.get(name_end..extra_end).ok_or_else(cut)?;
    header.get(..next).ok_or_else(cut)?;
    let name = safe_name(raw_name).map_err(|(expected, found)| fault(place, expected, &found))?;
    let refuse = |expected: &str, found: &str| unsafe_entry(&name, place, expected, found);

    let flags = short(8);
    if flags & ENCRYPTED != 0 || short(10) == 99 {
        return Err(refuse("an entry without encryption", "an encrypted one"));
    }
    if flags & PATCHED != 0 || short(34) != 0 {
        return Err(refuse("a whole entry", "a part of one"));
    }
    let attributes = long(38);
    let is_directory = raw_name.ends_with(b"/") || raw_name.ends_with(b"\\");
    // A pipe (1) is what Info-ZIP notes of data that it was handed on standard input.
    let is_link = !matches!(attributes >> 28, 0 | 1 | 0o4 | 0o10) || attributes & 0x400 != 0;
    if is_link {
        return Err(refuse("a file or a folder", "a link or a device"));
    }
    let extra =
        Extra::read(extra, raw_name).ok_or_else(|| refuse("well-formed extra fields", "damaged ones"))?;
    let mut wide = extra.wide.chunks_exact(8).map(|chunk| u64_at(chunk, 0));
    let mut widen = |value: u32| if value == u32::MAX { wide.next().flatten() } else { Some(value.into()) };
    let (size, packed_size, header_start) = (widen(long(24)), widen(long(20)), widen(long(42)));
    let (Some(size), Some(packed_size), Some(header_start)) = (size, packed_size, header_start) else {
        return Err(refuse("zip64 sizes", "none"));
    };
    let method = match short(10) {
        0 if size == packed_size => Method::Stored,
        0 => return Err(refuse("one size of a stored entry", "two")),
        8 => Method::Deflated,
        other => {
            return Err(entry_fault(
                code::ENTRY_UNREADABLE,
                &name,
                place,
                "an entry that is stored or deflated",
                &format!("compression method {other}"),
            ));
        }
    };
    if is_directory && size != 0 {
        return Err(refuse("a folder without content", "content"));
    }
    let found = Found {
        raw_name,
        name: name.clone(),
        is_directory,
        header_start: usize::try_from(header_start).unwrap_or(usize::MAX),
        data: 0..0,
        method,
        size,
        checksum: long(16),
    };
    Ok((Central { found, name, packed_size }, at + next))
}

/// Compares one local header with its central one; `bytes` reach to the next header. Returns where the
/// packed data lies in them.
pub(super) fn local_header(
    bytes: &[u8],
    central: &Central,
) -> Result<Range<usize>, (&'static str, &'static str)> {
    if bytes.len() < 30 || !bytes.starts_with(LOCAL) {
        return Err(("a local header of its own", "none, or one that overlaps"));
    }
    let short = |offset| u16_at(bytes, offset).unwrap_or_default();
    let long = |offset| u32_at(bytes, offset).unwrap_or_default();
    let found = &central.found;
    let name_end = 30 + usize::from(short(26));
    let data_start = name_end + usize::from(short(28));
    let flags = short(6);
    if flags & (ENCRYPTED | PATCHED) != 0 {
        return Err(("an entry without encryption", "an encrypted one"));
    }
    if bytes.get(30..name_end) != Some(found.raw_name) {
        return Err(("the name of the central directory", "another"));
    }
    if short(8) != if found.method == Method::Stored { 0 } else { 8 } {
        return Err(("the compression of the central directory", "another"));
    }
    let extra = bytes.get(name_end..data_start).and_then(|extra| Extra::read(extra, found.raw_name));
    let extra = extra.ok_or(("well-formed extra fields", "damaged ones"))?;
    let (mut size, mut packed_size) = (u64::from(long(22)), u64::from(long(18)));
    if let (true, Some(wide), Some(wide_packed)) =
        (size == u64::from(u32::MAX), u64_at(extra.wide, 0), u64_at(extra.wide, 8))
    {
        size = wide;
        if packed_size == u64::from(u32::MAX) {
            packed_size = wide_packed;
        }
    }
    let has_descriptor = flags & HAS_DESCRIPTOR != 0;
    // What a streaming writer did not know yet is zero here and stands in the descriptor.
    let agrees = |local: u64, said: u64| local == said || (has_descriptor && local == 0);
    if !agrees(size, found.size) || !agrees(packed_size, central.packed_size) {
        return Err(("the sizes of the central directory", "others"));
    }
    if !agrees(long(14).into(), found.checksum.into()) {
        return Err(("the checksum of the central directory", "another"));
    }
    let data_end = usize::try_from(central.packed_size).ok().and_then(|size| data_start.checked_add(size));
    let Some((data_end, behind)) = data_end.and_then(|end| Some((end, bytes.get(end..)?))) else {
        return Err(("data that ends before the next header", "data that overlaps it"));
    };
    if has_descriptor {
        if !is_descriptor(behind, central) {
            return Err((
                "a data descriptor with the numbers of the central directory",
                "another, or other bytes",
            ));
        }
    } else if !behind.is_empty() {
        return Err(("the next header right behind the data", "other bytes"));
    }
    Ok(data_start..data_end)
}

/// Writers differ: with or without signature, sizes of 4 or of 8 bytes.
fn is_descriptor(bytes: &[u8], central: &Central) -> bool {
    let (numbers, wide) = match bytes.len() {
        12 => (bytes, false),
        16 if bytes.starts_with(DESCRIPTOR) => (&bytes[4..], false),
        20 => (bytes, true),
        24 if bytes.starts_with(DESCRIPTOR) => (&bytes[4..], true),
        _ => return false,
    };
    let sizes = if wide {
        (u64_at(numbers, 4), u64_at(numbers, 12))
    } else {
        (u32_at(numbers, 4).map(u64::from), u32_at(numbers, 8).map(u64::from))
    };
    u32_at(numbers, 0) == Some(central.found.checksum)
        && sizes == (Some(central.packed_size), Some(central.found.size))
}

/// The extra fields that change what a header means.
struct Extra<'a> {
    /// Numbers of 8 bytes that did not fit into the header.
    wide: &'a [u8],
}

impl<'a> Extra<'a> {
    /// `None` when damaged, or when a Unicode name in it differs from the header's.
    fn read(mut fields: &'a [u8], raw_name: &[u8]) -> Option<Self> {
        let mut extra = Self { wide: &[] };
        while !fields.is_empty() {
            let (id, size) = (u16_at(fields, 0)?, usize::from(u16_at(fields, 2)?));
            let content = fields.get(4..4 + size)?;
            match id {
                0x0001 if extra.wide.is_empty() => extra.wide = content,
                0x0001 => return None,
                0x7075 if content.get(5..)? != raw_name => return None,
                _ => {}
            }
            fields = &fields[4 + size..];
        }
        Some(extra)
    }
}

fn fault(place: &str, expected: &str, found: &str) -> Rejection {
    unsafe_entry("", place, expected, found)
}

/// `SEAT-U03` of one entry.
pub(super) fn unsafe_entry(entry: &str, place: &str, expected: &str, found: &str) -> Rejection {
    entry_fault(code::ARCHIVE_UNSAFE, entry, place, expected, found)
}

fn entry_fault(code: Code, entry: &str, place: &str, expected: &str, found: &str) -> Rejection {
    Rejection {
        code,
        entry: entry.to_owned(),
        place: place.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}
