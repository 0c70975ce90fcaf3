//! History: the months of any range as a drawing and as a table, by product, customer or source, and who grew.

mod asked;
mod ranking;
mod table;

use std::collections::HashMap;

use actix_web::http::StatusCode;
use askama::Template;

use self::asked::{Asked, Refused};
use self::ranking::{Ends, Ranking, relative};
use self::table::{Making, Table};
use super::{customer, render};
use crate::domain::growth::{Growth, ends};
use crate::domain::period::{BillingPeriod, PeriodRange};
use crate::store::Store;
use crate::store::history::{Month, Split, by_customer, by_product, by_source, features, total};
use crate::web::call::{Answer, Call};
use crate::web::chart::{Point, Trend};
use crate::web::components::Chip;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, Product, View};
use crate::web::report::{self, number};
use crate::web::show;

#[derive(Template)]
#[template(path = "pages/history.html")]
struct Page {
    frame: Frame,
    heading: String,
    ranges: Vec<Chip>,
    /// What stands in the fields of the months, and the newest that they take.
    from: String,
    to: String,
    newest: String,
    kept: Vec<(&'static str, String)>,
    faults: Vec<(&'static str, String)>,
    features: Vec<Chip>,
    /// The customer that the page is of.
    used: Vec<Chip>,
    splits: Vec<Chip>,
    /// `None` where nobody used anything in the months.
    shown: Option<Shown>,
    /// The newest month with usage, where there is none: its name, and the history that ends with it.
    used_month: Option<(String, String)>,
    networking: Option<String>,
}

/// All that is told of one feature.
struct Shown {
    label: String,
    code: String,
    /// `from 4,102 in November 2025 to 5,172 in October 2026`
    told: String,
    noun: String,
    trend: Trend,
    /// `By customer`.
    title: &'static str,
    table: Table,
    growth: Option<Grown>,
    csv: String,
}

struct Grown {
    first: String,
    last: String,
    /// The last month is still running: its figures are a part.
    is_running: bool,
    /// It is not, and the running month has users too.
    is_aside: bool,
    rankings: Vec<Ranking>,
}

impl Page {
    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(own, _)| *own == field).map(|(_, text)| text.as_str())
    }
}

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let asked = Asked::of(&call.query)?;
    let (status, page) = call.read(move |store| page(store, &view, &asked)).await?;
    render(status, &page)
}

fn page(store: &Store, view: &View, asked: &Asked) -> Result<(StatusCode, Page), Fault> {
    let frame = Frame::new(store, view, Nav::History, "History")?;
    let current = BillingPeriod::of(frame.clock.now, frame.clock.zone);
    let (range, refused) = match asked.range(current) {
        Ok(range) => (range, None),
        Err(refused) => (PeriodRange::year_to(current), Some(refused)),
    };
    let whose = match asked.customer.as_deref() {
        None => None,
        Some("none") => Some("Unlinked".to_owned()),
        Some(id) => Some(customer::find(store, id)?.name),
    };
    let status = refused.as_ref().map_or(StatusCode::OK, |refused| refused.status);
    let mut page = framed(frame, asked, range, current, refused, whose.as_deref());
    if page.frame.product == Product::Networking {
        page.networking = Some(page.frame.link("/netscaler", &[]));
        return Ok((status, page));
    }
    let asked = &match status {
        StatusCode::OK => asked.clone(),
        _ => asked.with_range(None),
    };
    let months = view.app.memory.history(store, range, view.now)?;
    let own = asked.customer.as_deref().map(|id| Some(id).filter(|id| *id != "none"));
    let newest = months.last().map(|month| month.figures.clone());
    let label = |code: &str| {
        // As the newest month tells it that has the feature.
        let told = months.iter().rev().chain(months.last()).find_map(|month| {
            month.figures.feature(code).map(|feature| report::label(feature, &month.figures))
        });
        told.unwrap_or_else(|| report::name_of(code))
    };
    let newest_users = |code: &str| {
        let feature = newest.as_ref().and_then(|newest| newest.feature(code));
        feature.map_or(0, |feature| number(feature.total.users))
    };
    let mut codes: Vec<(&str, u64)> = features(&months)
        .into_iter()
        .map(|code| (code, total(&months, code, own).iter().sum::<u64>()))
        .filter(|(_, users)| *users > 0)
        .collect();
    codes.sort_by_key(|(code, users)| {
        (std::cmp::Reverse(newest_users(code)), std::cmp::Reverse(*users), *code)
    });
    let chosen = asked.feature.as_deref().or_else(|| codes.first().map(|(code, _)| *code));
    let chip = |(code, _): &(&str, u64)| {
        let href = asked.with_feature(code).link(&page.frame);
        Chip::choice(label(code), None, href, chosen == Some(*code))
    };
    if codes.len() > 1 {
        page.features = codes.iter().map(chip).collect();
    }
    let Some(code) = chosen.filter(|code| codes.iter().any(|(own, _)| own == code)) else {
        let newest = store.newest_period()?.filter(|newest| *newest <= current && *newest != range.last());
        page.used_month = newest.map(|newest| {
            let to = asked.with_range(Some(PeriodRange::year_to(newest)));
            (show::month(newest), to.link(&page.frame))
        });
        return Ok((status, page));
    };
    let sources = match asked.split {
        Split::Source if own.is_none() => sources(store, &page.frame)?,
        _ => HashMap::new(),
    };
    let making =
        Making { frame: &page.frame, asked, months: &months, range, code, customer: own, current, sources };
    let shown = making.shown(label, whose.as_deref());
    page.shown = Some(shown);
    Ok((status, page))
}

