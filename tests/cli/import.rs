//! `import`: lines, JSON, files and folders, duplicates, warnings.

use crate::support::{House, Server, guid, text, zip};

fn server(name: &str, users: &[&str]) -> Server {
    Server::new(name, "2026-10-15T03:00:00Z").saw("2026-10", users)
}

#[test]
fn a_line_says_what_became_of_an_upload() {
    let house = House::new();
    house.put("in", &server("LIC01", &["anna", "ben"]).upload());
    house.write("in/broken.zip", "PK\u{3}\u{4}nothing");
    let answer = house.run(["import", "in"]);
    assert_eq!(answer.code, 1);
    let lines: Vec<&str> = answer.out.lines().collect();
    assert_eq!(lines[0], "accepted   in/LIC01.zip  LIC01  +2");
    assert!(lines[1].starts_with("rejected   in/broken.zip  -  +0  SEAT-U0"), "{answer:?}");
    assert_eq!(answer.err, "1 accepted, 0 duplicate, 1 rejected, 2 new users\n");
    let again = house.run(["import", "in/LIC01.zip"]).done();
    assert_eq!(again.out, "duplicate  in/LIC01.zip  LIC01  +0\n");
}

#[test]
fn json_has_an_object_a_line() {
    let house = House::new();
    house.put("in", &server("LIC01", &["anna", ""]).upload());
    house.write("in/x.json", "{");
    let answer = house.run(["import", "--json", "in", "missing"]);
    assert_eq!(answer.code, 1);
    let lines = answer.json_lines();
    let accepted = &lines[0];
    assert_eq!(accepted["status"], "accepted");
    let sha256 = accepted["sha256"].as_str().unwrap();
    assert_eq!(accepted["id"], sha256[..16]);
    assert_eq!(
        accepted["source"],
        serde_json::json!({ "kind": "license-server", "id": guid("LIC01"), "name": "LIC01" })
    );
    assert_eq!((&accepted["new_users"], &accepted["late_users"]), (&1.into(), &0.into()));
    assert_eq!(accepted["warnings"].as_array().unwrap().len(), 1);
    assert!(accepted["error"].is_null());
    assert!(
        lines[1]["source"].is_null() && lines[1]["error"]["code"].as_str().unwrap().starts_with("SEAT-U")
    );
    assert_eq!(lines[2]["error"]["code"], "SEAT-U10");
    assert!(lines[2]["sha256"].is_null());
}

#[test]
fn warnings_are_told_below_the_line() {
    let house = House::new();
    let path = house.put("in", &server("LIC01", &["anna", ""]).upload());
    let answer = house.run(["import", text(&path)]).done();
    assert!(answer.err.lines().next().unwrap().starts_with("    "), "{answer:?}");
}

#[test]
fn folders_are_taken_in_the_order_of_paths_without_hidden_files() {
    let house = House::new();
    let upload = |name: &str| server(name, &["anna"]).upload();
    house.write("in/b/two.ZIP", upload("LIC02").bytes);
    house.write("in/a.json", "{\"format\":\"seatledger/license-server@1\",\"collectedAt\":\"2026-10-15T03:00:00Z\",\"licenseServer\":{\"guid\":\"00000000-0000-4000-8000-000000000001\",\"hostId\":\"J\",\"fqdn\":\"j.x\",\"version\":\"11.17.2.0 build 53100\"}}");
    house.write("in/c/readme.txt", "not an upload");
    house.write("in/.hidden.zip", upload("LIC03").bytes);
    house.write("in/.git/x.zip", upload("LIC03").bytes);
    house.write("named.dat", upload("LIC04").bytes);
    let answer = house.run(["import", "named.dat", "in"]).done();
    let files: Vec<&str> = answer.out.lines().map(|line| line.split_whitespace().nth(1).unwrap()).collect();
    assert_eq!(files, ["named.dat", "in/a.json", "in/b/two.ZIP"]);
}

#[test]
fn the_name_that_is_kept_has_no_folders() {
    let house = House::new();
    house.import(&server("LIC01", &["anna"]).upload());
    assert_eq!(house.run(["sql", "SELECT file FROM v1_upload"]).done().out, "LIC01.zip\n");
}

#[test]
fn a_license_file_finds_its_server_or_is_told_it() {
    let house = House::new();
    house.write(
        "csp.lic",
        "SERVER this_host HOSTNAME=LIC01\nVENDOR CITRIX\nUSE_SERVER\n\
         INCREMENT XDT_PLT_UD CITRIX 2026.1231 31-dec-2026 500 VENDOR_STRING=;LT=Retail SIGN=\"1\"\n",
    );
    let alone = house.run(["import", "--json", "csp.lic"]);
    assert_eq!((alone.code, &alone.json()["error"]["code"]), (1, &"SEAT-U09".into()));
    house.import(&server("LIC01", &["anna"]).upload());
    assert_eq!(house.run(["import", "--json", "csp.lic"]).done().json()["source"]["id"], guid("LIC01"));
    house.write(
        "other.lic",
        "SERVER this_host ANY\nVENDOR CITRIX\nINCREMENT XDT_PLT_UD CITRIX 2026.1231 31-dec-2026 5 SIGN=1\n",
    );
    let named = house
        .run(["import", "--json", "other.lic", "--license-server", &guid("LIC01").to_uppercase()])
        .done();
    assert_eq!(named.json()["source"]["name"], "LIC01");
    house.run(["import", "csp.lic", "--license-server", "LIC01"]).refused(2, "SEAT-C04: expected the GUID");
}

