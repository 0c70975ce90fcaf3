//! Whatever is edited past all guards, a seal tells.

use std::io::Write as _;
use std::process::{Command, Stdio};

use seatledger::domain::ids::ObjectKind::{LicenseServer, User};

use crate::house::{House, guid, license_server};

/// September and October are closed; October carries late usage of September.
fn house() -> House {
    let mut house = House::at("2026-09-20T10:00:00Z");
    house.setting("organization_name", "Example \\ Hosting");
    house.customer("Acme");
    house.customer("Beta");
    house.upload(&license_server(1, "2026-09-15T03:00:00Z", "2026-09", &["CORP\\anna", "CORP\\ben", "eva"]));
    house.upload(&license_server(2, "2026-09-16T03:00:00Z", "2026-09", &["CORP\\anna", "carl"]));
    house.tag("2026-09", LicenseServer, &guid(1), Some("Acme")).unwrap();
    house.tag("2026-09", User, "carl", Some("Beta")).unwrap();
    house.free("2026-09", User, "CORP\\ben", true).unwrap();
    house.raw(
        "INSERT INTO default_domain_row SELECT o.id, 202609, 'CORP', c.id FROM object o, change c WHERE o.kind = 1 LIMIT 1;
         INSERT INTO user (key, name) VALUES ('carla', 'Carla');
         INSERT INTO alias_row SELECT u.id, 202609, o.id, c.id FROM user u, user o, change c
           WHERE u.key = 'carl' AND o.key = 'carla' LIMIT 1",
    );
    house.set_clock("2026-10-11T10:00:00Z");
    house.close_due();
    house.upload(&license_server(2, "2026-09-30T03:00:00Z", "2026-09", &["dora"]));
    house.set_clock("2026-11-11T10:00:00Z");
    house.upload(&license_server(1, "2026-11-10T03:00:00Z", "2026-11", &["CORP\\anna"]));
    assert_eq!(house.closed(), ["2026-09", "2026-10"]);
    assert_eq!(house.broken(), Vec::<String>::new());
    assert!(house.store.check().iter().all(|finding| finding.problems.is_empty()));
    house
}

