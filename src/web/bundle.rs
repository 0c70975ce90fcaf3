//! The month bundle, for pages and for programs: a closed month as one signed zip file, streamed.
//!
//! Distributors get it too. It says no more than the report on users, which they may fetch, and it is what they check
//! a month with.

use std::sync::Arc;

use super::call::{Answer, Call};
use super::description::{Described, Kind, PERIOD, Parameter};
use super::download::{self, File, Job, Record};
use super::fault::Fault;
use super::pairs::Pairs;
use super::show;
use crate::domain::period::BillingPeriod;
use crate::export::bundle::{SigningKey, Wanted};
use crate::store::Store;

/// What the form on the page of exports offers.
pub struct Choice {
    /// Closed months, the newest first: `2026-10`, `October 2026`.
    pub months: Vec<(String, String)>,
    /// Of the key of this installation, once there is one.
    pub fingerprint: Option<String>,
}

impl Choice {
    pub fn of(store: &Store) -> Result<Self, Fault> {
        const MOST: i64 = 120;
        let newest = store.rules()?.closed_through;
        let months =
            newest.into_iter().flat_map(|newest| (0..MOST).map_while(move |back| newest.plus_months(-back)));
        let mut closed = Vec::new();
        for month in months {
            if store.closed_at(month)?.is_none() {
                break;
            }
            closed.push((month.to_string(), show::month(month)));
        }
        let fingerprint = store.find_installation_key()?.map(|key| key.fingerprint);
        Ok(Self { months: closed, fingerprint })
    }
}

pub fn described() -> Described {
    Described::new(
        "A closed month as one signed file",
        "A zip file with the statement, a file for each customer, the users, and a manifest with the seals and the SHA-256 \
         of each file, signed with the key of this installation. seatledger verify-bundle checks it on any machine.",
    )
    .takes(&[
        PERIOD,
        Parameter::new("customer", Kind::Text, "Only what concerns this customer, by id or name; none: what is linked to nobody."),
    ])
    .file(200, "The file, seatledger_bundle_PERIOD.zip", &["application/zip"])
    .problems(&[
        (409, "The period is not closed (SEAT-P20), or does not hold its seal (SEAT-P12)."),
        (422, "There is no such customer (SEAT-A03)."),
    ])
}

/// For programs.
pub async fn get(call: Call) -> Answer {
    let query = call.query.clone();
    send(&call, &query, false).await
}

/// For the form of the page, on record with its hash when it was taken to its end.
pub async fn make(call: Call) -> Answer {
    let form = call.form.clone();
    send(&call, &form, true).await
}

/// What is refused is refused before the first byte.
async fn send(call: &Call, pairs: &Pairs, on_record: bool) -> Answer {
    let period: BillingPeriod = Call::field(pairs, "period")?.parse()?;
    let customer = pairs.get("customer").filter(|customer| !customer.is_empty()).map(str::to_owned);
    let (wanted, key) = call
        .read(move |store| {
            let wanted = Wanted::find(store, period, customer.as_deref())?;
            Ok((wanted, SigningKey::find(store)?))
        })
        .await?;
    let key = match key {
        Some(key) => key,
        // Asked for within the moment in which the server starts.
        None => {
            let (now, actor) = (call.now, call.actor());
            call.write(move |store| Ok(SigningKey::find_or_make(store, now, &actor)?)).await?
        }
    };
    let mut file = File::new("application/zip", wanted.file_name());
    if on_record {
        let part = wanted.customer.clone().unwrap_or_default();
        file.record = Some(Record { report: "bundle", form: "zip", period, part });
    }
    let (now, key) = (call.now, Arc::new(key));
    let write: Job = Box::new(move |_, store, out| wanted.write(store, &key, now, out));
    download::stream(call, file, write).await
}
