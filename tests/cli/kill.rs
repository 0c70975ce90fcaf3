//! kill -9 during an import and during a closing: nothing half, nothing lost.

use std::process::Stdio;
use std::time::Duration;

use crate::support::{House, Server, full};

fn fill(house: &House) {
    for number in 0..12 {
        let users: Vec<String> =
            (0..200).map(|user| format!("corp\\user{}", (user * 7 + number * 31) % 900)).collect();
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        let at = format!("2026-10-{:02}T03:00:00Z", number + 1);
        let name = format!("LIC{:02}", number % 5);
        let upload = Server::new(&name, &at).saw("2026-10", &users).upload();
        house.write(&format!("in/{number:02}.zip"), &upload.bytes);
    }
}

#[test]
fn a_killed_import_is_whole_after_the_next() {
    let untouched = House::new();
    fill(&untouched);
    untouched.run(["import", "in"]).done();
    let expected = [untouched.export("usage", "2026-10"), untouched.export("users", "2026-10")];
    let rounds = if full() { 200 } else { 20 };
    let whole = duration(&untouched);
    for round in 0..rounds {
        let house = House::new();
        fill(&house);
        let mut command = house.command();
        let mut child =
            command.args(["import", "in"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * round / rounds);
        child.kill().unwrap();
        child.wait().unwrap();
        let checked = house.run(["check"]);
        // Killed before there was a database.
        assert!(checked.code == 0 || checked.code == 3, "round {round}: {checked:?}");
        house.run(["import", "in"]).done();
        let exports = [house.export("usage", "2026-10"), house.export("users", "2026-10")];
        assert_eq!(exports, expected, "round {round}");
        house.check();
    }
}

/// A house that went live with years of history: twelve months to close, most of them with usage.
fn with_history() -> House {
    let mut house = House::new();
    house.at("2026-10-20T12:00:00Z");
    for month in (1..=9).filter(|month| month % 4 != 0) {
        let users: Vec<String> = (0..300).map(|user| format!("corp\\user{}", user * month)).collect();
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        let at = format!("2026-10-{month:02}T03:00:00Z");
        let period = format!("2026-{month:02}");
        house.write(
            &format!("in/{month}.zip"),
            &Server::new("LIC01", &at).saw(&period, &users).upload().bytes,
        );
    }
    house.run(["import", "in"]).done();
    house
}

#[test]
fn a_killed_closing_leaves_each_month_open_or_closed_and_the_next_goes_on() {
    const CLOSE: [&str; 4] = ["period", "close", "2026-09", "--and-before"];
    const SEALS: [&str; 2] = ["sql", "SELECT period, seal FROM statement ORDER BY period"];
    let original = with_history();
    let copy = || {
        let mut house = House::new();
        house.at("2026-10-20T12:00:00Z");
        std::fs::create_dir_all(house.path("data")).unwrap();
        std::fs::copy(original.path("data/seatledger.db"), house.path("data/seatledger.db")).unwrap();
        house
    };
    let untouched = copy();
    #[allow(clippy::disallowed_methods, reason = "a stop watch, not the time of day")]
    let begun = std::time::Instant::now();
    untouched.run(CLOSE).done();
    let whole = begun.elapsed();
    let expected = untouched.run(SEALS).done().out;
    assert_eq!(expected.lines().count(), 9, "{expected}");
    let rounds = if full() { 200 } else { 20 };
    for round in 0..rounds {
        let house = copy();
        let mut command = house.command();
        let mut child = command.args(CLOSE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * round / rounds);
        child.kill().unwrap();
        child.wait().unwrap();
        house.check();
        let half = "SELECT count(*) FROM statement_row r WHERE NOT EXISTS (SELECT 1 FROM statement WHERE period = r.period)";
        assert_eq!(house.run(["sql", half]).done().out, "0\n", "round {round}");
        let closed = house.run(SEALS).done().out;
        assert!(expected.starts_with(&closed), "round {round}: {closed}");
        if closed != expected {
            house.run(CLOSE).done();
        }
        assert_eq!(house.run(SEALS).done().out, expected, "round {round}");
        house.check();
    }
}

/// How long a whole import takes here.
fn duration(house: &House) -> Duration {
    std::fs::rename(house.path("data"), house.path("first")).unwrap();
    #[allow(clippy::disallowed_methods, reason = "a stop watch, not the time of day")]
    let begun = std::time::Instant::now();
    house.run(["import", "in"]).done();
    begun.elapsed()
}
