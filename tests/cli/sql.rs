//! `sql`: the output of the stock shell, and nothing written unless asked for.

use std::process::{Command, Stdio};

use crate::support::{House, Server};

fn house() -> House {
    let house = House::new();
    house.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["anna", "ben"]).upload());
    house
}

const VALUES: &str = "\
-- every kind of value
SELECT 1, NULL, -9223372036854775808, 'text', '', 'a|b', x'414243', x'410042', 'two
lines';
SELECT -0.0, 0.0 * -1;
SELECT 1.0, 0.1, -2.5, 1e15, 123456789012345678.0, 1e-5, 0.0001, 1.0/3, 1e300*1e300, 100.0, 2e0;
SELECT count(*) FROM user; SELECT name FROM user ORDER BY name;
SELECT name, value FROM (SELECT key AS name, value FROM setting) ORDER BY 1;
SELECT 'groß', 'ÅNGSTRÖM', char(9)||'tab';
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i * 10 FROM n WHERE i < 1000000) SELECT i, i / 7.0 FROM n;
";

#[test]
fn list_mode_is_that_of_the_stock_shell() {
    let house = house();
    house.write("values.sql", VALUES);
    let ours = house.run_with(&["sql"], VALUES).done().out;
    let shell = Command::new("sqlite3")
        .args(["-batch", "-list", "-noheader", house.path("data/seatledger.db").to_str().unwrap()])
        .stdin(std::fs::File::open(house.path("values.sql")).unwrap())
        .stderr(Stdio::inherit())
        .output();
    // Where there is no stock shell, the first line is enough.
    let expected = shell.map_or_else(|_| ours.clone(), |output| String::from_utf8(output.stdout).unwrap());
    assert_eq!(ours, expected);
    assert!(
        ours.starts_with(
            "1||-9223372036854775808|text||a|b|ABC|A|two\nlines\n0.0|0.0\n1.0|0.1|-2.5|1.0e+15|"
        ),
        "{ours}"
    );
}

#[test]
fn without_write_nothing_changes_whatever_is_tried() {
    let house = house();
    house.write("other.db", "");
    let tries = [
        "DELETE FROM usage",
        "UPDATE setting SET value = '5' WHERE key = 'lock_day'",
        "CREATE TABLE x (a)",
        "CREATE TEMP TABLE x (a)",
        "DROP TABLE usage",
        "PRAGMA query_only = OFF; DELETE FROM usage",
        "PRAGMA main.query_only(0)",
        "PRAGMA user_version = 7",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = ON",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "SELECT * FROM pragma_journal_mode('delete')",
        "ATTACH 'other.db' AS o; CREATE TABLE o.x (a)",
        "ATTACH 'new.db' AS o",
        "VACUUM",
        "VACUUM INTO 'copy.db'",
        "REINDEX",
        "ANALYZE",
        "BEGIN IMMEDIATE; DELETE FROM usage; COMMIT",
        "INSERT INTO assignment (kind, object_id, since) VALUES ('user', 'anna', '2026-10')",
        "SELECT load_extension('x')",
    ];
    let before = std::fs::read(house.path("data/seatledger.db")).unwrap();
    for sql in tries {
        house.run(["sql", sql]).refused(1, "SEAT-S06: ");
    }
    assert_eq!(std::fs::read(house.path("data/seatledger.db")).unwrap(), before);
    assert_eq!(std::fs::read(house.path("other.db")).unwrap(), b"");
    assert!(!house.path("new.db").exists() && !house.path("copy.db").exists());
    house.check();
}

#[test]
fn what_only_reads_is_allowed() {
    let house = house();
    assert_eq!(house.run(["sql", "PRAGMA integrity_check; PRAGMA foreign_key_check"]).done().out, "ok\n");
    assert!(house.run(["sql", "PRAGMA table_info(customer)"]).done().out.starts_with("0|id|INTEGER|"));
    assert_eq!(house.run(["sql", "BEGIN; SELECT 1; COMMIT"]).done().out, "1\n");
    assert_eq!(house.run(["sql", "SELECT count(*) FROM seat_resolve('2026-10')"]).done().out, "2\n");
}

#[test]
fn with_write_all_of_it_is_one_change_on_record() {
    let house = house();
    let insert = "INSERT INTO customer (public_id, name, name_key) VALUES ('a', 'A', 'a')";
    house.run(["sql", "--write", &format!("{insert}; SELECT nonsense")]).refused(1, "SEAT-S06: ");
    house.run(["sql", "--write", &format!("{insert}; COMMIT; SELECT nonsense")]).refused(1, "SEAT-S06: ");
    assert_eq!(house.run(["customer", "list", "--json"]).done().out, "[]\n");
    house.run(["sql", "--write", insert]).done();
    assert_eq!(
        house.run(["sql", "SELECT actor FROM audit ORDER BY id DESC LIMIT 1"]).done().out,
        "sql/tester\n"
    );
    let locked = "INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'anna', '2026-08', 'a')";
    let mut house = house;
    house.at("2026-11-11T00:00:00Z").run(["sql", "--write", locked]).refused(1, "SEAT-P01: ");
    house.check();
}

