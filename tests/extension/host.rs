//! Programs that load the extension: the stock `sqlite3` shell and Debian's Python.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// Rows in list mode, `a|b` a line and NULL as `NULL`; or the text of the error.
pub type Answer = Result<String, String>;

#[derive(Clone, Copy, Debug)]
pub enum Host<'a> {
    /// `.load FILE ENTRY`
    Shell { extension: &'a Path, entry: Option<&'a str> },
    /// A shell without the extension.
    BareShell,
    /// `connection.load_extension(FILE)`
    Python { extension: &'a Path },
}

/// The documented way.
pub fn shell(extension: &Path) -> Host<'_> {
    Host::Shell { extension, entry: Some("sqlite3_seatledger_init") }
}

impl Host<'_> {
    /// Runs one statement after the other, each in a transaction of its own, and goes on after errors.
    pub fn run(self, database: &Path, statements: &[&str]) -> Vec<Answer> {
        match self {
            Self::Shell { extension, entry } => {
                let load = format!(".load '{}' {}\n", extension.display(), entry.unwrap_or_default());
                run_shell(database, &load, statements)
            }
            Self::BareShell => run_shell(database, "", statements),
            Self::Python { extension } => run_python(database, extension, statements),
        }
    }
}

/// Each statement stands on one line, so that the line of an error says which it was.
fn run_shell(database: &Path, load: &str, statements: &[&str]) -> Vec<Answer> {
    let mut script = format!("{load}.nullvalue NULL\n");
    let first = script.lines().count();
    for (index, statement) in statements.iter().enumerate() {
        script.push_str(&format!(".print @{index}@\n{}\n", statement.replace('\n', " ")));
    }
    let output = pipe(Command::new("sqlite3").arg("-batch").arg(database), &script);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let error = |index: usize| {
        let line = first + 2 * index + 2;
        let at = format!("near line {line}: ");
        err.lines().find_map(|said| said.split_once(&at).map(|(_, error)| error.to_owned()))
    };
    let answer = |index: usize| match error(index) {
        Some(error) => Err(error),
        None => {
            let behind = out.split_once(&format!("@{index}@\n")).map(|(_, behind)| behind);
            let behind = behind.unwrap_or_else(|| panic!("the shell stopped at {index}: {out}{err}"));
            let rows = behind.split_once(&format!("@{}@\n", index + 1)).map_or(behind, |(rows, _)| rows);
            Ok(rows.trim_end_matches('\n').to_owned())
        }
    };
    (0..statements.len()).map(answer).collect()
}

fn run_python(database: &Path, extension: &Path, statements: &[&str]) -> Vec<Answer> {
    let work = json!({ "database": database, "extension": extension, "statements": statements });
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/extension/host.py");
    let output = pipe(Command::new("/usr/bin/python3").arg(script), &work.to_string());
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
    let answer = |answer: Value| match answer["error"].as_str() {
        Some(error) => Err(error.to_owned()),
        None => Ok(answer["rows"].as_str().unwrap().to_owned()),
    };
    answers.into_iter().map(answer).collect()
}

fn pipe(command: &mut Command, input: &str) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // From a thread: a long answer must be read before all is written.
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // A host that died has closed its end; what it said tells more than this error.
        scope.spawn(move || drop(stdin.write_all(input.as_bytes())));
        child.wait_with_output().unwrap()
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
