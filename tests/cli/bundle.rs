//! Month bundles: made twice the same, checked anywhere, and every way to tamper with one is found.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use base64::Engine as _;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use seatledger::export::bundle::PublicKey;
use seatledger::export::bundle::verify::{GivenKey, verify};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{Answer, House, Server, full, text};

const FILE: &str = "seatledger_bundle_2026-10.zip";

/// October is closed and carries late usage of September; a customer and a user look like formulas.
fn house() -> House {
    let mut house = House::new();
    house.import(&Server::new("LIC01", "2026-10-02T03:00:00Z").saw("2026-09", &["anna"]).upload());
    let seen = ["anna", "ben", "=carl", "'=carl", "dora"];
    house.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &seen).upload());
    house.import(&Server::new("LIC02", "2026-10-15T04:00:00Z").saw("2026-10", &["anna", "Erik"]).upload());
    for customer in ["Acme", "=Sum"] {
        house.customer(customer);
    }
    for (object, customer) in [("anna", "acme"), ("ben", "=sum"), ("=carl", "=sum")] {
        house.assign("2026-09", "user", object, customer).done();
    }
    house.free("2026-10", "user", "ben", "test").done();
    house.at("2026-10-11T00:00:00Z").run(["period", "close", "2026-09"]).done();
    house.import(&Server::new("LIC02", "2026-10-16T03:00:00Z").saw("2026-09", &["ben"]).upload());
    house.at("2026-11-12T00:00:00Z").run(["period", "close", "2026-10"]);
    assert_eq!(house.run(["period", "list", "--json"]).done().json()[1]["status"], "closed");
    house
}

fn made(house: &House) -> Vec<u8> {
    house.run(["export", "bundle", "--period", "2026-10"]).done();
    std::fs::read(house.path(FILE)).unwrap()
}

type Entries = Vec<(String, Vec<u8>)>;
/// What a forger changes, in the entries or in the manifest.
type Change = Box<dyn FnOnce(&mut Entries, &mut Value)>;

