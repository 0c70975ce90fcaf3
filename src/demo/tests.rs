//! The sample fleet: the same every time, odd in every way that it promises, and sound.

use std::time::Duration;

use super::calendar::Calendar;
use super::*;
use crate::store::sources::Source;

fn noon() -> UtcInstant {
    "2026-10-15T12:34:56Z".parse().unwrap()
}

fn all_bytes(now: UtcInstant) -> Vec<(String, Vec<u8>)> {
    let (calendar, people) = (Calendar::new(now), people::everybody());
    let write = |sending| uploads::write(&calendar, &people, sending).unwrap();
    let sendings = uploads::sendings(&calendar);
    sendings.iter().map(write).map(|upload| (upload.file, upload.content)).collect()
}

#[test]
fn the_same_day_gives_the_same_bytes_and_another_day_others() {
    let morning: UtcInstant = "2026-10-15T00:00:00Z".parse().unwrap();
    let first = all_bytes(noon());
    assert!(first == all_bytes(morning));
    assert!(first != all_bytes(noon().plus_seconds(86_400)));
    let names: std::collections::HashSet<_> = first.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), first.len(), "two uploads of one name");
}

#[test]
fn nights_are_the_ends_of_months_and_the_last_sixty_days_whatever_the_day() {
    for now in
        ["2026-10-15T12:00:00Z", "2026-03-01T00:00:00Z", "2024-02-29T23:59:59Z", "2026-01-02T01:00:00Z"]
    {
        let now: UtcInstant = now.parse().unwrap();
        let calendar = Calendar::new(now);
        let nights = calendar.nights();
        assert_eq!(calendar.months.len(), 14);
        assert!(nights.iter().all(|night| night.collected_at(1_000) <= now));
        assert!(nights.windows(2).all(|pair| pair[0].day < pair[1].day));
        for month in 0..14 {
            assert!(nights.iter().any(|night| night.month == month), "{now}: nothing in month {month}");
        }
        assert_eq!(nights.iter().filter(|night| calendar.age(**night) <= 60).count(), 60);
    }
}

/// One fill serves all questions: it is the longest part.
#[test]
fn a_filled_folder_is_sound_and_shows_every_oddity() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), Duration::from_secs(5)).unwrap();
    let actor = Actor("cli/test".to_owned());
    let mut told = Vec::new();
    let summary = fill(&mut store, &actor, noon(), &mut |line| told.push(line.to_owned())).unwrap();
    assert_eq!(told.len(), 16, "14 months, the assignments and the closing: {told:?}");

    for finding in store.check() {
        assert_eq!(finding.problems, Vec::<String>::new(), "{}", finding.check);
    }

    // Again: nothing is imported, the same figures.
    let uploads = store.accepted_sha256().unwrap().len();
    let again = fill(&mut store, &actor, noon(), &mut |line| panic!("imported again: {line}")).unwrap();
    assert_eq!(again, summary);
    assert_eq!(store.accepted_sha256().unwrap().len(), uploads);

    all_months_have_customers_and_growth(&store);
    all_months_but_the_open_one_are_closed_and_one_has_late_usage(&store);
    the_last_complete_month_is_told(&summary);
    sources_are_odd_in_every_promised_way(&store, &summary);
}

fn all_months_have_customers_and_growth(store: &Store) {
    let calendar = Calendar::new(noon());
    assert_eq!(calendar.months[0].to_string(), "2025-09");
    let mut totals = Vec::new();
    for period in &calendar.months {
        let rows = store.usage(*period).unwrap();
        let linked =
            rows.iter().filter(|row| row.feature == fleet::MAIN_FEATURE && row.customer_id.is_some());
        assert!(linked.count() >= 20, "{period} lacks customers");
        let total = store.totals(*period).unwrap().into_iter().find(|row| row.feature == fleet::MAIN_FEATURE);
        totals.push(total.unwrap().users);
    }
    assert!(totals[12] > totals[0] * 11 / 10, "no growth: {totals:?}");
}

fn all_months_but_the_open_one_are_closed_and_one_has_late_usage(store: &Store) {
    let periods = store.list_periods(noon()).unwrap();
    let (open, closed) = periods.split_last().unwrap();
    assert_eq!((open.period.to_string().as_str(), open.status.as_str()), ("2026-10", "open"));
    assert_eq!(closed.len(), 13);
    assert!(closed.iter().all(|month| month.statement.as_ref().is_some_and(|sealed| sealed.imported)));
    let late = closed.last().unwrap();
    assert_eq!(late.late_users, 3);
    let rows = store.late(late.period).unwrap();
    assert!(rows.iter().any(|row| row.users > 0 && row.customer.is_some()), "{rows:?}");
}

