//! Who may enter and what they may: roles of accounts, scopes of API clients.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::error::{Error, code, quoted};

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

#[cfg(test)]
mod tests;
