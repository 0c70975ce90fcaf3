//! Counts and hashes what is written, on its way.

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

use crate::extension::hex;

pub struct Hashed<W> {
    into: W,
    bytes: u64,
    /// `None`: nobody asks for it.
    hash: Option<Sha256>,
}

impl<W: Write> Hashed<W> {
    pub fn new(into: W, is_hashed: bool) -> Self {
        Self { into, bytes: 0, hash: is_hashed.then(Sha256::new) }
    }

    /// Bytes, and their SHA-256 in hex; empty where it was not asked for.
    pub fn told(&self) -> (u64, String) {
        (self.bytes, self.hash.clone().map_or_else(String::new, |hash| hex(&hash.finalize())))
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.into.write(bytes)?;
        self.bytes += taken as u64;
        if let Some(hash) = &mut self.hash {
            hash.update(&bytes[..taken]);
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}
