//! What an address says of the view, before the database is read.

use std::sync::Arc;

use actix_web::http::Method;

use crate::domain::error::quoted;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::web::app::App;
use crate::web::call::{Call, Who};
use crate::web::fault::Fault;
use crate::web::pairs::Pairs;

/// A product family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Product {
    #[default]
    AppsAndDesktops,
    Networking,
}

impl Product {
    /// In addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppsAndDesktops => "apps-and-desktops",
            Self::Networking => "networking",
        }
    }
}

/// What the address says of the view: month and product. Taken from the request before the database is read.
#[derive(Clone)]
pub struct View {
    pub asked_period: Option<BillingPeriod>,
    pub product: Product,
    pub query: Pairs,
    pub path: String,
    pub app: Arc<App>,
    pub now: UtcInstant,
    /// Whether the page answers a form: it tells of that, and not of what was done before.
    pub(super) is_posted: bool,
    pub(super) who: Who,
}

impl View {
    /// Errors: `SEAT-P03`, `SEAT-C07`.
    pub fn of(call: &Call) -> Result<Self, Fault> {
        let product = match call.query.get("product") {
            None | Some("apps-and-desktops") => Product::AppsAndDesktops,
            Some("networking") => Product::Networking,
            Some(other) => {
                return Err(Fault::malformed(format!(
                    "product: expected apps-and-desktops or networking, found {}",
                    quoted(other)
                )));
            }
        };
        // A form that is posted names its month in a field.
        let asked = call.query.get("period").or_else(|| call.form.get("period"));
        Ok(Self {
            asked_period: asked.map(str::parse).transpose()?,
            product,
            query: call.query.clone(),
            path: call.request.path().to_owned(),
            is_posted: *call.request.method() == Method::POST,
            who: call.who.clone(),
            now: call.now,
            app: call.app.clone(),
        })
    }
}
