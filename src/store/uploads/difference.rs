//! What changed from the upload before: of each source, by reading both again.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rusqlite::OptionalExtension as _;

use super::SourceName;
use super::detail::{expiry_text, identity};
use crate::domain::period::BillingPeriod;
use crate::payload::{KeyedNames, Limits, Payload, UsageList};
use crate::store::{Store, StoreError};

/// One source of an upload against its payload before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub source: SourceName,
    /// Id of the upload with the payload that ranks before; `None`: this is its first, or that one's bytes
    /// are not kept.
    pub before: Option<String>,
    /// Name, value before, value now: version, FQDN and every fact that was sent.
    pub facts: Vec<(String, Option<String>, Option<String>)>,
    pub entitlements: Vec<EntitlementChange>,
    /// Lists that both tell, or only one.
    pub lists: Vec<ListDifference>,
}

/// A line of a license file that came, went or changed: quantity and expiry as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntitlementChange {
    pub file: String,
    pub feature: String,
    pub serial_number: Option<String>,
    pub before: Option<String>,
    pub now: Option<String>,
}

/// Users of one list against the list before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListDifference {
    pub delivery_group: Option<String>,
    pub feature: String,
    pub period: BillingPeriod,
    /// Distinct users; `None`: the list was not told.
    pub before: Option<usize>,
    pub now: Option<usize>,
    pub added: usize,
    /// Gone from the list; they stay counted.
    pub gone: usize,
    /// The first of them, as spelled.
    pub shown_added: Vec<String>,
    pub shown_gone: Vec<String>,
}

impl Store {
    /// What each source of an accepted upload told otherwise than before; at most `shown` names a list.
    pub fn upload_difference(
        &self,
        id: &str,
        limits: &Limits,
        shown: usize,
    ) -> Result<Vec<Difference>, StoreError> {
        const PAYLOADS: &str = "
            SELECT p.ordinal, p.object, p.rank, iif(o.kind = 5, 'netscaler', k.name), o.public_id, o.name
            FROM payload p JOIN object_now o ON o.id = p.object JOIN object_kind k ON k.id = o.kind
            WHERE p.upload = ?1 AND p.partial = 0 ORDER BY p.ordinal";
        const BEFORE: &str = "
            SELECT substr(u.sha256, 1, 16), p.ordinal FROM payload p JOIN upload u ON u.id = p.upload
            WHERE p.object = ?1 AND p.rank < ?2 AND p.partial = 0 ORDER BY p.rank DESC LIMIT 1";
        let Some(row) = self.upload_row(id)? else { return Ok(Vec::new()) };
        let Some(Ok(now)) = self.read_again(id, limits)? else { return Ok(Vec::new()) };
        let mut differences = Vec::new();
        let mut statement = self.db.prepare_cached(PAYLOADS)?;
        let mut rows = statement.query([row])?;
        let mut find_before = self.db.prepare_cached(BEFORE)?;
        while let Some(row) = rows.next()? {
            let ordinal: u32 = row.get(0)?;
            let Some(told) = now.payloads.get(ordinal as usize) else { continue };
            let key = (row.get::<_, i64>(1)?, row.get::<_, String>(2)?);
            let before: Option<(String, u32)> =
                find_before.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let read = match &before {
                Some((upload, ordinal)) => match self.read_again(upload, limits)? {
                    Some(Ok(reading)) => reading.payloads.into_iter().nth(*ordinal as usize),
                    _ => None,
                },
                None => None,
            };
            differences.push(Difference {
                source: SourceName { kind: row.get(3)?, id: row.get(4)?, name: row.get(5)? },
                before: before.filter(|_| read.is_some()).map(|(upload, _)| upload),
                facts: read.as_ref().map(|read| facts(read, told)).unwrap_or_default(),
                entitlements: read.as_ref().map(|read| entitlements(read, told)).unwrap_or_default(),
                lists: read.as_ref().map(|read| lists(read, told, shown)).unwrap_or_default(),
            });
        }
        Ok(differences)
    }
}

