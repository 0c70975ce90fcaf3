//! Bulk changes, in business words: looked at, made, taken back, refused.

use seatledger::domain::ids::{FreeReason, ObjectKind};
use seatledger::store::assignments::ObjectRef;
use seatledger::store::batches::{Change, Decision, Objects};
use seatledger::store::memory::Memory;
use seatledger::store::roster::Filter;

use crate::house::{House, guid, license_server};

fn house() -> House {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.customer("Acme");
    house.customer("Beta");
    let users = ["CORP\\anna", "CORP\\ben", "CORP\\carl", "OTHER\\dora"];
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &users));
    house
}

fn assign(objects: Objects, customer: Option<&str>) -> Change {
    let what = Decision::Assign(customer.map(str::to_owned));
    Change { period: "2026-10".parse().unwrap(), objects, what }
}

fn users(names: &[&str]) -> Objects {
    Objects::List(names.iter().map(|name| ObjectRef::new(ObjectKind::User, name)).collect())
}

fn selected(pairs: &[(&str, &str)], stamp: Option<&str>) -> Objects {
    let filter = Filter::parse(pairs.iter().copied()).unwrap();
    Objects::Selected { filter, stamp: stamp.map(str::to_owned) }
}

#[test]
fn all_that_match_are_assigned_by_their_stamp_and_taken_back() {
    let mut house = house();
    let memory = Memory::new();
    let corp = [("domain", "corp")];
    let preview = house.preview(&memory, &assign(selected(&corp, None), Some("Acme"))).unwrap();
    assert_eq!((preview.changed, preview.unchanged, preview.moves[0].users), (3, 0, 3));
    let stamp = preview.stamp.unwrap();
    let change = assign(selected(&corp, Some(&stamp)), Some("Acme"));
    let done = house.make(&memory, &change).unwrap();
    assert_eq!((done.changed, done.moves), (3, preview.moves));
    assert_eq!(house.rows("2026-10"), ["- 1 0", "Acme 3 0"]);
    let id = done.batch_id.unwrap();
    assert_eq!(house.undoable(None).unwrap().id, id);
    let undo = house.undo(&id).unwrap();
    assert_eq!((undo.undoes.as_deref(), undo.objects), (Some(id.as_str()), 3));
    assert_eq!(house.rows("2026-10"), ["- 4 0"]);
    assert_eq!(house.undoable(None), None);
    let trail = house.sql("SELECT after FROM audit WHERE action = 'batch' ORDER BY id");
    assert_eq!(trail, ["assign Acme since 2026-10".to_owned(), format!("undo of {id}")]);
    assert_eq!(house.store.list_batches(10).unwrap().len(), 2);
}

#[test]
fn a_set_that_changed_since_its_stamp_is_not_touched() {
    let mut house = house();
    let memory = Memory::new();
    let corp = [("domain", "corp")];
    let stamp = house.preview(&memory, &assign(selected(&corp, None), Some("Acme"))).unwrap().stamp.unwrap();
    house.upload(&license_server(2, "2026-10-16T03:00:00Z", "2026-10", &["CORP\\erik"]));
    let change = assign(selected(&corp, Some(&stamp)), Some("Acme"));
    assert_eq!(house.preview(&memory, &change).unwrap_err().code().id, "SEAT-A05");
    assert_eq!(house.make(&memory, &change).unwrap_err().code().id, "SEAT-A05");
    let unstamped = assign(selected(&corp, None), Some("Acme"));
    assert_eq!(house.make(&memory, &unstamped).unwrap_err().code().id, "SEAT-A05");
    assert_eq!(house.rows("2026-10"), ["- 5 0"]);
}

#[test]
fn a_change_with_a_later_one_on_it_is_not_undone() {
    let mut house = house();
    let memory = Memory::new();
    let first = assign(users(&["CORP\\anna", "CORP\\ben"]), Some("Acme"));
    let first = house.make(&memory, &first).unwrap().batch_id.unwrap();
    let second = assign(users(&["CORP\\ben"]), Some("Beta"));
    let second = house.make(&memory, &second).unwrap().batch_id.unwrap();
    let refused = house.undo(&first).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "SEAT-A12: expected no later change on what it touched, found one on user CORP\\ben by test at 2026-10-20T10:00:00Z"
    );
    assert_eq!(house.rows("2026-10"), ["- 2 0", "Acme 1 0", "Beta 1 0"], "all or nothing");
    let undo = house.undo(&second).unwrap();
    assert_eq!(
        house.undo(&undo.id).unwrap_err().to_string(),
        "SEAT-A12: expected a change, found the undo of one"
    );
    house.undo(&first).unwrap();
    assert_eq!(house.rows("2026-10"), ["- 4 0"]);
    // To and fro within one second: the same value again is not the same change.
    let to = |customer| assign(users(&["CORP\\anna"]), customer);
    let ids: Vec<_> = [Some("Acme"), Some("Beta"), Some("Acme")]
        .into_iter()
        .map(|customer| house.make(&memory, &to(customer)).unwrap().batch_id.unwrap())
        .collect();
    assert_eq!(house.undo(&ids[0]).unwrap_err().code().id, "SEAT-A12");
    ids.iter().rev().for_each(|id| drop(house.undo(id).unwrap()));
    assert_eq!(house.rows("2026-10"), ["- 4 0"]);
}

