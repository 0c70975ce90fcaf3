//! Sites of one customer, and sites that several share: users of each, whatever the feature.

use std::collections::{BTreeSet, HashMap};

use super::{Store, StoreError, Users};
use crate::domain::count;
use crate::domain::period::BillingPeriod;
use crate::extension::month::Month;
use crate::extension::seats::NEWEST;

/// Sites with a site assignment in effect (single tenant), or the others (multi tenant).
///
/// All user features are taken together: someone who uses two of them at a site is one user of it. A user's
/// own assignment does not matter here; only a flag on the user makes a user free.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tenants {
    /// Customers that a site or delivery group of the list is assigned to.
    pub customers: u64,
    pub sites: Vec<SeenSite>,
    /// Distinct users over all these sites.
    pub users: u64,
}

/// A site and its users over all of its delivery groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenSite {
    pub id: String,
    pub name: String,
    /// Of its own assignment; `None` in a multi-tenant list.
    pub customer_id: Option<String>,
    pub users: Users,
    /// By name.
    pub groups: Vec<SeenGroup>,
}

/// A delivery group alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenGroup {
    pub id: String,
    pub name: String,
    /// Of its own assignment.
    pub customer_id: Option<String>,
    pub users: Users,
}

impl Store {
    /// Sites that are assigned as a whole.
    pub fn single_tenant(&self, period: BillingPeriod) -> Result<Tenants, StoreError> {
        self.tenants(period, true)
    }

    /// Sites that are not, with the customers of their delivery groups.
    pub fn multi_tenant(&self, period: BillingPeriod) -> Result<Tenants, StoreError> {
        self.tenants(period, false)
    }

    fn tenants(&self, period: BillingPeriod, single: bool) -> Result<Tenants, StoreError> {
        const SQL: &str = "
            WITH now AS MATERIALIZED (SELECT id, kind, public_id, parent, name,
                (SELECT c.public_id FROM customer c WHERE c.id = (SELECT customer FROM assignment_row a
                  WHERE a.kind = o.kind AND a.object = o.id AND since <= ?1 ORDER BY since DESC LIMIT 1)) AS customer
              FROM object_now o WHERE kind IN (2, 3))
            SELECT s.public_id, s.name, s.customer, g.id, g.public_id, g.name, g.customer
            FROM now s LEFT JOIN now g ON g.kind = 3 AND g.parent = s.id
            WHERE s.kind = 2 AND (s.customer IS NOT NULL) = ?2
            ORDER BY s.name, s.public_id, g.name, g.public_id";
        let month = Month::load(&self.db, period)?;
        let mut lists_of: HashMap<i64, Vec<usize>> = HashMap::new();
        for (index, list) in month.lists.iter().enumerate() {
            lists_of.entry(month.sources[list.source].row()).or_default().push(index);
        }
        let mut statement = self.db.prepare_cached(SQL)?;
        let mut rows = statement.query((period.number(), single))?;
        let mut found = Tenants::default();
        let mut customers = BTreeSet::new();
        let (mut at_site, mut at_group, mut anywhere) = (Seen::default(), Seen::default(), Seen::default());
        anywhere.start();
        let mut site_users = count::Figures::default();
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            if found.sites.last().is_none_or(|last| last.id != id) {
                if let Some(last) = found.sites.last_mut() {
                    last.users = site_users.into();
                }
                site_users = count::Figures::default();
                at_site.start();
                let site = SeenSite {
                    id,
                    name: row.get(1)?,
                    customer_id: row.get(2)?,
                    users: Users::default(),
                    groups: Vec::new(),
                };
                customers.extend(site.customer_id.clone());
                found.sites.push(site);
            }
            let Some(group) = row.get::<_, Option<i64>>(3)? else { continue };
            let mut users = count::Figures::default();
            at_group.start();
            for list in lists_of.get(&group).into_iter().flatten() {
                month.users(&self.db, &month.lists[*list], |user| {
                    let free = month.tags.is_free(user);
                    if at_group.is_first(user) {
                        users.add(free);
                    }
                    if at_site.is_first(user) {
                        site_users.add(free);
                    }
                    if anywhere.is_first(user) {
                        found.users += 1;
                    }
                })?;
            }
            let group = SeenGroup {
                id: row.get(4)?,
                name: row.get(5)?,
                customer_id: row.get(6)?,
                users: users.into(),
            };
            customers.extend(group.customer_id.clone());
            if let Some(site) = found.sites.last_mut() {
                site.groups.push(group);
            }
        }
        if let Some(last) = found.sites.last_mut() {
            last.users = site_users.into();
        }
        found.customers = customers.len() as u64;
        Ok(found)
    }
}

/// Which users were met in this round; a new round costs nothing.
#[derive(Default)]
struct Seen {
    round: u32,
    met: Vec<u32>,
}

impl Seen {
    fn start(&mut self) {
        self.round += 1;
    }

    fn is_first(&mut self, user: u32) -> bool {
        let at = user.min(NEWEST) as usize;
        if at >= self.met.len() {
            self.met.resize((at + 1).max(self.met.len() * 2), 0);
        }
        std::mem::replace(&mut self.met[at], self.round) != self.round
    }
}
