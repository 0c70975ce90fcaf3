//! What is looked at before a month is closed: one reading of plain data, which pages, API and command line tell.

mod moved;

use sha2::{Digest as _, Sha256};

use super::figures::{FeatureFigures, Figures};
use super::license_servers::{LicenseServer, View};
use super::memory::Memory;
use super::periods::{LateRow, Status};
use super::receipts_by_day::SilentDays;
use super::roster::{BareNames, Filter};
use super::rules::Rules;
use super::sites::Site;
use super::source_use::SourceUse;
use super::{Store, StoreError};
use crate::domain::error::Error;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::server_status::State;
use crate::extension::hex;

pub use moved::{Moved, MovedCustomer, differs};

/// What is known of a month at an instant.
#[derive(Clone, Debug)]
pub struct Checklist {
    pub period: BillingPeriod,
    pub status: Status,
    /// When the clock locks and closes it; history waits for the first live month.
    pub locks_at: UtcInstant,
    /// License servers as they are now; archived ones are left out.
    pub servers: Vec<LicenseServer>,
    /// Sites in the same way.
    pub sites: Vec<Site>,
    /// Days of the month without a payload, by source.
    pub silent_days: Vec<SilentDays>,
    pub unlinked: Unlinked,
    /// Codes of all features that somebody used.
    pub features: Vec<String>,
    /// Of a month that is not closed: names without a domain that several sources report.
    pub bare: Option<BareNames>,
    /// Customers that differ from the month before; `None` where that one has no usage.
    pub moved: Option<Vec<Moved>>,
    /// Uploads from its beginning until its lock that were rejected and have not come again.
    pub rejected: i64,
    /// What the next closing carries, by the month that it came too late for. Empty of a closed month.
    pub late: Vec<LateMonth>,
    /// Whether the date of this machine is believed.
    pub is_clock_doubted: bool,
    /// Why it cannot be closed now; `None` where it can.
    pub refusal: Option<Error>,
    /// Open months that must be closed before it, the oldest first.
    pub before: Vec<BillingPeriod>,
}

/// Users that count for no customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unlinked {
    /// Of all features together, each counted once.
    pub users: u64,
    /// By feature code; features without any are left out.
    pub features: Vec<(String, u64)>,
    /// A domain that two or more of them share, and how many do: the one with the most. Of open months.
    pub domain: Option<(String, u64)>,
}

/// Late usage of a closed month that no statement carries yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateMonth {
    pub period: BillingPeriod,
    /// Distinct users with a late fact, also those who change no row.
    pub users: i64,
    pub rows: Vec<LateRow>,
}

/// What closing costs, as a box says it: whoever closes has seen these numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub unlinked: u64,
    pub servers: u64,
    pub sites: u64,
}

impl std::fmt::Display for Cost {
    /// The stamp that a form carries.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.unlinked, self.servers, self.sites)
    }
}

impl Checklist {
    pub fn silent_servers(&self) -> impl Iterator<Item = &LicenseServer> {
        self.servers.iter().filter(|server| server.status.state != State::Reporting)
    }

    pub fn silent_sites(&self) -> impl Iterator<Item = &Site> {
        self.sites.iter().filter(|site| site.status.state != State::Reporting)
    }

    pub fn cost(&self) -> Cost {
        Cost {
            unlinked: self.unlinked.users,
            servers: self.silent_servers().count() as u64,
            sites: self.silent_sites().count() as u64,
        }
    }
}

impl Store {
    /// Errors: `SEAT-P02` where the month has not begun.
    pub fn checklist(
        &self,
        memory: &Memory,
        period: BillingPeriod,
        now: UtcInstant,
    ) -> Result<Checklist, StoreError> {
        self.in_one_view(|store| store.read_checklist(memory, period, now))
    }

    fn read_checklist(
        &self,
        memory: &Memory,
        period: BillingPeriod,
        now: UtcInstant,
    ) -> Result<Checklist, StoreError> {
        let status = Status::of(self, period, now)?;
        let is_closed = status == Status::Closed;
        let rules = self.rules()?;
        let figures = memory.figures(self, period)?;
        let before = memory.figures(self, period.plus_months(-1).unwrap_or(period))?;
        let used = SourceUse::of(&figures);
        let view = View { period, as_of: now, rule: &rules.status, used: &used };
        let mut servers = self.list_license_servers(view)?;
        servers.retain(|server| server.status.state != State::Archived);
        let mut sites = self.list_sites(view)?;
        sites.retain(|site| site.status.state != State::Archived);
        let bare = match is_closed {
            true => None,
            false => Some(self.first_bare_names(memory, period)?),
        };
        Ok(Checklist {
            period,
            status,
            locks_at: rules.locks_at(period),
            servers,
            sites,
            silent_days: self.silent_days(period, now, rules.lock.time_zone)?,
            unlinked: self.unlinked(memory, &figures)?,
            features: figures.features.iter().map(|feature| feature.feature.clone()).collect(),
            bare,
            moved: moved::moved(&figures, &before),
            rejected: self.count_rejected_of(&rules, period)?,
            late: if is_closed { Vec::new() } else { self.late_months(memory)? },
            is_clock_doubted: self.clock()?.doubts(now),
            refusal: self.why_not_close(period, now)?,
            before: self.open_before(&rules, period)?,
        })
    }

