//! Which files an import takes: those that are named, and in folders all that look like uploads.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::ingest::regular;

/// A file to import.
pub struct Found {
    /// As given, or as found below what was given.
    pub path: PathBuf,
    /// Why it cannot be read: a folder that cannot be listed, a link that leads nowhere, a pipe.
    pub problem: Option<String>,
}

/// Endings that are taken from folders, in any case.
const ENDINGS: [&str; 4] = ["zip", "json", "xml", "lic"];

/// In the order given; the files of a folder sorted by path.
pub fn find(paths: &[PathBuf]) -> Vec<Found> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut walk = Walk::default();
            walk.all_below(path);
            walk.found.sort_by(|a, b| a.path.cmp(&b.path));
            found.append(&mut walk.found);
        } else {
            found.push(Found { path: path.clone(), problem: problem(path) });
        }
    }
    found
}

/// What is no regular file is named, not opened.
fn problem(path: &Path) -> Option<String> {
    fs::metadata(path).and_then(|metadata| regular::check(&metadata)).err().map(|error| error.to_string())
}

#[derive(Default)]
struct Walk {
    found: Vec<Found>,
    /// Folders by their true paths: each is taken once, so that links cannot lead in circles.
    seen: HashSet<PathBuf>,
}

impl Walk {
    /// Folders that links lead to come last: what lies in the tree itself keeps its own path.
    fn all_below(&mut self, folder: &Path) {
        let (mut folders, mut linked) = (vec![folder.to_owned()], Vec::new());
        while let Some(folder) = folders.pop().or_else(|| linked.pop()) {
            if let Err(error) = self.folder(&folder, &mut folders, &mut linked) {
                self.found.push(Found { path: folder, problem: Some(error.to_string()) });
            }
            // The first of them by name is the next one.
            linked.sort_by(|a: &PathBuf, b| b.cmp(a));
        }
    }

    fn folder(
        &mut self,
        folder: &Path,
        folders: &mut Vec<PathBuf>,
        linked: &mut Vec<PathBuf>,
    ) -> io::Result<()> {
        if !self.seen.insert(fs::canonicalize(folder)?) {
            return Ok(());
        }
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if is_hidden(&entry.file_name()) {
                continue;
            }
            let path = entry.path();
            let is_link = entry.file_type()?.is_symlink();
            if path.is_dir() {
                if is_link { &mut *linked } else { &mut *folders }.push(path);
            } else if is_upload(&path) || (is_link && !path.exists()) {
                let problem = problem(&path);
                self.found.push(Found { path, problem });
            }
        }
        Ok(())
    }
}

fn is_hidden(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with('.')
}

fn is_upload(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}
