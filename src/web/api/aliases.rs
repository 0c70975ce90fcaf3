//! Aliases: who counts as whom, who may be one, and a change of it.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::changes::{Changed, changed, named};
use super::list::{List, Part};
use super::users::period;
use crate::domain::ids::ObjectKind;
use crate::domain::period::BillingPeriod;
use crate::store::aliases;
use crate::store::assignments::ObjectRef;
use crate::store::identities::{Change, Decision, Link};
use crate::web::call::{Answer, Call};
use crate::web::description::{CURSOR, Described, Kind, LIMIT, PERIOD, Parameter};
use crate::web::fault::Fault;

/// One user counts as another.
#[derive(Serialize, ToSchema)]
pub struct Alias {
    /// Identity key, and shown spelling.
    pub user: String,
    pub name: String,
    /// The user who counts, in the same way.
    pub of: String,
    pub of_name: String,
    /// First month in which it holds.
    pub since: String,
    pub changed_at: String,
    pub changed_by: String,
}

/// An alias to set or clear since a month.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAlias {
    pub period: String,
    /// In any spelling; no upload need have shown it.
    pub user: String,
    /// The user who counts, in the same way; null clears.
    #[serde(deserialize_with = "named")]
    #[schema(required = true)]
    pub of: Option<String>,
    /// Changes nothing, and answers what would move.
    #[serde(default)]
    pub dry_run: bool,
}

/// Two users who may be one.
#[derive(Serialize, ToSchema)]
pub struct Suggestion {
    /// Who would count as `of`: identity key, and shown spelling.
    pub user: String,
    pub name: String,
    pub of: String,
    pub of_name: String,
    /// `same-domain`, `same-customer`, `two-forms`, `bare-name`; the strongest first.
    pub reasons: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
pub struct Suggestions {
    pub items: Vec<Suggestion>,
    /// How many there are in all.
    pub total: u64,
}

pub fn list_described() -> Described {
    Described::new("Aliases in effect in a month, by user", "")
        .takes(&[PERIOD, LIMIT, CURSOR])
        .answers::<List<Alias>>(200, "A part of the list")
}

pub async fn list(call: Call) -> Answer {
    let part = Part::of(&call)?;
    let period = period(&call)?;
    let after = part.after.as_ref().and_then(|keys| keys.first().cloned());
    let most = part.limit + 1;
    let found = call.read(move |store| Ok(store.list_aliases(period, after.as_deref(), most)?)).await?;
    let items: Vec<Alias> = found.into_iter().filter_map(shown).collect();
    Ok(HttpResponse::Ok().json(part.list(items, |alias: &Alias| vec![alias.user.clone()])))
}

fn shown(alias: aliases::Alias) -> Option<Alias> {
    let aliases::Alias { user, of, since, changed_at, changed_by } = alias;
    let of = of?;
    Some(Alias {
        user: user.key,
        name: user.name,
        of: of.key,
        of_name: of.name,
        since: since.to_string(),
        changed_at,
        changed_by,
    })
}

pub fn link_described() -> Described {
    Described::new(
        "Count a user as another, or by itself again",
        "From the month on, the facts of the one count as those of the other; its own tag and free flag rest. Undone as \
         a change of assignments is. Users who change no row of the report are not among the moves.",
    )
    .body::<NewAlias>()
    .answers::<Changed>(200, "What changed, or would change")
    .problems(&[(
        409,
        "The month is locked (SEAT-P01) or has not begun (SEAT-P02); one of the two counts as, or is named by, a third \
         (SEAT-A13). Nothing was changed.",
    )])
}

pub async fn link(mut call: Call) -> Answer {
    let body: NewAlias = call.json().await?;
    let period: BillingPeriod = body.period.parse()?;
    let link = Link { user: user(&body.user)?, of: body.of.as_deref().map(user).transpose()? };
    make(&call, Change { period, what: Decision::CountAs(vec![link]) }, body.dry_run).await
}

fn user(given: &str) -> Result<ObjectRef, Fault> {
    let name = crate::web::pages::assign::checked(ObjectKind::User, given)?;
    Ok(ObjectRef::new(ObjectKind::User, &name))
}

/// Makes the change, or looks at it.
pub async fn make(call: &Call, change: Change, dry_run: bool) -> Answer {
    let (now, actor) = (call.now, call.actor());
    let answer = call
        .write(move |store| {
            if dry_run {
                let found = store.preview_identities(&change, now, &actor)?;
                return Ok(changed(found.changed, found.unchanged, found.moves, None, None));
            }
            let done = store.make_identities(&change, now, &actor, true)?;
            Ok(changed(done.changed, done.unchanged, done.moves, done.batch_id, None))
        })
        .await?;
    Ok(HttpResponse::Ok().json(answer))
}

pub fn suggestions_described() -> Described {
    Described::new(
        "Users of a month who may be one, the most plausible first",
        "Equal names under different domains. Nothing is linked by guess.",
    )
    .takes(&[PERIOD, LIMIT])
    .takes(&[Parameter::new("user", Kind::Text, "Only pairs with this user, in any spelling.")])
    .answers::<Suggestions>(200, "The first of them")
}

pub async fn suggestions(call: Call) -> Answer {
    let part = Part::of(&call)?;
    let period = period(&call)?;
    let (app, limit) = (call.app.clone(), part.limit);
    let asked = call.query.get("user").map(crate::domain::user_key::user_key);
    let answer = call
        .read(move |store| {
            let roster = app.memory.roster(store, period)?;
            let (found, total) = match asked {
                Some(key) => {
                    let found = roster.suggestions_for(&key);
                    let total = found.len();
                    (found, total)
                }
                None => roster.suggestions(limit),
            };
            let items = found.into_iter().take(limit).map(|one| Suggestion {
                user: one.user.0.to_owned(),
                name: one.user.1.to_owned(),
                of: one.of.0.to_owned(),
                of_name: one.of.1.to_owned(),
                reasons: one.reasons.iter().map(|reason| reason.as_str()).collect(),
            });
            Ok(Suggestions { items: items.collect(), total: total as u64 })
        })
        .await?;
    Ok(HttpResponse::Ok().json(answer))
}
