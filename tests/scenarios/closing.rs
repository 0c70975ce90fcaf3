//! When a month closes, by itself and by hand, and what its statement says then.

use seatledger::domain::error::code;
use seatledger::domain::ids::ObjectKind::{LicenseServer, User};
use serde_json::json;

use crate::house::{House, actor, guid, license_server, site};

/// September and October, of a house that went live in October.
fn october() -> House {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna", "CORP\\ben"]));
    house.tag("2026-10", LicenseServer, &guid(1), Some("Acme")).unwrap();
    house
}

#[test]
fn a_month_closes_with_the_first_change_after_its_lock_and_not_a_second_earlier() {
    let mut house = october();
    house.set_clock("2026-11-10T23:59:59Z");
    house.change_something();
    assert!(house.closed().is_empty());
    house.set_clock("2026-11-11T00:00:00Z");
    house.change_something();
    assert_eq!(house.closed(), ["2026-10"]);
    let taken = house.store.take_closed();
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].users, taken[0].imported), (2, false));
    assert_eq!(taken[0].to_string(), format!("closed 2026-10: 2 users, seal {}", taken[0].seal));
    assert!(house.store.take_closed().is_empty());
    assert_eq!(
        house.sql("SELECT closed_at, closed_by, imported, previous_seal, length(seal) FROM statement"),
        ["2026-11-11T00:00:00Z|clock|0||64"]
    );
    assert_eq!(
        house.sql("SELECT actor, action, object, after = (SELECT seal FROM statement) FROM audit WHERE action = 'statement'"),
        ["clock|statement|2026-10|1"]
    );
    assert_eq!(house.rows("2026-10"), ["Acme 2 0"]);
    assert_eq!(house.broken(), Vec::<String>::new());
}

#[test]
fn the_lock_is_the_end_of_its_day_where_the_organization_is() {
    for (zone, lock_day, received, open, locked) in [
        ("Etc/GMT+12", "10", "2026-10-20T10:00:00Z", "2026-11-11T11:59:59Z", "2026-11-11T12:00:00Z"),
        ("Etc/GMT-14", "10", "2026-10-20T10:00:00Z", "2026-11-10T09:59:59Z", "2026-11-10T10:00:00Z"),
        // Clocks in Berlin go back on 25 October 2026 and forward on 28 March 2027, at night.
        ("Europe/Berlin", "24", "2026-10-01T10:00:00Z", "2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z"),
        ("Europe/Berlin", "25", "2026-10-01T10:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"),
        ("Europe/Berlin", "27", "2027-03-01T10:00:00Z", "2027-03-27T22:59:59Z", "2027-03-27T23:00:00Z"),
        ("Europe/Berlin", "28", "2027-03-01T10:00:00Z", "2027-03-28T21:59:59Z", "2027-03-28T22:00:00Z"),
    ] {
        let mut house = House::at(received);
        house.setting("time_zone", zone);
        house.setting("lock_day", lock_day);
        let month = match &received[..7] {
            "2027-03" => "2027-02",
            _ if received.ends_with("10-01T10:00:00Z") => "2026-09",
            _ => "2026-10",
        };
        house.upload(&license_server(1, &received.replace("T10", "T03"), month, &["anna"]));
        house.set_clock(open);
        assert_eq!(house.close_due(), [""; 0], "{zone} {lock_day}");
        house.set_clock(locked);
        assert_eq!(house.close_due(), [month], "{zone} {lock_day}");
    }
}

#[test]
fn an_import_that_finds_a_month_due_closes_it_first_and_its_facts_of_that_month_are_late() {
    let mut house = october();
    house.set_clock("2026-11-11T00:00:00Z");
    house.upload(&license_server(2, "2026-10-31T03:00:00Z", "2026-10", &["CORP\\carl", "CORP\\ben"]));
    assert_eq!(house.closed(), ["2026-10"]);
    assert_eq!(house.rows("2026-10"), ["Acme 2 0"]);
    assert_eq!(house.sql("SELECT late_users, new_users FROM upload ORDER BY id DESC LIMIT 1"), ["2|1"]);
    assert_eq!(house.late("2026-10"), ["- +1 +1 +0 -"]);
}

