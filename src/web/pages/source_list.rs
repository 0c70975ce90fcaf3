//! What stands around the rows of a list of sources: license servers, sites, allocations.

use super::listing::{Listing, Shape};
use super::tagging::Tagging;
use crate::domain::ids::ObjectKind;
use crate::store::Store;
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::pairs::Pairs;

/// Of `templates/pages/source_list.html`.
pub struct SourceList {
    /// One and many of it.
    pub nouns: (&'static str, &'static str),
    /// What is looked for: `Name, host, GUID or customer`.
    pub find: &'static str,
    pub to_uploads: String,
    pub to_archived: String,
    /// Those in the list, archived ones aside.
    pub all: usize,
    pub archived: usize,
    /// Days that an upload may be old.
    pub days: i64,
    pub listing: Listing,
    pub tagging: Option<Tagging>,
}

impl SourceList {
    /// With the rows of the page that `query` asks for.
    pub fn of<T>(
        store: &Store,
        frame: &Frame,
        query: &Pairs,
        kind: ObjectKind,
        find: &'static str,
        shape: &Shape<'_, T>,
        rows: Vec<T>,
    ) -> Result<(Vec<T>, Self), Fault> {
        let archived = rows.iter().filter(|row| (shape.apart)(row)).count();
        let all = rows.len() - archived;
        let (rows, listing) = shape.list(frame, query, rows)?;
        let list = Self {
            nouns: shape.nouns,
            find,
            to_uploads: frame.link("/uploads", &[]),
            to_archived: frame.link(shape.path, &[("state", "archived")]),
            all,
            archived,
            days: frame.rules.status.reporting_days,
            listing,
            tagging: Tagging::new(store, frame, kind)?,
        };
        Ok((rows, list))
    }
}