#[test]
fn after_a_day_or_the_lock_a_change_stays() {
    let mut house = house();
    let memory = Memory::new();
    house.set_clock("2026-11-10T20:00:00Z");
    let id = house.make(&memory, &assign(users(&["CORP\\anna"]), Some("Acme"))).unwrap().batch_id.unwrap();
    house.set_clock("2026-11-11T00:00:00Z");
    assert_eq!(house.undoable(None), None);
    assert_eq!(house.undo(&id).unwrap_err().code().id, "SEAT-P01");
    let november =
        Change { period: "2026-11".parse().unwrap(), ..assign(users(&["CORP\\anna"]), Some("Beta")) };
    let id = house.make(&memory, &november).unwrap().batch_id.unwrap();
    house.set_clock("2026-11-12T00:00:01Z");
    assert_eq!(house.undoable(None), None);
    let refused = house.undo(&id).unwrap_err().to_string();
    assert_eq!(
        refused,
        "SEAT-A12: expected a change of the last 24 hours, found one of 2026-11-11T00:00:00Z"
    );
    assert_eq!(house.undo("b-none").unwrap_err().code().id, "SEAT-A11");
}

#[test]
fn what_a_change_would_be_refused_its_preview_is_refused_too() {
    let mut house = house();
    let memory = Memory::new();
    house.raw("UPDATE customer SET archived_at = '2026-10-20T10:00:00Z' WHERE public_id = 'Beta'");
    let server = |id: &str| Objects::List(vec![ObjectRef::new(ObjectKind::LicenseServer, id)]);
    for (change, code) in [
        (assign(users(&["CORP\\anna"]), Some("Beta")), "SEAT-A04"),
        (assign(users(&["CORP\\anna"]), Some("Nobody")), "SEAT-A03"),
        (assign(server(&guid(9)), Some("Acme")), "SEAT-A02"),
        (Change { period: "2026-11".parse().unwrap(), ..assign(server(&guid(1)), None) }, "SEAT-P02"),
        (
            Change {
                what: Decision::Free { reason: None, note: None },
                ..assign(Objects::List(vec![ObjectRef::new(ObjectKind::Site, "Nord")]), None)
            },
            "SEAT-A06",
        ),
    ] {
        assert_eq!(house.preview(&memory, &change).unwrap_err().code().id, code);
        assert_eq!(house.make(&memory, &change).unwrap_err().code().id, code);
    }
    house.set_clock("2026-11-11T00:00:00Z");
    let late = assign(users(&["CORP\\anna"]), Some("Acme"));
    assert_eq!(house.preview(&memory, &late).unwrap_err().code().id, "SEAT-P01");
    assert_eq!(house.make(&memory, &late).unwrap_err().code().id, "SEAT-P01");
    assert_eq!(house.sql("SELECT count(*) FROM batch"), ["0"]);
}

#[test]
fn free_flags_with_their_notes_come_back() {
    let mut house = house();
    let memory = Memory::new();
    let flag = |reason, note: Option<&str>| Change {
        period: "2026-10".parse().unwrap(),
        objects: users(&["CORP\\anna", "nobody yet"]),
        what: Decision::Free { reason, note: note.map(str::to_owned) },
    };
    house.make(&memory, &flag(Some(FreeReason::Test), Some("load test"))).unwrap();
    assert_eq!(house.rows("2026-10"), ["- 4 1"]);
    let ended = house.make(&memory, &flag(None, None)).unwrap();
    assert_eq!((ended.changed, ended.moves.len()), (2, 0));
    assert_eq!(house.rows("2026-10"), ["- 4 0"]);
    house.undo(&ended.batch_id.unwrap()).unwrap();
    let flags = house.sql("SELECT object_id, reason, note FROM free_flag ORDER BY 1");
    assert_eq!(flags, ["corp\\anna|test|load test", "nobody yet|test|load test"]);
}

#[test]
fn a_user_whom_only_a_default_domain_names_can_be_selected_and_assigned() {
    let mut house = house();
    house.upload(&license_server(2, "2026-10-16T03:00:00Z", "2026-10", &["zoe"]));
    house.raw(
        "INSERT INTO change (at, by) SELECT at, 'test' FROM commit_now;
         INSERT INTO default_domain_row SELECT id, 202610, 'CORP', (SELECT max(id) FROM change) FROM object WHERE kind = 1",
    );
    let memory = Memory::new();
    let zoe = [("q", "zoe")];
    let preview = house.preview(&memory, &assign(selected(&zoe, None), Some("Acme"))).unwrap();
    assert_eq!((preview.changed, preview.moves.len()), (1, 1));
    house.make(&memory, &assign(selected(&zoe, preview.stamp.as_deref()), Some("Acme"))).unwrap();
    assert_eq!(house.sql("SELECT object_id FROM assignment"), ["corp\\zoe"]);
    assert_eq!(house.rows("2026-10"), ["- 4 0", "Acme 1 0"]);
}
