//! What the next page tells of a change that was made: kept in the session, so that a reload neither repeats nor loses it.

use serde::{Deserialize, Serialize};

use crate::domain::instant::UtcInstant;
use crate::store::{Actor, Commit, Store, StoreError, sessions};

/// Whoever is told of a change by the next page: an account by its session, a client of the API not at all.
pub struct Teller {
    /// Of the session's key; `None`: nobody.
    pub(super) digest: Option<String>,
    pub(super) actor: Actor,
}

impl Teller {
    /// Keeps it for the next page, in a commit of its own.
    pub fn tell(&self, store: &mut Store, flash: Flash, now: UtcInstant) -> Result<(), StoreError> {
        let Some(digest) = &self.digest else { return Ok(()) };
        let mut commit = Commit::new(now, &self.actor);
        sessions::set_flash(&mut commit, digest, Some(&flash.write()));
        store.commit(&commit)
    }
}

/// A result, or why there was none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// `Saved`, `Not saved`.
    pub title: String,
    /// One or two sentences.
    pub text: String,
    pub is_good: bool,
    /// Path of the page that tells it.
    #[serde(default)]
    pub page: String,
    /// Batch that can be undone.
    #[serde(default)]
    pub batch: Option<String>,
}

impl Flash {
    pub fn good(title: &str, text: impl Into<String>) -> Self {
        Self { title: title.to_owned(), text: text.into(), is_good: true, page: String::new(), batch: None }
    }

    pub fn bad(title: &str, text: impl Into<String>) -> Self {
        Self { title: title.to_owned(), text: text.into(), is_good: false, page: String::new(), batch: None }
    }

    /// To be told on the page of this address.
    pub fn on(mut self, address: &str) -> Self {
        self.page = address.split('?').next().unwrap_or_default().to_owned();
        self
    }

    /// With a further sentence.
    pub fn and(mut self, sentence: Option<String>) -> Self {
        if let Some(sentence) = sentence {
            self.text = format!("{} {sentence}", self.text);
        }
        self
    }

    pub fn icon(&self) -> &'static str {
        if self.is_good { "ok" } else { "bad" }
    }

    /// As the session keeps it.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