#[test]
fn months_without_usage_close_too_empty_and_sealed() {
    let mut house = october();
    for now in ["2026-11-20T10:00:00Z", "2026-12-20T10:00:00Z", "2027-01-20T10:00:00Z"] {
        house.set_clock(now);
        house.change_something();
    }
    assert_eq!(house.closed(), ["2026-10", "2026-11", "2026-12"]);
    assert_eq!(house.sql("SELECT count(*) FROM statement_row WHERE period > '2026-10'"), ["0"]);
    assert_eq!(house.rows("2026-11"), [""; 0]);
    assert_eq!(house.broken(), Vec::<String>::new());
    let canonical = house.store.canonical("2026-12".parse().unwrap()).unwrap().unwrap();
    assert!(canonical.contains("\nrows\t0\nlate rows\t0\n"), "{canonical}");
}

#[test]
fn closing_by_hand_is_refused_out_of_order_too_early_twice_and_before_the_first_usage() {
    let mut house = october();
    let refused = |house: &mut House, period: &str| house.close(period).unwrap_err().to_string();
    assert_eq!(refused(&mut house, "2026-10"), "SEAT-P08: expected a month that is over, found 2026-10");
    assert!(
        refused(&mut house, "2026-09").starts_with("SEAT-P09: expected 2026-10, the first month with usage")
    );
    house.set_clock("2026-11-01T00:00:00Z");
    let closed = house.close("2026-10").unwrap();
    assert_eq!(house.sql("SELECT closed_by, seal FROM statement"), [format!("test|{}", closed.seal)]);
    assert_eq!(refused(&mut house, "2026-10"), "SEAT-P01: billing period 2026-10 is closed");
    assert_eq!(refused(&mut house, "2026-09"), "SEAT-P01: billing period 2026-09 is closed");
    // Closed before its lock: nobody may change it all the same.
    let tag = house.tag("2026-10", User, "CORP\\anna", None).unwrap_err();
    assert_eq!(tag.to_string(), "SEAT-P01: billing period 2026-10 is closed");
    let mut twice = october();
    twice.set_clock("2026-11-25T00:00:00Z");
    assert!(refused(&mut twice, "2026-11").starts_with("SEAT-P08"));
    assert_eq!(twice.closed(), ["2026-10"], "what is due was closed on the way");
    let mut history = House::at("2026-10-20T10:00:00Z");
    history.upload(&license_server(1, "2026-06-30T03:00:00Z", "2026-06", &["anna"]));
    let refusal = refused(&mut history, "2026-08");
    assert!(
        refusal.starts_with("SEAT-P09: expected 2026-06, the earliest month that is not closed"),
        "{refusal}"
    );
    let mut empty = House::at("2026-10-20T10:00:00Z");
    assert_eq!(empty.close("2026-09").unwrap_err().code(), code::CLOSING_OUT_OF_ORDER);
}

#[test]
fn history_is_imported_and_tagged_in_peace_and_closes_with_the_first_live_month() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-06-30T03:00:00Z", "2026-06", &["anna"]));
    house.upload(&license_server(1, "2026-08-30T03:00:00Z", "2026-08", &["anna", "ben"]));
    house.set_clock("2026-11-10T10:00:00Z");
    house.tag("2026-06", User, "anna", Some("Acme")).unwrap();
    assert!(house.closed().is_empty());
    house.set_clock("2026-11-11T00:00:00Z");
    assert_eq!(house.close_due(), ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]);
    assert_eq!(
        house.sql("SELECT period, imported FROM statement ORDER BY period"),
        ["2026-06|1", "2026-07|1", "2026-08|1", "2026-09|1", "2026-10|0"]
    );
    assert_eq!(house.rows("2026-08"), ["- 1 0", "Acme 1 0"]);
    assert_eq!(house.broken(), Vec::<String>::new());
}

#[test]
fn a_month_before_the_first_statement_counts_as_closed_and_empty() {
    let mut house = october();
    house.set_clock("2026-11-11T00:00:00Z");
    house.upload(&license_server(1, "2026-05-30T03:00:00Z", "2026-05", &["CORP\\anna", "old"]));
    assert_eq!(house.closed(), ["2026-10"]);
    assert_eq!(house.rows("2026-05"), [""; 0]);
    assert_eq!(house.late("2026-05"), ["- +2 +2 +0 -"]);
    assert!(house.exported("2026-05")[1].len() < 5);
}