fn unpacked(bytes: &[u8]) -> Entries {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (entry.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// With other instants and another compression than ours.
fn packed(entries: &Entries) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::from_date_and_time(2027, 1, 2, 3, 4, 6).unwrap());
    for (name, content) in entries {
        zip.start_file(name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn content<'a>(entries: &'a mut Entries, name: &str) -> &'a mut Vec<u8> {
    &mut entries.iter_mut().find(|(own, _)| own == name).unwrap().1
}

fn string(entries: &mut Entries, name: &str) -> String {
    String::from_utf8(content(entries, name).clone()).unwrap()
}

fn checked(house: &House, bytes: &[u8]) -> Answer {
    let path = house.write("checked.zip", bytes);
    house.run(["verify-bundle", text(&path), "--json"])
}

/// The checks that found problems.
fn problems(answer: &Answer) -> BTreeMap<String, String> {
    let checks = answer.json()["checks"].as_array().unwrap().clone();
    let broken = checks.into_iter().filter(|check| check["ok"] == false);
    broken.map(|check| (check["check"].as_str().unwrap().to_owned(), check["problems"].to_string())).collect()
}

/// Signs what was changed anew, with a key of somebody else: all that a forger without our key can do.
fn forged(entries: &Entries, change: impl FnOnce(&mut Entries, &mut Value)) -> Vec<u8> {
    let mut entries = entries.clone();
    let mut manifest: Value = serde_json::from_slice(content(&mut entries, "manifest.json")).unwrap();
    change(&mut entries, &mut manifest);
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
    let spki = [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", pair.public_key().as_ref()].concat();
    let body = base64::engine::general_purpose::STANDARD.encode(spki);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
    manifest["key"]["fingerprint"] = json!(PublicKey::from_pem(&pem).unwrap().fingerprint());
    *content(&mut entries, "key.pem") = pem.into_bytes();
    for entry in manifest["entries"].as_array_mut().unwrap() {
        let name = entry["name"].as_str().unwrap().to_owned();
        let Some((_, content)) = entries.iter().find(|(own, _)| *own == name) else { continue };
        entry["bytes"] = json!(content.len());
        let digest = Sha256::digest(content);
        entry["sha256"] = json!(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
    let text = manifest.to_string().into_bytes();
    *content(&mut entries, "manifest.sig") = pair.sign(&text).as_ref().to_vec();
    *content(&mut entries, "manifest.json") = text;
    packed(&entries)
}

#[test]
fn the_same_month_makes_the_same_bytes_and_they_hold() {
    let mut house = house();
    let first = made(&house);
    let told = house.run(["export", "bundle", "--period", "2026-10", "--json"]).done().json();
    assert_eq!(told["file"], FILE);
    // Later, after changes elsewhere, through another way out.
    house.run(["customer", "rename", "acme", "Another"]).done();
    house.run(["setting", "set", "time_zone", "Asia/Tokyo"]).done();
    house.import(&Server::new("LIC03", "2026-11-12T01:00:00Z").saw("2026-10", &["zoe"]).upload());
    house.at("2026-12-01T00:00:00Z");
    house.run(["export", "bundle", "--period", "2026-10", "-o", "again.zip"]).done();
    assert!(first == std::fs::read(house.path("again.zip")).unwrap(), "other bytes");
    let mut command = house.command();
    let piped = command.args(["export", "bundle", "--period", "2026-10", "-o", "-"]).output().unwrap().stdout;
    assert!(first == piped, "other bytes on standard output");
    let sum: String = Sha256::digest(&first).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(told["sha256"], sum);

    let key = house.run(["export", "key", "--json"]).done().json();
    assert_eq!(key["fingerprint"], told["key_fingerprint"]);
    house.run(["export", "key", "-o", "csp.pem"]).done();
    for given in ["csp.pem", key["fingerprint"].as_str().unwrap()] {
        let answer = house.run(["verify-bundle", FILE, "--key", given, "--json"]).done().json();
        assert!(answer["ok"] == true && answer["key_given"] == true, "{answer}");
        assert!(answer["checks"].as_array().unwrap().iter().all(|check| check["ok"] == true), "{answer}");
    }
    let without = house.run(["verify-bundle", FILE]).done().out;
    assert!(
        without.contains("Only the key inside the bundle was used") && !without.contains("PROBLEM"),
        "{without}"
    );
    let trail =
        house.run(["sql", "SELECT actor, object FROM audit WHERE action = 'installation-key'", "--json"]);
    let made_once = json!([{ "actor": "cli/tester", "object": key["fingerprint"] }]);
    assert_eq!(json!(trail.done().json_lines()), made_once);
}

#[test]
fn the_statement_inside_tells_all_rows_in_a_fixed_order_and_late_ones_last() {
    let house = house();
    let mut entries = unpacked(&made(&house));
    let short = |sheet: &str| -> Vec<String> {
        let mut reader = csv::Reader::from_reader(sheet.as_bytes());
        let rows = reader.records().map(|row| {
            let row = row.unwrap();
            [2, 3, 7, 11, 12, 14, 15].map(|at| row[at].to_owned()).join("|")
        });
        rows.collect()
    };
    let all = short(&string(&mut entries, "statement.csv"));
    let expected = [
        "unlinked|||  |3|0|",
        "customer||'=sum||2|1|",
        "customer||acme||1|0|",
        "total||||6|1|0",
        "source|||LIC01|5|1|",
        "source|||LIC02|2|0|",
        "late|2026-09|'=sum||1|0|",
    ]
    .map(|row| row.replace("  ", ""));
    assert_eq!(all, expected);
    let stem = entries.iter().find(|(name, _)| name.starts_with("customers/id-")).unwrap().0.clone();
    assert_eq!(short(&string(&mut entries, &stem)), [&*expected[1], &*expected[6]]);
    assert_eq!(short(&string(&mut entries, "customers/none.csv")), [&*expected[0]]);
    let seal = &house.run(["period", "list", "--json"]).done().json()[1]["seal"];
    let manifest: Value = serde_json::from_str(&string(&mut entries, "manifest.json")).unwrap();
    assert_eq!(&manifest["seal"], seal);
    assert_eq!(manifest["locks_at"], "2026-11-11T00:00:00Z");
    assert_eq!(manifest["counts"]["users"], json!({ "XDT_PLT_UD": 6 }));
    let canonical = house.run(["period", "verify", "2026-10", "--canonical"]).done().out;
    assert_eq!(string(&mut entries, "statement.txt"), canonical);
}

#[test]
fn what_changes_an_entry_is_found_and_named() {
    let house = house();
    let bytes = made(&house);
    let entries = unpacked(&bytes);
    for (name, _) in &entries {
        let mut changed = entries.clone();
        let content = content(&mut changed, name);
        let at = content.len() / 2;
        content[at] ^= 1;
        let answer = checked(&house, &packed(&changed)).refused(1, "SEAT-P21: ");
        let told = problems(&answer);
        let is_named = match name.as_str() {
            "manifest.json" | "manifest.sig" => told.contains_key("the manifest is signed by the key inside"),
            _ => told.values().any(|problem| problem.contains(name.as_str())),
        };
        assert!(is_named, "{name}: {told:?}");
        let mut without = entries.clone();
        without.retain(|(own, _)| own != name);
        let told = problems(&checked(&house, &packed(&without)).refused(1, "SEAT-P21: "));
        assert!(told.values().any(|problem| problem.contains(name.as_str())), "without {name}: {told:?}");
    }
    let mut more = entries.clone();
    more.push(("customers/eve.csv".to_owned(), Vec::new()));
    let told = problems(&checked(&house, &packed(&more)).refused(1, "SEAT-P21: "));
    assert!(told.values().any(|problem| problem.contains("customers/eve.csv")), "{told:?}");
    let mut renamed = entries.clone();
    renamed.iter_mut().find(|(name, _)| name == "customers/acme.csv").unwrap().0 =
        "customers/beta.csv".to_owned();
    checked(&house, &packed(&renamed)).refused(1, "SEAT-P21: ");
    let mut swapped = entries.clone();
    let (acme, none) = (
        content(&mut swapped, "customers/acme.csv").clone(),
        content(&mut swapped, "customers/none.csv").clone(),
    );
    *content(&mut swapped, "customers/acme.csv") = none;
    *content(&mut swapped, "customers/none.csv") = acme;
    checked(&house, &packed(&swapped)).refused(1, "SEAT-P21: ");
    // The same contents, packed otherwise and in another order, are the same bundle.
    let mut again = entries.clone();
    checked(&house, &packed(&again)).done();
    again.reverse();
    checked(&house, &packed(&again)).done();
    // Not a whole archive, or none.
    for damaged in [&bytes[..bytes.len() - 1], &bytes[..100], &bytes[1..], b"", b"no zip"] {
        checked(&house, damaged).refused(1, "SEAT-P21: ");
    }
    let twice = [(String::from("manifest.json"), vec![1]), (String::from("manifest.jsoN"), vec![1])].to_vec();
    let mut twice = packed(&twice);
    let at: Vec<_> =
        twice.windows(13).enumerate().filter(|(_, w)| w == b"manifest.jsoN").map(|(at, _)| at).collect();
    at.iter().for_each(|at| twice[at + 12] = b'n');
    let told = problems(&checked(&house, &twice).refused(1, "SEAT-P21: "));
    assert!(told.values().any(|problem| problem.contains("two")), "{told:?}");
}

#[test]
fn a_bundle_that_somebody_else_signed_does_not_fit_together_or_has_the_wrong_key() {
    let house = house();
    let entries = unpacked(&made(&house));
    let replaced = |name: &'static str, from: &'static str, to: &'static str| {
        move |entries: &mut Entries, _: &mut Value| {
            let before = string(entries, name);
            let after = before.replacen(from, to, 1);
            assert_ne!(before, after, "{name}: {from}");
            *content(entries, name) = after.into_bytes();
        }
    };
    let one = |change: Change, check: &str| {
        let told = problems(&checked(&house, &forged(&entries, change)).refused(1, "SEAT-P21: "));
        assert!(told.keys().any(|broken| broken.contains(check)), "{check}: {told:?}");
        assert!(
            !told.keys().any(|broken| broken.contains("signed by the key inside")),
            "signed well: {told:?}"
        );
    };
    one(Box::new(replaced("statement.txt", "\tacme\t", "\tacne\t")), "the seal is");
    one(Box::new(replaced("statement.txt", "closed by\t", "closed by\tx")), "statement.txt says");
    one(Box::new(replaced("statement.txt", "rows\t6", "rows\t5")), "statement.csv says");
    one(Box::new(|_, manifest: &mut Value| manifest["previous_seal"] = json!("ab")), "statement.txt says");
    one(Box::new(|_, manifest: &mut Value| manifest["counts"]["customers"] = json!(7)), "statement.txt says");
    one(Box::new(|_, manifest: &mut Value| manifest["seal"] = json!("ab")), "the seal is");
    one(
        Box::new(replaced("statement.csv", ",acme,Acme,,,,1,1,0,", ",acme,Acme,,,,2,2,0,")),
        "statement.csv says",
    );
    one(Box::new(replaced("customers/acme.csv", ",1,1,0,", ",2,2,0,")), "the files of customers");
    one(Box::new(replaced("users.csv", ",anna,", ",zoe,")), "users.csv counts");
    one(Box::new(replaced("users.csv", ",anna,acme,Acme,", ",anna,,,")), "users.csv counts");
    one(Box::new(replaced("users.csv", ",true,", ",false,")), "users.csv counts");
    one(Box::new(replaced("users.csv", ",Erik,", ",dora,")), "users.csv counts");
    let swap = |entries: &mut Entries, manifest: &mut Value| {
        let (acme, none) =
            (content(entries, "customers/acme.csv").clone(), content(entries, "customers/none.csv").clone());
        *content(entries, "customers/acme.csv") = none;
        *content(entries, "customers/none.csv") = acme;
        manifest["program"] = json!("forger");
    };
    one(Box::new(swap), "the files of customers");
    let extra = |entries: &mut Entries, manifest: &mut Value| {
        entries.push(("run-me.exe".to_owned(), b"x".to_vec()));
        manifest["entries"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "name": "run-me.exe", "bytes": 1, "sha256": "" }));
    };
    one(Box::new(extra), "every entry");
    // Everything consistent, and signed by another: only the key tells.
    let copy = forged(&entries, |_, _| {});
    checked(&house, &copy).done();
    let key =
        house.run(["export", "key", "--json"]).done().json()["fingerprint"].as_str().unwrap().to_owned();
    let answer =
        house.run(["verify-bundle", "checked.zip", "--key", &key, "--json"]).refused(1, "SEAT-P21: ");
    assert!(problems(&answer).keys().eq(["that key is the one that was given"]), "{answer:?}");
    let newer = forged(&entries, |_, manifest| manifest["format"] = json!(2));
    let told = problems(&checked(&house, &newer).refused(1, "SEAT-P21: "));
    assert!(told.values().any(|problem| problem.contains("expected format 1, found 2")), "{told:?}");
}

#[test]
fn any_single_byte_that_changes_is_found_or_leaves_all_contents_as_they_were() {
    let house = house();
    let bytes = made(&house);
    let contents = unpacked(&bytes);
    let GivenKey::Fingerprint(key) = GivenKey::parse(
        house.run(["export", "key", "--json"]).done().json()["fingerprint"].as_str().unwrap(),
    )
    .unwrap() else {
        panic!("a fingerprint")
    };
    let key = GivenKey::Fingerprint(key);
    let step = if full() { 1 } else { 7 };
    let mut harmless = 0;
    for at in (0..bytes.len()).step_by(step) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if verify(&changed, Some(&key)).problems() == 0 {
            harmless += 1;
            assert!(unpacked(&changed) == contents, "byte {at}");
        }
    }
    // Instants and attributes in the headers of the zip file.
    assert!(harmless > 0 && harmless < bytes.len() / step / 3, "{harmless} of {}", bytes.len() / step);
}

