//! `export --format xlsx`: workbooks as a spreadsheet finds them.

use seatledger::export::{Cell, Column, Format as _, Xlsx};

use crate::support::workbook::{Held, sheets};
use crate::support::{House, Server};

fn house(users: &[&str]) -> House {
    let house = House::new();
    house.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", users).upload());
    house
}

#[test]
fn a_workbook_has_a_sheet_for_each_product_with_real_types_and_a_frozen_header() {
    let house = House::new();
    house.customer("Acme");
    let server = Server::new("LIC01", "2026-10-15T03:00:00Z");
    house.import(
        &server.saw("2026-10", &["anna", "ben"]).saw_with("ZZZ_NEW_UD", "2026-10", &["carl"]).upload(),
    );
    house.assign("2026-10", "user", "ben", "acme").done();
    let users = sheets(&house.export_file(&["users", "--period", "2026-10", "--format", "xlsx"]));
    let names: Vec<&str> = users.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["Virtual Apps and Desktops", "ZZZ_NEW_UD"]);
    let [first, second] = &users[..] else { panic!("{users:?}") };
    assert_eq!((first.frozen.as_str(), first.filter.as_str()), ("1", "A1:K3"));
    assert_eq!(second.column("user"), [Held::from("carl")]);
    assert_eq!(first.column("user"), [Held::from("anna"), Held::from("ben")]);
    assert_eq!(first.column("customer"), [Held::Nothing, Held::from("Acme")]);
    assert_eq!(first.column("free"), [Held::Truth(false), Held::Truth(false)]);
    assert_eq!(first.column("sources"), [Held::from("LIC01"), Held::from("LIC01")]);
    let seen = Held::Date(46_310.125, "yyyy\\-mm\\-dd\\ hh:mm:ss".to_owned());
    assert_eq!(first.column("first_seen (UTC)"), [seen.clone(), seen]);
    let usage = sheets(&house.export_file(&["usage", "--period", "2026-10", "--format", "xlsx"]));
    assert_eq!(usage[0].column("users"), [Held::Number(1.0), Held::Number(1.0)]);
    assert_eq!(usage[0].column("period")[0], Held::from("2026-10"));
}

#[test]
fn a_workbook_without_rows_has_its_header() {
    let house = house(&["anna"]);
    for report in ["usage", "users", "late", "servers", "vpx", "statement", "history"] {
        let month = if report == "servers" { "2026-10" } else { "2026-08" };
        let empty = sheets(&house.export_file(&[report, "--period", month, "--format", "xlsx"]));
        assert_eq!(empty.len(), 1, "{report}");
        assert!(empty[0].rows[0].len() > 5, "{report}");
        // Spreadsheets refuse a sheet called History.
        let name = if report == "history" { "history report" } else { report };
        assert_eq!(empty[0].name, name);
    }
}

#[test]
fn no_name_becomes_a_formula_or_link_in_a_workbook() {
    let hostile = [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "https://csp.example/",
        "<b>&\"']]>",
        "_x0041_",
        "mailto:anna@csp.example",
        "{=1}",
        "'quoted",
    ];
    let house = house(&hostile);
    house.customer("=Sum");
    house.assign("2026-10", "user", "@x", "=Sum").done();
    let known = house.run(["export", "users", "--period", "2026-10", "--json"]).done().json();
    let book = sheets(&house.export_file(&["users", "--period", "2026-10", "--format", "xlsx"]));
    let texts: Vec<Held> =
        known.as_array().unwrap().iter().map(|user| Held::from(user["name"].as_str().unwrap())).collect();
    assert_eq!(texts.len(), hostile.len());
    assert_eq!(book[0].column("user"), texts, "each is the text that JSON has");
    assert!(book[0].column("customer").contains(&Held::from("=Sum")));
}

#[test]
fn no_cell_breaks_a_workbook() {
    const COLUMNS: &[Column] = &[
        Column { sheet: Some("product"), program: None, is_instant: false },
        Column { sheet: None, program: Some("left out"), is_instant: false },
        Column { sheet: Some("cell"), program: None, is_instant: false },
    ];
    let long = "x".repeat(40_000);
    let texts =
        ["\u{0}\u{1}\u{8}x\u{1f}", "tab\there", "line\nend", "a\rb", "\u{FFFE}\u{FFFF}", "  spaces  ", &long];
    let folder = tempfile::tempdir().unwrap();
    let mut file = Vec::new();
    let mut book = Xlsx::new(&mut file, folder.path(), "test").unwrap();
    book.begin(COLUMNS).unwrap();
    for cell in texts.map(Cell::Text).into_iter().chain([
        Cell::Number(i64::MAX),
        Cell::Number(-7),
        Cell::Date("permanent"),
        Cell::Date("2026-10-15"),
        Cell::List(&["=a", "b"]),
        Cell::Nothing,
    ]) {
        book.row(&[Cell::Text("[a]:*?/\\\u{1}"), Cell::Text("no"), cell]).unwrap();
    }
    book.end().unwrap();
    drop(book);
    let read = sheets(&file);
    assert_eq!((read.len(), read[0].name.as_str()), (1, "-a-------"));
    let cells = read[0].column("cell");
    let expected: Vec<Held> = texts[..6].iter().map(|text| Held::from(*text)).collect();
    assert_eq!(cells[..6], expected);
    let Held::Text(cut) = &cells[6] else { panic!("{:?}", cells[6]) };
    assert!(cut.chars().count() == 32_767 && cut.ends_with("x…"));
    assert_eq!(
        cells[7..],
        [
            Held::from("9223372036854775807"),
            Held::Number(-7.0),
            Held::from("permanent"),
            Held::Date(46_310.0, "yyyy\\-mm\\-dd".to_owned()),
            Held::from("=a; b"),
            Held::Nothing,
        ]
    );
}

#[test]
fn a_workbook_is_made_by_steps_that_leave_nothing_and_always_give_the_same_bytes() {
    let house = house(&["anna", "ben"]);
    let make = || house.export_file(&["users", "--period", "2026-10", "--format", "xlsx"]);
    let first = make();
    assert!(make() == first, "the bytes differ");
    let mut left: Vec<String> = std::fs::read_dir(house.path("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("seatledger.db"))
        .collect();
    left.sort();
    assert_eq!(left, [""; 0]);
    let mut command = house.command();
    command.args(["export", "users", "--period", "2026-10", "--format", "xlsx"]);
    assert!(command.output().unwrap().stdout == first, "the same into a pipe");
}

#[test]
#[cfg(unix)]
fn a_workbook_is_not_shown_on_a_terminal_nor_half_written_into_a_full_pipe() {
    let house = house(&["anna"]);
    let run = |out: &str| {
        let mut command = house.command();
        command.args(["export", "usage", "--period", "2026-10", "--format", "xlsx"]);
        command.stdout(std::fs::OpenOptions::new().read(true).write(true).open(out).unwrap());
        command.stderr(std::process::Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
    };
    // The far end of a terminal is one too.
    let refused = run("/dev/ptmx");
    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{told}");
    assert!(
        told.starts_with("SEAT-C04: expected a file for XLSX, found the terminal: add -o FILE"),
        "{told}"
    );
    let full = run("/dev/full");
    let told = String::from_utf8(full.stderr).unwrap();
    assert_eq!(full.status.code(), Some(1), "{told}");
    assert!(told.starts_with("SEAT-C05: ") && told.lines().count() == 1, "{told}");
}
