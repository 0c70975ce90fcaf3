//! Growth: who has more users in the last month than in the first, and who has less.

use super::asked::Asked;
use super::table::Making;
use crate::domain::growth::{By, Growth, Relative, rank};
use crate::domain::period::BillingPeriod;
use crate::store::history::{Row, Whose};
use crate::web::components::{Figure, Pages, span};
use crate::web::frame::Frame;
use crate::web::report::number;
use crate::web::show;

/// Rows of one page.
const ROWS: usize = 20;

pub struct Ranking {
    /// `Product`, `Customer`.
    pub what: &'static str,
    pub caption: String,
    pub heads: [Head; 2],
    pub rows: Vec<RankedRow>,
    pub sums: Vec<RankedRow>,
    pub pages: Option<Pages>,
}

/// Head of a measure, which orders the rows.
pub struct Head {
    pub label: &'static str,
    pub href: String,
    /// Empty where the rows stand in another order.
    pub order: &'static str,
}

pub struct RankedRow {
    pub name: String,
    pub href: Option<String>,
    pub is_unlinked: bool,
    pub first: Figure,
    pub last: Figure,
    pub change: String,
    pub relative: String,
}

/// Two months that are held against each other: their places among all, and the months.
#[derive(Clone, Copy)]
pub struct Ends {
    pub places: (usize, usize),
    pub first: BillingPeriod,
    pub last: BillingPeriod,
}

impl Making<'_> {
    pub fn products(&self, ends: Ends, rows: &[Row], label: impl Fn(&str) -> String) -> Ranking {
        self.ranking("Product", ends, rows, |row| label(&row.name), None)
    }

    /// `total` stands below: users of the first and the last month, each counted once.
    pub fn customers(&self, ends: Ends, rows: &[Row], total: (u64, u64)) -> Ranking {
        let name = |row: &Row| match &row.whose {
            Whose::Customer(None) => "Unlinked".to_owned(),
            _ => row.name.clone(),
        };
        self.ranking("Customer", ends, rows, name, Some(total))
    }

    fn ranking(
        &self,
        what: &'static str,
        ends: Ends,
        rows: &[Row],
        named: impl Fn(&Row) -> String,
        total: Option<(u64, u64)>,
    ) -> Ranking {
        let growth = rows.iter().map(|row| Growth {
            key: &row.whose,
            name: named(row),
            first: row.users[ends.places.0],
            last: row.users[ends.places.1],
        });
        let ranked = rank(growth.collect(), self.asked.growth.by, self.asked.growth.is_falling);
        let start = match total {
            Some(_) => {
                (self.asked.rank.saturating_sub(1) / ROWS).min(ranked.len().saturating_sub(1) / ROWS) * ROWS
            }
            None => 0,
        };
        let end = if total.is_some() { ranked.len().min(start + ROWS) } else { ranked.len() };
        let shown = ranked[start..end].iter().map(|growth| RankedRow {
            name: growth.name.clone(),
            href: self.href(growth.key),
            is_unlinked: *growth.key == Whose::Customer(None),
            first: self.figure(growth.key, ends.first, growth.first),
            last: self.figure(growth.key, ends.last, growth.last),
            change: show::change(growth.change()),
            relative: relative(growth.relative()),
        });
        Ranking {
            what,
            caption: caption(what, self.asked),
            heads: [self.measure("Change", By::Change), self.measure("Change, %", By::Relative)],
            rows: shown.collect(),
            sums: total.map_or_else(Vec::new, |total| self.under(ends, &ranked, total)),
            pages: pages(self.frame, self.asked, start, ranked.len()).filter(|_| total.is_some()),
        }
    }

    fn measure(&self, label: &'static str, by: By) -> Head {
        let order = match self.asked.growth {
            growth if growth.by != by => "",
            growth if growth.is_falling => "descending",
            _ => "ascending",
        };
        Head { label, href: format!("{}#growth", self.asked.ranked_by(by).link(self.frame)), order }
    }

    fn under(&self, ends: Ends, ranked: &[Growth<&Whose>], total: (u64, u64)) -> Vec<RankedRow> {
        let sum = |of: fn(&Growth<&Whose>) -> u64| number(ranked.iter().map(of).sum());
        let sums = (sum(|row| row.first), sum(|row| row.last));
        let once = (number(total.0), number(total.1));
        let row = |name: &str, (first, last): (i64, i64), relative: String| RankedRow {
            name: name.to_owned(),
            href: None,
            is_unlinked: false,
            first: Figure::plain(first),
            last: Figure::plain(last),
            change: show::change(last - first),
            relative,
        };
        let share = |first: i64, last: i64| {
            let users = |number: i64| u64::try_from(number).unwrap_or(0);
            let growth = Growth { key: (), name: String::new(), first: users(first), last: users(last) };
            relative(growth.relative())
        };
        let whole = Whose::Product(self.code.to_owned());
        vec![
            row("Sum of the rows", sums, share(sums.0, sums.1)),
            row("Overlap", (once.0 - sums.0, once.1 - sums.1), "n/a".to_owned()),
            RankedRow {
                first: self.figure(&whole, ends.first, total.0),
                last: self.figure(&whole, ends.last, total.1),
                ..row("Users, each counted once", once, share(once.0, once.1))
            },
        ]
    }
}

fn caption(what: &str, asked: &Asked) -> String {
    let first = match (asked.growth.by, asked.growth.is_falling) {
        (By::Change, true) => "the greatest growth first",
        (By::Change, false) => "the greatest decline first",
        (By::Relative, true) => "the greatest share of growth first",
        (By::Relative, false) => "the greatest share of decline first",
    };
    format!("{what}s, {first}")
}

fn pages(frame: &Frame, asked: &Asked, start: usize, total: usize) -> Option<Pages> {
    let link = |start: usize| format!("{}#growth", asked.at_rank(start + 1).link(frame));
    let (is_first, is_last) = (start == 0, start + ROWS >= total);
    (total > ROWS).then(|| Pages {
        text: span(start + 1, total.min(start + ROWS), total),
        first: (!is_first).then(|| link(0)),
        previous: (!is_first).then(|| link(start.saturating_sub(ROWS))),
        next: (!is_last).then(|| link(start + ROWS)),
        last: (!is_last).then(|| link((total - 1) / ROWS * ROWS)),
    })
}

/// `+12.3 %`, `−100.0 %`, `new`.
pub fn relative(relative: Relative) -> String {
    match relative {
        Relative::New => "new".to_owned(),
        Relative::PerMille(tenths) => {
            let sign = match tenths {
                0 => "",
                1.. => "+",
                _ => "−",
            };
            let size = tenths.unsigned_abs();
            format!("{sign}{}.{} %", show::figure(number(size / 10)), size % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_its_sign_and_one_digit_behind_the_point() {
        let told = [0, 5, -5, 261, -1000, 12_345_678].map(|tenths| relative(Relative::PerMille(tenths)));
        assert_eq!(told, ["0.0 %", "+0.5 %", "−0.5 %", "+26.1 %", "−100.0 %", "+1,234,567.8 %"]);
        assert_eq!(relative(Relative::New), "new");
    }
}
