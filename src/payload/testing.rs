//! What the tests of the formats share: contexts and honest little archives.

use std::io::Write as _;

use super::{Context, Limits, Payload, Reading, Rejection, read};
use crate::domain::period::TimeZone;

/// Reads `bytes` as received on 2026-10-20 by an organization in UTC.
pub(super) fn read_now(bytes: &[u8]) -> Result<Reading, Rejection> {
    read_at(bytes, "2026-10-20T12:00:00Z", "UTC", "upload")
}

pub(super) fn read_at(
    bytes: &[u8],
    received_at: &str,
    zone: &str,
    file_name: &str,
) -> Result<Reading, Rejection> {
    let time_zone: TimeZone = zone.parse().expect("a zone");
    let received_at = Some(received_at.parse().expect("an instant"));
    read(bytes, &Context { limits: &Limits::default(), received_at, time_zone, file_name })
}

/// The only payload, without warnings.
pub(super) fn one(reading: Result<Reading, Rejection>) -> Payload {
    let reading = reading.expect("accepted");
    assert_eq!(reading.warnings, [""; 0]);
    assert_eq!(reading.payloads.len(), 1);
    reading.payloads.into_iter().next().expect("one")
}

/// `SEAT-U05 at $.x`: code and place of a rejection.
pub(super) fn refusal(reading: Result<Reading, Rejection>) -> String {
    let fault = reading.expect_err("refused");
    format!("{} {} {}", fault.code.id, fault.entry, fault.place)
}

/// Names, periods and users of all lists: `XDT_PLT_UD 2026-10: a, b`.
pub(super) fn usage(payload: &Payload) -> Vec<String> {
    let list = |list: &super::UsageList| {
        let users: Vec<&str> = list.users.iter().collect();
        format!("{} {}: {}", list.feature, list.period, users.join(", "))
    };
    payload.usage.iter().map(list).collect()
}

pub(super) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut directory = Vec::new();
    for (name, data) in entries {
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(data).expect("packed");
        let packed = packer.finish().expect("packed");
        let start = file.len() as u32;
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
        common.extend(crc32fast::hash(data).to_le_bytes());
        common.extend((packed.len() as u32).to_le_bytes());
        common.extend((data.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        file.extend(b"PK\x03\x04");
        file.extend(&common);
        file.extend(name.as_bytes());
        file.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = file.len() as u32;
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend((entries.len() as u16).to_le_bytes());
    file.extend((entries.len() as u16).to_le_bytes());
    file.extend((directory.len() as u32).to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}
