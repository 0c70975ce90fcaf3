//! Floor 0: what is counted, for whom, and when the books close. No SQL, no HTTP, no clock.

pub mod account;
pub mod clear_names;
pub mod count;
pub mod days;
pub mod default_domain;
pub mod doubt;
pub mod entitlement;
pub mod error;
pub mod growth;
pub mod ids;
pub mod instant;
pub mod period;
pub mod precedence;
pub mod product;
pub mod server_status;
pub mod setting;
pub mod sign_in;
pub mod statement;
pub mod user_key;
