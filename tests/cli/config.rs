//! Options from flags, environment and file: which goes over which, and what a mistake is answered.

use crate::support::{House, Server, text};

fn house() -> House {
    let house = House::new();
    house.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["anna"]).upload());
    house
}

fn usage(house: &House, environment: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut command = house.command();
    command.args(["export", "usage"]).args(arguments).envs(environment.iter().copied());
    let output = command.output().unwrap();
    String::from_utf8(if output.status.success() { output.stdout } else { output.stderr }).unwrap()
}

#[test]
fn a_flag_goes_over_the_environment_and_that_over_the_file() {
    let house = house();
    let (csv, json) = ("period,", "[");
    house.write("data/seatledger.toml", "# the house's own\nperiod = \"2026-10\"\nformat = \"json\"\n");
    assert!(usage(&house, &[], &[]).starts_with(json));
    assert!(usage(&house, &[("SEATLEDGER_FORMAT", "csv")], &[]).starts_with(csv));
    assert!(usage(&house, &[("SEATLEDGER_FORMAT", "csv")], &["--format", "json"]).starts_with(json));
    assert!(usage(&house, &[("SEATLEDGER_PERIOD", "2026-09")], &[]).starts_with("[]"));
    assert!(usage(&house, &[("SEATLEDGER_PERIOD", "2026-09")], &["--period=2026-10"]).contains("2026-10"));
}

#[test]
fn a_named_file_is_taken_in_place_of_the_one_in_the_data_folder() {
    let house = house();
    house.write("data/seatledger.toml", "nonsense = 1\n");
    let named =
        house.write("other.toml", format!("data = {:?}\nperiod = \"2026-10\"\n", text(&house.path("data"))));
    let mut command = house.command();
    command.env_remove("SEATLEDGER_DATA").args(["export", "usage", "--config", text(&named)]);
    assert!(command.output().unwrap().status.success());
    assert!(usage(&house, &[("SEATLEDGER_CONFIG", text(&named))], &[]).starts_with("period,"));
    assert!(usage(&house, &[("SEATLEDGER_CONFIG", "missing.toml")], &[]).starts_with("SEAT-C03: "));
}

#[test]
fn switches_and_lists_can_be_set_in_a_file() {
    let house = house();
    house.customer("Acme");
    house.write(
        "data/seatledger.toml",
        "json = true\nobject = [\"anna\", \"ben\"]\nkind = \"user\"\nclear = true\n",
    );
    let arguments = ["assign", "--period", "2026-10"];
    assert_eq!(house.run(arguments).done().json()["changed"], 2);
    // A choice that is made on the command line is not doubled by the file's.
    assert_eq!(house.run(arguments.into_iter().chain(["--customer", "acme"])).done().json()["changed"], 2);
    let mut command = house.command();
    let output = command.env("SEATLEDGER_JSON", "no").args(["customer", "list"]).output().unwrap();
    assert!(output.stdout.starts_with(b"Id "));
}

#[test]
fn a_mistake_in_the_file_names_its_line() {
    let house = house();
    let told = |content: &str| {
        house.write("data/seatledger.toml", content);
        house.run(["export", "usage"]).refused(2, "SEAT-").err
    };
    let file = text(&house.path("data/seatledger.toml")).to_owned();
    assert!(told("period = \"2026-10\"\n\ncolour = \"red\"\n").contains(&format!("{file} line 3: ")));
    assert!(told("period = \"2026-10\"\nlicense-server = \"x\"\n").contains(&format!("{file} line 2: ")));
    assert!(told("\nperiod = \"2026-1\"\n").starts_with(&format!("SEAT-P03: {file} line 2: expected ")));
    let format = told("period = \"2026-10\"\nformat = \"pdf\"\n");
    let expected =
        format!("SEAT-C03: {file} line 2: expected csv, xlsx or json for --format <FORMAT>, found \"pdf\". ");
    assert!(format.starts_with(&expected), "{format}");
    assert!(told("period = \"2026-10\"\njson = \"perhaps\"\n").contains(&format!("{file} line 2: ")));
    assert!(told("period = \"2026-10\"\njson = \n").contains(&format!("{file} line 2: ")));
    assert!(told("[period]\nx = 1\n").contains(&format!("{file} line 1: ")));
    assert!(told("data = \"elsewhere\"\n").contains(&format!("{file} line 1: ")));
    let variable = usage(
        &house,
        &[("SEATLEDGER_CONFIG", text(&house.write("ok.toml", ""))), ("SEATLEDGER_PERIOD", "x")],
        &[],
    );
    assert!(variable.starts_with("SEAT-P03: SEATLEDGER_PERIOD: expected "), "{variable}");
}
