//! Places in a list: which rows a page shows, and the addresses of the pages around it.

use super::Shape;
use crate::web::components::{Pages, span};
use crate::web::pairs::Pairs;

/// Rows of a page: with names of the longest kind it stays below 100 KB.
pub const SIZE: usize = 50;
/// Names of parameters that stand for a place in the list.
const PLACES: [&str; 3] = ["after", "before", "last"];

/// Address of the list with other parameters, on its first page.
pub(super) fn moved(query: &Pairs) -> Pairs {
    PLACES.iter().fold(query.clone(), |query, place| query.with(place, None))
}

impl<T> Shape<'_, T> {
    /// Positions in `matching`. A place is the row that it stands behind, or before, wherever that row is now; the
    /// first page where it is gone.
    pub(super) fn window(&self, query: &Pairs, rows: &[T], matching: &[usize]) -> (usize, usize) {
        let place = |id: &str| rows.iter().position(|row| (self.id)(row) == id);
        let total = matching.len();
        if query.has("last") {
            return (total.saturating_sub(SIZE), total);
        }
        if let Some(at) = query.raw("before").and_then(place) {
            let end = matching.partition_point(|row| *row < at);
            // The first page is never a short one.
            return match end.checked_sub(SIZE) {
                Some(from) => (from, end),
                None => (0, SIZE.min(total)),
            };
        }
        let from = match query.raw("after").and_then(place) {
            Some(at) => matching.partition_point(|row| *row <= at),
            None => 0,
        };
        (from, (from + SIZE).min(total))
    }

    pub(super) fn pages(
        &self,
        query: &Pairs,
        rows: &[T],
        matching: &[usize],
        from: usize,
        to: usize,
    ) -> Pages {
        let total = matching.len();
        let to_page = |name: &str, id: &str| moved(query).with(name, Some(id)).href(self.path);
        let id = |at: usize| (self.id)(&rows[matching[at]]);
        let mut pages = Pages::default();
        if to > from {
            pages.text = span(from + 1, to, total);
        }
        if from > 0 && from < total {
            pages.first = Some(moved(query).href(self.path));
            pages.previous = Some(to_page("before", id(from)));
        }
        if to < total && to > 0 {
            pages.next = Some(to_page("after", id(to - 1)));
            pages.last = Some(to_page("last", "1"));
        }
        pages
    }
}
