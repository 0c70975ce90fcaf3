//! Archives made to harm or to mean two things: each is refused with its code and place, in time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]
#![allow(clippy::disallowed_methods, reason = "it takes the time that a refusal needs")]
#![allow(clippy::result_large_err, reason = "the reader's own type")]

mod any_bytes;
mod zip;

use std::time::{Duration, Instant};

use seatledger::domain::period::TimeZone;
use seatledger::payload::{Context, Limits, Reading, Rejection, read};
use zip::{Entry, Frame, Lies, deflate, write, write_in};

const GOOD: &[u8] = br#"{"format": "seatledger/site@1", "collectedAt": "2026-10-15T03:00:00Z",
    "site": {"id": "s1", "name": "Nord"}, "deliveryGroups": []}"#;

fn read_with(bytes: &[u8], limits: &Limits) -> Result<Reading, Rejection> {
    let received_at = Some("2026-10-20T00:00:00Z".parse().expect("an instant"));
    read(bytes, &Context { limits, received_at, time_zone: TimeZone::UTC, file_name: "upload.zip" })
}

fn refusal(bytes: &[u8], limits: &Limits) -> String {
    let begun = Instant::now();
    let fault = read_with(bytes, limits).expect_err("refused");
    assert!(begun.elapsed() < Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 1 }));
    format!("{} {} {}", fault.code.id, fault.entry, fault.place)
}

fn good() -> Entry {
    Entry::new("a.json", GOOD)
}

fn second() -> Entry {
    Entry::stored("b.txt", b"hello")
}

/// The good entry, changed.
fn with(change: impl FnOnce(&mut Entry)) -> Vec<u8> {
    let mut entry = good();
    change(&mut entry);
    write(&[entry, second()])
}

fn locally(lies: Lies) -> Vec<u8> {
    with(|entry| entry.local = lies)
}

fn centrally(lies: Lies) -> Vec<u8> {
    with(|entry| entry.central = lies)
}

fn framed(frame: Frame) -> Vec<u8> {
    write_in(&[good(), second()], &frame)
}

fn named(name: &[u8]) -> Vec<u8> {
    write(&[good(), Entry::stored(name, b"x")])
}

#[test]
fn honest_archives_are_read() {
    let wide =
        [&[1, 0, 16, 0][..], &(GOOD.len() as u64).to_le_bytes(), &(deflate(GOOD).len() as u64).to_le_bytes()];
    let mut zip64 = good();
    zip64.local_extra = wide.concat();
    (zip64.local.size, zip64.local.packed_size) = (Some(u32::MAX), Some(u32::MAX));
    let mut zip64_streamed = Entry::streamed("a.json", GOOD, true, true);
    zip64_streamed.local_extra = [&[1, 0, 16, 0][..], &[0; 16]].concat();
    (zip64_streamed.local.size, zip64_streamed.local.packed_size) = (Some(u32::MAX), Some(u32::MAX));
    let folder = Entry::stored("folder/", b"");
    for (what, bytes) in [
        ("deflated and stored", write(&[good(), second()])),
        ("stored", write(&[Entry::stored("a.json", GOOD)])),
        ("a folder", write(&[folder, good()])),
        ("a backslash", named(br"b\c.txt")),
        ("an empty file", named(b"empty")),
        ("a comment", framed(Frame { comment: b"made by hand".to_vec(), ..Frame::default() })),
        ("a descriptor", write(&[Entry::streamed("a.json", GOOD, true, false), second()])),
        ("a descriptor without signature", write(&[Entry::streamed("a.json", GOOD, false, false)])),
        ("a wide descriptor", write(&[Entry::streamed("a.json", GOOD, true, true)])),
        ("a wide one without signature", write(&[Entry::streamed("a.json", GOOD, false, true)])),
        ("zip64 sizes", write(&[zip64, second()])),
        ("zip64 sizes, streamed", write(&[zip64_streamed, second()])),
        ("central headers in another order", {
            let first = second();
            let offset = (30 + first.name.len() + first.packed.len()) as u32;
            let mut entries = [first, good()];
            (entries[0].central.offset, entries[1].central.offset) = (Some(0), Some(offset));
            write(&entries)
        }),
    ] {
        let reading = read_with(&bytes, &Limits::default());
        assert_eq!(reading.map(|reading| reading.payloads.len()), Ok(1), "{what}");
    }
}

