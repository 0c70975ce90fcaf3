//! `period`: what people and scripts see of months that close.

use crate::support::{House, Server};

/// October, with history from July on.
fn house() -> House {
    let mut house = House::new();
    house.at("2026-10-20T12:00:00Z");
    house.customer("Acme");
    house.import(
        &Server::new("LIC01", "2026-10-15T03:00:00Z")
            .saw("2026-07", &["anna"])
            .saw("2026-10", &["anna", "ben"])
            .upload(),
    );
    house
}

fn statuses(house: &House) -> Vec<String> {
    let list = house.run(["period", "list", "--json"]).done().json();
    let shown = |month: &serde_json::Value| {
        format!(
            "{} {} {}",
            month["period"].as_str().unwrap(),
            month["status"].as_str().unwrap(),
            month["late_users"]
        )
    };
    list.as_array().unwrap().iter().map(shown).collect()
}

#[test]
fn the_list_tells_status_lock_users_and_seal() {
    let mut house = house();
    assert_eq!(statuses(&house), ["2026-07 open 0", "2026-08 open 0", "2026-09 open 0", "2026-10 open 0"]);
    let list = house.run(["period", "list", "--json"]).done().json();
    assert_eq!(list[0]["locks_at"], "2026-11-11T00:00:00Z", "history waits for the first live month");
    assert!(list[0]["seal"].is_null() && list[0]["closed_at"].is_null());
    house.at("2026-11-11T00:00:00Z");
    assert_eq!(statuses(&house)[3], "2026-10 locked 0", "a reader closes nothing");
    house.run(["customer", "add", "Beta"]).done();
    assert_eq!(statuses(&house)[3], "2026-10 closed 0");
    let table = house.run(["period", "list"]).done().out;
    assert!(table.starts_with("Period   Status            Locks at"), "{table}");
    assert!(
        table.contains("2026-07  closed, imported  2026-11-11T00:00:00Z  2026-11-11T00:00:00Z  clock"),
        "{table}"
    );
}

#[test]
fn a_command_that_closes_a_month_on_the_way_says_so_before_its_results() {
    let mut house = house();
    house.at("2026-11-11T00:00:00Z");
    let answer = house.run(["customer", "add", "Beta", "--json"]).done();
    assert_eq!(answer.json()["name"], "Beta");
    let lines: Vec<&str> = answer.err.lines().collect();
    assert_eq!(lines.len(), 4, "{answer:?}");
    assert!(lines[0].starts_with("closed 2026-07: 1 user, seal "), "{answer:?}");
    assert!(lines[3].starts_with("closed 2026-10: 2 users, seal "), "{answer:?}");
    let again = house.run(["customer", "add", "Gamma"]).done();
    assert_eq!(again.err, "");
}

#[test]
fn months_close_by_hand_in_order_or_all_at_once() {
    let house = house();
    house.run(["period", "close", "2026-08"]).refused(1, "SEAT-P09: expected 2026-07, the earliest month");
    house
        .run(["period", "close", "2026-10"])
        .refused(1, "SEAT-P08: expected a month that is over, found 2026-10. ");
    house
        .run(["period", "close", "2026-06"])
        .refused(1, "SEAT-P09: expected 2026-07, the first month with usage");
    house.run(["period", "close", "October"]).refused(2, "SEAT-P03: ");
    let one = house.run(["period", "close", "2026-07"]).done();
    assert!(one.out.starts_with("closed 2026-07: 1 user, seal ") && one.err.is_empty(), "{one:?}");
    house.run(["period", "close", "2026-07"]).refused(1, "SEAT-P01: billing period 2026-07 is closed. ");
    let rest = house.run(["period", "close", "2026-09", "--and-before", "--json"]).done().json();
    let closed: Vec<_> =
        rest.as_array().unwrap().iter().map(|month| month["period"].as_str().unwrap()).collect();
    assert_eq!(closed, ["2026-08", "2026-09"]);
    assert_eq!(statuses(&house)[2..], ["2026-09 closed 0", "2026-10 open 0"]);
    house.check();
}

#[test]
fn a_checklist_tells_line_by_line_what_is_in_order_and_how_to_close() {
    let mut house = house();
    let answer = house.run(["period", "checklist", "2026-10"]).done();
    let lines: Vec<&str> = answer.out.lines().collect();
    assert!(lines[0].starts_with("Mark               Check "), "{answer:?}");
    assert!(lines[1].starts_with("Stands in the way  Unlinked users "), "{answer:?}");
    assert!(
        answer.out.contains("2026-10 cannot be closed now: SEAT-P08: expected a month that is over"),
        "{answer:?}"
    );
    house.at("2026-11-05T12:00:00Z");
    let told = house.run(["period", "checklist", "2026-10", "--json"]).done().json();
    assert_eq!((&told["period"], &told["closable"]), (&"2026-10".into(), &false.into()));
    assert_eq!(told["before"], serde_json::json!(["2026-07", "2026-08", "2026-09"]));
    assert_eq!((&told["unlinked"]["users"], &told["refusal"]["code"]), (&2.into(), &"SEAT-P09".into()));
    let answer = house.run(["period", "checklist", "2026-10"]).done().out;
    assert!(answer.contains("Together with the months before it:"), "{answer}");
    let command = answer.trim().rsplit_once(": ").unwrap().1;
    assert!(command.ends_with(" period close 2026-10 --and-before"), "{command}");
    let alone = house.run(["period", "checklist", "2026-07"]).done().out;
    assert!(
        alone.contains("2026-07 can be closed now: ") && alone.trim().ends_with("period close 2026-07"),
        "{alone}"
    );
    house.run(["period", "checklist", "2026-12"]).refused(1, "SEAT-P02");
    house.run(["period", "close", "2026-10", "--and-before"]).done();
    let closed = house.run(["period", "checklist", "2026-10"]).done().out;
    assert!(closed.contains("cannot be closed now: SEAT-P01: billing period 2026-10 is closed"), "{closed}");
}