#[test]
fn a_bundle_of_one_customer_tells_of_nobody_else() {
    let house = house();
    for (customer, file, users, sheet) in [
        ("ACME", "seatledger_bundle_2026-10_acme.zip", 1, "customers/acme.csv"),
        ("none", "seatledger_bundle_2026-10_none.zip", 3, "customers/none.csv"),
    ] {
        house.run(["export", "bundle", "--period", "2026-10", "--customer", customer]).done();
        let bytes = std::fs::read(house.path(file)).unwrap();
        let mut entries = unpacked(&bytes);
        let names: Vec<String> = entries.iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(names, ["README.txt", "key.pem", sheet, "users.csv", "manifest.json", "manifest.sig"]);
        assert_eq!(string(&mut entries, "users.csv").lines().count(), users + 1);
        let everything: String =
            entries.iter().map(|(_, content)| String::from_utf8_lossy(content)).collect();
        assert!(!everything.contains("ben") && !everything.contains("Sum"), "{everything}");
        let answer = checked(&house, &bytes).done().json();
        let left_out: Vec<_> =
            answer["checks"].as_array().unwrap().iter().filter(|check| check["ok"].is_null()).collect();
        assert!(
            left_out.iter().any(|check| check["check"] == "the seal is the SHA-256 of statement.txt"),
            "{answer}"
        );
        let fewer = forged(&entries, |entries, _| {
            let users = string(entries, "users.csv");
            *content(entries, "users.csv") = users.lines().next().unwrap().to_owned().into_bytes();
        });
        let told = problems(&checked(&house, &fewer).refused(1, "SEAT-P21: "));
        assert!(told.keys().eq(["users.csv counts to the figures"]), "{told:?}");
    }
    // One without figures has an empty statement: zero is a report too.
    house.customer("Idle");
    house.run(["export", "bundle", "--period", "2026-10", "--customer", "Idle", "-o", "idle.zip"]).done();
    house.run(["verify-bundle", "idle.zip"]).done();
}

