//! Sites with their delivery groups: state, customers, and which side of the two may be assigned.

use std::collections::HashMap;

use super::license_servers::{STRIP_DAYS, View};
use super::object_history::{Described, PayloadPlace, TagChange};
use super::objects::{CustomerName, Known, Which};
use super::receipts_by_day::Day;
use super::{Store, StoreError};
use crate::domain::ids::ObjectKind;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::server_status::{Facts, Status, judge};

const SITE: i64 = ObjectKind::Site.number();
const GROUP: i64 = ObjectKind::DeliveryGroup.number();

/// A site with its delivery groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub id: String,
    pub name: String,
    /// Of its controllers.
    pub version: Option<String>,
    /// FQDN of the license server that it names.
    pub license_server: Option<String>,
    pub status: Status,
    pub last_collected_at: Option<UtcInstant>,
    /// Of the site as a whole.
    pub customer: Option<CustomerName>,
    /// Why the site cannot be assigned in the period: a delivery group of it is. One sentence.
    pub blocked: Option<String>,
    /// By name.
    pub delivery_groups: Vec<DeliveryGroup>,
    pub archived_at: Option<String>,
}

/// A delivery group of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryGroup {
    pub id: String,
    pub name: String,
    /// Of its own assignment.
    pub customer: Option<CustomerName>,
    /// Why it cannot be assigned in the period: its site is. One sentence.
    pub blocked: Option<String>,
    /// Distinct users in the period.
    pub users: i64,
    /// The newest payload of its site names it.
    pub is_listed: bool,
}

/// A site with all that its page shows, but its uploads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteDetail {
    pub site: Site,
    pub strip: Vec<Day>,
    /// The newest first.
    pub described: Vec<Described>,
    pub tags: Vec<TagChange>,
    /// Assignments of each delivery group, in the order of `site.delivery_groups`.
    pub group_tags: Vec<Vec<TagChange>>,
    pub newest: Option<PayloadPlace>,
}

/// Assignments of sites and delivery groups by row, oldest first; a `None` is a cleared one.
type Tags = HashMap<i64, Vec<(i64, Option<String>)>>;

impl Store {
    /// All of them, archived ones too, by name.
    pub fn list_sites(&self, view: View<'_>) -> Result<Vec<Site>, StoreError> {
        self.sites(view, None)
    }

    /// `None` where no upload has named it.
    pub fn find_site(&self, view: View<'_>, id: &str) -> Result<Option<SiteDetail>, StoreError> {
        let Some(site) = self.sites(view, Some(id))?.pop() else { return Ok(None) };
        let object = self.object_row(SITE, id)?;
        let of_group = |group: &DeliveryGroup| self.tag_history(GROUP, self.object_row(GROUP, &group.id)?);
        Ok(Some(SiteDetail {
            group_tags: site.delivery_groups.iter().map(of_group).collect::<Result<_, _>>()?,
            site,
            strip: self.strip(object, view.as_of, STRIP_DAYS, view.rule.time_zone)?,
            described: self.described(object)?,
            tags: self.tag_history(SITE, object)?,
            newest: self.newest_payload(object)?,
        }))
    }

    fn sites(&self, view: View<'_>, id: Option<&str>) -> Result<Vec<Site>, StoreError> {
        let sites = self.known_objects(Which { kind: SITE, id }, view.period)?;
        let tags = self.site_tags()?;
        let mut groups: HashMap<i64, Vec<Known>> = HashMap::new();
        for group in self.known_objects(Which { kind: GROUP, id: None }, view.period)? {
            groups.entry(group.parent.unwrap_or_default()).or_default().push(group);
        }
        let mut listed = self.db.prepare_cached(
            "SELECT object FROM description_item WHERE description =
               (SELECT description FROM payload WHERE object = ?1 ORDER BY rank DESC LIMIT 1)",
        )?;
        let mut all = Vec::new();
        for site in sites {
            let groups = groups.remove(&site.row).unwrap_or_default();
            let named: Vec<i64> =
                listed.query_map([site.row], |row| row.get(0))?.collect::<Result<_, _>>()?;
            all.push(shown(view, &tags, site, groups, &named));
        }
        Ok(all)
    }

    fn site_tags(&self) -> Result<Tags, StoreError> {
        const SQL: &str = "
            SELECT a.object, a.since, c.name FROM assignment_row a LEFT JOIN customer c ON c.id = a.customer
            WHERE a.kind IN (2, 3) ORDER BY a.kind, a.object, a.since";
        let mut tags = Tags::new();
        let mut statement = self.db.prepare_cached(SQL)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            tags.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
        }
        Ok(tags)
    }
}

fn shown(view: View<'_>, tags: &Tags, site: Known, groups: Vec<Known>, named: &[i64]) -> Site {
    let name = site.name().to_owned();
    let first = |of: &Known, other: &Known| conflict(tags, view.period, of.row, other.row);
    let blocked = groups.iter().find_map(|group| {
        let (since, customer) = first(&site, group)?;
        Some(format!(
            "Its delivery group {} is assigned to {customer}{}: clear that first.",
            group.name(),
            from(view.period, since)
        ))
    });
    let delivery_groups = groups
        .iter()
        .map(|group| DeliveryGroup {
            id: group.id.clone(),
            name: group.name().to_owned(),
            customer: group.customer.clone(),
            blocked: first(group, &site).map(|(since, customer)| {
                format!(
                    "Its site {name} is assigned to {customer}{}: clear that first.",
                    from(view.period, since)
                )
            }),
            users: view.used.users(ObjectKind::DeliveryGroup, &group.id),
            is_listed: named.contains(&group.row),
        })
        .collect();
    let facts = Facts {
        last_collected_at: site.last_collected_at,
        is_archived: site.archived_at.is_some(),
        sending: site.sending,
        ..Facts::default()
    };
    Site {
        status: judge(&facts, view.rule, view.as_of),
        id: site.id,
        name,
        version: site.told.version,
        license_server: site.told.license_server,
        last_collected_at: site.last_collected_at,
        customer: site.customer,
        blocked,
        delivery_groups,
        archived_at: site.archived_at,
    }
}

/// The first assignment of `other` that would stand beside one of `object` made in `period`: in effect then,
/// or in a later month before the next row of `object` itself.
fn conflict(tags: &Tags, period: BillingPeriod, object: i64, other: i64) -> Option<(i64, &str)> {
    let period = period.number();
    let rows = tags.get(&other)?;
    let next = tags.get(&object).into_iter().flatten().map(|(since, _)| *since).find(|since| *since > period);
    let in_effect = rows.iter().rposition(|(since, _)| *since <= period).unwrap_or(0);
    rows[in_effect..]
        .iter()
        .filter(|(since, _)| next.is_none_or(|next| *since < next))
        .find_map(|(since, customer)| Some((*since, customer.as_deref()?)))
}

/// Named where it is a later month than the one that is looked at.
fn from(period: BillingPeriod, since: i64) -> String {
    let later = BillingPeriod::from_number(since).filter(|since| *since > period);
    later.map_or_else(String::new, |since| format!(" from {since} on"))
}
