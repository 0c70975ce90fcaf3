//! A statement's head: whose it is, of what time, and what it carries; of an open month as it would stand.

use crate::domain::period::{BillingPeriod, TimeZone};
use crate::extension::stated::{self, Stated};
use crate::store::checklist::LateMonth;
use crate::store::memory::Memory;
use crate::store::periods::{CarriedRow, Sealed};
use crate::store::{Store, StoreError};

/// What stands above the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letterhead {
    pub organization_id: String,
    pub organization_name: String,
    /// The zone whose calendar the month follows.
    pub time_zone: TimeZone,
    pub lock_day: i64,
    /// `None`: the month is not closed, and everything is as it is now.
    pub sealed: Option<Sealed>,
}

impl Store {
    /// Of a closed month as it was sealed, of another one as it is set now.
    pub fn statement_head(&self, period: BillingPeriod) -> Result<Letterhead, StoreError> {
        let Some(Stated { head, seal, .. }) = stated::find(&self.db, &period.to_string())? else {
            let rules = self.rules()?;
            return Ok(Letterhead {
                organization_id: self.setting("organization_id")?,
                organization_name: self.setting("organization_name")?,
                time_zone: rules.lock.time_zone,
                lock_day: rules.lock.lock_day.get().into(),
                sealed: None,
            });
        };
        Ok(Letterhead {
            organization_id: head.organization_id.clone(),
            organization_name: head.organization_name.clone(),
            time_zone: head.time_zone.parse()?,
            lock_day: head.lock_day,
            sealed: Some(Sealed::of(head, seal)),
        })
    }

    /// Late usage in the statement of a month: what it carries, or, of the month that closes next, what it would carry
    /// if it closed now. Others carry none yet.
    pub fn carries(&self, memory: &Memory, period: BillingPeriod) -> Result<Vec<CarriedRow>, StoreError> {
        if self.closed_at(period)?.is_some() {
            return self.carried(period);
        }
        if self.next_to_close()? != Some(period) {
            return Ok(Vec::new());
        }
        let months = self.late_months(memory)?.into_iter();
        let rows = months.flat_map(|LateMonth { period: of_period, rows, .. }| {
            rows.into_iter().map(move |late| CarriedRow { of_period, late })
        });
        Ok(rows.collect())
    }
}
