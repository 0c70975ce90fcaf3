//! A database of its own for each test, filled by raw SQL through the stock shell, with verbs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::artefact::extension;
use crate::host::{Answer, Host, shell};

pub struct House {
    _folder: TempDir,
    file: PathBuf,
}

impl House {
    /// A fresh database, made from schema.sql.
    pub fn new() -> Self {
        Self::filled(&["schema.sql"])
    }

    /// See `house/worked_example.sql`: now is 5 November 2026, October and November are open.
    pub fn of_the_worked_example() -> Self {
        Self::filled(&["schema.sql", "tests/extension/house/worked_example.sql"])
    }

    fn filled(scripts: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("seatledger.db");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new("sqlite3");
        command.args(["-batch", "-bail"]).arg(&file).arg("PRAGMA synchronous = OFF");
        command.arg(format!(".load '{}' sqlite3_seatledger_init", extension().display())).arg("BEGIN");
        for script in scripts {
            command.arg(format!(".read '{}'", root.join(script).display()));
        }
        let output = command.arg("COMMIT").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        Self { _folder: folder, file }
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The answer to the last of the statements.
    pub fn ask(&self, host: Host<'_>, statements: &[&str]) -> Answer {
        host.run(&self.file, statements).pop().unwrap()
    }

    /// Runs a statement that must succeed.
    pub fn does(&self, sql: &str) {
        let answer = self.ask(shell(extension()), &[sql]);
        assert!(answer.is_ok(), "{sql}\n{answer:?}");
    }

    /// What the statement shows, in list mode.
    pub fn shows(&self, sql: &str, expected: &str) {
        assert_eq!(self.ask(shell(extension()), &[sql]), Ok(expected.to_owned()), "{sql}");
    }

    /// The statement fails with this beginning and changes nothing, whatever the connection has set.
    pub fn refuses(&self, sql: &str, error: &str) {
        const PRAGMAS: [&str; 4] = [
            "PRAGMA recursive_triggers = OFF; PRAGMA foreign_keys = OFF;",
            "PRAGMA recursive_triggers = ON; PRAGMA foreign_keys = OFF;",
            "PRAGMA recursive_triggers = OFF; PRAGMA foreign_keys = ON;",
            "PRAGMA recursive_triggers = ON; PRAGMA foreign_keys = ON;",
        ];
        let before = fs::read(&self.file).unwrap();
        let statements: Vec<_> = PRAGMAS.iter().flat_map(|pragmas| [pragmas, sql]).collect();
        let answers = shell(extension()).run(&self.file, &statements);
        for (pragmas, answers) in PRAGMAS.iter().zip(answers.chunks(2)) {
            let found = answers[1].as_ref().expect_err(&format!("refused with {pragmas}\n{sql}"));
            assert!(found.starts_with(error), "{pragmas}\n{sql}\nexpected {error}\nfound {found}");
        }
        assert!(fs::read(&self.file).unwrap() == before, "the refused statement left a trace: {sql}");
    }

    /// Sets what the first statement of a commit sets.
    pub fn at(&self, instant: &str) {
        self.does(&format!("UPDATE commit_now SET at = '{instant}', actor = 'anja';"));
    }

    /// Closes a month as the program does: rows first, then the statement.
    pub fn close(&self, period: &str) {
        self.does(&format!(
            "BEGIN;
             INSERT INTO statement_row (period, kind, customer_id, customer, feature, product, edition,
               users, paid_users, free_users)
             SELECT '{period}', iif(r.customer_id IS NULL, 'unlinked', 'customer'), r.customer_id, c.name,
               r.feature, r.product, r.edition, r.users, r.paid_users, r.free_users
             FROM seat_rollup('{period}') r LEFT JOIN customer c ON c.public_id = r.customer_id;
             INSERT INTO statement_row (period, kind, feature, product, edition, users, paid_users, free_users, overlap)
             SELECT '{period}', 'total', feature, product, edition, users, paid_users, free_users, overlap
             FROM seat_totals('{period}');
             INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal)
             SELECT '{period}', at, actor, 0, coalesce((SELECT seal FROM statement ORDER BY period DESC LIMIT 1), ''),
               'seal of {period}' FROM commit_now;
             COMMIT;"
        ));
    }
}
