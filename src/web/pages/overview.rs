//! The overview: can this month be reported? The answer, what stands in the way, and where to go next.

mod steps;

use std::sync::Arc;

use actix_web::http::StatusCode;
use askama::Template;

use self::steps::Step;
use super::usage::month_beside;
use super::{changes, render};
use crate::domain::period::BillingPeriod;
use crate::export::Status;
use crate::store::Store;
use crate::store::checklist::Checklist;
use crate::store::figures::{FeatureFigures, Figures, Users};
use crate::web::call::{Answer, Call};
use crate::web::chart::{Spark, Trend};
use crate::web::checks::{self, Check, Weight};
use crate::web::components::Figure;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, Product, View};
use crate::web::report::{self, number};
use crate::web::show;

#[derive(Template)]
#[template(path = "pages/overview.html")]
struct Page {
    frame: Frame,
    heading: String,
    why: String,
    /// The next act: its words and address.
    act: Option<(String, String)>,
    /// In place of the rest while the installation is young.
    steps: Vec<Step>,
    sums: Vec<Sum>,
    checks: Vec<Check>,
    /// What can be taken back, by those who may.
    changes: Vec<changes::Row>,
    products: Vec<ProductRow>,
    /// `September`, beside the month of the page.
    before: String,
    /// In a month without usage, the newest one with it.
    newest: Option<(String, String)>,
    trend: Option<(String, Trend, Option<String>)>,
    networking: Option<String>,
}

impl Page {
    fn to_look_at(&self) -> usize {
        self.checks.iter().filter(|check| matches!(check.line.weight, Weight::Blocks | Weight::Look)).count()
    }
}

struct Sum {
    label: String,
    figure: Figure,
    note: String,
    is_warning: bool,
}

struct ProductRow {
    name: String,
    code: String,
    href: String,
    before: Figure,
    now: Figure,
    change: String,
    spark: Spark,
}

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let page = call.read(move |store| page(store, &view)).await?;
    render(StatusCode::OK, &page)
}

fn page(store: &Store, view: &View) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Overview, "Overview")?;
    frame.title = format!("Overview, {}", frame.month);
    let mut page = Page {
        heading: format!("Overview, {}", frame.month),
        why: String::new(),
        act: None,
        steps: Vec::new(),
        sums: Vec::new(),
        checks: Vec::new(),
        changes: Vec::new(),
        products: Vec::new(),
        before: String::new(),
        newest: None,
        trend: None,
        networking: None,
        frame,
    };
    let frame = &page.frame;
    if frame.product == Product::Networking {
        page.networking = Some(frame.link("/netscaler", &[]));
        return Ok(page);
    }
    let year = report::year(store, &view.app, frame.period)?;
    let before = frame.period.plus_months(-1).unwrap_or(frame.period);
    let (now, then) =
        (view.app.memory.figures(store, frame.period)?, view.app.memory.figures(store, before)?);
    page.changes = changes::recent(store, frame)?;
    let is_young = steps::is_young(store)?;
    if is_young {
        page.steps = steps::all(store, frame, &now)?;
        "Five steps to the first month".clone_into(&mut page.heading);
        "Each ticks itself as soon as it is true. Nothing to confirm here.".clone_into(&mut page.why);
    }
    let Some(code) = main_feature(&now).map(|feature| feature.feature.clone()) else {
        page.newest = report::newest(store, frame, "/")?;
        return Ok(page);
    };
    let building = Building { store, frame, now: &now, then: &then, year: &year };
    page.before = month_beside(before, frame.period);
    if !is_young {
        let checklist = store.checklist(&view.app.memory, frame.period, view.now)?;
        let lines = checks::reporting(&checklist, frame.clock, frame.may_look_inside());
        let checks: Vec<Check> = lines.into_iter().map(|line| Check::of(frame, &checklist, line)).collect();
        (page.heading, page.why, page.act) = answer(frame, &checklist, &checks);
        page.checks = checks;
    }
    page.sums = building.sums(&code);
    page.products = building.products()?;
    page.trend = building.trend(&code)?;
    Ok(page)
}

