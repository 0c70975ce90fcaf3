//! Late usage beside a month's figures: what came too late for it, and what its statement carries of earlier months.

use crate::domain::period::BillingPeriod;
use crate::store::Store;
use crate::store::figures::Figures;
use crate::store::periods::LateRow;
use crate::web::app::App;
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::report;
use crate::web::show;

/// Rows that would move; at most so many are shown, the API and the exports have all.
pub struct LateRows {
    pub rows: Vec<LateShown>,
    pub count: usize,
}

pub struct LateShown {
    /// `Premium`
    pub feature: String,
    /// `None`: the unlinked row.
    pub customer: Option<String>,
    /// With their sign.
    pub users: String,
    pub paid: String,
    pub free: String,
    /// The other month: that of the statement which carries it, or the one that it is late from.
    pub other: Option<(String, String)>,
}

const MOST: usize = 60;

/// What came too late for the month; `other` is the statement that carries it. Nothing of a month that is not closed.
pub fn late(store: &Store, app: &App, frame: &Frame, figures: &Figures) -> Result<LateRows, Fault> {
    if !figures.closed {
        return Ok(LateRows { rows: Vec::new(), count: 0 });
    }
    let all = app.memory.late(store, frame.period)?;
    let rows = all.iter().take(MOST).map(|row| shown(frame, figures, row, row.carried_in)).collect();
    Ok(LateRows { rows, count: all.len() })
}

/// What the statement of the month carries; `other` is the month that it is late from.
pub fn carried(store: &Store, frame: &Frame, figures: &Figures) -> Result<LateRows, Fault> {
    if !figures.closed {
        return Ok(LateRows { rows: Vec::new(), count: 0 });
    }
    let all = store.carried(frame.period)?;
    let rows = all.iter().take(MOST).map(|row| shown(frame, figures, &row.late, Some(row.of_period)));
    Ok(LateRows { rows: rows.collect(), count: all.len() })
}

fn shown(frame: &Frame, figures: &Figures, row: &LateRow, other: Option<BillingPeriod>) -> LateShown {
    let customer = row.customer_id.as_ref().map(|id| row.customer.clone().unwrap_or_else(|| id.clone()));
    LateShown {
        feature: report::label_of(&row.feature, figures),
        customer,
        users: show::change(row.users),
        paid: show::change(row.paid_users),
        free: show::change(row.free_users),
        other: other.map(|month| (show::month(month), frame.link_in(month, "/statement", &[]))),
    }
}
