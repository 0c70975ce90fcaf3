//! `demo`: fills a folder of its own, goes on where it was stopped, and leaves other folders alone.

use std::process::Stdio;
use std::time::Duration;

use crate::support::{House, Server};

const UPLOADS: &str = "SELECT count(*) FROM v1_upload";

#[test]
fn a_filled_folder_is_used_as_it_is_also_on_a_later_day() {
    let mut house = House::new();
    let first = house.run(["demo", "--fill-only"]).done();
    for expected in
        ["(unlinked)", "Acme", "(total)", "overlap", "export usage", "assign", "seat_explain", "check"]
    {
        assert!(first.out.contains(expected), "{expected} is missing in\n{}", first.out);
    }
    let uploads = house.run(["sql", UPLOADS]).done().out;
    let again = house.run(["demo", "--fill-only"]).done();
    assert_eq!((again.out, again.err.as_str()), (first.out.clone(), ""));
    let later = house.at("2026-10-27T12:00:00Z").run(["demo", "--fill-only"]).done();
    assert_eq!((later.out, later.err.as_str()), (first.out, ""));
    assert_eq!(house.run(["sql", UPLOADS]).done().out, uploads);
    house.check();
}

/// Starts `demo` and kills it in the middle.
fn interrupted() -> House {
    let house = House::new();
    let mut child = house
        .command()
        .args(["demo", "--fill-only"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = |house: &House| {
        let answer = house.run(["sql", UPLOADS]);
        answer.code == 0 && answer.out.trim().parse::<u32>().unwrap() > 20
    };
    while !begun(&house) {
        assert!(child.try_wait().unwrap().is_none(), "filled before it could be killed");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    house
}

#[test]
fn an_interrupted_fill_is_taken_up_on_the_same_day_and_refused_on_another() {
    let mut house = interrupted();
    let uploads = house.run(["sql", UPLOADS]).done().out;
    let other = house
        .at("2026-10-21T12:00:00Z")
        .run(["demo", "--fill-only"])
        .refused(1, "SEAT-C04: expected an empty data folder");
    assert!(other.err.contains("another day") && other.err.contains("fresh folder"), "{other:?}");
    assert_eq!(house.run(["sql", UPLOADS]).done().out, uploads);
    let resumed = house.at("2026-10-20T23:00:00Z").run(["demo", "--fill-only", "--json"]).done().json();
    let whole = House::new();
    assert_eq!(resumed, whole.run(["demo", "--fill-only", "--json"]).done().json());
    assert_eq!(house.run(["sql", UPLOADS]).done().out, whole.run(["sql", UPLOADS]).done().out);
}

#[test]
fn a_folder_that_holds_anything_else_is_left_alone() {
    let customers = House::new();
    customers.run(["customer", "add", "Acme", "--id", "demo-acme"]).done();
    let uploads = House::new();
    uploads.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["anna"]).upload());
    let flags = House::new();
    flags.free("2026-10", "user", "anna", "test").done();
    for (house, found) in
        [(customers, "customers"), (uploads, "uploads"), (flags, "assignments or free flags")]
    {
        let count = "SELECT (SELECT count(*) FROM customer) + (SELECT count(*) FROM upload)";
        let before = house.run(["sql", count]).done().out;
        let expected = format!("SEAT-C04: expected an empty data folder, found {found} of your own");
        house.run(["demo", "--fill-only"]).refused(1, &expected);
        assert_eq!(house.run(["sql", count]).done().out, before);
    }
}

#[test]
#[cfg(unix)]
fn the_commands_that_it_prints_can_be_pasted() {
    let house = House::new();
    let data = house.path("it's a $HOME");
    let printed = house.run(["demo", "--fill-only", "--data", data.to_str().unwrap()]).done().out;
    let steps: Vec<&str> = printed.lines().skip_while(|line| *line != "What to try next:").skip(1).collect();
    assert_eq!(steps.len(), 5, "{printed}");
    for step in steps {
        let mut shell = std::process::Command::new("sh");
        let pasted =
            shell.env_clear().env("SEATLEDGER_NOW", "2026-10-20T12:00:00Z").args(["-c", step]).output();
        let pasted = pasted.unwrap();
        assert!(pasted.status.success() && pasted.stderr.is_empty(), "{step}: {pasted:?}");
    }
}
