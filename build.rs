//! Tells the program which commit it is built from; `SEATLEDGER_COMMIT` goes over what git says.
#![allow(clippy::disallowed_methods, reason = "a build script is told by its environment")]

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=SEATLEDGER_COMMIT");
    println!("cargo:rerun-if-changed=build.rs");
    if std::path::Path::new(".git/logs/HEAD").exists() {
        println!("cargo:rerun-if-changed=.git/logs/HEAD");
    }
    let told = std::env::var("SEATLEDGER_COMMIT").ok().filter(|commit| !commit.is_empty());
    if let Some(commit) = told.or_else(of_git) {
        println!("cargo:rustc-env=SEATLEDGER_COMMIT={commit}");
    }
}

/// The commit of this folder, where it is a checkout.
fn of_git() -> Option<String> {
    let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !commit.is_empty()).then_some(commit)
}