/// The feature with the most users: what is drawn and summed first.
fn main_feature(figures: &Figures) -> Option<&FeatureFigures> {
    figures.features.iter().max_by_key(|feature| feature.total.users)
}

/// Heading, why, and the next act.
fn answer(
    frame: &Frame,
    checklist: &Checklist,
    checks: &[Check],
) -> (String, String, Option<(String, String)>) {
    let month = show::month_name(frame.period);
    let blocking: Vec<&Check> = checks.iter().filter(|check| check.line.weight == Weight::Blocks).collect();
    let running = frame.period == BillingPeriod::of(frame.clock.now, frame.clock.zone);
    let things = match blocking.len() {
        0 => "Nothing stands in the way.".to_owned(),
        1 => "One thing stands in the way.".to_owned(),
        more => format!("{} things stand in the way.", word(more)),
    };
    let locks = match frame.status {
        Status::Open => format!(
            "The month locks on {}, {}; from then on its tags and figures are final.",
            frame.locks.text,
            checks::days_to_lock(checklist, frame.clock).1
        ),
        Status::Locked => format!("The month is locked since {}: its tags cannot change.", frame.locks.text),
        Status::Closed => "The month is closed: its figures are final.".to_owned(),
    };
    let heading = match (frame.status, running, blocking.is_empty()) {
        (Status::Open, true, _) => format!("{month} is still running"),
        (Status::Closed, ..) => format!("{month} is closed"),
        (_, _, true) => format!("{month} is ready to report"),
        (_, _, false) => format!("{month} is not ready to report"),
    };
    let why = if frame.status == Status::Closed { locks } else { format!("{things} {locks}") };
    if frame.status == Status::Closed {
        // What the checks tell of it cannot be changed any more.
        let act = (format!("See the statement of {month}"), frame.link("/statement", &[]));
        return (heading, why, Some(act));
    }
    let act = blocking.iter().find_map(|check| check.act.clone()).or_else(|| {
        let next = match checklist.refusal {
            None if frame.may_operate() => (format!("Close {month}"), frame.link("/period", &[])),
            _ => (format!("Export {month}"), frame.link("/exports", &[])),
        };
        (!running && blocking.is_empty()).then_some(next)
    });
    (heading, why, act)
}

fn word(number: usize) -> String {
    const WORDS: [&str; 5] = ["No", "One", "Two", "Three", "Four"];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

struct Building<'a> {
    store: &'a Store,
    frame: &'a Frame,
    now: &'a Figures,
    then: &'a Figures,
    year: &'a [Arc<Figures>],
}

