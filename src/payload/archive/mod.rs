//! Zip archives from outside: opened strictly, entries read within their declared size. The only user of
//! the zip crate.
//!
//! [`layout`] accounts for every byte of the file, so that the archive has one meaning only. The zip crate
//! alone accepts many archives that other programs read differently; it is asked as a second reader, and an
//! archive on which the two disagree is refused.

mod entry_name;
mod headers;
mod layout;
mod numbers;

use std::borrow::Cow;
use std::io::{self, Cursor, Read};

use flate2::bufread::DeflateDecoder;

use super::Rejection;
use crate::domain::error::code;
use headers::{Found, Method};

pub(super) use layout::looks_like_archive;

/// An opened archive: structure checked, nothing unpacked yet.
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Found<'a>>,
    /// The path of each entry from the outermost archive on: `inner.zip/report.xml`.
    paths: Vec<String>,
}

/// One entry of an [`Archive`].
pub(crate) struct Entry<'a> {
    packed: &'a [u8],
    found: &'a Found<'a>,
    path: &'a str,
}

impl<'a> Archive<'a> {
    /// Opens an archive of at most `most_entries` entries and `most_bytes` declared bytes; `path` is empty
    /// for the upload itself. Errors: `SEAT-U02` more than that, `SEAT-U03` damaged or unsafe, `SEAT-U04` a
    /// compression that is not read.
    pub(crate) fn open(
        bytes: &'a [u8],
        path: &str,
        most_entries: usize,
        most_bytes: u64,
    ) -> Result<Self, Rejection> {
        Self::check(bytes, path, most_entries, most_bytes).map_err(|fault| {
            let entry = below(path, &fault.entry);
            Rejection { entry, ..fault }
        })
    }

    fn check(bytes: &'a [u8], path: &str, most_entries: usize, most_bytes: u64) -> Result<Self, Rejection> {
        let entries = layout::scan(bytes, most_entries)?;
        let declared = entries.iter().try_fold(0_u64, |sum, entry| sum.checked_add(entry.size));
        if declared.is_none_or(|sum| sum > most_bytes) {
            return Err(Rejection {
                code: code::UPLOAD_TOO_LARGE,
                entry: String::new(),
                place: "central directory".to_owned(),
                expected: format!("at most {most_bytes} further bytes when unpacked"),
                found: declared.map_or_else(|| "more than can be counted".to_owned(), |sum| sum.to_string()),
            });
        }
        agree_with_zip_crate(bytes, &entries)?;
        let paths = entries.iter().map(|entry| below(path, &entry.name)).collect();
        Ok(Self { bytes, entries, paths })
    }

    /// Entries, directories included.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Sum of the declared sizes.
    pub(crate) fn unpacked_bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size).sum()
    }

    /// All files, in the order of the central directory.
    pub(crate) fn files(&self) -> impl Iterator<Item = Entry<'_>> {
        let files = self.entries.iter().zip(&self.paths).filter(|(found, _)| !found.is_directory);
        files.filter_map(|(found, path)| {
            let packed = self.bytes.get(found.data.clone())?;
            Some(Entry { packed, found, path })
        })
    }
}

impl<'a> Entry<'a> {
    /// The path from the outermost archive on, with `/` between folders.
    pub(crate) fn path(&self) -> &'a str {
        self.path
    }

    /// Size when unpacked, as declared; reading stops there.
    pub(crate) fn size(&self) -> u64 {
        self.found.size
    }

    /// Unpacks as a stream, whose errors carry a [`Rejection`]; size and checksum are checked at its end.
    pub(crate) fn stream(&self) -> EntryReader<'a> {
        EntryReader {
            source: match self.found.method {
                Method::Stored => Source::Stored(self.packed),
                Method::Deflated => Source::Deflated(DeflateDecoder::new(self.packed)),
            },
            name: self.path,
            left: self.found.size,
            checksum: crc32fast::Hasher::new(),
            declared_checksum: self.found.checksum,
        }
    }

    /// Unpacks into memory; what is stored as it is costs nothing.
    pub(crate) fn read(&self) -> Result<Cow<'a, [u8]>, Rejection> {
        if self.found.method == Method::Stored {
            let found = crc32fast::hash(self.packed);
            return if found == self.found.checksum {
                Ok(Cow::Borrowed(self.packed))
            } else {
                Err(wrong_checksum(self.path, self.found.checksum, found))
            };
        }
        let mut unpacked = Vec::with_capacity(usize::try_from(self.found.size).unwrap_or(0));
        match self.stream().read_to_end(&mut unpacked) {
            Ok(_) => Ok(Cow::Owned(unpacked)),
            Err(error) => Err(rejection_in(&error, self.path)),
        }
    }

    /// Unpacks into nothing, for its checks.
    pub(crate) fn verify(&self) -> Result<(), Rejection> {
        let mut stream = self.stream();
        match io::copy(&mut stream, &mut io::sink()) {
            Ok(_) => Ok(()),
            Err(error) => Err(rejection_in(&error, self.path)),
        }
    }
}

