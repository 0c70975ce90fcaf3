//! The objects that `assign` and `free` speak of: from arguments, a file or standard input.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::Args;

use super::{Failure, text_file};
use crate::domain::error::{code, quoted};
use crate::domain::ids::{ObjectKind, canonical_guid};
use crate::store::assignments::ObjectRef;

#[derive(Args)]
#[group(required = true, multiple = true)]
pub struct Objects {
    /// Object: a user in any spelling, else the id that `source list` shows; several may follow
    #[arg(long, value_name = "ID", num_args = 1..)]
    object: Vec<String>,
    /// File with one object a line, - for standard input: where there are too many for a command line
    #[arg(long, value_name = "FILE")]
    objects_file: Option<PathBuf>,
}

impl Objects {
    /// Each object once, in the order given.
    ///
    /// Errors: usage, for a text that cannot be an object of that kind; `SEAT-U10` for the file.
    pub fn read(&self, kind: ObjectKind) -> Result<Vec<ObjectRef>, Failure> {
        let listed = match &self.objects_file {
            Some(path) => text_file::read(path, "a list of objects")?,
            None => String::new(),
        };
        let lines = listed.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut seen = HashSet::new();
        let mut objects = Vec::new();
        for given in self.object.iter().map(String::as_str).chain(lines) {
            let object = checked(kind, given)?;
            if seen.insert(object.id.clone()) {
                objects.push(object);
            }
        }
        if objects.is_empty() {
            return Err(Failure::usage(code::INPUT_INVALID, "expected at least one object, found none"));
        }
        Ok(objects)
    }
}

fn checked(kind: ObjectKind, given: &str) -> Result<ObjectRef, Failure> {
    let refuse = |expected: &str| {
        Failure::usage(code::INPUT_INVALID, format!("expected {expected}, found {}", quoted(given)))
    };
    if given.trim().is_empty() || given.len() > 1024 || given.chars().any(char::is_control) {
        return Err(refuse(&format!("a {kind} of 1 to 1024 bytes without control characters")));
    }
    if kind == ObjectKind::LicenseServer && canonical_guid(given).is_none() {
        return Err(refuse("the GUID of a license server"));
    }
    Ok(ObjectRef::new(kind, given))
}
