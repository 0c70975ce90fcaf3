//! Closed means frozen: whatever comes later, what left the house stays as it left.

use proptest::prelude::*;
use seatledger::domain::ids::ObjectKind::{DeliveryGroup, LicenseServer, User};
use seatledger::store::explain::What;
use seatledger::store::memory::Memory;
use seatledger::store::roster::Start;
use serde_json::Value;

use crate::house::{House, guid, license_server};
use crate::properties::{cases, house_with, link, payload, tag};

#[test]
fn a_user_whom_only_a_default_domain_names_keeps_the_spelling_of_the_closing() {
    let mut house = House::at("2026-09-20T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-09-15T03:00:00Z", "2026-09", &["eva"]));
    house.tag("2026-09", LicenseServer, &guid(1), Some("Acme")).unwrap();
    house.raw(
        "INSERT INTO default_domain_row SELECT o.id, 202609, 'CORP', c.id FROM object o, change c LIMIT 1",
    );
    house.set_clock("2026-10-11T10:00:00Z");
    house.close_due();
    let before = house.exported("2026-09");
    assert!(before[3].contains("corp\\eva"), "{}", before[3]);
    for day in [1, 2] {
        let told = license_server(2, &format!("2026-10-0{day}T03:00:00Z"), "2026-10", &["Corp\\EVA"]);
        house.upload(&told);
    }
    assert_eq!(house.exported("2026-09"), before);
    assert_eq!(house.sql("SELECT new_users FROM upload ORDER BY id"), ["1", "1", "0"]);
    assert_eq!(house.broken(), Vec::<String>::new());
}

#[test]
fn an_earlier_spelling_that_comes_late_changes_no_closed_month() {
    let mut house = House::at("2026-09-20T10:00:00Z");
    house.upload(&license_server(1, "2026-09-15T03:00:00Z", "2026-09", &["CORP\\Anna"]));
    house.set_clock("2026-10-11T10:00:00Z");
    house.close_due();
    let before = house.exported("2026-09");
    house.upload(&license_server(1, "2026-09-01T03:00:00Z", "2026-09", &["corp\\ANNA", "ben"]));
    assert_eq!(house.exported("2026-09"), before);
    assert_eq!(house.broken(), Vec::<String>::new());
}

/// Every figure of a month with all its users, as SQL tells them and as pages and API do; each figure has as many as it counts.
fn explained(house: &House, period: &str) -> Vec<String> {
    let mut told = house.sql(&format!(
        "SELECT r.customer_id, r.feature, e.* FROM seat_rollup('{period}') r, seat_explain('{period}', r.customer_id, r.feature) e"
    ));
    let counted = house.sql(&format!("SELECT coalesce(sum(users), 0) FROM seat_rollup('{period}')"));
    assert_eq!(told.len().to_string(), counted[0], "{period}");
    let (memory, month) = (Memory::new(), period.parse().unwrap());
    let roster = memory.roster(&house.store, month).unwrap();
    for feature in &memory.figures(&house.store, month).unwrap().features {
        let customers = feature.customers.iter().map(|row| (What::Customer(row.id.clone()), row.users));
        let sources = feature.sources.iter().map(|row| (What::Source(row.id.clone()), row.users));
        for (what, users) in customers.chain(sources).chain([(What::Total, feature.total)]) {
            let found = house.store.explain(&roster, &feature.feature, &what, Start::First, 1000).unwrap();
            assert_eq!(found.rows.len() as u64, users.users, "{period} {what:?}");
            told.extend(found.rows.iter().map(|row| format!("{what:?} {row:?}")));
        }
    }
    told
}

/// What happens after a month is closed.
#[derive(Clone, Debug)]
enum Event {
    Upload(Value),
    Tag((usize, usize, Option<usize>)),
    Free(usize),
    Rename,
    Archive,
    Setting(&'static str, &'static str),
    Link,
    Close,
}

fn event() -> impl Strategy<Value = Event> {
    let settings = [
        ("lock_day", "28"),
        ("lock_day", "1"),
        ("time_zone", "Etc/GMT-14"),
        ("time_zone", "Etc/GMT+12"),
        ("organization_name", "Other"),
    ];
    prop_oneof![
        4 => payload().prop_map(Event::Upload),
        3 => tag().prop_map(Event::Tag),
        1 => (0usize..6).prop_map(Event::Free),
        1 => Just(Event::Rename),
        1 => Just(Event::Archive),
        1 => prop::sample::select(settings.to_vec()).prop_map(|(key, value)| Event::Setting(key, value)),
        1 => Just(Event::Link),
        1 => Just(Event::Close),
    ]
}

