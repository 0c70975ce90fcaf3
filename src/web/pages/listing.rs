//! What lists of sources share: facets to narrow them by, an order, and a page that stays in place while others change
//! the list.

mod facets;
mod place;

pub use facets::{Facet, status_facets};

use std::cmp::Ordering;

use self::place::moved;
use crate::domain::error::quoted;
use crate::web::components::{Chip, Pages};
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::pairs::Pairs;

/// A column, and the order it gives.
pub struct Column<T> {
    pub key: &'static str,
    pub label: &'static str,
    /// `n` for figures, `opt` where it goes on a phone.
    pub class: &'static str,
    /// `None`: the list is not sorted by it.
    pub by: Option<fn(&T, &T) -> Ordering>,
}

/// A list of `T` as a page shows it. The first column gives the order that nothing was said of.
pub struct Shape<'a, T> {
    pub path: &'static str,
    /// One and many of it: `license server`, `license servers`.
    pub nouns: (&'static str, &'static str),
    pub columns: &'a [Column<T>],
    pub facets: Vec<Facet<T>>,
    pub id: fn(&T) -> &str,
    /// What a text is looked for in.
    pub text: fn(&T) -> String,
    /// Those that stand apart: archived ones, shown when `state=archived` asks for them.
    pub apart: fn(&T) -> bool,
}

pub struct Head {
    pub label: &'static str,
    pub class: &'static str,
    /// `ascending` or `descending` where the list is sorted by it.
    pub order: &'static str,
    /// Empty where it cannot be.
    pub href: String,
}

/// Everything around the rows.
pub struct Listing {
    pub path: &'static str,
    pub used: Vec<Chip>,
    pub narrow: Vec<Chip>,
    /// Without any filter; empty where none is in use.
    pub clear: String,
    pub q: String,
    /// Names and values that the search keeps.
    pub kept: Vec<(String, String)>,
    pub heads: Vec<Head>,
    pub pages: Pages,
    /// Those that stand apart are shown.
    pub is_apart: bool,
    /// `No license server matches Expired and Free.`
    pub no_match: String,
}

impl<T> Shape<'_, T> {
    /// The rows of the page that `query` asks for, in their order.
    ///
    /// Errors: `SEAT-C07` for a facet or an order that the list does not have.
    pub fn list(&self, frame: &Frame, query: &Pairs, mut rows: Vec<T>) -> Result<(Vec<T>, Listing), Fault> {
        let query = query.with("period", Some(&frame.period.to_string()));
        let used = self.used(&query)?;
        let q = query.get("q").unwrap_or_default().to_owned();
        let (order, is_down) = self.order(&query)?;
        if let Some(by) = self.columns[order].by {
            rows.sort_by(|a, b| {
                let own = if is_down { by(b, a) } else { by(a, b) };
                own.then_with(|| self.columns[0].by.map_or(Ordering::Equal, |by| by(a, b)))
                    .then_with(|| (self.id)(a).cmp((self.id)(b)))
            });
        }
        let needle = q.to_lowercase();
        let archived = used.iter().any(|at| self.is_archived(*at));
        let holds = |row: &T| used.iter().all(|at| (self.facets[*at].holds)(row));
        let found = |row: &T| needle.is_empty() || (self.text)(row).to_lowercase().contains(&needle);
        let matching: Vec<usize> = (0..rows.len())
            .filter(|at| {
                let row = &rows[*at];
                (self.apart)(row) == archived && holds(row) && found(row)
            })
            .collect();
        let mut narrow = Vec::new();
        for (at, facet) in self.facets.iter().enumerate().filter(|(at, _)| !used.contains(at)) {
            let count = if self.is_archived(at) {
                let is_state = |at: &usize| self.facets[*at].name == facet.name;
                if used.iter().any(is_state) {
                    continue;
                }
                rows.iter().filter(|row| (self.apart)(row) && holds(row) && found(row)).count()
            } else {
                matching.iter().filter(|at| (facet.holds)(&rows[**at])).count()
            };
            // What would leave nothing is no offer.
            if count > 0 {
                let mut to = moved(&query);
                to.push(facet.name, &facet.value);
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                narrow.push(Chip::narrow(&facet.label, count, to.href(self.path)));
            }
        }
        let (from, to) = self.window(&query, &rows, &matching);
        let pages = self.pages(&query, &rows, &matching, from, to);
        let listing = Listing {
            path: self.path,
            clear: self.clear(&query, used.len() + usize::from(!q.is_empty())),
            no_match: self.no_match(&used, &q),
            used: self.used_chips(&query, &used, &q),
            narrow,
            kept: moved(&query)
                .with("q", None)
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            heads: self.heads(&query, order, is_down),
            q,
            is_apart: archived,
            pages,
        };
        let shown = &matching[from..to];
        let mut at = 0;
        rows.retain(|_| {
            at += 1;
            // Both are in the order of the rows.
            shown.binary_search(&(at - 1)).is_ok()
        });
        Ok((rows, listing))
    }

    fn is_archived(&self, at: usize) -> bool {
        self.facets[at].name == "state" && self.facets[at].value == "archived"
    }

    /// Which column, and whether backwards: `sort=-users`.
    fn order(&self, query: &Pairs) -> Result<(usize, bool), Fault> {
        let Some(asked) = query.get("sort") else { return Ok((0, false)) };
        let (key, is_down) = asked.strip_prefix('-').map_or((asked, false), |key| (key, true));
        let at = self.columns.iter().position(|column| column.key == key && column.by.is_some());
        let at = at.ok_or_else(|| {
            let keys: Vec<&str> =
                self.columns.iter().filter(|column| column.by.is_some()).map(|column| column.key).collect();
            Fault::malformed(format!("sort: expected {}, found {}", keys.join(", "), quoted(asked)))
        })?;
        Ok((at, is_down))
    }

    fn heads(&self, query: &Pairs, order: usize, is_down: bool) -> Vec<Head> {
        let head = |(at, column): (usize, &Column<T>)| {
            let is_own = at == order;
            let href = column.by.map(|_| {
                // Figures are first wanted from the greatest on.
                let down = if is_own { !is_down } else { column.class == "n" };
                let sort = format!("{}{}", if down { "-" } else { "" }, column.key);
                moved(query).with("sort", Some(&sort)).href(self.path)
            });
            Head {
                label: column.label,
                class: column.class,
                order: match (is_own, is_down) {
                    (false, _) => "",
                    (true, false) => "ascending",
                    (true, true) => "descending",
                },
                href: href.unwrap_or_default(),
            }
        };
        self.columns.iter().enumerate().map(head).collect()
    }
}

/// The order of names, whatever their case; what has none comes last.
pub fn text_order(a: Option<&str>, b: Option<&str>) -> Ordering {
    let key = |text: Option<&str>| (text.is_none(), text.unwrap_or_default().to_lowercase());
    key(a).cmp(&key(b))
}

/// `a`, `a and b`, `a, b and c`.
pub fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests;
