//! A fresh database made from schema.sql: the contract of its views, and that it is sound.

use crate::artefact::extension;
use crate::host::{Host, shell};
use crate::house::House;

/// The views that scripts may rely on, with exactly these columns.
const VIEWS: &[(&str, &str)] = &[
    (
        "v1_customer_usage",
        "period,status,customer_id,customer,feature,product,edition,users,paid_users,free_users",
    ),
    ("v1_user_usage", "period,feature,user,source_kind,source,first_seen"),
    ("v1_license_server", "id,name,host_id,fqdn,version,last_collected_at,archived"),
    ("v1_assignment", "kind,object,since,customer_id,changed_at,changed_by"),
    ("v1_statement", "period,closed_at,closed_by,imported,seal"),
    ("v1_upload", "id,received_at,status,file,sha256,bytes,source_kind,source,collected_at"),
];

#[test]
fn the_stable_views_have_exactly_their_columns() {
    let house = House::new();
    for (view, columns) in VIEWS {
        let sql = format!("SELECT group_concat(name) FROM pragma_table_info('{view}');");
        house.shows(&sql, columns);
        house.shows(&format!("SELECT count(*) FROM {view};"), "0");
    }
    house.shows(
        "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE name GLOB 'v1_*' ORDER BY name);",
        "v1_assignment,v1_customer_usage,v1_license_server,v1_statement,v1_upload,v1_user_usage",
    );
}

#[test]
fn the_two_fixed_names_below_the_views_have_their_columns() {
    let house = House::new();
    house.shows(
        "SELECT group_concat(name) FROM pragma_table_info('assignment');",
        "kind,object_id,since,customer_id,changed_at,changed_by",
    );
    house.shows(
        "SELECT count(*) FROM pragma_table_info('statement_row') WHERE name IN ('period', 'kind', 'customer_id',
           'source_kind', 'source', 'feature', 'users', 'paid_users', 'free_users');",
        "9",
    );
}

#[test]
fn the_views_show_what_was_filled_in() {
    let house = House::of_the_worked_example();
    house.shows(
        "SELECT * FROM v1_license_server WHERE host_id = 'LIC01';",
        "00000000-0000-4000-8000-000000000001|LIC01|LIC01|lic01.acme.example|11.17.2.0 build 53100|\
         2026-10-15T03:00:01Z|0",
    );
    house.shows(
        "SELECT * FROM v1_assignment WHERE kind = 'user' ORDER BY object;",
        "user|dora|2026-10|beta|2026-10-20T08:00:00Z|anja\nuser|erik|2026-10|NULL|2026-10-20T08:00:00Z|anja",
    );
    house.shows(
        "SELECT id, received_at, status, file, bytes, source_kind, source, collected_at FROM v1_upload WHERE file = 'upload_5.zip';",
        "0000000000000005|2026-10-15T04:00:00Z|accepted|upload_5.zip|1005|site|nord|2026-10-15T03:00:04Z",
    );
    house.close("2026-09");
    house.shows("SELECT * FROM v1_statement;", "2026-09|2026-11-05T12:00:00Z|sql|0|seal of 2026-09");
}

#[test]
fn functions_in_triggers_and_views_work_with_an_untrusted_schema() {
    let house = House::of_the_worked_example();
    for host in [shell(extension()), Host::Python { extension: extension() }] {
        let untrusted = "PRAGMA trusted_schema = OFF;";
        let rows = house.ask(host, &[untrusted, "SELECT count(*) FROM v1_customer_usage;"]);
        assert_eq!(rows, Ok("4".to_owned()));
        let tagged = house.ask(
            host,
            &[
                untrusted,
                "INSERT OR REPLACE INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'ben', '2026-10', 'acme');",
                "SELECT count(*) FROM assignment WHERE object_id = 'ben';",
            ],
        );
        assert_eq!(tagged, Ok("1".to_owned()));
    }
}

#[test]
fn the_database_is_sound_with_the_extension_loaded() {
    let house = House::of_the_worked_example();
    house.close("2026-09");
    house.shows("PRAGMA integrity_check;", "ok");
    house.shows("PRAGMA foreign_key_check;", "");
}

#[test]
fn the_schema_names_no_clock_of_sqlite() {
    let schema = include_str!("../../schema.sql").to_uppercase();
    let code: String =
        schema.lines().map(|line| line.split("--").next().unwrap().to_owned() + "\n").collect();
    for name in ["CURRENT_TIME", "STRFTIME", "DATE(", "JULIANDAY", "UNIXEPOCH", "RANDOM("] {
        assert!(!code.contains(name), "schema.sql names {name}");
    }
}

#[test]
fn no_line_of_the_schema_is_longer_than_a_page_is_wide() {
    for (number, line) in include_str!("../../schema.sql").lines().enumerate() {
        assert!(line.chars().count() <= 120, "schema.sql:{}: {line}", number + 1);
    }
}
