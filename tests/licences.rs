//! Every crate that is built or tested with has a licence of the list in deny.toml.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]
#![allow(clippy::disallowed_methods, reason = "which cargo runs is said by the environment")]

use std::process::Command;

use serde_json::Value;

/// The strings of `allow = […]` in deny.toml.
fn allowed() -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).unwrap();
    let list = text.split("\nallow = [").nth(1).expect("deny.toml has a list of licences");
    let list = list.split(']').next().unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether an SPDX expression holds with the allowed licences; AND binds tighter than OR.
fn holds(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<_> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    any(&mut rest, allowed) && rest.is_empty()
}

fn any(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut holds = all(rest, allowed);
    while let ["OR", behind @ ..] = *rest {
        *rest = behind;
        holds |= all(rest, allowed);
    }
    holds
}

fn all(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut holds = one(rest, allowed);
    while let ["AND", behind @ ..] = *rest {
        *rest = behind;
        holds &= one(rest, allowed);
    }
    holds
}

fn one(rest: &mut &[&str], allowed: &[String]) -> bool {
    let licence = match *rest {
        ["(", behind @ ..] => {
            *rest = behind;
            let holds = any(rest, allowed);
            let [")", behind @ ..] = *rest else { return false };
            *rest = behind;
            return holds;
        }
        [id, "WITH", exception, behind @ ..] => {
            *rest = behind;
            format!("{id} WITH {exception}")
        }
        [id, behind @ ..] => {
            *rest = behind;
            (*id).to_owned()
        }
        [] => return false,
    };
    allowed.contains(&licence)
}

#[test]
fn every_crate_has_a_licence_of_the_list() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 20, "cargo metadata lists the dependencies too, found {}", packages.len());
    let allowed = allowed();
    let refused: Vec<_> = packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(|licence| holds(licence, &allowed)))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "expected licences of deny.toml, found:\n{}", refused.join("\n"));
}

#[test]
fn an_expression_holds_as_spdx_says() {
    let allowed: Vec<_> =
        ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].iter().map(|id| (*id).to_owned()).collect();
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("Unlicense/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("MIT AND ISC", true),
        ("MIT OR ISC AND GPL-3.0", true),
        ("(MIT OR GPL-3.0) AND ISC", true),
        ("(MIT OR ISC) AND GPL-3.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("MIT WITH LLVM-exception", false),
        ("", false),
        ("MIT ISC", false),
        ("(MIT", false),
    ] {
        assert_eq!(holds(expression, &allowed), expected, "{expression}");
    }
}

#[test]
fn the_list_is_read_from_deny_toml() {
    let allowed = allowed();
    assert!(allowed.contains(&"MIT".to_owned()) && allowed.contains(&"CC0-1.0".to_owned()), "{allowed:?}");
    assert!(!allowed.iter().any(|id| id.contains("GPL") || id == "Unlicense"), "{allowed:?}");
}
