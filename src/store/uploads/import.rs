//! The statements of an accepted upload, in the order in which they depend on each other.
//!
//! Everything small comes as values; the names, which may be a million, come from the
//! `seat_incoming_…` functions over the bytes that were just stored.

use std::collections::HashSet;

use rusqlite::types::Value;

use super::Arrival;
use super::reject::keep_content;
use crate::domain::ids::ObjectKind;
use crate::domain::instant::UtcInstant;
use crate::extension::Prepared;
use crate::payload::{Payload, Subject};
use crate::store::Commit;

mod described;
mod license_files;

/// An upload that was read, with all that its statements need.
pub struct Accepted<'a> {
    pub arrival: &'a Arrival,
    pub prepared: &'a Prepared,
    pub content: &'a [u8],
}

/// Whom a payload speaks of, as the object table names it.
pub struct SubjectKey {
    pub kind: i64,
    pub public_id: String,
}

pub const LICENSE_SERVER: i64 = ObjectKind::LicenseServer.number();
pub const SITE: i64 = ObjectKind::Site.number();
pub const DELIVERY_GROUP: i64 = ObjectKind::DeliveryGroup.number();
pub const NETSCALER: i64 = ObjectKind::NetScaler.number();
/// No kind of its own for people: a NetScaler is assigned by its licenses.
pub const NETSCALER_HOST: i64 = 5;

pub fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

pub fn nullable(value: Option<&str>) -> Value {
    value.map_or(Value::Null, text)
}

/// The license server of a file that came alone must be known by now: see `ingest`.
pub fn subject_key(subject: &Subject) -> SubjectKey {
    let (kind, id) = match subject {
        Subject::LicenseServer { guid, .. } => (LICENSE_SERVER, guid.as_str()),
        Subject::LicenseServerHost { host } => (LICENSE_SERVER, host.as_deref().unwrap_or_default()),
        Subject::Site { id, .. } => (SITE, id.as_str()),
        Subject::NetScalerHost { host_id, .. } => (NETSCALER_HOST, host_id.as_str()),
    };
    SubjectKey { kind, public_id: id.to_owned() }
}

/// What a list or peak of a payload was seen by: a delivery group, else the subject itself.
fn source_key(payload: &Payload, delivery_group: Option<&str>) -> SubjectKey {
    match delivery_group {
        Some(group) => SubjectKey { kind: DELIVERY_GROUP, public_id: group.to_owned() },
        None => subject_key(&payload.subject),
    }
}

/// Adds all statements of the import. Refused as a whole: `SEAT-U11` when the same bytes are in,
/// `SEAT-U07` when a delivery group belongs to another site.
pub fn accept(commit: &mut Commit, accepted: &Accepted<'_>) {
    let arrival = accepted.arrival;
    let sha256 = || text(&*arrival.sha256);
    receive(commit, accepted);
    keep_content(commit, &arrival.sha256, accepted.content.to_vec());
    go_live(commit);
    for (ordinal, payload) in accepted.prepared.reading.payloads.iter().enumerate() {
        let subject = subject_key(&payload.subject);
        let description = described::describe(commit, payload, &subject);
        let license_set = payload.license_files.as_deref().map(|files| license_files::keep(commit, files));
        let collected_at = payload.collected_at.unwrap_or(arrival.received_at);
        let (ranked_at, skewed) = ranked(collected_at, arrival.received_at);
        commit.add(
            "INSERT INTO payload (upload, ordinal, entry, format, object, collected_at, rank, skewed, description, license_set, partial)
             SELECT u.id, ?2, ?3, ?4, o.id, ?7, ?8, ?9, (SELECT id FROM description WHERE digest = ?10),
               (SELECT id FROM license_set WHERE digest = ?11), ?12
             FROM upload u JOIN object o ON o.kind = ?5 AND o.public_id = ?6 WHERE u.sha256 = ?1",
            [
                sha256(),
                Value::Integer(ordinal as i64),
                text(&*payload.entry),
                text(payload.format.as_str()),
                Value::Integer(subject.kind),
                text(&*subject.public_id),
                text(collected_at.to_string()),
                text(format!("{ranked_at} {} {ordinal:04}", arrival.sha256)),
                Value::Integer(skewed.into()),
                text(description),
                license_set.map_or(Value::Null, text),
                Value::Integer((payload.collected_at.is_none()).into()),
            ],
        );
        // A retired object that reports again is back.
        commit.add(
            "UPDATE object SET archived_at = NULL WHERE kind = ?1 AND public_id = ?2 AND archived_at < ?3",
            [Value::Integer(subject.kind), text(&*subject.public_id), text(ranked_at.to_string())],
        );
        add_lists(commit, payload);
    }
    add_names(commit, &arrival.sha256);
    remember_digests(commit, accepted);
}

