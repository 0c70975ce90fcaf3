//! What is looked at before a month closes: each number against what happened in the house.

use seatledger::domain::error::code;
use seatledger::domain::ids::ObjectKind::{DeliveryGroup, LicenseServer, User};
use seatledger::store::archive::Archivable;
use seatledger::store::checklist::Checklist;
use seatledger::store::memory::Memory;

use crate::house::{House, guid, license_server, site};

fn checklist(house: &House, period: &str) -> Checklist {
    house.store.checklist(&Memory::new(), period.parse().unwrap(), house.now()).unwrap()
}

/// Why it cannot be closed now, by its code.
fn refused(house: &House, period: &str) -> Option<&'static str> {
    checklist(house, period).refusal.map(|error| error.code.id)
}

/// The worked example of the domain: seven users, two of them unlinked.
fn worked_example() -> House {
    let mut house = House::at("2026-10-20T12:00:00Z");
    house.customer("Acme");
    house.customer("Beta");
    let day = "2026-10-15T03:00:00Z";
    let of_first = ["CORP\\anna", "CORP\\carl", "CORP\\dora", "CORP\\erik"];
    house.upload(&license_server(1, day, "2026-10", &of_first));
    house.upload(&license_server(2, day, "2026-10", &["CORP\\anna", "CORP\\ben"]));
    house.upload(&license_server(3, day, "2026-10", &["CORP\\fay", "CORP\\gus"]));
    let groups: [(&str, &[&str]); 2] = [("NG1", &["CORP\\gus", "corp\\ANNA"]), ("NG2", &["CORP\\dora"])];
    house.upload(&site("Nord", day, "2026-10", &groups));
    house.tag("2026-10", LicenseServer, &guid(1), Some("Acme")).unwrap();
    house.tag("2026-10", DeliveryGroup, "NG1", Some("Beta")).unwrap();
    house.tag("2026-10", User, "corp\\dora", Some("Beta")).unwrap();
    house.tag("2026-10", User, "corp\\erik", None).unwrap();
    house.free("2026-10", User, "corp\\carl", true).unwrap();
    house.free("2026-10", LicenseServer, &guid(3), true).unwrap();
    house
}

#[test]
fn the_worked_example_has_two_unlinked_users_of_one_domain_and_four_silent_sources() {
    let mut house = worked_example();
    let found = checklist(&house, "2026-10");
    assert_eq!(found.unlinked.users, 2);
    assert_eq!(found.unlinked.features, [("XDT_PLT_UD".to_owned(), 2)]);
    assert_eq!(found.unlinked.domain, Some(("corp".to_owned(), 2)));
    assert_eq!((found.servers.len(), found.sites.len()), (3, 1));
    assert_eq!(found.bare.as_ref().unwrap().count, 0, "all names have their domain");
    assert_eq!((found.moved, found.rejected, found.late.len()), (None, 0, 0));
    assert!(!found.is_clock_doubted && found.before.is_empty());
    assert_eq!(refused(&house, "2026-10"), Some("SEAT-P08"));
    house.set_clock("2026-11-05T12:00:00Z");
    house.archive(Archivable::LicenseServer, &guid(2)).unwrap();
    let found = checklist(&house, "2026-10");
    assert_eq!(refused(&house, "2026-10"), None);
    let silent: Vec<_> =
        found.silent_servers().map(|server| (&*server.name, server.status.days_silent)).collect();
    assert_eq!(silent, [("LIC01", Some(21)), ("LIC03", Some(21))], "the archived one is left out");
    assert_eq!((found.silent_sites().count(), found.cost().to_string()), (1, "2.2.1".to_owned()));
    // Seen first on the 15th, and silent from the 16th to the 31st.
    let days: Vec<_> = found.silent_days.iter().map(|gap| (&*gap.name, gap.silent, gap.days)).collect();
    assert_eq!(days, [("LIC01", 16, 17), ("LIC03", 16, 17), ("Nord", 16, 17)]);
}

#[test]
fn a_user_who_is_unlinked_in_two_features_is_counted_once() {
    let mut house = worked_example();
    let mut base = license_server(2, "2026-10-16T03:00:00Z", "2026-10", &["CORP\\ben"]);
    base["usage"][0]["feature"] = "XDT_ADV_UD".into();
    house.upload(&base);
    let found = checklist(&house, "2026-10");
    assert_eq!(found.features, ["XDT_ADV_UD", "XDT_PLT_UD"]);
    assert_eq!(found.unlinked.users, 2);
    assert_eq!(found.unlinked.features.iter().map(|feature| feature.1).sum::<u64>(), 3);
}

