//! Closing a month: count, statement, seal and audit entry in one commit, when it is due or when someone says so.

use rusqlite::params;
use rusqlite::types::Value;

use super::clock::{Clock, require_believed};
use super::commit::text;
use super::{Actor, Commit, Store, StoreError};
use crate::domain::entitlement::Entitled;
use crate::domain::error::{Code, Error, code};
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, LockRule};
use crate::domain::setting;

mod statements;

/// A month that was just closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    pub period: BillingPeriod,
    /// Sum of the totals of all features.
    pub users: i64,
    pub seal: String,
    /// History from before the appliance went live.
    pub imported: bool,
}

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (users, s) = (grouped(self.users), if self.users == 1 { "" } else { "s" });
        write!(f, "closed {}: {users} user{s}, seal {}", self.period, self.seal)
    }
}

/// Thousands apart, as people read them.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// What decides whether a month is due: read at the cost of a few look-ups before every commit.
#[derive(PartialEq)]
struct Books {
    clock: Clock,
    lock: LockRule,
    live_from: BillingPeriod,
    /// The earliest month that is not closed.
    next: BillingPeriod,
    closed_through: Option<BillingPeriod>,
}

impl Books {
    /// Whether the lock of a month has passed; history closes together with the first live month.
    fn is_past(&self, period: BillingPeriod, now: UtcInstant) -> bool {
        self.lock.is_locked(period.max(self.live_from), self.clock.as_of(now))
    }

    fn is_due(&self, now: UtcInstant) -> bool {
        !self.clock.doubts(now) && self.is_past(self.next, now)
    }
}

/// Why a month cannot be closed now.
const REFUSALS: [Code; 4] =
    [code::PERIOD_LOCKED, code::PERIOD_NOT_OVER, code::CLOSING_OUT_OF_ORDER, code::CLOCK_SUSPECTED];

/// Tries, when others commit while a month is being prepared.
const TRIES: u32 = 20;

