//! What administrators do, in business words.

use seatledger::domain::ids::ObjectKind::{DeliveryGroup, LicenseServer, Site, User};
use seatledger::ingest::Outcome;

use crate::house::{House, guid, license_server, site};

#[test]
fn the_worked_example() {
    let mut house = House::at("2026-11-02T10:00:00Z");
    house.upload(&license_server(
        1,
        "2026-10-15T03:00:01Z",
        "2026-10",
        &["CORP\\anna", "CORP\\carl", "CORP\\dora", "CORP\\erik"],
    ));
    house.upload(&license_server(2, "2026-10-15T03:00:02Z", "2026-10", &["CORP\\anna", "CORP\\ben"]));
    house.upload(&license_server(3, "2026-10-15T03:00:03Z", "2026-10", &["CORP\\fay", "CORP\\gus"]));
    house.upload(&site(
        "Nord",
        "2026-10-15T03:00:09Z",
        "2026-10",
        &[("NG1", &["CORP\\gus", "corp\\ANNA"]), ("NG2", &["CORP\\dora"])],
    ));
    house.customer("Acme");
    house.customer("Beta");
    house.tag("2026-10", LicenseServer, &guid(1), Some("Acme")).unwrap();
    house.tag("2026-10", DeliveryGroup, "NG1", Some("Beta")).unwrap();
    house.tag("2026-10", User, "corp\\Dora", Some("Beta")).unwrap();
    house.tag("2026-10", User, "CORP\\erik", None).unwrap();
    house.free("2026-10", User, "CORP\\carl", true).unwrap();
    house.free("2026-10", LicenseServer, &guid(3), true).unwrap();

    assert_eq!(house.rows("2026-10"), ["- 2 1", "Acme 3 1", "Beta 3 0"]);
    assert_eq!(
        house.sql("SELECT users, paid_users, free_users, overlap FROM seat_totals('2026-10')"),
        ["7|5|2|1"]
    );
    assert_eq!(
        house.sql("SELECT user, via, first_seen FROM seat_explain('2026-10', 'Beta', 'XDT_PLT_UD')"),
        [
            "corp\\anna|delivery-group|2026-10-15T03:00:09Z",
            "corp\\dora|user|2026-10-15T03:00:01Z",
            "corp\\gus|delivery-group|2026-10-15T03:00:09Z",
        ]
    );
}

#[test]
fn seen_in_may_only_tagged_9_june_locked_11_june() {
    let mut house = House::at("2026-05-20T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-05-20T03:00:00Z", "2026-05", &["CORP\\anna"]));
    house.set_clock("2026-06-09T10:00:00Z");
    house.tag("2026-05", User, "CORP\\anna", Some("Acme")).unwrap();
    house.set_clock("2026-06-11T00:00:00Z");
    let refused = house.tag("2026-05", User, "CORP\\anna", None).unwrap_err();
    assert_eq!(refused.to_string(), "SEAT-P01: billing period 2026-05 is closed");
    assert_eq!(house.rows("2026-05"), ["Acme 1 0"]);
}

#[test]
fn a_tag_on_the_10th_still_counts_for_last_month() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.setting("time_zone", "Europe/Berlin");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-10-20T03:00:00Z", "2026-10", &["CORP\\anna"]));
    house.set_clock("2026-11-10T22:59:59Z"); // 23:59:59 in Berlin
    house.tag("2026-10", LicenseServer, &guid(1), Some("Acme")).unwrap();
    house.set_clock("2026-11-10T23:00:00Z");
    assert!(
        house
            .tag("2026-10", LicenseServer, &guid(1), None)
            .unwrap_err()
            .to_string()
            .starts_with("SEAT-P01: ")
    );
    house.tag("2026-11", LicenseServer, &guid(1), None).unwrap();
    assert_eq!(house.rows("2026-10"), ["Acme 1 0"]);
}

#[test]
fn a_month_that_has_not_begun_takes_no_tag() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-10-20T03:00:00Z", "2026-10", &["CORP\\anna"]));
    let refused = house.tag("2026-11", LicenseServer, &guid(1), Some("Acme")).unwrap_err();
    assert_eq!(refused.to_string(), "SEAT-P02: billing period 2026-11 has not begun at 2026-10-20T10:00:00Z");
}

