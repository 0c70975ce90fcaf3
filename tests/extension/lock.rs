//! The lock of assignments, held by the triggers against raw SQL. Each test closes what was a hole.
//!
//! Now is 5 November 2026: October and November are open, September is locked.

use crate::house::House;

const LIC01: &str = "00000000-0000-4000-8000-000000000001";

#[test]
fn a_tag_of_an_open_month_is_written_and_replaced_and_removed() {
    let house = House::of_the_worked_example();
    let history = "SELECT object_id, since, customer_id, changed_at, changed_by FROM assignment WHERE object_id = 'corp\\zoe';";
    house.does("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', ' CORP\\Zoe ', '2026-10', 'acme');");
    house.shows(history, "corp\\zoe|2026-10|acme|2026-11-05T12:00:00Z|sql");
    house.does(
        "INSERT OR REPLACE INTO assignment VALUES ('user', 'corp\\ZOE', '2026-10', 'beta', '2026-11-05T13:00:00Z', 'anja');",
    );
    house.shows(history, "corp\\zoe|2026-10|beta|2026-11-05T13:00:00Z|anja");
    house.does("UPDATE assignment SET customer_id = NULL, changed_at = '2026-11-05T14:00:00Z' WHERE object_id = 'corp\\zoe';");
    house.shows(history, "corp\\zoe|2026-10|NULL|2026-11-05T14:00:00Z|anja");
    house.does("UPDATE assignment SET since = '2026-11' WHERE object_id = 'corp\\zoe';");
    house.does("DELETE FROM assignment WHERE object_id = 'corp\\zoe';");
    house.shows(history, "");
}

#[test]
fn a_row_of_a_locked_month_cannot_be_added() {
    let house = House::of_the_worked_example();
    house.refuses(
        "INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'ben', '2026-09', 'acme');",
        "SEAT-P01: billing period 2026-09 is locked since 2026-10-11T00:00:00Z",
    );
    house.refuses(
        "INSERT INTO assignment_row VALUES (0, 2, 202609, 1, 1);",
        "SEAT-P01: billing period 2026-09 is locked",
    );
}

#[test]
fn an_instant_that_is_set_back_by_hand_opens_nothing() {
    let house = House::of_the_worked_example();
    house.does("UPDATE commit_now SET newest = '2026-11-05T12:00:00Z';");
    house.does("UPDATE commit_now SET at = '2026-10-05T12:00:00Z';");
    house.refuses(
        "INSERT INTO assignment VALUES ('user', 'ben', '2026-09', 'acme', '2026-10-05T12:00:00Z', 'anja');",
        "SEAT-P01: billing period 2026-09 is locked since 2026-10-11T00:00:00Z",
    );
}

#[test]
fn a_back_dated_row_cannot_be_added() {
    let house = House::of_the_worked_example();
    house.refuses(
        "INSERT INTO assignment VALUES ('user', 'ben', '2026-09', 'acme', '2026-09-15T00:00:00Z', 'anja');",
        "SEAT-P01: billing period 2026-09 is locked",
    );
}

#[test]
fn an_update_that_keeps_its_old_changed_at_is_judged_by_the_commit() {
    let house = House::of_the_worked_example();
    let update = format!("UPDATE assignment SET customer_id = NULL WHERE object_id = '{LIC01}';");
    house.refuses(&update, "SEAT-P01: billing period 2026-09 is locked");
    house.refuses(
        "UPDATE assignment_row SET customer = 2 WHERE kind = 1;",
        "SEAT-P01: billing period 2026-09 is locked",
    );
    house.refuses("UPDATE assignment SET customer_id = NULL;", "SEAT-P01: billing period 2026-09 is locked");
}

#[test]
fn a_later_changed_at_than_the_commit_counts() {
    let house = House::of_the_worked_example();
    house.refuses(
        "INSERT INTO assignment VALUES ('user', 'ben', '2026-10', 'acme', '2026-11-11T00:00:00Z', 'anja');",
        "SEAT-P01: billing period 2026-10 is locked since 2026-11-11T00:00:00Z",
    );
    house.does(
        "INSERT INTO assignment VALUES ('user', 'ben', '2026-10', 'acme', '2026-11-10T23:59:59Z', 'anja');",
    );
}

#[test]
fn a_row_of_a_locked_month_cannot_be_removed() {
    let house = House::of_the_worked_example();
    house.refuses(
        &format!("DELETE FROM assignment WHERE object_id = '{LIC01}';"),
        "SEAT-P01: billing period 2026-09",
    );
    house.refuses(
        "DELETE FROM assignment_row WHERE since = 202609;",
        "SEAT-P01: billing period 2026-09 is locked",
    );
    house.refuses("DELETE FROM assignment;", "SEAT-P01: billing period 2026-09 is locked");
}

