//! `assign`: objects belong to customers, since a billing period.

use clap::Args;

use super::changes::{Since, make};
use super::{Context, Failure};
use crate::store::batches::{Change, Decision, Objects};

/// Assign objects to a customer since a billing period, all of them or none
///
/// An assignment holds until a later one replaces it. A billing period takes changes from its first instant
/// until the 10th of the following month is over.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seatledger assign --period 2026-10 --kind license-server \\\n    --object a5ae17c9-8a4a-4318-938f-a8c6da2aa2ef --customer Acme\n  \
    seatledger assign --period 2026-10 --kind user \\\n    --object 'CORP\\anna' ben@corp.example --customer c-0123456789ab\n  \
    seatledger assign --period 2026-10 --kind user --objects-file names.txt --clear --dry-run")]
pub struct Assign {
    #[command(flatten)]
    since: Since,
    #[command(flatten)]
    to: To,
    /// Change nothing, answer what would move
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct To {
    /// The customer's id, or its name
    #[arg(long, value_name = "ID|NAME")]
    customer: Option<String>,
    /// Assign to no customer
    #[arg(long)]
    clear: bool,
}

impl Assign {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let Since { period, kind, objects } = self.since;
        let objects = objects.read(kind)?;
        let mut store = context.writer_or_rehearser(self.dry_run)?;
        let customer =
            self.to.customer.map(|given| store.get_customer(&given)).transpose()?.map(|found| found.id);
        let change = Change { period, objects: Objects::List(objects), what: Decision::Assign(customer) };
        make(context, &mut store, &change, self.dry_run)
    }
}
