//! What is measured with: names in no order, uploads of them, and a month of facts with its tags.

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use seatledger::domain::instant::UtcInstant;
use seatledger::domain::period::BillingPeriod;
use seatledger::ingest::{self, Bytes, Outcome};
use seatledger::store::uploads::Arrival;
use seatledger::store::{Actor, Commit, Store};
use zip::write::{SimpleFileOptions, ZipWriter};

pub const FEATURE: &str = "XDT_PLT_UD";
/// The open month that is counted.
pub const PERIOD: &str = "2026-09";
const NOW: &str = "2026-10-05T12:00:00Z";
pub const CUSTOMERS: usize = 2_000;
const LICENSE_SERVERS: usize = 40;
const DELIVERY_GROUPS: usize = 10;

pub fn now() -> UtcInstant {
    NOW.parse().expect("an instant")
}

pub fn actor() -> Actor {
    Actor("cli/bench".to_owned())
}

/// Unique below 2^24, spread over eight domains and no order.
pub fn name(number: usize) -> String {
    const DOMAINS: [&str; 8] = ["CORP", "NORTH", "SOUTH", "EAST", "WEST", "LAB", "HOST", "ROAM"];
    const FIRST: [&str; 8] = ["Anna", "ben", "Carl", "dora", "Erik", "fay", "Gus", "hana"];
    let mixed = number.wrapping_mul(0x9e37_79b1) & 0x00ff_ffff;
    format!("{}\\{}{mixed:06x}", DOMAINS[mixed % 8], FIRST[number % 8])
}

pub fn guid(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

fn list(period: &str, users: impl Iterator<Item = usize>) -> String {
    let names: Vec<String> = users.map(|user| format!("\"{}\"", name(user).replace('\\', "\\\\"))).collect();
    format!("[{{\"feature\":\"{FEATURE}\",\"period\":\"{period}\",\"users\":[{}]}}]", names.join(","))
}

/// The upload of one license server.
pub fn server_zip(
    server: usize,
    collected_at: &str,
    period: &str,
    users: impl Iterator<Item = usize>,
) -> Result<Vec<u8>> {
    let guid = guid(server);
    zip(&format!(
        "{{\"format\":\"seatledger/license-server@1\",\"collectedAt\":\"{collected_at}\",\"licenseServer\":{{\"guid\":\"{guid}\",\
         \"hostId\":\"LIC{server}\",\"fqdn\":\"lic{server}.csp.example\",\"version\":\"11.17.2.0 build 53100\"}},\"usage\":{}}}",
        list(period, users)
    ))
}

fn group_zip(
    group: usize,
    collected_at: &str,
    period: &str,
    users: impl Iterator<Item = usize>,
) -> Result<Vec<u8>> {
    let (site, id) = (guid(0x1000 + group / 5), guid(0x2000 + group));
    zip(&format!(
        "{{\"format\":\"seatledger/site@1\",\"collectedAt\":\"{collected_at}\",\"site\":{{\"id\":\"{site}\",\"name\":\"Site {}\"}},\
         \"deliveryGroups\":[{{\"id\":\"{id}\",\"name\":\"DG{group}\",\"usage\":{}}}]}}",
        group / 5,
        list(period, users)
    ))
}

fn zip(payload: &str) -> Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("payload.json", SimpleFileOptions::default())?;
    writer.write_all(payload.as_bytes())?;
    Ok(writer.finish()?.into_inner())
}

/// Hash, read and commit, with the time that reading took.
pub fn import(store: &mut Store, content: Vec<u8>) -> Result<Duration> {
    let rules = store.rules()?;
    let begun = Instant::now();
    let arrival = Arrival {
        sha256: ingest::sha256(&content),
        file: "bench.zip".to_owned(),
        bytes: content.len() as u64,
        received_at: now(),
        way: "import",
        license_server: None,
    };
    let mut bytes = Bytes { arrival, content: Some(content) };
    let read = ingest::read(&bytes, &rules.limits, rules.lock.time_zone);
    let reading = begun.elapsed();
    match ingest::take_in(store, &actor(), &mut bytes, read, now())? {
        Outcome::Accepted(_) => Ok(reading),
        other => bail!("expected an accepted upload, found {other:?}"),
    }
}

/// `users` users in one list each, over 50 sources, in each of the last `months` months; then the tags.
pub fn fill(folder: &Path, users: usize, months: i64) -> Result<()> {
    let mut store = Store::open(folder, Duration::from_secs(30))?;
    let newest: BillingPeriod = PERIOD.parse()?;
    let periods: Vec<String> = (0..months)
        .rev()
        .filter_map(|back| newest.plus_months(-back))
        .map(|period| period.to_string())
        .collect();
    let sources = LICENSE_SERVERS + DELIVERY_GROUPS;
    for period in &periods {
        let collected_at = format!("{period}-28T03:00:00Z");
        for source in 0..sources {
            // One user in twenty is seen by a second source as well.
            let seen = (0..users).filter(|user| {
                user % sources == source || (user % 20 == 0 && (user / 20) % sources == source)
            });
            let content = match source.checked_sub(LICENSE_SERVERS) {
                None => server_zip(source, &collected_at, period, seen)?,
                Some(group) => group_zip(group, &collected_at, period, seen)?,
            };
            import(&mut store, content)?;
        }
    }
    let begun = Instant::now();
    tag(&mut store, &periods)?;
    eprintln!("  {users} users in {months} months tagged in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// 2,000 customers; 90 % of the users and most sources assigned, in bulk. Each later month changes one
/// user in a hundred; some tags are cleared; some users and one license server are free.
fn tag(store: &mut Store, periods: &[String]) -> Result<()> {
    use rusqlite::types::Value;
    let mut commit = Commit::new(now(), &actor());
    for number in 0..CUSTOMERS {
        let (id, name) = (format!("c{number}"), format!("Customer {number}"));
        seatledger::store::customers::create(&mut commit, &id, &name, None);
    }
    let first = || Value::Text(periods[0].clone());
    commit.add(
        "INSERT INTO assignment (kind, object_id, since, customer_id)
         SELECT k.name, o.public_id, ?1, 'c' || (o.id * 37 % 2000)
         FROM object o JOIN object_kind k ON k.id = o.kind WHERE o.kind IN (1, 3) AND o.id % 7 <> 0",
        [first()],
    );
    commit.add(
        "INSERT INTO assignment (kind, object_id, since, customer_id)
         SELECT 'user', key, ?1, 'c' || (id * 7919 % 2000) FROM user WHERE id % 10 <> 0",
        [first()],
    );
    for period in &periods[1..] {
        commit.add(
            "INSERT INTO assignment (kind, object_id, since, customer_id)
             SELECT 'user', key, ?1, CASE WHEN id % 11 > 0 THEN 'c' || (id * 31 % 2000) END FROM user WHERE id % 100 = 3",
            [Value::Text(period.clone())],
        );
    }
    commit.add(
        "INSERT INTO free_flag (kind, object_id, since, reason) SELECT 'user', key, ?1, 'test' FROM user WHERE id % 97 = 1",
        [first()],
    );
    commit.add(
        "INSERT INTO free_flag (kind, object_id, since, reason)
         SELECT 'license-server', public_id, ?1, 'trial' FROM object WHERE kind = 1 LIMIT 1",
        [first()],
    );
    Ok(store.commit(&commit)?)
}