#[test]
fn with_write_rows_change_and_neither_guards_nor_the_record_of_who_and_when() {
    let house = house();
    for forged in [
        "UPDATE commit_now SET at = '2026-10-01T00:00:00Z'",
        "UPDATE commit_now SET actor = 'cli/boss'",
        "UPDATE audit_head SET entries = 0",
        "INSERT INTO audit_entry VALUES ('assignment', 'user anna', 'a', 'b')",
        "DROP TRIGGER assignment_insert",
        "CREATE TRIGGER x AFTER INSERT ON customer BEGIN SELECT 1; END",
        "CREATE TEMP TABLE commit_now (at, actor, newest)",
        "CREATE TEMP TRIGGER x AFTER INSERT ON customer BEGIN UPDATE commit_now SET actor = 'cli/boss'; END",
        "ALTER TABLE customer ADD COLUMN x",
        "SAVEPOINT s",
    ] {
        house.run(["sql", "--write", forged]).refused(1, "SEAT-S06: ");
    }
    house.check();
}

#[test]
fn rows_come_as_json_and_with_a_header_too() {
    let house = house();
    let json =
        house.run(["sql", "--json", "SELECT 1 AS b, 0.5 AS a, NULL AS c, 'x\"' AS d, x'0aff' AS e"]).done();
    assert_eq!(json.out, "{\"b\":1,\"a\":0.5,\"c\":null,\"d\":\"x\\\"\",\"e\":\"0aff\"}\n");
    assert_eq!(
        house.run(["sql", "--header", "SELECT 1 AS one, 2 AS two UNION SELECT 3, 4"]).done().out,
        "one|two\n1|2\n3|4\n"
    );
    let twice =
        house.run(["sql", "--header", "SELECT 1 AS a; SELECT 2 AS a WHERE 0; SELECT 3 AS a; -- end"]).done();
    assert_eq!(twice.out, "a\n1\na\n3\n");
    let partly = house.run(["sql", "SELECT 1; SELECT nonsense"]).refused(1, "SEAT-S06: ");
    assert_eq!(partly.out, "1\n");
}

#[test]
#[cfg(unix)]
fn a_change_is_made_whole_though_its_reader_has_gone() {
    let house = house();
    let insert = |id: &str| {
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i, 'a long line' FROM n;
             INSERT INTO customer (public_id, name, name_key) VALUES ('{id}', '{id}', '{id}')"
        )
    };
    let mut command = house.command();
    let mut child = command.args(["sql", "--write", &insert("a")]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let full = house.run_full(&["sql", "--write", &insert("b")]);
    full.refused(1, "SEAT-C05: ");
    assert_eq!(house.run(["sql", "SELECT public_id FROM customer ORDER BY 1"]).done().out, "a\nb\n");
    house.run_full(&["sql", "SELECT 1"]).refused(1, "SEAT-C05: ");
}

#[test]
fn sql_with_a_nul_byte_is_not_run() {
    let house = house();
    let insert = "INSERT INTO customer (public_id, name, name_key) VALUES ('a', 'a', 'a');";
    let answer =
        house.run_with(&["sql", "--write"], &format!("{insert}\0 SELECT 1")).refused(1, "SEAT-C04: ");
    assert!(answer.out.is_empty());
    assert_eq!(house.run(["customer", "list", "--json"]).done().out, "[]\n");
}

#[test]
fn replacing_a_row_of_a_closed_month_or_a_user_is_refused_as_removing_it() {
    let mut house = House::new();
    house.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["CORP\\anna"]).upload());
    let late = house.at("2026-11-12T00:00:00Z");
    late.run(["period", "close", "2026-10"]).done();
    for statement in [
        "REPLACE INTO usage SELECT list, user, payload FROM usage",
        "REPLACE INTO user SELECT id, key, upper(key), name_payload, 0 FROM user",
        "INSERT OR REPLACE INTO usage_list SELECT * FROM usage_list",
    ] {
        late.run(["sql", "--write", statement]).refused(1, "SEAT-");
    }
    late.run(["sql", "--write", "INSERT OR REPLACE INTO assignment (kind, object_id, since, customer_id, changed_at, changed_by) VALUES ('user', 'corp\\anna', '2026-11', NULL, '2026-11-12T00:00:00Z', 'anna')"]).done();
    late.run(["period", "verify"]).done();
}
