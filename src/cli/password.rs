//! A new password from standard input, checked and hashed. Never an argument: other users of the machine see those.

use std::io::{self, IsTerminal as _, Read as _};

use clap::Args;

use super::Failure;
use crate::domain::error::code;
use crate::secret::password;
use crate::store::Store;

#[derive(Args)]
pub struct NewPassword {
    /// Read the password from standard input, one line
    #[arg(long)]
    password_stdin: bool,
}

/// More is no password, whatever its characters take.
const MOST_BYTES: u64 = 4096;

impl NewPassword {
    /// The hash of what was given.
    ///
    /// Errors: usage, `SEAT-K08` where nothing says where to read it; `SEAT-K07` for a weak one, also for one
    /// who knows the account's name and the organization's.
    pub fn hashed(&self, store: &Store, account_name: &str) -> Result<String, Failure> {
        let password = self.read()?;
        let settings = store.stored_settings()?;
        let organization = settings.iter().find(|(key, _)| key == "organization_name");
        let names = [account_name, organization.map_or("", |(_, name)| name)];
        password::check_strength(&password, &names)?;
        Ok(password::hash(&password)?)
    }

    fn read(&self) -> Result<String, Failure> {
        if !self.password_stdin {
            if io::stdin().is_terminal() && io::stderr().is_terminal() {
                return ask();
            }
            let detail = "expected --password-stdin and the password on standard input, found neither";
            return Err(Failure::usage(code::PASSWORD_MISSING, detail));
        }
        let refuse = |found: &str| {
            let detail = format!("expected one line with the password on standard input, found {found}");
            Failure::failed(code::PASSWORD_MISSING, detail)
        };
        let mut bytes = Vec::new();
        io::stdin()
            .take(MOST_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| refuse(&error.to_string()))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(refuse(&format!("more than {MOST_BYTES} bytes")));
        }
        let text = String::from_utf8(bytes).map_err(|_| refuse("bytes that are not UTF-8"))?;
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        match line {
            "" => Err(refuse("none")),
            line if line.chars().any(char::is_control) => Err(refuse("several lines or control characters")),
            line => Ok(line.to_owned()),
        }
    }
}

/// Asks at the terminal, twice, without showing what is typed.
fn ask() -> Result<String, Failure> {
    let terminal = console::Term::stderr();
    let line = |prompt: &str| {
        let read = terminal.write_str(prompt).and_then(|()| terminal.read_secure_line());
        read.map_err(|error| {
            Failure::failed(code::PASSWORD_MISSING, format!("expected a password, found: {error}"))
        })
    };
    let password = line("New password: ")?;
    if line("The same again: ")? != password {
        return Err(Failure::failed(code::PASSWORD_MISSING, "expected the same password twice, found two"));
    }
    Ok(password)
}
