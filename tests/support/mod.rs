//! A house with verbs: a data folder of its own and the real program, at an instant that the test sets.
#![allow(dead_code, unused_imports, reason = "each test binary uses some of it")]

mod uploads;
pub mod workbook;
pub mod worked_example;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub use uploads::{CallHome, FEATURE, Server, Site, Upload, guid, zip};

pub struct House {
    folder: tempfile::TempDir,
    now: String,
}

/// What a command left behind.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    fn new(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Fails unless all was done.
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Fails unless it ended with the exit code and the message that begins so.
    pub fn refused(self, code: i32, begins: &str) -> Self {
        // Months that were closed on the way are told of before.
        let mut told = self.err.lines().skip_while(|line| line.starts_with("closed 20"));
        let refused = told.next().unwrap_or_default();
        assert!(self.code == code && refused.starts_with(begins), "expected {code} {begins}: {self:?}");
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// One JSON value a line.
    pub fn json_lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Default for House {
    fn default() -> Self {
        Self::new()
    }
}

impl House {
    /// In the middle of October 2026.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), now: "2026-10-20T12:00:00Z".to_owned() }
    }

    /// From now on commands run at this instant.
    pub fn at(&mut self, now: &str) -> &Self {
        self.now = now.to_owned();
        self
    }

    /// A path in the house; the data folder is `data`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program in this house, to be run with further arguments. Its environment is empty but for the data
    /// folder, the instant and the user.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seatledger"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("SEATLEDGER_DATA", self.path("data"))
            .env("SEATLEDGER_NOW", &self.now)
            .env("USER", "tester")
            .stdin(Stdio::null());
        command
    }

    pub fn run<S: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Answer {
        Answer::new(self.command().args(arguments).output().unwrap())
    }

    /// Runs with a standard output that takes nothing.
    #[cfg(unix)]
    pub fn run_full(&self, arguments: &[&str]) -> Answer {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        Answer::new(self.command().args(arguments).stdout(full).stderr(Stdio::piped()).output().unwrap())
    }

    /// Runs with text on standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Answer {
        let mut command = self.command();
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        Answer::new(child.wait_with_output().unwrap())
    }

    /// Puts an upload into a folder of the house.
    pub fn put(&self, folder: &str, upload: &Upload) -> PathBuf {
        self.write(&format!("{folder}/{}", upload.name), &upload.bytes)
    }

    /// Imports one upload; the answer is its JSON line.
    pub fn import(&self, upload: &Upload) -> Value {
        let path = self.put("uploads", upload);
        self.run(["import", "--json", path.to_str().unwrap()]).json()
    }

    /// Adds a customer with its name, in lower case, for id.
    pub fn customer(&self, name: &str) {
        self.run(["customer", "add", name, "--id", &name.to_lowercase()]).done();
    }

    pub fn assign(&self, period: &str, kind: &str, object: &str, customer: &str) -> Answer {
        self.run(["assign", "--period", period, "--kind", kind, "--object", object, "--customer", customer])
    }

    pub fn clear(&self, period: &str, kind: &str, object: &str) -> Answer {
        self.run(["assign", "--period", period, "--kind", kind, "--object", object, "--clear"])
    }

    pub fn free(&self, period: &str, kind: &str, object: &str, reason: &str) -> Answer {
        self.run(["free", "--period", period, "--kind", kind, "--object", object, "--reason", reason])
    }

    /// A file of an export, whatever its form.
    pub fn export_file(&self, arguments: &[&str]) -> Vec<u8> {
        let name = self.path("exported.file");
        self.run(["export"].iter().chain(arguments).chain(&["-o", text(&name)])).done();
        std::fs::read(name).unwrap()
    }

    pub fn export(&self, report: &str, period: &str) -> String {
        self.run(["export", report, "--period", period]).done().out
    }

    /// The usage report in short: a line `customer users paid free` for each row, the unlinked row as `-`.
    pub fn usage(&self, period: &str) -> Vec<String> {
        let rows = self.run(["export", "usage", "--period", period, "--format", "json"]).done().json();
        let text = |row: &Value| {
            let customer = row["customer"].as_str().unwrap_or("-").to_owned();
            format!("{customer} {} {} {}", row["users"], row["paid_users"], row["free_users"])
        };
        rows.as_array().unwrap().iter().map(text).collect()
    }

    /// Fails unless the database is sound.
    pub fn check(&self) {
        self.run(["check"]).done();
    }
}

/// Whether the long tests run in full.
pub fn full() -> bool {
    #[allow(clippy::disallowed_methods, reason = "how scripts/test asks for the long tests")]
    std::env::var("SEATLEDGER_TEST_FULL").is_ok_and(|value| value == "1")
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
