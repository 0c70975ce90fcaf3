//! What has to be done though nobody asks: write the log back into the database file, close the months that are due,
//! offer a code for the first run while there is no account, and have a key for bundles.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::app::App;
use super::closed;
use super::pages::first_run;
use crate::export::bundle::SigningKey;
use crate::store::{Actor, Store, StoreError};

/// Looks between two at the calendar: a minute.
const CALENDAR: u32 = 60;
/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// Looks after a commit, at which the log is written back though it is short.
const LOOKS: u32 = 5;

/// A thread with a connection of its own; ends when this goes.
pub struct Keeper {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    pub fn start(app: Arc<App>) -> Result<Self, StoreError> {
        let mut store = Store::open(&app.data, Duration::from_secs(10))?;
        // What signs bundles is there before anybody fetches one: a GET changes nothing.
        let key = SigningKey::find_or_make(&mut store, app.now(), &Actor::clock());
        app.heed_store(key.err());
        let (end, ended) = channel();
        let mut seen = store.data_version()?;
        let thread = std::thread::spawn(move || {
            let mut pending = 0;
            let mut is_start = true;
            let mut looks = 0;
            while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(PAUSE) {
                let done = store.data_version().and_then(|version| {
                    pending = match pending {
                        0 if version == seen => 0,
                        looks => looks + 1,
                    };
                    seen = version;
                    if pending < LOOKS {
                        return store.checkpoint_when_long();
                    }
                    pending = 0;
                    store.checkpoint()
                });
                app.heed_store(done.err());
                let renewed = first_run::renew(&app, &mut store, is_start);
                is_start = is_start && renewed.is_err();
                app.heed_store(renewed.err());
                if looks % CALENDAR == 0 {
                    let closed = store.close_due(app.now(), &Actor::clock());
                    closed::take(&mut store);
                    app.heed_store(closed.err());
                }
                looks += 1;
            }
        });
        Ok(Self { end: Some(end), thread: Some(thread) })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
