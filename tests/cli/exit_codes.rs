//! Exit codes, help, and the form of every error.

use crate::support::House;

#[test]
fn help_and_version_are_no_errors() {
    let house = House::new();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["import", "--help"],
        &["help", "customer", "add"],
        &["completions", "bash"],
    ] {
        let answer = house.run(arguments).done();
        assert!(!answer.out.is_empty() && answer.err.is_empty(), "{answer:?}");
    }
    let help = house.run(["assign", "--help"]).done().out;
    assert!(
        help.contains("Examples:")
            && help.contains("--period <YYYY-MM> --kind <KIND>")
            && !help.contains("--now"),
        "{help}"
    );
    assert!(!house.path("data").exists());
}

#[test]
fn usage_errors_end_with_2() {
    let house = House::new();
    assert_eq!(house.run([""; 0]).code, 2);
    for arguments in [
        &["nonsense"][..],
        &["import"],
        &["import", "--nonsense", "x"],
        &["completions", "dos"],
        &["sql", "a", "b"],
    ] {
        house.run(arguments).refused(2, "SEAT-C04: ");
    }
    house.run(["customer", "list", "--now", "yesterday"]).refused(2, "SEAT-P04: ");
}

#[test]
fn a_database_that_cannot_be_opened_ends_with_3() {
    let house = House::new();
    house.run(["customer", "list"]).refused(3, "SEAT-S04: ");
    house.write("foreign/seatledger.db", "this is no database, but long enough to look at for a while");
    house.run(["customer", "list", "--data", "foreign"]).refused(3, "SEAT-S0");
    house.run(["customer", "add", "x", "--data", "foreign"]).refused(3, "SEAT-S0");
    // Another program has made the file and not yet written the schema.
    house.write("begun/seatledger.db", "");
    house
        .run(["customer", "list", "--data", "begun"])
        .refused(3, "SEAT-S04: ")
        .err
        .find("there is none")
        .unwrap();
    house.run(["customer", "add", "x", "--data", "begun"]).done();
    house.write("file", "");
    house.run(["customer", "add", "x", "--data", "file"]).refused(3, "SEAT-S04: ");
    house.customer("Acme");
    house.run(["sql", "--write", "SELECT 1"]).done();
    let newer = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA user_version = 999')";
    let path = house.path("data/seatledger.db");
    let set = std::process::Command::new("python3").args(["-c", newer]).arg(&path).status();
    if set.is_ok_and(|status| status.success()) {
        house.run(["customer", "list"]).refused(3, "SEAT-S03: ");
        house.run(["customer", "add", "Beta"]).refused(3, "SEAT-S03: ");
    }
}

#[test]
fn an_error_ends_with_what_to_do() {
    let house = House::new();
    house.customer("Acme");
    let answer = house
        .assign("2026-10", "user", "anna", "Nobody")
        .refused(1, "SEAT-A03: expected the id or name of a customer, found \"Nobody\". ");
    assert!(answer.err.ends_with("Check the id or name with `seatledger customer list`.\n"), "{answer:?}");
}

#[test]
fn a_dry_run_makes_no_folder_and_no_database() {
    let house = House::new();
    house.write("list.csv", "name\nAcme\n");
    let object = ["--period", "2026-10", "--kind", "user", "--object", "anna", "--clear", "--dry-run"];
    for command in [&["customer", "import", "list.csv", "--dry-run"][..], &["assign"], &["free"]] {
        let object = if command.len() == 1 { &object[..] } else { &[] };
        house.run(command.iter().chain(object)).refused(3, "SEAT-S04: ");
        assert!(!house.path("data").exists(), "{command:?}");
    }
}

/// The commands that do something, by their words.
fn leaves() -> Vec<Vec<String>> {
    fn below(command: &clap::Command, path: &[String], found: &mut Vec<Vec<String>>) {
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            let path: Vec<String> = path.iter().cloned().chain([sub.get_name().to_owned()]).collect();
            below(sub, &path, found);
            found.push(path);
        }
    }
    let mut found = Vec::new();
    below(&seatledger::cli::definition(), &[], &mut found);
    found
}

#[test]
fn every_help_has_an_example_and_a_text_for_every_argument() {
    let house = House::new();
    for mut words in leaves() {
        words.push("--help".to_owned());
        let help = house.run(&words).done().out;
        assert!(help.contains("Example:\n") || help.contains("Examples:\n"), "{words:?}: {help}");
    }
    let mut definition = seatledger::cli::definition();
    definition.build();
    fn silent(command: &clap::Command) -> Vec<String> {
        let own = command.get_arguments().filter(|arg| arg.get_help().is_none());
        let own = own.map(|arg| format!("{} {}", command.get_name(), arg.get_id()));
        own.chain(command.get_subcommands().filter(|sub| sub.get_name() != "help").flat_map(silent)).collect()
    }
    assert_eq!(silent(&definition), [""; 0]);
    for (words, usage) in [
        (["customer", "add", "--help"], "add [OPTIONS] <NAME>"),
        (["setting", "set", "--help"], "set [OPTIONS] <KEY> <VALUE>"),
    ] {
        assert!(house.run(words).done().out.contains(usage), "{usage}");
    }
}

#[test]
fn completions_offer_values_and_nothing_hidden() {
    let house = House::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = house.run(["completions", shell]).done().out;
        assert!(!script.contains("--now") && !script.contains("-l now"), "{shell}");
        for value in ["delivery-group", "administrative", "csv"] {
            assert!(script.contains(value), "{shell} lacks {value}");
        }
    }
}

#[test]
fn a_usage_error_is_one_line_of_what_was_expected_and_found() {
    let house = House::new();
    for (words, told) in [
        ("customer add", "expected <NAME>, found nothing for it; see `seatledger customer add --help`. "),
        (
            "customer lst",
            "expected a command, found \"lst\"; perhaps list; see `seatledger customer --help`. ",
        ),
        (
            "import --nonsense x",
            "expected what this command takes, found \"--nonsense\"; see `seatledger import --help`. ",
        ),
        ("check --jsno", "expected what this command takes, found \"--jsno\"; perhaps --json; see "),
        ("export usage --format pdf", "expected csv, xlsx or json for --format <FORMAT>, found \"pdf\". "),
        ("export usage --period", "expected a value for --period <YYYY-MM>, found none. "),
        ("export usage --json=yes", "expected no value for --json, found \"yes\"; see "),
        ("customer add a --id x --id y", "expected --id <ID> once, found it again; see "),
        (
            "assign --period 2026-10 --kind user --object a --clear --customer x",
            "expected --clear or --customer <ID|NAME>, found both; see ",
        ),
        (
            "assign --period 2026-10",
            "expected --kind <KIND>, <--object <ID>...|--objects-file <FILE>> and <--customer <ID|NAME>|--clear>, found nothing",
        ),
    ] {
        let answer = house.run(words.split(' ')).refused(2, &format!("SEAT-C04: {told}"));
        assert_eq!(answer.err.lines().count(), 1, "{answer:?}");
    }
}
