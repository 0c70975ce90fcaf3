//! Uploads and what is in them: the statements of an import, and the receipts.

mod detail;
mod difference;
mod import;
mod list;
mod receipt;
mod reject;

pub use detail::{Decoded, DecodedList, DecodedPayload, UploadDetail, Window};
pub use difference::{Difference, EntitlementChange, ListDifference};
pub use import::{Accepted, accept};
pub use list::{Filter, Page, Place, Status, Upload, UploadPage};
pub use receipt::{Receipt, SourceName};
pub use reject::{Rejected, reject};

use std::sync::Arc;

use crate::domain::instant::UtcInstant;
use crate::extension::Prepared;

use super::{Commit, Store, StoreError};

/// What is known of an upload before it is read: the same for accepted and rejected ones.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Lower-case hex.
    pub sha256: String,
    /// Name of the file, without folders.
    pub file: String,
    pub bytes: u64,
    pub received_at: UtcInstant,
    /// `import`, `api`, `browser`, `inbox`.
    pub way: &'static str,
    /// GUID of the license server that was named beside the bytes.
    pub license_server: Option<String>,
}

impl Store {
    /// Commits an upload that was read. Its names are not parsed a second time.
    pub fn commit_upload(&mut self, commit: &Commit, prepared: &Arc<Prepared>) -> Result<(), StoreError> {
        self.incoming.put(prepared.clone());
        let done = self.commit(commit);
        self.incoming.clear();
        done
    }
}