#[test]
fn every_edit_of_what_is_sealed_is_found_and_its_month_named() {
    let edits = [
        (
            "a figure",
            "2026-09",
            "UPDATE statement_row SET users = users + 1, paid_users = paid_users + 1 WHERE kind = 'total'",
        ),
        (
            "the name of a customer",
            "2026-09",
            "UPDATE statement_row SET customer = 'Acme Ltd' WHERE customer = 'Acme'",
        ),
        (
            "the name of a source",
            "2026-09",
            "UPDATE statement_row SET source_name = 'LIC99' WHERE source_name = 'LIC01'",
        ),
        ("an entitlement", "2026-09", "UPDATE statement_row SET entitled = 5 WHERE kind = 'total'"),
        (
            "a row more",
            "2026-10",
            "INSERT INTO statement_row (period, kind, feature, product, edition, users, paid_users, free_users) VALUES ('2026-10', 'unlinked', 'XDT_PLT_UD', '', '', 1, 1, 0)",
        ),
        (
            "a row less",
            "2026-09",
            "DELETE FROM statement_row WHERE kind = 'source' AND source_name = 'LIC02'",
        ),
        ("no name made empty", "2026-09", "UPDATE statement_row SET customer_id = '' WHERE kind = 'total'"),
        ("a late row", "2026-10", "UPDATE statement_late SET users = 0"),
        ("a late row less", "2026-10", "DELETE FROM statement_late"),
        ("a late fact less", "2026-10", "DELETE FROM late_usage"),
        ("a late fact that is carried no more", "2026-10", "UPDATE late_usage SET carried_in = NULL"),
        (
            "the instant of closing",
            "2026-09",
            "UPDATE statement SET closed_at = '2026-10-11T10:00:01Z' WHERE period = '2026-09'",
        ),
        ("who closed", "2026-10", "UPDATE statement SET closed_by = 'anna' WHERE period = '2026-10'"),
        ("history", "2026-09", "UPDATE statement SET imported = 1 WHERE period = '2026-09'"),
        (
            "the organization",
            "2026-09",
            "UPDATE statement SET organization_id = 'other' WHERE period = '2026-09'",
        ),
        ("its name", "2026-09", "UPDATE statement SET organization_name = 'other' WHERE period = '2026-09'"),
        ("the zone", "2026-09", "UPDATE statement SET time_zone = 'Europe/Berlin' WHERE period = '2026-09'"),
        ("the lock day", "2026-09", "UPDATE statement SET lock_day = 28 WHERE period = '2026-09'"),
        ("a seal", "2026-09", "UPDATE statement SET seal = replace(seal, 'a', 'b') WHERE period = '2026-09'"),
        ("the chain", "2026-10", "UPDATE statement SET previous_seal = '' WHERE period = '2026-10'"),
        ("the first statement", "2026-10", "DELETE FROM statement WHERE period = '2026-09'"),
        ("the kept digest", "2026-09", "UPDATE statement SET facts_sha256 = '' WHERE period = '2026-09'"),
        ("the key of a user", "2026-09", "UPDATE user SET key = 'corp\\anne' WHERE key = 'corp\\anna'"),
        ("the name of a user", "2026-09", "UPDATE user SET name = 'Corp\\Anna' WHERE key = 'corp\\anna'"),
        ("the payload of a fact", "2026-09", "UPDATE usage SET payload = 2 WHERE list = 1"),
        (
            "when it was collected",
            "2026-09",
            "UPDATE payload SET rank = '2026-09-01T03:00:00Z' || substr(rank, 21) WHERE id = 1",
        ),
        (
            "the upload of a fact",
            "2026-09",
            "UPDATE upload SET sha256 = replace(sha256, 'a', 'b') WHERE id = 1",
        ),
        (
            "a fact less",
            "2026-09",
            "DELETE FROM usage WHERE list = 2 AND user = (SELECT id FROM user WHERE key = 'carl')",
        ),
        (
            "a fact slipped in",
            "2026-09",
            "INSERT INTO usage SELECT 2, id, 2 FROM user WHERE key = 'corp\\ben'",
        ),
        (
            "a fact of another user",
            "2026-09",
            "UPDATE usage SET user = (SELECT id FROM user WHERE key = 'corp\\ben') WHERE list = 2 AND user = (SELECT id FROM user WHERE key = 'carl')",
        ),
        ("a list", "2026-09", "UPDATE usage_list SET source = 1 + source WHERE id = 2"),
        ("the tag of a server", "2026-09", "UPDATE assignment_row SET customer = 2 WHERE kind = 1"),
        ("a tag that began later", "2026-09", "UPDATE assignment_row SET since = 202610 WHERE kind = 1"),
        ("a tag less", "2026-09", "DELETE FROM assignment_row WHERE kind = 1"),
        ("a flag", "2026-09", "UPDATE free_flag_row SET reason = NULL"),
        ("an alias", "2026-09", "DELETE FROM alias_row"),
        ("a default domain", "2026-09", "UPDATE default_domain_row SET domain = 'OTHER'"),
        (
            "the id of a customer",
            "2026-09",
            "UPDATE customer SET public_id = 'acme2' WHERE public_id = 'Acme'",
        ),
        (
            "the id of a server",
            "2026-09",
            "UPDATE object SET public_id = '00000000-0000-4000-8000-000000000009' WHERE id = 1",
        ),
    ];
    let original = house();
    for (what, period, sql) in edits {
        let house = original.copy();
        house.tamper(sql);
        let broken = house.broken();
        assert!(broken.iter().any(|problem| problem.starts_with(period)), "{what}: {broken:?}");
        let told = house.sql("SELECT count(*) FROM seat_verify() WHERE NOT ok");
        assert_ne!(told, ["0"], "{what}");
    }
}

#[test]
fn a_statement_cut_off_at_the_end_of_the_chain_is_missed_by_the_audit_trail() {
    let house = house();
    house.tamper("DELETE FROM statement WHERE period = '2026-10'");
    assert_eq!(house.broken(), ["2026-10: the audit trail tells of its closing, and its statement is gone"]);
}

#[test]
fn usage_slipped_in_before_the_first_statement_is_found() {
    let house = house();
    house.tamper("UPDATE usage_list SET period = 202608 WHERE id = (SELECT max(id) FROM usage_list)");
    let findings = house.store.check();
    let closed = findings.iter().find(|finding| finding.check.starts_with("closed months")).unwrap();
    assert_eq!(
        closed.problems,
        ["2026-08: expected late usage alone before the first statement, found usage"]
    );
}

#[test]
fn rows_that_differ_from_a_recount_are_named() {
    let house = house();
    let finding = |house: &House| {
        house.store.check().into_iter().find(|finding| finding.check.starts_with("closed months")).unwrap()
    };
    assert_eq!(finding(&house).problems, Vec::<String>::new());
    house.tamper(
        "UPDATE statement_row SET users = 9, paid_users = 8 WHERE customer = 'Acme' AND period = '2026-09'",
    );
    let broken = house.broken();
    assert_eq!(finding(&house).problems, broken);
    assert!(
        broken.iter().any(|problem| problem
            == "2026-09: XDT_PLT_UD customer Acme: expected 3 users (2 paid, 1 free) by a recount, found 9 users (8 paid, 1 free)"),
        "{broken:?}"
    );
}

