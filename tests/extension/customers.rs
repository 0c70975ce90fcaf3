//! Customers through raw SQL: their ids, names, and that none vanishes by way of another's row.

use crate::house::House;

#[test]
fn a_customer_is_added_and_renamed_with_its_key() {
    let house = House::of_the_worked_example();
    house.does("INSERT INTO customer (public_id, name, name_key, external_id) VALUES ('new', 'Neu & Söhne', seat_user_key('Neu & Söhne'), 'X1');");
    house.does("UPDATE customer SET name = 'NEU', name_key = seat_user_key('NEU') WHERE public_id = 'new';");
    house.refuses("UPDATE customer SET name = 'Alt' WHERE public_id = 'new';", "SEAT-A09");
    house.refuses("INSERT INTO customer (public_id, name, name_key) VALUES ('x', 'X', 'y');", "SEAT-A09");
    house.refuses("INSERT INTO customer (public_id, name, name_key) VALUES ('x', ' ', '');", "SEAT-A09");
}

#[test]
fn a_name_that_a_reader_would_confuse_is_taken() {
    let house = House::of_the_worked_example();
    house.refuses(
        "INSERT INTO customer (public_id, name, name_key) VALUES ('a2', 'ACME', 'acme');",
        "SEAT-A08",
    );
    house.refuses(
        "UPDATE customer SET name = 'ACME', name_key = 'acme' WHERE public_id = 'beta';",
        "SEAT-A08",
    );
}

#[test]
fn insert_or_replace_cannot_remove_a_customer() {
    let house = House::of_the_worked_example();
    house.does("UPDATE customer SET external_id = 'X1' WHERE public_id = 'acme';");
    for statement in [
        "INSERT OR REPLACE INTO customer (public_id, name, name_key) VALUES ('a2', 'Acme', 'acme');",
        "INSERT OR REPLACE INTO customer (public_id, name, name_key) VALUES ('acme', 'Other', 'other');",
        "INSERT OR REPLACE INTO customer (id, public_id, name, name_key) VALUES (1, 'a2', 'Other', 'other');",
        "INSERT OR REPLACE INTO customer (public_id, name, name_key, external_id) VALUES ('a2', 'Other', 'other', 'X1');",
        "UPDATE OR REPLACE customer SET external_id = 'X1' WHERE public_id = 'beta';",
        "UPDATE OR REPLACE customer SET name = 'Acme', name_key = 'acme' WHERE public_id = 'beta';",
        "UPDATE OR REPLACE customer SET id = 1 WHERE public_id = 'beta';",
        "UPDATE customer SET public_id = 'other' WHERE public_id = 'acme';",
    ] {
        house.refuses(statement, "SEAT-A08");
    }
}

#[test]
fn a_customer_with_tags_or_figures_is_archived_not_deleted() {
    let house = House::of_the_worked_example();
    house.refuses("DELETE FROM customer WHERE public_id = 'acme';", "SEAT-A04");
    house.does("DELETE FROM customer WHERE public_id = 'gone';");
    house.does("UPDATE customer SET archived_at = '2026-11-05T12:00:00Z' WHERE public_id = 'acme';");
    house.shows("SELECT users FROM seat_rollup('2026-10') WHERE customer_id = 'acme';", "3");
}

#[test]
fn a_customer_number_that_cannot_be_counted_or_would_block_others_is_refused() {
    let house = House::of_the_worked_example();
    for id in ["0", "-1", "2147483648"] {
        let insert =
            format!("INSERT INTO customer (id, public_id, name, name_key) VALUES ({id}, 'n', 'N', 'n');");
        house.refuses(&insert, "CHECK constraint failed");
    }
}
