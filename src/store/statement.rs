//! The statement of a month as rows: of a closed one as it was sealed, of another what it would be now.

use super::memory::Memory;
use super::periods::{CarriedRow, Status};
use super::{Store, StoreError};
use crate::domain::entitlement::Entitled;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::statement::{Head, LateRow, StatementRow};
use crate::extension::stated::{self, Stated};

mod head;

pub use head::Letterhead;

/// Who closed it, and what it was sealed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    pub head: Head,
    pub seal: String,
}

/// All rows of one month's statement, in the order in which they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthStatement {
    pub period: BillingPeriod,
    pub status: Status,
    /// `None`: provisional, the rows are those of now.
    pub closing: Option<Closing>,
    pub rows: Vec<StatementRow>,
    /// Carried from months before; of the month that closes next, what it would carry.
    pub late: Vec<LateRow>,
}

impl Store {
    /// A closed month costs its rows, whatever its users; another is counted. Errors: `SEAT-P02` where it has
    /// not begun.
    pub fn statement(&self, period: BillingPeriod, now: UtcInstant) -> Result<MonthStatement, StoreError> {
        let status = Status::of(self, period, now)?;
        let month = period.to_string();
        let closing = stated::find(&self.db, &month)?.map(|Stated { head, seal, .. }| Closing { head, seal });
        let (mut rows, mut late) = match closing {
            Some(_) => (stated::rows(&self.db, &month)?, stated::late(&self.db, &month)?),
            None => (
                self.provisional_rows(period, now)?,
                self.carries(&Memory::new(), period)?.into_iter().map(as_stated).collect(),
            ),
        };
        rows.sort_by_cached_key(StatementRow::order);
        late.sort_by_cached_key(LateRow::order);
        Ok(MonthStatement { period, status, closing, rows, late })
    }

    /// As a closing would write them.
    fn provisional_rows(
        &self,
        period: BillingPeriod,
        now: UtcInstant,
    ) -> Result<Vec<StatementRow>, StoreError> {
        const SQL: &str = "
            SELECT r.feature, r.kind, r.product, r.edition, r.customer_id, c.name, r.source_kind, r.source,
              (SELECT o.name FROM object_now o JOIN object_kind k ON k.id = o.kind
                WHERE k.name = r.source_kind AND o.public_id = r.source),
              r.users, r.paid_users, r.free_users, r.overlap
            FROM seat_statement(?1) r LEFT JOIN customer c ON c.public_id = r.customer_id";
        let mut statement = self.db.prepare_cached(SQL)?;
        let rows = statement.query_map([period.to_string()], stated::counted)?;
        let mut rows: Vec<StatementRow> = rows.collect::<Result<_, _>>()?;
        let entitlements = self.entitlements(period, now, self.rules()?.lock.time_zone)?;
        for row in rows.iter_mut().filter(|row| row.kind == "total") {
            if let Some(Entitled::Licenses(licenses)) = entitlements.get(&row.feature) {
                row.entitled = Some(licenses);
                row.overage = Some(row.users - licenses).filter(|over| *over > 0);
            }
        }
        Ok(rows)
    }
}

/// As a statement would hold it.
fn as_stated(CarriedRow { of_period, late }: CarriedRow) -> LateRow {
    LateRow {
        of_period: of_period.to_string(),
        feature: late.feature,
        product: late.product,
        edition: late.edition,
        customer_id: late.customer_id,
        customer: late.customer,
        users: late.users,
        paid_users: late.paid_users,
        free_users: late.free_users,
    }
}
