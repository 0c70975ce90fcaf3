//! `customer`: one by one, and from a list.

use serde_json::json;

use crate::support::House;

#[test]
fn a_customer_is_added_renamed_archived_and_taken_back() {
    let house = House::new();
    let added = house.run(["customer", "add", " Acme ", "--external-id", "4711", "--json"]).done().json();
    let id = added["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("c-"));
    assert_eq!(added, json!({ "id": id, "name": "Acme", "external_id": "4711", "archived": false }));
    assert_eq!(
        house.run(["customer", "rename", &id, "Acme Ltd", "--json"]).done().json()["name"],
        "Acme Ltd"
    );
    assert_eq!(house.run(["customer", "archive", "acme ltd", "--json"]).done().json()["archived"], true);
    assert_eq!(house.run(["customer", "unarchive", &id]).done().out, format!("{id}  Acme Ltd\n"));
    let list = house.run(["customer", "list", "--json"]).done().json();
    assert_eq!(list, json!([{ "id": id, "name": "Acme Ltd", "external_id": "4711", "archived": false }]));
    house.run(["customer", "add", "ACME LTD"]).refused(1, "SEAT-A08: ");
    house.run(["customer", "add", " "]).refused(2, "SEAT-A09: ");
    house.run(["customer", "rename", "nobody", "x"]).refused(1, "SEAT-A03: ");
}

#[test]
fn a_list_creates_updates_and_leaves_alone() {
    let house = House::new();
    house.customer("Acme");
    house.customer("Beta");
    house.customer("Gamma");
    house.write(
        "list.csv",
        "\u{feff}name;id;external_id\r\nACME;;E1\r\nBeta Ltd;beta;\r\nGamma;;\r\n\"Del;ta\";delta;E4\r\n",
    );
    let dry = house.run(["customer", "import", "list.csv", "--dry-run", "--json"]).done().json();
    assert_eq!(dry, json!({ "created": 1, "updated": 2, "unchanged": 1, "dry_run": true }));
    assert_eq!(house.run(["customer", "list", "--json"]).done().json().as_array().unwrap().len(), 3);
    assert_eq!(
        house.run(["customer", "import", "list.csv"]).done().out,
        "1 created, 2 updated, 1 unchanged\n"
    );
    let list = "SELECT public_id, name, external_id FROM customer ORDER BY public_id";
    assert_eq!(
        house.run(["sql", list]).done().out,
        "acme|ACME|E1\nbeta|Beta Ltd|\ndelta|Del;ta|E4\ngamma|Gamma|\n"
    );
    assert_eq!(
        house.run(["customer", "import", "list.csv"]).done().out,
        "0 created, 0 updated, 4 unchanged\n"
    );
    // Without the column external ids stay.
    house.write("names.csv", "name\nACME\n");
    assert_eq!(
        house.run(["customer", "import", "names.csv"]).done().out,
        "0 created, 0 updated, 1 unchanged\n"
    );
}

#[test]
fn every_bad_line_is_named_and_nothing_is_changed() {
    let house = House::new();
    house.customer("Acme");
    house
        .write("bad.csv", "name,id,external_id\nGood,,\n,x,\nacme,other,\nGOOD,,\nOne,1,E\nTwo,2,E\nshort\n");
    let answer = house
        .run(["customer", "import", "bad.csv"])
        .refused(1, "SEAT-C04: expected a list of customers in bad.csv, found 5 lines");
    for line in ["line 3:", "line 4:", "line 5:", "line 7:", "line 8:"] {
        assert!(answer.err.contains(line), "{line} in {answer:?}");
    }
    assert_eq!(house.run(["customer", "list", "--json"]).done().json().as_array().unwrap().len(), 1);
    house.write("empty.csv", "title\nx\n");
    house.run(["customer", "import", "empty.csv"]).refused(1, "SEAT-C04: empty.csv line 1: ");
    house.write("latin.csv", b"name\nGood\nM\xfcller\n");
    house.run(["customer", "import", "latin.csv"]).refused(1, "SEAT-U10: ").err.find("line 3").unwrap();
    house.run(["customer", "import", "missing.csv"]).refused(1, "SEAT-U10: ");
}

#[test]
fn names_from_outside_keep_the_columns_and_the_record() {
    let house = House::new();
    for name in ["\u{65e5}\u{672c}", "e\u{301}", "a\u{202e}b"] {
        house.run(["customer", "add", name, "--id", &format!("id{}", name.len())]).done();
    }
    assert_eq!(
        house.run(["customer", "list"]).done().out,
        "Id   Name        External id  Archived\n\
         id5  a\\u{202e}b\n\
         id3  e\u{301}\n\
         id6  \u{65e5}\u{672c}\n"
    );
    for (name, external_id) in [("id3", "x"), ("id6", "y")] {
        let set = format!("UPDATE customer SET external_id = '{external_id}' WHERE public_id = '{name}'");
        house.run(["sql", "--write", &set]).done();
    }
    let list = house.run(["customer", "list"]).done().out;
    assert!(
        list.contains("id3  e\u{301}           x\n") && list.contains("id6  \u{65e5}\u{672c}        y\n"),
        "{list}"
    );
    let mut command = house.command();
    command.env("USER", "eve\u{1b}[2J\nroot").args(["customer", "add", "Acme", "--id", "acme"]);
    assert!(command.output().unwrap().status.success());
    let who = "SELECT DISTINCT actor FROM audit WHERE actor LIKE 'cli/eve%'";
    assert_eq!(house.run(["sql", who]).done().out, "cli/eve\\u{1b}[2J\\nroot\n");
}

const ALL: &str = "SELECT public_id, name, external_id FROM customer ORDER BY public_id";

/// Imports the lines in every rotation and both directions; each time it must end alike.
fn in_any_order(house: impl Fn() -> House, header: &str, lines: &[&str]) -> (i32, String) {
    let mut answers = std::collections::BTreeSet::new();
    for turn in 0..lines.len() {
        let mut turned = lines.to_vec();
        turned.rotate_left(turn);
        for _ in 0..2 {
            turned.reverse();
            let house = house();
            house.write("list.csv", format!("{header}\n{}\n", turned.join("\n")));
            let code = house.run(["customer", "import", "list.csv"]).code;
            answers.insert((code, house.run(["sql", ALL]).done().out));
        }
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    answers.pop_first().unwrap()
}

#[test]
fn the_order_of_lines_does_not_matter() {
    let house = || {
        let house = House::new();
        for name in ["A", "B", "C"] {
            house.customer(name);
        }
        house.run(["sql", "--write", "UPDATE customer SET external_id = 'e' || public_id"]).done();
        house
    };
    // Names and external ids move on from one to the next, and a new customer takes what is left.
    let chain = ["a,B,eb", "b,C,ec", "c,D,", "new,A,ea"];
    let (code, all) = in_any_order(house, "id,name,external_id", &chain);
    assert_eq!((code, all.as_str()), (0, "a|B|eb\nb|C|ec\nc|D|\nnew|A|ea\n"));
    let (code, _) = in_any_order(house, "id,name", &["a,B", "b,B "]);
    assert_eq!(code, 1);
    let (code, _) = in_any_order(house, "id,name", &["a,B", "c,D"]);
    assert_eq!(code, 1);
    let house = house();
    let told = |list: &str| house.run_with(&["customer", "import", "-"], list).refused(1, "SEAT-C04: ").err;
    let clash = told("id,name,external_id\na,Z,eb\n\nx,z,ex\ny,Y,ex\na,Q,\n");
    for line in [
        "line 2: expected a free external_id, found \"eb\" with customer \"b\"",
        "line 4: expected a free name, found \"z\" with line 2",
        "line 5: expected a free external_id, found \"ex\" with line 4",
        "line 6: expected each customer once, found \"a\" in line 2 too",
    ] {
        assert!(clash.contains(line), "{line} in {clash}");
    }
    let swap = told("id,name\na,B\nb,A\n");
    assert!(swap.contains("in a circle: give \"a\" another one in between"), "{swap}");
    house.check();
}

#[test]
fn a_malformed_list_is_told_where() {
    let house = House::new();
    let import = |list: &str| house.run_with(&["customer", "import", "-"], list);
    import("name\nA\n\"B\nC\n").refused(1, "SEAT-C04: - line 3: expected a quote that is closed");
    import("name;id;Name\nA;;B\n")
        .refused(1, "SEAT-C04: - line 1: expected each column once, found \"name\" again");
    import("").refused(1, "SEAT-C04: - line 1: expected a header");
    let many: String = (0..25).map(|number| format!("n{number},x,y,z\n")).collect();
    let told = import(&format!("name,id\n{many}")).refused(1, "SEAT-C04: ").err;
    assert!(told.contains("found 25 lines to mend") && told.contains("  and 5 more\n"), "{told}");
    assert_eq!(told.matches("  line ").count(), 20);
    let sheet = "\u{feff}\r\nname;id;external_id;;\r\nA;a;;;\r\n;;;;\r\n\r\n  \r\nB;b;E;;\r\n;;;;\r\n";
    assert_eq!(import(sheet).done().out, "2 created, 0 updated, 0 unchanged\n");
}
