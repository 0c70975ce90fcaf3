//! The entries of a bundle that is checked, each within its size, and whether they are those that were signed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

use super::super::ENTRY_BYTES;
use super::super::manifest::{self, Manifest};
use crate::domain::error::quoted;
use crate::extension::hex;
use crate::payload::archive::{Archive, Entry, rejection_in};

/// Most bytes of an entry that is read as a whole: all but the users.
const WHOLE_BYTES: u64 = 256 << 20;

pub struct Contents<'a> {
    entries: BTreeMap<&'a str, Entry<'a>>,
}

impl<'a> Contents<'a> {
    pub fn new(archive: &'a Archive<'a>) -> Self {
        Self { entries: archive.files().map(|entry| (entry.path(), entry)).collect() }
    }

    /// As a stream; what is wrong with it comes as an error that [`fault`] reads.
    pub fn stream(&self, name: &str) -> Result<impl Read + use<'_>, String> {
        self.entry(name, ENTRY_BYTES).map(Entry::stream)
    }

    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        let entry = self.entry(name, WHOLE_BYTES)?;
        entry.read().map(std::borrow::Cow::into_owned).map_err(|rejection| rejection.detail())
    }

    pub fn text(&self, name: &str) -> Result<String, String> {
        String::from_utf8(self.bytes(name)?)
            .map_err(|_| format!("expected UTF-8 in {name}, found other bytes"))
    }

    fn entry(&self, name: &str, most: u64) -> Result<&Entry<'a>, String> {
        let entry = self.entries.get(name).ok_or_else(|| format!("expected {}, found none", quoted(name)))?;
        if entry.size() > most {
            return Err(format!("expected at most {most} bytes in {name}, found {}", entry.size()));
        }
        Ok(entry)
    }

    /// Missing, added and changed entries, and those that a bundle of this format must or must not have.
    pub fn differences(&self, manifest: &Manifest) -> Vec<String> {
        let mut problems = Vec::new();
        let mut listed = BTreeSet::new();
        for signed in &manifest.entries {
            let name = signed.name.as_str();
            if !listed.insert(name) {
                problems.push(format!("{}: expected once in the manifest, found twice", quoted(name)));
            } else if let Err(problem) = self.holds(signed) {
                problems.push(problem);
            }
        }
        let own = [manifest::MANIFEST, manifest::SIGNATURE];
        let beside = self.entries.keys().filter(|name| !listed.contains(**name) && !own.contains(name));
        problems.extend(beside.map(|name| format!("{}: not in the manifest", quoted(name))));
        let whole = [manifest::STATEMENT_TEXT, manifest::STATEMENT];
        let whole = whole.into_iter().filter(|_| manifest.customer.is_none());
        let must: BTreeSet<&str> =
            [manifest::README, manifest::KEY, manifest::USERS].into_iter().chain(whole).collect();
        let absent = must.iter().filter(|name| !listed.contains(**name));
        problems.extend(absent.map(|name| format!("{name}: the manifest lacks it")));
        let unknown = manifest.entries.iter().filter(|signed| match &signed.customer_id {
            Some(id) => signed.name != manifest::customer_entry(id),
            None => !must.contains(signed.name.as_str()),
        });
        problems.extend(unknown.map(|signed| format!("{}: no entry of this format", quoted(&signed.name))));
        problems
    }

    fn holds(&self, signed: &manifest::Entry) -> Result<(), String> {
        let name = quoted(&signed.name);
        let entry = self.entry(&signed.name, ENTRY_BYTES)?;
        if entry.size() != signed.bytes {
            return Err(format!("{name}: expected {} bytes, found {}", signed.bytes, entry.size()));
        }
        let mut sha256 = Sha256::new();
        io::copy(&mut entry.stream(), &mut sha256).map_err(|error| fault(&error, &signed.name))?;
        let found = hex(&sha256.finalize());
        if found != signed.sha256 {
            return Err(format!("{name}: expected SHA-256 {}, found {found}", signed.sha256));
        }
        Ok(())
    }
}

/// What a stream that ended early says.
pub fn fault(error: &io::Error, entry: &str) -> String {
    rejection_in(error, entry).detail()
}
