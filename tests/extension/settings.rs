//! The settings that the lock reads, and the row that says when a commit was, through raw SQL.

use crate::house::House;

#[test]
fn live_from_is_set_once_and_never_again() {
    let house = House::of_the_worked_example();
    for statement in [
        "UPDATE setting SET value = '2027-01' WHERE key = 'live_from';",
        "UPDATE setting SET key = 'other' WHERE key = 'live_from';",
        "UPDATE OR REPLACE setting SET key = 'live_from' WHERE key = 'lock_day';",
        "DELETE FROM setting WHERE key = 'live_from';",
        "INSERT OR REPLACE INTO setting VALUES ('live_from', '2027-01');",
        "INSERT INTO setting VALUES ('live_from', '2027-01') ON CONFLICT DO UPDATE SET value = '2027-01';",
    ] {
        house.refuses(statement, "SEAT-C02");
    }
}

#[test]
fn the_zone_and_the_lock_day_take_what_they_can_mean() {
    let house = House::of_the_worked_example();
    for (key, value, error) in [
        ("time_zone", "Europe/Atlantis", "SEAT-P05"),
        ("time_zone", "", "SEAT-P05"),
        ("lock_day", "0", "SEAT-P06"),
        ("lock_day", "29", "SEAT-P06"),
        ("lock_day", "ten", "SEAT-P06"),
        ("lock_day", "10 days", "SEAT-C02"),
        ("lock_day", "010", "SEAT-C02"),
    ] {
        house.refuses(&format!("UPDATE setting SET value = '{value}' WHERE key = '{key}';"), error);
        house.refuses(&format!("INSERT OR REPLACE INTO setting VALUES ('{key}', '{value}');"), error);
        house.refuses(&format!("DELETE FROM setting WHERE key = '{key}';"), "SEAT-C02");
    }
    house.refuses("UPDATE setting SET key = 'zone' WHERE key = 'time_zone';", "SEAT-C02");
    house.does("UPDATE setting SET value = 'Europe/Berlin' WHERE key = 'time_zone';");
    house.does("INSERT OR REPLACE INTO setting VALUES ('lock_day', '12');");
    house.shows(
        "SELECT object, before, after FROM audit WHERE action = 'setting' ORDER BY id DESC LIMIT 2;",
        "lock_day|10|12\ntime_zone|UTC|Europe/Berlin",
    );
    let fresh = House::new();
    fresh.refuses("INSERT INTO setting VALUES ('live_from', '2026');", "SEAT-P03");
}

#[test]
fn the_row_of_the_commit_can_be_set_but_not_removed_or_garbled() {
    let house = House::of_the_worked_example();
    house.refuses("DELETE FROM commit_now;", "SEAT-A10");
    house.refuses("UPDATE commit_now SET at = 'now';", "CHECK constraint failed");
    house.refuses("UPDATE commit_now SET one = 2;", "SEAT-A10");
    house.refuses(
        "INSERT INTO commit_now (one, at, actor) VALUES (2, '2026-11-05T12:00:00Z', 'me');",
        "SEAT-A10",
    );
    house.refuses(
        "INSERT OR REPLACE INTO commit_now (one, at, actor) VALUES (1, '2026-10-05T12:00:00Z', 'me');",
        "SEAT-A10",
    );
    house.does("UPDATE commit_now SET newest = '2026-11-05T12:00:00Z';");
    house.refuses("UPDATE commit_now SET newest = '2026-11-05T11:59:59Z';", "SEAT-A10");
    house.refuses("DELETE FROM revision;", "SEAT-A10");
    house.refuses("UPDATE revision SET counted = 0;", "SEAT-A10");
    house.refuses("INSERT OR REPLACE INTO revision VALUES (1, 0);", "SEAT-A10");
}

#[test]
fn a_change_without_the_programs_first_statement_is_on_record_as_sql() {
    let house = House::of_the_worked_example();
    house.does("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'ben', '2026-10', 'acme');");
    house.shows("SELECT actor FROM audit ORDER BY id DESC LIMIT 1;", "sql");
    house.shows("SELECT changed_by FROM assignment WHERE object_id = 'ben';", "sql");
}
