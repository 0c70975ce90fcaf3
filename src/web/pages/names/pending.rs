//! Matches of a list that someone looks at: kept in memory until they are saved, for a while, and never on disk.

use std::sync::{Mutex, PoisonError};

use crate::domain::instant::UtcInstant;
use crate::store::identities::Change;

/// How long a look may take.
const SECONDS: i64 = 1800;

/// The newest look of anybody; an older one is asked for its file again.
#[derive(Default)]
pub struct Pending(Mutex<Option<Look>>);

struct Look {
    id: String,
    by: String,
    at: UtcInstant,
    change: Change,
}

impl Pending {
    pub fn keep(&self, id: &str, by: &str, at: UtcInstant, change: Change) {
        *self.lock() = Some(Look { id: id.to_owned(), by: by.to_owned(), at, change });
    }

    /// What was looked at, once.
    pub fn take(&self, id: &str, by: &str, now: UtcInstant) -> Option<Change> {
        let mut kept = self.lock();
        let is_it = kept
            .as_ref()
            .is_some_and(|look| look.id == id && look.by == by && now <= look.at.plus_seconds(SECONDS));
        if is_it { kept.take().map(|look| look.change) } else { None }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Look>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
