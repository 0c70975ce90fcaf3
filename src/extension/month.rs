//! One billing period as the tables hold it, in the form that the domain counts: what people decided,
//! in effect for that period, and narrow scans over the facts.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension as _, Statement, params};

use super::Fault;
use crate::domain::count::{Count, FeatureFigures, Figures, SourceTags, UserTags};
use crate::domain::period::BillingPeriod;
use crate::domain::precedence::{CustomerNo, of_source};
use crate::domain::product::{self, Unit};
use crate::domain::user_key::{is_bare, is_scrambled, push_user_key};

/// Decisions and sources of one period; the facts stay in the tables.
pub struct Month {
    pub sources: Vec<Source>,
    /// By feature code, then in the order in which they were first seen; features of unit user only.
    pub lists: Vec<List>,
    pub tags: UserTags,
    pub customers: HashMap<CustomerNo, String>,
    facts: Facts,
    identities: Identities,
}

/// Which facts of a month are read, late usage being what came after it was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facts {
    /// Those that its figures are counted from.
    OnTime,
    /// With the late ones that a statement carries.
    WithCarried,
    /// With all late ones.
    WithLate,
}

impl Facts {
    /// The users of one list.
    fn sql(self) -> &'static str {
        match self {
            Self::OnTime => "SELECT user FROM main.usage WHERE list = ?1",
            Self::WithCarried => {
                "SELECT user FROM main.usage WHERE list = ?1
                 UNION ALL SELECT user FROM main.late_usage WHERE list = ?1 AND carried_in IS NOT NULL"
            }
            Self::WithLate => {
                "SELECT user FROM main.usage WHERE list = ?1
                 UNION ALL SELECT user FROM main.late_usage WHERE list = ?1"
            }
        }
    }
}

/// One usage list: a feature seen by a source.
pub struct List {
    id: i64,
    pub feature: String,
    /// Index into [`Month::sources`].
    pub source: usize,
}

impl List {
    /// Its row in `usage_list`.
    pub fn row(&self) -> i64 {
        self.id
    }
}

/// A license server or delivery group that saw users.
pub struct Source {
    row: i64,
    pub kind: String,
    pub public_id: String,
    /// The id alone in a JSON array: what most users' `sources` are.
    pub alone: String,
    pub tags: SourceTags,
}

impl Source {
    /// Its row in `object`.
    pub fn row(&self) -> i64 {
        self.row
    }
}

/// Who is whom: aliases, and bare names of sources with a default domain.
#[derive(Default)]
struct Identities {
    aliases: HashMap<u32, u32>,
    /// By source row and user.
    bare: HashMap<(i64, u32), u32>,
    /// By source row.
    domains: HashMap<i64, String>,
    /// Keys of `DOMAIN\name` users that no upload and no tag has named yet, by their stand-in number.
    unnamed: HashMap<u32, String>,
}

impl Month {
    pub fn load(db: &Connection, period: BillingPeriod) -> Result<Self, Fault> {
        Self::load_with(db, period, Facts::OnTime)
    }

    /// What the month would be with late usage.
    pub fn load_with(db: &Connection, period: BillingPeriod, facts: Facts) -> Result<Self, Fault> {
        Self::read(db, period, facts, |unit| unit == Unit::User)
    }

    /// Lists of features of every unit: what the facts are, whatever the catalogue says of them.
    pub fn load_all(db: &Connection, period: BillingPeriod) -> Result<Self, Fault> {
        Self::read(db, period, Facts::OnTime, |_| true)
    }

    fn read(
        db: &Connection,
        period: BillingPeriod,
        facts: Facts,
        wanted: fn(Unit) -> bool,
    ) -> Result<Self, Fault> {
        let mut month = Self {
            sources: Vec::new(),
            lists: Vec::new(),
            tags: user_tags(db, period)?,
            customers: customers(db)?,
            facts,
            identities: Identities::default(),
        };
        month.load_lists(db, period, wanted)?;
        month.load_identities(db, period)?;
        Ok(month)
    }

    /// Calls `each` with every user of the list, as it is counted.
    pub fn users(&self, db: &Connection, list: &List, mut each: impl FnMut(u32)) -> Result<(), Fault> {
        let mut statement = db.prepare(self.facts.sql())?;
        let mut rows = statement.query([list.id])?;
        let source = self.sources[list.source].row;
        let same = self.identities.are_plain();
        while let Some(row) = rows.next()? {
            let user = number(row.get_ref(0)?.as_i64().unwrap_or_default());
            each(if same { user } else { self.identities.counted(source, user) });
        }
        Ok(())
    }

