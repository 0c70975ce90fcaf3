//! Laws of the books on random fleets: order, repetition, sums, explanations, and the past.

use proptest::prelude::*;
use seatledger::domain::ids::ObjectKind::{DeliveryGroup, LicenseServer, Site, User};
use serde_json::{Value, json};

use crate::house::{House, guid, license_server, site};

const USERS: [&str; 9] = [
    "CORP\\anna",
    "corp\\ANNA",
    "CORP\\ben",
    "ben@corp.example",
    "carl",
    "CORP\\dora",
    "Corp\\Dora",
    "e\u{301}va",
    "\u{e9}va",
];

/// Small enough that payloads meet: same servers, same instants, same months, same people.
pub fn payload() -> impl Strategy<Value = Value> {
    let users = || prop::sample::subsequence(USERS.to_vec(), 0..USERS.len());
    let day = 1u32..5;
    let from_server = (1usize..4, day.clone(), 9u32..11, users(), 0u64..4, any::<bool>(), 0usize..3)
        .prop_map(|(server, day, month, users, peak, licenses, version)| {
            let mut payload = license_server(
                server,
                &format!("2026-10-{day:02}T03:00:00Z"),
                &format!("2026-{month:02}"),
                &users,
            );
            payload["usage"][0]["peak"] = json!(peak);
            payload["usage"][0]["devices"] = json!([format!("THIN-{peak}")]);
            payload["licenseServer"]["version"] = json!(format!("11.17.{version}.0 build 53100"));
            let expires = ["2026-10-03", "2026-11-03"][version % 2];
            if licenses {
                payload["licenseFiles"] = json!([{ "name": "csp.lic", "entitlements": [
                    { "feature": "XDT_PLT_UD", "quantity": peak * 100, "expires": expires }] }]);
            }
            payload
        });
    let from_site = (0usize..2, day, 9u32..11, users(), users()).prop_map(|(at, day, month, one, two)| {
        let (name, first, second) = [("Nord", "NG1", "NG2"), ("South", "SG1", "SG2")][at];
        let collected_at = format!("2026-10-{day:02}T03:00:00Z");
        site(name, &collected_at, &format!("2026-{month:02}"), &[(first, &one), (second, &two)])
    });
    prop_oneof![from_server, from_site]
}

/// Object and customer of a tag; users, license servers, delivery groups and sites.
pub fn tag() -> impl Strategy<Value = (usize, usize, Option<usize>)> {
    (0usize..4, 0usize..6, prop::option::of(0usize..2))
}

fn apply(house: &mut House, period: &str, (kind, object, customer): (usize, usize, Option<usize>)) {
    let customer = customer.map(|index| ["Acme", "Beta"][index]);
    // A refusal (an object that no upload named, a site beside its groups) leaves all as it was.
    let _ = match kind {
        0 => house.tag(period, User, USERS[object], customer),
        1 => house.tag(period, LicenseServer, &guid(object % 3 + 1), customer),
        2 => house.tag(period, DeliveryGroup, ["NG1", "NG2", "SG1", "SG2"][object % 4], customer),
        _ => house.tag(period, Site, ["Nord", "South"][object % 2], customer),
    };
}

