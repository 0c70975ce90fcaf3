//! The structure of a zip file, with every byte accounted for: local headers, data and descriptors without
//! gaps from the first byte on, then the central directory, then one end record.

use std::collections::HashSet;

use super::headers::{Central, Found, LOCAL, central_header, local_header, unsafe_entry};
use super::numbers::{u16_at, u32_at, u64_at};
use crate::domain::error::code;
use crate::payload::Rejection;

const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";

/// Whether these bytes mean to be a zip file: they begin as one, or end as one behind something else.
pub(in crate::payload) fn looks_like_archive(bytes: &[u8]) -> bool {
    let text = bytes.iter().find(|b| !b.is_ascii_whitespace()).is_some_and(|b| matches!(b, b'{' | b'<'));
    bytes.starts_with(LOCAL)
        || bytes.starts_with(END)
        || (!text && matches!(find_end(bytes), Ok((_, _)) if bytes.len() > 22))
}

/// Finds and checks all entries, in the order of the central directory.
pub(super) fn scan(bytes: &[u8], most_entries: usize) -> Result<Vec<Found<'_>>, Rejection> {
    let (end, directory) = find_end(bytes)?;
    if directory.entries > most_entries as u64 {
        return Err(Rejection {
            code: code::UPLOAD_TOO_LARGE,
            entry: String::new(),
            place: "end record".to_owned(),
            expected: format!("at most {most_entries} further entries"),
            found: directory.entries.to_string(),
        });
    }
    let start = usize::try_from(directory.start).ok().filter(|start| *start <= end);
    let start = start.ok_or_else(|| fault("end record", "a central directory in the file", "none there"))?;
    if directory.start.checked_add(directory.size) != Some(end as u64) {
        return Err(fault(
            "end record",
            "a central directory that ends at the end record",
            "a gap or an overlap",
        ));
    }
    let mut at = start;
    let mut entries = Vec::new();
    let mut names = HashSet::new();
    while at < end {
        if entries.len() as u64 == directory.entries {
            return Err(fault("central directory", "as many entries as the end record says", "more"));
        }
        let (entry, next) = central_header(bytes, at, end)?;
        if !names.insert(entry.name.clone()) {
            return Err(unsafe_entry(&entry.name, "central directory", "one entry of this name", "two"));
        }
        entries.push(entry);
        at = next;
    }
    if entries.len() as u64 != directory.entries {
        return Err(fault("central directory", "as many entries as the end record says", "fewer"));
    }
    check_local_headers(bytes, &mut entries, start)?;
    Ok(entries.into_iter().map(|entry| entry.found).collect())
}

/// Where the central directory lies, as the end record says.
struct Directory {
    entries: u64,
    size: u64,
    start: u64,
}

/// Where the central directory must end, and where it lies. An archive comment is allowed as long as it
/// cannot be taken for a second end record.
fn find_end(bytes: &[u8]) -> Result<(usize, Directory), Rejection> {
    let none = || fault("end record", "a whole zip file", "no end record, or bytes behind it");
    let last = bytes.len().checked_sub(22).ok_or_else(none)?;
    let mut within_comment = false;
    for at in (last.saturating_sub(usize::from(u16::MAX))..=last).rev() {
        if !bytes[at..].starts_with(END) {
            continue;
        }
        if at + 22 + usize::from(u16_at(bytes, at + 20).unwrap_or(0)) != bytes.len() {
            within_comment = true;
            continue;
        }
        if within_comment {
            return Err(fault("end record", "one end record", "several"));
        }
        return read_end(bytes, at).ok_or_else(|| {
            fault(
                "end record",
                "the end record of an archive in one file",
                "numbers that do not fit each other",
            )
        });
    }
    Err(none())
}

fn read_end(bytes: &[u8], at: usize) -> Option<(usize, Directory)> {
    let disks = (u16_at(bytes, at + 4)?, u16_at(bytes, at + 6)?);
    let entries = (u16_at(bytes, at + 8)?, u16_at(bytes, at + 10)?);
    let (size, start) = (u32_at(bytes, at + 12)?, u32_at(bytes, at + 16)?);
    let locator = at.checked_sub(20).filter(|locator| bytes[*locator..].starts_with(LOCATOR_64));
    let Some(locator) = locator else {
        let one_file = disks == (0, 0) && entries.0 == entries.1;
        let whole = Directory { entries: entries.0.into(), size: size.into(), start: start.into() };
        return one_file.then_some((at, whole));
    };
    let record = usize::try_from(u64_at(bytes, locator + 8)?).ok()?;
    let rest_of_record = u64_at(bytes, record.checked_add(4)?)?;
    let fits = bytes.get(record..)?.starts_with(END_64)
        && (record as u64).checked_add(12)?.checked_add(rest_of_record)? == locator as u64
        && rest_of_record >= 44
        && u32_at(bytes, locator + 4)? == 0
        && u32_at(bytes, locator + 16)? == 1
        && (u32_at(bytes, record + 16)?, u32_at(bytes, record + 20)?) == (0, 0)
        && matches!(disks.0, 0 | u16::MAX)
        && matches!(disks.1, 0 | u16::MAX);
    let whole = Directory {
        entries: u64_at(bytes, record + 32)?,
        size: u64_at(bytes, record + 40)?,
        start: u64_at(bytes, record + 48)?,
    };
    let agrees = fits
        && u64_at(bytes, record + 24)? == whole.entries
        && (entries.0 == u16::MAX || u64::from(entries.0) == whole.entries)
        && (entries.1 == u16::MAX || u64::from(entries.1) == whole.entries)
        && (size == u32::MAX || u64::from(size) == whole.size)
        && (start == u32::MAX || u64::from(start) == whole.start);
    agrees.then_some((record, whole))
}

/// Walks the local headers in the order of the file: each must begin where the one before ended.
fn check_local_headers(bytes: &[u8], entries: &mut [Central], directory: usize) -> Result<(), Rejection> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|index| entries[*index].found.header_start);
    let starts: Vec<usize> = order.iter().map(|index| entries[*index].found.header_start).collect();
    if starts.first().copied().unwrap_or(directory) != 0 {
        return Err(fault("byte 0", "the first entry", "other bytes"));
    }
    for (position, index) in order.into_iter().enumerate() {
        let next = starts.get(position + 1).copied().unwrap_or(directory);
        let entry = &mut entries[index];
        let start = entry.found.header_start;
        let header = bytes.get(start..next.min(directory)).unwrap_or_default();
        entry.found.data = local_header(header, entry)
            .map(|data| start + data.start..start + data.end)
            .map_err(|(expected, found)| unsafe_entry(&entry.name, "local header", expected, found))?;
    }
    Ok(())
}

fn fault(place: &str, expected: &str, found: &str) -> Rejection {
    unsafe_entry("", place, expected, found)
}
