//! `import`: uploads from files and folders, read by several threads and brought in in the order of their paths.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;

use super::context::tell_closed;
use super::{Context, Failure};
use crate::domain::error::{code, quoted};
use crate::domain::ids::canonical_guid;
use crate::ingest::{self, Outcome};
use crate::store::Store;

mod files;
mod queue;
mod report;

use queue::{Arrived, Queue};
use report::Report;

/// Import uploads: files, and folders with all below them
///
/// Of a folder every *.zip, *.json, *.xml and *.lic is taken that is not hidden, in the order of the paths; a file
/// that is named is taken whatever its ending. The same bytes again are a duplicate and change nothing.
#[derive(Args)]
#[command(
    after_help = "Prints a line an upload: accepted, duplicate or rejected, FILE, source, +new users, reason.\n\
    Warnings and the sum go to standard error. One upload's rejection never touches another;\n\
    exit code 1 where there was one.\n\n\
    Examples:\n  seatledger import /media/stick/uploads\n  \
    seatledger import csp.lic --license-server a5ae17c9-8a4a-4318-938f-a8c6da2aa2ef\n  \
    seatledger import --json upload_1760497201.zip"
)]
pub struct Import {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The license server of license files that do not name one
    #[arg(long, value_name = "GUID")]
    license_server: Option<String>,
}

impl Import {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let license_server = match &self.license_server {
            None => None,
            Some(given) => Some(canonical_guid(given).ok_or_else(|| {
                let detail = format!("expected the GUID of a license server, found {}", quoted(given));
                Failure::usage(code::INPUT_INVALID, detail)
            })?),
        };
        let mut store = context.writer()?;
        let found = files::find(&self.paths);
        let rules = store.rules()?;
        let queue = Queue::new(&found, store.accepted_sha256()?, license_server);
        let mut report = Report::new(context, found.len(), std::io::stderr().is_terminal());
        let done = std::thread::scope(|scope| {
            for _ in 0..queue.workers() {
                scope.spawn(|| queue.work(&rules, context));
            }
            // However this ends, the workers end too.
            let _stop = queue.stop_at_end();
            (0..found.len()).try_for_each(|index| {
                let arrived = queue.take(index);
                let told = take_in(&mut store, context, &queue, arrived)?;
                tell_closed(&mut store);
                report.tell(&found[index].path, told)?;
                Ok(store.checkpoint_when_long()?)
            })
        });
        report.end(done)
    }
}

/// What became of one file.
pub enum Told {
    Outcome(Outcome),
    /// The file cannot be read.
    Unreadable(String),
}

fn take_in(
    store: &mut Store,
    context: &Context,
    queue: &Queue<'_>,
    arrived: Arrived,
) -> Result<Told, Failure> {
    let outcome = match arrived {
        Arrived::Unreadable(found) => return Ok(Told::Unreadable(found)),
        Arrived::Known(sha256) => match store.find_receipt(&sha256)? {
            Some(receipt) => Outcome::Duplicate(receipt),
            None => {
                return Err(Failure::failed(
                    code::INTERNAL,
                    "expected the receipt of a known upload, found none",
                ));
            }
        },
        Arrived::Read(mut bytes, read) => {
            ingest::take_in(store, &context.actor, &mut bytes, *read, context.now())?
        }
    };
    if let Outcome::Accepted(receipt) = &outcome {
        queue.accepted(&receipt.sha256);
    }
    Ok(Told::Outcome(outcome))
}
