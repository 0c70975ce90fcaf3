//! Many uploads at once: order of results, one bad file among a hundred, the same bytes under many names.

use crate::support::{House, Server};

#[test]
fn one_bad_file_among_a_hundred_spoils_nothing() {
    let house = House::new();
    for number in 0..100 {
        let name = format!("LIC{number:03}");
        let users: Vec<String> = (0..=number).map(|user| format!("corp\\user{user}")).collect();
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        let mut upload = Server::new(&name, "2026-10-15T03:00:00Z").saw("2026-10", &users).upload();
        if number == 50 {
            let middle = upload.bytes.len() / 2;
            upload.bytes.truncate(middle);
        }
        house.put("in", &upload);
    }
    let answer = house.run(["import", "--json", "in"]);
    assert_eq!(answer.code, 1);
    assert_eq!(answer.err, "99 accepted, 0 duplicate, 1 rejected, 100 new users\n");
    let lines = answer.json_lines();
    let files: Vec<&str> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
    assert!(files.is_sorted() && files.len() == 100);
    let rejected: Vec<_> = lines.iter().filter(|line| line["status"] == "rejected").collect();
    assert_eq!((rejected.len(), &rejected[0]["file"]), (1, &"in/LIC050.zip".into()));
    assert_eq!(house.usage("2026-10"), ["- 100 100 0"]);
    let again = house.run(["import", "in"]);
    assert_eq!(again.err, "0 accepted, 99 duplicate, 1 rejected, 0 new users\n");
    house.check();
}

#[test]
fn the_same_bytes_under_many_names_count_once() {
    let house = House::new();
    let upload = Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["anna"]).upload();
    for number in 0..20 {
        house.write(&format!("in/{number:02}.zip"), &upload.bytes);
    }
    let answer = house.run(["import", "in"]).done();
    assert_eq!(answer.err, "1 accepted, 19 duplicate, 0 rejected, 1 new users\n");
    assert!(answer.out.starts_with("accepted   in/00.zip"));
}