/// Detail and page of each source by id: servers of several customers may have one name.
fn sources(store: &Store, frame: &Frame) -> Result<HashMap<String, (String, String)>, Fault> {
    let all = store.list_sources(frame.period)?;
    let site = |id: &str| all.iter().find(|other| other.kind == "site" && other.id == id);
    let told = all.iter().filter_map(|source| match source.kind.as_str() {
        "license-server" => {
            let href = frame.link("/server", &[("id", &source.id)]);
            Some((source.id.clone(), (source.fqdn.clone().unwrap_or_default(), href)))
        }
        "delivery-group" => {
            let site = site(source.parent.as_deref()?)?;
            let href = frame.link("/site", &[("id", &site.id)]);
            Some((source.id.clone(), (format!("of {}", site.name), href)))
        }
        _ => None,
    });
    Ok(told.collect())
}

/// Everything around the figures.
fn framed(
    mut frame: Frame,
    asked: &Asked,
    range: PeriodRange,
    current: BillingPeriod,
    refused: Option<Refused>,
    whose: Option<&str>,
) -> Page {
    let of = whose.map_or_else(String::new, |name| format!(" of {name}"));
    let heading = format!("History{of}, {}", in_words(range));
    frame.title = format!("{}{heading}", if refused.is_some() { "Error: " } else { "" });
    let chips = ranges(asked, range, current, refused.is_some(), &frame);
    let field = |entered: &Option<String>, month: BillingPeriod| match (entered, &refused) {
        (Some(entered), Some(_)) => entered.clone(),
        _ => month.to_string(),
    };
    let split = |label: &str, split: Split| {
        Chip::choice(label, None, asked.with_split(split).link(&frame), asked.split == split)
    };
    Page {
        heading,
        from: field(&asked.from, range.first()),
        to: field(&asked.to, range.last()),
        newest: current.to_string(),
        kept: asked.kept(),
        features: Vec::new(),
        used: whose
            .map(|name| Chip::used(name, None, asked.without_customer().link(&frame)))
            .into_iter()
            .collect(),
        splits: match whose {
            None => vec![
                split("By product", Split::Product),
                split("By customer", Split::Customer),
                split("By source", Split::Source),
            ],
            Some(_) => Vec::new(),
        },
        ranges: chips,
        faults: refused.map(|refused| (refused.field, refused.text)).into_iter().collect(),
        shown: None,
        used_month: None,
        networking: None,
        frame,
    }
}

/// The months that are asked for most, and those at hand where they are none of these.
fn ranges(
    asked: &Asked,
    range: PeriodRange,
    current: BillingPeriod,
    is_refused: bool,
    frame: &Frame,
) -> Vec<Chip> {
    let month = |year: i32, month: u32| BillingPeriod::new(year, month).unwrap_or(current);
    let before = current.plus_months(-1).unwrap_or(current);
    let year = current.year();
    let choices = [
        ("Last month", PeriodRange::new(before, before)),
        ("Last 12 months", Ok(PeriodRange::year_to(current))),
        ("Last year", PeriodRange::new(month(year - 1, 1), month(year - 1, 12))),
        ("This year", PeriodRange::new(month(year, 1), current)),
    ];
    let mut chips: Vec<Chip> = choices
        .into_iter()
        .filter_map(|(label, choice)| {
            let choice = choice.ok()?;
            let is_default = choice == PeriodRange::year_to(current);
            let href = asked.with_range(Some(choice).filter(|_| !is_default)).link(frame);
            Some(Chip::choice(label, None, href, choice == range && !is_refused))
        })
        .collect();
    if !is_refused && !chips.iter().any(|chip| chip.is_on) {
        chips.push(Chip::used(in_words(range), None, asked.with_range(None).link(frame)));
    }
    chips
}

