//! The list of customers as the address asks for it: found by name, ordered, a page at a time.

use std::cmp::Ordering;

use crate::domain::error::quoted;
use crate::domain::user_key::user_key;
use crate::store::checklist::differs;
use crate::store::customers::Customer;
use crate::store::figures::FeatureFigures;
use crate::web::components::{Figure, Pages, span};
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::pairs::Pairs;
use crate::web::report::number;
use crate::web::show;

/// Customers on one page.
const LIMIT: usize = 100;
const COLUMNS: [&str; 4] = ["name", "users", "before", "change"];

/// What the address says of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Part of a name or an external id.
    pub q: Option<String>,
    pub is_archived: bool,
    pub feature: Option<String>,
    sort: usize,
    is_falling: bool,
    /// Id of the customer before the page.
    after: Option<String>,
    before: Option<String>,
    is_last: bool,
}

pub struct Row {
    pub href: String,
    pub name: String,
    pub external_id: String,
    pub users: Figure,
    pub before: String,
    pub change: String,
    pub differs: bool,
}

/// Head of a column that orders the rows.
pub struct Head {
    pub label: String,
    pub href: String,
    pub order: &'static str,
    pub is_number: bool,
}

impl Asked {
    /// Errors: `SEAT-C07` naming the parameter.
    pub fn of(query: &Pairs) -> Result<Self, Fault> {
        let (is_falling, name) = match query.get("sort") {
            None => (false, COLUMNS[0]),
            Some(text) => text.strip_prefix('-').map_or((false, text), |name| (true, name)),
        };
        let sort = COLUMNS.iter().position(|column| *column == name).ok_or_else(|| {
            let expected = "name, users, before or change, - in front for the greatest first";
            Fault::malformed(format!("sort: expected {expected}, found {}", quoted(name)))
        })?;
        Ok(Self {
            q: query.get("q").map(str::to_owned),
            is_archived: query.parsed("archived", "true or false")?.unwrap_or(false),
            feature: query.get("feature").map(str::to_owned),
            sort,
            is_falling,
            after: query.get("after").map(str::to_owned),
            before: query.get("before").map(str::to_owned),
            is_last: query.get("at") == Some("last"),
        })
    }

    fn on_first_page(&self) -> Self {
        Self { after: None, before: None, is_last: false, ..self.clone() }
    }

    pub fn with_archived(&self, is_archived: bool) -> Self {
        Self { is_archived, ..self.on_first_page() }
    }

    pub fn with_feature(&self, feature: &str) -> Self {
        Self { feature: Some(feature.to_owned()), ..self.on_first_page() }
    }

    fn sorted_by(&self, sort: usize) -> Self {
        let is_falling = if self.sort == sort { !self.is_falling } else { sort > 0 };
        Self { sort, is_falling, ..self.on_first_page() }
    }

    fn at(&self, place: Option<(&str, &str)>) -> Self {
        let first = self.on_first_page();
        match place {
            None => first,
            Some(("after", id)) => Self { after: Some(id.to_owned()), ..first },
            Some(("before", id)) => Self { before: Some(id.to_owned()), ..first },
            Some(_) => Self { is_last: true, ..first },
        }
    }

    pub fn link(&self, frame: &Frame) -> String {
        let sort = format!("{}{}", if self.is_falling { "-" } else { "" }, COLUMNS[self.sort]);
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        pairs.extend(self.q.as_deref().map(|q| ("q", q)));
        pairs.extend(self.is_archived.then_some(("archived", "true")));
        pairs.extend(self.feature.as_deref().map(|feature| ("feature", feature)));
        pairs.extend((sort != COLUMNS[0]).then_some(("sort", sort.as_str())));
        pairs.extend(self.after.as_deref().map(|id| ("after", id)));
        pairs.extend(self.before.as_deref().map(|id| ("before", id)));
        pairs.extend(self.is_last.then_some(("at", "last")));
        frame.link("/customers", &pairs)
    }
}

pub fn heads(frame: &Frame, asked: &Asked, before: &str) -> Vec<Head> {
    let now = show::month_name(frame.period);
    ["Customer", now, before, "Change"]
        .into_iter()
        .enumerate()
        .map(|(at, label)| Head {
            label: label.to_owned(),
            href: asked.sorted_by(at).link(frame),
            order: match (asked.sort == at, asked.is_falling) {
                (false, _) => "",
                (true, true) => "descending",
                (true, false) => "ascending",
            },
            is_number: at > 0,
        })
        .collect()
}

/// A customer with users of both months.
struct Counted {
    customer: Customer,
    now: u64,
    then: u64,
}

impl Counted {
    fn change(&self) -> i64 {
        number(self.now) - number(self.then)
    }
}

