//! What the macros in templates/components/ show: figures, chips, pages of a list.

use super::fault::Fault;
use super::pairs::Pairs;
use super::show;
use crate::domain::error::quoted;
use crate::store::roster;

/// A number, and where it leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    pub text: String,
    /// To the list or explanation behind it.
    pub href: Option<String>,
    /// Its explanation stands on this page.
    pub is_open: bool,
}

impl Figure {
    pub fn plain(number: i64) -> Self {
        Self { text: show::figure(number), href: None, is_open: false }
    }

    pub fn to(number: i64, href: String) -> Self {
        Self { text: show::figure(number), href: Some(href), is_open: false }
    }
}

/// A filter or a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    pub label: String,
    /// How many it leaves.
    pub count: Option<String>,
    pub href: String,
    pub is_on: bool,
    /// A filter in use: a click takes it away.
    pub is_removable: bool,
}

impl Chip {
    /// One of several, of which one is chosen.
    pub fn choice(label: impl Into<String>, count: Option<i64>, href: String, is_on: bool) -> Self {
        Self { label: label.into(), count: count.map(show::figure), href, is_on, is_removable: false }
    }

    /// A filter in use; its address is that of the list without it.
    pub fn used(label: impl Into<String>, count: Option<i64>, href: String) -> Self {
        Self { label: label.into(), count: count.map(show::figure), href, is_on: true, is_removable: true }
    }

    /// A filter that narrows further.
    pub fn narrow(label: impl Into<String>, count: i64, href: String) -> Self {
        Self {
            label: label.into(),
            count: Some(show::figure(count)),
            href,
            is_on: false,
            is_removable: false,
        }
    }
}

/// One page of a list whose pages have numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// From 1 on.
    number: usize,
    /// Rows of a page.
    pub rows: usize,
}

impl Numbered {
    pub fn first(rows: usize) -> Self {
        Self { number: 1, rows }
    }

    /// The one that an address asks for. Errors: `SEAT-C07`.
    pub fn asked(query: &Pairs, rows: usize) -> Result<Self, Fault> {
        let Some(text) = query.get("page") else { return Ok(Self::first(rows)) };
        let number = text.parse().ok().filter(|number| (1..=1_000_000).contains(number));
        let refused =
            || Fault::malformed(format!("page: expected a number from 1 on, found {}", quoted(text)));
        Ok(Self { number: number.ok_or_else(refused)?, rows })
    }

    /// Rows of the pages before it.
    pub fn skip(self) -> usize {
        (self.number - 1) * self.rows
    }
}

/// The way through a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// `1 to 50 of 5,172`.
    pub text: String,
    pub first: Option<String>,
    pub previous: Option<String>,
    pub next: Option<String>,
    pub last: Option<String>,
}

impl Pages {
    /// Of a page of a roster: `link` makes the address of `after`, `before` a key, or `at=last`, and of the first
    /// page without any. The keys are those of the page's first and last row.
    pub fn of(
        page: &roster::Page,
        keys: Option<(&str, &str)>,
        link: impl Fn(Option<(&str, &str)>) -> String,
    ) -> Self {
        let text = span(page.first, page.last, page.total);
        let (first, last) = keys.unwrap_or_default();
        Self {
            text,
            first: page.has_previous().then(|| link(None)),
            previous: page.has_previous().then(|| link(Some(("before", first)))),
            next: page.has_next().then(|| link(Some(("after", last)))),
            last: page.has_next().then(|| link(Some(("at", "last")))),
        }
    }

    /// Of a list whose pages have numbers, from 1 on: `at` is this one's, `shown` its rows.
    pub fn numbered(
        at: Numbered,
        shown: usize,
        total: usize,
        link: impl Fn(&[(&str, &str)]) -> String,
    ) -> Self {
        let link = |number: usize| match number {
            1 => link(&[]),
            number => link(&[("page", &number.to_string())]),
        };
        let (number, from, last) = (at.number, at.skip(), total.div_ceil(at.rows).max(1));
        Self {
            text: span(if shown == 0 { 0 } else { from + 1 }, from + shown, total),
            first: (number > 1).then(|| link(1)),
            previous: (number > 1).then(|| link((number - 1).min(last))),
            next: (number < last).then(|| link(number + 1)),
            last: (number < last).then(|| link(last)),
        }
    }

    /// Whether there is another page.
    pub fn is_several(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}

/// `1 to 50 of 5,172`; of an empty list `0 of 0`.
pub fn span(first: usize, last: usize, total: usize) -> String {
    let number = |count: usize| show::figure(i64::try_from(count).unwrap_or(i64::MAX));
    if first == 0 {
        return format!("0 of {}", number(total));
    }
    format!("{} to {} of {}", number(first), number(last), number(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_one_page_leads_nowhere_else() {
        let page = roster::Page { first: 1, last: 3, total: 3, users: vec![0, 1, 2] };
        let pages = Pages::of(&page, Some(("a", "c")), |_| "/x".to_owned());
        assert!(!pages.is_several());
        assert_eq!(pages.text, "1 to 3 of 3");
    }

    #[test]
    fn a_page_in_the_midst_leads_both_ways_by_the_keys_at_its_ends() {
        let page = roster::Page { first: 51, last: 100, total: 5172, users: Vec::new() };
        let pages = Pages::of(&page, Some(("b", "m")), |step| format!("{step:?}"));
        let steps = [pages.first, pages.previous, pages.next, pages.last].map(Option::unwrap_or_default);
        assert_eq!(
            steps,
            ["None", r#"Some(("before", "b"))"#, r#"Some(("after", "m"))"#, r#"Some(("at", "last"))"#]
        );
        assert_eq!(pages.text, "51 to 100 of 5,172");
    }
}
