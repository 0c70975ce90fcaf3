//! Which customers the usage page shows of many: the first, all of them by pages, or those that differ.

use super::address::Address;
use crate::web::components::{Pages, span};
use crate::web::frame::Frame;

/// Rows on one page.
pub const LIMIT: usize = 60;

/// What the address asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Customers {
    /// The first ones by the order at hand.
    #[default]
    First,
    All,
    /// Those that the sign of a warning stands beside.
    Differing,
}

impl Customers {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "all" => Some(Self::All),
            "differing" => Some(Self::Differing),
            _ => None,
        }
    }

    /// In addresses; the first ones need no word.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::First => None,
            Self::All => Some("all"),
            Self::Differing => Some("differing"),
        }
    }
}

/// Places of the rows that are shown, in their order.
pub fn places(total: usize, address: &Address, open: Option<usize>) -> Vec<usize> {
    let start = start(total, address);
    let mut places: Vec<usize> = (start..total.min(start + LIMIT)).collect();
    // The row that is explained is shown, wherever it stands.
    places.extend(open.filter(|at| !places.contains(at)));
    places.sort_unstable();
    places
}

/// The first place of the page that is asked for; of the last page where there is none so far behind.
fn start(total: usize, address: &Address) -> usize {
    match address.customers {
        Customers::First => 0,
        _ => (address.from.saturating_sub(1) / LIMIT).min(total.saturating_sub(1) / LIMIT) * LIMIT,
    }
}

/// The way through all of them.
pub fn pages(frame: &Frame, total: usize, address: &Address) -> Pages {
    let start = start(total, address);
    let link = |start: usize| address.at_row(start + 1).link(frame);
    let (is_first, is_last) = (start == 0, start + LIMIT >= total);
    Pages {
        text: span(if total == 0 { 0 } else { start + 1 }, total.min(start + LIMIT), total),
        first: (!is_first).then(|| link(0)),
        previous: (!is_first).then(|| link(start.saturating_sub(LIMIT))),
        next: (!is_last).then(|| link(start + LIMIT)),
        last: (!is_last).then(|| link((total - 1) / LIMIT * LIMIT)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pairs::Pairs;

    fn ends(query: &str, total: usize, open: Option<usize>) -> (usize, usize, usize) {
        let address = Address::of(&Pairs::parse(query.as_bytes())).unwrap();
        let places = places(total, &address, open);
        (places[0], *places.last().unwrap(), places.len())
    }

    #[test]
    fn the_first_sixty_stand_there_and_the_rest_by_pages() {
        assert_eq!(ends("", 20, None), (0, 19, 20));
        assert_eq!(ends("", 150, None), (0, 59, 60));
        assert_eq!(ends("from=61", 150, None), (0, 59, 60), "no pages of the first ones");
        assert_eq!(ends("customers=all&from=61", 150, None), (60, 119, 60));
        assert_eq!(ends("customers=all&from=121", 150, None), (120, 149, 30));
        assert_eq!(ends("customers=all&from=9999", 150, None), (120, 149, 30));
    }

    #[test]
    fn the_row_that_is_explained_is_shown_wherever_it_stands() {
        assert_eq!(ends("", 150, Some(140)), (0, 140, 61));
        assert_eq!(ends("", 150, Some(3)), (0, 59, 60));
        assert_eq!(ends("customers=all&from=61", 150, Some(0)), (0, 119, 61));
    }
}