/// The page that is asked for, and the way through the list.
pub fn shown(
    frame: &Frame,
    asked: &Asked,
    all: Vec<Customer>,
    now: Option<&FeatureFigures>,
    then: Option<&FeatureFigures>,
) -> (Vec<Row>, Pages) {
    let users = |figures: Option<&FeatureFigures>, id: &str| {
        figures.and_then(|figures| figures.customer(Some(id))).map_or(0, |row| row.users.users)
    };
    let mut list: Vec<Counted> = all
        .into_iter()
        .map(|customer| Counted { now: users(now, &customer.id), then: users(then, &customer.id), customer })
        .collect();
    sort(&mut list, asked);
    // Places are looked up among all, so that one who leaves the filter still marks his place.
    let place = |id: &str| list.iter().position(|row| row.customer.id == id);
    let (after, before) = (asked.after.as_deref().and_then(place), asked.before.as_deref().and_then(place));
    let matching: Vec<usize> = (0..list.len()).filter(|at| matches(&list[*at].customer, asked)).collect();
    let total = matching.len();
    let from = match (after, before) {
        _ if asked.is_last => total.saturating_sub(1) / LIMIT * LIMIT,
        (Some(after), _) => matching.partition_point(|at| *at <= after),
        (_, Some(before)) => matching.partition_point(|at| *at < before).saturating_sub(LIMIT),
        (None, None) => 0,
    };
    let to = (from + LIMIT).min(total);
    let page = &matching[from.min(to)..to];
    let has_before = then.is_some_and(|then| then.total.users > 0);
    let code = now.map(|now| now.feature.as_str());
    let rows = page.iter().map(|at| row(frame, &list[*at], code, has_before)).collect();
    let id = |at: Option<&usize>| at.map_or("", |at| list[*at].customer.id.as_str());
    let (first, last) = (id(page.first()), id(page.last()));
    let link = |place: Option<(&str, &str)>| asked.at(place).link(frame);
    let pages = Pages {
        text: span(if page.is_empty() { 0 } else { from + 1 }, to, total),
        first: (from > 0).then(|| link(None)),
        previous: (from > 0).then(|| link(Some(("before", first)))),
        next: (to < total).then(|| link(Some(("after", last)))),
        last: (to < total).then(|| link(Some(("at", "last")))),
    };
    (rows, pages)
}

fn sort(list: &mut [Counted], asked: &Asked) {
    let by = |a: &Counted, b: &Counted| match asked.sort {
        1 => a.now.cmp(&b.now),
        2 => a.then.cmp(&b.then),
        3 => a.change().cmp(&b.change()),
        // They come by name.
        _ => Ordering::Equal,
    };
    if asked.sort == 0 && asked.is_falling {
        list.reverse();
    }
    list.sort_by(|a, b| if asked.is_falling { by(b, a) } else { by(a, b) });
}

fn matches(customer: &Customer, asked: &Asked) -> bool {
    let has = |text: &str, part: &str| user_key(text).contains(part);
    customer.archived_at.is_some() == asked.is_archived
        && asked.q.as_deref().map(user_key).is_none_or(|part| {
            has(&customer.name, &part) || customer.external_id.as_deref().is_some_and(|id| has(id, &part))
        })
}

fn row(frame: &Frame, counted: &Counted, feature: Option<&str>, has_before: bool) -> Row {
    let Counted { customer, now, then } = counted;
    let explain = format!("customer:{}", customer.id);
    Row {
        href: frame.link("/customer", &[("id", &customer.id)]),
        name: customer.name.clone(),
        external_id: customer.external_id.clone().unwrap_or_default(),
        users: match feature {
            Some(feature) if *now > 0 => Figure::to(
                number(*now),
                format!("{}#why", frame.link("/usage", &[("feature", feature), ("explain", &explain)])),
            ),
            _ => Figure::plain(number(*now)),
        },
        before: show::figure(number(*then)),
        change: show::change(counted.change()),
        differs: has_before && differs(*now, *then),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(name: &str, now: u64, then: u64) -> Counted {
        let customer = Customer {
            id: name.to_lowercase(),
            name: name.to_owned(),
            external_id: Some(format!("ext-{name}")),
            archived_at: None,
        };
        Counted { customer, now, then }
    }

    fn asked(query: &str) -> Asked {
        Asked::of(&Pairs::parse(query.as_bytes())).unwrap()
    }

    #[test]
    fn customers_are_found_by_part_of_name_or_external_id() {
        let acme = counted("Acme", 0, 0).customer;
        for (query, found) in
            [("", true), ("q=ACM", true), ("q=ext-a", true), ("q=beta", false), ("archived=true", false)]
        {
            assert_eq!(matches(&acme, &asked(query)), found, "{query}");
        }
        assert!(Asked::of(&Pairs::parse(b"sort=colour")).is_err());
        assert!(Asked::of(&Pairs::parse(b"archived=yes")).is_err());
    }

    #[test]
    fn equal_figures_stay_in_the_order_of_names() {
        let mut list = vec![counted("Acme", 3, 9), counted("Beta", 5, 5), counted("Cobalt", 3, 1)];
        let names = |list: &[Counted]| list.iter().map(|row| row.customer.name.clone()).collect::<Vec<_>>();
        sort(&mut list, &asked("sort=-users"));
        assert_eq!(names(&list), ["Beta", "Acme", "Cobalt"]);
        sort(&mut list, &asked("sort=change"));
        assert_eq!(names(&list), ["Acme", "Beta", "Cobalt"]);
    }
}
