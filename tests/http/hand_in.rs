//! Files that a browser brings: each with its own outcome, read without JavaScript and with it.

use reqwest::Method;
use serde_json::Value;

use crate::client::{Answer, Visitor};
use crate::server::Server;
use crate::support::worked_example::uploads;

const EDGE: &str = "edge7f3a";

/// A form with files as browsers send it.
fn form(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, content) in files {
        body.extend(format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/zip\r\n\r\n").bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{EDGE}--\r\n").bytes());
    body
}

fn send(who: &Visitor, body: Vec<u8>, json: bool) -> Answer {
    let mut request = who
        .request(Method::POST, "/uploads?period=2026-10")
        .header("content-type", format!("multipart/form-data; boundary={EDGE}"))
        .header("x-csrf-token", who.csrf())
        .body(body);
    if json {
        request = request.header("accept", "application/json");
    }
    who.send(request)
}

#[test]
fn files_of_one_form_each_have_an_outcome_of_their_own() {
    let server = Server::new();
    server.house.run(["setting", "set", "upload_file_bytes", "2000"]).done();
    let otto = server.sign_in("otto");
    let all = uploads();
    let (first, second) = (&all[0], &all[1]);
    let large = vec![b'x'; 300_000];
    let page = send(
        &otto,
        form(&[
            (&first.name, &first.bytes),
            ("large.zip", &large),
            ("notes.txt", b"nothing of ours"),
            (&second.name, &second.bytes),
            (&first.name, &first.bytes),
        ]),
        false,
    )
    .expect(200)
    .text();
    assert!(page.contains("3 of 5 files accepted."), "{page}");
    for part in ["LIC01: 4 new users", "The same bytes were accepted before", "SEAT-U02", "SEAT-U01"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let token = otto.csrf();
    let hrefs = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    assert!(hrefs.into_iter().all(|href| !href.contains(&token)), "no link carries the token on");
    assert_eq!(server.house.run(["sql", "SELECT count(*) FROM v1_upload"]).done().out.trim(), "4");
    server.house.check();
}

#[test]
fn a_script_is_told_of_each_file_in_json() {
    let server = Server::new();
    let otto = server.sign_in("otto");
    let upload = &uploads()[0];
    let item = |answer: Answer| answer.json()["items"][0].clone();
    let made = item(send(&otto, form(&[(&upload.name, &upload.bytes)]), true).expect(200));
    assert_eq!((&made["status"], &made["file"]), (&"accepted".into(), &upload.name.as_str().into()));
    let again = item(send(&otto, form(&[("again.zip", &upload.bytes)]), true).expect(200));
    assert_eq!((&again["status"], &again["id"]), (&"duplicate".into(), &made["id"]));
    let bad = item(send(&otto, form(&[("../a/bad.zip", b"PK")]), true).expect(422));
    assert_eq!((&bad["status"], &bad["file"]), (&"rejected".into(), &"bad.zip".into()));
    let page = otto.get(bad["href"].as_str().unwrap()).expect(200).text();
    assert!(page.contains("Why it was rejected") && page.contains("Next step"), "{page}");
    send(&otto, form(&[("", b"")]), true).problem(400, "SEAT-C07");
}

#[test]
fn a_form_that_is_none_is_answered_and_the_server_goes_on() {
    let server = Server::new();
    let otto = server.sign_in("otto");
    let token = otto.csrf();
    let plain = otto.request(Method::POST, &format!("/uploads?csrf={token}")).form(&[("x", "1")]);
    let page = otto.send(plain).expect(415).text();
    assert!(page.contains("<title>Error: Uploads"), "{page}");
    let upload = &uploads()[0];
    let mut cut = form(&[(&upload.name, &upload.bytes), ("second.zip", &[7; 5000])]);
    cut.truncate(cut.len() - 3000);
    let page = send(&otto, cut, false).expect(400).text();
    assert!(page.contains("1 of 1 file accepted."), "what came whole stays: {page}");
    let nameless = otto
        .request(Method::POST, &format!("/uploads?csrf={token}"))
        .header("content-type", "multipart/form-data");
    otto.send(nameless.body("x")).expect(400);
    let foreign = otto
        .request(Method::POST, "/uploads")
        .header("content-type", format!("multipart/form-data; boundary={EDGE}"))
        .body(form(&[("a.zip", b"PK")]));
    otto.send(foreign).expect(403);
    otto.get("/uploads").expect(200);
}

#[test]
fn an_upload_is_looked_at_and_downloaded_as_it_came() {
    let server = Server::new();
    let upload = &uploads()[3];
    let id = server.house.import(upload)["id"].as_str().unwrap().to_owned();
    let vera = server.sign_in("vera");
    let page = vera.get(&format!("/upload?id={id}")).expect(200).text();
    for part in [
        "Nord",
        "NG1: Premium, October 2026",
        "<span class=\"dom\">CORP\\</span>gus",
        "there is no upload before it",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let bytes = vera.get(&format!("/upload/content?id={id}")).expect(200);
    assert_eq!(bytes.header("content-type"), Some("application/octet-stream"));
    assert_eq!(bytes.header("x-content-type-options"), Some("nosniff"));
    assert!(bytes.header("content-disposition").unwrap().starts_with("attachment; "));
    assert_eq!(bytes.bytes, upload.bytes);
    vera.get("/upload?id=0123456789abcdef").expect(404);
    let api = server.api(&["read"]);
    let details = api.get(&format!("/api/v1/uploads/{id}?limit=1")).expect(200).json();
    let list = &details["payloads"][0]["usage"][0];
    assert_eq!((&list["user_count"], list["users"].as_array().unwrap().len()), (&2.into(), 1));
    assert_eq!(api.get(&format!("/api/v1/uploads/{id}/content")).expect(200).bytes, upload.bytes);
}

#[test]
fn bytes_that_are_not_kept_are_gone_and_their_row_stays() {
    let server = Server::new();
    server.house.run(["setting", "set", "upload_file_bytes", "2000"]).done();
    let otto = server.sign_in("otto");
    let large = vec![b'x'; 3000];
    let item = send(&otto, form(&[("large.zip", &large)]), true).expect(413).json()["items"][0].clone();
    let id = item["id"].as_str().unwrap();
    otto.get(&format!("/upload/content?id={id}")).expect(410);
    otto.get(&format!("/upload?id={id}")).expect(200);
    server.api(&["read"]).get(&format!("/api/v1/uploads/{id}/content")).problem(410, "SEAT-U12");
}

#[test]
fn the_list_of_uploads_pages_and_filters() {
    let server = Server::new();
    for upload in uploads() {
        server.house.import(&upload);
    }
    let bad = server.house.write("uploads/bad.txt", "nothing of ours");
    server.house.run(["import", bad.to_str().unwrap()]);
    let api = server.api(&["read"]);
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let part = api.get(&format!("/api/v1/uploads?limit=2{cursor}")).expect(200).json();
        names.extend(part["items"].as_array().unwrap().iter().map(|item| item["file"].clone()));
        match part["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(names.len(), 5);
    assert_eq!(names[0], "bad.txt", "the newest first");
    let rejected = api.get("/api/v1/uploads?status=rejected").expect(200).json();
    assert_eq!(rejected["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(rejected["items"][0]["code"], "SEAT-U01");
    assert_eq!(rejected["items"][0]["source"], Value::Null);
    let of_nord = format!("/api/v1/uploads?source=site/{}", crate::support::guid("Nord"));
    assert_eq!(api.get(&of_nord).expect(200).json()["items"].as_array().map(Vec::len), Some(1));
    api.get("/api/v1/uploads?source=Nord").problem(400, "SEAT-C07");
    let page = server.sign_in("vera").get("/uploads?status=rejected&q=none").expect(200).text();
    assert!(page.contains("No upload matches Rejected and “none”."), "{page}");
    assert!(!page.contains("data-upload"), "a viewer brings none");
}