#[test]
fn the_statement_has_names_totals_sources_entitlement_and_overage_as_they_were() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.customer("Acme");
    let mut told = license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["anna", "ben", "carl"]);
    told["licenseFiles"] = json!([{ "name": "csp.lic", "entitlements": [
        { "feature": "XDT_PLT_UD", "quantity": 2, "expires": "2027-10-03", "csp": true }] }]);
    house.upload(&told);
    house.upload(&site("Nord", "2026-10-15T03:00:00Z", "2026-10", &[("NG1", &["anna"])]));
    house.tag("2026-10", LicenseServer, &guid(1), Some("Acme")).unwrap();
    house.free("2026-10", User, "carl", true).unwrap();
    let entitled = house.entitled("2026-10", "XDT_PLT_UD");
    house.set_clock("2026-11-11T00:00:00Z");
    house.close_due();
    house.raw("UPDATE customer SET name = 'Acme Holding', name_key = 'acme holding'");
    let rows = house.sql(
        "SELECT kind, customer, source_name, users, paid_users, free_users, overlap, entitled, overage
         FROM statement_row ORDER BY kind, source_name",
    );
    assert_eq!(
        rows,
        [
            "customer|Acme|NULL|3|2|1|NULL|NULL|NULL".to_owned(),
            "source|NULL|LIC01|3|2|1|NULL|NULL|NULL".to_owned(),
            "source|NULL|NG1|1|1|0|NULL|NULL|NULL".to_owned(),
            "total|NULL|NULL|3|2|1|0|2|1".to_owned(),
        ],
        "{entitled:?}"
    );
    let figures = house.store.figures("2026-10".parse().unwrap()).unwrap();
    assert_eq!((figures.features[0].entitled, figures.features[0].overage), (Some(2), Some(1)));
    assert!(house.exported("2026-10")[0].contains("Acme,3,2,1"));
}

#[test]
fn what_was_slipped_in_before_a_closing_is_no_part_of_it() {
    let mut house = october();
    house.raw(
        "INSERT INTO statement_row (period, kind, feature, product, edition, users, paid_users, free_users)
           VALUES ('2026-10', 'total', 'XDT_ADV_UD', '', '', 9, 9, 0);
         INSERT INTO statement_late (period, of_period, feature, product, edition, users, paid_users, free_users)
           VALUES ('2026-10', '2026-01', 'XDT_ADV_UD', '', '', 9, 9, 0)",
    );
    house.set_clock("2026-11-11T00:00:00Z");
    house.close_due();
    assert_eq!(house.sql("SELECT sum(users) FROM statement_row WHERE kind = 'total'"), ["2"]);
    assert_eq!(house.sql("SELECT count(*) FROM statement_late"), ["0"]);
    assert_eq!(house.broken(), Vec::<String>::new());
}

#[test]
fn a_lock_day_or_time_zone_set_later_opens_nothing_that_is_closed() {
    let mut house = october();
    house.set_clock("2026-11-11T00:00:00Z");
    house.close_due();
    house.setting("lock_day", "28");
    house.setting("time_zone", "Etc/GMT+12");
    let refused = house.tag("2026-10", User, "CORP\\anna", None).unwrap_err();
    assert_eq!(refused.code(), code::PERIOD_LOCKED);
    assert_eq!(house.broken(), Vec::<String>::new());
    assert!(house.sql("SELECT time_zone, lock_day FROM statement") == ["UTC|10"]);
}

#[test]
fn a_month_that_is_due_when_somebody_closes_it_is_closed_by_the_clock_and_told() {
    let mut house = october();
    house.set_clock("2026-11-15T10:00:00Z");
    let month = house.store.close("2026-10".parse().unwrap(), house.now(), &actor()).unwrap();
    assert_eq!((month.period.to_string(), month.users), ("2026-10".to_owned(), 2));
    assert_eq!(house.sql("SELECT closed_by FROM statement"), ["clock"]);

    let mut house = october();
    house.set_clock("2026-11-15T10:00:00Z");
    let mut closed = Vec::new();
    let (november, now) = ("2026-11".parse().unwrap(), house.now());
    let refused = house.store.close_with_before(november, now, &actor(), &mut closed).unwrap_err();
    assert_eq!(
        (refused.code(), closed.len()),
        (code::PERIOD_NOT_OVER, 1),
        "October was due, November is not over"
    );
    closed.clear();
    let again = house.store.close_with_before("2026-10".parse().unwrap(), now, &actor(), &mut closed);
    assert_eq!(again.unwrap_err().code(), code::PERIOD_LOCKED, "it was closed before");
}