impl Building<'_> {
    fn label(&self, code: &str) -> String {
        match self.now.feature(code) {
            Some(feature) => report::label(feature, self.now),
            None => report::name_of(code),
        }
    }

    /// Where a figure of the feature is explained.
    fn why(&self, code: &str, pairs: &[(&str, &str)]) -> String {
        let pairs: Vec<(&str, &str)> = [("feature", code)].iter().chain(pairs).copied().collect();
        format!("{}#why", self.frame.link("/usage", &pairs))
    }

    /// The same of all its users in the month before; `n/a` without such a month.
    fn before(&self, code: &str, users: i64) -> Figure {
        let pairs = [("feature", code), ("explain", "total")];
        let href = || format!("{}#why", self.frame.link_in(self.then.period, "/usage", &pairs));
        match users {
            _ if self.then.features.is_empty() => Figure { text: "n/a".to_owned(), ..Figure::default() },
            0 => Figure::plain(0),
            some => Figure::to(some, href()),
        }
    }

    fn sums(&self, code: &str) -> Vec<Sum> {
        let of = |figures: &Figures| figures.feature(code).map_or(Users::default(), |found| found.total);
        let (now, then) = (of(self.now), of(self.then));
        let month = month_beside(self.then.period, self.frame.period);
        let figure = |users: u64, explain: &str, only: &str| match (users, only) {
            (0, _) => Figure::plain(0),
            (users, "") => Figure::to(number(users), self.why(code, &[("explain", explain)])),
            (users, only) => {
                Figure::to(number(users), self.why(code, &[("explain", explain), ("only", only)]))
            }
        };
        let has_before = !self.then.features.is_empty();
        let change = |now: u64, then: u64| show::change_since(number(now), number(then), has_before);
        let unlinked =
            self.now.feature(code).and_then(|found| found.customer(None)).map_or(0, |row| row.users.users);
        let plain = |label: &str, only: &str, users: u64, was: u64| Sum {
            label: label.to_owned(),
            figure: figure(users, "total", only),
            note: change(users, was),
            is_warning: false,
        };
        let mut all = plain(&format!("Users, {}", self.label(code)), "", now.users, then.users);
        all.note = format!("{} on {month}", all.note);
        // Where there are several features, others have unlinked users too.
        let (label, whose) = match self.now.features.len() {
            0 | 1 => ("Unlinked".to_owned(), "all".to_owned()),
            _ => (format!("Unlinked in {}", self.label(code)), format!("all in {}", self.label(code))),
        };
        vec![
            all,
            plain("Paid", "paid", now.paid, then.paid),
            plain("Free", "free", now.free, then.free),
            Sum {
                label,
                figure: figure(unlinked, "unlinked", ""),
                note: match unlinked {
                    0 => "every user has a customer".to_owned(),
                    some => format!("{} of {whose}", show::share(number(some), number(now.users))),
                },
                is_warning: unlinked > 0,
            },
        ]
    }

    fn products(&self) -> Result<Vec<ProductRow>, Fault> {
        let mut codes: Vec<&str> = self.now.features.iter().map(|feature| feature.feature.as_str()).collect();
        codes.extend(self.then.features.iter().map(|feature| feature.feature.as_str()));
        let users = |figures: &Figures, code: &str| {
            figures.feature(code).map_or(0, |found| number(found.total.users))
        };
        codes.sort_by_key(|code| (std::cmp::Reverse(users(self.now, code)), *code));
        codes.dedup();
        let row = |code: &str| -> Result<ProductRow, Fault> {
            let (now, then) = (users(self.now, code), users(self.then, code));
            let href = self.frame.link("/usage", &[("feature", code)]);
            let points: Result<Vec<_>, Fault> = self
                .year
                .iter()
                .map(|month| report::point(self.store, month, self.frame.clock.now, users(month, code)))
                .collect();
            Ok(ProductRow {
                name: self.label(code),
                code: code.to_owned(),
                before: self.before(code, then),
                now: Figure::to(now, href.clone()),
                change: show::change_since(now, then, !self.then.features.is_empty()),
                spark: Spark::of(&points?),
                href,
            })
        };
        codes.into_iter().map(row).collect()
    }

    /// With its noun, and the entitlement in words.
    fn trend(&self, code: &str) -> Result<Option<(String, Trend, Option<String>)>, Fault> {
        if self.year.len() < 2 {
            return Ok(None);
        }
        let points: Result<Vec<_>, Fault> = self
            .year
            .iter()
            .map(|month| {
                let users = month.feature(code).map_or(0, |found| number(found.total.users));
                report::point(self.store, month, self.frame.clock.now, users)
            })
            .collect();
        let grants = report::grants(self.store, &self.frame.rules, self.now, self.frame.clock.now)?;
        let entitled = grants.get(code).and_then(|grant| grant.entitled).filter(|entitled| *entitled > 0);
        let noun = format!("{} users", self.label(code));
        let trend = Trend::of(&noun, &points?, entitled);
        Ok(Some((noun, trend, entitled.map(show::figure))))
    }
}