fn happens(house: &mut House, event: &Event, number: usize) {
    match event {
        // In another zone its month may not have begun.
        Event::Upload(payload) => drop(house.try_upload(payload.to_string().as_bytes())),
        // A refusal leaves all as it was.
        Event::Tag((kind, object, customer)) => {
            let customer = customer.map(|index| ["Acme", "Beta"][index]);
            let period = ["2026-09", "2026-10", "2026-11"][object % 3];
            let _ = match kind {
                0 => house.tag(period, User, ["corp\\anna", "carl", "corp\\eva"][object % 3], customer),
                1 => house.tag(period, LicenseServer, &guid(object % 3 + 1), customer),
                _ => house.tag(period, DeliveryGroup, ["NG1", "NG2", "SG1"][object % 3], customer),
            };
        }
        Event::Free(object) => drop(house.free("2026-10", LicenseServer, &guid(object % 3 + 1), true)),
        Event::Rename => house.raw(&format!(
            "UPDATE customer SET name = 'Renamed {number}', name_key = 'renamed {number}' WHERE public_id = 'Acme'"
        )),
        Event::Archive => house.raw("UPDATE customer SET archived_at = '2026-10-20T00:00:00Z' WHERE public_id = 'Beta'"),
        Event::Setting(key, value) => house.setting(key, value),
        Event::Link => house.raw(
            "INSERT INTO change (at, by) SELECT at, 'later' FROM commit_now
               WHERE NOT EXISTS (SELECT 1 FROM change c, commit_now n WHERE c.at = n.at AND c.by = 'later');
             INSERT INTO default_domain_row SELECT id, 202611, 'OTHER', (SELECT max(id) FROM change)
               FROM object o WHERE kind IN (1, 3)
               AND NOT EXISTS (SELECT 1 FROM default_domain_row WHERE source = o.id AND since = 202611);
             INSERT INTO alias_row SELECT a.id, 202611, b.id, (SELECT max(id) FROM change) FROM user a, user b
               WHERE a.key = 'carl' AND b.key = 'corp\\anna'
               AND NOT EXISTS (SELECT 1 FROM alias_row WHERE user = a.id AND since = 202611);",
        ),
        Event::Close => drop(house.close("2026-10")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_happens_later_changes_a_byte_of_what_a_closed_month_exports(
        uploads in prop::collection::vec(payload(), 1..6),
        tags in prop::collection::vec(tag(), 0..6),
        free in prop::collection::vec(0usize..6, 0..3),
        linked in any::<bool>(),
        events in prop::collection::vec(event(), 1..10),
    ) {
        let mut house = house_with(&uploads, &tags, &free);
        if linked {
            link(&mut house);
        }
        let counted = (house.rows("2026-09"), house.sql("SELECT * FROM seat_user_rows('2026-09')"));
        house.set_clock("2026-10-12T10:00:00Z");
        // A random fleet may have seen nobody in September.
        prop_assume!(house.close("2026-09").is_ok() || house.closed() == ["2026-09"]);
        prop_assert_eq!((house.rows("2026-09"), house.sql("SELECT * FROM seat_user_rows('2026-09')")), counted);
        let answers = |house: &House| house.sql(
            "SELECT 'rollup', * FROM seat_rollup('2026-09') UNION ALL SELECT 'total', * FROM seat_totals('2026-09')
             UNION ALL SELECT 'late', period, kind, feature, users, paid_users, free_users, overlap FROM statement_row WHERE period = '2026-09'",
        );
        let before = (house.exported("2026-09"), answers(&house), explained(&house, "2026-09"));
        house.set_clock("2026-11-05T10:00:00Z");
        for (number, event) in events.iter().enumerate() {
            happens(&mut house, event, number);
        }
        let after = (house.exported("2026-09"), answers(&house), explained(&house, "2026-09"));
        prop_assert_eq!(after, before.clone());
        // Open months explain themselves in the same way.
        for period in ["2026-10", "2026-11"] {
            explained(&house, period);
        }
        house.set_clock("2026-12-11T10:00:00Z");
        house.change_something();
        prop_assert_eq!((house.exported("2026-09"), answers(&house), explained(&house, "2026-09")), before);
        for period in house.closed() {
            explained(&house, &period);
            // What late usage adds up to is what a recount with all of it gives.
            let stated = house.sql(&format!(
                "SELECT coalesce(sum(users), 0) + (SELECT coalesce(sum(users), 0) FROM seat_late('{period}'))
                 FROM seat_rollup('{period}')"
            ));
            prop_assert!(stated[0].parse::<i64>().unwrap() >= 0);
        }
        prop_assert_eq!(house.broken(), Vec::<String>::new());
    }
}
