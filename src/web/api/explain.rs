//! The explanation of a figure: its users, each with what decided and the upload that showed it first.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, Part};
use super::usage::period;
use crate::export::Status;
use crate::store::explain::{ExplainedUser, What};
use crate::store::roster::Start;
use crate::web::call::{Answer, Call};
use crate::web::description::{CURSOR, Described, Kind, LIMIT, PERIOD, Parameter};
use crate::web::fault::Fault;

/// A user of a figure.
#[derive(Serialize, ToSchema)]
pub struct Explained {
    /// Identity key.
    pub user: String,
    /// Shown spelling.
    pub name: String,
    /// Where the user counts; of the total or a source, the first place of several. Null is the unlinked row.
    pub customer_id: Option<String>,
    /// `user`, `delivery-group`, `site` or `license-server`; null for the unlinked.
    pub via: Option<&'static str>,
    /// Those that put the user into the figure.
    pub sources: Vec<ExplainedSource>,
    /// Collection of the payload that showed the user there first.
    pub first_seen: String,
    pub upload_id: String,
    pub is_free: bool,
}

#[derive(Serialize, ToSchema)]
pub struct ExplainedSource {
    /// `license-server` or `delivery-group`.
    pub kind: String,
    pub id: String,
    pub name: String,
}

impl From<ExplainedUser> for Explained {
    fn from(user: ExplainedUser) -> Self {
        let sources = user.sources.into_iter().map(|(kind, id, name)| ExplainedSource { kind, id, name });
        Self {
            sources: sources.collect(),
            user: user.user,
            name: user.name,
            customer_id: user.customer_id,
            via: user.via.map(crate::domain::precedence::Via::as_str),
            first_seen: user.first_seen,
            upload_id: user.upload_id,
            is_free: user.free,
        }
    }
}

pub fn list_described() -> Described {
    Described::new(
        "Users behind a figure",
        "Of a row of the report (customer), of a source, or of the total where neither is named: as many items as the \
         figure counts, by identity key.",
    )
    .takes(&[
        PERIOD,
        Parameter::required("feature", Kind::Text, "Code of the feature, such as XDT_PLT_UD."),
        Parameter::new("customer", Kind::Text, "Id of a customer; none is the unlinked row."),
        Parameter::new("source", Kind::Text, "Id of a license server or delivery group."),
        LIMIT,
        CURSOR,
    ])
    .answers::<List<Explained>>(200, "A part of the list")
    .problems(&[(409, "The period has not begun (SEAT-P02).")])
}

pub async fn list(call: Call) -> Answer {
    let part = Part::of(&call)?;
    let (app, now, period) = (call.app.clone(), call.now, period(&call)?);
    let feature = Call::field(&call.query, "feature")?.to_owned();
    let what = match (call.query.get("customer"), call.query.get("source")) {
        (None, None) => What::Total,
        (Some("none"), None) => What::Customer(None),
        (Some(customer), None) => What::Customer(Some(customer.to_owned())),
        (None, Some(source)) => What::Source(source.to_owned()),
        (Some(_), Some(_)) => {
            return Err(Fault::malformed("expected customer or source, found both"));
        }
    };
    let after = part.after.as_ref().and_then(|keys| keys.first()).cloned();
    let limit = part.limit + 1;
    let rows = call
        .read(move |store| {
            Status::of(store, period, now)?;
            let roster = app.memory.roster(store, period)?;
            let start = after.as_deref().map_or(Start::First, Start::After);
            Ok(store.explain(&roster, &feature, &what, start, limit)?.rows)
        })
        .await?;
    let List { items, next_cursor } = part.list(rows, |row| vec![row.user.clone()]);
    let items: Vec<Explained> = items.into_iter().map(Explained::from).collect();
    Ok(HttpResponse::Ok().json(List { items, next_cursor }))
}
