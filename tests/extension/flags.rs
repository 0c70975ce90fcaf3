//! Free flags are locked as assignments are. Now is 5 November 2026: September is locked.

use crate::house::House;

fn house_with_a_locked_flag() -> House {
    let house = House::of_the_worked_example();
    house.at("2026-09-20T08:00:00Z");
    house.does("INSERT INTO free_flag (kind, object_id, since, reason, note) VALUES ('user', 'erik', '2026-09', 'trial', 'till March');");
    house.at("2026-11-05T12:00:00Z");
    house
}

#[test]
fn a_flag_of_an_open_month_is_written_and_changed_and_removed() {
    let house = House::of_the_worked_example();
    let flags = "SELECT kind, since, reason, note, changed_by FROM free_flag WHERE object_id = 'ben';";
    house.does("INSERT INTO free_flag (kind, object_id, since, reason, note) VALUES ('user', 'BEN', '2026-10', 'trial', 'asked for');");
    house.shows(flags, "user|2026-10|trial|asked for|sql");
    house.shows("SELECT free_users FROM seat_totals('2026-10');", "3");
    house.does("UPDATE free_flag SET reason = NULL WHERE object_id = 'ben';");
    house.shows("SELECT free_users FROM seat_totals('2026-10');", "2");
    house.does("DELETE FROM free_flag WHERE object_id = 'ben';");
    house.shows(flags, "");
}

#[test]
fn a_flag_of_a_locked_month_cannot_be_added_changed_or_removed() {
    let house = house_with_a_locked_flag();
    for statement in [
        "INSERT INTO free_flag (kind, object_id, since, reason) VALUES ('user', 'ben', '2026-09', 'test');",
        "INSERT INTO free_flag VALUES ('user', 'ben', '2026-09', 'test', NULL, '2026-09-15T00:00:00Z', 'anja');",
        "INSERT OR REPLACE INTO free_flag (kind, object_id, since, reason) VALUES ('user', 'erik', '2026-09', NULL);",
        "UPDATE free_flag SET reason = NULL WHERE object_id = 'erik';",
        "UPDATE free_flag SET since = '2026-10' WHERE object_id = 'erik';",
        "UPDATE free_flag SET since = '2026-09' WHERE object_id = 'carl';",
        "DELETE FROM free_flag WHERE object_id = 'erik';",
        "INSERT INTO free_flag_row VALUES (0, 2, 202609, 'test', NULL, 1);",
        "INSERT OR REPLACE INTO free_flag_row VALUES (0, 5, 202609, NULL, NULL, 1);",
        "UPDATE free_flag_row SET reason = NULL WHERE object = 5;",
        "UPDATE free_flag_row SET since = 202610 WHERE object = 5;",
        "UPDATE free_flag_row SET since = 202609 WHERE object = 3;",
        "DELETE FROM free_flag_row WHERE object = 5;",
    ] {
        house.refuses(statement, "SEAT-P01: billing period 2026-09 is locked since 2026-10-11T00:00:00Z");
    }
}

#[test]
fn a_month_that_has_not_begun_takes_no_flag() {
    let house = House::of_the_worked_example();
    house.refuses(
        "INSERT INTO free_flag (kind, object_id, since, reason) VALUES ('user', 'ben', '2026-12', 'test');",
        "SEAT-P02",
    );
}

#[test]
fn a_flag_names_a_user_or_a_known_license_server() {
    let house = House::of_the_worked_example();
    for (kind, object, error) in [
        ("site", "nord", "SEAT-A06"),
        ("delivery-group", "ng1", "SEAT-A06"),
        ("netscaler", "VPX01/E1", "SEAT-A06"),
        ("server", "nord", "SEAT-A06"),
        ("license-server", "nord", "SEAT-A02"),
        ("user", " ", "SEAT-A02"),
    ] {
        house.refuses(
            &format!("INSERT INTO free_flag (kind, object_id, since, reason) VALUES ('{kind}', '{object}', '2026-10', 'test');"),
            error,
        );
    }
    house.refuses("INSERT INTO free_flag_row VALUES (1, 4, 202610, 'test', NULL, 1);", "SEAT-A02");
    house.refuses("INSERT INTO free_flag_row VALUES (0, 99, 202610, 'test', NULL, 1);", "SEAT-A02");
    house.does(
        "INSERT INTO free_flag (kind, object_id, since, reason) VALUES ('user', 'New', '2026-10', 'test');",
    );
}

#[test]
fn a_flag_has_one_of_three_reasons() {
    let house = House::of_the_worked_example();
    house.refuses(
        "INSERT INTO free_flag (kind, object_id, since, reason) VALUES ('user', 'ben', '2026-10', 'friend');",
        "SEAT-A07: expected trial, test or administrative, found 'friend'",
    );
    house.refuses("UPDATE free_flag SET reason = 'friend' WHERE object_id = 'carl';", "SEAT-A07");
    house.refuses(
        "UPDATE free_flag_row SET reason = 'friend' WHERE object = 3 AND kind = 0;",
        "CHECK constraint failed",
    );
}