#[test]
fn what_cannot_be_made_is_refused_and_makes_no_key() {
    let house = house();
    let bundle = |arguments: &[&str]| house.run([&["export", "bundle"], arguments].concat());
    bundle(&["--period", "2026-11"]).refused(1, "SEAT-P20: ");
    bundle(&["--period", "2027-11"]).refused(1, "SEAT-P20: ");
    bundle(&["--period", "2026-10", "--customer", "nobody"]).refused(1, "SEAT-A03: ");
    bundle(&["--period", "2026-1x"]).refused(2, "SEAT-P03: ");
    let keys = house.run(["sql", "SELECT count(*) AS keys FROM installation_key", "--json"]).done();
    assert_eq!(keys.json_lines(), [json!({ "keys": 0 })]);
    assert!(!house.path(FILE).exists());
    made(&house);
    house.run(["verify-bundle", FILE, "--key", "no-such-file"]).refused(1, "SEAT-P24: ");
    house.run(["verify-bundle", "no-such-file"]).refused(1, "SEAT-P22: ");
    house
        .run(["sql", "--write", "UPDATE installation_key SET fingerprint = fingerprint"])
        .refused(1, "SEAT-S06: ");
    house.check();
}

#[test]
#[cfg(unix)]
fn a_receiver_needs_nothing_but_the_file() {
    let house = house();
    let bytes = made(&house);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("b.zip"), bytes).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_seatledger"));
    let output =
        command.current_dir(folder.path()).env_clear().args(["verify-bundle", "b.zip"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
#[cfg(unix)]
fn openssl_and_sha256sum_say_the_same() {
    let house = house();
    for (name, content) in unpacked(&made(&house)) {
        house.write(&format!("unpacked/{name}"), content);
    }
    let shell = |line: &str| {
        let output = std::process::Command::new("sh")
            .args(["-ec", line])
            .current_dir(house.path("unpacked"))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    let manifest: Value = serde_json::from_str(&house.read("unpacked/manifest.json")).unwrap();
    assert!(shell("sha256sum statement.txt").starts_with(manifest["seal"].as_str().unwrap()));
    if shell("openssl version").contains("not found") {
        return;
    }
    let readme = house.read("unpacked/README.txt");
    let lines: Vec<&str> =
        readme.lines().map(str::trim).filter(|line| line.starts_with("openssl ")).collect();
    assert_eq!(lines.len(), 2);
    assert!(shell(lines[0]).contains("Signature Verified Successfully"), "{}", shell(lines[0]));
    assert!(
        shell(lines[1]).starts_with(manifest["key"]["fingerprint"].as_str().unwrap()),
        "{}",
        shell(lines[1])
    );
}
