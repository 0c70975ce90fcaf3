//! The API, `/api/v1`: one file a noun. Bodies are the types beside each handler; lists answer items and a cursor.

pub mod aliases;
pub mod assignments;
pub mod changes;
pub mod checklist;
pub mod customers;
pub mod default_domains;
pub mod explain;
pub mod exports;
pub mod free_flags;
pub mod history;
pub mod license_servers;
pub mod list;
pub mod netscalers;
pub mod openapi;
pub mod periods;
pub mod reidentify;
pub mod sites;
pub mod sources;
pub mod statement;
pub mod upload;
pub mod upload_list;
pub mod uploads;
pub mod usage;
pub mod users;
