//! On a database that is none of ours, table functions say so.

use std::path::Path;

use crate::artefact::extension;
use crate::host::shell;

#[test]
fn every_table_function_that_reads_tables_says_that_this_is_no_seatledger_database() {
    let calls = [
        "SELECT * FROM seat_rollup('2026-10');",
        "SELECT * FROM seat_totals('2026-10');",
        "SELECT * FROM seat_sources('2026-10');",
        "SELECT * FROM seat_resolve('2026-10');",
        "SELECT * FROM seat_explain('2026-10', NULL, 'XDT_PLT_UD');",
        "SELECT * FROM seat_explain('2026-10', 'acme', 'XDT_PLT_UD');",
        "SELECT * FROM seat_user_rows('2026-10');",
        "SELECT * FROM seat_late('2026-10');",
        "SELECT * FROM seat_statement('2026-10');",
        "SELECT * FROM seat_facts('2026-10');",
        "SELECT * FROM seat_canonical('2026-10');",
        "SELECT * FROM seat_seal('2026-10', '2026-11-11T00:00:00Z', 'me', 0, 'csp', '', 'UTC', 10);",
        "SELECT * FROM seat_verify();",
        "SELECT * FROM seat_closing_users('2026-10');",
        "SELECT * FROM seat_incoming_users(1);",
        "SELECT * FROM seat_incoming_names(1);",
        "SELECT * FROM seat_incoming_usage(1);",
        "SELECT * FROM seat_incoming_devices(1);",
    ];
    for table in seatledger::extension::TABLES.iter().filter(|table| table.name != "seat_payload") {
        assert!(calls.iter().any(|call| call.contains(&format!("{}(", table.name))), "{}", table.name);
    }
    for (call, answer) in calls.iter().zip(shell(extension()).run(Path::new(":memory:"), &calls)) {
        let error = answer.expect_err(call);
        assert!(
            error.starts_with("SEAT-S02: expected a seatledger database, found none of its tables"),
            "{error}"
        );
    }
}

#[test]
fn a_schema_of_ours_without_rows_is_empty_and_no_error() {
    let house = crate::house::House::new();
    for table in [
        "seat_rollup",
        "seat_totals",
        "seat_sources",
        "seat_resolve",
        "seat_user_rows",
        "seat_late",
        "seat_statement",
        "seat_facts",
        "seat_canonical",
        "seat_closing_users",
        "seat_verify",
    ] {
        house.shows(&format!("SELECT count(*) FROM {table}('2026-10');"), "0");
    }
    house.shows("SELECT count(*) FROM seat_explain('2026-10', NULL, 'XDT_PLT_UD');", "0");
}
