//! The month bundle: one zip file that holds a closed month and proves itself. Made here, checked in [`verify`].
//!
//! The same installation and program make the same bytes of the same month, whenever they are asked.

mod archive;
mod manifest;
mod readme;
mod signing;
pub mod verify;

use std::collections::BTreeMap;
use std::io::{Read as _, Write};

use sha2::{Digest as _, Sha256};

use self::archive::Archive;
use self::manifest::{Counts, Key, Manifest, OneCustomer, Organization};
use super::{Csv, ExportError, statement, users};
use crate::domain::error::code;
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, LockDay, LockRule};
use crate::domain::statement::PeriodStatement;
use crate::domain::user_key::user_key;
use crate::extension::hex;
use crate::store::statement::{Closing, MonthStatement};
use crate::store::{Store, StoreError};

pub use signing::{PublicKey, SigningKey};

/// Most bytes of a file: a check holds it in memory as it is, packed.
const FILE_BYTES: u64 = 1 << 30;
/// Most bytes of an entry, unpacked: what a zip file without its long form can tell.
const ENTRY_BYTES: u64 = u32::MAX as u64;
/// Most entries, below what such a file can tell.
const ENTRIES: usize = 60_000;

/// Which bundle: the whole month, or what concerns one customer.
pub struct Wanted {
    pub period: BillingPeriod,
    /// Its id, `none` for the unlinked row.
    pub customer: Option<String>,
}

impl Wanted {
    /// `customer` is an id, or a name in any spelling; `none` is the unlinked row. Errors: `SEAT-P20` where the month
    /// is not closed, `SEAT-A03`.
    pub fn find(store: &Store, period: BillingPeriod, customer: Option<&str>) -> Result<Self, StoreError> {
        if store.closed_at(period)?.is_none() {
            let detail = format!("expected a closed billing period, found {period}, which is not closed");
            return Err(StoreError::refused(code::PERIOD_NOT_CLOSED, detail));
        }
        let customer = match customer {
            Some("none") => Some("none".to_owned()),
            Some(customer) => Some(store.get_customer(customer)?.id),
            None => None,
        };
        Ok(Self { period, customer })
    }

    /// `seatledger_bundle_2026-10.zip`, `seatledger_bundle_2026-10_acme.zip`.
    pub fn file_name(&self) -> String {
        let whose = self.customer.as_ref().map(|id| format!("_{}", manifest::file_stem(id)));
        format!("seatledger_bundle_{}{}.zip", self.period, whose.unwrap_or_default())
    }

    /// Writes it, from one state of the database: the caller sees to that.
    ///
    /// Errors: `SEAT-P12` where the month does not hold its seal, before anything is written; `SEAT-P23`.
    pub fn write(
        &self,
        store: &Store,
        key: &SigningKey,
        now: UtcInstant,
        into: &mut dyn Write,
    ) -> Result<(), ExportError> {
        let month = store.statement(self.period, now)?;
        let Some(closing) = &month.closing else {
            return Err(
                StoreError::refused(code::PERIOD_NOT_CLOSED, "expected a closed billing period").into()
            );
        };
        let canonical = self.sealed_text(store, closing)?;
        Making { wanted: self, month: &month, closing, canonical, key, now }
            .write(store, into)
            .map_err(archive::refused)
    }

    /// What does not hold is not signed.
    fn sealed_text(&self, store: &Store, closing: &Closing) -> Result<String, StoreError> {
        let canonical = store.canonical(self.period)?.unwrap_or_default();
        let computed = hex(&Sha256::digest(&canonical));
        if computed == closing.seal {
            return Ok(canonical);
        }
        let detail = format!("expected {} to hold the seal {}, found {computed}", self.period, closing.seal);
        Err(StoreError::refused(code::STATEMENT_BROKEN, detail))
    }
}

/// All that a bundle is made of.
struct Making<'a> {
    wanted: &'a Wanted,
    month: &'a MonthStatement,
    closing: &'a Closing,
    canonical: String,
    key: &'a SigningKey,
    now: UtcInstant,
}

