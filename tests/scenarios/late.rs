//! Late usage: kept apart from its month, shown as what it would change, and carried once.

use seatledger::domain::ids::ObjectKind::{LicenseServer, User};

use proptest::prelude::*;
use seatledger::store::memory::Memory;

use crate::house::{House, guid, license_server};
use crate::properties::{cases, house_with, link, payload, tag};

/// September is closed: LIC01 is Acme's, LIC02 nobody's, LIC03 free and Acme's.
fn september_closed() -> House {
    let mut house = House::at("2026-09-20T10:00:00Z");
    house.customer("Acme");
    house.customer("Beta");
    for (server, users) in [(1, &["anna"][..]), (2, &["ben", "carl"]), (3, &["dora"])] {
        house.upload(&license_server(server, "2026-09-15T03:00:00Z", "2026-09", users));
    }
    house.tag("2026-09", LicenseServer, &guid(1), Some("Acme")).unwrap();
    house.tag("2026-09", LicenseServer, &guid(3), Some("Acme")).unwrap();
    house.free("2026-09", LicenseServer, &guid(3), true).unwrap();
    house.tag("2026-09", User, "zoe", Some("Beta")).unwrap();
    house.set_clock("2026-10-11T10:00:00Z");
    assert_eq!(house.close_due(), ["2026-09"]);
    assert_eq!(house.rows("2026-09"), ["- 2 0", "Acme 2 1"]);
    house
}

#[test]
fn a_delta_is_what_a_recount_would_change_row_by_row() {
    let mut house = september_closed();
    // ben was unlinked and is Acme's; dora was free and is paid; zoe is new and Beta's; anna is seen again.
    let late = license_server(1, "2026-09-30T03:00:00Z", "2026-09", &["anna", "ben", "dora", "zoe"]);
    house.upload(&late);
    assert_eq!(house.sql("SELECT late_users FROM upload ORDER BY id DESC LIMIT 1"), ["3"]);
    assert_eq!(house.rows("2026-09"), ["- 2 0", "Acme 2 1"]);
    assert_eq!(house.late("2026-09"), ["- -1 -1 +0 -", "Acme +1 +2 -1 -", "Beta +1 +1 +0 -"]);
    let (memory, september) = (Memory::new(), "2026-09".parse().unwrap());
    assert_eq!(*memory.late(&house.store, september).unwrap(), house.store.late(september).unwrap());
    house.upload(&license_server(2, "2026-09-29T03:00:00Z", "2026-09", &["yann"]));
    assert_eq!(*memory.late(&house.store, september).unwrap(), house.store.late(september).unwrap());
    assert_eq!(house.sql("SELECT count(*) FROM v1_user_usage WHERE period = '2026-09'"), ["4"]);
}

#[test]
fn the_next_statement_carries_it_once_and_the_one_after_only_what_is_new() {
    let mut house = september_closed();
    let before = house.exported("2026-09");
    house.upload(&license_server(1, "2026-09-30T03:00:00Z", "2026-09", &["ben"]));
    house.upload(&license_server(1, "2026-10-10T03:00:00Z", "2026-10", &["anna"]));
    house.set_clock("2026-11-11T10:00:00Z");
    assert_eq!(house.close_due(), ["2026-10"]);
    let carried = ["- -1 -1 +0 2026-10", "Acme +1 +1 +0 2026-10"];
    assert_eq!(house.late("2026-09"), carried);
    let section = house.store.carried("2026-10".parse().unwrap()).unwrap();
    assert_eq!(section.len(), 2);
    assert_eq!(section[1].of_period.to_string(), "2026-09");
    assert_eq!(section[1].late.customer.as_deref(), Some("Acme"));
    assert_eq!(house.rows("2026-10"), ["Acme 1 0"], "never added to the month that carries it");
    let canonical = house.store.canonical("2026-10".parse().unwrap()).unwrap().unwrap();
    assert!(canonical.contains("\nlate rows\t2\nlate\t2026-09\tXDT_PLT_UD\tAcme\tAcme\t"), "{canonical}");
    // More of September, and the same fact again from an earlier payload: that one stays as it was carried.
    house.upload(&license_server(1, "2026-09-29T03:00:00Z", "2026-09", &["ben", "carl"]));
    assert_eq!(house.late("2026-09")[2..], ["- -1 -1 +0 -", "Acme +1 +1 +0 -"]);
    house.set_clock("2026-12-11T10:00:00Z");
    assert_eq!(house.close_due(), ["2026-11"]);
    assert_eq!(house.late("2026-09")[..2], carried);
    assert_eq!(house.late("2026-09")[2..], ["- -1 -1 +0 2026-11", "Acme +1 +1 +0 2026-11"]);
    assert_eq!(house.sql("SELECT count(*) FROM late_usage WHERE carried_in IS NULL"), ["0"]);
    assert_eq!(house.exported("2026-09"), before);
    assert_eq!(house.broken(), Vec::<String>::new());
}

