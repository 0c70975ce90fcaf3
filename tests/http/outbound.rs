//! Nothing connects to anywhere.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;

use crate::server::Server;
use crate::support::worked_example::uploads;

/// Sockets of the process, as the kernel lists them: local and remote address in hexadecimal, state.
fn sockets(pid: u32) -> Vec<(String, String, String, String)> {
    let held: BTreeSet<String> = fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .filter_map(|to| Some(to.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let mut found = Vec::new();
    for table in ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"] {
        let Ok(text) = fs::read_to_string(format!("/proc/{pid}/net/{table}")) else { continue };
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            if held.contains(fields[9]) {
                let text = |index: usize| fields[index].to_owned();
                found.push((table.to_owned(), text(1), text(2), text(3)));
            }
        }
    }
    found
}

#[test]
fn the_server_has_one_listening_socket_and_connects_to_nobody() {
    let server = Server::new();
    let anna = server.sign_in("anna");
    let port: u16 = server.socket().split(':').nth(1).unwrap().parse().unwrap();
    let own = format!("0100007F:{port:04X}");
    let look = || {
        for (table, local, remote, state) in sockets(server.pid()) {
            assert_eq!((table.as_str(), local.as_str()), ("tcp", own.as_str()), "{remote} {state}");
            let is_listening = state == "0A";
            assert!(is_listening || remote.starts_with("0100007F:"), "{remote} {state}");
        }
        assert!(sockets(server.pid()).iter().any(|(.., state)| state == "0A"));
    };
    let api = server.api(&["upload", "read", "write"]);
    for upload in uploads() {
        api.upload(&upload.name, &upload.bytes).expect(201);
        look();
    }
    for path in ["/", "/customers", "/none"] {
        anna.get(path);
        look();
    }
    anna.post("/customers", &[("name", "Acme")]).expect(303);
    look();
}
