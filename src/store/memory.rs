//! Figures and users of a few months, kept in memory: computed once per change, then served.
//!
//! The key is read in the caller's own view of the database, so a commit of another process is seen at
//! once. An open period is keyed by `revision.counted`, a closed one by its seal. One thread computes while the
//! others that want the same wait. Made for blocking threads; no lock is held while anything is computed.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::OptionalExtension as _;

use super::figures::{Figures, SourceNames, Tenants};
use super::periods::LateRow;
use super::roster::{Crowd, History, Roster, Seen};
use super::source_use::SourceUse;
use super::{Store, StoreError};
use crate::domain::period::BillingPeriod;
use crate::extension::month::is_closed;

/// Months kept of each: a roster of a million users takes some 80 MB.
const ROSTERS: usize = 4;
const FIGURES: usize = 64;
/// The longest history, and some months beside it: 2,000 customers of one feature take 0.3 MB a month.
const MONTHS: usize = 132;

/// Shared by all threads of a server; a command may have one of its own.
pub struct Memory {
    counted: Shelf<Figures>,
    figures: Shelf<Figures>,
    tenants: Shelf<(Tenants, Tenants)>,
    crowds: Shelf<Crowd>,
    histories: Shelf<History>,
    names: Shelf<SourceNames>,
    late: Shelf<Vec<LateRow>>,
    uses: Shelf<SourceUse>,
    bare: Shelf<Vec<u32>>,
    seen: Shelf<Seen>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Memory {
    pub fn new() -> Self {
        Self {
            counted: Shelf::new(FIGURES),
            figures: Shelf::new(MONTHS),
            tenants: Shelf::new(FIGURES),
            crowds: Shelf::new(ROSTERS),
            histories: Shelf::new(ROSTERS),
            names: Shelf::new(FIGURES),
            late: Shelf::new(FIGURES),
            uses: Shelf::new(ROSTERS),
            bare: Shelf::new(FIGURES),
            seen: Shelf::new(FIGURES),
        }
    }

    /// As [`Store::figures`].
    pub fn figures(&self, store: &Store, period: BillingPeriod) -> Result<Arc<Figures>, StoreError> {
        store.in_one_view(|store| {
            let state = store.counted_state(period)?;
            let told = store.told_state(period, &state)?;
            self.figures.get(period, &format!("{}/{told}", state.key), || {
                if state.closed {
                    return store.figures(period);
                }
                let counted = self.counted.get(period, &state.key, || store.counted_figures(period))?;
                let mut figures = Figures::clone(&counted);
                figures.name_sources(&*self.source_names(store, period, &state, &told)?);
                Ok(figures)
            })
        })
    }

    /// As [`Store::late`].
    pub fn late(&self, store: &Store, period: BillingPeriod) -> Result<Arc<Vec<LateRow>>, StoreError> {
        store.in_one_view(|store| {
            // Late facts come with their list's digest, and a closing that carries them counts too.
            let key = format!("{}", store.counted()?);
            self.late.get(period, &key, || store.late(period))
        })
    }

    /// As [`Store::roster`].
    pub fn roster(&self, store: &Store, period: BillingPeriod) -> Result<Roster, StoreError> {
        store.in_one_view(|store| {
            let state = store.counted_state(period)?;
            let told = store.told_state(period, &state)?;
            let crowd = self.crowds.get(period, &state.key, || {
                let history = self
                    .histories
                    .get(period, &History::key(store, period)?, || History::load(store, period))?;
                Crowd::load(store, period, &history)
            })?;
            Ok(Roster::of(crowd, self.source_names(store, period, &state, &told)?))
        })
    }

    /// As [`Roster::seen`]: kept apart, so that a statement needs no roster again.
    pub fn seen(&self, store: &Store, period: BillingPeriod) -> Result<Arc<Seen>, StoreError> {
        store.in_one_view(|store| {
            let state = store.counted_state(period)?;
            self.seen.get(period, &state.key, || Ok(self.roster(store, period)?.seen()))
        })
    }

    /// As [`Roster::bare_names`].
    pub fn bare_names(&self, store: &Store, period: BillingPeriod) -> Result<Arc<Vec<u32>>, StoreError> {
        store.in_one_view(|store| {
            let state = store.counted_state(period)?;
            self.bare.get(period, &state.key, || self.roster(store, period)?.bare_names(store))
        })
    }

    /// As [`Store::single_tenant`] and [`Store::multi_tenant`].
    pub fn tenants(
        &self,
        store: &Store,
        period: BillingPeriod,
    ) -> Result<Arc<(Tenants, Tenants)>, StoreError> {
        store.in_one_view(|store| {
            let state = store.counted_state(period)?;
            // Names of sites are those of now, for closed periods too.
            let key = format!("{}/{}", state.key, store.payloads_so_far()?);
            self.tenants.get(period, &key, || Ok((store.single_tenant(period)?, store.multi_tenant(period)?)))
        })
    }

    /// As [`Store::source_use`].
    pub fn source_use(&self, store: &Store, period: BillingPeriod) -> Result<Arc<SourceUse>, StoreError> {
        store.in_one_view(|store| {
            let state = store.counted_state(period)?;
            self.uses.get(period, &state.key, || store.source_use(period))
        })
    }

    fn source_names(
        &self,
        store: &Store,
        period: BillingPeriod,
        state: &State,
        told: &str,
    ) -> Result<Arc<SourceNames>, StoreError> {
        self.names.get(period, &format!("{}/{told}", state.closed), || {
            if state.closed { store.frozen_source_names(period) } else { store.source_names() }
        })
    }
}

/// What the figures of a period depend on.
struct State {
    closed: bool,
    key: String,
}

impl Store {
    /// In the transaction that is open already, or in one of its own.
    pub(super) fn in_one_view<T>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.db.is_autocommit() { self.snapshot(read) } else { read(self) }
    }

