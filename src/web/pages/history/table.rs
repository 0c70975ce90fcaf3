//! The months as a table: rows by product, customer or source, a column a month, and sums that come out even.

use std::collections::HashMap;

use super::asked::Asked;
use crate::domain::period::{BillingPeriod, PeriodRange};
use crate::domain::user_key::user_key;
use crate::store::history::{Month, Row, Split, Whose};
use crate::web::components::{Figure, Pages, span};
use crate::web::frame::Frame;
use crate::web::report::number;
use crate::web::show;

/// Rows of one page, and months beside each other: some 45 KB.
const ROWS: usize = 20;
const COLUMNS: usize = 12;

pub struct Table {
    /// `Customer`.
    pub what: &'static str,
    pub heads: Vec<Head>,
    pub rows: Vec<TableRow>,
    /// Rows that stand on other pages, together.
    pub others: Option<(String, Vec<Figure>)>,
    pub sums: Vec<(&'static str, Vec<Figure>)>,
    pub pages: Option<Pages>,
    /// The way through the months, where they do not all stand beside each other.
    pub columns: Option<Pages>,
}

/// A month.
pub struct Head {
    pub href: String,
    pub short: &'static str,
    pub year: i32,
    /// The first month of its year that is shown.
    pub is_first: bool,
    pub is_open: bool,
    /// The rows stand in the order of its figures.
    pub is_sorted: bool,
}

pub struct TableRow {
    pub name: String,
    /// What tells a source from others of its name.
    pub detail: String,
    pub href: Option<String>,
    pub is_unlinked: bool,
    pub cells: Vec<Figure>,
}

/// What a table is made from.
pub struct Making<'a> {
    pub frame: &'a Frame,
    pub asked: &'a Asked,
    pub months: &'a [Month],
    pub range: PeriodRange,
    /// Code of the feature.
    pub code: &'a str,
    /// Whom all figures are of, where the address names a customer.
    pub customer: Option<Option<&'a str>>,
    /// The month that is still running.
    pub current: BillingPeriod,
    /// What is known of sources, where rows are of them: detail and page, by id.
    pub sources: HashMap<String, (String, String)>,
}

