//! Identities, parsed once at the edge and impossible to mix up inside.

use std::fmt;
use std::str::FromStr;

use super::error::{Error, code, quoted};

/// What an assignment can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ObjectKind {
    User,
    LicenseServer,
    Site,
    DeliveryGroup,
    NetScaler,
}

impl ObjectKind {
    pub const ALL: [Self; 5] =
        [Self::User, Self::LicenseServer, Self::Site, Self::DeliveryGroup, Self::NetScaler];

    /// As `object_kind` in the schema numbers them.
    pub const fn number(self) -> i64 {
        match self {
            Self::User => 0,
            Self::LicenseServer => 1,
            Self::Site => 2,
            Self::DeliveryGroup => 3,
            Self::NetScaler => 4,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::LicenseServer => "license-server",
            Self::Site => "site",
            Self::DeliveryGroup => "delivery-group",
            Self::NetScaler => "netscaler",
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ObjectKind {
    type Err = Error;

    /// Errors: `SEAT-A06`.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            Error::new(
                code::KIND_UNKNOWN,
                format!(
                    "expected user, license-server, site, delivery-group or netscaler, found {}",
                    quoted(text)
                ),
            )
        })
    }
}

/// Why a user or license server is not paid for [D].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FreeReason {
    Trial,
    Test,
    Administrative,
}

impl FreeReason {
    pub const ALL: [Self; 3] = [Self::Trial, Self::Test, Self::Administrative];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Test => "test",
            Self::Administrative => "administrative",
        }
    }
}

impl fmt::Display for FreeReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FreeReason {
    type Err = Error;

    /// Errors: `SEAT-A07`.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).ok_or_else(|| {
            Error::new(
                code::REASON_UNKNOWN,
                format!("expected trial, test or administrative, found {}", quoted(text)),
            )
        })
    }
}

/// A GUID as 36 lower-case characters without braces; `None` for anything else.
///
/// License servers keep theirs over upgrades [D], so it is their identity.
pub fn canonical_guid(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = text.strip_prefix('{').map_or(Some(text), |rest| rest.strip_suffix('}'))?;
    let well_formed = bare.len() == 36
        && bare.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        });
    well_formed.then(|| bare.to_ascii_lowercase())
}

/// The id of a site, delivery group or NetScaler part: a GUID in its canonical form, else the text
/// itself, trimmed: 1 to 128 bytes without control characters. `None` for anything else.
pub fn canonical_object_id(text: &str) -> Option<String> {
    canonical_guid(text).or_else(|| {
        let text = text.trim();
        (!text.is_empty() && text.len() <= 128 && !text.chars().any(char::is_control))
            .then(|| text.to_owned())
    })
}

#[cfg(test)]
mod tests;