/// `November 2025 to October 2026`, `October 2026`.
fn in_words(range: PeriodRange) -> String {
    let (first, last) = (range.first(), range.last());
    if first == last {
        show::month(first)
    } else {
        format!("{} to {}", show::month(first), show::month(last))
    }
}

impl Making<'_> {
    fn shown(&self, label: impl Fn(&str) -> String, whose: Option<&str>) -> Shown {
        let (months, code, current) = (self.months, self.code, self.current);
        let users = total(months, code, self.customer);
        let products = by_product(months, self.customer);
        let customers = if self.customer.is_none() { by_customer(months, code) } else { Vec::new() };
        let own = label(code);
        let noun = whose.map_or_else(|| format!("{own} users"), |name| format!("{own} users of {name}"));
        let (title, rows) = match self.split() {
            Split::Product => ("By product", products.clone()),
            Split::Customer => ("By customer", customers.clone()),
            Split::Source => ("By source", by_source(months, code)),
        };
        let ends = self.ends(users.len(), products.iter().map(|row| row.users.as_slice()));
        let growth = ends.map(|ends| {
            let mut rankings = vec![self.products(ends, &products, &label)];
            let (first, last) = (users[ends.places.0], users[ends.places.1]);
            if self.customer.is_none() && first + last > 0 {
                rankings.push(self.customers(ends, &customers, (first, last)));
            }
            Grown {
                first: show::month(ends.first),
                last: show::month(ends.last),
                is_running: ends.last == current,
                is_aside: ends.last < current && self.newest_used(&products) > ends.places.1,
                rankings,
            }
        });
        Shown {
            code: code.to_owned(),
            told: told(&users, ends, months),
            trend: Trend::of(&noun, &points(months, &users), None),
            noun,
            title,
            table: self.table(rows, &users, &label),
            growth,
            csv: self.csv(),
            label: own,
        }
    }

    fn ends<'a>(&self, count: usize, products: impl Iterator<Item = &'a [u64]>) -> Option<Ends> {
        let mut has = vec![false; count];
        for row in products {
            row.iter().zip(&mut has).for_each(|(users, has)| *has |= *users > 0);
        }
        let period = |at: usize| self.months[at].figures.period;
        let used: Vec<_> = (0..count).filter(|at| has[*at]).map(period).collect();
        let (first, last) = ends(&used, self.current)?;
        let place = |month| self.months.iter().position(|own| own.figures.period == month);
        Some(Ends { places: (place(first)?, place(last)?), first, last })
    }

    fn csv(&self) -> String {
        let from = self.range.first().to_string();
        let mut pairs = vec![("report", "history"), ("format", "csv"), ("from", from.as_str())];
        pairs.extend(self.asked.customer.as_deref().map(|id| ("customer", id)));
        self.frame.link_in(self.range.last(), "/exports/download", &pairs)
    }
}

fn points(months: &[Month], users: &[u64]) -> Vec<Point> {
    let point =
        |(month, users): (&Month, &u64)| Point::of(month.figures.period, number(*users), month.status);
    months.iter().zip(users).map(point).collect()
}

fn told(users: &[u64], ends: Option<Ends>, months: &[Month]) -> String {
    if let Some(Ends { places: (first, last), .. }) = ends {
        let growth = Growth { key: (), name: String::new(), first: users[first], last: users[last] };
        if growth.first + growth.last > 0 {
            let month = |at: usize| show::month(months[at].figures.period);
            return format!(
                "from {} users in {} to {} in {}: {}, {}",
                show::figure(number(growth.first)),
                month(first),
                show::figure(number(growth.last)),
                month(last),
                show::change(growth.change()),
                relative(growth.relative()),
            );
        }
    }
    let newest = users.iter().rposition(|users| *users > 0).unwrap_or(0);
    let count = show::count(number(users[newest]), "user", "users");
    format!("{count} in {}", show::month(months[newest].figures.period))
}
