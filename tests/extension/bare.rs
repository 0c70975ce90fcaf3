//! A stock shell without the extension keeps house: it checks, dumps, packs and copies, and every
//! change that a trigger guards fails closed.

use std::fs;

use crate::artefact::extension;
use crate::host::{Host, shell};
use crate::house::House;

fn closed_house() -> House {
    let house = House::of_the_worked_example();
    house.close("2026-09");
    house
}

fn works(house: &House, statements: &[&str]) -> String {
    let answers = Host::BareShell.run(house.file(), statements);
    for (statement, answer) in statements.iter().zip(&answers) {
        assert!(answer.is_ok(), "{statement}\n{answer:?}");
    }
    answers.into_iter().next_back().unwrap().unwrap()
}

#[test]
fn integrity_check_vacuum_and_reindex_work_without_the_extension() {
    let house = closed_house();
    assert_eq!(works(&house, &["VACUUM;", "REINDEX;", "PRAGMA integrity_check;"]), "ok");
    house.shows("SELECT users FROM seat_totals('2026-10');", "7");
}

#[test]
fn a_dump_without_the_extension_makes_the_same_database() {
    let house = closed_house();
    let dump = works(&house, &[".dump"]);
    assert!(dump.trim_end().ends_with("COMMIT;"), "the dump is whole");
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("dump.sql");
    fs::write(&script, dump).unwrap();
    let copy = folder.path().join("copy.db");
    let answers = shell(extension()).run(
        &copy,
        &[
            &format!(".read '{}'", script.display()),
            "PRAGMA integrity_check;",
            "SELECT users FROM seat_totals('2026-10');",
            "SELECT count(*) FROM statement_row;",
            "SELECT count(*) FROM audit;",
        ],
    );
    let entries = house.ask(shell(extension()), &["SELECT count(*) FROM audit;"]).unwrap();
    let expected = ["", "ok", "7", "2", entries.as_str()].map(|rows| Ok(rows.to_owned()));
    assert_eq!(answers, expected);
}

#[test]
fn a_backup_without_the_extension_is_the_same_database() {
    let house = closed_house();
    let copy = house.file().with_file_name("copy.db");
    works(&house, &[&format!(".backup '{}'", copy.display())]);
    let answers = shell(extension()).run(&copy, &["SELECT users FROM seat_totals('2026-10');"]);
    assert_eq!(answers, [Ok("7".to_owned())]);
}

#[test]
fn a_column_can_be_added_without_the_extension() {
    let house = closed_house();
    let added = ["ALTER TABLE upload ADD COLUMN remark TEXT;", "SELECT count(remark) FROM upload;"];
    assert_eq!(works(&house, &added), "0");
}

#[test]
fn the_frozen_figures_can_be_read_without_the_extension() {
    let house = closed_house();
    assert_eq!(
        works(&house, &["SELECT customer_id, users FROM statement_row WHERE kind = 'customer';"]),
        "acme|1"
    );
    assert_eq!(works(&house, &["SELECT count(*) FROM v1_assignment;"]), "4");
}

#[test]
fn every_guarded_change_fails_closed_without_the_extension() {
    let house = closed_house();
    for statement in [
        "INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'ben', '2026-10', 'acme');",
        "UPDATE assignment SET customer_id = NULL;",
        "DELETE FROM assignment WHERE kind = 'user';",
        "INSERT INTO free_flag (kind, object_id, since, reason) VALUES ('user', 'ben', '2026-10', 'test');",
        "INSERT INTO assignment_row VALUES (0, 2, 202610, 1, 1);",
        "UPDATE assignment_row SET customer = NULL;",
        "DELETE FROM assignment_row;",
        "DELETE FROM free_flag_row;",
        "UPDATE setting SET value = '28' WHERE key = 'lock_day';",
        "INSERT OR REPLACE INTO setting VALUES ('lock_day', '28');",
        "INSERT INTO customer (public_id, name, name_key) VALUES ('new', 'New', 'new');",
        "UPDATE customer SET archived_at = NULL;",
        "DELETE FROM customer;",
        "UPDATE statement SET seal = '';",
        "DELETE FROM statement_row;",
        "DELETE FROM audit;",
        "DELETE FROM usage;",
        "UPDATE usage SET user = 2;",
    ] {
        let before = fs::read(house.file()).unwrap();
        let error = house.ask(Host::BareShell, &[statement]).expect_err(statement);
        assert!(error.starts_with("no such function: seat_"), "{statement}\n{error}");
        assert!(fs::read(house.file()).unwrap() == before, "{statement}");
    }
}
