//! Usage of a month: figures by customer and source, each opening its explanation in place, held against another month.

mod address;
mod explanation;
mod late;
mod others;
mod part;
mod rows;

use std::sync::Arc;

use actix_web::http::StatusCode;
use askama::Template;

use self::address::Address;
use self::explanation::Explained;
use self::late::LateRows;
use self::others::{Gap, Other, gaps, others};
use self::rows::{CustomerRows, SourceRow};
use super::render;
use crate::domain::error::quoted;
use crate::domain::period::BillingPeriod;
use crate::store::Store;
use crate::store::explain::What;
use crate::store::figures::{FeatureFigures, Figures};
use crate::web::app::App;
use crate::web::call::{Answer, Call};
use crate::web::chart::Granted;
use crate::web::components::{Chip, Figure};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, Product, View, not_begun};
use crate::web::report::{self, number};
use crate::web::show;

#[derive(Template)]
#[template(path = "pages/usage.html")]
struct Page {
    frame: Frame,
    /// Months that this one can be held against.
    compare: Vec<(String, String)>,
    chips: Vec<Chip>,
    /// What is shown; `None` in a month without usage.
    feature: Option<Feature>,
    /// Whether the address asks for a feature that nobody used.
    is_asked: bool,
    /// In a month without usage, the newest one with it.
    newest: Option<(String, String)>,
    networking: Option<String>,
    others: Vec<Other>,
    gaps: Vec<Gap>,
    /// What came too late for the month, and what its statement carries of months before; `None` where nothing.
    late: Option<LateRows>,
    carried: Option<LateRows>,
}

/// All that is told of one feature.
struct Feature {
    label: String,
    code: String,
    /// Month that it is held against.
    before: String,
    sums: Vec<Sum>,
    customers: CustomerRows,
    sources: Vec<SourceRow>,
    /// Of all sources, and the address that shows them all.
    source_count: usize,
    all_sources: Option<String>,
    grant: Option<GrantShown>,
    explained: Option<Explained>,
    csv: String,
}

struct Sum {
    label: &'static str,
    figure: Figure,
    note: String,
}

struct GrantShown {
    bar: Option<Granted>,
    entitled: String,
    used: String,
    overage: Option<String>,
}

/// Sources shown before the rest is asked for.
const SOURCES: usize = 20;

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let address = Address::of(&call.query)?;
    let page = call.read(move |store| page(store, &view, address)).await?;
    render(StatusCode::OK, &page)
}

fn page(store: &Store, view: &View, address: Address) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Usage, "Usage")?;
    frame.title = format!("Usage, {}", frame.month);
    if frame.product == Product::Networking {
        let networking = Some(frame.link("/netscaler", &[]));
        return Ok(Page {
            frame,
            compare: Vec::new(),
            chips: Vec::new(),
            feature: None,
            is_asked: false,
            newest: None,
            networking,
            others: Vec::new(),
            gaps: Vec::new(),
            late: None,
            carried: None,
        });
    }
    let app = &view.app;
    let now = app.memory.figures(store, frame.period)?;
    if let Some(compare) = address.compare {
        comparable(&frame, compare)?;
    }
    let before = address.compare.or(frame.period.plus_months(-1)).unwrap_or(frame.period);
    let then = app.memory.figures(store, before)?;
    let mut codes: Vec<&FeatureFigures> = now.features.iter().collect();
    // A month without usage says so, and is no table of noughts, unless somebody wants to compare.
    if !now.features.is_empty() || address.compare.is_some() || address.feature.is_some() {
        codes.extend(then.features.iter().filter(|feature| now.feature(&feature.feature).is_none()));
    }
    codes.sort_by_key(|feature| std::cmp::Reverse(feature.total.users));
    let chosen = address.feature.clone().or_else(|| codes.first().map(|feature| feature.feature.clone()));
    let chip = |feature: &&FeatureFigures| {
        let users = now.feature(&feature.feature).map_or(0, |found| number(found.total.users));
        let href = address.with_feature(&feature.feature).link(&frame);
        let is_on = chosen.as_ref() == Some(&feature.feature);
        Chip::choice(report::label(feature, &now), Some(users), href, is_on)
    };
    let chips = codes.iter().map(chip).collect();
    let compare = report::months(store, &frame)?
        .into_iter()
        .filter(|(month, _)| *month != frame.period.to_string())
        .map(|(month, label)| (address.with_compare(month.parse().ok()).link(&frame), label))
        .take(24)
        .collect();
    let shown = codes.iter().find(|feature| chosen.as_ref() == Some(&feature.feature));
    let feature = match shown {
        None => None,
        Some(shown) => Some(
            Building { store, app, frame: &frame, address: &address, now: &now, then: &then }
                .feature(shown)?,
        ),
    };
    let others = others(store, &frame)?;
    let gaps = gaps(store, &frame)?;
    let late = Some(late::late(store, app, &frame, &now)?).filter(|late| late.count > 0);
    let carried = Some(late::carried(store, &frame, &now)?).filter(|carried| carried.count > 0);
    let is_asked = address.feature.is_some();
    let newest = if feature.is_none() { report::newest(store, &frame, "/usage")? } else { None };
    Ok(Page {
        frame,
        compare,
        chips,
        feature,
        is_asked,
        newest,
        networking: None,
        others,
        gaps,
        late,
        carried,
    })
}

/// A month is held against another one that has begun. Errors: 400, 404.
fn comparable(frame: &Frame, compare: BillingPeriod) -> Result<(), Fault> {
    if compare > BillingPeriod::of(frame.clock.now, frame.clock.zone) {
        return Err(not_begun(compare));
    }
    if compare == frame.period {
        return Err(Fault::malformed(format!(
            "compare: expected another month than {}, found the same",
            frame.month
        )));
    }
    Ok(())
}

