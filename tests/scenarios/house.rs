//! A house with verbs: a database in a folder of its own, and short ways to upload, tag and look.

use std::io::Write as _;
use std::time::Duration;

use rusqlite::types::ValueRef;
use seatledger::domain::entitlement::Entitled;
use seatledger::domain::ids::{FreeReason, ObjectKind};
use seatledger::domain::instant::UtcInstant;
use seatledger::domain::period::{BillingPeriod, TimeZone};
use seatledger::export::{Asked, Form, Report};
use seatledger::ingest::{self, Bytes, Outcome};
use seatledger::store::archive::{Archivable, archive};
use seatledger::store::assignments::{ObjectRef, assign};
use seatledger::store::batches::{Batch, Change, Done, Preview};
use seatledger::store::closing::Closed;
use seatledger::store::free_flags::flag;
use seatledger::store::identities;
use seatledger::store::license_servers::{LicenseServer, LicenseServerDetail, View};
use seatledger::store::memory::Memory;
use seatledger::store::netscalers::NetScaler;
use seatledger::store::periods::LateRow;
use seatledger::store::reidentify::Matches;
use seatledger::store::sites::Site;
use seatledger::store::uploads::Arrival;
use seatledger::store::verify::Verified;
use seatledger::store::{Actor, Commit, Store, StoreError, customers, settings};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub struct House {
    pub store: Store,
    now: UtcInstant,
    _folder: tempfile::TempDir,
}