fn the_last_complete_month_is_told(summary: &Summary) {
    assert_eq!(summary.period.to_string(), "2026-09");
    let total = summary.total.as_ref().unwrap();
    assert!(total.users > 1_200 && total.free_users > 20 && total.overlap > 5, "{total:?}");
    assert_eq!(summary.rows[0].customer, None, "the unlinked row comes first");
    let unlinked = summary.rows[0].users * 100 / total.users;
    assert!((8..=14).contains(&unlinked), "{unlinked} % unlinked");
    assert!(summary.rows.len() >= 24, "{} rows", summary.rows.len());
}

fn sources_are_odd_in_every_promised_way(store: &Store, summary: &Summary) {
    let sources = store.list_sources(summary.period).unwrap();
    let servers: Vec<&Source> = sources.iter().filter(|source| source.kind == "license-server").collect();
    assert_eq!(servers.len(), 14);
    assert_eq!((summary.sites, summary.netscalers), (3, 4));
    assert_eq!(servers.iter().filter(|server| server.name == "LIC01").count(), 2, "two called LIC01");
    assert_eq!(servers.iter().filter(|server| server.free.is_some()).count(), 1);
    assert!(servers.iter().any(|server| server.customer.is_none()), "an unassigned one");
    assert!(servers.iter().any(|server| server.version.as_deref() < Some("11.17")), "an old version");
    let silent =
        servers.iter().filter(|server| server.last_collected_at.as_deref() < Some("2026-10-01")).count();
    assert_eq!(silent, 2);

    let (mut bare, mut opaque, mut spelled, mut free, mut via) =
        (0, 0, 0, 0, std::collections::BTreeSet::new());
    let each = |user: &crate::store::usage::UserRow<'_>| -> Result<(), StoreError> {
        let plain = !user.name.contains(['\\', '@']);
        opaque += usize::from(plain && user.name.len() == 32);
        bare += usize::from(plain && user.name.len() < 32);
        spelled += usize::from(user.name.chars().any(char::is_uppercase) && user.name.contains('\\'));
        free += usize::from(user.free);
        via.extend(user.via.map(str::to_owned));
        Ok(())
    };
    store.for_each_user(summary.period, each).unwrap();
    assert!(bare > 10 && opaque > 10 && spelled > 100 && free > 20, "{bare} {opaque} {spelled} {free}");
    assert_eq!(Vec::from_iter(via), ["delivery-group", "license-server", "site", "user"]);

    let count = |sql: &str| {
        let mut rows = 0;
        store
            .query::<StoreError>(sql, |_, _| {
                rows += 1;
                Ok(())
            })
            .unwrap();
        rows
    };
    assert_eq!(
        count(
            "SELECT DISTINCT object FROM license_file_line l JOIN payload p ON p.license_set = l.license_set"
        ),
        14
    );
    assert_eq!(
        count("SELECT 1 FROM license_file_line WHERE expires = '2026-11-04' AND feature = 'XDT_PLT_UD'"),
        1
    );
    assert_eq!(count("SELECT DISTINCT feature FROM license_file_line WHERE feature = 'MPS_ENT_CCU'"), 1);
    assert_eq!(count("SELECT 1 FROM netscaler_now WHERE expires < '2026-10-15'"), 1);
    assert!(
        count("SELECT DISTINCT kind, object_id FROM assignment WHERE since > '2025-09' AND kind <> 'user'")
            >= 3
    );
    assert_eq!(count("SELECT 1 FROM v1_upload WHERE status <> 'accepted'"), 0);
}

#[test]
fn a_folder_with_uploads_of_its_own_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), Duration::from_secs(5)).unwrap();
    let actor = Actor("cli/test".to_owned());
    let content = br#"{"format":"seatledger/license-server@1","collectedAt":"2026-10-14T03:00:00Z",
        "licenseServer":{"guid":"a5ae17c9-8a4a-4318-938f-a8c6da2aa2ef","hostId":"OWN","fqdn":"own.csp.example","version":"1"},"usage":[]}"#;
    let arrival = Arrival {
        sha256: ingest::sha256(content),
        file: "own.json".to_owned(),
        bytes: content.len() as u64,
        received_at: noon(),
        way: "import",
        license_server: None,
    };
    let mut bytes = Bytes { arrival, content: Some(content.to_vec()) };
    let rules = store.rules().unwrap();
    let read = ingest::read(&bytes, &rules.limits, rules.lock.time_zone);
    assert!(matches!(
        ingest::take_in(&mut store, &actor, &mut bytes, read, noon()),
        Ok(Outcome::Accepted(_))
    ));
    let refused = fill(&mut store, &actor, noon(), &mut |_| ());
    assert!(matches!(refused, Err(DemoError::NotEmpty("uploads of your own"))));
    assert!(!is_filled(&store).unwrap());
}
