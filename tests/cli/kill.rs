//! kill -9 during an import: nothing half, nothing lost.

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

/// How long a whole import takes here.
fn duration(house: &House) -> Duration {
    std::fs::rename(house.path("data"), house.path("first")).unwrap();
    #[allow(clippy::disallowed_methods, reason = "a stop watch, not the time of day")]
    let begun = std::time::Instant::now();
    house.run(["import", "in"]).done();
    begun.elapsed()
}
