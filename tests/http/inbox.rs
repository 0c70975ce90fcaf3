//! The watched folder: what appears in it is taken in once it has settled, and put away.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::server::{Server, wait};
use crate::support::worked_example::{OCTOBER, uploads};
use crate::support::{self, House};

/// Two looks and a half.
const LOOKS: Duration = Duration::from_millis(2600);

fn serve() -> Server {
    let house = House::new();
    fs::create_dir(house.path("inbox")).unwrap();
    Server::over(house, &["--inbox", "inbox"])
}

fn until_there(path: &Path) {
    wait(|| path.exists().then_some(()), &path.display().to_string());
}

fn statuses(server: &Server) -> Vec<String> {
    let sql = "SELECT file || ' ' || status FROM v1_upload ORDER BY file";
    server.house.run(["sql", sql]).done().out.lines().map(str::to_owned).collect()
}

#[test]
fn a_file_is_taken_in_and_moved_and_a_rejected_one_has_its_reason_beside_it() {
    let server = serve();
    let house = &server.house;
    house.write("inbox/a.zip", &uploads()[0].bytes);
    house.write("inbox/b.zip", "hello");
    until_there(&house.path("inbox/done/a.zip"));
    until_there(&house.path("inbox/rejected/b.zip"));
    let reason = house.read("inbox/rejected/b.zip.reason.txt");
    assert!(
        reason.starts_with("SEAT-U01: ") && reason.contains("Expected: ") && reason.contains("Found: "),
        "{reason}"
    );
    assert!(!house.path("inbox/a.zip").exists() && !house.path("inbox/b.zip").exists());
    assert_eq!(statuses(&server), ["a.zip accepted", "b.zip rejected"]);
    assert_eq!(house.usage(OCTOBER), ["- 4 4 0"]);
    let trail = house.run(["sql", "SELECT DISTINCT actor FROM audit WHERE action = 'upload'"]).done().out;
    assert!(trail.is_empty() || trail.trim() == "inbox", "{trail}");
    house.check();
}

#[test]
fn what_is_still_being_written_waits() {
    let server = serve();
    let house = &server.house;
    let bytes = uploads()[0].bytes.clone();
    for name in [".hidden.zip", "a.zip.part", "b.TMP", "c.crdownload", "d.zip~", "e.filepart"] {
        house.write(&format!("inbox/{name}"), &bytes);
    }
    fs::create_dir(house.path("inbox/folder.zip")).unwrap();
    // Grows at every look.
    let mut growing = fs::File::create(house.path("inbox/growing.zip")).unwrap();
    let pieces: Vec<&[u8]> = bytes.chunks(bytes.len() / 8 + 1).collect();
    for piece in &pieces {
        growing.write_all(piece).unwrap();
        growing.flush().unwrap();
        assert!(house.path("inbox/growing.zip").exists());
        std::thread::sleep(Duration::from_millis(500));
    }
    drop(growing);
    until_there(&house.path("inbox/done/growing.zip"));
    assert_eq!(statuses(&server), ["growing.zip accepted"], "it was not read before it was whole");
    // A name is given when the file is whole: that is how careful programs write.
    house.write("inbox/f.zip.part", &uploads()[1].bytes);
    fs::rename(house.path("inbox/f.zip.part"), house.path("inbox/f.zip")).unwrap();
    until_there(&house.path("inbox/done/f.zip"));
    assert!(house.path("inbox/a.zip.part").exists() && house.path("inbox/folder.zip").is_dir());
    assert_eq!(statuses(&server).len(), 2);
}

#[test]
fn the_same_name_twice_and_the_same_bytes_twice_lose_nothing() {
    let server = serve();
    let house = &server.house;
    for (number, upload) in [&uploads()[0], &uploads()[1], &uploads()[0]].into_iter().enumerate() {
        house.write("inbox/upload.zip", &upload.bytes);
        wait(|| (!house.path("inbox/upload.zip").exists()).then_some(()), "the file to go");
        let done = || fs::read_dir(house.path("inbox/done")).map_or(0, Iterator::count);
        wait(|| (done() == number + 1).then_some(()), "the file to come");
    }
    assert_eq!(statuses(&server), ["upload.zip accepted", "upload.zip accepted"]);
    let first = fs::read(house.path("inbox/done/upload.zip")).unwrap();
    assert_eq!(first, uploads()[0].bytes, "the first one was not written over");
}