impl Store {
    /// Closes every month that is due at `now`, in order, unless the clock is in doubt. Cheap where none is.
    pub fn close_due(&mut self, now: UtcInstant, actor: &Actor) -> Result<Vec<Closed>, StoreError> {
        let mut closed = Vec::new();
        let mut tries = 0;
        while let Some(books) = self.books()? {
            if !books.is_due(now) {
                break;
            }
            match self.close_next(&books, now, actor) {
                Ok(month) => {
                    tries = 0;
                    self.closed.push(month.clone());
                    closed.push(month);
                    // Years may be due at once.
                    self.checkpoint_when_long()?;
                }
                // Another program closed it, or committed something that it depends on.
                Err(error) if error.code() == code::BOOKS_MOVED && tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(closed)
    }

    /// The months that close as soon as `now` is taken for true, the oldest first.
    pub fn due_by(&self, now: UtcInstant) -> Result<Vec<BillingPeriod>, StoreError> {
        let Some(books) = self.books()? else { return Ok(Vec::new()) };
        let months = std::iter::successors(Some(books.next), |month| month.plus_months(1));
        Ok(months.take_while(|month| books.is_past(*month, now)).collect())
    }

    /// Closes one month by hand, after those that are due; one that is due itself is closed by the clock.
    ///
    /// Errors: `SEAT-P01` it is closed, `SEAT-P08` it is not over, `SEAT-P09` another one comes first or it lies
    /// before the first usage, `SEAT-P10` the clock is in doubt.
    pub fn close(
        &mut self,
        period: BillingPeriod,
        now: UtcInstant,
        actor: &Actor,
    ) -> Result<Closed, StoreError> {
        let due = self.close_due(now, &Actor::clock())?;
        // The time was quicker than whoever asks for it: what they want is done.
        if let Some(month) = due.into_iter().find(|month| month.period == period) {
            return Ok(month);
        }
        for _ in 0..TRIES {
            let books = self.closable(period, now)?;
            match self.close_next(&books, now, actor) {
                Ok(month) => {
                    self.closed.push(month.clone());
                    return Ok(month);
                }
                Err(error) if error.code() == code::BOOKS_MOVED => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::refused(code::BOOKS_MOVED, "expected a moment without other changes, found none"))
    }

    /// Closes all open months before this one too, the oldest first, each in a commit of its own. What was closed
    /// before a refusal stays closed: it is told in `closed`. Errors: as [`close`](Self::close).
    pub fn close_with_before(
        &mut self,
        period: BillingPeriod,
        now: UtcInstant,
        actor: &Actor,
        closed: &mut Vec<Closed>,
    ) -> Result<(), StoreError> {
        closed
            .extend(self.close_due(now, &Actor::clock())?.into_iter().filter(|month| month.period <= period));
        if closed.last().is_some_and(|month| month.period == period) {
            return Ok(());
        }
        while let Some(next) = self.next_to_close()?.filter(|next| *next < period) {
            closed.push(self.close(next, now, actor)?);
        }
        closed.push(self.close(period, now, actor)?);
        Ok(())
    }

    /// Why [`close`](Self::close) would refuse this month now, in its words; `None` where it would not.
    pub fn why_not_close(&self, period: BillingPeriod, now: UtcInstant) -> Result<Option<Error>, StoreError> {
        match self.closable(period, now) {
            Ok(_) => Ok(None),
            Err(StoreError::Refused(error)) if REFUSALS.contains(&error.code) => Ok(Some(error)),
            Err(error) => Err(error),
        }
    }

    fn closable(&self, period: BillingPeriod, now: UtcInstant) -> Result<Books, StoreError> {
        let books = self.books()?.ok_or_else(|| {
            let detail = format!("expected a month with usage, found no usage at all for {period}");
            StoreError::refused(code::CLOSING_OUT_OF_ORDER, detail)
        })?;
        require_closable(&books, period, now)?;
        Ok(books)
    }

    /// The earliest month that is not closed; `None` where nobody has reported usage.
    pub fn next_to_close(&self) -> Result<Option<BillingPeriod>, StoreError> {
        Ok(self.books()?.map(|books| books.next))
    }

    /// Months that this connection closed since the last call.
    pub fn take_closed(&mut self) -> Vec<Closed> {
        std::mem::take(&mut self.closed)
    }

    fn books(&self) -> Result<Option<Books>, StoreError> {
        const SQL: &str = "SELECT lock_day, time_zone, closed_through, live_from,
            (SELECT min(period) FROM usage_list) FROM lock_rule";
        type Row = (i64, String, Option<String>, Option<String>, Option<i64>);
        let (lock_day, zone, closed, live_from, first): Row = self
            .db
            .prepare_cached(SQL)?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
        let closed_through: Option<BillingPeriod> = closed.map(|period| period.parse()).transpose()?;
        let next = match closed_through {
            Some(newest) => newest.plus_months(1),
            None => first.and_then(BillingPeriod::from_number),
        };
        let (Some(next), Some(live_from)) = (next, live_from) else { return Ok(None) };
        Ok(Some(Books {
            clock: self.clock()?,
            lock: LockRule {
                lock_day: crate::domain::period::LockDay::new(lock_day)?,
                time_zone: zone.parse()?,
            },
            live_from: live_from.parse()?,
            next,
            closed_through,
        }))
    }

    /// Everything that is not counted is decided here; that nothing of it has changed by then is the first thing
    /// that the commit looks at.
    fn close_next(&mut self, books: &Books, now: UtcInstant, actor: &Actor) -> Result<Closed, StoreError> {
        if books.clock.suspected.is_some() {
            // The clock is back: that goes on record first, apart from the closing.
            self.commit_alone(&Commit::new(now, actor))?;
        }
        let as_of = books.clock.as_of(now);
        let closing = self.snapshot(|store| {
            // In one state of the database with the number that the commit looks at: another program may have closed
            // the month since it was found due.
            if store.books()?.as_ref() != Some(books) {
                return Err(StoreError::refused(code::BOOKS_MOVED, "another program was quicker"));
            }
            store.prepare_closing(books, as_of, actor)
        })?;
        let mut commit = Commit::new(now, actor);
        statements::close(&mut commit, &closing);
        self.commit_alone(&commit)?;
        self.find_closed(books.next)
    }

    fn prepare_closing(
        &self,
        books: &Books,
        as_of: UtcInstant,
        actor: &Actor,
    ) -> Result<statements::Closing, StoreError> {
        let stored = self.stored_settings()?;
        let value = |key: &str| -> Result<String, StoreError> {
            let own = stored.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone());
            Ok(own.unwrap_or(setting::find(key)?.default.to_owned()))
        };
        let entitlements = self.entitlements(books.next, as_of, books.lock.time_zone)?;
        let entitled = entitlements.iter().filter_map(|(feature, entitled)| match entitled {
            Entitled::Licenses(licenses) => Some((feature.to_owned(), licenses.into())),
            Entitled::Uncounted => None,
        });
        Ok(statements::Closing {
            period: books.next,
            audit_entries: self.db.query_row("SELECT entries FROM audit_head", [], |row| row.get(0))?,
            closed_at: as_of,
            closed_by: actor.0.clone(),
            imported: books.next < books.live_from,
            organization_id: value("organization_id")?,
            organization_name: value("organization_name")?,
            time_zone: value("time_zone")?,
            lock_day: books.lock.lock_day.get().into(),
            entitled: serde_json::Value::Object(entitled.collect()).to_string(),
        })
    }

    fn find_closed(&self, period: BillingPeriod) -> Result<Closed, StoreError> {
        const SQL: &str = "SELECT seal, imported, (SELECT coalesce(sum(users), 0) FROM statement_row r
            WHERE r.period = s.period AND r.kind = 'total') FROM statement s WHERE period = ?1";
        Ok(self.db.query_row(SQL, params![period.to_string()], |row| {
            Ok(Closed { period, seal: row.get(0)?, imported: row.get(1)?, users: row.get(2)? })
        })?)
    }
}

fn require_closable(books: &Books, period: BillingPeriod, now: UtcInstant) -> Result<(), StoreError> {
    let next = books.next;
    if books.closed_through.is_some_and(|newest| period <= newest) {
        let detail = format!("billing period {period} is closed");
        return Err(StoreError::refused(code::PERIOD_LOCKED, detail));
    }
    if period < next {
        let detail = format!("expected {next}, the first month with usage, or a later one, found {period}");
        return Err(StoreError::refused(code::CLOSING_OUT_OF_ORDER, detail));
    }
    require_believed(&books.clock, now)?;
    let over_at = period.plus_months(1).map(|behind| behind.begins_at(books.lock.time_zone));
    if over_at.is_none_or(|over_at| books.clock.as_of(now) < over_at) {
        let detail = format!("expected a month that is over, found {period}");
        return Err(StoreError::refused(code::PERIOD_NOT_OVER, detail));
    }
    if period > next {
        let detail = format!("expected {next}, the earliest month that is not closed, found {period}");
        return Err(StoreError::refused(code::CLOSING_OUT_OF_ORDER, detail));
    }
    Ok(())
}

/// A value of a statement.
fn instant(at: UtcInstant) -> Value {
    text(&at.to_string())
}

#[cfg(test)]
mod tests;