    /// Calls `each` with every user of the list, as it was seen and as it is counted.
    pub fn sightings(
        &self,
        db: &Connection,
        list: &List,
        mut each: impl FnMut(u32, u32),
    ) -> Result<(), Fault> {
        let mut statement = db.prepare("SELECT user FROM main.usage WHERE list = ?1")?;
        let mut rows = statement.query([list.id])?;
        let source = self.sources[list.source].row;
        while let Some(row) = rows.next()? {
            let seen = number(row.get_ref(0)?.as_i64().unwrap_or_default());
            each(seen, self.identities.counted(source, seen));
        }
        Ok(())
    }

    /// Calls `each` with every user of the list, as it is counted, and the payload of its first sight.
    pub fn facts(&self, db: &Connection, list: &List, mut each: impl FnMut(u32, i64)) -> Result<(), Fault> {
        let mut statement = db.prepare("SELECT user, payload FROM main.usage WHERE list = ?1")?;
        let mut rows = statement.query([list.id])?;
        let source = self.sources[list.source].row;
        while let Some(row) = rows.next()? {
            each(self.identities.counted(source, number(row.get(0)?)), row.get(1)?);
        }
        Ok(())
    }

    /// The figures of each feature, by its code.
    pub fn figures(&self, db: &Connection) -> Result<Vec<(&str, FeatureFigures)>, Fault> {
        let mut count = Count::new(&self.tags);
        let mut figures = Vec::new();
        for lists in self.lists.chunk_by(|a, b| a.feature == b.feature) {
            for list in lists {
                let tags = self.sources[list.source].tags;
                self.users(db, list, |user| count.add(user, tags))?;
            }
            let counted = count.finish();
            if counted.total.users > 0 {
                figures.push((lists[0].feature.as_str(), counted));
            }
        }
        Ok(figures)
    }

    /// The figures of each list, that is of one feature at its source alone, in the order of the lists.
    pub fn list_figures(&self, db: &Connection) -> Result<Vec<Figures>, Fault> {
        let mut figures = Vec::with_capacity(self.lists.len());
        for list in &self.lists {
            let free = self.sources[list.source].tags.free;
            let mut alone = Figures::default();
            if self.identities.are_plain() {
                self.users(db, list, |user| alone.add(free || self.tags.is_free(user)))?;
            } else {
                // An alias or a default domain can make one user of two.
                let mut users = HashSet::new();
                self.users(db, list, |user| {
                    if users.insert(user) {
                        alone.add(free || self.tags.is_free(user));
                    }
                })?;
            }
            figures.push(alone);
        }
        Ok(figures)
    }

    pub fn source_of(&self, list: usize) -> &Source {
        &self.sources[self.lists[list].source]
    }

    pub fn customer_id(&self, customer: CustomerNo) -> Option<&str> {
        self.customers.get(&customer).map(String::as_str)
    }

    /// Whom the fact of a seen user counts for.
    pub fn counted(&self, list: &List, seen: u32) -> u32 {
        self.identities.counted(self.sources[list.source].row, seen)
    }

    /// Everybody whom the fact of a seen user names: the user, the one of its default domain, and whom it counts for.
    pub fn named_by(&self, source: usize, seen: u32) -> impl Iterator<Item = u32> {
        let home = self.identities.bare.get(&(self.sources[source].row, seen)).copied().unwrap_or(seen);
        [Some(home).filter(|home| *home != seen), self.alias_of(home).filter(|of| *of != seen)]
            .into_iter()
            .flatten()
            .chain([seen])
    }

    /// Whom the user is an alias of.
    pub fn alias_of(&self, user: u32) -> Option<u32> {
        self.identities.aliases.get(&user).copied()
    }

    /// The default domain of a source.
    pub fn domain_of(&self, source: &Source) -> Option<&str> {
        self.identities.domains.get(&source.row).map(String::as_str)
    }

    /// The key of a counted user.
    pub fn key_of(&self, db: &Connection, user: u32) -> Result<String, Fault> {
        match self.unnamed_key(user) {
            Some(key) => Ok(key.to_owned()),
            None => Ok(db.query_row("SELECT key FROM main.user WHERE id = ?1", [user], |row| row.get(0))?),
        }
    }

    /// The key of a counted user that stands in no table, because only a default domain names it.
    pub fn unnamed_key(&self, user: u32) -> Option<&str> {
        self.identities.unnamed.get(&user).map(String::as_str)
    }