/// What ranks a payload: its own instant, unless that lies more than a day after its receipt.
pub fn ranked(collected_at: UtcInstant, received_at: UtcInstant) -> (UtcInstant, bool) {
    const DAY: i64 = 86_400;
    let skewed = collected_at > received_at.plus_seconds(DAY);
    (if skewed { received_at } else { collected_at }, skewed)
}

fn receive(commit: &mut Commit, accepted: &Accepted<'_>) {
    let arrival = accepted.arrival;
    let warnings =
        serde_json::to_string(&accepted.prepared.reading.warnings).unwrap_or_else(|_| "[]".to_owned());
    let options = match &arrival.license_server {
        Some(guid) => serde_json::json!({ "license_server": guid }).to_string(),
        None => "{}".to_owned(),
    };
    let values = vec![
        text(&*arrival.sha256),
        text(arrival.received_at.to_string()),
        text(&*arrival.file),
        Value::Integer(arrival.bytes as i64),
        text(arrival.way),
        text(&*commit.actor.0),
        text(options),
        text(warnings),
    ];
    commit.add(
        "SELECT seat_require(NOT EXISTS (SELECT 1 FROM upload WHERE sha256 = ?1 AND status = 'accepted'),
           'SEAT-U11', 'expected new bytes, found them accepted already')",
        values[..1].to_vec(),
    );
    commit.add(
        "UPDATE upload SET status = 'accepted', received_at = ?2, file = ?3, bytes = ?4, way = ?5, actor = ?6, options = ?7,
           warnings = ?8, code = NULL, entry = NULL, place = NULL, expected = NULL, found = NULL
         WHERE sha256 = ?1 AND status = 'rejected'",
        values.clone(),
    );
    commit.add(
        "INSERT INTO upload (sha256, received_at, status, file, bytes, way, actor, options, warnings)
         SELECT ?1, ?2, 'accepted', ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS (SELECT 1 FROM upload WHERE sha256 = ?1)",
        values,
    );
}

/// The first accepted upload fixes the earliest period that is open now: those before it are history.
fn go_live(commit: &mut Commit) {
    let at = commit.at.to_string();
    commit.add(
        "INSERT INTO setting (key, value)
         SELECT 'live_from', CASE
             WHEN seat_is_locked(seat_period_add(seat_period(?1, time_zone), -1), ?1, lock_day, time_zone) = 1
             THEN seat_period(?1, time_zone) ELSE seat_period_add(seat_period(?1, time_zone), -1) END
         FROM lock_rule WHERE live_from IS NULL",
        [text(at)],
    );
}

/// Features, usage lists and peaks; all of them exist once.
fn add_lists(commit: &mut Commit, payload: &Payload) {
    let source = |delivery_group: &Option<String>| {
        let SubjectKey { kind, public_id } = source_key(payload, delivery_group.as_deref());
        [Value::Integer(kind), text(public_id)]
    };
    let features =
        payload.usage.iter().map(|list| &list.feature).chain(payload.peaks.iter().map(|peak| &peak.feature));
    let mut known = HashSet::new();
    for feature in features {
        if known.insert(feature) {
            commit.add(
                "INSERT INTO feature (code) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM feature WHERE code = ?1)",
                [text(&**feature)],
            );
        }
    }
    for list in &payload.usage {
        let [kind, public_id] = source(&list.delivery_group);
        commit.add(
            "INSERT INTO usage_list (period, feature, source)
             SELECT ?1, f.id, o.id FROM feature f JOIN object o ON o.kind = ?3 AND o.public_id = ?4
             WHERE f.code = ?2 AND NOT EXISTS (SELECT 1 FROM usage_list WHERE period = ?1 AND feature = f.id AND source = o.id)",
            [Value::Integer(list.period.number()), text(&*list.feature), kind, public_id],
        );
    }
    for peak in &payload.peaks {
        let Some(most) = peak.peak else { continue };
        let [kind, public_id] = source(&peak.delivery_group);
        commit.add(
            "INSERT INTO peak (period, feature, source, peak)
             SELECT ?1, f.id, o.id, ?5 FROM feature f JOIN object o ON o.kind = ?3 AND o.public_id = ?4 WHERE f.code = ?2
             ON CONFLICT DO UPDATE SET peak = excluded.peak WHERE excluded.peak > peak",
            [
                Value::Integer(peak.period.number()),
                text(&*peak.feature),
                kind,
                public_id,
                Value::Integer(i64::try_from(most).unwrap_or(i64::MAX)),
            ],
        );
    }
}

