//! `free`: flags, notes, and who can be flagged.

use crate::support::{House, Server, guid};

fn house() -> House {
    let house = House::new();
    house.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["anna", "ben"]).upload());
    house
}

#[test]
fn a_free_user_is_counted_and_not_paid_for() {
    let house = house();
    house.free("2026-10", "user", "ANNA", "administrative").done();
    assert_eq!(house.usage("2026-10"), ["- 2 1 1"]);
    house.free("2026-10", "license-server", &guid("LIC01"), "trial").done();
    assert_eq!(house.usage("2026-10"), ["- 2 0 2"]);
    house
        .run([
            "free",
            "--period",
            "2026-10",
            "--kind",
            "license-server",
            "--object",
            &guid("LIC01"),
            "--clear",
        ])
        .done();
    assert_eq!(house.usage("2026-10"), ["- 2 1 1"]);
}

#[test]
fn reason_and_note_both_tell_whether_something_changes() {
    let house = house();
    let flag =
        ["free", "--json", "--period", "2026-10", "--kind", "user", "--object", "anna", "--reason", "test"];
    assert_eq!(house.run(flag).done().json()["changed"], 1);
    assert_eq!(house.run(flag).done().json()["unchanged"], 1);
    let noted: Vec<&str> = flag.iter().copied().chain(["--note", "load tests"]).collect();
    assert_eq!(house.run(&noted).done().json()["changed"], 1);
    let dry: Vec<&str> = flag.iter().copied().chain(["--dry-run"]).collect();
    assert_eq!(house.run(&dry).done().json()["dry_run"], true);
    assert_eq!(house.run(&noted).done().json()["unchanged"], 1);
}

#[test]
fn what_cannot_be_flagged_is_a_usage_error() {
    let house = house();
    house
        .free("2026-10", "site", "x", "test")
        .refused(2, "SEAT-C04: expected user or license-server here, found \"site\".");
    house.free("2026-10", "person", "x", "test").refused(2, "SEAT-A06: ");
    house.free("2026-10", "user", "anna", "because").refused(2, "SEAT-A07: ");
    house.free("2026-10", "license-server", &guid("LIC99"), "test").refused(1, "SEAT-A02: ");
}