#[test]
fn a_row_cannot_be_moved_out_of_a_locked_month() {
    let house = House::of_the_worked_example();
    house.refuses(
        "UPDATE assignment SET since = '2026-10' WHERE object_id = 'ng1';",
        "SEAT-P01: billing period 2026-09 is locked",
    );
    house.refuses(
        "UPDATE assignment_row SET since = 202610 WHERE kind = 3;",
        "SEAT-P01: billing period 2026-09",
    );
}

#[test]
fn a_row_cannot_be_moved_into_a_locked_month() {
    let house = House::of_the_worked_example();
    house.refuses(
        "UPDATE assignment SET since = '2026-09' WHERE object_id = 'dora';",
        "SEAT-P01: billing period 2026-09 is locked",
    );
    house.refuses(
        "UPDATE assignment_row SET since = 202609 WHERE kind = 0;",
        "SEAT-P01: billing period 2026-09",
    );
}

#[test]
fn insert_or_replace_cannot_put_another_row_in_the_place_of_a_locked_one() {
    let house = House::of_the_worked_example();
    for verb in ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"] {
        house.refuses(
            &format!("{verb} INTO assignment (kind, object_id, since, customer_id) VALUES ('delivery-group', 'ng1', '2026-09', NULL);"),
            "SEAT-P01: billing period 2026-09 is locked",
        );
        house.refuses(
            &format!("{verb} INTO assignment_row VALUES (3, 5, 202609, NULL, 1);"),
            "SEAT-P01: billing period 2026-09 is locked",
        );
    }
    house.refuses(
        "INSERT INTO assignment_row VALUES (3, 5, 202609, NULL, 1) ON CONFLICT DO UPDATE SET customer = NULL;",
        "SEAT-P01: billing period 2026-09 is locked",
    );
}

#[test]
fn update_or_replace_cannot_push_out_a_locked_row() {
    let house = House::of_the_worked_example();
    house.does("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('delivery-group', 'ng1', '2026-11', 'acme');");
    house.refuses(
        "UPDATE OR REPLACE assignment_row SET since = 202609 WHERE kind = 3 AND since = 202611;",
        "SEAT-P01: billing period 2026-09 is locked",
    );
}

#[test]
fn a_closed_month_refuses_what_the_clock_would_still_allow() {
    let house = House::of_the_worked_example();
    house.close("2026-09");
    house.close("2026-10");
    house.refuses(
        "INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'ben', '2026-10', 'acme');",
        "SEAT-P01: billing period 2026-10 is closed",
    );
    house.refuses(
        "DELETE FROM assignment WHERE object_id = 'dora';",
        "SEAT-P01: billing period 2026-10 is closed",
    );
    house.does("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'ben', '2026-11', 'acme');");
}

#[test]
fn a_clock_that_is_set_back_reopens_nothing_that_is_closed() {
    let house = House::of_the_worked_example();
    house.close("2026-09");
    house.at("2026-09-15T00:00:00Z");
    house.refuses(
        "DELETE FROM assignment WHERE object_id = 'ng1';",
        "SEAT-P01: billing period 2026-09 is closed",
    );
    house.does("UPDATE setting SET value = '28' WHERE key = 'lock_day';");
    house.does("UPDATE setting SET value = 'Pacific/Kiritimati' WHERE key = 'time_zone';");
    house.refuses(
        "DELETE FROM assignment WHERE object_id = 'ng1';",
        "SEAT-P01: billing period 2026-09 is closed",
    );
}

#[test]
fn a_month_that_has_not_begun_takes_no_tag() {
    let house = House::of_the_worked_example();
    house.refuses(
        "INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'ben', '2026-12', 'acme');",
        "SEAT-P02: billing period 2026-12 has not begun at 2026-11-05T12:00:00Z",
    );
    house.refuses(
        "UPDATE assignment SET since = '2026-12' WHERE object_id = 'dora';",
        "SEAT-P02: billing period 2026-12",
    );
}

#[test]
fn history_can_be_tagged_until_the_first_live_month_locks() {
    let house = House::new();
    house.at("2026-10-20T00:00:00Z");
    house.does("INSERT INTO customer (public_id, name, name_key) VALUES ('acme', 'Acme', 'acme');");
    house.does("INSERT INTO setting VALUES ('live_from', '2026-10');");
    house.does("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'a', '2021-03', 'acme');");
    house.at("2026-11-11T00:00:00Z");
    house.refuses(
        "DELETE FROM assignment;",
        "SEAT-P01: billing period 2021-03 is locked since 2026-11-11T00:00:00Z",
    );
}