    fn counted_state(&self, period: BillingPeriod) -> Result<State, StoreError> {
        if is_closed(&self.db, period)? {
            let sql = "SELECT seal FROM statement WHERE period = ?1";
            let seal: Option<String> =
                self.db.query_row(sql, [period.to_string()], |row| row.get(0)).optional()?;
            return Ok(State { closed: true, key: format!("sealed {}", seal.unwrap_or_default()) });
        }
        Ok(State { closed: false, key: format!("open {}", self.counted()?) })
    }

    /// Moves with every commit that touches what is counted.
    pub(super) fn counted(&self) -> Result<i64, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT counted FROM revision")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// What names of sources depend on.
    fn told_state(&self, period: BillingPeriod, state: &State) -> Result<String, StoreError> {
        if state.closed { Ok(period.to_string()) } else { self.payloads_so_far().map(|id| id.to_string()) }
    }

    fn payloads_so_far(&self) -> Result<i64, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT coalesce(max(id), 0) FROM payload")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

/// Values by period, the newest state of each; the least used leave first.
struct Shelf<T> {
    slots: Mutex<Vec<Slot<T>>>,
    turned: Condvar,
    most: usize,
}

struct Slot<T> {
    period: BillingPeriod,
    key: String,
    /// `None` while a thread computes it.
    value: Option<Arc<T>>,
}

impl<T> Shelf<T> {
    fn new(most: usize) -> Self {
        Self { slots: Mutex::new(Vec::new()), turned: Condvar::new(), most }
    }

    fn get(
        &self,
        period: BillingPeriod,
        key: &str,
        compute: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<Arc<T>, StoreError> {
        let is = |slot: &Slot<T>| slot.period == period && slot.key == key;
        let mut slots = self.lock();
        while let Some(at) = slots.iter().position(is) {
            if let Some(value) = slots[at].value.clone() {
                // The most recently used stand last.
                let slot = slots.remove(at);
                slots.push(slot);
                return Ok(value);
            }
            slots = self.turned.wait(slots).unwrap_or_else(PoisonError::into_inner);
        }
        slots.push(Slot { period, key: key.to_owned(), value: None });
        drop(slots);
        let mut promise = Promise { shelf: self, period, key, value: None };
        let value = Arc::new(compute()?);
        promise.value = Some(Arc::clone(&value));
        Ok(value)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Slot<T>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fills the slot or, after an error or a panic, takes it away; wakes those who wait in both cases.
struct Promise<'a, T> {
    shelf: &'a Shelf<T>,
    period: BillingPeriod,
    key: &'a str,
    value: Option<Arc<T>>,
}

impl<T> Drop for Promise<'_, T> {
    fn drop(&mut self) {
        let mut slots = self.shelf.lock();
        let own = |slot: &Slot<T>| slot.period == self.period && slot.key == self.key && slot.value.is_none();
        slots.retain(|slot| !own(slot));
        if let Some(value) = self.value.take() {
            // Older states of the month are of no more use; those that are being computed stay.
            slots.retain(|slot| slot.period != self.period || slot.value.is_none());
            slots.push(Slot { period: self.period, key: self.key.to_owned(), value: Some(value) });
            while slots.iter().filter(|slot| slot.value.is_some()).count() > self.shelf.most {
                let Some(oldest) = slots.iter().position(|slot| slot.value.is_some()) else { break };
                slots.remove(oldest);
            }
        }
        drop(slots);
        self.shelf.turned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::domain::error::code;

    fn period(text: &str) -> BillingPeriod {
        text.parse().unwrap()
    }

    #[test]
    fn one_thread_computes_while_the_others_wait() {
        let shelf = Shelf::new(2);
        let computed = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let value = shelf.get(period("2026-10"), "1", || {
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        Ok(computed.fetch_add(1, Ordering::SeqCst))
                    });
                    assert_eq!(*value.unwrap(), 0);
                });
            }
        });
        assert_eq!(computed.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_failure_is_not_kept_and_a_new_state_replaces_the_old() {
        let shelf: Shelf<u32> = Shelf::new(2);
        let october = period("2026-10");
        let failed = shelf.get(october, "1", || Err(StoreError::refused(code::INTERNAL, "no")));
        assert!(failed.is_err());
        for (key, value) in [("1", 1), ("2", 2)] {
            assert_eq!(*shelf.get(october, key, || Ok(value)).unwrap(), value);
        }
        assert_eq!(shelf.lock().len(), 1);
        for month in ["2026-11", "2026-12"] {
            shelf.get(period(month), "1", || Ok(3)).unwrap();
        }
        assert_eq!(shelf.lock().len(), 2, "the least used left");
        assert_eq!(*shelf.get(october, "2", || Ok(4)).unwrap(), 4);
    }
}
