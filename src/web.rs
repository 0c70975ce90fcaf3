//! Floor 6: pages for people and the API for programs, over HTTP.
//!
//! A request comes through `outermost` (headers, reference, log) and `dispatch` (who may, by the table in `routes`) to
//! its handler in `pages` or `api`, which reads or writes through `app`, and answers; faults become pages or problems.

mod api;
mod app;
mod assets;
mod body;
mod bundle;
mod call;
mod chart;
pub mod checks;
mod closed;
mod components;
mod cookie;
mod csrf;
pub mod description;
mod dispatch;
mod download;
mod fault;
mod flash;
mod frame;
mod guesses;
mod hand_in;
mod health;
mod inbox;
mod keeper;
pub mod log;
mod outermost;
mod pages;
mod pairs;
mod problem;
mod receive;
mod reference;
mod report;
pub mod routes;
mod seal;
mod server;
mod show;
pub mod tls;
mod tokens;
mod waiting;

pub use api::checklist::ClosingChecklist;
pub use app::App;
pub use server::{Options, ServeError, serve};
pub use show::Clock;
