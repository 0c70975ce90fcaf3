//! Notifications that imports raise and closings clear.

use crate::house::{House, license_server};

const TABLE: &str = "SELECT period, severity, first_seen_at, last_seen_at, coalesce(cleared_at, '-') FROM notification ORDER BY id";

#[test]
fn late_usage_is_told_once_a_month_until_a_statement_carries_it() {
    let mut house = House::at("2026-09-20T10:00:00Z");
    house.upload(&license_server(1, "2026-09-15T03:00:00Z", "2026-09", &["anna"]));
    house.set_clock("2026-10-11T10:00:00Z");
    assert_eq!(house.close_due(), ["2026-09"]);
    house.upload(&license_server(1, "2026-09-16T03:00:00Z", "2026-09", &["anna"]));
    house.upload(&license_server(1, "2026-10-10T03:00:00Z", "2026-10", &["anna", "ben"]));
    assert_eq!(house.sql(TABLE), [""; 0], "nobody came late");
    house.upload(&license_server(1, "2026-09-17T03:00:00Z", "2026-09", &["anna", "ben"]));
    house.set_clock("2026-10-12T10:00:00Z");
    house.upload(&license_server(2, "2026-09-17T03:00:00Z", "2026-09", &["carl"]));
    // The same facts again are nothing new.
    house.set_clock("2026-10-13T10:00:00Z");
    house.upload(&license_server(2, "2026-09-18T03:00:00Z", "2026-09", &["carl"]));
    let first = "2026-09|warning|2026-10-11T10:00:00Z|2026-10-12T10:00:00Z";
    assert_eq!(house.sql(TABLE), [format!("{first}|-")]);
    house.set_clock("2026-11-11T10:00:00Z");
    assert_eq!(house.close_due(), ["2026-10"]);
    house.upload(&license_server(1, "2026-09-19T03:00:00Z", "2026-09", &["dora"]));
    let cleared = format!("{first}|2026-11-11T10:00:00Z");
    assert_eq!(
        house.sql(TABLE),
        [cleared, "2026-09|warning|2026-11-11T10:00:00Z|2026-11-11T10:00:00Z|-".to_owned()]
    );
    assert_eq!(house.broken(), Vec::<String>::new());
}
