//! What other programs commit while a month is being prepared.

use std::time::Duration;

use super::*;
use crate::store::customers;

fn at(text: &str) -> UtcInstant {
    text.parse().unwrap()
}

/// A month with usage that is over, seen by two programs.
fn october() -> (tempfile::TempDir, Store, Store) {
    let folder = tempfile::tempdir().unwrap();
    let open = || Store::open(folder.path(), Duration::from_secs(5)).unwrap();
    let mut store = open();
    let mut received = Commit::new(at("2026-10-20T10:00:00Z"), &Actor("import/anna".to_owned()));
    received.add(
        "INSERT INTO upload (sha256, received_at, status, file, bytes, way, actor)
         VALUES (printf('%064d', 1), ?1, 'accepted', 'lic01.zip', 1, 'import', 'anna')",
        [text("2026-10-20T10:00:00Z")],
    );
    received.add("INSERT INTO setting VALUES ('live_from', '2026-10')", []);
    received.add("INSERT INTO object (id, kind, public_id) VALUES (1, 1, 'lic01')", []);
    received.add("INSERT INTO feature (id, code) VALUES (1, 'XDT_PLT_UD')", []);
    received.add("INSERT INTO usage_list (period, feature, source) VALUES (202610, 1, 1)", []);
    store.commit(&received).unwrap();
    let other = open();
    (folder, store, other)
}

#[test]
fn a_commit_between_preparing_and_closing_is_not_passed_over() {
    let (_folder, mut store, mut other) = october();
    let (now, actor) = (at("2026-11-02T10:00:00Z"), Actor("cli/anna".to_owned()));
    let books = store.books().unwrap().unwrap();
    let closing = store.snapshot(|store| store.prepare_closing(&books, now, &actor)).unwrap();

    let mut created = Commit::new(now, &actor);
    customers::create(&mut created, "acme", "Acme", None);
    other.commit(&created).unwrap();

    let mut commit = Commit::new(now, &actor);
    statements::close(&mut commit, &closing);
    assert_eq!(store.commit_alone(&commit).unwrap_err().code(), code::BOOKS_MOVED);
    assert_eq!(store.closed_at(closing.period).unwrap(), None, "nothing of it is left");
    assert_eq!(
        store.close(closing.period, now, &actor).unwrap().period,
        closing.period,
        "the next try holds"
    );
    assert_eq!(store.verify(None).unwrap()[0].problems, Vec::<String>::new());
}

#[test]
fn of_two_programs_that_close_a_month_one_does() {
    let (_folder, mut store, mut other) = october();
    let (now, actor) = (at("2026-11-11T00:00:00Z"), Actor::clock());
    let books = store.books().unwrap().unwrap();
    assert_eq!(other.close_due(now, &actor).unwrap().len(), 1);
    assert_eq!(store.close_next(&books, now, &actor).unwrap_err().code(), code::BOOKS_MOVED);
    assert_eq!(store.close_due(now, &actor).unwrap(), Vec::new(), "it is closed already");
    assert_eq!(store.verify(None).unwrap().len(), 1);
}
