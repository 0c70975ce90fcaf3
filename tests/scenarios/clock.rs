//! A wrong clock: set back it opens nothing, far ahead it closes nothing until somebody confirms the date.

use seatledger::domain::error::code;
use seatledger::domain::ids::ObjectKind::User;
use seatledger::store::Actor;

use crate::house::{House, license_server};

fn october() -> House {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]));
    house
}

fn confirm(house: &mut House) -> bool {
    let now = house.now();
    house.store.confirm_clock(now, &Actor("admin".to_owned())).unwrap()
}

#[test]
fn an_appliance_that_was_off_for_three_years_closes_its_36_months_after_one_confirmation() {
    let mut house = october();
    house.set_clock("2029-10-20T10:00:00Z");
    house.change_something();
    assert_eq!(house.close_due(), [""; 0]);
    assert!(house.closed().is_empty());
    assert!(confirm(&mut house));
    let closed = house.store.take_closed();
    assert_eq!(closed.len(), 36);
    assert_eq!(closed[0].period.to_string(), "2026-10");
    assert_eq!(closed[35].period.to_string(), "2029-09");
    assert_eq!(house.broken(), Vec::<String>::new());
    assert_eq!(
        house.sql("SELECT actor, before, after FROM audit WHERE action = 'clock' ORDER BY id"),
        [
            "test|2026-10-20T10:00:00Z|in doubt: 2029-10-20T10:00:00Z",
            "admin|2026-10-20T10:00:00Z|confirmed: 2029-10-20T10:00:00Z"
        ]
    );
    assert!(!confirm(&mut house), "nothing is in doubt any more");
}

#[test]
fn under_suspicion_tags_are_refused_and_uploads_of_locked_months_still_become_usage() {
    let mut house = october();
    house.set_clock("2027-02-20T10:00:00Z");
    assert_eq!(
        house.tag("2026-10", User, "CORP\\anna", Some("Acme")).unwrap_err().code(),
        code::CLOCK_SUSPECTED
    );
    assert_eq!(house.tag("2027-02", User, "CORP\\anna", None).unwrap_err().code(), code::CLOCK_SUSPECTED);
    assert_eq!(house.free("2027-02", User, "CORP\\anna", true).unwrap_err().code(), code::CLOCK_SUSPECTED);
    assert_eq!(house.close("2026-10").unwrap_err().code(), code::CLOCK_SUSPECTED);
    house.upload(&license_server(1, "2026-10-16T03:00:00Z", "2026-10", &["CORP\\ben"]));
    assert_eq!(house.rows("2026-10"), ["- 2 0"]);
    // The receipt under the wrong clock heals nothing.
    house.set_clock("2027-02-21T10:00:00Z");
    assert_eq!(house.close_due(), [""; 0]);
    assert_eq!(
        house.sql("SELECT newest, suspected FROM commit_now"),
        ["2026-10-20T10:00:00Z|2027-02-20T10:00:00Z"]
    );
}

#[test]
fn a_clock_that_comes_back_lifts_the_suspicion() {
    let mut house = october();
    house.set_clock("2027-02-20T10:00:00Z");
    house.change_something();
    house.set_clock("2026-11-05T10:00:00Z");
    house.tag("2026-10", User, "CORP\\anna", Some("Acme")).unwrap();
    assert_eq!(house.sql("SELECT newest, suspected FROM commit_now"), ["2026-11-05T10:00:00Z|NULL"]);
    house.set_clock("2027-02-20T10:00:00Z");
    house.change_something();
    house.set_clock("2026-11-12T10:00:00Z");
    assert_eq!(house.close_due(), ["2026-10"]);
    assert_eq!(house.rows("2026-10"), ["Acme 1 0"]);
}

#[test]
fn the_suspicion_holds_against_raw_sql() {
    let mut house = october();
    house.set_clock("2027-02-20T10:00:00Z");
    house.change_something();
    let actor = Actor("sql/anna".to_owned());
    let now = house.now();
    for sql in [
        "INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'corp\\anna', '2027-02', 'Acme')",
        "INSERT INTO free_flag (kind, object_id, since, reason) VALUES ('user', 'corp\\anna', '2027-02', 'test')",
        "INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal)
           VALUES ('2026-10', '2027-02-20T10:00:00Z', 'me', 0, '', 'seal')",
    ] {
        let refused = house
            .store
            .query_writing::<seatledger::store::StoreError>(now, &actor, sql, |_, _| Ok(()))
            .unwrap_err();
        assert_eq!(refused.code(), code::CLOCK_SUSPECTED, "{sql}");
    }
}

#[test]
fn forty_days_of_silence_are_no_reason_for_suspicion_and_a_second_more_is() {
    let mut house = october();
    house.set_clock("2026-11-29T10:00:00Z");
    assert_eq!(house.close_due(), ["2026-10"]);
    let mut house = october();
    house.set_clock("2026-11-29T10:00:01Z");
    assert_eq!(house.close_due(), [""; 0]);
}

#[test]
fn a_clock_set_back_opens_nothing_and_keeps_what_is_due_due() {
    let mut house = october();
    house.set_clock("2026-11-11T10:00:00Z");
    house.close_due();
    house.set_clock("2026-10-25T10:00:00Z");
    assert_eq!(
        house.tag("2026-10", User, "CORP\\anna", Some("Acme")).unwrap_err().code(),
        code::PERIOD_LOCKED
    );
    house.upload(&license_server(1, "2026-10-16T03:00:00Z", "2026-10", &["CORP\\ben"]));
    assert_eq!(house.rows("2026-10"), ["- 1 0"]);
    assert_eq!(house.late("2026-10"), ["- +1 +1 +0 -"]);
    assert_eq!(house.close_due(), [""; 0]);
    assert!(!confirm(&mut house));
}

#[test]
fn usage_that_a_clock_ahead_brought_hides_no_month_when_it_is_back() {
    let mut house = House::at("2026-10-05T00:00:00Z");
    house.upload(&license_server(1, "2026-10-04T03:00:00Z", "2026-10", &["anna"]));
    house.set_clock("2027-03-20T00:00:00Z");
    house.upload(&license_server(1, "2027-03-19T03:00:00Z", "2027-03", &["anna"]));
    house.set_clock("2026-10-20T00:00:00Z");
    let listed = house.store.list_periods(house.now()).unwrap();
    let months: Vec<_> = listed.iter().map(|month| month.period.to_string()).collect();
    assert_eq!(months, ["2026-10"], "the others have not begun");
}