    fn first_bare_names(&self, memory: &Memory, period: BillingPeriod) -> Result<BareNames, StoreError> {
        const NAMED: usize = 10;
        let (roster, names) = (memory.roster(self, period)?, memory.bare_names(self, period)?);
        let first = names.iter().take(NAMED).map(|at| roster.bare_name(*at).name.to_owned());
        Ok(BareNames { count: names.len() as u64, first: first.collect() })
    }

    /// Users of a month that count for no customer, each once.
    pub fn unlinked_users(&self, memory: &Memory, figures: &Figures) -> Result<u64, StoreError> {
        let mut rows = figures.features.iter().filter_map(|feature| feature.customer(None));
        let (first, second) = (rows.next().map_or(0, |row| row.users.users), rows.next());
        // With one feature its row says it; of several a user may stand in more than one.
        match second {
            None => Ok(first),
            Some(_) => Ok(memory.roster(self, figures.period)?.select(&nobodys()).counts.users),
        }
    }

    fn unlinked(&self, memory: &Memory, figures: &Figures) -> Result<Unlinked, StoreError> {
        let row =
            |feature: &FeatureFigures| Some((feature.feature.clone(), feature.customer(None)?.users.users));
        let users = self.unlinked_users(memory, figures)?;
        let mut domain = None;
        if users > 0 && !figures.closed {
            let selection = memory.roster(self, figures.period)?.select(&nobodys());
            domain =
                selection.counts.domains.iter().find(|(domain, of)| !domain.is_empty() && *of > 1).cloned();
        }
        Ok(Unlinked { users, features: figures.features.iter().filter_map(row).collect(), domain })
    }

    /// What closing the month together with all open ones before it costs. The months are added up by their rows: a
    /// user of two months or features is counted in each.
    pub fn cost_with_before(&self, memory: &Memory, checklist: &Checklist) -> Result<Cost, StoreError> {
        let mut unlinked = 0;
        for period in checklist.before.iter().chain([&checklist.period]) {
            let figures = memory.figures(self, *period)?;
            let rows = figures.features.iter().filter_map(|feature| feature.customer(None));
            unlinked += rows.map(|row| row.users.users).sum::<u64>();
        }
        Ok(Cost { unlinked, ..checklist.cost() })
    }

    /// Another text for any other statement that closing would write: rows, names, and late usage that is carried.
    pub fn statement_stamp(&self, memory: &Memory, checklist: &Checklist) -> Result<String, StoreError> {
        let mut digest = Sha256::new();
        for period in checklist.before.iter().chain([&checklist.period]) {
            digest.update(format!("{:?}", memory.figures(self, *period)?.features));
        }
        digest.update(format!("{:?}", checklist.late));
        Ok(hex(&digest.finalize())[..16].to_owned())
    }

    /// Months with late usage that no statement carries yet, the oldest first.
    pub(super) fn late_months(&self, memory: &Memory) -> Result<Vec<LateMonth>, StoreError> {
        const SQL: &str = "
            SELECT l.period, count(DISTINCT g.user)
            FROM late_usage g JOIN usage_list l ON l.id = g.list
            JOIN feature f ON f.id = l.feature AND seat_unit(f.code) = 'user'
            WHERE g.carried_in IS NULL GROUP BY l.period ORDER BY l.period";
        let mut statement = self.db.prepare_cached(SQL)?;
        let mut rows = statement.query([])?;
        let mut months = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(period) = BillingPeriod::from_number(row.get(0)?) else { continue };
            let late = memory.late(self, period)?;
            let uncarried = late.iter().filter(|row| row.carried_in.is_none()).cloned();
            months.push(LateMonth { period, users: row.get(1)?, rows: uncarried.collect() });
        }
        Ok(months)
    }

    fn open_before(&self, rules: &Rules, period: BillingPeriod) -> Result<Vec<BillingPeriod>, StoreError> {
        if rules.closed_through.is_some_and(|newest| period <= newest) {
            return Ok(Vec::new());
        }
        let first = self.next_to_close()?;
        let months = std::iter::successors(first, |month| month.plus_months(1));
        Ok(months.take_while(|month| *month < period).collect())
    }
}

fn nobodys() -> Filter {
    Filter { linked: Some(false), ..Filter::default() }
}
