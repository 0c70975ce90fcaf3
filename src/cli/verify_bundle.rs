//! `verify-bundle`: whether a bundle holds what it says, on any machine and without a database.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::table::visible;
use super::{Context, Failure};
use crate::domain::error::code;
use crate::export::bundle;
use crate::export::bundle::verify::{Finding, GivenKey, Verdict, verify};

/// Check a month bundle: signature, every file, seal, and that the figures fit each other
///
/// Needs the file alone: no database, no network, any machine.
#[derive(Args)]
#[command(
    after_help = "Prints a line a check, problems indented below it. Exit code 1 where there is a problem. Without --key\n\
    only the key inside the bundle is used, which anyone can make: compare its fingerprint with the sender's.\n\n\
    Examples:\n  seatledger verify-bundle seatledger_bundle_2026-10.zip --key csp.pem\n  \
    seatledger verify-bundle seatledger_bundle_2026-10.zip --json"
)]
pub struct VerifyBundle {
    /// The bundle, a zip file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The key that must have signed it: a file with the key in PEM, or its fingerprint
    #[arg(long, value_name = "FILE|FINGERPRINT")]
    key: Option<String>,
}

#[derive(Serialize)]
struct Told<'a> {
    ok: bool,
    period: Option<&'a str>,
    organization_id: Option<&'a str>,
    customer_id: Option<&'a str>,
    closed_at: Option<&'a str>,
    seal: Option<&'a str>,
    previous_seal: Option<&'a str>,
    key_fingerprint: Option<&'a str>,
    /// Whether the key inside was held against one that was given.
    key_given: bool,
    checks: Vec<Checked<'a>>,
}

#[derive(Serialize)]
struct Checked<'a> {
    check: &'a str,
    /// `null`: not looked at.
    ok: Option<bool>,
    problems: &'a [String],
    unchecked: Option<&'a str>,
}

impl VerifyBundle {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let given = self.key.as_deref().map(given_key).transpose()?;
        let bytes = bundle::read(&self.file)?;
        let verdict = verify(&bytes, given.as_ref());
        let mut out = context.out();
        if context.json {
            out.json(&told(&verdict, given.is_some()))?;
        } else {
            print(&mut out, &verdict, given.is_some())?;
        }
        match verdict.problems() {
            0 => Ok(()),
            count => {
                let detail = format!("expected a bundle without problems, found {count} checks with some");
                Err(Failure::failed(code::BUNDLE_BROKEN, detail))
            }
        }
    }
}

/// A file where there is one of that name, else a fingerprint.
fn given_key(text: &str) -> Result<GivenKey, Failure> {
    const MOST: u64 = 64 << 10;
    let mut pem = Vec::new();
    match File::open(text).and_then(|file| file.take(MOST).read_to_end(&mut pem)) {
        Ok(_) => Ok(GivenKey::parse(&String::from_utf8_lossy(&pem))?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(GivenKey::parse(text)?),
        Err(error) => {
            let detail = format!("expected to read the key {text}, found: {error}");
            Err(Failure::failed(code::KEY_INVALID, detail))
        }
    }
}

fn print(out: &mut super::Out, verdict: &Verdict, is_given: bool) -> Result<(), Failure> {
    if let Some(manifest) = &verdict.manifest {
        let of = match &manifest.customer {
            None => "the whole month".to_owned(),
            Some(customer) => format!("customer {}", visible(&customer.id)),
        };
        let (period, closed_at) = (visible(&manifest.period), visible(&manifest.closed_at));
        writeln!(out, "bundle of {period}, {of}, closed at {closed_at}")?;
        let organization = [&manifest.organization.id, &manifest.organization.name];
        let organization: Vec<&str> =
            organization.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        if !organization.is_empty() {
            writeln!(out, "organization   {}", visible(&organization.join(", ")))?;
        }
        writeln!(out, "seal           {}", visible(&manifest.seal))?;
        if !manifest.previous_seal.is_empty() {
            writeln!(out, "previous seal  {}", visible(&manifest.previous_seal))?;
        }
    }
    if let Some(fingerprint) = &verdict.fingerprint {
        writeln!(out, "key            {fingerprint}")?;
    }
    if verdict.manifest.is_some() {
        writeln!(out)?;
    }
    for Finding { check, problems, unchecked } in &verdict.findings {
        let mark = match (problems.is_empty(), unchecked) {
            (false, _) => "PROBLEM",
            (true, None) => "ok     ",
            (true, Some(_)) => "-      ",
        };
        writeln!(out, "{mark}  {check}")?;
        for line in problems.iter().map(String::as_str).chain(*unchecked) {
            writeln!(out, "         {}", visible(line))?;
        }
    }
    if verdict.problems() == 0 && !is_given {
        writeln!(
            out,
            "\nOnly the key inside the bundle was used, which anyone can make. Compare its fingerprint with the one that\n\
             the sender gave you by another way, or give that with --key."
        )?;
    }
    Ok(out.flush()?)
}

fn told(verdict: &Verdict, key_given: bool) -> Told<'_> {
    let manifest = verdict.manifest.as_ref();
    Told {
        ok: verdict.problems() == 0,
        period: manifest.map(|manifest| manifest.period.as_str()),
        organization_id: manifest.map(|manifest| manifest.organization.id.as_str()),
        customer_id: manifest.and_then(|manifest| Some(manifest.customer.as_ref()?.id.as_str())),
        closed_at: manifest.map(|manifest| manifest.closed_at.as_str()),
        seal: manifest.map(|manifest| manifest.seal.as_str()),
        previous_seal: manifest.map(|manifest| manifest.previous_seal.as_str()),
        key_fingerprint: verdict.fingerprint.as_deref(),
        key_given,
        checks: verdict.findings.iter().map(checked).collect(),
    }
}

fn checked(finding: &Finding) -> Checked<'_> {
    let Finding { check, problems, unchecked } = finding;
    Checked { check, ok: unchecked.is_none().then_some(problems.is_empty()), problems, unchecked: *unchecked }
}
