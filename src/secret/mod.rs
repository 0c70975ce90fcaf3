//! Floor 4: secrets. Makes passwords into hashes, and tokens and codes out of randomness.

pub mod password;
pub mod token;

use crate::domain::error::{Error, code};

/// Fills `bytes` from the operating system's source of randomness. Errors: `SEAT-S07`.
fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => {
            let detail = format!("expected randomness from the operating system, found: {error}");
            Err(Error::new(code::INTERNAL, detail))
        }
    }
}
