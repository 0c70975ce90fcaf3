//! The only `now()`: everything below the command line gets its instants as arguments.
//!
//! `--now INSTANT` (`SEATLEDGER_NOW`), an RFC 3339 instant, stands in for the machine's clock: that is how tests and
//! examples see a lock pass.

use crate::domain::instant::UtcInstant;

/// Now, to the second; or the instant that the caller was told to take for it.
pub fn now(instead: Option<UtcInstant>) -> UtcInstant {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    instead.unwrap_or_else(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        UtcInstant::EPOCH.plus_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    })
}

/// How long something takes: no instant, so nothing that is kept depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    pub fn start() -> Self {
        #[allow(clippy::disallowed_methods, reason = "the one place that reads a clock")]
        Self(std::time::Instant::now())
    }

    pub fn elapsed(self) -> std::time::Duration {
        self.0.elapsed()
    }
}
