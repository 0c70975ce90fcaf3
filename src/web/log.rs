//! The log: one line an event on standard error, with fields; the reference of a request stands in each of its lines.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{format::Writer, layer};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::clock;
use crate::domain::instant::UtcInstant;

/// The one clock, for the log too.
struct Stamp(Option<UtcInstant>);

impl FormatTime for Stamp {
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        write!(writer, "{}", clock::now(self.0))
    }
}

/// Begins to log. Once a process; a second call changes nothing.
pub fn begin(now: Option<UtcInstant>) {
    let lines =
        layer().with_writer(std::io::stderr).with_ansi(false).with_target(false).with_timer(Stamp(now));
    // Another one is there already: in tests.
    let _ = tracing_subscriber::registry().with(lines).with(LevelFilter::INFO).try_init();
}
