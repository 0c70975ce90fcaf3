//! Floor 3: the database file. Opens it, writes through one door, reads what pages and files show.
//!
//! One aggregate a file; SQL text stands beside the function that uses it.

pub mod assignments;
pub mod check;
mod commit;
pub mod customers;
mod error;
pub mod free_flags;
mod network_folder;
mod open;
pub mod query;
pub mod rules;
pub mod settings;
pub mod sources;
pub mod uploads;
pub mod usage;

pub use commit::{Actor, Commit, Statement};
pub use error::StoreError;
pub use open::{FILE_NAME, Store};