#[test]
fn late_facts_that_change_no_row_are_carried_and_sealed_without_one() {
    let mut house = september_closed();
    house.upload(&license_server(3, "2026-09-30T03:00:00Z", "2026-09", &["anna"]));
    assert_eq!(house.late("2026-09"), [""; 0]);
    house.set_clock("2026-11-09T10:00:00Z");
    house.close("2026-10").unwrap();
    let canonical = house.store.canonical("2026-10".parse().unwrap()).unwrap().unwrap();
    assert!(canonical.contains("\nlate facts\t1\t"), "{canonical}");
    assert!(canonical.ends_with("\nlate rows\t0\n"), "{canonical}");
}

#[test]
fn the_list_of_months_tells_of_late_users() {
    let mut house = september_closed();
    house.upload(&license_server(1, "2026-09-30T03:00:00Z", "2026-09", &["ben", "carl"]));
    let periods = house.store.list_periods(house.now()).unwrap();
    let shown: Vec<String> = periods
        .iter()
        .map(|month| {
            format!("{} {} {:?} {}", month.period, month.status.as_str(), month.users, month.late_users)
        })
        .collect();
    assert_eq!(shown, ["2026-09 closed Some(4) 2", "2026-10 open None 0"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn a_statement_with_its_late_usage_is_what_would_have_been_counted_had_all_come_in_time(
        uploads in prop::collection::vec(payload(), 1..5),
        tags in prop::collection::vec(tag(), 0..6),
        free in prop::collection::vec(0usize..6, 0..3),
        linked in any::<bool>(),
        late in prop::collection::vec(payload(), 0..4),
        later in prop::collection::vec(payload(), 0..4),
    ) {
        let begun = || {
            let mut house = house_with(&uploads, &tags, &free);
            if linked {
                link(&mut house);
            }
            house
        };
        let mut in_time = begun();
        late.iter().chain(&later).for_each(|payload| drop(in_time.upload(payload)));
        let mut house = begun();
        house.set_clock("2026-10-12T10:00:00Z");
        prop_assume!(house.close("2026-09").is_ok() || house.closed() == ["2026-09"]);
        late.iter().for_each(|payload| drop(house.upload(payload)));
        house.set_clock("2026-11-09T10:00:00Z");
        house.close("2026-10").unwrap();
        later.iter().for_each(|payload| drop(house.upload(payload)));
        for period in ["2026-09", "2026-10"] {
            let expected = in_time.sql(&format!(
                "SELECT feature, customer_id, users, paid_users, free_users FROM seat_rollup('{period}') ORDER BY 1, 2"
            ));
            let found = house.sql(&format!(
                "SELECT feature, customer_id, sum(users), sum(paid_users), sum(free_users) FROM (
                   SELECT feature, customer_id, users, paid_users, free_users FROM seat_rollup('{period}')
                   UNION ALL SELECT feature, customer_id, users, paid_users, free_users FROM seat_late('{period}'))
                 GROUP BY 1, 2 HAVING sum(users) <> 0 ORDER BY 1, 2"
            ));
            prop_assert_eq!(found, expected);
        }
        prop_assert_eq!(house.broken(), Vec::<String>::new());
    }
}
