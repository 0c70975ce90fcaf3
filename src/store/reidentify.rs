//! Scrambled names and the clear ones behind them, matched against a list that is read once and kept nowhere.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::assignments::ObjectRef;
use super::identities::{Change, Decision, Link};
use super::{Store, StoreError};
use crate::domain::clear_names::{is_clear, scrambled_keys};
use crate::domain::ids::ObjectKind;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::user_key::{is_scrambled, user_key};

/// What a list of clear names tells of the scrambled ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matches {
    /// The earliest open month: from it on the names count as their clear ones.
    pub since: BillingPeriod,
    /// Clear names in the list; lines that can be none are not among them.
    pub names: u64,
    pub unusable: u64,
    /// Scrambled names that uploads have shown.
    pub scrambled: u64,
    /// Scrambled names with the user whom they are, by key.
    pub links: Vec<Link>,
    /// Scrambled names that count as just that user already.
    pub already: u64,
    /// Scrambled names that hide one of several: none of them is linked.
    pub ambiguous: Vec<Unmade>,
    /// Matches that an alias on record stands in the way of.
    pub blocked: Vec<Unmade>,
}

/// A match that is reported and not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmade {
    /// The scrambled name, as it was seen.
    pub user: String,
    /// Clear names that it may be.
    pub names: Vec<String>,
    /// What stands in the way, where something does.
    pub why: Option<String>,
}

impl Matches {
    /// Scrambled names that no name of the list explains.
    pub fn unmatched(&self) -> u64 {
        let told = self.links.len() + self.ambiguous.len() + self.blocked.len();
        self.scrambled.saturating_sub(told as u64 + self.already)
    }

    pub fn change(&self) -> Change {
        Change { period: self.since, what: Decision::CountAs(self.links.clone()) }
    }
}

struct Scrambled {
    row: i64,
    name: String,
    /// Keys of clear names that give it, each with its spelling.
    found: BTreeMap<String, String>,
}

/// A row of aliases that is in effect at `since` or later.
struct Standing {
    user: i64,
    of: i64,
    from: i64,
    until: i64,
}

