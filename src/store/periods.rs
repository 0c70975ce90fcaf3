//! Billing periods as a list: which are open, locked or closed, and what stands behind each.

use rusqlite::{OptionalExtension as _, params};

use super::rules::Rules;
use super::{Store, StoreError};
use crate::domain::error::{Error, code};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::statement::Head;
use crate::extension::stated::{self, Stated};

/// Whether the figures of a period can still change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Tags and flags can be changed.
    Open,
    /// They cannot, and the statement is due.
    Locked,
    /// The statement is written.
    Closed,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Locked => "locked",
            Self::Closed => "closed",
        }
    }

    /// As the guards judge it: a clock that was set back re-opens nothing here either. Errors: `SEAT-P02` where the
    /// period has not begun.
    pub fn of(store: &Store, period: BillingPeriod, now: UtcInstant) -> Result<Self, StoreError> {
        let as_of = store.clock()?.as_of(now);
        Self::by(&store.rules()?, period, as_of)
    }

    /// The same by rules at hand, `as_of` being the later of the clock and of what was recorded.
    pub(super) fn by(rules: &Rules, period: BillingPeriod, as_of: UtcInstant) -> Result<Self, StoreError> {
        match rules.lock.require_open(period, as_of, rules.closed_through, rules.live_from) {
            Ok(()) => Ok(Self::Open),
            Err(Error { code: code::PERIOD_LOCKED, .. }) if rules.closed_through >= Some(period) => {
                Ok(Self::Closed)
            }
            Err(Error { code: code::PERIOD_LOCKED, .. }) => Ok(Self::Locked),
            Err(error) => Err(error.into()),
        }
    }
}

/// One billing period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    pub period: BillingPeriod,
    pub status: Status,
    /// When the clock locks it; of history, when it locks the first live period.
    pub locks_at: UtcInstant,
    pub statement: Option<Sealed>,
    /// Sum of the totals of all features, of a closed one.
    pub users: Option<i64>,
    /// Users with late usage, carried or not.
    pub late_users: i64,
    /// Facts that no statement carries yet.
    pub late_uncarried: i64,
}

/// What its statement says of a closed period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub closed_at: String,
    pub closed_by: String,
    /// History from before the appliance went live.
    pub imported: bool,
    pub previous_seal: String,
    pub seal: String,
}

impl Sealed {
    pub(super) fn of(head: Head, seal: String) -> Self {
        Self {
            closed_at: head.closed_at,
            closed_by: head.closed_by,
            imported: head.imported != 0,
            previous_seal: head.previous_seal,
            seal,
        }
    }
}

/// By how much late usage would move one row of a closed period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateRow {
    pub feature: String,
    pub product: String,
    pub edition: String,
    /// `None`: the unlinked row.
    pub customer_id: Option<String>,
    /// As the statement names it that carries the row; else as it is named now.
    pub customer: Option<String>,
    pub users: i64,
    pub paid_users: i64,
    pub free_users: i64,
    /// The statement that carries it.
    pub carried_in: Option<BillingPeriod>,
}

/// What a statement carries from the months before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedRow {
    pub of_period: BillingPeriod,
    pub late: LateRow,
}

impl Store {
    /// From the first month with usage to the one that the clocks show, oldest first.
    pub fn list_periods(&self, now: UtcInstant) -> Result<Vec<Period>, StoreError> {
        self.months(now)?.into_iter().map(|period| self.find_period(period, now)).collect()
    }

    /// The same months, without a look at each.
    pub fn months(&self, now: UtcInstant) -> Result<Vec<BillingPeriod>, StoreError> {
        let Some(first) = self.first_period()? else { return Ok(Vec::new()) };
        let rules = self.rules()?;
        // A clock that was ahead may have left usage of months that have not begun: their time will come.
        let as_of = self.clock()?.as_of(now);
        let last = BillingPeriod::of(as_of, rules.lock.time_zone);
        let mut periods = Vec::new();
        let mut next = Some(first);
        while let Some(period) = next.filter(|period| *period <= last) {
            periods.push(period);
            next = period.plus_months(1);
        }
        Ok(periods)
    }

