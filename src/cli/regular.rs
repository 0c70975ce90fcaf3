//! Regular files, and what else a path can lead to: the one place that tells them apart.

use std::fs::{self, File, FileType, Metadata};
use std::io;
use std::path::Path;

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

/// Errors: what was found in place of a regular file.
pub fn check(metadata: &Metadata) -> io::Result<()> {
    let found = metadata.file_type();
    if found.is_file() { Ok(()) } else { Err(io::Error::other(format!("{}, no file", name(found)))) }
}

fn name(found: FileType) -> &'static str {
    if found.is_dir() { "a folder" } else { special(found) }
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
