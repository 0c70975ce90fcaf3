//! Free flags: users and license servers that are not paid for, changed many at once.

use serde::Deserialize;
use utoipa::ToSchema;

use super::changes::{self, Changed, Object, named};
use super::users::UserFilter;
use crate::domain::ids::FreeReason;
use crate::store::batches::Decision;
use crate::web::call::{Answer, Call};
use crate::web::description::Described;

/// Objects to flag since a month, all of them or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFreeFlags {
    pub period: String,
    /// trial, test or administrative; null ends the flag.
    #[serde(deserialize_with = "named")]
    #[schema(required = true)]
    pub reason: Option<String>,
    pub note: Option<String>,
    /// Users and license servers; in place of filter.
    pub objects: Option<Vec<Object>>,
    /// All users of the month that it leaves; in place of objects.
    pub filter: Option<UserFilter>,
    /// Changes nothing, and answers what would change.
    #[serde(default)]
    pub dry_run: bool,
}

pub fn flag_described() -> Described {
    Described::new(
        "Mark users and license servers free, or end that",
        "All or nothing. Flags move nobody between customers: `moves`, `joins` and `leaves` are empty.",
    )
    .body::<NewFreeFlags>()
    .answers::<Changed>(200, "What changed, or would change")
    .problems(&[
        (
            409,
            "The month is locked (SEAT-P01) or has not begun (SEAT-P02); the set behind the filter is another (SEAT-A05). \
             Nothing was changed.",
        ),
        (413, "The body is too large (SEAT-C08)."),
        (422, "No object has the id (SEAT-A02)."),
    ])
}

pub async fn flag(mut call: Call) -> Answer {
    let body: NewFreeFlags = call.json().await?;
    let reason: Option<FreeReason> = body.reason.as_deref().map(str::parse).transpose()?;
    let note = body.note.as_deref().map(str::trim).filter(|note| !note.is_empty() && reason.is_some());
    let note = note.map(crate::web::pages::assign::checked_note).transpose()?.map(str::to_owned);
    let objects = changes::objects(body.objects, body.filter)?;
    changes::make(&call, &body.period, objects, Decision::Free { reason, note }, body.dry_run).await
}