#[test]
fn a_whole_zip64_archive_is_read() {
    let plain = write(&[good()]);
    let end = plain.len() - 22;
    let directory = end - 46 - 6;
    let mut bytes = plain[..end].to_vec();
    let mut record = b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0".to_vec();
    for number in [1, 1, end - directory, directory] {
        record.extend((number as u64).to_le_bytes());
    }
    bytes.extend(&record);
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend((end as u64).to_le_bytes());
    bytes.extend([1, 0, 0, 0]);
    bytes.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    assert_eq!(read_with(&bytes, &Limits::default()).map(|reading| reading.payloads.len()), Ok(1));
    let count_at = end + 32;
    bytes[count_at] = 2;
    assert_eq!(refusal(&bytes, &Limits::default()), "SEAT-U03  end record");
}

#[test]
fn archives_that_mean_two_things_or_nothing_are_refused() {
    let lies = Lies::default;
    let some = |n: usize| Some(n as u32);
    let (size, packed) = (GOOD.len(), deflate(GOOD).len());
    let link = |mode: u32| with(|entry| entry.attributes = mode << 16);
    let nested = |bytes: Vec<u8>| write(&[good(), Entry::new("in.zip", &bytes)]);
    let short = |cut: usize| {
        let bytes = write(&[good(), second()]);
        bytes[..bytes.len() - cut].to_vec()
    };
    let local = "SEAT-U03 a.json local header";
    let central = "SEAT-U03 a.json central directory";
    let data = "SEAT-U03 a.json data";
    let end = "SEAT-U03  end record";
    let table: Vec<(&str, Vec<u8>, &str)> = vec![
        ("local size", locally(Lies { size: some(size + 1), ..lies() }), local),
        ("local packed size", locally(Lies { packed_size: some(packed - 1), ..lies() }), local),
        ("local checksum", locally(Lies { checksum: Some(5), ..lies() }), local),
        ("local checksum of none", locally(Lies { checksum: Some(0), ..lies() }), local),
        ("local name", locally(Lies { name: Some(b"b.json".to_vec()), ..lies() }), local),
        ("local name longer", locally(Lies { name: Some(b"a.json2".to_vec()), ..lies() }), local),
        ("local method", locally(Lies { method: Some(0), ..lies() }), local),
        ("local encryption", locally(Lies { flags: Some(1), ..lies() }), local),
        ("central size", centrally(Lies { size: some(size - 1), ..lies() }), local),
        ("central packed size", centrally(Lies { packed_size: some(packed + 1), ..lies() }), local),
        ("central checksum", centrally(Lies { checksum: Some(5), ..lies() }), local),
        ("central offset", centrally(Lies { offset: Some(1), ..lies() }), "SEAT-U03  byte 0"),
        (
            "central offset far away",
            write(&[good(), {
                let mut entry = second();
                entry.central.offset = Some(u32::MAX - 1);
                entry
            }]),
            local,
        ),
        ("disk", centrally(Lies { disk: Some(1), ..lies() }), central),
        (
            "both sizes too small",
            {
                let smaller = Lies { size: some(size - 1), ..lies() };
                with(|entry| (entry.local, entry.central) = (smaller.clone(), smaller))
            },
            data,
        ),
        (
            "both sizes too large",
            {
                let larger = Lies { size: some(size + 1), ..lies() };
                with(|entry| (entry.local, entry.central) = (larger.clone(), larger))
            },
            data,
        ),
        (
            "both checksums",
            {
                let other = Lies { checksum: Some(7), ..lies() };
                with(|entry| (entry.local, entry.central) = (other.clone(), other))
            },
            data,
        ),
        ("bytes behind packed data", with(|entry| entry.packed.extend(b"hidden")), data),
        ("damaged packed data", with(|entry| entry.packed[3] ^= 0xff), data),
        ("packed data cut", with(|entry| entry.packed.truncate(20)), data),
        ("stored of two sizes", with(|entry| entry.method = 0), central),
        (
            "stored checksum",
            {
                let mut entry = Entry::stored("a.json", GOOD);
                entry.packed[0] = b' ';
                write(&[entry])
            },
            data,
        ),
        (
            "ignored entry's checksum",
            {
                let mut entry = second();
                entry.packed[0] = b'H';
                write(&[good(), entry])
            },
            "SEAT-U03 b.txt data",
        ),
        ("encrypted", with(|entry| entry.flags = 1), central),
        ("strongly encrypted", with(|entry| entry.flags = 1 << 6), central),
        ("masked", with(|entry| entry.flags = 1 << 13), central),
        ("AES", with(|entry| entry.method = 99), central),
        ("patched", with(|entry| entry.flags = 1 << 5), central),
        ("bzip2", with(|entry| entry.method = 12), "SEAT-U04 a.json central directory"),
        ("symbolic link", link(0o120_777), central),
        ("device", link(0o060_666), central),
        ("Windows link", with(|entry| entry.attributes = 0x400), central),
        ("folder with content", named(b"folder/"), "SEAT-U03 folder central directory"),
        ("damaged extra field", with(|entry| entry.central_extra = vec![1, 0, 9, 0, 1]), central),
        ("damaged local extra field", with(|entry| entry.local_extra = vec![1]), local),
        (
            "another Unicode name",
            with(|entry| {
                entry.central_extra = [&[0x75, 0x70, 11, 0, 1, 0, 0, 0, 0][..], b"b.json"].concat();
            }),
            central,
        ),
        (
            "descriptor with another checksum",
            {
                let mut entry = Entry::streamed("a.json", GOOD, true, false);
                entry.behind[4] ^= 1;
                write(&[entry, second()])
            },
            local,
        ),
        ("no descriptor", with(|entry| entry.flags = 1 << 3), local),
        (
            "bytes before the first entry",
            with(|entry| entry.before = b"MZ stub".to_vec()),
            "SEAT-U03  byte 0",
        ),
        ("bytes between entries", with(|entry| entry.behind = b"between".to_vec()), local),
        (
            "an entry that the directory does not name",
            with(|entry| {
                entry.behind = write(&[second()])[..40].to_vec();
            }),
            local,
        ),
        (
            "bytes before the directory",
            framed(Frame { before_directory: b"gap".to_vec(), ..Frame::default() }),
            "SEAT-U03 b.txt local header",
        ),
        (
            "bytes before the end record",
            framed(Frame { before_end: b"gap".to_vec(), ..Frame::default() }),
            end,
        ),
        ("bytes behind", framed(Frame { behind: b"\n".to_vec(), ..Frame::default() }), end),
        (
            "a shorter comment than said",
            framed(Frame { comment: b"abc".to_vec(), ..Frame::default() })[..]
                .split_last()
                .map(|(_, bytes)| bytes.to_vec())
                .unwrap_or_default(),
            end,
        ),
        (
            "an end record in the comment",
            framed(Frame { comment: write(&[]), ..Frame::default() }),
            "SEAT-U03  end record",
        ),
        (
            "an end record of other length in the comment",
            framed(Frame { comment: [write(&[]), vec![0]].concat(), ..Frame::default() }),
            end,
        ),
        ("two archives in a row", [write(&[good()]), write(&[second()])].concat(), end),
        (
            "fewer entries than said",
            framed(Frame { count: Some(3), ..Frame::default() }),
            "SEAT-U03  central directory",
        ),
        (
            "more entries than said",
            framed(Frame { count: Some(1), ..Frame::default() }),
            "SEAT-U03  central directory",
        ),
        ("directory size", framed(Frame { directory_size: Some(10), ..Frame::default() }), end),
        ("directory offset", framed(Frame { directory_offset: Some(3), ..Frame::default() }), end),
        (
            "directory far away",
            framed(Frame { directory_offset: Some(u32::MAX - 1), ..Frame::default() }),
            end,
        ),
        ("one byte missing", short(1), end),
        ("no end record", short(22), end),
        ("half of it", short(100), end),
        ("two entries of one name", write(&[good(), good()]), central),
        (
            "two entries of one name but for the separator",
            write(&[Entry::stored("x/a.json", b"{}"), Entry::stored(br"x\\a.json", b"{}")]),
            "SEAT-U03 x/a.json central directory",
        ),
        ("absolute", named(b"/etc/passwd"), "SEAT-U03  central directory"),
        ("absolute on a share", named(br"\\host\share\x"), "SEAT-U03  central directory"),
        ("drive letter", named(br"C:\x"), "SEAT-U03  central directory"),
        ("parent", named(b"a/../../x"), "SEAT-U03  central directory"),
        ("parent with backslashes", named(br"a\..\x"), "SEAT-U03  central directory"),
        ("no name", named(b""), "SEAT-U03  central directory"),
        ("invalid UTF-8", named(b"\xe4.txt"), "SEAT-U03  central directory"),
        ("line feed", named(b"a\n.txt"), "SEAT-U03  central directory"),
        ("zero byte", named(b"a.txt\0.json"), "SEAT-U03  central directory"),
        ("C1 control", named("a\u{9b}.txt".as_bytes()), "SEAT-U03  central directory"),
        ("a damaged zip in a zip", nested(short(1)), "SEAT-U03 in.zip end record"),
        (
            "a lie in a zip in a zip",
            nested(locally(Lies { size: some(3), ..lies() })),
            "SEAT-U03 in.zip/a.json local header",
        ),
    ];
    for (what, bytes, expected) in table {
        assert_eq!(refusal(&bytes, &Limits::default()), expected, "{what}");
    }
}

