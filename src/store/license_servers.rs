//! License servers as lists and pages show them: state, flags, newest upload, customer, users, expiry.

use std::collections::HashMap;

use super::entitlements::{EntitlementRow, LinesByServer, judged_at};
use super::object_history::{Described, ObjectHistory, PayloadPlace};
use super::objects::{CustomerName, Known, Which};
use super::receipts_by_day::Day;
use super::source_use::SourceUse;
use super::{Store, StoreError};
use crate::domain::entitlement::{Entitled, entitled};
use crate::domain::ids::ObjectKind;
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, TimeZone};
use crate::domain::server_status::{Facts, Overage, PeakSeen, Status, StatusRule, judge, nearest_expiry};

const KIND: i64 = ObjectKind::LicenseServer.number();
/// Days of the strip on a page.
pub const STRIP_DAYS: u64 = 60;

/// A date on which a license expires, and the days until then, cut towards zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiring {
    /// `YYYY-MM-DD`
    pub date: String,
    pub days: i64,
}

/// One row of the list of license servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseServer {
    /// GUID.
    pub id: String,
    pub name: String,
    pub host_id: Option<String>,
    pub fqdn: Option<String>,
    pub version: Option<String>,
    pub status: Status,
    pub last_collected_at: Option<UtcInstant>,
    /// Of its own assignment in effect in the period.
    pub customer: Option<CustomerName>,
    /// Reason of the free flag in effect in the period.
    pub free: Option<String>,
    /// Distinct users in the period.
    pub users: i64,
    /// The next to come; where none does, the last that was.
    pub nearest_expiry: Option<Expiring>,
    pub archived_at: Option<String>,
}

/// A license server with all that its page shows, but its uploads: those are
/// [`list_uploads`](Store::list_uploads) of this source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseServerDetail {
    pub server: LicenseServer,
    /// Lines of its license files against their use; `None`: it has told nothing of them.
    pub entitlements: Option<Vec<EntitlementRow>>,
    /// Peaks of the period by feature.
    pub peaks: Vec<(String, i64)>,
    pub strip: Vec<Day>,
    /// The newest first.
    pub described: Vec<Described>,
    pub history: ObjectHistory,
    /// Its newest payload, whose facts are "what was sent".
    pub newest: Option<PayloadPlace>,
}

/// What is looked at, and when.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub period: BillingPeriod,
    pub as_of: UtcInstant,
    pub rule: &'a StatusRule,
    /// Users of the period by source: [`source_use`](Store::source_use), or figures at hand.
    pub used: &'a SourceUse,
}

impl Store {
    /// All of them, archived ones too, by name. State, versions and expiry are as of now; users, customer,
    /// peaks and overage are those of the period.
    pub fn list_license_servers(&self, view: View<'_>) -> Result<Vec<LicenseServer>, StoreError> {
        self.license_servers(view, None)
    }

    /// How many that are not archived have reported before, and not within `reporting_days`.
    pub fn count_silent(&self, as_of: UtcInstant, zone: TimeZone) -> Result<i64, StoreError> {
        const SQL: &str = "SELECT count(*) FROM object o WHERE kind = 1 AND archived_at IS NULL
            AND (SELECT rank FROM payload WHERE object = o.id AND partial = 0 ORDER BY rank DESC LIMIT 1) < ?1";
        let days = self.setting("reporting_days")?.parse().unwrap_or(u64::MAX);
        let oldest = zone.day_before(as_of, days).to_string();
        Ok(self.db.prepare_cached(SQL)?.query_row([oldest], |row| row.get(0))?)
    }

    /// `None` where no upload has named it.
    pub fn find_license_server(
        &self,
        view: View<'_>,
        guid: &str,
    ) -> Result<Option<LicenseServerDetail>, StoreError> {
        let Some(server) = self.license_servers(view, Some(guid))?.pop() else { return Ok(None) };
        let zone = view.rule.time_zone;
        let object = self.object_row(KIND, guid)?;
        let entitlements = self.entitlements_of(guid, view.period, view.as_of, zone, view.used)?;
        let peaks = self.peaks(view.period, Some(object))?.remove(&object).unwrap_or_default();
        Ok(Some(LicenseServerDetail {
            server,
            entitlements,
            peaks,
            strip: self.strip(object, view.as_of, STRIP_DAYS, zone)?,
            described: self.described(object)?,
            history: self.history_at(KIND, object)?,
            newest: self.newest_payload(object)?,
        }))
    }

    fn license_servers(&self, view: View<'_>, guid: Option<&str>) -> Result<Vec<LicenseServer>, StoreError> {
        let zone = view.rule.time_zone;
        let known = self.known_objects(Which { kind: KIND, id: guid }, view.period)?;
        let lines = self.license_lines(guid, None)?;
        // Of a period that is over, what was told later does not count.
        let at = judged_at(view.period, view.as_of, zone);
        let earlier = match at < view.as_of {
            true => Some(self.license_lines(guid, Some(at.plus_seconds(1)))?),
            false => None,
        };
        let object = match guid {
            Some(guid) if !known.is_empty() => Some(self.object_row(KIND, guid)?),
            _ => None,
        };
        let peaks = self.peaks(view.period, object)?;
        let hosts = match (guid, known.first()) {
            (Some(_), Some(only)) => self.servers_of_host(only)?,
            _ => hosts(&known),
        };
        let judging = Judging {
            view,
            lines: &lines,
            earlier: earlier.as_ref().unwrap_or(&lines),
            at,
            peaks: &peaks,
            hosts: &hosts,
        };
        Ok(known.into_iter().map(|known| judging.row(known)).collect())
    }