impl Making<'_> {
    fn write(&self, store: &Store, into: &mut dyn Write) -> Result<(), ExportError> {
        let only = self.wanted.customer.as_deref();
        let mut archive = Archive::new(into);
        let text = |text: &str| {
            let text = text.as_bytes().to_vec();
            move |out: &mut dyn Write| Ok(out.write_all(&text)?)
        };
        archive.add(
            manifest::README,
            None,
            text(if only.is_some() { readme::ONE } else { readme::WHOLE }),
        )?;
        archive.add(manifest::KEY, None, text(&self.key.public.pem()))?;
        let customers = match only {
            Some(id) => vec![id.to_owned()],
            None => {
                archive.add(manifest::STATEMENT_TEXT, None, text(&self.canonical))?;
                archive.add(manifest::STATEMENT, None, |out| {
                    statement::write(self.month, None, &mut Csv::new(out))
                })?;
                customers_of(self.month)
            }
        };
        for id in &customers {
            archive.add(&manifest::customer_entry(id), Some(id), |out| {
                statement::write(self.month, Some(id), &mut Csv::new(out))
            })?;
        }
        archive.add(manifest::USERS, None, |out| {
            let keep = |id: Option<&str>| only.is_none_or(|only| only == id.unwrap_or("none"));
            users::of_customers(store, self.wanted.period, self.now, &keep, &mut Csv::new(out))
        })?;
        let manifest = self.manifest(store, std::mem::take(&mut archive.entries))?;
        let signature = self.key.sign(manifest.as_bytes());
        archive.add(manifest::MANIFEST, None, text(&manifest))?;
        archive.add(manifest::SIGNATURE, None, |out| Ok(out.write_all(&signature)?))?;
        archive.finish()
    }

    fn manifest(&self, store: &Store, entries: Vec<manifest::Entry>) -> Result<String, ExportError> {
        let head = &self.closing.head;
        let only = self.wanted.customer.as_deref();
        let customer = only.map(|id| OneCustomer { id: id.to_owned(), name: self.name_of(id) });
        let manifest = Manifest {
            format: manifest::FORMAT,
            program: concat!("seatledger ", env!("CARGO_PKG_VERSION")).to_owned(),
            period: head.period.clone(),
            organization: Organization {
                id: head.organization_id.clone(),
                name: head.organization_name.clone(),
            },
            time_zone: head.time_zone.clone(),
            lock_day: head.lock_day,
            locks_at: self.locks_at(store)?.to_string(),
            closed_at: head.closed_at.clone(),
            closed_by: head.closed_by.clone(),
            imported: head.imported != 0,
            previous_seal: head.previous_seal.clone(),
            seal: self.closing.seal.clone(),
            customer,
            counts: self.counts()?,
            key: Key {
                algorithm: manifest::ALGORITHM.to_owned(),
                fingerprint: self.key.public.fingerprint(),
            },
            entries,
        };
        Ok(manifest.text().map_err(std::io::Error::from)?)
    }

    /// By the rule that the statement keeps, not by settings that may have changed since.
    fn locks_at(&self, store: &Store) -> Result<UtcInstant, StoreError> {
        let head = &self.closing.head;
        let lock = LockRule { lock_day: LockDay::new(head.lock_day)?, time_zone: head.time_zone.parse()? };
        let period = self.wanted.period;
        let live_from = store.rules()?.live_from;
        Ok(lock.locks_at(live_from.map_or(period, |live| live.max(period))))
    }

    fn counts(&self) -> Result<Counts, StoreError> {
        let only = self.wanted.customer.as_deref();
        let is_of_it = |id: &Option<String>| only.is_none_or(|only| only == id.as_deref().unwrap_or("none"));
        let (mut rows, mut users) = (0, BTreeMap::new());
        for row in &self.month.rows {
            let is_whose = matches!(row.kind.as_str(), "customer" | "unlinked");
            if only.is_none() || (is_whose && is_of_it(&row.customer_id)) {
                rows += 1;
                if only.is_some() || row.kind == "total" {
                    users.insert(row.feature.clone(), row.users);
                }
            }
        }
        let sealed = PeriodStatement::parse(&self.canonical)
            .map_err(|fault| StoreError::refused(code::STATEMENT_BROKEN, fault))?;
        let whole = |facts: i64| only.is_none().then_some(facts);
        Ok(Counts {
            rows,
            late_rows: self.month.late.iter().filter(|row| is_of_it(&row.customer_id)).count() as u64,
            customers: match only {
                Some(id) => u64::from(id != "none" && customers_of(self.month).iter().any(|own| own == id)),
                None => customers_of(self.month).len() as u64 - 1,
            },
            facts: whole(sealed.facts.facts),
            late_facts: whole(sealed.late_facts.facts),
            users,
        })
    }

    fn name_of(&self, id: &str) -> Option<String> {
        let rows = self.month.rows.iter().map(|row| (&row.customer_id, &row.customer));
        let late = self.month.late.iter().map(|row| (&row.customer_id, &row.customer));
        rows.chain(late).find(|(own, _)| own.as_deref() == Some(id)).and_then(|(_, name)| name.clone())
    }
}

/// Whose rows there are: `none` first, then by name.
fn customers_of(month: &MonthStatement) -> Vec<String> {
    let rows = month.rows.iter().map(|row| (&row.customer, &row.customer_id));
    let late = month.late.iter().map(|row| (&row.customer, &row.customer_id));
    let named = rows.chain(late).filter_map(|(name, id)| Some((id.clone()?, name.as_deref().map(user_key))));
    let by_id: BTreeMap<String, Option<String>> = named.collect();
    let mut ids: Vec<(Option<String>, String)> = by_id.into_iter().map(|(id, name)| (name, id)).collect();
    ids.sort();
    std::iter::once("none".to_owned()).chain(ids.into_iter().map(|(_, id)| id)).collect()
}

/// The bytes of a bundle, no more than one may have. Errors: `SEAT-P22`, `SEAT-P23`.
pub fn read(path: &std::path::Path) -> Result<Vec<u8>, crate::domain::error::Error> {
    let fault = |code, found: &str| {
        let detail = format!("expected a bundle in {}, found: {found}", path.display());
        crate::domain::error::Error::new(code, detail)
    };
    let unreadable = |error: std::io::Error| fault(code::BUNDLE_UNREADABLE, &error.to_string());
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(fault(code::BUNDLE_TOO_LARGE, "more than 1 GiB"));
    }
    Ok(bytes)
}
