//! Who may enter and what they may: roles of accounts, scopes of API clients, how long a sign-in lasts.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::error::{Error, code, quoted};
use super::instant::UtcInstant;

/// What the account of a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Everything.
    Admin,
    /// Uploads, customers, assignments, flags, aliases, closing, exports.
    Operator,
    /// Reads all but accounts, settings and the audit trail.
    Viewer,
    /// Reads status, usage, history, statements and exports; makes and revokes API clients of its own.
    Distributor,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Admin, Self::Operator, Self::Viewer, Self::Distributor];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
            Self::Distributor => "distributor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Error;

    /// Errors: `SEAT-K05`.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            let detail = format!("expected admin, operator, viewer or distributor, found {}", quoted(text));
            Error::new(code::ROLE_UNKNOWN, detail)
        })
    }
}

/// What an API client may do. Scopes are strict: none includes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Send uploads, and nothing else.
    Upload,
    /// Read figures, objects, customers, uploads, exports and metrics.
    Read,
    /// Change customers, assignments and flags, close months, acknowledge notifications.
    Write,
    /// Read the audit trail, confirm the clock.
    Admin,
}

impl Scope {
    pub const ALL: [Self; 4] = [Self::Upload, Self::Read, Self::Write, Self::Admin];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = Error;

    /// Errors: `SEAT-K06`.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| {
            let detail = format!("expected upload, read, write or admin, found {}", quoted(text));
            Error::new(code::SCOPE_UNKNOWN, detail)
        })
    }
}

/// A set of scopes. As text separated by blanks, in JSON an array, always in the order of [`Scope::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | scope.bit()))
    }
}

impl From<Scope> for Scopes {
    fn from(scope: Scope) -> Self {
        Self(scope.bit())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Scope::as_str).collect();
        f.write_str(&names.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = Error;

    /// Scopes separated by blanks, in any order; none is the empty set. Errors: `SEAT-K06`.
    fn from_str(text: &str) -> Result<Self, Error> {
        text.split_whitespace().map(str::parse).collect()
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Scope::as_str))
    }
}

/// The colours in which an account sees the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As the browser is set.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Theme {
    type Err = Error;

    /// Errors: `SEAT-C04`.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).ok_or_else(|| {
            let detail = format!("expected system, light or dark, found {}", quoted(text));
            Error::new(code::INPUT_INVALID, detail)
        })
    }
}

/// A session ends so many seconds after its sign-in, whatever happens in it.
pub const SESSION_SECONDS: i64 = 12 * 3600;
/// A session ends after so many seconds without a request.
pub const SESSION_IDLE_SECONDS: i64 = 8 * 3600;
/// An access token of an API client holds for so many seconds.
pub const TOKEN_SECONDS: i64 = 3600;
/// "Seen" and "last used" are noted at most so often: each note is a commit, and waits for the disk.
pub const NOTE_SECONDS: i64 = 300;

/// Whether "seen" or "last used", if ever noted, is to be noted again.
pub fn is_due_for_note(noted: Option<&str>, now: UtcInstant) -> bool {
    let noted = noted.and_then(|noted| noted.parse::<UtcInstant>().ok());
    noted.is_none_or(|noted| noted.plus_seconds(NOTE_SECONDS) <= now)
}

/// Failed sign-ins in a row, from which on the delay grows no more.
pub const FAILURES_THAT_COUNT: u32 = 13;

/// How long the next sign-in has to wait after so many failures in a row: not at all after the first three,
/// then 2, 4, 8 … seconds, at most 15 minutes.
pub fn delay_after(failures: u32) -> Duration {
    const FREE: u32 = 3;
    const MOST: u64 = 15 * 60;
    match failures.min(FAILURES_THAT_COUNT).saturating_sub(FREE) {
        0 => Duration::ZERO,
        more => Duration::from_secs((1 << more).min(MOST)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_a_set_in_one_order() {
        let scopes: Scopes = "read  upload read".parse().unwrap();
        assert_eq!(scopes.to_string(), "upload read");
        assert_eq!(serde_json::to_string(&scopes).unwrap(), r#"["upload","read"]"#);
        assert_eq!(scopes.to_string().parse(), Ok(scopes));
        assert_eq!([Scope::Read, Scope::Upload].into_iter().collect::<Scopes>(), scopes);
        assert!("".parse::<Scopes>().unwrap().is_empty());
        assert_eq!("read all".parse::<Scopes>().unwrap_err().code, code::SCOPE_UNKNOWN);
    }

    #[test]
    fn no_scope_includes_another() {
        for one in Scope::ALL {
            for other in Scope::ALL {
                assert_eq!(Scopes::from(one).contains(other), one == other, "{one} {other}");
            }
        }
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        assert!(Role::ALL.iter().all(|role| role.to_string().parse() == Ok(*role)));
        assert!(Scope::ALL.iter().all(|scope| scope.to_string().parse() == Ok(*scope)));
        assert!(Theme::ALL.iter().all(|theme| theme.to_string().parse() == Ok(*theme)));
        assert_eq!("Admin".parse::<Role>().unwrap_err().code, code::ROLE_UNKNOWN);
    }

    #[test]
    fn the_delay_grows_up_to_a_quarter_of_an_hour() {
        let seconds = |failures| delay_after(failures).as_secs();
        assert_eq!([0, 1, 2, 3].map(seconds), [0; 4]);
        assert_eq!([4, 5, 6, 7, 12].map(seconds), [2, 4, 8, 16, 512]);
        assert_eq!([FAILURES_THAT_COUNT, 14, 1000, u32::MAX].map(seconds), [900; 4]);
    }

    #[test]
    fn a_note_is_due_after_five_minutes() {
        let now: UtcInstant = "2026-10-20T12:05:00Z".parse().unwrap();
        assert!(is_due_for_note(None, now));
        assert!(is_due_for_note(Some("2026-10-20T12:00:00Z"), now));
        assert!(!is_due_for_note(Some("2026-10-20T12:00:01Z"), now));
    }
}