pub fn house_with(uploads: &[Value], tags: &[(usize, usize, Option<usize>)], free: &[usize]) -> House {
    let mut house = House::at("2026-10-08T10:00:00Z");
    house.customer("Acme");
    house.customer("Beta");
    uploads.iter().for_each(|payload| drop(house.upload(payload)));
    tags.iter().for_each(|tag| apply(&mut house, "2026-09", *tag));
    for object in free {
        let _ = match object % 2 {
            0 => house.free("2026-09", User, USERS[object % USERS.len()], true),
            _ => house.free("2026-09", LicenseServer, &guid(object % 3 + 1), true),
        };
    }
    house
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn order_and_repetition_of_uploads_do_not_matter(
        uploads in prop::collection::vec(prop::collection::vec(payload(), 1..4), 1..6),
        keys in prop::collection::vec(any::<u32>(), 12),
    ) {
        let mut straight = House::at("2026-10-08T10:00:00Z");
        uploads.iter().for_each(|payloads| drop(straight.upload_all(payloads)));
        let mut shuffled: Vec<_> = uploads.iter().chain(&uploads).zip(&keys).collect();
        shuffled.sort_by_key(|(_, key)| **key);
        let mut mixed = House::at("2026-10-08T10:00:00Z");
        shuffled.iter().for_each(|(payloads, _)| drop(mixed.upload_all(payloads)));
        prop_assert_eq!(straight.state(), mixed.state());
        prop_assert_eq!(straight.source_use("2026-10"), straight.resolved_use("2026-10"));
        for house in [&mut straight, &mut mixed] {
            link(house);
        }
        for period in ["2026-09", "2026-10"] {
            prop_assert_eq!(straight.rows(period), mixed.rows(period));
            let users = format!("SELECT * FROM seat_user_rows('{period}')");
            prop_assert_eq!(straight.sql(&users), mixed.sql(&users));
            prop_assert_eq!(straight.shown(period), mixed.shown(period));
            prop_assert_eq!(straight.source_use(period), straight.resolved_use(period));
        }
    }

    #[test]
    fn the_sums_hold_and_every_figure_is_explained_by_as_many_users(
        uploads in prop::collection::vec(payload(), 1..7),
        tags in prop::collection::vec(tag(), 0..8),
        free in prop::collection::vec(0usize..6, 0..3),
    ) {
        let house = house_with(&uploads, &tags, &free);
        for period in ["2026-09", "2026-10"] {
            let broken = house.sql(&format!(
                "SELECT t.feature FROM seat_totals('{period}') t
                 WHERE t.users + t.overlap <> (SELECT sum(users) FROM seat_rollup('{period}') r WHERE r.feature = t.feature)
                   OR t.users <> t.paid_users + t.free_users
                   OR t.users <> (SELECT count(DISTINCT user) FROM seat_resolve('{period}') f WHERE f.feature = t.feature)
                   OR t.users <> (SELECT count(DISTINCT user) FROM seat_user_rows('{period}') f WHERE f.feature = t.feature)
                   OR t.free_users <> (SELECT count(*) FROM (SELECT min(is_free) AS free FROM seat_resolve('{period}') f
                     WHERE f.feature = t.feature GROUP BY user) WHERE free)"
            ));
            prop_assert_eq!(broken, Vec::<String>::new());
            let unexplained = house.sql(&format!(
                "SELECT r.customer_id FROM seat_rollup('{period}') r
                 WHERE r.users <> (SELECT count(*) FROM seat_explain('{period}', r.customer_id, r.feature))
                   OR r.users <> r.paid_users + r.free_users OR r.users = 0
                   OR r.free_users <> (SELECT sum(is_free) FROM seat_explain('{period}', r.customer_id, r.feature))"
            ));
            prop_assert_eq!(unexplained, Vec::<String>::new());
            let resolved = house.sql(&format!(
                "SELECT feature, customer_id, count(DISTINCT user) FROM seat_resolve('{period}')
                 WHERE customer_id IS NOT NULL GROUP BY 1, 2
                 EXCEPT SELECT feature, customer_id, users FROM seat_rollup('{period}')"
            ));
            prop_assert_eq!(resolved, Vec::<String>::new());
        }
    }

    #[test]
    fn a_side_of_a_site_is_shown_as_blocked_exactly_where_the_guard_refuses_it(
        tags in prop::collection::vec((tag(), any::<bool>()), 0..10),
        period in prop::sample::select(vec!["2026-09", "2026-10"]),
    ) {
        let groups = |first: &str, second: &str| [(first.to_owned(), ["CORP\\anna"]), (second.to_owned(), ["CORP\\ben"])];
        let mut house = house_with(&[], &[], &[]);
        for (name, [first, second]) in [("Nord", groups("NG1", "NG2")), ("South", groups("SG1", "SG2"))] {
            let groups: [(&str, &[&str]); 2] = [(&first.0, &first.1), (&second.0, &second.1)];
            house.upload(&site(name, "2026-10-01T03:00:00Z", "2026-10", &groups));
        }
        for (tag, early) in tags {
            apply(&mut house, if early { "2026-09" } else { "2026-10" }, tag);
        }
        for name in ["Nord", "South"] {
            let shown = house.site(period, name);
            for group in &shown.delivery_groups {
                prop_assert_eq!(house.would_refuse(period, DeliveryGroup, &group.id), group.blocked.is_some());
            }
            prop_assert_eq!(house.would_refuse(period, Site, name), shown.blocked.is_some());
        }
    }

    #[test]
    fn tags_since_a_month_never_change_the_month_before(
        uploads in prop::collection::vec(payload(), 1..7),
        tags in prop::collection::vec(tag(), 0..6),
        later in prop::collection::vec(tag(), 1..8),
    ) {
        let mut house = house_with(&uploads, &tags, &[]);
        let before = house.sql("SELECT * FROM seat_user_rows('2026-09')");
        later.iter().for_each(|tag| apply(&mut house, "2026-10", *tag));
        prop_assert_eq!(house.sql("SELECT * FROM seat_user_rows('2026-09')"), before);
        prop_assert!(house.store.check().iter().all(|finding| finding.problems.is_empty()));
    }
}

/// Two spellings of one person become one user, and bare names of a server belong to a domain, where known.
pub fn link(house: &mut House) {
    house.raw(
        "INSERT INTO change (at, by) SELECT at, 'test' FROM commit_now
           WHERE NOT EXISTS (SELECT 1 FROM change c, commit_now n WHERE c.at = n.at AND c.by = 'test');
         INSERT INTO alias_row SELECT a.id, 202609, b.id, (SELECT max(id) FROM change)
           FROM user a, user b WHERE a.key = 'ben@corp.example' AND b.key = 'corp\\ben';
         INSERT INTO default_domain_row SELECT id, 202609, 'CORP', (SELECT max(id) FROM change)
           FROM object WHERE kind IN (1, 3);",
    );
}

/// A tenth by default, all with SEATLEDGER_TEST_FULL=1.
pub fn cases() -> u32 {
    if std::env::var_os("SEATLEDGER_TEST_FULL").is_some() { 480 } else { 48 }
}