#[test]
fn the_guards_hold_against_replacing_what_is_sealed() {
    let mut house = house();
    let (now, actor) = (house.now(), seatledger::store::Actor("sql/anna".to_owned()));
    for sql in [
        "INSERT OR REPLACE INTO statement_late (rowid, period, of_period, feature, product, edition, users, paid_users, free_users)
           VALUES (1, '2026-11', '2026-09', 'XDT_PLT_UD', '', '', 0, 0, 0)",
        "INSERT INTO statement_late (period, of_period, feature, product, edition, users, paid_users, free_users)
           VALUES ('2026-10', '2026-09', 'XDT_PLT_UD', '', '', 0, 0, 0)",
        "INSERT INTO statement_late (rowid, period, of_period, feature, product, edition, users, paid_users, free_users)
           VALUES (-1, '2026-11', '2026-09', 'XDT_PLT_UD', '', '', 0, 0, 0)",
        "UPDATE statement_late SET users = 0",
        "DELETE FROM statement_late",
        "UPDATE user SET name = 'Corp\\Anna' WHERE key = 'corp\\anna'",
        "UPDATE user SET name_fixed = 0",
    ] {
        let refused =
            house.store.query_writing::<seatledger::store::StoreError>(now, &actor, sql, |_, _| Ok(())).unwrap_err();
        assert_eq!(refused.code().id, "SEAT-P07", "{sql}");
    }
}

/// What `sha256sum` says of a text.
fn sha256sum(text: &str) -> String {
    let mut child = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

#[test]
fn anyone_can_recompute_a_seal_and_the_digest_in_it() {
    let house = house();
    let mut previous = String::new();
    for period in ["2026-09", "2026-10"] {
        let canonical = house.store.canonical(period.parse().unwrap()).unwrap().unwrap();
        let seal = house.sql(&format!("SELECT seal FROM statement WHERE period = '{period}'"))[0].clone();
        assert_eq!(sha256sum(&canonical), seal);
        assert!(canonical.contains(&format!("\nprevious seal\t{previous}\n")), "{canonical}");
        assert!(canonical.contains("\norganization\tcsp\tExample \\\\ Hosting\n"), "{canonical}");
        let facts: String = house
            .sql(&format!("SELECT line FROM seat_facts('{period}')"))
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        let count = facts.lines().filter(|line| line.starts_with("fact\t")).count();
        assert!(
            canonical.contains(&format!("\nfacts\t{count}\t{}\n", sha256sum(&facts))),
            "{canonical}\n{facts}"
        );
        previous = seal;
    }
}

#[test]
fn facts_are_told_source_by_source_then_user_by_user() {
    let house = house();
    let shas = house.sql("SELECT sha256 FROM upload ORDER BY id");
    let (one, two) = (&shas[0], &shas[1]);
    let expected = [
        format!("source\tlicense-server\t{}\tAcme\tlicense-server\t0\tCORP", guid(1)),
        format!("source\tlicense-server\t{}\t\\N\t\\N\t0\t\\N", guid(2)),
        "user\tcarl\tcarl\tBeta\t0\tcarla".to_owned(),
        format!("fact\tXDT_PLT_UD\tlicense-server\t{}\t2026-09-16T03:00:00Z\t{two}", guid(2)),
        "user\tcarla\tCarla\t\\N\t0\t\\N".to_owned(),
        "user\tcorp\\\\anna\tCORP\\\\anna\t\\N\t0\t\\N".to_owned(),
        format!("fact\tXDT_PLT_UD\tlicense-server\t{}\t2026-09-15T03:00:00Z\t{one}", guid(1)),
        format!("fact\tXDT_PLT_UD\tlicense-server\t{}\t2026-09-16T03:00:00Z\t{two}", guid(2)),
        "user\tcorp\\\\ben\tCORP\\\\ben\t\\N\t1\t\\N".to_owned(),
        format!("fact\tXDT_PLT_UD\tlicense-server\t{}\t2026-09-15T03:00:00Z\t{one}", guid(1)),
        "user\tcorp\\\\eva\tcorp\\\\eva\t\\N\t0\t\\N".to_owned(),
        "user\teva\teva\t\\N\t0\t\\N".to_owned(),
        format!("fact\tXDT_PLT_UD\tlicense-server\t{}\t2026-09-15T03:00:00Z\t{one}", guid(1)),
    ];
    assert_eq!(house.sql("SELECT line FROM seat_facts('2026-09')"), expected);
}