    pub fn unnamed_users(&self) -> impl Iterator<Item = (u32, &str)> {
        self.identities.unnamed.iter().map(|(user, key)| (*user, key.as_str()))
    }

    fn load_lists(
        &mut self,
        db: &Connection,
        period: BillingPeriod,
        wanted: fn(Unit) -> bool,
    ) -> Result<(), Fault> {
        const SQL: &str = "
            WITH tag (kind, object, customer) AS (
              SELECT kind, object, customer FROM main.assignment_row a
              WHERE kind > 0 AND since = (SELECT max(since) FROM main.assignment_row
                WHERE kind = a.kind AND object = a.object AND since <= ?1)),
            free (object) AS (
              SELECT object FROM main.free_flag_row f
              WHERE kind = 1 AND reason IS NOT NULL AND since = (SELECT max(since) FROM main.free_flag_row
                WHERE kind = 1 AND object = f.object AND since <= ?1))
            SELECT l.id, f.code, o.id, k.name, o.public_id, own.customer, site.customer,
              o.id IN (SELECT object FROM free)
            FROM main.usage_list l
            JOIN main.feature f ON f.id = l.feature
            JOIN main.object o ON o.id = l.source
            JOIN main.object_kind k ON k.id = o.kind
            LEFT JOIN tag own ON own.kind = o.kind AND own.object = o.id
            LEFT JOIN tag site ON site.kind = 2 AND site.object = o.parent
            WHERE l.period = ?1
            ORDER BY f.code, l.id";
        let mut statement = db.prepare(SQL)?;
        let mut rows = statement.query([period.number()])?;
        let mut index_of = HashMap::new();
        while let Some(row) = rows.next()? {
            let feature: String = row.get(1)?;
            if !wanted(product::unit_of(&feature)) {
                continue;
            }
            let source: i64 = row.get(2)?;
            let kind: String = row.get(3)?;
            let own = row.get::<_, Option<i64>>(5)?.and_then(CustomerNo::from_row);
            let site = row.get::<_, Option<i64>>(6)?.and_then(CustomerNo::from_row);
            let index = *index_of.entry(source).or_insert(self.sources.len());
            if index == self.sources.len() {
                let (group, server) = if kind == "delivery-group" { (own, None) } else { (None, own) };
                let tags = SourceTags { effective: of_source(group, site, server), free: row.get(7)? };
                let public_id: String = row.get(4)?;
                let alone = serde_json::to_string(&[&public_id]).unwrap_or_default();
                self.sources.push(Source { row: source, kind, public_id, alone, tags });
            }
            self.lists.push(List { id: row.get(0)?, feature, source: index });
        }
        Ok(())
    }

    fn load_identities(&mut self, db: &Connection, period: BillingPeriod) -> Result<(), Fault> {
        let aliases = "SELECT user, of_user FROM main.alias_row WHERE since <= ?1 ORDER BY user, since";
        for (user, of_user) in in_effect(db, aliases, period, |row| row.get::<_, Option<i64>>(1))? {
            if let Some(of_user) = of_user {
                self.identities.aliases.insert(number(user), number(of_user));
            }
        }
        let domains =
            "SELECT source, domain FROM main.default_domain_row WHERE since <= ?1 ORDER BY source, since";
        for (source, domain) in in_effect(db, domains, period, |row| row.get::<_, Option<String>>(1))? {
            if let Some(domain) = domain {
                self.load_bare_names(db, source, &domain)?;
                self.identities.domains.insert(source, domain);
            }
        }
        Ok(())
    }

    fn load_bare_names(&mut self, db: &Connection, source: i64, domain: &str) -> Result<(), Fault> {
        let lists: Vec<i64> = self
            .lists
            .iter()
            .filter(|list| self.sources[list.source].row == source)
            .map(|list| list.id)
            .collect();
        let mut find = db.prepare("SELECT id FROM main.user WHERE key = ?1")?;
        let seen = self.facts.sql();
        let mut statement =
            db.prepare(&format!("SELECT u.id, u.key FROM ({seen}) g JOIN main.user u ON u.id = g.user"))?;
        let first_free: i64 =
            db.query_row("SELECT coalesce(max(id), 0) + 1 FROM main.user", [], |row| row.get(0))?;
        let mut numbers: HashMap<String, u32> =
            self.identities.unnamed.iter().map(|(user, key)| (key.clone(), *user)).collect();
        for list in lists {
            let mut rows = statement.query([list])?;
            while let Some(row) = rows.next()? {
                let (user, name): (i64, String) = (row.get(0)?, row.get(1)?);
                if !is_bare(&name) || is_scrambled(&name) {
                    continue;
                }
                let mut key = String::new();
                push_user_key(&format!("{domain}\\{name}"), &mut key);
                let known: Option<i64> = find.query_row([&key], |row| row.get(0)).optional()?;
                let stand_in = number(first_free) + numbers.len() as u32;
                let counted = known.map_or_else(|| *numbers.entry(key.clone()).or_insert(stand_in), number);
                if known.is_none() {
                    self.identities.unnamed.insert(counted, key);
                }
                self.identities.bare.insert((source, number(user)), counted);
            }
        }
        Ok(())
    }
}

