//! Floor 3: the database file. Opens it, writes through one door, reads what pages and files show.
//!
//! One aggregate a file; SQL text stands beside the function that uses it.

pub mod accounts;
pub mod aliases;
pub mod archive;
pub mod assignments;
pub mod batches;
pub mod check;
pub mod checklist;
pub mod clients;
pub mod clock;
pub mod closing;
mod commit;
pub mod customers;
pub mod default_domains;
pub mod entitlements;
mod error;
pub mod explain;
pub mod exports_made;
pub mod figures;
pub mod first_run;
pub mod free_flags;
pub mod history;
pub mod identities;
pub mod installation_key;
pub mod later_tags;
pub mod license_servers;
pub mod memory;
pub mod netscalers;
mod network_folder;
pub mod object_history;
pub mod objects;
mod open;
pub mod other_units;
pub mod periods;
mod private;
pub mod query;
pub mod receipts_by_day;
pub mod reidentify;
pub mod roster;
pub mod rules;
pub mod sessions;
pub mod settings;
pub mod sites;
pub mod source_use;
pub mod sources;
pub mod statement;
pub mod uploads;
pub mod usage;
pub mod user;
pub mod verify;

pub use commit::{Actor, Commit, Statement};
pub use error::StoreError;
pub use open::{FILE_NAME, Store};