struct Building<'a> {
    store: &'a Store,
    app: &'a Arc<App>,
    frame: &'a Frame,
    address: &'a Address,
    now: &'a Arc<Figures>,
    then: &'a Arc<Figures>,
}

impl Building<'_> {
    fn feature(&self, shown: &FeatureFigures) -> Result<Feature, Fault> {
        let code = &shown.feature;
        let address = self.address.with_feature(code);
        let empty = FeatureFigures {
            customers: Vec::new(),
            sources: Vec::new(),
            total: Default::default(),
            overlap: 0,
            ..shown.clone()
        };
        let now = self.now.feature(code).unwrap_or(&empty);
        let then = self.then.feature(code).unwrap_or(&empty);
        let has_before = !self.then.features.is_empty();
        let customers = CustomerRows::of(self.frame, &address, now, then, has_before);
        let known = self.store.list_sources(self.frame.period)?;
        let all: Vec<SourceRow> = rows::sources(self.frame, &address, now, &known);
        let source_count = all.len();
        let is_long = source_count > SOURCES && !address.all_sources;
        let asked_at = address.what().and_then(|what| match what {
            What::Source(id) => all.iter().position(|row| row.id == id),
            _ => None,
        });
        // The source that is explained is shown, wherever it stands.
        let most = if is_long { SOURCES.max(asked_at.map_or(0, |at| at + 1)) } else { source_count };
        let sources = all.into_iter().take(most).collect();
        let explained = match address.what() {
            None => None,
            Some(what) => {
                let is_source = |id: &str| known.iter().any(|source| source.id == *id);
                self.require_known(&what, now, is_source)?;
                Some(self.explained(&address, now, &what)?)
            }
        };
        let grant = report::grants(self.store, &self.frame.rules, self.now, self.frame.clock.now)?;
        Ok(Feature {
            label: report::label(shown, self.now),
            code: code.clone(),
            before: month_beside(self.then.period, self.frame.period),
            sums: self.sums(&address, now, then),
            customers,
            sources,
            source_count,
            all_sources: is_long.then(|| address.with_all_sources().link(self.frame)),
            grant: grant.get(code).map(|grant| granted(*grant, number(now.total.users))),
            explained,
            csv: self.frame.link("/exports/download", &[("report", "usage"), ("format", "csv")]),
        })
    }

    fn explained(&self, address: &Address, now: &FeatureFigures, what: &What) -> Result<Explained, Fault> {
        let roster = self.app.memory.roster(self.store, self.frame.period)?;
        let (start, limit) = (address.start(), explanation::LIMIT);
        let found = self.store.explain_part(&roster, &now.feature, what, address.only_free, start, limit)?;
        Ok(Explained::of(self.frame, address, now, what, &found))
    }

    /// Whom an explanation names is somebody, with users or without. Errors: 404.
    fn require_known(
        &self,
        what: &What,
        now: &FeatureFigures,
        is_source: impl Fn(&str) -> bool,
    ) -> Result<(), Fault> {
        match what {
            What::Customer(Some(id)) if now.customer(Some(id)).is_none() => {
                super::customer::find(self.store, id).map(|_| ())
            }
            What::Source(id) if !is_source(id) && !now.sources.iter().any(|source| source.id == *id) => {
                Err(Fault::not_found(format!(
                    "explain: expected the id of a license server or delivery group, found {}",
                    quoted(id)
                )))
            }
            _ => Ok(()),
        }
    }

    fn sums(&self, address: &Address, now: &FeatureFigures, then: &FeatureFigures) -> Vec<Sum> {
        let of = |users, only| rows::opens(self.frame, address, &What::Total, users, only);
        let has_before = !self.then.features.is_empty();
        let change = |users: u64, before: u64| show::change_since(number(users), number(before), has_before);
        let month = month_beside(self.then.period, self.frame.period);
        let (all, was) = (now.total, then.total);
        let overlap = number(now.overlap);
        let several = self.frame.may_look_inside() && overlap > 0;
        let href = || self.frame.link("/users", &[("feature", &now.feature), ("several", "true")]);
        let note = if overlap == 0 { "nobody counts twice" } else { "counted at several customers" };
        vec![
            Sum {
                label: "Users",
                figure: of(all.users, None),
                note: format!("{} on {month}", change(all.users, was.users)),
            },
            Sum { label: "Paid", figure: of(all.paid, Some(false)), note: change(all.paid, was.paid) },
            Sum { label: "Free", figure: of(all.free, Some(true)), note: change(all.free, was.free) },
            Sum {
                label: "Overlap",
                figure: if several { Figure::to(overlap, href()) } else { Figure::plain(overlap) },
                note: format!("{note}, {} on {month}", change(now.overlap, then.overlap)),
            },
        ]
    }
}

fn granted(grant: report::Grant, used: i64) -> GrantShown {
    GrantShown {
        bar: grant.entitled.map(|entitled| Granted::of(used, entitled)),
        entitled: match grant.entitled {
            Some(entitled) => show::figure(entitled),
            None if grant.is_uncounted => "uncounted".to_owned(),
            None => "n/a".to_owned(),
        },
        used: show::figure(used),
        overage: grant.overage.filter(|over| *over > 0).map(show::figure),
    }
}

/// `September`; with its year beside a month of another year.
pub fn month_beside(month: BillingPeriod, beside: BillingPeriod) -> String {
    if month.year() == beside.year() || beside.plus_months(-1) == Some(month) {
        show::month_name(month).to_owned()
    } else {
        show::month(month)
    }
}
