//! Regular files, and what else a path can lead to: the one place that tells them apart.

use std::fs::{self, File, FileType, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::extension::hex;

/// A file that is too large to be held is hashed in pieces.
pub const PIECE: usize = 1 << 16;

/// Opens a regular file and tells its size. Anything else is refused before it is opened: the opening of
/// a pipe waits for a writer, a device may never end.
pub fn open(path: &Path) -> io::Result<(File, u64)> {
    check(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    // What was put in its place in between is not read.
    let metadata = file.metadata()?;
    check(&metadata)?;
    Ok((file, metadata.len()))
}

/// The same, but never through a link: in a folder where others may write, one could lead to any file.
pub fn open_itself(path: &Path) -> io::Result<(File, u64)> {
    check(&fs::symlink_metadata(path)?)?;
    let (file, size) = open(path)?;
    // A link that was put there for just that moment leads to another file than the one that lies here.
    let (opened, lying) = (file.metadata()?, fs::symlink_metadata(path)?);
    check(&lying)?;
    if is_same(&opened, &lying) {
        Ok((file, size))
    } else {
        Err(io::Error::other("another file in its place"))
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    (one.len(), one.modified().ok()) == (other.len(), other.modified().ok())
}

/// Errors: what was found in place of a regular file.
pub fn check(metadata: &Metadata) -> io::Result<()> {
    let found = metadata.file_type();
    if found.is_file() { Ok(()) } else { Err(io::Error::other(format!("{}, no file", name(found)))) }
}

fn name(found: FileType) -> &'static str {
    match found {
        _ if found.is_dir() => "a folder",
        _ if found.is_symlink() => "a link",
        _ => special(found),
    }
}

#[cfg(unix)]
fn special(found: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    match found {
        _ if found.is_fifo() => "a named pipe",
        _ if found.is_socket() => "a socket",
        _ if found.is_char_device() || found.is_block_device() => "a device",
        _ => "something else",
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "something else"
}

/// The bytes with their SHA-256 and size; a file above the limit is hashed and not held. No more is read
/// than the file had when it was opened: one that grows has an end too.
pub fn content((file, size): (File, u64), limit: u64) -> io::Result<(Option<Vec<u8>>, String, u64)> {
    let mut file = file.take(size);
    let mut held = Vec::with_capacity(usize::try_from(size.min(limit)).unwrap_or(0));
    file.by_ref().take(limit.saturating_add(1)).read_to_end(&mut held)?;
    if held.len() as u64 <= limit {
        let (sha256, size) = (super::sha256(&held), held.len() as u64);
        return Ok((Some(held), sha256, size));
    }
    let mut hash = Sha256::new_with_prefix(&held);
    let mut size = held.len() as u64;
    drop(held);
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok((None, hex(&hash.finalize()), size)),
            Ok(read) => {
                hash.update(&piece[..read]);
                size += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
