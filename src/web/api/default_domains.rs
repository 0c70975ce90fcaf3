//! Sources of usage with their default domains, and the bare names that those would tell apart.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::changes::{Changed, named};
use super::list::{List, Part};
use super::users::{UserSource, period};
use crate::domain::default_domain;
use crate::domain::ids::ObjectKind;
use crate::domain::period::BillingPeriod;
use crate::store::assignments::ObjectRef;
use crate::store::identities::{Change, Decision};
use crate::web::call::{Answer, Call};
use crate::web::description::{CURSOR, Described, LIMIT, PERIOD};
use crate::web::fault::Fault;

/// A license server or delivery group, from which usage comes.
#[derive(Serialize, ToSchema)]
pub struct UsageSource {
    pub kind: String,
    pub id: String,
    pub name: String,
    /// Id of the site of a delivery group.
    pub site: Option<String>,
    /// What stands before its bare names in the month.
    pub default_domain: Option<String>,
}

/// A default domain to set or clear since a month.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDefaultDomain {
    pub period: String,
    /// license-server or delivery-group.
    pub kind: String,
    pub id: String,
    /// As it stands before the backslash of other names; null clears.
    #[serde(deserialize_with = "named")]
    #[schema(required = true)]
    pub default_domain: Option<String>,
    /// Changes nothing, and answers what would move.
    #[serde(default)]
    pub dry_run: bool,
}

/// A name without domain that several sources report.
#[derive(Serialize, ToSchema)]
pub struct BareName {
    /// Identity key, and shown spelling.
    pub user: String,
    pub name: String,
    /// Without those that have a default domain in the month.
    pub sources: Vec<UserSource>,
}

pub fn list_described() -> Described {
    Described::new(
        "Sources of usage with their default domains in a month",
        "License servers and delivery groups, by kind and id.",
    )
    .takes(&[PERIOD, LIMIT, CURSOR])
    .answers::<List<UsageSource>>(200, "A part of the list")
}

pub async fn list(call: Call) -> Answer {
    let part = Part::of(&call)?;
    let period = period(&call)?;
    let mut items = call
        .read(move |store| {
            let domains = store.default_domains(period)?;
            let sources = store.list_sources(period)?.into_iter();
            let counted =
                sources.filter(|source| ["license-server", "delivery-group"].contains(&&*source.kind));
            let shown = counted.map(|source| UsageSource {
                default_domain: domains.get(&(source.kind.clone(), source.id.clone())).cloned(),
                kind: source.kind,
                id: source.id,
                name: source.name,
                site: source.parent,
            });
            Ok(shown.collect::<Vec<_>>())
        })
        .await?;
    let keys = |source: &UsageSource| vec![source.kind.clone(), source.id.clone()];
    items.sort_by_key(keys);
    let after = part.after.clone();
    let items: Vec<UsageSource> = items
        .into_iter()
        .filter(|source| after.as_ref().is_none_or(|after| keys(source) > *after))
        .take(part.limit + 1)
        .collect();
    Ok(HttpResponse::Ok().json(part.list(items, keys)))
}

pub fn set_described() -> Described {
    Described::new(
        "Set or clear the default domain of a source",
        "From the month on, a bare name of this source counts as DOMAIN\\name. Undone as a change of assignments is.",
    )
    .body::<NewDefaultDomain>()
    .answers::<Changed>(200, "What changed, or would change")
    .problems(&[
        (409, "The month is locked (SEAT-P01) or has not begun (SEAT-P02). Nothing was changed."),
        (422, "No source has the id (SEAT-A02)."),
    ])
}

pub async fn set(mut call: Call) -> Answer {
    let body: NewDefaultDomain = call.json().await?;
    let period: BillingPeriod = body.period.parse()?;
    let kind: ObjectKind = body.kind.parse()?;
    if !matches!(kind, ObjectKind::LicenseServer | ObjectKind::DeliveryGroup) {
        return Err(Fault::malformed(format!(
            "kind: expected license-server or delivery-group, found {kind}"
        )));
    }
    let id = crate::web::pages::assign::checked(kind, &body.id)?;
    let domain = body.default_domain.as_deref().map(default_domain::checked).transpose()?;
    let source = ObjectRef::new(kind, &id);
    let change = Change { period, what: Decision::DefaultDomain { source, domain } };
    super::aliases::make(&call, change, body.dry_run).await
}

pub fn bare_names_described() -> Described {
    Described::new(
        "Bare names of a month that several sources report",
        "Each may be another person on every source, until the sources have default domains.",
    )
    .takes(&[PERIOD, LIMIT, CURSOR])
    .answers::<List<BareName>>(200, "A part of the list")
}

pub async fn bare_names(call: Call) -> Answer {
    let part = Part::of(&call)?;
    let period = period(&call)?;
    let after = part.after.as_ref().and_then(|keys| keys.first().cloned());
    let (app, most) = (call.app.clone(), part.limit + 1);
    let items = call
        .read(move |store| {
            let roster = app.memory.roster(store, period)?;
            let names = app.memory.bare_names(store, period)?;
            let names = names.iter().map(|at| roster.bare_name(*at));
            let shown = names.filter(|name| after.as_deref().is_none_or(|after| name.key > after)).take(most);
            let shown = shown.map(|name| BareName {
                user: name.key.to_owned(),
                name: name.name.to_owned(),
                sources: name
                    .sources
                    .iter()
                    .map(|source| UserSource {
                        kind: source.kind.to_owned(),
                        id: source.id.to_owned(),
                        name: source.name.to_owned(),
                    })
                    .collect(),
            });
            Ok(shown.collect::<Vec<_>>())
        })
        .await?;
    Ok(HttpResponse::Ok().json(part.list(items, |name: &BareName| vec![name.user.clone()])))
}
