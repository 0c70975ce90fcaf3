//! Statements, their figures and the usage behind them never change once a month is closed.

use crate::house::House;

/// September is closed; its usage is list 1 with user 1.
fn closed_house() -> House {
    let house = House::of_the_worked_example();
    house.does("INSERT INTO usage (list, user, payload) VALUES (1, 2, 1);");
    house.close("2026-09");
    house
}

#[test]
fn a_statement_cannot_be_changed_removed_or_replaced() {
    let house = closed_house();
    for statement in [
        "UPDATE statement SET seal = '';",
        "UPDATE statement SET period = '2026-10';",
        "UPDATE OR REPLACE statement SET closed_by = 'me';",
        "DELETE FROM statement;",
        "INSERT OR REPLACE INTO statement (period, closed_at, closed_by, imported, previous_seal, seal) VALUES ('2026-09', '2026-11-05T12:00:00Z', 'me', 0, '', 'other');",
        "INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal) VALUES ('2026-09', '2026-11-05T12:00:00Z', 'me', 0, '', 'other') ON CONFLICT DO UPDATE SET seal = '';",
        "INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal) VALUES ('2026-08', '2026-11-05T12:00:00Z', 'me', 0, '', 'before');",
    ] {
        house.refuses(statement, "SEAT-P07");
    }
}

#[test]
fn months_close_in_order_each_sealed_onto_the_one_before() {
    let house = closed_house();
    let statement = |period: &str, previous: &str| {
        format!(
            "INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal) VALUES ('{period}', '2026-11-05T12:00:00Z', 'me', 0, '{previous}', 'seal');"
        )
    };
    house.refuses(&statement("2026-10", ""), "SEAT-P07: expected the seal of the statement before");
    house.at("2027-01-05T00:00:00Z");
    house.refuses(
        &statement("2026-11", "seal of 2026-09"),
        "SEAT-P07: expected the month behind 2026-09, found 2026-11",
    );
    house.does(&statement("2026-10", "seal of 2026-09"));
    house.does(&statement("2026-11", "seal"));
}

#[test]
fn a_month_that_is_not_over_cannot_be_closed() {
    let house = closed_house();
    house.close("2026-10");
    house.refuses(
        "INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal) VALUES ('2026-11', '2026-11-05T12:00:00Z', 'me', 0, 'seal of 2026-10', 'seal');",
        "SEAT-P08: expected a month that is over, found 2026-11",
    );
    let fresh = House::new();
    fresh.at("2026-11-05T12:00:00Z");
    fresh.refuses(
        "INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal) VALUES ('9999-12', '2026-11-05T12:00:00Z', 'me', 0, '', 'seal');",
        "SEAT-P08",
    );
    fresh.refuses(
        "INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal) VALUES ('2026-1', '2026-11-05T12:00:00Z', 'me', 0, '', 'seal');",
        "SEAT-P03",
    );
}

#[test]
fn the_figures_of_a_closed_month_cannot_be_changed_removed_or_added_to() {
    let house = closed_house();
    for statement in [
        "UPDATE statement_row SET users = 0;",
        "UPDATE statement_row SET period = '2026-10';",
        "DELETE FROM statement_row;",
        "INSERT INTO statement_row (period, kind, feature, product, edition, users, paid_users, free_users)
         VALUES ('2026-09', 'total', 'XDT_ADV_UD', '', '', 1, 1, 0);",
        "INSERT OR REPLACE INTO statement_row (rowid, period, kind, feature, product, edition, users, paid_users, free_users)
         VALUES (1, '2026-10', 'total', 'XDT_ADV_UD', '', '', 1, 1, 0);",
    ] {
        house.refuses(statement, "SEAT-P07");
    }
}

#[test]
fn figures_slipped_in_before_a_closing_can_be_removed_but_not_edited() {
    let house = closed_house();
    house.does(
        "INSERT INTO statement_row (period, kind, feature, product, edition, users, paid_users, free_users)
         VALUES ('2026-10', 'total', 'XDT_ADV_UD', '', '', 1, 1, 0);",
    );
    house.refuses("UPDATE statement_row SET users = 2 WHERE period = '2026-10';", "SEAT-P07");
    house.does("DELETE FROM statement_row WHERE period = '2026-10';");
}

#[test]
fn a_row_number_that_would_block_all_later_rows_is_refused() {
    let house = closed_house();
    for row in [-1, 0] {
        house.refuses(
            &format!(
                "INSERT INTO statement_row (rowid, period, kind, feature, product, edition, users, paid_users, free_users)
                 VALUES ({row}, '2026-10', 'total', 'XDT_ADV_UD', '', '', 1, 1, 0);"
            ),
            "SEAT-P07",
        );
    }
    house.close("2026-10");
}