#[test]
fn years_of_history_are_imported_and_tagged_in_peace() {
    let mut house = House::at("2026-11-05T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2024-02-28T03:00:00Z", "2024-02", &["CORP\\anna"]));
    assert_eq!(house.sql("SELECT value FROM setting WHERE key = 'live_from'"), ["2026-10"]);
    house.tag("2024-02", LicenseServer, &guid(1), Some("Acme")).unwrap();
    assert_eq!(house.rows("2024-02"), ["Acme 1 0"]);
    house.set_clock("2026-11-11T00:00:00Z");
    let refused = house.tag("2024-02", LicenseServer, &guid(1), None).unwrap_err();
    assert_eq!(refused.to_string(), "SEAT-P01: billing period 2024-02 is closed");
}

#[test]
fn a_user_may_be_tagged_before_any_upload_shows_it() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.customer("Acme");
    house.tag("2026-10", User, "corp\\ANNA", Some("Acme")).unwrap();
    let outcome =
        house.upload(&license_server(1, "2026-10-20T03:00:00Z", "2026-10", &["CORP\\anna", "CORP\\ben"]));
    let Outcome::Accepted(receipt) = outcome else { panic!("{outcome:?}") };
    assert_eq!(receipt.new_users, 2, "one who only waited was never seen before");
    assert_eq!(house.rows("2026-10"), ["- 1 0", "Acme 1 0"]);
    assert_eq!(
        house.sql("SELECT name FROM user WHERE key = 'corp\\anna'"),
        ["CORP\\anna"],
        "as the upload spells it"
    );
}

#[test]
fn a_site_and_its_delivery_groups_exclude_each_other_in_later_months_too() {
    let mut house = House::at("2026-11-05T10:00:00Z");
    house.customer("Acme");
    house.customer("Beta");
    house.upload(&site("Nord", "2026-10-15T03:00:00Z", "2026-10", &[("NG1", &["CORP\\anna"]), ("NG2", &[])]));
    house.tag("2026-11", DeliveryGroup, "NG1", Some("Beta")).unwrap();
    let refused = house.tag("2026-10", Site, "Nord", Some("Acme")).unwrap_err();
    assert!(refused.to_string().starts_with("SEAT-A01: "), "{refused}");
    assert!(refused.to_string().contains("NG1"), "{refused}");
    // A site tag that ends before the group's begins is no conflict.
    house.tag("2026-11", DeliveryGroup, "NG1", None).unwrap();
    house.tag("2026-10", Site, "Nord", Some("Acme")).unwrap();
    house.tag("2026-11", Site, "Nord", None).unwrap();
    house.tag("2026-11", DeliveryGroup, "NG1", Some("Beta")).unwrap();
    assert_eq!(house.rows("2026-10"), ["Acme 1 0"]);
}

#[test]
fn a_delivery_group_that_moves_to_another_site_is_refused_whole() {
    let mut house = House::at("2026-11-05T10:00:00Z");
    house.upload(&site("Nord", "2026-10-15T03:00:00Z", "2026-10", &[("NG1", &["CORP\\anna"])]));
    let before = house.state();
    let moved = site(
        "South",
        "2026-10-16T03:00:00Z",
        "2026-10",
        &[("SG1", &["CORP\\ben"]), ("NG1", &["CORP\\carl"])],
    );
    let Outcome::Rejected { rejection, .. } = house.try_upload(moved.to_string().as_bytes()) else {
        panic!()
    };
    assert_eq!(rejection.code.id, "SEAT-U07");
    assert_eq!(
        rejection.detail(),
        "at $.deliveryGroups[1].id: expected delivery group NG1 in site South, found it in site Nord"
    );
    let rejected = house.sql("SELECT id FROM v1_upload WHERE status = 'rejected'");
    assert_eq!(rejected.len(), 1);
    let state: Vec<_> = house.state().into_iter().filter(|row| !row.starts_with(&rejected[0])).collect();
    assert_eq!(state, before, "nothing but the rejected upload itself");
}

#[test]
fn the_same_list_the_next_day_writes_its_own_rows_and_no_fact() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    let users = ["CORP\\anna", "CORP\\ben"];
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &users));
    let counted = house.sql("SELECT counted FROM revision");
    let facts = house.sql("SELECT * FROM usage");
    house.upload(&license_server(1, "2026-10-16T03:00:00Z", "2026-10", &["CORP\\ben", "CORP\\anna"]));
    assert_eq!(house.sql("SELECT counted FROM revision"), counted);
    assert_eq!(house.sql("SELECT * FROM usage"), facts);
    assert_eq!(house.sql("SELECT count(*) FROM payload"), ["2"]);
    // An older copy moves what was first seen.
    house.upload(&license_server(1, "2026-10-14T03:00:00Z", "2026-10", &users));
    assert_eq!(house.sql("SELECT DISTINCT first_seen FROM v1_user_usage"), ["2026-10-14T03:00:00Z"]);
}

