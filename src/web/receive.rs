//! One upload that arrived over HTTP: hashed while it comes in, read off the async threads, committed by one writer.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::app::{App, run};
use super::fault::Fault;
use crate::domain::instant::UtcInstant;
use crate::extension::hex;
use crate::ingest::{self, Bytes, Outcome};
use crate::store::uploads::Arrival;
use crate::store::{Actor, StoreError};

/// Bytes on their way in. Above the limit only their hash and size are kept.
pub struct Incoming {
    hash: Sha256,
    held: Option<Vec<u8>>,
    size: u64,
    limit: u64,
}

impl Incoming {
    /// `expected` bytes, as far as that was said: a buffer that grows by doubling holds up to twice as much.
    pub fn new(limit: u64, expected: Option<u64>) -> Self {
        let expected = usize::try_from(expected.unwrap_or(0).min(limit)).unwrap_or(0);
        Self { hash: Sha256::new(), held: Some(Vec::with_capacity(expected)), size: 0, limit }
    }

    pub fn push(&mut self, piece: &[u8]) {
        self.hash.update(piece);
        self.size += piece.len() as u64;
        match &mut self.held {
            Some(held) if self.size <= self.limit => held.extend_from_slice(piece),
            held => *held = None,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Whole, with how it came.
    pub fn finish(self, file: &str, way: &'static str, received_at: UtcInstant) -> Bytes {
        let arrival = Arrival {
            sha256: hex(&self.hash.finalize()),
            file: file_name(file),
            bytes: self.size,
            received_at,
            way,
            license_server: None,
        };
        Bytes { arrival, content: self.held }
    }
}

/// The name alone, as a browser or script says it: without folders and control characters, at most 255 bytes.
fn file_name(said: &str) -> String {
    let name = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name: String = name.chars().filter(|c| !c.is_control()).collect();
    while name.len() > 255 {
        name.pop();
    }
    if name.trim().is_empty() { "upload".to_owned() } else { name.trim().to_owned() }
}

/// Reads and commits it. When this answers, the upload is on disk.
pub async fn take_in(app: &Arc<App>, actor: Actor, bytes: Bytes) -> Result<Outcome, Fault> {
    let sha256 = bytes.arrival.sha256.clone();
    let (rules, known) = app.read(move |store| Ok((store.rules()?, store.find_receipt(&sha256)?))).await?;
    if let Some(receipt) = known {
        return Ok(Outcome::Duplicate(receipt));
    }
    let turn = app.unpacking.acquire().await.map_err(|_| Fault::busy())?;
    let (mut bytes, read) = run(move || {
        let read = ingest::read(&bytes, &rules.limits, rules.lock.time_zone);
        Ok((bytes, read))
    })
    .await?;
    let now = app.now();
    let done = app
        .write(move |store| {
            ingest::take_in(store, &actor, &mut bytes, read, now).map_err(|error: StoreError| error.into())
        })
        .await;
    drop(turn);
    done
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_file_name_is_no_path() {
        assert_eq!(file_name("C:\\spool\\upload_1.zip"), "upload_1.zip");
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("a\u{0}b\n.zip"), "ab.zip");
        assert_eq!(file_name(".."), "..");
        assert_eq!(file_name("/"), "upload");
        assert_eq!(file_name(&"ä".repeat(200)).len(), 254);
    }
}
