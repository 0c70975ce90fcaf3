//! What pages and calls tell of a month beside its figures: entitlements, months before, names of features.

use std::collections::BTreeMap;

use super::app::App;
use super::chart::Point;
use super::fault::Fault;
use super::frame::Frame;
use super::show;
use crate::domain::entitlement::Entitled;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::product;
use crate::export::Status;
use crate::store::Store;
use crate::store::figures::{FeatureFigures, Figures};
use crate::store::rules::Rules;

/// What is granted of a feature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    pub entitled: Option<i64>,
    /// A license file grants it without counting.
    pub is_uncounted: bool,
    /// Users above it, 0 where none are; `None` where it is not known.
    pub overage: Option<i64>,
}

/// Entitlements by feature: of a closed period as its statement keeps them.
pub fn grants(
    store: &Store,
    rules: &Rules,
    figures: &Figures,
    now: UtcInstant,
) -> Result<BTreeMap<String, Grant>, Fault> {
    if figures.closed {
        let kept = figures.features.iter().map(|feature| {
            // A statement keeps no overage where there is none; where it has an entitlement, that is 0.
            let overage = feature.overage.or(feature.entitled.map(|_| 0));
            let grant = Grant { entitled: feature.entitled, is_uncounted: false, overage };
            (feature.feature.clone(), grant)
        });
        return Ok(kept.collect());
    }
    let found = store.entitlements(figures.period, now, rules.lock.time_zone)?;
    let grant = |(code, entitled): (&str, Entitled)| {
        let users = figures.feature(code).map_or(0, |feature| number(feature.total.users));
        let grant = match entitled {
            Entitled::Licenses(licenses) => Grant {
                entitled: Some(licenses),
                is_uncounted: false,
                overage: Some(entitled.overage(users).unwrap_or(0)),
            },
            Entitled::Uncounted => Grant { entitled: None, is_uncounted: true, overage: None },
        };
        (code.to_owned(), grant)
    };
    Ok(found.iter().map(grant).collect())
}

/// Figures of up to twelve months, the month of the page last: from the first with usage on.
pub fn year(store: &Store, app: &App, period: BillingPeriod) -> Result<Vec<std::sync::Arc<Figures>>, Fault> {
    let first = store.first_period()?.unwrap_or(period).min(period);
    let months = (0..12).rev().filter_map(|back| period.plus_months(-back)).filter(|month| *month >= first);
    months.map(|month| Ok(app.memory.figures(store, month)?)).collect()
}

/// A month of a drawing.
pub fn point(store: &Store, figures: &Figures, now: UtcInstant, users: i64) -> Result<Point, Fault> {
    Ok(Point::of(figures.period, users, Status::of(store, figures.period, now)?))
}

/// The newest month with usage, where the month of the page has none: its name, and the page of it.
pub fn newest(store: &Store, frame: &Frame, path: &str) -> Result<Option<(String, String)>, Fault> {
    let newest = store.newest_period()?.filter(|newest| *newest != frame.period);
    Ok(newest.map(|newest| (show::month(newest), frame.link_in(newest, path, &[]))))
}

/// Months that a form offers, the newest first: `2026-10`, `October 2026`.
pub fn months(store: &Store, frame: &Frame) -> Result<Vec<(String, String)>, Fault> {
    const MOST: i64 = 120;
    let current = BillingPeriod::of(frame.clock.now, frame.clock.zone);
    let first = store.first_period()?.unwrap_or(frame.period).min(frame.period);
    let months = (0..MOST).filter_map(|back| current.plus_months(-back)).take_while(|month| *month >= first);
    Ok(months.map(|month| (month.to_string(), show::month(month))).collect())
}

/// `Premium`; the code of a feature without an edition, and beside one whose edition another one has too.
pub fn label(feature: &FeatureFigures, all: &Figures) -> String {
    let short = |edition: &str| edition.split(" (").next().unwrap_or_default().to_owned();
    let own = short(&feature.edition);
    if own.is_empty() {
        return feature.feature.clone();
    }
    let same =
        all.features.iter().filter(|other| short(&other.edition) == own && other.product == feature.product);
    if same.count() > 1 { format!("{own}, {}", feature.feature) } else { own }
}

/// The same by its code, whether it has users in the month or not.
pub fn label_of(code: &str, all: &Figures) -> String {
    all.feature(code).map_or_else(|| name_of(code), |found| label(found, all))
}

/// The same of a code that has no users this month.
pub fn name_of(code: &str) -> String {
    let edition = product::edition_of(code).split(" (").next().unwrap_or_default();
    if edition.is_empty() { code.to_owned() } else { edition.to_owned() }
}

/// For arithmetic with signs.
pub fn number(users: u64) -> i64 {
    i64::try_from(users).unwrap_or(i64::MAX)
}
