//! `check` and `source list`: what is there, and whether it is sound.

use crate::support::{House, Server, Site, guid};

#[test]
fn a_sound_database_passes_and_a_changed_upload_is_found() {
    let house = House::new();
    house.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["anna"]).upload());
    let findings = house.run(["check", "--json"]).done().json();
    assert!(findings.as_array().unwrap().iter().all(|finding| finding["ok"] == true));
    // Past the guard, as someone with the file could.
    let tampering = "DROP TRIGGER upload_content_update; UPDATE upload_content SET content = x'00'";
    house.run(["sql", "--write", tampering]).refused(1, "SEAT-S06");
    let shell = std::process::Command::new("sqlite3")
        .arg(house.path("data").join("seatledger.db"))
        .arg(tampering)
        .status();
    assert!(shell.unwrap().success());
    let answer = house.run(["check"]);
    assert_eq!(answer.code, 1);
    assert!(answer.out.contains("PROBLEM  kept uploads have their bytes\n"), "{answer:?}");
    assert!(answer.err.is_empty());
}

#[test]
fn sources_are_listed_with_customers_and_flags() {
    let house = House::new();
    house.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["anna"]).upload());
    house.import(&Site::new("Nord", "2026-10-15T03:00:00Z").group("NG1", "2026-10", &["gus"]).upload());
    house.customer("Acme");
    house.assign("2026-10", "license-server", &guid("LIC01"), "acme").done();
    house.free("2026-10", "license-server", &guid("LIC01"), "test").done();
    let list = house.run(["source", "list", "--json"]).done().json();
    let kinds: Vec<_> = list.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["license-server", "site", "delivery-group"]);
    assert_eq!((&list[0]["customer"], &list[0]["free"]), (&"Acme".into(), &"test".into()));
    assert_eq!(list[2]["parent"], guid("Nord"));
    let before = house.run(["source", "list", "--json", "--period", "2026-09"]).done().json();
    assert!(before[0]["customer_id"].is_null() && before[0]["free"].is_null());
    assert!(house.run(["source", "list"]).done().out.contains("  Acme      test\n"));
}