impl Identities {
    fn are_plain(&self) -> bool {
        self.aliases.is_empty() && self.bare.is_empty()
    }

    fn counted(&self, source: i64, user: u32) -> u32 {
        if self.are_plain() {
            return user;
        }
        let user = self.bare.get(&(source, user)).copied().unwrap_or(user);
        self.aliases.get(&user).copied().unwrap_or(user)
    }
}

/// The newest closed period, as its statement writes it.
pub fn closed_through(db: &Connection) -> Result<Option<String>, Fault> {
    Ok(db.query_row("SELECT max(period) FROM main.statement", [], |row| row.get(0))?)
}

/// Whether `period` is the month behind `before`.
pub fn follows(before: &str, period: &str) -> bool {
    let next = before.parse::<BillingPeriod>().ok().and_then(|before| before.plus_months(1));
    next.is_some_and(|next| next.to_string() == period)
}

/// Whether figures of the period come from its statement.
pub fn is_closed(db: &Connection, period: BillingPeriod) -> Result<bool, Fault> {
    Ok(closed_through(db)?.is_some_and(|newest| period.to_string() <= newest))
}

/// Rows are numbered far below 2^32; a row that is not stays out of every array by being the last.
pub fn number(row: i64) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

fn customers(db: &Connection) -> Result<HashMap<CustomerNo, String>, Fault> {
    let mut statement = db.prepare("SELECT id, public_id FROM main.customer")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let mut customers = HashMap::new();
    for row in rows {
        let (id, public_id) = row?;
        customers.extend(CustomerNo::from_row(id).map(|number| (number, public_id)));
    }
    Ok(customers)
}

fn user_tags(db: &Connection, period: BillingPeriod) -> Result<UserTags, Fault> {
    let newest: i64 = db.query_row("SELECT coalesce(max(id), 0) FROM main.user", [], |row| row.get(0))?;
    let mut tags = UserTags::new(number(newest) as usize + 1);
    // In the order of the key, so that of several rows of a user the last one in effect stays.
    let mut scan = |sql: &str, set: &mut dyn FnMut(&mut UserTags, u32, i64)| -> Result<(), Fault> {
        let mut statement: Statement<'_> = db.prepare(sql)?;
        let mut rows = statement.query(params![period.number()])?;
        while let Some(row) = rows.next()? {
            let (user, value) = (row.get_ref(0)?.as_i64(), row.get_ref(1)?.as_i64_or_null());
            set(&mut tags, number(user.unwrap_or(-1)), value.ok().flatten().unwrap_or(0));
        }
        Ok(())
    };
    scan(
        "SELECT object, customer FROM main.assignment_row WHERE kind = 0 AND since <= ?1 ORDER BY object, since",
        &mut |tags, user, customer| tags.set_customer(user, CustomerNo::from_row(customer)),
    )?;
    scan(
        "SELECT object, reason IS NOT NULL FROM main.free_flag_row WHERE kind = 0 AND since <= ?1 ORDER BY object, since",
        &mut |tags, user, free| tags.set_free(user, free != 0),
    )?;
    Ok(tags)
}

/// The last row of each object, in the order of the query.
fn in_effect<T>(
    db: &Connection,
    sql: &str,
    period: BillingPeriod,
    mut value: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<(i64, T)>, Fault> {
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([period.number()])?;
    let mut last: Vec<(i64, T)> = Vec::new();
    while let Some(row) = rows.next()? {
        let object: i64 = row.get(0)?;
        last.pop_if(|(before, _)| *before == object);
        last.push((object, value(row)?));
    }
    debug_assert_eq!(last.len(), last.iter().map(|(object, _)| object).collect::<HashSet<_>>().len());
    Ok(last)
}
