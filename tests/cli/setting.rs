//! `setting`: each is explained, checked and audited.

use crate::support::House;

#[test]
fn settings_are_listed_with_their_meaning() {
    let house = House::new();
    house.run(["setting", "set", "reporting_days", "7"]).done();
    let list = house.run(["setting", "list", "--json"]).done().json();
    let row = list.as_array().unwrap().iter().find(|row| row["key"] == "reporting_days").unwrap();
    assert_eq!((&row["value"], &row["default"]), (&"7".into(), &"4".into()));
    assert!(row["explanation"].as_str().unwrap().len() > 20);
    assert_eq!(house.run(["setting", "get", "lock_day"]).done().out, "10\n");
    assert!(house.run(["setting", "list"]).done().out.starts_with("Key "));
}

#[test]
fn a_change_is_checked_and_audited() {
    let house = House::new();
    assert_eq!(
        house.run(["setting", "set", "time_zone", "Europe/Berlin"]).done().out,
        "time_zone = Europe/Berlin\n"
    );
    let audit = "SELECT actor, action, object, before, after FROM audit ORDER BY id DESC LIMIT 1";
    assert_eq!(house.run(["sql", audit]).done().out, "cli/tester|setting|time_zone|UTC|Europe/Berlin\n");
    house.run(["setting", "set", "time_zone", "Mars"]).refused(2, "SEAT-P05: ");
    house.run(["setting", "set", "lock_day", "29"]).refused(2, "SEAT-P06: ");
    house.run(["setting", "set", "reporting_days", "many"]).refused(2, "SEAT-C02: ");
    house.run(["setting", "set", "live_from", "2026-01"]).refused(2, "SEAT-C02: ");
    house.run(["setting", "set", "colour", "red"]).refused(2, "SEAT-C01: ");
    house.run(["setting", "get", "colour"]).refused(2, "SEAT-C01: ");
}
