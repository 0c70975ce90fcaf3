//! The lock, seen from the command line as days pass.

use crate::support::{House, Server};

fn house(now: &str, zone: &str) -> House {
    let mut house = House::new();
    house.at(now);
    house.run(["setting", "set", "time_zone", zone]).done();
    house.customer("Acme");
    house.customer("Beta");
    house
}

#[test]
fn a_tag_on_the_10th_still_counts_for_last_month_and_one_on_the_11th_is_refused() {
    let instants = [
        ("UTC", "2026-11-10T23:59:59Z", "2026-11-11T00:00:00Z"),
        ("Europe/Berlin", "2026-11-10T22:59:59Z", "2026-11-10T23:00:00Z"),
    ];
    for (zone, tenth, eleventh) in instants {
        let mut house = house("2026-10-20T12:00:00Z", zone);
        house.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["anna", "ben"]).upload());
        house.at(tenth).assign("2026-10", "user", "anna", "acme").done();
        assert_eq!(house.usage("2026-10"), ["- 1 1 0", "Acme 1 1 0"], "{zone}");
        assert!(house.export("usage", "2026-10").contains(",open,"));
        let locked = "SEAT-P01: billing period 2026-10 is closed. ";
        house.at(eleventh).assign("2026-10", "user", "ben", "acme").refused(1, locked);
        house.clear("2026-10", "user", "anna").refused(1, locked);
        house.free("2026-10", "user", "anna", "test").refused(1, locked);
        let dry = [
            "assign",
            "--period",
            "2026-10",
            "--kind",
            "user",
            "--object",
            "ben",
            "--customer",
            "acme",
            "--dry-run",
        ];
        house.run(dry).refused(1, locked);
        assert_eq!(house.usage("2026-10"), ["- 1 1 0", "Acme 1 1 0"], "{zone}");
        assert!(house.export("usage", "2026-10").contains(",closed,"));
        house.assign("2026-11", "user", "ben", "acme").done();
    }
}

#[test]
fn a_period_that_has_not_begun_takes_no_tag() {
    let mut house = house("2026-10-31T22:59:59Z", "Europe/Berlin");
    house.assign("2026-11", "user", "anna", "acme").refused(1, "SEAT-P02: ");
    house.at("2026-10-31T23:00:00Z").assign("2026-11", "user", "anna", "acme").done();
}

#[test]
fn history_before_go_live_stays_taggable_until_the_first_live_period_locks() {
    let mut house = house("2026-10-20T12:00:00Z", "UTC");
    // On the 20th September is locked already, so October is the first live period.
    house.import(
        &Server::new("LIC01", "2026-10-15T03:00:00Z")
            .saw("2025-03", &["anna"])
            .saw("2026-09", &["ben"])
            .upload(),
    );
    assert_eq!(house.run(["setting", "get", "live_from"]).done().out, "2026-10\n");
    house.assign("2025-03", "user", "anna", "acme").done();
    house.at("2026-11-10T23:59:59Z").assign("2026-09", "user", "ben", "acme").done();
    assert_eq!(house.usage("2025-03"), ["Acme 1 1 0"]);
    house.at("2026-11-11T00:00:00Z");
    for period in ["2025-03", "2026-09", "2026-10"] {
        house.assign(period, "user", "anna", "beta").refused(1, "SEAT-P01: ");
    }
    assert_eq!(house.usage("2025-03"), ["Acme 1 1 0"]);
}

#[test]
fn seen_in_may_only_tagged_9_june_locked_11_june() {
    let mut house = house("2026-05-20T12:00:00Z", "UTC");
    house.import(&Server::new("LIC01", "2026-05-15T03:00:00Z").saw("2026-05", &["CORP\\anna"]).upload());
    assert_eq!(house.usage("2026-05"), ["- 1 1 0"]);
    house.at("2026-06-09T15:00:00Z").assign("2026-05", "user", "corp\\ANNA", "Acme").done();
    assert_eq!(house.usage("2026-05"), ["Acme 1 1 0"]);
    assert_eq!(house.usage("2026-06"), [""; 0]);
    house.at("2026-06-11T08:00:00Z").assign("2026-05", "user", "corp\\anna", "Beta").refused(1, "SEAT-P01: ");
    assert_eq!(house.usage("2026-05"), ["Acme 1 1 0"]);
    // The tag carries forward: in June she is Acme's until June says otherwise.
    house.import(&Server::new("LIC01", "2026-06-11T03:00:00Z").saw("2026-06", &["CORP\\anna"]).upload());
    assert_eq!(house.usage("2026-06"), ["Acme 1 1 0"]);
    house.assign("2026-06", "user", "corp\\anna", "Beta").done();
    assert_eq!(
        (house.usage("2026-05"), house.usage("2026-06")),
        (vec!["Acme 1 1 0".to_owned()], vec!["Beta 1 1 0".to_owned()])
    );
}
