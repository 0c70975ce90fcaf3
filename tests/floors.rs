//! Who may call whom in src/, and what may stand in one place only: the tables, and the test that
//! reads the sources against them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::fs;
use std::path::Path;

/// A floor calls only floors below it, and itself.
const FLOORS: &[(&str, u8)] = &[
    ("domain", 0),
    ("payload", 1),
    ("extension", 2),
    ("store", 3),
    ("ingest", 4),
    ("name_list", 4),
    ("export", 4),
    ("secret", 4),
    ("demo", 5),
    ("web", 6),
    ("cli", 7),
    ("main", 8),
];

/// What may stand in some places only. A place is the beginning of a path below src/.
struct Only {
    /// As written in code; a letter before it makes it another word, as does one behind a word.
    text: &'static str,
    places: &'static [&'static str],
    reason: &'static str,
}

const ONLY: &[Only] = &[
    Only {
        text: "crate::clock",
        places: &["main.rs", "cli/", "web/"],
        reason: "instants come in as values below the faces",
    },
    Only { text: "::now(", places: &["clock.rs"], reason: "there is one clock, so that tests can set it" },
    Only {
        text: "rusqlite::",
        places: &["extension/", "store/"],
        reason: "web and cli never meet SQL, payload never the database",
    },
    Only {
        text: "zip::",
        places: &["payload/archive", "demo/uploads", "export/bundle/archive"],
        reason: "one file knows what hostile archives do, others write their own",
    },
    Only {
        text: "unsafe",
        places: &["extension/entry.rs", "extension/vtab.rs"],
        reason: "only the C interface of SQLite needs it",
    },
    Only {
        text: "env::var",
        places: &["cli/config.rs"],
        reason: "options are read in one place: flag over environment over file",
    },
    Only {
        text: "Connection::open",
        places: &["store/open.rs"],
        reason: "every connection has the same settings and functions",
    },
];

const LINES: usize = 500;

/// What is wrong with one file, each a sentence. `path` is below src/, with slashes.
fn faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > LINES {
        faults.push(format!("{path} has {lines} lines, more than {LINES}: split it"));
    }
    // Who may ask our own clock is a rule by itself.
    let code = without_tests(&code_of(text)).replace("clock::now(", "clock(");
    for only in ONLY {
        if !only.places.iter().any(|place| path.starts_with(place)) && names(&code, only.text) {
            faults.push(format!("{path} names `{}`: {}", only.text, only.reason));
        }
    }
    let own = module_path(path);
    let Some(floor) = own.first().and_then(|name| floor_of(name)) else { return faults };
    for called in roots(&code, own.len()) {
        let Some(below) = floor_of(&called) else { continue };
        if called != own[0] && below >= floor {
            faults.push(format!("{path} calls {called}: {} may call only floors below it", own[0]));
        }
    }
    faults
}

