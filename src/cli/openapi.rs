//! `openapi`: the description of the API, as the server gives it.

use clap::Args;

use super::{Context, Failure};
use crate::web::description;

/// Print the OpenAPI description of the API
#[derive(Args)]
#[command(after_help = "Examples:\n  seatledger openapi > openapi.json")]
pub struct OpenApi {}

impl OpenApi {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        context.out().json(&description::openapi())
    }
}
