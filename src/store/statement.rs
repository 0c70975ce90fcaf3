//! The statement of a month as rows: of a closed one as it was sealed, of another what it would be now.

use rusqlite::{Row, params};

use super::memory::Memory;
use super::periods::{CarriedRow, Status};
use super::{Store, StoreError};
use crate::domain::entitlement::Entitled;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::statement::{Head, LateRow, StatementRow};

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
        let closing = self.find_closing(period)?;
        let (mut rows, mut late) = match closing {
            Some(_) => (self.sealed_rows(period)?, self.sealed_late(period)?),
            None => (
                self.provisional_rows(period, now)?,
                self.carries(&Memory::new(), period)?.into_iter().map(as_stated).collect(),
            ),
        };
        rows.sort_by_cached_key(StatementRow::order);
        late.sort_by_cached_key(LateRow::order);
        Ok(MonthStatement { period, status, closing, rows, late })
    }

    /// What the statement itself says; `None` for a month that is not closed.
    pub fn find_closing(&self, period: BillingPeriod) -> Result<Option<Closing>, StoreError> {
        const SQL: &str = "
            SELECT period, organization_id, organization_name, time_zone, lock_day, closed_at, closed_by, imported,
              previous_seal, seal
            FROM statement WHERE period = ?1";
        let mut found = self.rows_of(SQL, period, |row| {
            let head = Head {
                period: row.get(0)?,
                organization_id: row.get(1)?,
                organization_name: row.get(2)?,
                time_zone: row.get(3)?,
                lock_day: row.get(4)?,
                closed_at: row.get(5)?,
                closed_by: row.get(6)?,
                imported: row.get(7)?,
                previous_seal: row.get(8)?,
            };
            Ok(Closing { head, seal: row.get(9)? })
        })?;
        Ok(found.pop())
    }

    fn sealed_rows(&self, period: BillingPeriod) -> Result<Vec<StatementRow>, StoreError> {
        const SQL: &str = "
            SELECT feature, kind, product, edition, customer_id, customer, source_kind, source, source_name,
              users, paid_users, free_users, overlap, entitled, overage
            FROM statement_row WHERE period = ?1";
        self.rows_of(SQL, period, |row| {
            Ok(StatementRow { entitled: row.get(13)?, overage: row.get(14)?, ..counted(row)? })
        })
    }

    fn sealed_late(&self, period: BillingPeriod) -> Result<Vec<LateRow>, StoreError> {
        const SQL: &str = "
            SELECT of_period, feature, product, edition, customer_id, customer, users, paid_users, free_users
            FROM statement_late WHERE period = ?1";
        self.rows_of(SQL, period, late)
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
        let mut rows = self.rows_of(SQL, period, counted)?;
        let entitlements = self.entitlements(period, now, self.rules()?.lock.time_zone)?;
        for row in rows.iter_mut().filter(|row| row.kind == "total") {
            if let Some(Entitled::Licenses(licenses)) = entitlements.get(&row.feature) {
                row.entitled = Some(licenses);
                row.overage = Some(row.users - licenses).filter(|over| *over > 0);
            }
        }
        Ok(rows)
    }

    fn rows_of<T>(
        &self,
        sql: &str,
        period: BillingPeriod,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map(params![period.to_string()], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn counted(row: &Row<'_>) -> rusqlite::Result<StatementRow> {
    Ok(StatementRow {
        feature: row.get(0)?,
        kind: row.get(1)?,
        product: row.get(2)?,
        edition: row.get(3)?,
        customer_id: row.get(4)?,
        customer: row.get(5)?,
        source_kind: row.get(6)?,
        source: row.get(7)?,
        source_name: row.get(8)?,
        users: row.get(9)?,
        paid_users: row.get(10)?,
        free_users: row.get(11)?,
        overlap: row.get(12)?,
        entitled: None,
        overage: None,
    })
}

fn late(row: &Row<'_>) -> rusqlite::Result<LateRow> {
    Ok(LateRow {
        of_period: row.get(0)?,
        feature: row.get(1)?,
        product: row.get(2)?,
        edition: row.get(3)?,
        customer_id: row.get(4)?,
        customer: row.get(5)?,
        users: row.get(6)?,
        paid_users: row.get(7)?,
        free_users: row.get(8)?,
    })
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