fn floor_of(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// `store/open.rs` → store, open; `store/mod.rs` → store.
fn module_path(path: &str) -> Vec<&str> {
    let parts = path.trim_end_matches(".rs").split('/');
    parts.filter(|part| *part != "mod").collect()
}

/// Whether the code has `text` as a word of its own.
fn names(code: &str, text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(text).any(|(at, _)| {
        let before = text.starts_with(is_word) && code[..at].ends_with(is_word);
        // `env::var_os` and `Connection::open_with_flags` are the same thing; `unsafe_code` is not.
        let behind = !text.contains(':') && code[at + text.len()..].starts_with(is_word);
        !before && !behind
    })
}

/// The modules of the crate's root that the code calls: `crate::x`, `crate::{x, y::z}`, `seatledger::x`,
/// and `super::` as often as the module is deep.
fn roots(code: &str, depth: usize) -> Vec<String> {
    let root = "super::".repeat(depth);
    let mut called = Vec::new();
    for start in ["crate::", "seatledger::", root.as_str()] {
        for (at, _) in code.match_indices(start) {
            let behind = code[at + start.len()..].trim_start();
            match behind.strip_prefix('{') {
                Some(group) => called.extend(group_members(group)),
                None => called.extend(word(behind)),
            }
        }
    }
    called
}

/// The first words of `a, b::c, d::{e, f}}`, up to the brace that closes the group.
fn group_members(group: &str) -> Vec<String> {
    let (mut depth, mut members, mut from) = (0, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                members.extend(word(group[from..at].trim_start()));
                from = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    members
}

fn word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// The code alone: comments are left out, and what stands between quotes.
fn code_of(text: &str) -> String {
    let (mut code, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("r\"") || rest.starts_with("r#") {
            raw_string(rest)
        } else if c == '"' {
            string(rest)
        } else {
            ["'\"'", "'{'", "'}'", "'\\''"]
                .iter()
                .find(|quoted| rest.starts_with(**quoted))
                .map_or(0, |q| q.len())
        };
        match skipped {
            0 => code.push(c),
            _ => code.push(' '),
        }
        rest = &rest[skipped.max(c.len_utf8())..];
    }
    code
}

/// The length of the string that `text` begins with.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// The same for a raw one; 0 for `r#match`, a name.
fn raw_string(text: &str) -> usize {
    let hashes = text[1..].chars().take_while(|c| *c == '#').count();
    let Some(inside) = text[1 + hashes..].strip_prefix('"') else { return 0 };
    let end = format!("\"{}", "#".repeat(hashes));
    inside.find(&end).map_or(text.len(), |at| 2 + hashes + at + end.len())
}

/// Tests may build what the code may not: the item behind each `#[cfg(test)]` is left out.
fn without_tests(code: &str) -> String {
    let mut pieces = code.split("#[cfg(test)]");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let mut depth = 0;
        let end = piece.char_indices().find_map(|(at, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            (depth == 0 && (c == ';' || c == '}')).then_some(at + 1)
        });
        kept.push_str(&piece[end.unwrap_or(piece.len())..]);
    }
    kept
}

/// Every source file by its path below src/; those that are tests as a whole are left out.
fn sources() -> Vec<(String, String)> {
    fn visit(folder: &Path, below: &str, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{below}{}", path.file_name().unwrap().to_string_lossy());
            if path.is_dir() && path.file_name().unwrap() != "tests" {
                visit(&path, &format!("{name}/"), found);
            } else if name.ends_with(".rs") && !name.ends_with("/tests.rs") {
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut found);
    found
}

#[test]
fn the_sources_keep_to_the_tables() {
    let sources = sources();
    assert!(sources.iter().any(|(path, _)| path == "domain/period.rs"), "the sources are found");
    let faults: Vec<_> = sources.iter().flat_map(|(path, text)| faults(path, text)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_module_of_the_crate_has_a_floor() {
    let lib = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    let code = code_of(&lib);
    let modules: Vec<_> = code.split("mod ").skip(1).filter_map(word).collect();
    assert!(modules.contains(&"domain".to_owned()), "{modules:?}");
    for module in modules.iter().filter(|module| *module != "clock") {
        assert!(floor_of(module).is_some(), "{module} stands in src/lib.rs but not in FLOORS");
    }
}

#[test]
fn a_floor_may_not_call_one_above_or_beside_it() {
    for (path, text) in [
        ("domain/period.rs", "use crate::store::open;"),
        ("payload/native.rs", "use crate::extension::Fault;"),
        ("extension/month.rs", "fn f() { crate::store::open() }"),
        ("store/open.rs", "use crate::{domain::ids, ingest::import};"),
        ("ingest.rs", "use crate::export::csv;"),
        ("web/routes.rs", "use crate::cli::config;"),
        ("store/open.rs", "use super::super::web;"),
        ("store/uploads/list.rs", "use super::super::super::{domain, cli};"),
        ("ingest.rs", "use super::web;"),
    ] {
        assert_eq!(faults(path, text).len(), 1, "{path}: {text}");
    }
}

#[test]
fn a_floor_may_call_itself_and_all_floors_below() {
    for (path, text) in [
        ("store/open.rs", "use crate::{domain::ids, extension::register, payload::Reading, store::page};"),
        ("web/routes.rs", "use crate::export::{csv, xlsx}; use crate::web::{csrf, cli_name};"),
        ("extension/incoming/news.rs", "use super::super::month; use super::lists;"),
        ("main.rs", "use seatledger::cli;"),
        ("cli/context.rs", "let now = clock::now(None);"),
        ("domain/period.rs", "//! As crate::store::open says.\nfn f() {} // crate::web::x"),
        ("domain/period.rs", "#[cfg(test)]\nmod tests { use crate::store; fn f() {} }"),
        (
            "domain/error.rs",
            "const A: &str = \"unsafe: \\\" crate::web::x\"; const B: &str = r#\"crate::\"web\"#;",
        ),
    ] {
        assert_eq!(faults(path, text), [""; 0], "{path}: {text}");
    }
}

#[test]
fn what_has_one_place_is_refused_in_any_other() {
    for (path, text, place) in [
        ("ingest.rs", "use crate::clock::now;", "cli/import.rs"),
        ("store/open.rs", "let at = SystemTime::now();", "clock.rs"),
        ("web/routes.rs", "use rusqlite::Connection;", "store/open.rs"),
        ("payload/native.rs", "let a = zip::ZipArchive::new(b);", "payload/archive/check.rs"),
        ("extension/mod.rs", "unsafe { f() }", "extension/vtab.rs"),
        ("web/mod.rs", "std::env::var_os(\"HOME\");", "cli/config.rs"),
        ("store/backup.rs", "Connection::open_with_flags(path, flags)", "store/open.rs"),
    ] {
        assert_eq!(faults(path, text).len(), 1, "{path}: {text}");
        assert_eq!(faults(place, text), [""; 0], "{place}: {text}");
        let in_a_test = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{ fn g() {{ {text} }} }}");
        assert_eq!(faults(path, &in_a_test), [""; 0], "{path}: {text}");
    }
    assert_eq!(faults("extension/mod.rs", "#![allow(unsafe_code)]\nuse gzip::read;"), [""; 0]);
    for quoted in ["\"a\\\\\"", "'\"'", "r#\"\"\"#", "'\\''", "r\"\\\""] {
        let text = format!("fn f() {{ g({quoted}); unsafe {{ h() }} }}");
        assert_eq!(faults("store/open.rs", &text).len(), 1, "{text}");
    }
    let behind_a_test = "#[cfg(test)]\nmod tests;\nfn f() { unsafe { g() } }";
    assert_eq!(faults("store/open.rs", behind_a_test).len(), 1);
}

#[test]
fn a_file_of_more_than_500_lines_is_refused() {
    assert_eq!(faults("domain/period.rs", &"\n".repeat(500)), [""; 0]);
    assert_eq!(faults("domain/period.rs", &"\n".repeat(501)).len(), 1);
}
