//! Floor 3: the database file. Opens it, writes through one door, reads what pages and files show.
//!
//! One aggregate a file; SQL text stands beside the function that uses it.

pub mod accounts;
pub mod assignments;
pub mod check;
pub mod clients;
mod commit;
pub mod customers;
mod error;
pub mod first_run;
pub mod free_flags;
mod network_folder;
mod open;
pub mod query;
pub mod rules;
pub mod sessions;
pub mod settings;
pub mod sources;
pub mod uploads;
pub mod usage;

pub use commit::{Actor, Commit, Statement};
pub use error::StoreError;
pub use open::{FILE_NAME, Store};