/// `outer.zip` and `report.xml` make `outer.zip/report.xml`; either may be empty.
fn below(path: &str, name: &str) -> String {
    match (path, name) {
        ("", name) => name.to_owned(),
        (path, "") => path.to_owned(),
        (path, name) => format!("{path}/{name}"),
    }
}

enum Source<'a> {
    Stored(&'a [u8]),
    Deflated(DeflateDecoder<&'a [u8]>),
}

/// The unpacked bytes of one entry.
pub(crate) struct EntryReader<'a> {
    source: Source<'a>,
    name: &'a str,
    left: u64,
    checksum: crc32fast::Hasher,
    declared_checksum: u32,
}

impl EntryReader<'_> {
    fn finish(&self) -> Result<(), Rejection> {
        if self.left > 0 {
            return Err(unsafe_data(self.name, "the declared size", format!("{} bytes less", self.left)));
        }
        if let Source::Deflated(decoder) = &self.source
            && !decoder.get_ref().is_empty()
        {
            let behind = decoder.get_ref().len();
            return Err(unsafe_data(
                self.name,
                "packed data of the declared size",
                format!("{behind} bytes behind its end"),
            ));
        }
        let found = self.checksum.clone().finalize();
        if found != self.declared_checksum {
            return Err(wrong_checksum(self.name, self.declared_checksum, found));
        }
        Ok(())
    }
}

impl Read for EntryReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // One byte more than declared, to see a lie without unpacking it.
        let most = usize::try_from(self.left.saturating_add(1)).unwrap_or(usize::MAX).min(buffer.len());
        let buffer = &mut buffer[..most];
        let count = match &mut self.source {
            Source::Stored(rest) => rest.read(buffer)?,
            Source::Deflated(decoder) => decoder.read(buffer).map_err(|_| {
                io::Error::other(unsafe_data(
                    self.name,
                    "data packed with deflate",
                    "damaged data".to_owned(),
                ))
            })?,
        };
        if count == 0 {
            self.finish().map_err(io::Error::other)?;
            return Ok(0);
        }
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(unsafe_data(self.name, "the declared size", "more bytes than that".to_owned()))
        })?;
        self.checksum.update(&buffer[..count]);
        Ok(count)
    }
}

/// The [`Rejection`] that an error of a stream carries.
pub(crate) fn rejection_in(error: &io::Error, entry: &str) -> Rejection {
    error.get_ref().and_then(|inner| inner.downcast_ref::<Rejection>()).cloned().unwrap_or_else(|| {
        unsafe_data(entry, "data that can be unpacked", crate::domain::error::quoted(&error.to_string()))
    })
}

fn unsafe_data(entry: &str, expected: &str, found: String) -> Rejection {
    Rejection {
        code: code::ARCHIVE_UNSAFE,
        entry: entry.to_owned(),
        place: "data".to_owned(),
        expected: expected.to_owned(),
        found,
    }
}

fn wrong_checksum(entry: &str, declared: u32, found: u32) -> Rejection {
    unsafe_data(entry, &format!("the declared checksum {declared:08x}"), format!("{found:08x}"))
}

/// Refuses what the zip crate would read differently from [`layout::scan`].
fn agree_with_zip_crate(bytes: &[u8], entries: &[Found]) -> Result<(), Rejection> {
    let disagreement = |entry: &str, found: String| Rejection {
        code: code::ARCHIVE_UNSAFE,
        entry: entry.to_owned(),
        place: "central directory".to_owned(),
        expected: "an archive that every program reads alike".to_owned(),
        found,
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| disagreement("", crate::domain::error::quoted(&error.to_string())))?;
    if archive.len() != entries.len() || archive.has_duplicate_names() {
        return Err(disagreement("", format!("{} or {} entries", entries.len(), archive.len())));
    }
    for (index, ours) in entries.iter().enumerate() {
        let alike = archive.by_index_raw(index).is_ok_and(|theirs| {
            theirs.name_raw() == ours.raw_name
                && theirs.header_start() == ours.header_start as u64
                && theirs.data_start() == Some(ours.data.start as u64)
                && theirs.compressed_size() == ours.data.len() as u64
                && theirs.size() == ours.size
                && theirs.crc32() == ours.checksum
        });
        if !alike {
            return Err(disagreement(&ours.name, "two readings of its header".to_owned()));
        }
    }
    Ok(())
}