#[test]
fn a_malformed_month_or_instant_is_refused() {
    let house = House::of_the_worked_example();
    for (since, error) in [
        ("'2026-13'", "SEAT-P03"),
        ("'2026-1'", "SEAT-P03"),
        ("''", "SEAT-P03"),
        ("NULL", "SEAT-P03"),
        ("202610", "SEAT-S01"),
    ] {
        house.refuses(
            &format!("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'ben', {since}, 'acme');"),
            error,
        );
        house.refuses(&format!("UPDATE assignment SET since = {since} WHERE object_id = 'dora';"), error);
    }
    for instant in
        ["2026-11-05", "2026-11-05T12:00:00+00:00", "2026-11-05 12:00:00Z", "2026-11-05T12:00:00.5Z", ""]
    {
        house.refuses(
            &format!(
                "INSERT INTO assignment VALUES ('user', 'ben', '2026-10', 'acme', '{instant}', 'anja');"
            ),
            "CHECK constraint failed: at GLOB",
        );
    }
    house.refuses(
        "INSERT INTO assignment VALUES ('user', 'ben', '2026-10', 'acme', '2026-99-99T99:99:99Z', 'anja');",
        "SEAT-P04",
    );
    house.refuses("INSERT INTO assignment_row VALUES (0, 2, 202613, 1, 1);", "SEAT-P03");
    house.refuses(
        "INSERT INTO assignment_row VALUES (0, 2, 202610, 1, 99);",
        "SEAT-S01: seat_require_open: expected text for as_of",
    );
}

#[test]
fn an_unknown_object_is_refused_but_an_unknown_user_waits() {
    let house = House::of_the_worked_example();
    for (kind, id) in
        [("license-server", "nord"), ("site", "NORD"), ("delivery-group", "nord"), ("netscaler", "VPX01")]
    {
        house.refuses(
            &format!("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('{kind}', '{id}', '2026-10', 'acme');"),
            "SEAT-A02",
        );
    }
    for id in ["''", "'  '", "NULL"] {
        house.refuses(
            &format!("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', {id}, '2026-10', 'acme');"),
            "SEAT-A02",
        );
    }
    house.refuses("INSERT INTO assignment_row VALUES (0, 99, 202610, 1, 1);", "SEAT-A02");
    house.refuses("INSERT INTO assignment_row VALUES (1, 4, 202610, 1, 1);", "SEAT-A02");
    house.refuses("INSERT INTO assignment_row VALUES (5, 9, 202610, 1, 1);", "SEAT-A02");
    house.refuses("INSERT INTO assignment_row VALUES (7, 9, 202610, 1, 1);", "SEAT-A02");
    house.does("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'Not@Seen.Yet', '2026-10', 'acme');");
    house.shows(
        "SELECT key, name, name_payload FROM user WHERE key = 'not@seen.yet';",
        "not@seen.yet|Not@Seen.Yet|NULL",
    );
    house.does("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('netscaler', 'VPX01/E1', '2026-10', 'acme');");
}

#[test]
fn an_unknown_kind_is_refused() {
    let house = House::of_the_worked_example();
    for kind in ["'server'", "'netscaler-host'", "''", "NULL"] {
        house.refuses(
            &format!("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ({kind}, 'VPX01', '2026-10', 'acme');"),
            "SEAT-A06",
        );
    }
}

#[test]
fn an_unknown_customer_is_refused() {
    let house = House::of_the_worked_example();
    house.refuses(
        "INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'ben', '2026-10', 'nobody');",
        "SEAT-A03: expected the id of a customer, found 'nobody'",
    );
    house.refuses("UPDATE assignment SET customer_id = 'nobody' WHERE object_id = 'dora';", "SEAT-A03");
    house.refuses("INSERT INTO assignment_row VALUES (0, 2, 202610, 99, 1);", "SEAT-A03");
    house.refuses("UPDATE assignment_row SET customer = 99 WHERE kind = 0;", "SEAT-A03");
}

#[test]
fn an_archived_customer_takes_no_new_tag() {
    let house = House::of_the_worked_example();
    house.refuses(
        "INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'ben', '2026-10', 'gone');",
        "SEAT-A04: the customer 'Gone' is archived",
    );
    house.refuses("UPDATE assignment SET customer_id = 'gone' WHERE object_id = 'dora';", "SEAT-A04");
    house.refuses("INSERT INTO assignment_row VALUES (0, 2, 202610, 3, 1);", "SEAT-A04");
}

#[test]
fn a_row_keeps_its_object() {
    let house = House::of_the_worked_example();
    house.refuses(
        "UPDATE assignment SET object_id = 'ben' WHERE object_id = 'dora';",
        "SEAT-A02: a row keeps its object",
    );
    house.refuses(
        "UPDATE assignment SET kind = 'site' WHERE object_id = 'dora';",
        "SEAT-A02: a row keeps its object",
    );
    house.refuses(
        "UPDATE assignment_row SET object = 2 WHERE object = 4 AND kind = 0;",
        "SEAT-A02: a row keeps its object",
    );
    house.refuses(
        "UPDATE assignment_row SET kind = 2 WHERE object = 4 AND kind = 0;",
        "SEAT-A02: a row keeps its object",
    );
    house.refuses("UPDATE free_flag_row SET object = 2 WHERE kind = 0;", "SEAT-A02: a row keeps its object");
}
