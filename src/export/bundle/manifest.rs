//! `manifest.json`: what a bundle is of, what it holds, and what is signed. Field by field in `docs/bundle.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::extension::hex;

/// A later form with other fields gets another number.
pub const FORMAT: u32 = 1;
pub const ALGORITHM: &str = "Ed25519";

/// Names of the entries.
pub const README: &str = "README.txt";
pub const KEY: &str = "key.pem";
pub const STATEMENT_TEXT: &str = "statement.txt";
pub const STATEMENT: &str = "statement.csv";
pub const USERS: &str = "users.csv";
pub const MANIFEST: &str = "manifest.json";
pub const SIGNATURE: &str = "manifest.sig";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: u32,
    /// Which program made it: `seatledger 0.1.0`.
    pub program: String,
    pub period: String,
    pub organization: Organization,
    pub time_zone: String,
    pub lock_day: i64,
    pub locks_at: String,
    pub closed_at: String,
    pub closed_by: String,
    pub imported: bool,
    pub previous_seal: String,
    pub seal: String,
    /// `None`: the whole month.
    pub customer: Option<OneCustomer>,
    pub counts: Counts,
    pub key: Key,
    /// All but the manifest and its signature, in the order of the file.
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneCustomer {
    /// `none` for the unlinked row.
    pub id: String,
    /// As the statement has it; `None` where it has no row of it.
    pub name: Option<String>,
}

/// Of what is in the bundle; facts are told of the whole month alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    pub rows: u64,
    pub late_rows: u64,
    /// With rows or late rows, the unlinked left out.
    pub customers: u64,
    pub facts: Option<i64>,
    pub late_facts: Option<i64>,
    /// By feature: the total, or the row of the one customer.
    pub users: BTreeMap<String, i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    pub algorithm: String,
    pub fingerprint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
    /// Whose file it is; `none` for the unlinked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
}

impl Manifest {
    /// As it is signed.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

/// `customers/acme.csv`: the id where it is a safe name on every system, else one made of its hash.
pub fn customer_entry(id: &str) -> String {
    format!("customers/{}.csv", file_stem(id))
}

/// Lower-case letters, digits, `-` and `_`, 1 to 64 of them, that no system reserves; `id-` and a hash for others.
pub fn file_stem(id: &str) -> String {
    const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    let device = |name: &str| id.strip_prefix(name).is_some_and(|rest| rest.len() == 1);
    let safe = (1..=64).contains(&id.len())
        && id.bytes().all(plain)
        && !RESERVED.contains(&id)
        && !device("com")
        && !device("lpt")
        && !id.starts_with('-')
        && !id.starts_with("id-");
    if safe { id.to_owned() } else { format!("id-{}", &hex(&Sha256::digest(id))[..32]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customers_file_has_a_name_that_is_safe_everywhere_and_no_others() {
        for id in ["acme", "c-0123456789ab", "none", "a_b"] {
            assert_eq!(file_stem(id), id);
        }
        let ids = ["..", "a/b", "A", "a", "con", "com1", "id-x", "-x", "", "a b", "ä", "a.b", "\\", "=x"];
        let stems: std::collections::BTreeSet<String> = ids.iter().map(|id| file_stem(id)).collect();
        assert_eq!(stems.len(), ids.len(), "{stems:?}");
        for stem in stems.iter().filter(|stem| *stem != "a") {
            assert!(stem.len() == 35 && stem.starts_with("id-"), "{stem}");
        }
    }
}