impl Making<'_> {
    /// `total`: users of the feature by month, each counted once.
    pub fn table(&self, mut rows: Vec<Row>, total: &[u64], label: impl Fn(&str) -> String) -> Table {
        let newest = self.newest_over(&rows);
        rows.sort_by_cached_key(|row| {
            let is_unlinked = row.whose == Whose::Customer(None);
            (!is_unlinked, std::cmp::Reverse(row.users[newest]), user_key(&row.name), row.whose.clone())
        });
        let shown_months = self.window();
        let mut sum = vec![0; self.months.len()];
        for row in &rows {
            row.users.iter().zip(&mut sum).for_each(|(users, sum)| *sum += users);
        }
        let start = (self.asked.row.saturating_sub(1) / ROWS).min(rows.len().saturating_sub(1) / ROWS) * ROWS;
        let shown = &rows[start..rows.len().min(start + ROWS)];
        let others = (rows.len() > shown.len()).then(|| {
            let rest = |at: usize| sum[at] - shown.iter().map(|row| row.users[at]).sum::<u64>();
            let count = show::figure(number((rows.len() - shown.len()) as u64));
            (format!("All {count} others"), shown_months.clone().map(|at| plain(number(rest(at)))).collect())
        });
        Table {
            what: match self.split() {
                Split::Product => "Product",
                Split::Customer => "Customer",
                Split::Source => "Source",
            },
            heads: shown_months
                .clone()
                .map(|at| self.head(at, at == newest, at == shown_months.start))
                .collect(),
            rows: shown.iter().map(|row| self.row(row, shown_months.clone(), &label)).collect(),
            others,
            sums: self.sums(&sum, total, rows.len(), shown_months),
            pages: self.pages(start, rows.len()),
            columns: self.columns(),
        }
    }

    /// Place of the newest month in which a row has users.
    pub fn newest_used(&self, rows: &[Row]) -> usize {
        self.newest(rows, |_| true).unwrap_or(self.months.len() - 1)
    }

    /// The same without the running month, of which a part is seen: the rows stand by it, where the eye looks first.
    fn newest_over(&self, rows: &[Row]) -> usize {
        let is_over = |at: usize| self.months[at].figures.period < self.current;
        self.newest(rows, is_over).unwrap_or_else(|| self.newest_used(rows))
    }

    fn newest(&self, rows: &[Row], holds: impl Fn(usize) -> bool) -> Option<usize> {
        let has = |at: &usize| holds(*at) && rows.iter().any(|row| row.users[*at] > 0);
        (0..self.months.len()).rev().find(has)
    }

    /// A customer's figures are told apart by product alone.
    pub fn split(&self) -> Split {
        if self.customer.is_some() { Split::Product } else { self.asked.split }
    }

    /// Places of the months that are shown.
    fn window(&self) -> std::ops::Range<usize> {
        let count = self.months.len();
        let end = match self.asked.upto {
            Some(upto) => usize::try_from(self.range.first().months_until(upto) + 1).unwrap_or(0),
            None => count,
        };
        let end = end.max(COLUMNS).min(count);
        end.saturating_sub(COLUMNS)..end
    }

    fn columns(&self) -> Option<Pages> {
        let count = self.months.len();
        let window = self.window();
        let month = |at: usize| self.months[at].figures.period;
        let link = |end: usize| {
            let upto = (end < count).then(|| month(end - 1));
            format!("{}#table", self.asked.with_upto(upto).link(self.frame))
        };
        let (is_first, is_last) = (window.start == 0, window.end == count);
        (count > COLUMNS).then(|| Pages {
            text: format!(
                "{} to {}, of {count} months",
                show::month(month(window.start)),
                show::month(month(window.end - 1))
            ),
            first: (!is_first).then(|| link(COLUMNS)),
            previous: (!is_first).then(|| link(window.start.max(COLUMNS))),
            next: (!is_last).then(|| link((window.end + COLUMNS).min(count))),
            last: (!is_last).then(|| link(count)),
        })
    }

    fn pages(&self, start: usize, total: usize) -> Option<Pages> {
        let link = |start: usize| format!("{}#table", self.asked.at_row(start + 1).link(self.frame));
        let (is_first, is_last) = (start == 0, start + ROWS >= total);
        (total > ROWS).then(|| Pages {
            text: span(start + 1, total.min(start + ROWS), total),
            first: (!is_first).then(|| link(0)),
            previous: (!is_first).then(|| link(start.saturating_sub(ROWS))),
            next: (!is_last).then(|| link(start + ROWS)),
            last: (!is_last).then(|| link((total - 1) / ROWS * ROWS)),
        })
    }

    fn head(&self, at: usize, is_sorted: bool, is_start: bool) -> Head {
        let period = self.months[at].figures.period;
        Head {
            href: self.frame.link_in(period, "/usage", &[("feature", self.code)]),
            short: show::month_short(period),
            year: period.year(),
            is_first: is_start || period.month() == 1,
            is_open: self.months[at].status == crate::export::Status::Open,
            is_sorted,
        }
    }

    fn row(&self, row: &Row, months: std::ops::Range<usize>, label: impl Fn(&str) -> String) -> TableRow {
        let cells =
            months.map(|at| self.figure(&row.whose, self.months[at].figures.period, row.users[at])).collect();
        TableRow {
            name: match row.whose {
                Whose::Product(_) => label(&row.name),
                _ => row.name.clone(),
            },
            detail: match &row.whose {
                Whose::Source(id) => {
                    self.sources.get(id).map_or_else(String::new, |(detail, _)| detail.clone())
                }
                _ => String::new(),
            },
            href: self.href(&row.whose),
            is_unlinked: row.whose == Whose::Customer(None),
            cells,
        }
    }

    /// Where a row's own page is.
    pub fn href(&self, whose: &Whose) -> Option<String> {
        match whose {
            Whose::Product(code) => Some(self.asked.with_feature(code).link(self.frame)),
            Whose::Customer(Some(id)) => Some(self.frame.link("/customer", &[("id", id)])),
            Whose::Customer(None) => None,
            Whose::Source(id) => self.sources.get(id).map(|(_, href)| href.clone()),
        }
    }

    /// Users of a row in a month: they lead to their explanation.
    pub fn figure(&self, whose: &Whose, month: BillingPeriod, users: u64) -> Figure {
        if users == 0 {
            return plain(0);
        }
        let (code, explain) = match (whose, self.customer) {
            (Whose::Product(code), None) => (code.as_str(), "total".to_owned()),
            (Whose::Product(code), Some(None)) => (code.as_str(), "unlinked".to_owned()),
            (Whose::Product(code), Some(Some(id))) => (code.as_str(), format!("customer:{id}")),
            (Whose::Customer(None), _) => (self.code, "unlinked".to_owned()),
            (Whose::Customer(Some(id)), _) => (self.code, format!("customer:{id}")),
            (Whose::Source(id), _) => (self.code, format!("source:{id}")),
        };
        let pairs = [("feature", code), ("explain", explain.as_str())];
        Figure::to(number(users), format!("{}#why", self.frame.link_in(month, "/usage", &pairs)))
    }

    fn sums(
        &self,
        sum: &[u64],
        total: &[u64],
        rows: usize,
        months: std::ops::Range<usize>,
    ) -> Vec<(&'static str, Vec<Figure>)> {
        let plain = |of: &dyn Fn(usize) -> i64| months.clone().map(|at| plain(of(at))).collect();
        if self.split() == Split::Product {
            return match rows {
                0 | 1 => Vec::new(),
                _ => vec![("Sum, each product counted on its own", plain(&|at| number(sum[at])))],
            };
        }
        let once = Whose::Product(self.code.to_owned());
        let figure = |at: usize| self.figure(&once, self.months[at].figures.period, total[at]);
        vec![
            ("Sum of the rows", plain(&|at| number(sum[at]))),
            (
                if self.split() == Split::Source { "Seen on several" } else { "Overlap" },
                plain(&|at| number(total[at]) - number(sum[at])),
            ),
            ("Users, each counted once", months.clone().map(figure).collect()),
        ]
    }
}

fn plain(number: i64) -> Figure {
    Figure::plain(number)
}