#[test]
fn a_fact_that_was_removed_by_hand_comes_back_with_the_next_list() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna", "CORP\\ben"]));
    house.raw("DELETE FROM usage WHERE user = 1");
    assert_eq!(house.rows("2026-10"), ["- 1 0"]);
    house.upload(&license_server(1, "2026-10-16T03:00:00Z", "2026-10", &["CORP\\anna", "CORP\\ben"]));
    assert_eq!(house.rows("2026-10"), ["- 2 0"]);
}

#[test]
fn what_arrives_for_a_closed_month_is_late_and_moves_no_figure() {
    let mut house = House::at("2026-11-20T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]));
    house.set_clock("2026-12-01T10:00:00Z");
    house.close("2026-10").unwrap();
    let users = ["CORP\\anna", "CORP\\ben", "CORP\\carl"];
    let outcome = house.upload(&license_server(1, "2026-10-31T03:00:00Z", "2026-10", &users));
    let Outcome::Accepted(receipt) = outcome else { panic!("{outcome:?}") };
    assert_eq!((receipt.new_users, receipt.late_users), (2, 2));
    assert_eq!(house.rows("2026-10"), ["- 1 0"]);
    assert_eq!(house.sql("SELECT count(*) FROM seat_explain('2026-10', NULL, 'XDT_PLT_UD')"), ["1"]);
    let again = house.upload(&license_server(2, "2026-10-30T03:00:00Z", "2026-10", &["CORP\\ben"]));
    let Outcome::Accepted(receipt) = again else { panic!("{again:?}") };
    assert_eq!(
        (receipt.new_users, receipt.late_users),
        (0, 1),
        "a fact of another source is new to the month"
    );
    assert!(house.store.check().iter().all(|finding| finding.problems.is_empty()));
}

#[test]
fn of_two_payloads_of_one_server_in_an_upload_the_earlier_one_saw_first() {
    let early = license_server(1, "2026-10-05T03:00:00Z", "2026-10", &["CORP\\anna"]);
    let late = license_server(1, "2026-10-10T03:00:00Z", "2026-10", &["CORP\\anna", "CORP\\ben"]);
    for payloads in [[early.clone(), late.clone()], [late, early]] {
        let mut house = House::at("2026-10-20T10:00:00Z");
        house.upload_all(&payloads);
        let seen = house.sql("SELECT user, first_seen FROM v1_user_usage ORDER BY user");
        assert_eq!(seen, ["corp\\anna|2026-10-05T03:00:00Z", "corp\\ben|2026-10-10T03:00:00Z"]);
    }
}

#[test]
fn a_clock_that_is_set_back_opens_no_locked_month() {
    let mut house = House::at("2026-10-09T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-09-20T03:00:00Z", "2026-09", &["CORP\\anna"]));
    house.set_clock("2026-10-12T10:00:00Z");
    house.customer("Beta");
    house.set_clock("2026-10-09T10:00:00Z");
    let refused = house.tag("2026-09", LicenseServer, &guid(1), Some("Acme")).unwrap_err();
    assert_eq!(refused.to_string(), "SEAT-P01: billing period 2026-09 is closed");
}

#[test]
fn a_clock_that_was_years_ahead_for_once_locks_nothing_for_good() {
    let mut house = House::at("2026-10-09T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-10-05T03:00:00Z", "2026-10", &["CORP\\anna"]));
    house.set_clock("2031-01-01T00:00:00Z");
    house.customer("Beta");
    house.set_clock("2026-10-09T11:00:00Z");
    house.tag("2026-10", LicenseServer, &guid(1), Some("Acme")).unwrap();
}

#[test]
fn a_fact_that_was_moved_by_hand_is_on_record_and_comes_back() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    let users = ["CORP\\anna", "CORP\\ben"];
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &users[..1]));
    house.upload(&license_server(2, "2026-10-15T03:00:00Z", "2026-10", &users[1..]));
    house.raw("UPDATE usage SET user = 2 WHERE user = 1");
    let audit = house.sql("SELECT object, before, after FROM audit WHERE action = 'usage' ORDER BY id");
    assert_eq!(audit[0], format!("corp\\anna in 2026-10 on {}|seen|NULL", guid(1)));
    assert_eq!(audit.len(), 2);
    house.upload(&license_server(1, "2026-10-16T03:00:00Z", "2026-10", &users[..1]));
    assert_eq!(house.rows("2026-10"), ["- 2 0"]);
}