impl Store {
    /// Changes nothing. A name that counts as another user at that time, and for good, stands for that user.
    pub fn match_names<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
        now: UtcInstant,
    ) -> Result<Matches, StoreError> {
        let since = self.earliest_open(now)?;
        let mut scrambled = self.scrambled_users()?;
        let mut matches = Matches {
            since,
            names: 0,
            unusable: 0,
            scrambled: scrambled.len() as u64,
            links: Vec::new(),
            already: 0,
            ambiguous: Vec::new(),
            blocked: Vec::new(),
        };
        for name in names {
            if !is_clear(name) {
                matches.unusable += 1;
                continue;
            }
            matches.names += 1;
            if scrambled.is_empty() {
                continue;
            }
            for key in scrambled_keys(name) {
                if let Some(found) = scrambled.get_mut(&key) {
                    found.found.entry(user_key(name)).or_insert_with(|| name.trim().to_owned());
                }
            }
        }
        let standing = self.standing_aliases(since)?;
        let mut found: Vec<(String, Scrambled)> =
            scrambled.into_iter().filter(|(_, user)| !user.found.is_empty()).collect();
        found.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (_, user) in found {
            self.decide(user, &standing, &mut matches)?;
        }
        Ok(matches)
    }

    /// The first month that takes changes: of those with usage, the one behind the newest closed one, or what the
    /// clock leaves open.
    pub fn earliest_open(&self, now: UtcInstant) -> Result<BillingPeriod, StoreError> {
        let rules = self.rules()?;
        let is_open = |period: BillingPeriod| {
            rules.lock.require_open(period, now, rules.closed_through, rules.live_from).is_ok()
        };
        let first: Option<i64> =
            self.db.query_row("SELECT min(period) FROM usage_list", [], |row| row.get(0))?;
        let current = BillingPeriod::of(now, rules.lock.time_zone);
        let mut period =
            first.and_then(BillingPeriod::from_number).map_or(current, |first| first.min(current));
        if let Some(next) = rules.closed_through.and_then(|closed| closed.plus_months(1)) {
            period = period.max(next);
        }
        while period < current && !is_open(period) {
            period = period.plus_months(1).unwrap_or(current);
        }
        Ok(period)
    }

    fn decide(
        &self,
        user: Scrambled,
        standing: &HashMap<i64, Vec<Standing>>,
        matches: &mut Matches,
    ) -> Result<(), StoreError> {
        let Scrambled { row, name, found } = user;
        let names: Vec<String> = found.values().cloned().collect();
        let (Some((key, clear)), 1) = (found.first_key_value(), found.len()) else {
            matches.ambiguous.push(Unmade { user: name, names, why: None });
            return Ok(());
        };
        let mut find = self.db.prepare_cached("SELECT id FROM user WHERE key = ?1")?;
        let mut rows = find.query([key])?;
        let clear_row: Option<i64> = rows.next()?.map(|row| row.get(0)).transpose()?;
        drop(rows);
        let since = matches.since.number();
        let touching = |row: i64| standing.get(&row).map_or(&[][..], Vec::as_slice);
        let mut target = (clear_row, clear.clone());
        let mut why = None;
        // Who is named by others cannot be an alias itself.
        if let Some(other) = touching(row).iter().find(|alias| alias.of == row) {
            why = Some(format!("{} counts as it", self.name_of(other.user)?));
        }
        let own: Vec<&Standing> = clear_row
            .map(|clear| touching(clear).iter().filter(|alias| alias.user == clear).collect())
            .unwrap_or_default();
        match own.as_slice() {
            [] => {}
            [alias] if alias.from <= since && alias.until > NEVER && alias.of != row => {
                target = (Some(alias.of), self.name_of(alias.of)?);
            }
            [alias, ..] => why = Some(format!("{clear} counts as {}", self.name_of(alias.of)?)),
        }
        let now = touching(row).iter().find(|alias| alias.user == row && alias.from <= since);
        if let Some(now) = now {
            if Some(now.of) == target.0 {
                matches.already += 1;
                return Ok(());
            }
            why = Some(format!("it counts as {}", self.name_of(now.of)?));
        }
        match why {
            Some(why) => matches.blocked.push(Unmade { user: name, names, why: Some(why) }),
            None => matches.links.push(Link {
                user: ObjectRef::new(ObjectKind::User, &name),
                of: Some(ObjectRef::new(ObjectKind::User, &target.1)),
            }),
        }
        Ok(())
    }

    fn name_of(&self, row: i64) -> Result<String, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT name FROM user WHERE id = ?1")?;
        Ok(statement.query_row([row], |row| row.get(0))?)
    }

    /// By key. What nothing but an alias or a tag names is among them: it may arrive yet.
    fn scrambled_users(&self) -> Result<HashMap<String, Scrambled>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT id, key, name FROM user WHERE length(key) = 24 AND key GLOB '*=='")?;
        let mut rows = statement.query([])?;
        let mut users = HashMap::new();
        while let Some(row) = rows.next()? {
            let key: String = row.get(1)?;
            if is_scrambled(&key) {
                users.insert(key, Scrambled { row: row.get(0)?, name: row.get(2)?, found: BTreeMap::new() });
            }
        }
        Ok(users)
    }

    /// Rows that name somebody and are in effect at `since` or later, by each of the two users.
    fn standing_aliases(&self, since: BillingPeriod) -> Result<HashMap<i64, Vec<Standing>>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT user, of_user, since, until FROM alias_span WHERE until > ?1 ORDER BY user, since",
        )?;
        let mut rows = statement.query([since.number()])?;
        let mut standing: HashMap<i64, Vec<Standing>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let (user, of, from, until) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            for name in BTreeSet::from([user, of]) {
                standing.entry(name).or_default().push(Standing { user, of, from, until });
            }
        }
        Ok(standing)
    }
}

/// Behind every month: an alias that ends no earlier holds for good.
const NEVER: i64 = 999_912;
