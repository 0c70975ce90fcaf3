//! How a command ends other than well: the text on standard error and the exit code.

use std::io::Write as _;
use std::process::ExitCode;

use clap::error::ErrorKind;

use super::table::visible;
use super::usage;
use crate::domain::error::{Code, Error, code};
use crate::export::ExportError;
use crate::store::StoreError;

/// Why a command did not do all that it was asked for.
#[derive(Debug)]
pub enum Failure {
    /// An argument is malformed. Exit code 2.
    Usage(Error),
    /// Something failed or was refused. Exit code 1.
    Failed(Error),
    /// The database cannot be opened, is foreign or newer. Exit code 3.
    Unusable(Error),
    /// Something was rejected, and told where it happened. Exit code 1.
    Told,
    /// Whoever read the output has had enough. Exit code 0.
    BrokenPipe,
    /// What clap has to say: help and version (0), or a usage error (2).
    Clap(Box<clap::Error>),
}

impl Failure {
    pub fn usage(code: Code, detail: impl Into<String>) -> Self {
        Self::Usage(Error::new(code, detail))
    }

    pub fn failed(code: Code, detail: impl Into<String>) -> Self {
        Self::Failed(Error::new(code, detail))
    }

    /// Prints it as `CODE: what was expected, found, to do`.
    pub fn report(self) -> ExitCode {
        let (exit_code, error) = match self {
            Self::BrokenPipe => return ExitCode::SUCCESS,
            Self::Told => return ExitCode::from(1),
            Self::Clap(error) if !error.use_stderr() => return said(&error, ExitCode::SUCCESS),
            // No command was named: the help, on standard error.
            Self::Clap(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                return said(&error, ExitCode::from(2));
            }
            Self::Clap(error) => (2, usage::error(&error)),
            Self::Usage(error) => (2, error),
            Self::Failed(error) => (1, error),
            Self::Unusable(error) => (3, error),
        };
        // A closed standard error leaves only the exit code.
        let _ = writeln!(std::io::stderr(), "{}", text(&error));
        ExitCode::from(exit_code)
    }
}

/// Detail and remedy; the remedy is said once.
fn text(error: &Error) -> String {
    let Code { id, remedy, .. } = error.code;
    // Names of files come from outside; lines are our own.
    let lines: Vec<String> = error.detail.trim_end().split('\n').map(visible).collect();
    let detail = lines.join("\n");
    let plain = |text: &str| text.trim_end_matches('.').to_lowercase();
    if plain(&detail).ends_with(&plain(remedy)) {
        return format!("{id}: {}.", detail.trim_end_matches('.'));
    }
    let stop = if detail.ends_with(['.', '!', '?']) { "" } else { "." };
    let (stop, gap) = if detail.contains('\n') { ("", "\n") } else { (stop, " ") };
    format!("{id}: {detail}{stop}{gap}{remedy}")
}

/// Help and version that were asked for go to standard output.
fn said(error: &clap::Error, exit_code: ExitCode) -> ExitCode {
    match error.print() {
        Err(problem) if problem.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(1),
        _ => exit_code,
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(error) => Self::Failed(error),
            StoreError::Unusable(error) => Self::Unusable(error),
        }
    }
}

impl From<std::io::Error> for Failure {
    /// Of standard output; files name themselves.
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Self::failed(
                code::OUTPUT_FAILED,
                format!("expected to write standard output, found: {error}"),
            ),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        std::io::Error::from(error).into()
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Write(error) => error.into(),
        }
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::Clap(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_is_said_once() {
        let told = |detail: &str| text(&Error::new(code::DATABASE_NEWER, detail));
        assert_eq!(
            told("found 9: install the newer program"),
            "SEAT-S03: found 9: install the newer program."
        );
        assert_eq!(told("found 9"), "SEAT-S03: found 9. Install the newer program.");
        assert_eq!(told("found:\n  9"), "SEAT-S03: found:\n  9\nInstall the newer program.");
    }
}