#[test]
fn the_users_of_a_closed_month_keep_the_names_of_its_statement() {
    let mut house = House::at("2026-11-20T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]));
    house.tag("2026-10", LicenseServer, &guid(1), Some("Acme")).unwrap();
    house.raw(&format!(
        "INSERT INTO statement_row (period, kind, customer_id, customer, source_kind, source, source_name, feature, product,
           edition, users, paid_users, free_users) VALUES
           ('2026-10', 'customer', 'Acme', 'Acme', NULL, NULL, NULL, 'XDT_PLT_UD', 'VAD', 'Premium', 1, 1, 0),
           ('2026-10', 'total', NULL, NULL, NULL, NULL, NULL, 'XDT_PLT_UD', 'VAD', 'Premium', 1, 1, 0),
           ('2026-10', 'source', NULL, NULL, 'license-server', '{}', 'LIC01', 'XDT_PLT_UD', 'VAD', 'Premium', 1, 1, 0);
         INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal) VALUES ('2026-10', '2026-11-20T10:00:00Z', 'test', 1, '', 'seal');
         UPDATE customer SET name = 'Zeta', name_key = 'zeta';",
        guid(1)
    ));
    let mut renamed = license_server(1, "2026-11-15T03:00:00Z", "2026-11", &[]);
    renamed["licenseServer"]["hostId"] = "OTHER".into();
    house.upload(&renamed);
    let mut rows = Vec::new();
    let each = |row: &seatledger::store::usage::UserRow<'_>| -> Result<(), seatledger::store::StoreError> {
        rows.push(format!("{} {} {} {:?}", row.product, row.edition, row.customer.unwrap(), row.sources));
        Ok(())
    };
    house.store.for_each_user("2026-10".parse().unwrap(), each).unwrap();
    assert_eq!(rows, ["VAD Premium Acme [\"LIC01\"]"]);
}

#[test]
fn a_clock_that_was_wrong_before_the_first_upload_costs_nothing() {
    let mut house = House::at("2099-01-20T00:00:00Z");
    house.customer("Acme");
    house.set_clock("2026-10-20T00:00:00Z");
    house.upload(&license_server(1, "2026-10-20T00:00:00Z", "2026-10", &["CORP\\anna"]));
    assert_eq!(house.sql("SELECT value FROM setting WHERE key = 'live_from'"), ["2026-10"]);
    house.tag("2026-10", LicenseServer, &guid(1), Some("Acme")).unwrap();
    house.set_clock("2026-11-11T00:00:00Z");
    assert!(
        house
            .tag("2026-10", LicenseServer, &guid(1), None)
            .unwrap_err()
            .to_string()
            .starts_with("SEAT-P01: ")
    );
    assert!(
        house
            .tag("2026-12", LicenseServer, &guid(1), None)
            .unwrap_err()
            .to_string()
            .starts_with("SEAT-P02: ")
    );
}

#[test]
fn two_spellings_at_one_instant_are_decided_by_their_bytes_however_they_are_packed() {
    let lower = license_server(1, "2026-10-05T03:00:00Z", "2026-10", &["CORP\\anna"]);
    let upper = license_server(2, "2026-10-05T03:00:00Z", "2026-10", &["CORP\\ANNA"]);
    let mut together = House::at("2026-10-20T00:00:00Z");
    together.upload_all(&[lower.clone(), upper.clone()]);
    let mut apart = House::at("2026-10-20T00:00:00Z");
    apart.upload(&lower);
    apart.upload(&upper);
    for house in [together, apart] {
        assert_eq!(house.sql("SELECT name FROM user"), ["CORP\\ANNA"]);
    }
}

#[test]
fn a_late_fact_that_was_removed_by_hand_is_on_record_and_comes_back() {
    let mut house = House::at("2026-11-20T10:00:00Z");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]));
    house.raw("INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal) VALUES ('2026-10', '2026-11-20T10:00:00Z', 'test', 1, '', 'seal')");
    let users = ["CORP\\anna", "CORP\\ben"];
    house.upload(&license_server(1, "2026-10-30T03:00:00Z", "2026-10", &users));
    house.raw("DELETE FROM late_usage");
    assert_eq!(house.sql("SELECT count(*) FROM audit WHERE action = 'late usage'"), ["1"]);
    let outcome = house.upload(&license_server(1, "2026-10-31T03:00:00Z", "2026-10", &users));
    let Outcome::Accepted(receipt) = outcome else { panic!("{outcome:?}") };
    assert_eq!(receipt.late_users, 1);
}