    /// How many servers in use have the host id of one, that one included, without reading them all.
    fn servers_of_host(&self, server: &Known) -> Result<HashMap<String, usize>, StoreError> {
        const SQL: &str = "
            SELECT o.host_id FROM object_now o WHERE o.kind = 1 AND o.archived_at IS NULL AND o.id IN
              (SELECT object FROM description_item WHERE lower(host_id) = ?1)";
        let Some(host) = server.told.host_id.as_deref().map(str::to_ascii_lowercase) else {
            return Ok(HashMap::new());
        };
        let mut statement = self.db.prepare_cached(SQL)?;
        let rows = statement.query_map([&host], |row| row.get::<_, Option<String>>(0))?;
        let now: Vec<Option<String>> = rows.collect::<Result<_, _>>()?;
        let servers = now.iter().flatten().filter(|now| now.eq_ignore_ascii_case(&host)).count();
        Ok(HashMap::from([(host, servers)]))
    }

    /// Peaks of a period by the row of their source, by feature.
    pub(super) fn peaks(
        &self,
        period: BillingPeriod,
        object: Option<i64>,
    ) -> Result<HashMap<i64, Vec<(String, i64)>>, StoreError> {
        const SQL: &str = "
            SELECT p.source, f.code, p.peak FROM peak p JOIN feature f ON f.id = p.feature
            WHERE p.period = ?1 AND (?2 IS NULL OR p.source = ?2) ORDER BY f.code";
        let mut peaks: HashMap<i64, Vec<(String, i64)>> = HashMap::new();
        let mut statement = self.db.prepare_cached(SQL)?;
        let mut rows = statement.query((period.number(), object))?;
        while let Some(row) = rows.next()? {
            peaks.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
        }
        Ok(peaks)
    }
}

/// How many servers in use have a host id, by its lower case.
fn hosts(known: &[Known]) -> HashMap<String, usize> {
    let mut hosts = HashMap::new();
    for host in known
        .iter()
        .filter(|known| known.archived_at.is_none())
        .filter_map(|known| known.told.host_id.as_deref())
    {
        *hosts.entry(host.to_ascii_lowercase()).or_default() += 1;
    }
    hosts
}

/// What all license servers are judged by.
struct Judging<'a> {
    view: View<'a>,
    lines: &'a LinesByServer,
    /// Lines as the period knew them.
    earlier: &'a LinesByServer,
    at: UtcInstant,
    peaks: &'a HashMap<i64, Vec<(String, i64)>>,
    hosts: &'a HashMap<String, usize>,
}

impl Judging<'_> {
    fn row(&self, known: Known) -> LicenseServer {
        let View { as_of, rule, used, .. } = self.view;
        let lines = self.lines.get(&known.row).map_or(&[][..], Vec::as_slice);
        let peaks: Vec<PeakSeen<'_>> = self
            .peaks
            .get(&known.row)
            .into_iter()
            .flatten()
            .map(|(feature, peak)| PeakSeen { feature, peak: *peak })
            .collect();
        let grants = self.earlier.get(&known.row).map(|lines| entitled(lines, self.at, rule.time_zone));
        let overages: Vec<Overage<'_>> = grants
            .iter()
            .flatten()
            .filter_map(|(feature, entitled)| match entitled {
                Entitled::Licenses(entitled) => {
                    let used = used.of_feature(ObjectKind::LicenseServer, &known.id, feature);
                    (used > *entitled).then_some(Overage { feature, used, entitled: *entitled })
                }
                Entitled::Uncounted => None,
            })
            .collect();
        let sharing =
            known.told.host_id.as_deref().and_then(|host| self.hosts.get(&host.to_ascii_lowercase()));
        let facts = Facts {
            last_collected_at: known.last_collected_at,
            is_archived: known.archived_at.is_some(),
            in_allocations: None,
            version: known.told.version.as_deref(),
            lines,
            peaks: &peaks,
            overages: &overages,
            sending: known.sending,
            host_id: known.told.host_id.as_deref(),
            sharing_host_id: sharing.map_or(0, |servers| servers.saturating_sub(1)),
            free: known.free.as_deref(),
        };
        let expiry = nearest_expiry(lines, as_of, rule.time_zone);
        LicenseServer {
            status: judge(&facts, rule, as_of),
            nearest_expiry: expiry.map(|(date, days)| Expiring { date, days }),
            name: known.name().to_owned(),
            users: used.users(ObjectKind::LicenseServer, &known.id),
            id: known.id,
            host_id: known.told.host_id,
            fqdn: known.told.fqdn,
            version: known.told.version,
            last_collected_at: known.last_collected_at,
            customer: known.customer,
            free: known.free,
            archived_at: known.archived_at,
        }
    }
}