/// Those that differ of two maps, by key.
fn changed<K: Ord + Clone, V: PartialEq + Clone>(
    before: &BTreeMap<K, V>,
    now: &BTreeMap<K, V>,
) -> Vec<(K, Option<V>, Option<V>)> {
    let gone = before.iter().filter(|(key, _)| !now.contains_key(key));
    let gone = gone.map(|(key, value)| (key.clone(), Some(value.clone()), None));
    let new = now.iter().filter(|(key, value)| before.get(key) != Some(value));
    let new = new.map(|(key, value)| (key.clone(), before.get(key).cloned(), Some(value.clone())));
    let mut all: Vec<_> = gone.chain(new).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

fn facts(before: &Payload, now: &Payload) -> Vec<(String, Option<String>, Option<String>)> {
    let all = |payload: &Payload| -> BTreeMap<String, String> {
        identity(&payload.subject).into_iter().chain(payload.facts.iter().cloned()).collect()
    };
    changed(&all(before), &all(now))
}

fn entitlements(before: &Payload, now: &Payload) -> Vec<EntitlementChange> {
    // Who says nothing of license files took none away.
    let (Some(before), Some(now)) = (&before.license_files, &now.license_files) else { return Vec::new() };
    type Key = (String, String, Option<String>, usize);
    let all = |files: &[crate::payload::LicenseFile]| -> BTreeMap<Key, String> {
        let mut lines = BTreeMap::new();
        for file in files {
            for line in &file.entitlements {
                let quantity = line.quantity.map_or("uncounted".to_owned(), |quantity| quantity.to_string());
                let text = match expiry_text(&line.expires) {
                    none if none.is_empty() => quantity,
                    until if until == "permanent" => format!("{quantity}, permanent"),
                    until => format!("{quantity} until {until}"),
                };
                let mut key = (file.name.clone(), line.feature.clone(), line.serial_number.clone(), 0);
                while lines.contains_key(&key) {
                    key.3 += 1;
                }
                lines.insert(key, text);
            }
        }
        lines
    };
    let change = |((file, feature, serial_number, _), before, now)| EntitlementChange {
        file,
        feature,
        serial_number,
        before,
        now,
    };
    changed(&all(before), &all(now)).into_iter().map(change).collect()
}

fn lists(before: &Payload, now: &Payload, shown: usize) -> Vec<ListDifference> {
    let same = |a: &UsageList, b: &UsageList| {
        (&a.delivery_group, &a.feature, a.period) == (&b.delivery_group, &b.feature, b.period)
    };
    let of_now = now.usage.iter().map(|list| (before.usage.iter().find(|old| same(old, list)), Some(list)));
    // A list of another month than any of now has ended, and is no news.
    let is_of_now = |list: &&UsageList| now.usage.iter().any(|new| new.period == list.period);
    let gone = before.usage.iter().filter(|list| !now.usage.iter().any(|new| same(list, new)));
    let gone = gone.filter(is_of_now).map(|list| (Some(list), None));
    of_now.chain(gone).filter_map(|(before, now)| list_difference(before, now, shown)).collect()
}

fn list_difference(
    before: Option<&UsageList>,
    now: Option<&UsageList>,
    shown: usize,
) -> Option<ListDifference> {
    let list = now.or(before)?;
    let keyed = |list: Option<&UsageList>| list.map(|list| KeyedNames::new(&list.users));
    let (old, new) = (keyed(before), keyed(now));
    let mut difference = ListDifference {
        delivery_group: list.delivery_group.clone(),
        feature: list.feature.clone(),
        period: list.period,
        before: old.as_ref().map(KeyedNames::len),
        now: new.as_ref().map(KeyedNames::len),
        added: 0,
        gone: 0,
        shown_added: Vec::new(),
        shown_gone: Vec::new(),
    };
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    // Both are in the order of their keys.
    let (mut o, mut n) = (0, 0);
    while o < old.len() || n < new.len() {
        let order = match (o < old.len(), n < new.len()) {
            (true, true) => old.key_bytes(o).cmp(new.key_bytes(n)),
            (true, false) => Ordering::Less,
            _ => Ordering::Greater,
        };
        if order == Ordering::Less {
            difference.gone += 1;
            if let Some(list) = before.filter(|_| difference.shown_gone.len() < shown) {
                difference.shown_gone.push(old.name(&list.users, o).to_owned());
            }
        } else if order == Ordering::Greater {
            difference.added += 1;
            if let Some(list) = now.filter(|_| difference.shown_added.len() < shown) {
                difference.shown_added.push(new.name(&list.users, n).to_owned());
            }
        }
        o += usize::from(order != Ordering::Greater);
        n += usize::from(order != Ordering::Less);
    }
    Some(difference)
}