#[test]
fn seals_are_verified_and_the_text_behind_one_is_printed() {
    let house = house();
    house.run(["period", "close", "2026-07"]).done();
    let verified = house.run(["period", "verify", "--json"]).done().json();
    let seal = verified[0]["seal"].as_str().unwrap().to_owned();
    assert_eq!((&verified[0]["ok"], &verified[0]["computed"]), (&true.into(), &seal.as_str().into()));
    assert_eq!(house.run(["period", "verify", "2026-07"]).done().out, format!("ok       2026-07  {seal}\n"));
    house.run(["period", "verify", "2026-10"]).refused(1, "SEAT-C06: expected a closed billing period");
    let text = house.run(["period", "verify", "2026-07", "--canonical"]).done().out;
    assert_eq!(seatledger::ingest::sha256(text.as_bytes()), seal);
    #[allow(clippy::disallowed_methods, reason = "a change past the program")]
    let db = rusqlite::Connection::open(house.path("data/seatledger.db")).unwrap();
    db.execute_batch(
        "DROP TRIGGER statement_row_update; UPDATE statement_row SET users = 5 WHERE kind = 'total'",
    )
    .unwrap();
    let broken = house.run(["period", "verify"]);
    assert!(broken.out.contains("XDT_PLT_UD total: expected 1 users"), "{broken:?}");
    broken.refused(1, "SEAT-P12: expected all closed months to hold, found 1 that do not");
    assert_eq!(house.run(["check"]).code, 1);
}

#[test]
fn a_date_far_ahead_is_doubted_until_it_is_confirmed() {
    let mut house = house();
    house.run(["period", "confirm-clock"]).done();
    house.at("2029-10-20T12:00:00Z");
    house.assign("2029-10", "user", "anna", "acme").refused(1, "SEAT-P10: ");
    let list = house.run(["period", "list"]).done().out;
    assert!(list.contains("The clock is more than 40 days ahead"), "{list}");
    let confirmed = house.run(["period", "confirm-clock"]).done();
    let lines: Vec<&str> = confirmed.out.lines().collect();
    assert_eq!(lines[0], "confirmed: it is 2029-10-20T12:00:00Z");
    assert_eq!(lines.len(), 1 + 3 + 36, "{confirmed:?}");
    assert!(lines[39].starts_with("closed 2029-09: 0 users, seal "), "{confirmed:?}");
    house.assign("2029-10", "user", "anna", "acme").done();
    let nothing = house.run(["period", "confirm-clock", "--json"]).done().json();
    assert_eq!(nothing, serde_json::json!({ "confirmed": false, "closed": [] }));
    house.check();
}

#[test]
fn an_import_says_what_it_closed_and_how_many_of_its_users_are_late() {
    let mut house = house();
    house.at("2026-11-11T00:00:00Z");
    let late = Server::new("LIC02", "2026-10-31T03:00:00Z").saw("2026-10", &["ben", "carl"]).upload();
    house.write("late.zip", &late.bytes);
    let answer = house.run(["import", "late.zip", "--json"]).done();
    assert_eq!(answer.json_lines()[0]["late_users"], 2);
    assert!(answer.err.contains("closed 2026-10: 2 users, seal "), "{answer:?}");
    assert_eq!(house.usage("2026-10"), ["- 2 2 0"]);
    assert_eq!(statuses(&house)[3], "2026-10 closed 2");
}

/// A line as one types it into a shell.
fn shell(house: &House, line: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_seatledger")).parent().unwrap();
    let output = std::process::Command::new("sh")
        .args(["-c", line])
        .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
        .env("SEATLEDGER_DATA", house.path("data"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{line}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_commands_of_the_book_recompute_a_seal_and_the_digest_in_it() {
    let mut house = house();
    house.at("2026-11-11T00:00:00Z");
    house.run(["customer", "add", "Beta"]).done();
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/prove.md")).unwrap();
    let blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines: Vec<&str> = blocks.flat_map(str::lines).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let printed: Vec<String> = lines.iter().map(|line| shell(&house, line)).collect();
    assert_eq!(printed[0][..64], printed[1][..64]);
    let text = house.run(["period", "verify", "2026-10", "--canonical"]).done().out;
    assert!(text.contains(&format!("\nfacts\t2\t{}\n", &printed[2][..64])), "{text}");
}