#[test]
fn a_folder_that_cannot_be_tidied_is_told_once_and_its_files_count_once() {
    let server = serve();
    let house = &server.house;
    house.write("inbox/done", "in the way");
    // A file of this name is an upload itself, of nothing that is recognised.
    until_there(&house.path("inbox/rejected/done"));
    fs::create_dir_all(house.path("inbox/x")).unwrap();
    house.write("inbox/rejected/keep", "");
    fs::remove_dir_all(house.path("inbox/rejected")).unwrap();
    house.write("inbox/.place", "");
    #[cfg(unix)]
    std::os::unix::fs::symlink(house.path("inbox/.place"), house.path("inbox/rejected")).unwrap();
    house.write("inbox/bad.zip", "hello there");
    wait(|| statuses(&server).iter().any(|one| one == "bad.zip rejected").then_some(()), "bad.zip");
    wait(|| server.log().contains("cannot be tidied").then_some(()), "the log");
    std::thread::sleep(LOOKS);
    assert_eq!(server.log().matches("cannot be tidied").count(), 1);
    house.write("inbox/good.zip", &uploads()[0].bytes);
    until_there(&house.path("inbox/done/good.zip"));
    assert!(house.path("inbox/bad.zip").exists());
    // Once there is room again, a start puts away what was left.
    fs::remove_file(house.path("inbox/rejected")).unwrap();
    let mut server = server;
    server.stop();
    server.start();
    until_there(&server.house.path("inbox/rejected/bad.zip"));
    server.house.check();
}

#[test]
fn what_came_while_the_server_was_down_or_was_killed_over_is_taken_in_once() {
    let mut server = serve();
    server.stop();
    server.house.write("inbox/a.zip", &uploads()[0].bytes);
    server.start();
    until_there(&server.house.path("inbox/done/a.zip"));
    for number in 0..5_u64 {
        let user = format!("corp\\user{number}");
        let upload = support::Server::new("LIC09", "2026-10-15T03:00:00Z").saw(OCTOBER, &[&user]).upload();
        server.house.write(&format!("inbox/{number}.zip"), &upload.bytes);
        std::thread::sleep(Duration::from_millis(900 + number * 150));
        server.kill();
        server.start();
    }
    for number in 0..5 {
        until_there(&server.house.path(&format!("inbox/done/{number}.zip")));
    }
    assert_eq!(statuses(&server).len(), 6);
    server.house.check();
}

#[test]
fn an_inbox_that_is_no_folder_is_refused_at_the_start() {
    let house = House::new();
    house.write("file", "");
    for inbox in ["none", "file"] {
        house.run(["serve", "--listen", "127.0.0.1:0", "--inbox", inbox]).refused(1, "SEAT-C13: ");
    }
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_and_no_file_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let (inbox, secret) = (folder.path().join("inbox"), folder.path().join("secret.txt"));
    std::fs::create_dir_all(inbox.join("rejected")).unwrap();
    std::fs::write(&secret, "not for the inbox").unwrap();
    std::os::unix::fs::symlink(&secret, inbox.join("link.zip")).unwrap();
    std::os::unix::fs::symlink(&secret, inbox.join("rejected/bad.zip.reason.txt")).unwrap();
    let server = Server::with(&["--inbox", inbox.to_str().unwrap()]);
    std::fs::write(inbox.join("bad.zip"), "no zip").unwrap();
    wait(|| (!inbox.join("bad.zip").exists()).then_some(()), "the rejected file is put away");
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), "not for the inbox");
    assert!(inbox.join("link.zip").symlink_metadata().is_ok(), "the link stays where it is");
    let kept = server.api(&["read"]).get("/api/v1/uploads").expect(200).json();
    assert_eq!(kept["items"].as_array().unwrap().len(), 1, "{kept}");
    let moved = std::fs::read_dir(inbox.join("rejected")).unwrap();
    let names: Vec<String> = moved.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 3, "the link, the file and its reason by another name: {names:?}");
}
