//! `free`: users and license servers that are used for trial, test or administration, and not paid for.

use clap::Args;

use super::changes::{Since, make};
use super::choice::Choice;
use super::{Context, Failure};
use crate::domain::error::code;
use crate::domain::ids::{FreeReason, ObjectKind};
use crate::store::batches::{Change, Decision, Objects};

/// Flag users or license servers as free since a billing period, all of them or none
///
/// Free users are counted and not paid for; all users of a free license server are free there.
#[derive(Args)]
#[command(mut_arg("kind", |kind| kind.value_parser(Choice(&[ObjectKind::User, ObjectKind::LicenseServer]))))]
#[command(after_help = "Examples:\n  \
    seatledger free --period 2026-10 --kind user \\\n    --object 'CORP\\carl' --reason test --note 'load tests'\n  \
    seatledger free --period 2026-10 --kind license-server \\\n    --object a5ae17c9-8a4a-4318-938f-a8c6da2aa2ef --clear")]
pub struct Free {
    #[command(flatten)]
    since: Since,
    #[command(flatten)]
    to: To,
    /// Why in your own words, at most 512 bytes
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Change nothing, answer what would change
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
#[group(id = "flag_to", required = true, multiple = false)]
struct To {
    /// Why nobody pays for them
    #[arg(long, value_parser = Choice(&FreeReason::ALL))]
    reason: Option<FreeReason>,
    /// End the flag
    #[arg(long)]
    clear: bool,
}

impl Free {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let note = self.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
        if note.is_some_and(|note| note.len() > 512 || note.chars().any(char::is_control)) {
            let detail = "expected a note of at most 512 bytes without control characters, found another";
            return Err(Failure::usage(code::INPUT_INVALID, detail));
        }
        if self.to.clear && note.is_some() {
            return Err(Failure::usage(code::INPUT_INVALID, "expected no note with --clear, found one"));
        }
        let Since { period, kind, objects } = self.since;
        let objects = objects.read(kind)?;
        let mut store = context.writer_or_rehearser(self.dry_run)?;
        let what = Decision::Free { reason: self.to.reason, note: note.map(str::to_owned) };
        make(context, &mut store, &Change { period, objects: Objects::List(objects), what }, self.dry_run)
    }
}
