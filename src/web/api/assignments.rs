//! Assignments: change many at once, take a change back, and read what an object's tags were.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::changes::{self, Changed, Object, named};
use super::list::{List, Part};
use super::users::UserFilter;
use crate::domain::ids::ObjectKind;
use crate::store::assignments::ObjectRef;
use crate::store::batches::Decision;
use crate::store::object_history::TagChange;
use crate::web::call::{Answer, Call};
use crate::web::description::{CURSOR, Described, Kind, LIMIT, Parameter};
use crate::web::fault::Fault;

/// Objects to assign since a month, all of them or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssignments {
    pub period: String,
    /// Null clears.
    #[serde(deserialize_with = "named")]
    #[schema(required = true)]
    pub customer_id: Option<String>,
    /// Objects by kind and id; in place of filter.
    pub objects: Option<Vec<Object>>,
    /// All users of the month that it leaves; in place of objects.
    pub filter: Option<UserFilter>,
    /// Changes nothing, and answers what would move.
    #[serde(default)]
    pub dry_run: bool,
}

/// A change that takes another back.
#[derive(Serialize, ToSchema)]
pub struct Undone {
    /// Of this change.
    pub batch_id: String,
    /// Of the one that it took back.
    pub undoes: Option<String>,
    /// Objects that are as before.
    pub changed: u64,
}

/// One row of an object's tags.
#[derive(Serialize, ToSchema)]
pub struct Assignment {
    pub kind: String,
    /// Id; a user's key.
    pub object: String,
    /// First month in which it holds.
    pub since: String,
    /// Null: cleared.
    pub customer_id: Option<String>,
    pub changed_at: String,
    pub changed_by: String,
}

pub fn assign_described() -> Described {
    Described::new(
        "Assign objects to a customer, or clear their tags",
        "All or nothing. A filter needs the stamp that a dry run answered, so that nobody is changed unseen.",
    )
    .body::<NewAssignments>()
    .answers::<Changed>(200, "What changed, or would change")
    .problems(&[
        (
            409,
            "The month is locked (SEAT-P01) or has not begun (SEAT-P02); a site and its delivery groups (SEAT-A01); the customer is \
             archived (SEAT-A04); the set behind the filter is another (SEAT-A05). Nothing was changed.",
        ),
        (413, "The body is too large (SEAT-C08)."),
        (422, "No object (SEAT-A02) or customer (SEAT-A03) has the id."),
    ])
}

pub async fn assign(mut call: Call) -> Answer {
    let body: NewAssignments = call.json().await?;
    let objects = changes::objects(body.objects, body.filter)?;
    changes::make(&call, &body.period, objects, Decision::Assign(body.customer_id), body.dry_run).await
}

pub fn undo_described() -> Described {
    Described::new(
        "Undo a bulk change",
        "Of tags or of free flags; within 24 hours, while its month is open. Puts every row back as it stood before.",
    )
    .takes(&[Parameter::required("id", Kind::Text, "`batch_id` of the change.")])
    .answers::<Undone>(200, "The change that took it back")
    .problems(&[
        (404, "No change has the id (SEAT-A11)."),
        (409, "Too old, undone already, or a later change stands on it (SEAT-A12); the month is locked (SEAT-P01)."),
    ])
}

pub async fn undo(call: Call) -> Answer {
    let id = call.part("id")?;
    let (now, actor) = (call.now, call.actor());
    let batch = call.write(move |store| Ok(store.undo(&id, now, &actor)?)).await?;
    Ok(HttpResponse::Ok().json(Undone { batch_id: batch.id, undoes: batch.undoes, changed: batch.objects }))
}

pub fn history_described() -> Described {
    Described::new(
        "Tags of one object, newest month first",
        "Empty for an object without tags. What was replaced within one month stands in the audit trail.",
    )
    .takes(&[
        Parameter::required(
            "kind",
            Kind::One(&["user", "license-server", "site", "delivery-group", "netscaler"]),
            "Kind of the object.",
        ),
        Parameter::required("object", Kind::Text, "Its id; a user in any spelling."),
        LIMIT,
        CURSOR,
    ])
    .answers::<List<Assignment>>(200, "A part of the list")
}

pub async fn history(call: Call) -> Answer {
    let part = Part::of(&call)?;
    let missing = |name: &str| Fault::malformed(format!("{name}: expected a value, found none"));
    let kind: ObjectKind = call.query.get("kind").ok_or_else(|| missing("kind"))?.parse()?;
    let object = ObjectRef::new(kind, call.query.get("object").ok_or_else(|| missing("object"))?);
    let asked = object.clone();
    let history = call.read(move |store| Ok(store.history_of(&asked)?)).await?.unwrap_or_default();
    let after = part.after.as_ref().and_then(|keys| keys.first().cloned());
    let since = |entry: &TagChange| entry.since.to_string();
    let items: Vec<Assignment> = history
        .tags
        .into_iter()
        .filter(|entry| after.as_ref().is_none_or(|after| since(entry) < *after))
        .take(part.limit + 1)
        .map(|entry| Assignment {
            kind: kind.to_string(),
            object: object.id.clone(),
            since: entry.since.to_string(),
            customer_id: entry.customer.map(|customer| customer.id),
            changed_at: entry.changed_at,
            changed_by: entry.changed_by,
        })
        .collect();
    Ok(HttpResponse::Ok().json(part.list(items, |item: &Assignment| vec![item.since.clone()])))
}