/// Users, spellings, facts and devices, each from the function that finds what is new.
fn add_names(commit: &mut Commit, sha256: &str) {
    const UPLOAD: [&str; 10] = [
        "INSERT INTO user (id, key, name, name_payload)
         SELECT id, key, name, payload FROM seat_incoming_users((SELECT id FROM upload WHERE sha256 = ?1))",
        // changes() is the count of the statement before: users never seen. Those who only waited
        // under an assignment are new as well.
        "UPDATE upload SET new_users = changes() WHERE sha256 = ?1 AND new_users <> changes()",
        "UPDATE upload SET new_users = new_users + (SELECT count(*) FROM seat_incoming_names(upload.id) WHERE waiting)
         WHERE sha256 = ?1 AND EXISTS (SELECT 1 FROM seat_incoming_names(upload.id) WHERE waiting)",
        // One whose spelling a closed month shows keeps it, and is no longer waiting.
        "UPDATE user SET name = iif(name_fixed, user.name, n.name), name_payload = n.payload
         FROM seat_incoming_names((SELECT id FROM upload WHERE sha256 = ?1)) n WHERE n.user = user.id",
        "UPDATE upload SET late_users = (SELECT count(DISTINCT user) FROM seat_incoming_usage(upload.id) WHERE late AND is_new)
         WHERE sha256 = ?1 AND EXISTS (SELECT 1 FROM seat_incoming_usage(upload.id) WHERE late AND is_new)",
        // Looked for where somebody is late alone: the upload's row is read before the function is opened.
        "UPDATE notification SET last_seen_at = (SELECT at FROM commit_now)
         WHERE kind = 'late-usage' AND cleared_at IS NULL AND last_seen_at < (SELECT at FROM commit_now) AND period IN (
           SELECT printf('%04d-%02d', l.period / 100, l.period % 100)
           FROM upload u JOIN seat_incoming_usage(u.id) i JOIN usage_list l ON l.id = i.list
           JOIN feature f ON f.id = l.feature AND seat_unit(f.code) = 'user'
           WHERE u.sha256 = ?1 AND u.late_users > 0 AND i.late AND i.is_new)",
        "INSERT INTO notification (kind, severity, period, first_seen_at, last_seen_at)
         SELECT 'late-usage', 'warning', late.period, c.at, c.at FROM commit_now c JOIN (
           SELECT DISTINCT printf('%04d-%02d', l.period / 100, l.period % 100) AS period
           FROM upload u JOIN seat_incoming_usage(u.id) i JOIN usage_list l ON l.id = i.list
           JOIN feature f ON f.id = l.feature AND seat_unit(f.code) = 'user'
           WHERE u.sha256 = ?1 AND u.late_users > 0 AND i.late AND i.is_new) late
         WHERE NOT EXISTS (SELECT 1 FROM notification n
           WHERE n.kind = 'late-usage' AND n.cleared_at IS NULL AND n.period = late.period)",
        "INSERT INTO usage (list, user, payload)
         SELECT list, user, payload FROM seat_incoming_usage((SELECT id FROM upload WHERE sha256 = ?1)) WHERE NOT late
         ON CONFLICT DO UPDATE SET payload = excluded.payload",
        "INSERT INTO late_usage (list, user, payload)
         SELECT list, user, payload FROM seat_incoming_usage((SELECT id FROM upload WHERE sha256 = ?1)) WHERE late
         ON CONFLICT DO UPDATE SET payload = excluded.payload",
        "INSERT INTO device_usage (list, name)
         SELECT list, name FROM seat_incoming_devices((SELECT id FROM upload WHERE sha256 = ?1)) WHERE true
         ON CONFLICT DO NOTHING",
    ];
    for sql in UPLOAD {
        commit.add(sql, [text(sha256)]);
    }
}

/// So that the same list tomorrow, or a copy of it, is skipped whole. An older copy is not: it moves
/// `first_seen`, and is remembered in its turn.
fn remember_digests(commit: &mut Commit, accepted: &Accepted<'_>) {
    let payloads = &accepted.prepared.reading.payloads;
    for (ordinal, list, digest) in accepted.prepared.digests() {
        let payload = &payloads[ordinal];
        let usage = &payload.usage[list];
        let source = source_key(payload, usage.delivery_group.as_deref());
        commit.add(
            "UPDATE usage_list SET digest = ?6, digest_payload = p.id
             FROM payload p JOIN upload u ON u.id = p.upload
             WHERE u.sha256 = ?1 AND p.ordinal = ?2
               AND usage_list.period = ?3 AND usage_list.feature = (SELECT id FROM feature WHERE code = ?4)
               AND usage_list.source = (SELECT id FROM object WHERE kind = ?5 AND public_id = ?7)
               AND (usage_list.digest IS NOT ?6
                 OR p.rank < coalesce((SELECT rank FROM payload WHERE id = usage_list.digest_payload), '~'))",
            [
                text(&*accepted.arrival.sha256),
                Value::Integer(ordinal as i64),
                Value::Integer(usage.period.number()),
                text(&*usage.feature),
                Value::Integer(source.kind),
                Value::Blob(digest.to_vec()),
                text(source.public_id),
            ],
        );
    }
}