impl House {
    /// Empty, at an instant.
    pub fn at(now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Duration::from_secs(30)).unwrap();
        Self { store, now: now.parse().unwrap(), _folder: folder }
    }

    /// Another one with the same books.
    pub fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join(seatledger::store::FILE_NAME);
        let source = rusqlite::Connection::open(self.store.path()).unwrap();
        source.execute("VACUUM INTO ?1", [target.to_str().unwrap()]).unwrap();
        let store = Store::open(folder.path(), Duration::from_secs(30)).unwrap();
        Self { store, now: self.now, _folder: folder }
    }

    pub fn set_clock(&mut self, now: &str) {
        self.now = now.parse().unwrap();
    }

    pub fn setting(&mut self, key: &str, value: &str) {
        let mut commit = self.commit();
        settings::set(&mut commit, key, value);
        self.store.commit(&commit).unwrap();
    }

    pub fn try_upload(&mut self, content: &[u8]) -> Outcome {
        self.upload_as("payload.json", content)
    }

    /// Under a name of its own, whatever becomes of it.
    pub fn upload_as(&mut self, file: &str, content: &[u8]) -> Outcome {
        let rules = self.store.rules().unwrap();
        let arrival = Arrival {
            sha256: ingest::sha256(content),
            file: file.to_owned(),
            bytes: content.len() as u64,
            received_at: self.now,
            way: "import",
            license_server: None,
        };
        let mut bytes = Bytes { arrival, content: Some(content.to_vec()) };
        let read = ingest::read(&bytes, &rules.limits, rules.lock.time_zone);
        ingest::take_in(&mut self.store, &actor(), &mut bytes, read, self.now).unwrap()
    }

    /// Accepted or duplicate.
    pub fn upload(&mut self, payload: &Value) -> Outcome {
        let outcome = self.try_upload(payload.to_string().as_bytes());
        assert!(!matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
        outcome
    }

    /// Several payloads in one zip; accepted or duplicate.
    pub fn upload_all(&mut self, payloads: &[Value]) -> Outcome {
        let outcome = self.try_upload(&zipped(payloads));
        assert!(!matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
        outcome
    }

    /// SQL past the program's verbs, as of now.
    pub fn raw(&mut self, sql: &str) {
        self.store.query_writing::<StoreError>(self.now, &actor(), sql, |_, _| Ok(())).unwrap();
    }

    /// By its name, which is its id as well.
    pub fn customer(&mut self, name: &str) {
        let mut commit = self.commit();
        customers::create(&mut commit, name, name, None);
        self.store.commit(&commit).unwrap();
    }

    pub fn tag(
        &mut self,
        period: &str,
        kind: ObjectKind,
        id: &str,
        customer: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut commit = self.commit();
        assign(&mut commit, period.parse().unwrap(), &ObjectRef::new(kind, id), customer);
        self.store.commit(&commit)
    }

    pub fn free(&mut self, period: &str, kind: ObjectKind, id: &str, free: bool) -> Result<(), StoreError> {
        let mut commit = self.commit();
        let reason = free.then_some(FreeReason::Test);
        flag(&mut commit, period.parse().unwrap(), &ObjectRef::new(kind, id), reason, None);
        self.store.commit(&commit)
    }

    pub fn archive(&mut self, kind: Archivable, id: &str) -> Result<(), StoreError> {
        let mut commit = self.commit();
        archive(&mut commit, kind, id);
        self.store.commit(&commit)
    }

    /// Whether assigning the object to Acme would be refused; nothing is changed.
    pub fn would_refuse(&mut self, period: &str, kind: ObjectKind, id: &str) -> bool {
        let mut commit = self.commit();
        assign(&mut commit, period.parse().unwrap(), &ObjectRef::new(kind, id), Some("Acme"));
        self.store.rehearse(&commit, |_| Ok(())).is_err()
    }

    /// Everything that lists show of a period, but the uploads.
    pub fn shown(&self, period: &str) -> Vec<String> {
        let month: BillingPeriod = period.parse().unwrap();
        let mut shown: Vec<String> = Vec::new();
        self.view(period, |view| {
            for server in self.store.list_license_servers(view).unwrap() {
                let detail = self.store.find_license_server(view, &server.id).unwrap().unwrap();
                assert_eq!(detail.server, server);
                shown.push(format!("{detail:?}"));
            }
            for site in self.store.list_sites(view).unwrap() {
                shown.push(format!("{:?}", self.store.find_site(view, &site.id).unwrap()));
            }
        });
        let (now, zone) = (self.now, self.zone());
        shown.extend(
            self.store.silent_days(month, now, zone).unwrap().iter().map(|source| format!("{source:?}")),
        );
        let entitlements = self.store.entitlements(month, now, zone).unwrap();
        shown.extend(entitlements.iter().map(|(feature, entitled)| format!("{feature} {entitled:?}")));
        shown
    }

    /// `kind id feature users`, the feature empty for all of them.
    pub fn source_use(&self, period: &str) -> Vec<String> {
        let used = self.store.source_use(period.parse().unwrap()).unwrap();
        let mut rows = Vec::new();
        for (kind, id, source) in used.iter() {
            rows.push(format!("{kind}|{id}||{}", source.users));
            rows.extend(
                source.features.iter().map(|(feature, users)| format!("{kind}|{id}|{feature}|{users}")),
            );
        }
        rows.sort();
        rows
    }

    /// The same, from every single fact.
    pub fn resolved_use(&self, period: &str) -> Vec<String> {
        let mut rows = self.sql(&format!(
            "SELECT source_kind, source, feature, count(DISTINCT user) FROM seat_resolve('{period}') GROUP BY 1, 2, 3
             UNION ALL SELECT source_kind, source, '', count(DISTINCT user) FROM seat_resolve('{period}') GROUP BY 1, 2"
        ));
        rows.sort();
        rows
    }

    pub fn now(&self) -> UtcInstant {
        self.now
    }

    pub fn zone(&self) -> TimeZone {
        self.store.rules().unwrap().lock.time_zone
    }

    /// What `look` sees of a period now.
    pub fn view<T>(&self, period: &str, look: impl FnOnce(View<'_>) -> T) -> T {
        let period: BillingPeriod = period.parse().unwrap();
        let rule = self.store.rules().unwrap().status;
        let used = self.store.source_use(period).unwrap();
        look(View { period, as_of: self.now, rule: &rule, used: &used })
    }

    /// License server `number`; the list and its own page say the same of it.
    pub fn server(&self, period: &str, number: usize) -> LicenseServer {
        let all = self.view(period, |view| self.store.list_license_servers(view)).unwrap();
        let server = all.into_iter().find(|server| server.id == guid(number)).unwrap();
        assert_eq!(server, self.server_detail(period, number).server);
        server
    }

    pub fn server_detail(&self, period: &str, number: usize) -> LicenseServerDetail {
        self.view(period, |view| self.store.find_license_server(view, &guid(number))).unwrap().unwrap()
    }

    pub fn site(&self, period: &str, id: &str) -> Site {
        self.view(period, |view| self.store.find_site(view, id)).unwrap().unwrap().site
    }

    pub fn netscalers(&self, period: &str) -> Vec<NetScaler> {
        self.view(period, |view| self.store.list_netscalers(view)).unwrap()
    }

    pub fn entitled(&self, period: &str, feature: &str) -> Option<Entitled> {
        let entitlements = self.store.entitlements(period.parse().unwrap(), self.now, self.zone());
        entitlements.unwrap().get(feature)
    }

    /// `customer users free` of each row, the unlinked one as `-`.
    pub fn rows(&self, period: &str) -> Vec<String> {
        let period: BillingPeriod = period.parse().unwrap();
        let shown = |row: seatledger::store::usage::UsageRow| {
            format!("{} {} {}", row.customer_id.unwrap_or("-".to_owned()), row.users, row.free_users)
        };
        self.store.usage(period).unwrap().into_iter().map(shown).collect()
    }

    /// Every row of a query, its values joined by `|`.
    pub fn sql(&self, sql: &str) -> Vec<String> {
        let mut rows = Vec::new();
        let show = |value: &ValueRef<'_>| match value {
            ValueRef::Null => "NULL".to_owned(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            other => format!("{other:?}"),
        };
        self.store
            .query::<StoreError>(sql, |_, values| {
                rows.push(values.iter().map(show).collect::<Vec<_>>().join("|"));
                Ok(())
            })
            .unwrap();
        rows
    }

    /// Everything that must not depend on the order of imports.
    pub fn state(&self) -> Vec<String> {
        [
            "SELECT * FROM v1_user_usage ORDER BY 1, 2, 3, 4, 5",
            "SELECT g.period, u.key, s.sha256 FROM usage f JOIN usage_list g ON g.id = f.list JOIN user u ON u.id = f.user
             JOIN payload p ON p.id = f.payload JOIN upload s ON s.id = p.upload ORDER BY g.period, g.feature, g.source, u.key, 3",
            "SELECT key, name FROM user ORDER BY key",
            "SELECT * FROM v1_license_server ORDER BY id",
            "SELECT kind, public_id, name, last_collected_at FROM object_now ORDER BY 1, 2",
            "SELECT id, sha256, status, source, collected_at FROM v1_upload ORDER BY id",
            "SELECT p.period, f.code, o.public_id, p.peak FROM peak p JOIN feature f ON f.id = p.feature
             JOIN object o ON o.id = p.source ORDER BY 1, 2, 3",
            "SELECT l.period, o.public_id, d.name FROM device_usage d JOIN usage_list l ON l.id = d.list
             JOIN object o ON o.id = l.source ORDER BY 1, 2, 3",
            "SELECT p.rank, o.public_id, l.file, l.feature, l.quantity FROM payload p JOIN object o ON o.id = p.object
             JOIN license_file_line l ON l.license_set = p.license_set ORDER BY 1, 2, 3, 4, 5",
        ]
        .iter()
        .flat_map(|sql| {
            let mut rows = self.sql(sql);
            rows.sort();
            rows
        })
        .collect()
    }

    pub fn preview(&mut self, memory: &Memory, change: &Change) -> Result<Preview, StoreError> {
        self.store.preview(memory, change, self.now, &actor())
    }

    pub fn make(&mut self, memory: &Memory, change: &Change) -> Result<Done, StoreError> {
        self.store.make(memory, change, self.now, &actor(), true)
    }

    pub fn preview_identities(
        &mut self,
        change: &identities::Change,
    ) -> Result<identities::Preview, StoreError> {
        self.store.preview_identities(change, self.now, &actor())
    }

    pub fn make_identities(&mut self, change: &identities::Change) -> Result<Done, StoreError> {
        self.store.make_identities(change, self.now, &actor(), true)
    }

    pub fn match_names(&self, names: &[&str]) -> Matches {
        self.store.match_names(names.iter().copied(), self.now).unwrap()
    }

    /// `user = of: reasons`, the most plausible first.
    pub fn suggested(&self, period: &str) -> Vec<String> {
        let roster = self.store.roster(period.parse().unwrap()).unwrap();
        let (all, count) = roster.suggestions(100);
        assert_eq!(all.len(), count);
        let mut told = Vec::new();
        for one in &all {
            let reasons: Vec<_> = one.reasons.iter().map(|reason| reason.as_str()).collect();
            told.push(format!("{} = {}: {}", one.user.1, one.of.1, reasons.join(" ")));
            assert!(roster.suggestions_for(one.user.0).contains(one));
        }
        told
    }

    /// Bare names that several sources report, each with them.
    pub fn bare(&self, period: &str) -> Vec<String> {
        let roster = self.store.roster(period.parse().unwrap()).unwrap();
        let told = |name: seatledger::store::roster::BareName<'_>| {
            let sources: Vec<_> = name.sources.iter().map(|source| source.name).collect();
            format!("{} {}", name.name, sources.join(" "))
        };
        let names = roster.bare_names(&self.store).unwrap();
        names.iter().map(|at| told(roster.bare_name(*at))).collect()
    }

    pub fn undo(&mut self, id: &str) -> Result<Batch, StoreError> {
        self.store.undo(id, self.now, &actor())
    }

    pub fn undoable(&self, by: Option<&Actor>) -> Option<Batch> {
        self.store.undoable(by, self.now).unwrap()
    }

    /// By hand, as of now.
    pub fn close(&mut self, period: &str) -> Result<Closed, StoreError> {
        self.store.close(period.parse().unwrap(), self.now, &actor())
    }

    /// As the running server does once a minute: the months that it closed.
    pub fn close_due(&mut self) -> Vec<String> {
        let closed = self.store.close_due(self.now, &Actor::clock()).unwrap();
        closed.into_iter().map(|month| month.period.to_string()).collect()
    }

    /// A change that has nothing to do with usage.
    pub fn change_something(&mut self) {
        let id = format!("c{}", self.sql("SELECT count(*) FROM customer")[0]);
        self.customer(&id);
    }

    /// Closed months, the oldest first.
    pub fn closed(&self) -> Vec<String> {
        self.sql("SELECT period FROM statement ORDER BY period")
    }

    /// `feature customer users paid free carried_in` of each row that late usage would move.
    pub fn late(&self, period: &str) -> Vec<String> {
        let rows = self.store.late(period.parse().unwrap()).unwrap();
        let shown = |row: LateRow| {
            format!(
                "{} {:+} {:+} {:+} {}",
                row.customer_id.unwrap_or("-".to_owned()),
                row.users,
                row.paid_users,
                row.free_users,
                row.carried_in.map_or("-".to_owned(), |period| period.to_string())
            )
        };
        rows.into_iter().map(shown).collect()
    }

    /// What leaves the house of a month and stays as it left, in each form; a workbook as the hash of its bytes.
    /// The fourth is users as CSV.
    pub fn exported(&self, period: &str) -> Vec<String> {
        let mut files = Vec::new();
        for report in [Report::Usage, Report::Users, Report::Statement, Report::History] {
            for form in [Form::Csv, Form::Json, Form::Xlsx] {
                let mut file = Vec::new();
                let asked = Asked::new(report, form, period.parse().unwrap());
                asked.write(&self.store, self.now, &mut file).unwrap();
                files.push(match form {
                    Form::Xlsx => format!("{:x}", Sha256::digest(&file)),
                    _ => String::from_utf8(file).unwrap(),
                });
            }
        }
        files
    }

    /// What does not hold of closed months.
    pub fn broken(&self) -> Vec<String> {
        let months = self.store.verify(None).unwrap();
        let told = |month: Verified| {
            assert!(month.ok || !month.problems.is_empty(), "{month:?}");
            let Verified { period, problems, .. } = month;
            problems.into_iter().map(move |problem| format!("{period}: {problem}"))
        };
        months.into_iter().flat_map(told).collect()
    }

    /// A change past everything that guards: a connection of its own, with all triggers dropped.
    pub fn tamper(&self, sql: &str) {
        let db = rusqlite::Connection::open(self.store.path()).unwrap();
        db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        let mut statement = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        let names: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        drop(statement);
        for name in names {
            db.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
        }
        let changed = db.execute(sql, []).unwrap();
        assert!(changed > 0, "{sql}");
    }

    fn commit(&self) -> Commit {
        Commit::new(self.now, &actor())
    }
}

pub fn actor() -> Actor {
    Actor("test".to_owned())
}

/// GUID of license server number `number`.
pub fn guid(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// One entry a payload.
fn zipped(payloads: &[Value]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (index, payload) in payloads.iter().enumerate() {
        archive.start_file(format!("{index}.json"), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(payload.to_string().as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A payload of license server `number`: its users in one period.
pub fn license_server(number: usize, collected_at: &str, period: &str, users: &[&str]) -> Value {
    json!({
        "format": "seatledger/license-server@1",
        "collectedAt": collected_at,
        "licenseServer": { "guid": guid(number), "hostId": format!("LIC{number:02}"),
            "fqdn": format!("lic{number:02}.csp.example"), "version": "11.17.2.0 build 53100" },
        "usage": [{ "feature": "XDT_PLT_UD", "period": period, "users": users }],
    })
}

/// A payload of site `name`: its delivery groups, ids being names, with their users.
pub fn site(name: &str, collected_at: &str, period: &str, groups: &[(&str, &[&str])]) -> Value {
    let group = |(id, users): &(&str, &[&str])| json!({ "id": id, "name": id, "usage": [{ "feature": "XDT_PLT_UD", "period": period, "users": users }] });
    json!({
        "format": "seatledger/site@1",
        "collectedAt": collected_at,
        "site": { "id": name, "name": name },
        "deliveryGroups": groups.iter().map(group).collect::<Vec<_>>(),
    })
}
