//! Users of a month: a list that is filtered as the users page is.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::{List, Part};
use crate::domain::error::quoted;
use crate::domain::period::BillingPeriod;
use crate::store::roster::{Filter, RosterUser, Start};
use crate::web::call::{Answer, Call};
use crate::web::description::{CURSOR, Described, Kind, LIMIT, PERIOD, Parameter};
use crate::web::fault::Fault;

/// Who was seen in a month, features taken together.
#[derive(Serialize, ToSchema)]
pub struct User {
    /// Identity key.
    pub id: String,
    /// Shown spelling.
    pub name: String,
    /// Codes.
    pub features: Vec<String>,
    pub sources: Vec<UserSource>,
    /// Where the user counts; null is the unlinked row. Of several customers the first in precedence.
    pub customer_id: Option<String>,
    /// What decided: user, delivery-group, site, license-server; null where nothing did.
    pub via: Option<String>,
    pub free: bool,
}

/// A license server or delivery group that saw the user.
#[derive(Serialize, ToSchema)]
pub struct UserSource {
    pub kind: String,
    pub id: String,
    pub name: String,
}

impl From<RosterUser<'_>> for User {
    fn from(user: RosterUser<'_>) -> Self {
        let sources = user.sources.iter().map(|source| UserSource {
            kind: source.kind.to_owned(),
            id: source.id.to_owned(),
            name: source.name.to_owned(),
        });
        Self {
            id: user.key.to_owned(),
            name: user.name.to_owned(),
            features: user.features.iter().map(|code| (*code).to_owned()).collect(),
            sources: sources.collect(),
            customer_id: user.customer_id().map(str::to_owned),
            via: user.via().map(|via| via.as_str().to_owned()),
            free: user.free,
        }
    }
}

/// What a list of users is narrowed to, all of it together; and the stamp of that set, as a dry run answered it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserFilter {
    /// Part of the name, in any spelling.
    pub q: Option<String>,
    /// Id of a customer, or `none`: the unlinked row.
    pub customer: Option<String>,
    pub linked: Option<bool>,
    pub free: Option<bool>,
    /// Id of a license server or delivery group.
    pub source: Option<String>,
    pub feature: Option<String>,
    pub domain: Option<String>,
    pub bare: Option<bool>,
    pub scrambled: Option<bool>,
    pub aliased: Option<bool>,
    pub several: Option<bool>,
    pub new: Option<bool>,
    /// May be left out of a dry run.
    pub stamp: Option<String>,
}

impl UserFilter {
    /// Errors: `SEAT-C04`.
    pub fn filter(&self) -> Result<Filter, Fault> {
        let word = |truth: Option<bool>| truth.map(|truth| if truth { "true" } else { "false" });
        let pairs = [
            ("q", self.q.as_deref()),
            ("customer", self.customer.as_deref()),
            ("linked", word(self.linked)),
            ("free", word(self.free)),
            ("source", self.source.as_deref()),
            ("feature", self.feature.as_deref()),
            ("domain", self.domain.as_deref()),
            ("bare", word(self.bare)),
            ("scrambled", word(self.scrambled)),
            ("aliased", word(self.aliased)),
            ("several", word(self.several)),
            ("new", word(self.new)),
        ];
        Ok(Filter::parse(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))))?)
    }
}

const FILTERS: &[Parameter] = &[
    Parameter::new("q", Kind::Text, "Part of the name, in any spelling."),
    Parameter::new("customer", Kind::Text, "Counts at this customer, by id; `none` is the unlinked row."),
    Parameter::new("linked", Kind::Truth, "false: in the unlinked row of some feature."),
    Parameter::new("free", Kind::Truth, "Counted as free."),
    Parameter::new("source", Kind::Text, "Seen by this license server or delivery group, by id."),
    Parameter::new("feature", Kind::Text, "Uses it; everything else is then asked of it alone."),
    Parameter::new("domain", Kind::Text, "What stands before the backslash or behind the @."),
    Parameter::new("bare", Kind::Truth, "A name without domain."),
    Parameter::new("scrambled", Kind::Truth, "A name that arrived scrambled."),
    Parameter::new("aliased", Kind::Truth, "Facts of an alias count for the user."),
    Parameter::new("several", Kind::Truth, "Counts at several customers."),
    Parameter::new("new", Kind::Truth, "Not seen in an earlier month."),
];

pub fn list_described() -> Described {
    Described::new("Users of a month by key", "Filters hold together.")
        .takes(&[PERIOD])
        .takes(FILTERS)
        .takes(&[LIMIT, CURSOR])
        .answers::<List<User>>(200, "A part of the list")
}

pub async fn list(call: Call) -> Answer {
    let part = Part::of(&call)?;
    let period = period(&call)?;
    const OTHERS: [&str; 3] = ["period", "limit", "cursor"];
    let filter = Filter::parse(call.query.iter().filter(|(name, _)| !OTHERS.contains(name)))?;
    let after = match part.after.as_deref() {
        None => None,
        Some([key]) => Some(key.clone()),
        Some(_) => return Err(Fault::malformed("cursor: expected one of this list, found another")),
    };
    let app = call.app.clone();
    let most = part.limit + 1;
    let items = call
        .read(move |store| {
            let roster = app.memory.roster(store, period)?;
            let selection = roster.select(&filter);
            let start = after.as_deref().map_or(Start::First, Start::After);
            let page = roster.page(&selection, start, most);
            Ok(roster.users(&selection, &page).map(User::from).collect::<Vec<_>>())
        })
        .await?;
    Ok(HttpResponse::Ok().json(part.list(items, |user: &User| vec![user.id.clone()])))
}

/// The month that a call must name. Errors: `SEAT-C07`, `SEAT-P03`.
pub fn period(call: &Call) -> Result<BillingPeriod, Fault> {
    match call.query.get("period") {
        Some(text) => Ok(text.parse()?),
        None => Err(Fault::malformed(format!("period: expected YYYY-MM, found {}", quoted("")))),
    }
}