#[test]
fn usage_of_a_closed_month_cannot_be_changed_or_removed() {
    let house = closed_house();
    for statement in [
        "UPDATE usage SET user = 3 WHERE list = 1 AND user = 2;",
        "UPDATE usage SET payload = 2 WHERE list = 1;",
        "UPDATE usage SET list = 2 WHERE list = 1 AND user = 2;",
        "UPDATE usage SET list = 1 WHERE list = 3 AND user = 2;",
        "UPDATE OR REPLACE usage SET user = 1 WHERE list = 1;",
        "DELETE FROM usage WHERE list = 1;",
        "DELETE FROM usage;",
    ] {
        house.refuses(statement, "SEAT-P07: usage of a closed billing period");
    }
}

#[test]
fn usage_of_an_open_month_can_be_removed_and_is_counted_anew() {
    let house = closed_house();
    house.does("UPDATE usage_list SET digest = x'00', digest_payload = 2 WHERE id = 3;");
    house.does("DELETE FROM usage WHERE list = 3 AND user = 2;");
    house.shows("SELECT digest, digest_payload FROM usage_list WHERE id = 3;", "NULL|NULL");
    house.shows("SELECT users FROM seat_totals('2026-10');", "6");
}

#[test]
fn a_usage_list_keeps_its_month_feature_and_source() {
    let house = closed_house();
    for statement in [
        "INSERT OR REPLACE INTO usage_list (id, period, feature, source) VALUES (1, 202611, 1, 1);",
        "INSERT OR REPLACE INTO usage_list (id, period, feature, source) VALUES (99, 202609, 1, 1);",
        "UPDATE usage_list SET period = 202610 WHERE id = 1;",
        "UPDATE usage_list SET period = 202609 WHERE id = 3;",
        "UPDATE usage_list SET source = 2 WHERE id = 1;",
        "UPDATE usage_list SET feature = 2 WHERE id = 1;",
        "UPDATE OR REPLACE usage_list SET id = 1 WHERE id = 2;",
        "DELETE FROM usage_list;",
    ] {
        house.refuses(statement, "SEAT-P07");
    }
    house.does("INSERT INTO usage_list (period, feature, source) VALUES (202609, 1, 2);");
}

#[test]
fn late_usage_that_a_statement_carries_stays_as_it_is() {
    let house = closed_house();
    house.does("INSERT INTO late_usage (list, user, payload) VALUES (1, 3, 2), (1, 4, 2);");
    house.does("UPDATE late_usage SET carried_in = '2026-10' WHERE user = 3;");
    house.close("2026-10");
    for statement in [
        "UPDATE late_usage SET carried_in = NULL WHERE user = 3;",
        "UPDATE late_usage SET payload = 1;",
        "UPDATE late_usage SET carried_in = '2026-10' WHERE user = 4;",
        "DELETE FROM late_usage;",
        "INSERT OR REPLACE INTO late_usage VALUES (1, 3, 1, NULL);",
        "INSERT INTO late_usage VALUES (1, 5, 1, '2026-10');",
    ] {
        house.refuses(statement, "SEAT-P07");
    }
    house.does("UPDATE late_usage SET payload = 1 WHERE user = 4;");
    house.does("INSERT OR REPLACE INTO late_usage VALUES (1, 4, 2, NULL);");
}

#[test]
fn a_month_closed_through_the_functions_alone_holds_its_seal_until_something_is_changed() {
    let house = House::of_the_worked_example();
    house.does(
        "BEGIN;
         INSERT INTO statement_row (period, kind, customer_id, source_kind, source, feature, product, edition,
           users, paid_users, free_users, overlap)
         SELECT '2026-09', kind, customer_id, source_kind, source, feature, product, edition,
           users, paid_users, free_users, overlap FROM seat_statement('2026-09');
         INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal, organization_id,
           organization_name, time_zone, lock_day, facts_sha256)
         SELECT '2026-09', '2026-10-11T00:00:00Z', 'clock', 0, previous_seal, seal, 'csp', '', 'UTC', 10, facts_sha256
         FROM seat_seal('2026-09', '2026-10-11T00:00:00Z', 'clock', 0, 'csp', '', 'UTC', 10);
         COMMIT;",
    );
    house.shows("SELECT ok, seal = computed, length(seal) FROM seat_verify();", "1|1|64");
    house.shows(
        "SELECT line FROM seat_canonical('2026-09') LIMIT 2;",
        "seatledger statement 1\nperiod\t2026-09",
    );
    house.does("DROP TRIGGER statement_row_update; UPDATE statement_row SET users = 9;");
    house.shows("SELECT ok, seal = computed FROM seat_verify('2026-09');", "0|0");
}