#[test]
fn a_bare_name_that_two_sources_report_is_a_hint_until_a_domain_or_an_alias_settles_it() {
    let mut house = House::at("2026-10-20T12:00:00Z");
    let day = "2026-10-15T03:00:00Z";
    house.upload(&license_server(1, day, "2026-10", &["Anna", "ben", "eva", "hana@csp.example"]));
    house.upload(&license_server(2, day, "2026-10", &["ANNA", "eva", "hana@csp.example"]));
    house.upload(&license_server(3, day, "2026-10", &["CORP\\ben", "CORP\\anna"]));
    // Some change that aliases and domains can be told of by.
    house.tag("2026-10", User, "CORP\\ben", None).unwrap();
    let bare = |house: &House| {
        let found = checklist(house, "2026-10").bare.unwrap();
        (found.count, found.first)
    };
    assert_eq!(
        bare(&house),
        (2, vec!["ANNA".to_owned(), "eva".to_owned()]),
        "ben is bare on one source only"
    );
    // An alias of ben on another source makes no bare name of it there.
    house.raw(
        "INSERT INTO alias_row SELECT a.id, 202610, b.id, c.id FROM user a, user b, change c
         WHERE a.key = 'corp\\ben' AND b.key = 'ben' LIMIT 1",
    );
    assert_eq!(bare(&house).0, 2);
    assert_eq!(house.sql("SELECT count(*) FROM alias_row"), ["1"]);
    house.raw(
        "INSERT INTO alias_row SELECT a.id, 202610, b.id, c.id FROM user a, user b, change c
         WHERE a.key = 'eva' AND b.key = 'corp\\anna' LIMIT 1",
    );
    assert_eq!(bare(&house).1, ["ANNA"], "somebody said who eva is");
    house.raw(&format!(
        "INSERT INTO default_domain_row SELECT o.id, 202610, 'CORP', c.id FROM object o, change c
         WHERE o.public_id = '{}' LIMIT 1",
        guid(2)
    ));
    assert_eq!(bare(&house), (0, Vec::new()), "of two sources one has a domain");
    house.set_clock("2026-11-11T12:00:00Z");
    house.close_due();
    assert_eq!(checklist(&house, "2026-10").bare, None, "nothing can be decided any more");
}

#[test]
fn late_usage_of_closed_months_is_told_until_a_statement_carries_it() {
    let mut house = worked_example();
    house.set_clock("2026-11-11T12:00:00Z");
    assert_eq!(house.close_due(), ["2026-10"]);
    let late = ["CORP\\anna", "CORP\\ben", "CORP\\zoe"];
    house.upload(&license_server(1, "2026-10-31T03:00:00Z", "2026-10", &late));
    house.upload(&license_server(1, "2026-11-10T03:00:00Z", "2026-11", &["CORP\\anna"]));
    let found = checklist(&house, "2026-11");
    let [month] = &found.late[..] else { panic!("{:?}", found.late) };
    // anna was on LIC01 before: her fact is not new.
    assert_eq!((month.period.to_string(), month.users), ("2026-10".to_owned(), 2));
    let rows: Vec<_> = month.rows.iter().map(|row| (row.customer_id.as_deref(), row.users)).collect();
    assert_eq!(rows, [(None, -1), (Some("Acme"), 2)]);
    let carried = house.store.late("2026-10".parse().unwrap()).unwrap();
    assert_eq!(month.rows, carried);
    house.set_clock("2026-12-05T12:00:00Z");
    house.close("2026-11").unwrap();
    let told: Vec<_> = house.store.carried("2026-11".parse().unwrap()).unwrap();
    assert_eq!(told.iter().map(|row| row.late.users).collect::<Vec<_>>(), [-1, 2], "as it was told before");
    assert!(checklist(&house, "2026-12").late.is_empty());
    assert!(checklist(&house, "2026-11").late.is_empty());
}

#[test]
fn while_the_clock_is_in_doubt_nothing_can_be_closed() {
    let mut house = worked_example();
    house.set_clock("2026-12-05T12:00:00Z");
    let found = checklist(&house, "2026-10");
    assert!(found.is_clock_doubted);
    assert_eq!(found.refusal.map(|error| error.code), Some(code::CLOCK_SUSPECTED));
    assert_eq!(house.close("2026-10").unwrap_err().code(), code::CLOCK_SUSPECTED);
    house.set_clock("2026-11-05T12:00:00Z");
    assert!(!checklist(&house, "2026-10").is_clock_doubted);
}

#[test]
fn history_names_the_months_that_come_first_and_closes_with_them_in_one_step() {
    let mut house = House::at("2026-10-20T12:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-07", &["CORP\\anna"]));
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-08", &["CORP\\anna", "CORP\\ben"]));
    let before = |house: &House, period: &str| -> Vec<String> {
        checklist(house, period).before.iter().map(ToString::to_string).collect()
    };
    assert_eq!((refused(&house, "2026-06"), before(&house, "2026-06")), (Some("SEAT-P09"), Vec::new()));
    assert_eq!((refused(&house, "2026-07"), before(&house, "2026-07")), (None, Vec::new()));
    assert_eq!(refused(&house, "2026-09"), Some("SEAT-P09"));
    assert_eq!(before(&house, "2026-09"), ["2026-07", "2026-08"]);
    let memory = Memory::new();
    let found = checklist(&house, "2026-09");
    assert_eq!(found.cost().unlinked, 0, "nobody in September");
    assert_eq!(
        house.store.cost_with_before(&memory, &found).unwrap().unlinked,
        3,
        "one in July, two in August"
    );
    let (now, mut closed) = (house.now(), Vec::new());
    let actor = seatledger::store::Actor("anna".to_owned());
    house.store.close_with_before("2026-09".parse().unwrap(), now, &actor, &mut closed).unwrap();
    assert_eq!(closed.iter().map(|month| month.users).collect::<Vec<_>>(), [1, 2, 0]);
    assert_eq!(refused(&house, "2026-09"), Some("SEAT-P01"));
    let again = house.store.close_with_before("2026-09".parse().unwrap(), now, &actor, &mut Vec::new());
    assert_eq!(again.unwrap_err().code(), code::PERIOD_LOCKED);
}

#[test]
fn rejected_uploads_count_for_every_month_that_was_open_when_they_came() {
    let mut house = worked_example();
    house.try_upload(b"no upload");
    assert_eq!(checklist(&house, "2026-10").rejected, 1);
    house.set_clock("2026-11-05T12:00:00Z");
    house.try_upload(b"none either");
    assert_eq!(
        checklist(&house, "2026-10").rejected,
        2,
        "whatever comes before the lock can tell of October"
    );
    assert_eq!(checklist(&house, "2026-11").rejected, 1);
}