    /// When a period was closed; `None` for one that is not.
    pub fn closed_at(&self, period: BillingPeriod) -> Result<Option<String>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT closed_at FROM statement WHERE period = ?1")?;
        Ok(statement.query_row([period.to_string()], |row| row.get(0)).optional()?)
    }

    /// One of them, whether anybody reported usage in it or not. Errors: `SEAT-P02` where it has not begun.
    pub fn find_period(&self, period: BillingPeriod, now: UtcInstant) -> Result<Period, StoreError> {
        const LATE: &str = "
            SELECT count(DISTINCT g.user), count(*) FILTER (WHERE g.carried_in IS NULL)
            FROM usage_list l JOIN feature f ON f.id = l.feature AND seat_unit(f.code) = 'user'
            JOIN late_usage g ON g.list = l.id WHERE l.period = ?1";
        const USERS: &str =
            "SELECT coalesce(sum(users), 0) FROM statement_row WHERE period = ?1 AND kind = 'total'";
        let rules = self.rules()?;
        let as_of = self.clock()?.as_of(now);
        let locks_at = rules.locks_at(period);
        let statement = stated::find(&self.db, &period.to_string())?;
        let statement = statement.map(|Stated { head, seal, .. }| Sealed::of(head, seal));
        let status = Status::by(&rules, period, as_of)?;
        let users = match &statement {
            Some(_) => Some(self.db.query_row(USERS, [period.to_string()], |row| row.get(0))?),
            None => None,
        };
        let (late_users, late_uncarried) = self
            .db
            .prepare_cached(LATE)?
            .query_row([period.number()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Period { period, status, locks_at, statement, users, late_users, late_uncarried })
    }

    /// Rows of the statement of a closed period, each a line of what is sealed.
    pub fn count_statement_rows(&self, period: BillingPeriod) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM statement_row WHERE period = ?1";
        Ok(self.db.prepare_cached(sql)?.query_row([period.to_string()], |row| row.get(0))?)
    }

    /// By how much late usage would move the rows of a closed period: what statements carry, then the rest.
    pub fn late(&self, period: BillingPeriod) -> Result<Vec<LateRow>, StoreError> {
        const SQL: &str = "
            SELECT d.feature, d.product, d.edition, d.customer_id,
              coalesce((SELECT customer FROM statement_late s WHERE s.period = d.carried_in AND s.of_period = ?1
                AND s.feature = d.feature AND s.customer_id = d.customer_id), c.name),
              d.users, d.paid_users, d.free_users, d.carried_in
            FROM seat_late(?1) d LEFT JOIN customer c ON c.public_id = d.customer_id";
        let mut statement = self.db.prepare_cached(SQL)?;
        let rows = statement.query_map([period.to_string()], late_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What the statement of a period carries, by month, feature and customer.
    pub fn carried(&self, period: BillingPeriod) -> Result<Vec<CarriedRow>, StoreError> {
        const SQL: &str = "
            SELECT feature, product, edition, customer_id, customer, users, paid_users, free_users, period, of_period
            FROM statement_late WHERE period = ?1 AND EXISTS (SELECT 1 FROM statement WHERE period = ?1)
            ORDER BY of_period, feature, customer_id";
        let mut statement = self.db.prepare_cached(SQL)?;
        let rows = statement
            .query_map(params![period.to_string()], |row| Ok((row.get::<_, String>(9)?, late_row(row)?)))?;
        let mut carried = Vec::new();
        for row in rows {
            let (of_period, late) = row?;
            carried.push(CarriedRow { of_period: of_period.parse()?, late });
        }
        Ok(carried)
    }

    /// The text whose SHA-256 is the seal of a closed period; `None` for one that is not.
    pub fn canonical(&self, period: BillingPeriod) -> Result<Option<String>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT line FROM seat_canonical(?1)")?;
        let mut rows = statement.query([period.to_string()])?;
        let mut text = String::new();
        while let Some(row) = rows.next()? {
            text.push_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
            text.push('\n');
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}

fn late_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<LateRow> {
    let carried_in: Option<String> = row.get(8)?;
    Ok(LateRow {
        feature: row.get(0)?,
        product: row.get(1)?,
        edition: row.get(2)?,
        customer_id: row.get(3)?,
        customer: row.get(4)?,
        users: row.get(5)?,
        paid_users: row.get(6)?,
        free_users: row.get(7)?,
        carried_in: carried_in.and_then(|period| period.parse().ok()),
    })
}
