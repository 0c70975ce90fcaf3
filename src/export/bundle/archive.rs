//! The zip file of a bundle, written in one pass: the same entries make the same bytes. Nothing is held back, so a
//! million users cost no memory.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

use super::manifest::Entry;
use super::{ENTRIES, ENTRY_BYTES, FILE_BYTES};
use crate::domain::error::{Error, code};
use crate::export::{ExportError, Hashed};
use crate::store::StoreError;

pub struct Archive<'a> {
    zip: Option<ZipWriter<StreamWriter<Outlet<'a>>>>,
    is_shut: Rc<Cell<bool>>,
    /// What was added, in its order.
    pub entries: Vec<Entry>,
}

impl<'a> Archive<'a> {
    pub fn new(into: &'a mut dyn Write) -> Self {
        let is_shut = Rc::new(Cell::new(false));
        let outlet = Outlet { into: Limited { into, left: FILE_BYTES }, is_shut: is_shut.clone() };
        Self { zip: Some(ZipWriter::new_stream(outlet)), is_shut, entries: Vec::new() }
    }

    /// Adds one entry, which `write` writes. Errors: `SEAT-P23` where it or the file grows too large.
    pub fn add(
        &mut self,
        name: &str,
        customer_id: Option<&str>,
        write: impl FnOnce(&mut dyn Write) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        if self.entries.len() >= ENTRIES {
            return Err(too_large(&format!("at most {ENTRIES} entries")));
        }
        let Some(zip) = &mut self.zip else { return Ok(()) };
        // The instant of every entry is the first that a zip file can tell.
        let options = SimpleFileOptions::DEFAULT
            .compression_method(zip::CompressionMethod::Deflated)
            .compression_level(Some(6))
            .last_modified_time(zip::DateTime::DEFAULT)
            .unix_permissions(0o644);
        zip.start_file(name, options).map_err(io::Error::from)?;
        let mut hashed = Hashed::new(Limited { into: zip, left: ENTRY_BYTES }, true);
        write(&mut hashed)?;
        let (bytes, sha256) = hashed.told();
        let customer_id = customer_id.map(str::to_owned);
        self.entries.push(Entry { name: name.to_owned(), bytes, sha256, customer_id });
        Ok(())
    }

    /// Writes what makes it whole.
    pub fn finish(mut self) -> Result<(), ExportError> {
        if let Some(zip) = self.zip.take() {
            zip.finish().map_err(io::Error::from)?.into_inner().flush()?;
        }
        Ok(())
    }
}

impl Drop for Archive<'_> {
    /// A half-made one stays half-made: the zip crate would make it whole, and complain where it cannot.
    fn drop(&mut self) {
        self.is_shut.set(true);
    }
}

fn too_large(expected: &str) -> ExportError {
    let detail = format!("expected {expected} in one bundle, found more");
    StoreError::from(Error::new(code::BUNDLE_TOO_LARGE, detail)).into()
}

/// The end of the file; takes anything and keeps nothing once it is shut.
struct Outlet<'a> {
    into: Limited<&'a mut dyn Write>,
    is_shut: Rc<Cell<bool>>,
}

impl Write for Outlet<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_shut.get() {
            return Ok(bytes.len());
        }
        self.into.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_shut.get() { Ok(()) } else { self.into.into.flush() }
    }
}

/// Refuses what goes beyond a limit. Is not flushed: that would end a deflated block in the midst of an entry.
struct Limited<W: Write> {
    into: W,
    left: u64,
}

impl<W: Write> Write for Limited<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or(io::ErrorKind::FileTooLarge)?;
        self.into.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A limit that was met on the way, as a refusal with its code.
pub fn refused(error: ExportError) -> ExportError {
    match error {
        ExportError::Write(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            too_large("entries below 4 GiB and a file of at most 1 GiB")
        }
        other => other,
    }
}
