//! What bulk changes of tags and of free flags share: the objects that a body names, and the answer.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::users::UserFilter;
use crate::domain::ids::{ObjectKind, canonical_guid};
use crate::domain::period::BillingPeriod;
use crate::store::assignments::{Move, ObjectRef};
use crate::store::batches::{Change, Decision, Objects};
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;

/// One object.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// user, license-server, site, delivery-group or netscaler.
    pub kind: String,
    /// A user in any spelling, else the id.
    pub id: String,
}

/// What a change did, or would do.
#[derive(Serialize, ToSchema)]
pub struct Changed {
    pub changed: u64,
    /// Objects that stood so already.
    pub unchanged: u64,
    /// Users who change from one row of the report to another; null is the unlinked row.
    pub moves: Vec<FromTo>,
    /// Users who count in a further row.
    pub joins: Vec<To>,
    /// Users who leave one of several rows.
    pub leaves: Vec<From>,
    /// By which it is undone; null of a dry run, and where nothing changed.
    pub batch_id: Option<String>,
    /// Of the set behind a filter; null where objects were named.
    pub stamp: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Move)]
pub struct FromTo {
    pub from: Option<String>,
    pub to: Option<String>,
    pub users: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Join)]
pub struct To {
    pub to: Option<String>,
    pub users: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Leave)]
pub struct From {
    pub from: Option<String>,
    pub users: u64,
}

/// A field that must be there, be it null.
pub fn named<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(from)
}

/// The objects of a body. Errors: `SEAT-C07` unless it names objects or a filter, one of both; `SEAT-A06`.
pub fn objects(named: Option<Vec<Object>>, filter: Option<UserFilter>) -> Result<Objects, Fault> {
    let wanted = |found: &str| {
        Fault::malformed(format!(
            "expected objects or filter, one of both, found {found}; nothing was changed"
        ))
    };
    match (named, filter) {
        (Some(_), Some(_)) => Err(wanted("both")),
        (None, None) => Err(wanted("neither")),
        (Some(objects), None) if objects.is_empty() => {
            Err(Fault::malformed("objects: expected at least one, found none"))
        }
        (Some(objects), None) => Ok(Objects::List(objects.iter().map(checked).collect::<Result<_, _>>()?)),
        (None, Some(filter)) => {
            Ok(Objects::Selected { filter: filter.filter()?, stamp: filter.stamp.clone() })
        }
    }
}

fn checked(object: &Object) -> Result<ObjectRef, Fault> {
    let kind: ObjectKind = object.kind.parse()?;
    let id = crate::web::pages::assign::checked(kind, &object.id)?;
    Ok(ObjectRef::new(
        kind,
        canonical_guid(&id).filter(|_| kind != ObjectKind::User).as_deref().unwrap_or(&id),
    ))
}

/// Makes the change, or looks at it.
pub async fn make(call: &Call, period: &str, objects: Objects, what: Decision, dry_run: bool) -> Answer {
    let period: BillingPeriod = period.parse()?;
    let change = Change { period, objects, what };
    let (app, now, actor) = (call.app.clone(), call.now, call.actor());
    let answer = call
        .write(move |store| {
            if dry_run {
                let found = store.preview(&app.memory, &change, now, &actor)?;
                return Ok(changed(found.changed, found.unchanged, found.moves, None, found.stamp));
            }
            let done = store.make(&app.memory, &change, now, &actor, true)?;
            Ok(changed(done.changed, done.unchanged, done.moves, done.batch_id, done.stamp))
        })
        .await?;
    Ok(HttpResponse::Ok().json(answer))
}

pub fn changed(
    changed: u64,
    unchanged: u64,
    found: Vec<Move>,
    batch_id: Option<String>,
    stamp: Option<String>,
) -> Changed {
    let mut answer = Changed {
        changed,
        unchanged,
        moves: Vec::new(),
        joins: Vec::new(),
        leaves: Vec::new(),
        batch_id,
        stamp,
    };
    for Move { from, to, users } in found {
        match (from, to) {
            (Some(from), Some(to)) => answer.moves.push(FromTo { from, to, users }),
            (None, Some(to)) => answer.joins.push(To { to, users }),
            (Some(from), None) => answer.leaves.push(From { from, users }),
            (None, None) => {}
        }
    }
    answer
}
