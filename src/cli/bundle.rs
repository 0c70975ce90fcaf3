//! `export bundle` and `export key`: a closed month as one file that proves itself, and the key that it is signed by.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::export::{in_place, is_standard_output};
use super::{Context, Failure};
use crate::domain::period::BillingPeriod;
use crate::export::Hashed;
use crate::export::bundle::{SigningKey, Wanted};

/// A closed month as one signed zip file, which its receiver can check
///
/// It holds the statement, a file for each customer, the users, and a manifest with the seals and the SHA-256 of each
/// file, signed with the key of this installation. `seatledger verify-bundle` checks it on any machine.
#[derive(Args)]
#[command(
    after_help = "Without -o the file is seatledger_bundle_PERIOD.zip, or seatledger_bundle_PERIOD_CUSTOMER.zip, in\n\
    the current folder. The first bundle makes the key: see `seatledger export key`.\n\n\
    Examples:\n  seatledger export bundle --period 2026-10\n  \
    seatledger export bundle --period 2026-10 --customer acme -o acme-2026-10.zip"
)]
pub struct Bundle {
    /// Billing period, closed
    #[arg(long, value_name = "YYYY-MM", required = true)]
    period: BillingPeriod,
    /// Only what concerns this customer, by id or name; none: what is linked to nobody
    #[arg(long, value_name = "ID|NAME")]
    customer: Option<String>,
    /// Write into this file, in place only when it is complete; standard output for -
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The public key of this installation, with which bundles are signed
///
/// Give its fingerprint to receivers of bundles once, by another way than the bundle. It is made when it is first
/// asked for, and stays.
#[derive(Args)]
#[command(
    after_help = "Prints the key in PEM, then its fingerprint: the SHA-256 of the key as SubjectPublicKeyInfo.\n\n\
    Examples:\n  seatledger export key\n  seatledger export key -o csp.pem"
)]
pub struct Key {
    /// Write the key into this file; the fingerprint is printed
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Serialize)]
struct Made<'a> {
    file: &'a str,
    bytes: u64,
    sha256: &'a str,
    key_fingerprint: &'a str,
}

#[derive(Serialize)]
struct Shown<'a> {
    pem: &'a str,
    fingerprint: &'a str,
}

/// Opens the database for changes only where there is no key yet.
fn signing_key(context: &Context) -> Result<SigningKey, Failure> {
    if let Some(key) = SigningKey::find(&context.reader()?)? {
        return Ok(key);
    }
    Ok(SigningKey::find_or_make(&mut context.writer()?, context.now(), &context.actor)?)
}

impl Bundle {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        // What is refused is refused before a key is made.
        Wanted::find(&context.reader()?, self.period, self.customer.as_deref())?;
        let key = signing_key(context)?;
        let store = context.reader()?;
        store.snapshot(|store| {
            let wanted = Wanted::find(store, self.period, self.customer.as_deref())?;
            let path = self.output.unwrap_or_else(|| wanted.file_name().into());
            let now = context.now();
            if is_standard_output(&path) {
                return Ok(wanted.write(store, &key, now, &mut context.out())?);
            }
            let mut summed = (0, String::new());
            in_place(context, &path, |file| {
                let mut hashed = Hashed::new(file, true);
                wanted.write(store, &key, now, &mut hashed)?;
                summed = hashed.told();
                Ok(())
            })?;
            let ((bytes, sha256), fingerprint) = (summed, key.public.fingerprint());
            let file = path.to_string_lossy();
            let mut out = context.out();
            if context.json {
                let made = Made { file: &file, bytes, sha256: &sha256, key_fingerprint: &fingerprint };
                return out.json(&made);
            }
            writeln!(out, "wrote {}, {bytes} bytes", super::table::visible(&file))?;
            writeln!(out, "SHA-256 {sha256}")?;
            out.line(&format!("signed by the key {fingerprint}"))
        })
    }
}

impl Key {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let key = signing_key(context)?.public;
        let (pem, fingerprint) = (key.pem(), key.fingerprint());
        let mut out = context.out();
        let to_file = self.output.filter(|path| !is_standard_output(path));
        if let Some(path) = &to_file {
            in_place(context, path, |file| Ok(file.write_all(pem.as_bytes())?))?;
        }
        if context.json {
            return out.json(&Shown { pem: &pem, fingerprint: &fingerprint });
        }
        if to_file.is_none() {
            write!(out, "{pem}")?;
        }
        out.line(&format!("fingerprint {fingerprint}"))
    }
}