#[test]
fn a_file_above_the_limit_is_rejected_and_not_kept() {
    let house = House::new();
    house.run(["setting", "set", "upload_file_bytes", "1024"]).done();
    house.write("big.zip", vec![0; 200_000]);
    let answer = house.run(["import", "--json", "big.zip"]);
    let line = answer.json();
    assert_eq!((answer.code, &line["error"]["code"]), (1, &"SEAT-U02".into()));
    assert_eq!(line["error"]["detail"], "expected at most 1024 bytes, found 200000 bytes");
    assert_eq!(house.run(["sql", "SELECT count(*) FROM upload_content"]).done().out, "0\n");
}

#[test]
fn a_rejected_upload_is_read_again_and_answers_again() {
    let house = House::new();
    let bad = zip("bad.zip", &[("readme.txt", "nothing")]);
    assert_eq!(house.import(&bad)["error"]["code"], "SEAT-U01");
    assert_eq!(house.import(&bad)["error"]["code"], "SEAT-U01");
    assert_eq!(house.run(["sql", "SELECT count(*) FROM upload"]).done().out, "1\n");
}

#[test]
#[cfg(unix)]
fn an_import_goes_on_when_its_reader_leaves() {
    let house = House::new();
    for number in 0..30 {
        let name = format!("LIC{number:02}");
        house.put("in", &server(&name, &[&format!("user{number}")]).upload());
    }
    let mut command = house.command();
    command.args(["import", "in"]).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(house.usage("2026-10"), ["- 30 30 0"]);
}

#[test]
#[cfg(unix)]
fn an_import_goes_on_when_its_lines_cannot_be_written() {
    let house = House::new();
    for name in ["LIC01", "LIC02"] {
        house.put("in", &server(name, &[name]).upload());
    }
    let answer = house.run_full(&["import", "in"]);
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("2 accepted") && answer.err.contains("SEAT-C05: "), "{answer:?}");
    assert_eq!(house.usage("2026-10"), ["- 2 2 0"]);
    let added = house.run_full(&["customer", "add", "Acme"]).refused(1, "SEAT-C05: ");
    assert!(!added.err.contains("nothing was changed"), "{added:?}");
}

/// Runs the import; fails where it takes longer than an import of nothing may.
#[cfg(unix)]
fn in_time(house: &House, arguments: &[&str]) -> Vec<String> {
    let mut command = house.command();
    let mut child = command
        .args(["import", "--json"])
        .args(arguments)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    for _ in 0..200 {
        if child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let _ = child.kill();
    let output = child.wait_with_output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let short = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let detail = line["error"]["detail"].as_str().unwrap_or_default();
        let found = detail.rsplit("found: ").next().unwrap();
        format!("{} {} {found}", line["file"].as_str().unwrap(), line["status"].as_str().unwrap())
    };
    lines.lines().map(short).collect()
}

#[test]
#[cfg(unix)]
fn what_is_no_file_is_named_and_not_opened() {
    let house = House::new();
    house.put("in", &server("LIC01", &["anna"]).upload());
    let made = std::process::Command::new("mkfifo").arg(house.path("in/pipe.zip")).status().unwrap();
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(house.path("in/socket.json")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", house.path("in/zero.xml")).unwrap();
    std::os::unix::fs::symlink("nowhere", house.path("in/lost")).unwrap();
    let expected = [
        "in/LIC01.zip accepted ",
        "in/lost rejected No such file or directory (os error 2)",
        "in/pipe.zip rejected a named pipe, no file",
        "in/socket.json rejected a socket, no file",
        "in/zero.xml rejected a device, no file",
    ];
    assert_eq!(in_time(&house, &["in"]), expected);
    assert_eq!(in_time(&house, &["in/pipe.zip"]), ["in/pipe.zip rejected a named pipe, no file"]);
    assert_eq!(in_time(&house, &["/dev/zero"]), ["/dev/zero rejected a device, no file"]);
    let made = std::process::Command::new("mkfifo").arg(house.path("data/seatledger.toml")).status().unwrap();
    assert!(made.success());
    assert_eq!(in_time(&house, &["in"]), [""; 0]);
}

#[test]
#[cfg(unix)]
fn links_to_folders_are_followed_once_and_never_in_circles() {
    let house = House::new();
    house.put("in/b", &server("LIC01", &["anna"]).upload());
    house.put("elsewhere", &server("LIC02", &["ben"]).upload());
    for (to, link) in [
        ("..", "in/b/up"),
        ("b", "in/a"),
        ("../elsewhere", "in/c"),
        ("../elsewhere", "in/d"),
        ("self", "in/self"),
    ] {
        std::os::unix::fs::symlink(to, house.path(link)).unwrap();
    }
    let taken = in_time(&house, &["in"]);
    assert_eq!(taken[..2], ["in/b/LIC01.zip accepted ", "in/c/LIC02.zip accepted "]);
    assert!(taken.len() == 3 && taken[2].starts_with("in/self rejected "), "{taken:?}");
}
