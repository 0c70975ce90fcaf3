//! Who is whom: aliases, default domains and users' keys through raw SQL.
//!
//! Now is 5 November 2026: September is locked. Change 1 is of September.

use crate::house::House;

fn house_with_locked_rows() -> House {
    let house = House::of_the_worked_example();
    house.at("2026-09-20T08:00:00Z");
    house.does("INSERT INTO alias_row VALUES (2, 202609, 1, 1);");
    house.does("INSERT INTO default_domain_row VALUES (1, 202609, 'CORP', 1);");
    house.at("2026-11-05T12:00:00Z");
    house
}

#[test]
fn aliases_and_default_domains_of_an_open_month_are_written_and_removed() {
    let house = house_with_locked_rows();
    house.does("INSERT INTO alias_row VALUES (2, 202610, NULL, 1);");
    house.does("UPDATE alias_row SET since = 202611 WHERE since = 202610;");
    house.does("DELETE FROM alias_row WHERE since = 202611;");
    house.does("INSERT OR REPLACE INTO default_domain_row VALUES (1, 202610, NULL, 1);");
    house.does("UPDATE default_domain_row SET domain = 'SUB' WHERE since = 202610;");
    house.does("DELETE FROM default_domain_row WHERE since = 202610;");
}

#[test]
fn aliases_and_default_domains_of_a_locked_month_cannot_be_touched() {
    let house = house_with_locked_rows();
    for statement in [
        "INSERT INTO alias_row VALUES (3, 202609, 1, 1);",
        "INSERT OR REPLACE INTO alias_row VALUES (2, 202609, NULL, 1);",
        "UPDATE alias_row SET of_user = NULL;",
        "UPDATE alias_row SET since = 202610;",
        "DELETE FROM alias_row;",
        "INSERT INTO default_domain_row VALUES (2, 202609, 'CORP', 1);",
        "INSERT OR REPLACE INTO default_domain_row VALUES (1, 202609, NULL, 1);",
        "UPDATE default_domain_row SET domain = NULL;",
        "UPDATE default_domain_row SET since = 202610;",
        "DELETE FROM default_domain_row;",
    ] {
        house.refuses(statement, "SEAT-P01: billing period 2026-09 is locked");
    }
    house.refuses("INSERT INTO alias_row VALUES (3, 202612, 1, 1);", "SEAT-P02");
    house.refuses("INSERT INTO default_domain_row VALUES (2, 202612, 'CORP', 1);", "SEAT-P02");
}

#[test]
fn an_alias_names_known_users_and_makes_no_chain() {
    let house = house_with_locked_rows();
    for values in ["(3, 202610, 99, 1)", "(99, 202610, 3, 1)"] {
        house.refuses(&format!("INSERT INTO alias_row VALUES {values};"), "SEAT-A02");
    }
    for values in ["(3, 202610, 3, 1)", "(3, 202610, 2, 1)", "(1, 202610, 3, 1)"] {
        house.refuses(&format!("INSERT INTO alias_row VALUES {values};"), "SEAT-A13");
        house.refuses(&format!("INSERT OR REPLACE INTO alias_row VALUES {values};"), "SEAT-A13");
    }
    house.refuses("INSERT INTO default_domain_row VALUES (4, 202610, 'CORP', 1);", "SEAT-A02");
    house.does("INSERT INTO alias_row VALUES (3, 202610, 4, 1);");
    house.refuses("UPDATE alias_row SET of_user = 99 WHERE user = 3;", "SEAT-A02");
    house.refuses("UPDATE alias_row SET of_user = 2 WHERE user = 3;", "SEAT-A13");
    house.refuses("UPDATE alias_row SET of_user = 3 WHERE user = 3;", "SEAT-A13");
    house.refuses("UPDATE alias_row SET user = 5 WHERE user = 3;", "SEAT-A02: a row keeps its object");
}

#[test]
fn a_chain_is_one_where_both_rows_are_in_effect() {
    let house = house_with_locked_rows();
    // User 2 counts as user 1 since September; no longer in November.
    house.does("INSERT INTO alias_row VALUES (2, 202611, NULL, 1);");
    house.refuses(
        "INSERT INTO alias_row VALUES (3, 202610, 2, 1);",
        "SEAT-A13: expected users who count as nobody else, found that from 2026-10 on",
    );
    house.does("INSERT INTO alias_row VALUES (3, 202611, 2, 1);");
    house.refuses("DELETE FROM alias_row WHERE user = 2 AND since = 202611;", "SEAT-A13");
    house.refuses("UPDATE alias_row SET since = 202610 WHERE user = 3;", "SEAT-A13");
    house.does("DELETE FROM alias_row WHERE user = 3;");
    house.does("INSERT INTO alias_row VALUES (1, 202611, 4, 1);");
    house.refuses("INSERT OR REPLACE INTO alias_row VALUES (2, 202611, 1, 1);", "SEAT-A13");
    // One that ends before the other begins makes none.
    house.does("INSERT INTO alias_row VALUES (2, 202610, 1, 1);");
}

#[test]
fn a_user_keeps_its_key_and_is_never_removed() {
    let house = House::of_the_worked_example();
    for statement in [
        "UPDATE user SET key = 'x' WHERE id = 1;",
        "UPDATE user SET id = 99 WHERE id = 1;",
        "UPDATE OR REPLACE user SET id = 1 WHERE id = 2;",
        "DELETE FROM user WHERE id = 1;",
    ] {
        house.refuses(statement, "SEAT-P07");
    }
}

#[test]
fn a_spelling_that_a_closed_month_shows_stays() {
    let house = House::of_the_worked_example();
    house.does("UPDATE user SET name = 'Anna' WHERE id = 1;");
    house.does("UPDATE user SET name_fixed = 1 WHERE id = 1;");
    for change in ["name = 'ANNA'", "name_payload = 5", "name_fixed = 0"] {
        house.refuses(&format!("UPDATE user SET {change} WHERE id = 1;"), "SEAT-P07");
    }
    house.does("UPDATE user SET name_fixed = 1;");
}

#[test]
fn a_user_number_that_no_array_could_hold_is_refused() {
    let house = House::of_the_worked_example();
    for id in ["0", "-1", "268435456", "9223372036854775807"] {
        house.refuses(
            &format!("INSERT INTO user (id, key, name) VALUES ({id}, 'x', 'x');"),
            "CHECK constraint failed",
        );
    }
    house.does("INSERT INTO user (key, name) VALUES ('x', 'x');");
}
