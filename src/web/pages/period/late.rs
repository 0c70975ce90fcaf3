//! Late usage, as a delta beside what is sealed: what a statement carries of earlier months, and what came since.

use std::collections::BTreeMap;

use crate::domain::period::BillingPeriod;
use crate::store::Store;
use crate::store::checklist::Checklist;
use crate::store::figures::Figures;
use crate::store::periods::{CarriedRow, LateRow};
use crate::web::components::Figure;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, View};
use crate::web::report::{name_of, number};
use crate::web::show;

#[derive(Default)]
pub struct LateTable {
    pub rows: Vec<Row>,
    /// What is to be known of all of them.
    pub note: String,
    /// Of those that are not shown.
    pub further: usize,
}

pub struct Row {
    /// The month that it came too late for, or the one whose statement carries it.
    pub month: String,
    pub month_href: Option<String>,
    pub feature: String,
    /// `None`: the unlinked row.
    pub customer: Option<String>,
    /// What the statement states of this row.
    pub sealed: String,
    pub users: Figure,
    pub free: String,
    pub paid: String,
}

/// Rows of one table: a page is short, the export has all.
const MOST: usize = 60;

fn table(rows: impl Iterator<Item = Row>) -> LateTable {
    let mut rows: Vec<Row> = rows.collect();
    let further = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    LateTable { rows, note: String::new(), further }
}

/// What the next closing carries.
pub fn uncarried(frame: &Frame, checklist: &Checklist) -> LateTable {
    let rows = checklist.late.iter().flat_map(|month| {
        month.rows.iter().map(|row| CarriedRow { of_period: month.period, late: row.clone() })
    });
    let note = match checklist.before.first() {
        None => "Never added to the users above.".to_owned(),
        Some(first) => format!("By the statement of {}, which closes first.", show::month(*first)),
    };
    LateTable { note, ..of(frame, rows.collect()) }
}

/// Rows of earlier months.
pub fn of(frame: &Frame, carried: Vec<CarriedRow>) -> LateTable {
    let rows = carried.into_iter().map(|CarriedRow { of_period, late }| {
        let month = (show::month(of_period), Some(frame.link_in(of_period, "/period", &[])));
        row(frame, of_period, &late, month, String::new())
    });
    LateTable { note: "Never added to the users above.".to_owned(), ..table(rows) }
}

/// What came for the month after it was closed.
pub fn since(store: &Store, view: &View, frame: &Frame, figures: &Figures) -> Result<LateTable, Fault> {
    if store.find_period(frame.period, frame.clock.now)?.late_users == 0 {
        return Ok(LateTable::default());
    }
    let late = view.app.memory.late(store, frame.period)?;
    // One look at the statement's rows: there may be thousands.
    let mut stated: BTreeMap<(&str, Option<&str>), u64> = BTreeMap::new();
    for feature in &figures.features {
        for row in &feature.customers {
            stated.insert((&feature.feature, row.id.as_deref()), row.users.users);
        }
    }
    Ok(table(late.iter().map(|late| {
        let carried = match late.carried_in {
            Some(period) => (show::month(period), Some(frame.link_in(period, "/period", &[]))),
            None => ("the next to close".to_owned(), None),
        };
        let key = (late.feature.as_str(), late.customer_id.as_deref());
        let sealed = stated.get(&key).copied().unwrap_or(0);
        row(frame, frame.period, late, carried, show::figure(number(sealed)))
    })))
}

fn row(
    frame: &Frame,
    of: BillingPeriod,
    late: &LateRow,
    (month, month_href): (String, Option<String>),
    sealed: String,
) -> Row {
    let href = format!("{}#late", frame.link_in(of, "/usage", &[("feature", &late.feature)]));
    Row {
        month,
        month_href,
        feature: name_of(&late.feature),
        customer: late.customer.clone().or_else(|| late.customer_id.clone()),
        sealed,
        users: Figure { text: show::change(late.users), href: Some(href), is_open: false },
        free: show::change(late.free_users),
        paid: show::change(late.paid_users),
    }
}