#[test]
fn overlapping_entries_are_refused() {
    // As in a bomb of overlapping files: two central headers, one kernel of packed data.
    let mut again = good();
    again.name = b"b.json".to_vec();
    again.central.offset = Some(0);
    let bytes = write(&[good(), again]);
    assert_eq!(refusal(&bytes, &Limits::default()), "SEAT-U03 a.json local header");
    // A local header that is quoted within the data of the entry before.
    let inner = write(&[second()])[..40].to_vec();
    let quoting = Entry::stored("a.txt", &inner);
    let mut quoted = second();
    quoted.central.offset = Some(30 + 5);
    quoted.packed = vec![];
    assert!(refusal(&write(&[quoting, quoted]), &Limits::default()).starts_with("SEAT-U03 "));
}

#[test]
fn limits_are_checked_before_memory_is_spent() {
    let limits = Limits::default();
    let names = |count: usize, name: &str| {
        let list = vec![format!("{name:?}"); count].join(",");
        format!(
            r#"{{"format": "seatledger/license-server@1", "usage": [{{"feature": "XDT_PLT_UD", "period": "2026-10", "users": [{list}]}}]}}"#
        )
    };
    let zeros = |mebibytes: usize| vec![b' '; mebibytes << 20];
    let small =
        Limits { file_bytes: 1000, unpacked_bytes: 4000, entries: 3, nesting: 1, names: 3, ..limits.clone() };
    let zip_in = |bytes: Vec<u8>| write(&[Entry::new("in.zip", &bytes)]);

    assert_eq!(refusal(&vec![b'x'; 1001], &small), "SEAT-U02  ");
    let three = [good(), second(), Entry::stored("c", b""), Entry::stored("d", b"")];
    assert!(read_with(&write(&three[..3]), &small).is_ok());
    assert_eq!(refusal(&write(&three), &small), "SEAT-U02  end record");
    assert_eq!(refusal(&zip_in(write(&three[..3])), &small), "SEAT-U02 in.zip end record");
    assert_eq!(refusal(&write(&[Entry::new("a", &[0; 4001])]), &small), "SEAT-U02  central directory");
    assert_eq!(
        refusal(&zip_in(write(&[Entry::new("a", &[0; 3900])])), &small),
        "SEAT-U02 in.zip central directory"
    );
    assert_eq!(refusal(&zip_in(zip_in(write(&[second()]))), &small), "SEAT-U02 in.zip/in.zip ");
    assert!(read_with(&zip_in(zip_in(write(&[good()]))), &limits).is_ok());
    assert_eq!(
        refusal(&write(&[Entry::new("in.zip", &[&b"PK\x03\x04"[..], &[0; 1000]].concat())]), &small),
        "SEAT-U02 in.zip "
    );
    assert_eq!(refusal(names(4, "a").as_bytes(), &small), "SEAT-U02  $.usage[0].users[3]");
    assert_eq!(refusal(names(1, &"ä".repeat(257)).as_bytes(), &limits), "SEAT-U02  $.usage[0].users[0]");

    // Tiny values, tags and comments cost time, not memory.
    let few = Limits { names: 3, ..limits.clone() };
    for (name, part) in [("a.json", "[],"), ("a.xml", "<a/>"), ("a.xml", "<!---->"), ("a.xml", "&lt;")] {
        let root = if name == "a.json" { "[" } else { "<a>" };
        let data = [root, &part.repeat(1_100_000)].concat();
        let place = if name == "a.json" { "" } else { "/a" };
        let refused = refusal(&write(&[Entry::new(name, data.as_bytes())]), &few);
        assert!(refused.starts_with(&format!("SEAT-U02 {name} {place}")), "{refused}");
    }

    // More than declared, and a declared size that would fill memory.
    let mut bomb = Entry::new("a.json", &zeros(66));
    (bomb.local.size, bomb.central.size) = (Some(5), Some(5));
    assert_eq!(refusal(&write(&[bomb.clone()]), &limits), "SEAT-U03 a.json data");
    (bomb.local.size, bomb.central.size) = (Some(u32::MAX - 1), Some(u32::MAX - 1));
    assert_eq!(refusal(&write(&[bomb]), &limits), "SEAT-U02  central directory");
    // Streamed, since it is larger than what is read into memory.
    let large = [b"{\"x\": \"".to_vec(), zeros(66), b"\"}".to_vec()].concat();
    assert_eq!(refusal(&write(&[Entry::new("a.json", &large)]), &limits), "SEAT-U02 a.json byte 8388608");
    let large = [b"<x>".to_vec(), zeros(66), b"</x>".to_vec()].concat();
    let refused = refusal(&write(&[Entry::new("a.xml", &large)]), &limits);
    assert!(refused.starts_with("SEAT-U02 a.xml byte 8"), "{refused}");
    let mut large = Entry::new("a.txt", &zeros(66));
    (large.local.checksum, large.central.checksum) = (Some(1), Some(1));
    assert_eq!(refusal(&write(&[large]), &limits), "SEAT-U03 a.txt data");
    let deep = [zeros(66), b"[".repeat(100)].concat();
    assert_eq!(refusal(&write(&[Entry::new("a.json", &deep)]), &limits), "SEAT-U02 a.json ");
}

#[test]
fn a_large_entry_is_read_as_a_stream() {
    // Behind a byte order mark and more white space than is looked at to recognise it.
    let string = [b"\"".to_vec(), vec![b'x'; 6 << 20], b"\"".to_vec()].concat();
    let strings = vec![string; 11].join(&b',');
    let ending = GOOD.strip_suffix(b"}").expect("an object");
    let space = vec![b' '; 10_000];
    let data = [&b"\xef\xbb\xbf"[..], &space, ending, b", \"x\": [", &strings, b"]}"].concat();
    let reading = read_with(&write(&[Entry::new("a.json", &data)]), &Limits::default());
    assert_eq!(reading.map(|reading| reading.payloads.len()), Ok(1));
}
