//! Who is whom, in business words: aliases, default domains, scrambled names.

use proptest::prelude::*;
use seatledger::domain::ids::ObjectKind;
use seatledger::domain::user_key::{scramble, user_key};
use seatledger::store::assignments::ObjectRef;
use seatledger::store::identities::{Change, Decision, Link};

use crate::house::{House, guid, license_server};

fn user(name: &str) -> ObjectRef {
    ObjectRef::new(ObjectKind::User, name)
}

fn link(period: &str, name: &str, of: Option<&str>) -> Change {
    let links = vec![Link { user: user(name), of: of.map(user) }];
    Change { period: period.parse().unwrap(), what: Decision::CountAs(links) }
}

fn domain(period: &str, server: usize, domain: Option<&str>) -> Change {
    let source = ObjectRef::new(ObjectKind::LicenseServer, &guid(server));
    let what = Decision::DefaultDomain { source, domain: domain.map(str::to_owned) };
    Change { period: period.parse().unwrap(), what }
}

/// Two servers of two customers; September is closed, October and November are open.
fn house() -> House {
    let mut house = House::at("2026-09-20T10:00:00Z");
    house.customer("Acme");
    house.customer("Beta");
    for (period, at) in [("2026-09", "2026-09-15T03:00:00Z"), ("2026-10", "2026-10-15T03:00:00Z")] {
        house.upload(&license_server(1, at, period, &["CORP\\anna", "ben", "CORP\\carl"]));
        house.upload(&license_server(2, at, period, &["anna@csp.example", "ben", "dora"]));
        if period == "2026-09" {
            house.tag(period, ObjectKind::LicenseServer, &guid(1), Some("Acme")).unwrap();
            house.tag(period, ObjectKind::LicenseServer, &guid(2), Some("Beta")).unwrap();
        }
        house.set_clock("2026-10-20T10:00:00Z");
    }
    house.set_clock("2026-11-05T10:00:00Z");
    house.close_due();
    assert_eq!(house.closed(), ["2026-09"]);
    house
}

/// What a preview says is what then happens; undone, everything is as before.
fn made(house: &mut House, change: &Change) -> Vec<String> {
    let before = house.rows("2026-10");
    let preview = house.preview_identities(change).unwrap();
    assert_eq!(house.rows("2026-10"), before, "a preview changes nothing");
    let done = house.make_identities(change).unwrap();
    assert_eq!((done.changed, done.unchanged), (preview.changed, preview.unchanged));
    assert_eq!(done.moves, preview.moves);
    let id = done.batch_id.unwrap();
    let made = house.rows("2026-10");
    assert_eq!(house.undo(&id).unwrap().objects, preview.changed);
    assert_eq!(house.rows("2026-10"), before);
    house.make_identities(change).unwrap();
    assert_eq!(house.rows("2026-10"), made);
    let side = |row: &Option<Option<String>>| match row {
        None => "nowhere".to_owned(),
        Some(None) => "-".to_owned(),
        Some(Some(id)) => id.clone(),
    };
    preview.moves.iter().map(|one| format!("{} > {} {}", side(&one.from), side(&one.to), one.users)).collect()
}

#[test]
fn an_alias_counts_as_the_other_user_from_its_month_on() {
    let mut house = house();
    assert_eq!(house.rows("2026-10"), ["Acme 3 0", "Beta 3 0"]);
    let exported = house.exported("2026-09");
    let moves = made(&mut house, &link("2026-10", "corp\\ANNA", Some("anna@csp.example")));
    assert_eq!(moves, Vec::<String>::new(), "one person works for both");
    assert_eq!(house.sql("SELECT users, overlap FROM seat_totals('2026-10')"), ["4|2"]);
    assert_eq!(house.exported("2026-09"), exported);
    assert_eq!(house.broken(), Vec::<String>::new());
    assert_eq!(house.sql("SELECT users FROM seat_totals('2026-09')"), ["5"]);
}

#[test]
fn the_tag_and_flag_of_an_alias_rest_and_those_of_the_user_hold() {
    let mut house = house();
    house.tag("2026-10", ObjectKind::User, "CORP\\anna", Some("Acme")).unwrap();
    house.free("2026-10", ObjectKind::User, "CORP\\anna", true).unwrap();
    house.tag("2026-10", ObjectKind::User, "anna@csp.example", Some("Beta")).unwrap();
    assert_eq!(house.rows("2026-10"), ["Acme 3 1", "Beta 3 0"]);
    let moves = made(&mut house, &link("2026-10", "CORP\\anna", Some("anna@csp.example")));
    assert_eq!(moves, ["Acme > nowhere 1"]);
    assert_eq!(house.rows("2026-10"), ["Acme 2 0", "Beta 3 0"]);
    let moves = made(&mut house, &link("2026-10", "CORP\\anna", None));
    assert_eq!(moves, ["nowhere > Acme 1"]);
    assert_eq!(house.rows("2026-10"), ["Acme 3 1", "Beta 3 0"]);
}

#[test]
fn an_alias_may_name_users_whom_no_upload_has_shown() {
    let mut house = house();
    let moves = made(&mut house, &link("2026-10", "CORP\\carl", Some("Carl@CSP.example")));
    assert_eq!(moves, Vec::<String>::new());
    house.make_identities(&link("2026-10", "CORP\\Erik", Some("carl@csp.example"))).unwrap();
    house.upload(&license_server(2, "2026-11-02T03:00:00Z", "2026-10", &["corp\\erik"]));
    assert_eq!(house.sql("SELECT count(*) FROM user WHERE key = 'corp\\erik'"), ["1"]);
    assert_eq!(house.rows("2026-10"), ["Acme 3 0", "Beta 4 0"]);
    assert_eq!(house.sql("SELECT users, overlap FROM seat_totals('2026-10')"), ["5|2"]);
}

#[test]
fn who_stands_in_the_way_of_an_alias_is_named() {
    let mut house = house();
    house.make_identities(&link("2026-10", "CORP\\anna", Some("anna@csp.example"))).unwrap();
    for (change, code, told) in [
        (link("2026-10", "dora", Some("DORA")), "SEAT-A13", "found 'dora' twice"),
        (
            link("2026-10", "dora", Some("CORP\\anna")),
            "SEAT-A13",
            "'dora' would count as 'CORP\\anna', who counts as 'anna@csp.example'",
        ),
        (
            link("2026-11", "anna@csp.example", Some("dora")),
            "SEAT-A13",
            "from 2026-11 on 'CORP\\anna' would count as 'anna@csp.example', who counts as 'dora'",
        ),
        (link("2026-09", "dora", Some("ben")), "SEAT-P01", "2026-09 is closed"),
        (link("2026-12", "dora", Some("ben")), "SEAT-P02", "2026-12"),
    ] {
        for refused in [
            house.preview_identities(&change).unwrap_err().to_string(),
            house.make_identities(&change).unwrap_err().to_string(),
        ] {
            assert!(refused.starts_with(code) && refused.contains(told), "{refused}");
        }
    }
    // Said again it changes nothing, and a later change keeps the earlier from being undone.
    let again = house.make_identities(&link("2026-10", "CORP\\anna", Some("anna@csp.example"))).unwrap();
    assert_eq!((again.changed, again.unchanged, again.batch_id), (0, 1, None));
    let first = house.undoable(None).unwrap().id;
    house.make_identities(&link("2026-10", "CORP\\anna", Some("dora"))).unwrap();
    assert_eq!(house.undo(&first).unwrap_err().code().id, "SEAT-A12");
}

#[test]
fn a_default_domain_tells_bare_names_of_sources_apart() {
    let mut house = house();
    assert_eq!(house.bare("2026-10"), ["ben LIC01 LIC02"]);
    let moves = made(&mut house, &domain("2026-10", 1, Some("CORP")));
    assert_eq!(moves, Vec::<String>::new(), "ben was one for both, and is two now");
    assert_eq!(house.sql("SELECT users, overlap FROM seat_totals('2026-10')"), ["6|0"]);
    assert_eq!(house.bare("2026-10"), Vec::<String>::new());
    assert_eq!(house.sql("SELECT users FROM seat_totals('2026-09')"), ["5"]);
    // The user DOMAIN\name has a tag of its own, before and after it is known.
    house.tag("2026-10", ObjectKind::User, "corp\\ben", Some("Beta")).unwrap();
    assert_eq!(house.rows("2026-10"), ["Acme 2 0", "Beta 4 0"]);
    let moves = made(&mut house, &domain("2026-10", 1, None));
    assert_eq!(moves, ["Beta > Acme 1"]);
    let unknown = Change {
        what: Decision::DefaultDomain {
            source: ObjectRef::new(ObjectKind::LicenseServer, &guid(9)),
            domain: Some("CORP".to_owned()),
        },
        ..domain("2026-10", 1, None)
    };
    assert_eq!(house.preview_identities(&unknown).unwrap_err().code().id, "SEAT-A02");
    assert_eq!(house.make_identities(&domain("2026-09", 1, None)).unwrap_err().code().id, "SEAT-P01");
}

#[test]
fn an_alias_of_a_domain_name_takes_the_bare_name_of_that_source_along() {
    let mut house = house();
    house.make_identities(&domain("2026-10", 1, Some("CORP"))).unwrap();
    let moves = made(&mut house, &link("2026-10", "CORP\\ben", Some("dora")));
    assert_eq!(moves, Vec::<String>::new());
    assert_eq!(house.sql("SELECT users, overlap FROM seat_totals('2026-10')"), ["5|1"]);
}

#[test]
fn a_scrambled_name_is_the_clear_one_from_the_earliest_open_month_on() {
    let mut house = house();
    let (given, lower, upper) = (scramble("CORP\\Erik"), scramble("corp\\fay"), scramble("GUS"));
    let opaque = scramble("nobody knows");
    for period in ["2026-10", "2026-11"] {
        let names = [given.as_str(), &lower, &upper, &opaque, "corp\\fay"];
        house.upload(&license_server(1, "2026-11-05T03:00:00Z", period, &names));
    }
    house.set_clock("2026-11-05T11:00:00Z");
    let list = ["CORP\\Erik", "CORP\\Fay", "Gus", "someone", &opaque, ""];
    let found = house.match_names(&list);
    assert_eq!(found.since.to_string(), "2026-10");
    assert_eq!((found.names, found.unusable, found.scrambled, found.unmatched()), (4, 2, 4, 1));
    let pairs: Vec<_> =
        found.links.iter().map(|link| (link.user.given.clone(), link.of.clone().unwrap().given)).collect();
    for pair in [(given.clone(), "CORP\\Erik"), (lower.clone(), "CORP\\Fay"), (upper.clone(), "Gus")] {
        assert!(pairs.contains(&(pair.0, pair.1.to_owned())), "{pairs:?}");
    }
    let before = house.sql("SELECT users FROM seat_totals('2026-10')");
    assert_eq!(before, ["10"], "six, three of them scrambled anew, one not known, and fay in clear");
    made(&mut house, &found.change());
    assert_eq!(house.sql("SELECT users FROM seat_totals('2026-10')"), ["9"], "fay is one");
    let again = house.match_names(&list);
    assert_eq!((again.links.len(), again.already), (0, 3));
    assert_eq!(
        house.sql("SELECT count(*) FROM audit WHERE action = 'alias' AND before IS NULL"),
        ["6"],
        "made twice"
    );
}

#[test]
fn a_scrambled_name_is_not_given_a_default_domain() {
    let mut house = house();
    let erik = scramble("erik");
    house.upload(&license_server(1, "2026-11-05T03:00:00Z", "2026-10", &[&erik]));
    house.make_identities(&domain("2026-10", 1, Some("CORP"))).unwrap();
    let key = user_key(&erik);
    assert_eq!(
        house.sql(&format!("SELECT count(*) FROM seat_resolve('2026-10') WHERE user = '{key}'")),
        ["1"]
    );
    let found = house.match_names(&["erik"]);
    house.make_identities(&found.change()).unwrap();
    assert_eq!(house.sql("SELECT count(*) FROM seat_resolve('2026-10') WHERE user = 'erik'"), ["1"]);
}

#[test]
fn ambiguous_and_blocked_matches_are_told_and_not_made() {
    let mut house = house();
    // In upper case the dotless i is the dotted one's.
    let names = [scramble("IDA"), scramble("hans"), scramble("CORP\\anna"), scramble("jana")];
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    house.upload(&license_server(1, "2026-11-05T03:00:00Z", "2026-10", &names));
    house.make_identities(&link("2026-10", names[1], Some("dora"))).unwrap();
    house.make_identities(&link("2026-10", "CORP\\anna", Some("anna@csp.example"))).unwrap();
    house.make_identities(&link("2026-11", "jana", Some("dora"))).unwrap();
    let found = house.match_names(&["ida", "ıda", "hans", "CORP\\anna", "jana"]);
    assert_eq!(found.ambiguous.len(), 1);
    assert_eq!((found.ambiguous[0].user.as_str(), found.ambiguous[0].names.len()), (names[0], 2));
    let why: Vec<_> =
        found.blocked.iter().map(|one| (one.user.as_str(), one.why.as_deref().unwrap())).collect();
    assert!(why.contains(&(names[1], "it counts as dora")), "{why:?}");
    assert!(why.contains(&(names[3], "jana counts as dora")), "{why:?}");
    assert_eq!(why.len(), 2);
    // Who counts as another for good stands for that one: there are no chains.
    assert_eq!(found.links[0].of.as_ref().unwrap().id, "anna@csp.example");
    house.make_identities(&found.change()).unwrap();
    assert_eq!(found.links.len(), 1);
}

#[test]
fn late_usage_is_counted_by_the_aliases_of_its_own_month() {
    let mut house = house();
    house.make_identities(&link("2026-10", "CORP\\erik", Some("anna@csp.example"))).unwrap();
    house.upload(&license_server(1, "2026-09-28T03:00:00Z", "2026-09", &["CORP\\erik"]));
    assert_eq!(house.late("2026-09"), ["Acme +1 +1 +0 -"]);
}

#[test]
fn suggestions_are_users_with_equal_local_parts_and_a_reason() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.customer("Acme");
    let names = [
        "CORP\\anna",
        "anna@corp.example",
        "anna",
        "CORP\\ben",
        "OTHER\\ben",
        "CORP\\carl",
        "carl@csp.example",
        "CORP\\admin",
        "admin",
        "a\\dora",
        "b\\dora",
        "c\\dora",
        "d\\dora",
        "dora",
        "dora@csp.example",
        "CORP\\li",
        "li",
    ];
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &names));
    let expected = [
        "CORP\\anna = anna@corp.example: same-domain two-forms",
        "CORP\\carl = carl@csp.example: two-forms",
        "anna = anna@corp.example: bare-name",
    ];
    assert_eq!(house.suggested("2026-10"), expected);
    house.tag("2026-10", ObjectKind::LicenseServer, &guid(1), Some("Acme")).unwrap();
    assert_eq!(
        house.suggested("2026-10")[0],
        "CORP\\anna = anna@corp.example: same-domain same-customer two-forms"
    );
    // Who is linked is no longer suggested; the others are, to the one who counts.
    house.make_identities(&link("2026-10", "CORP\\anna", Some("anna@corp.example"))).unwrap();
    assert_eq!(house.suggested("2026-10").iter().filter(|one| one.contains("anna")).count(), 1);
    assert!(
        house.suggested("2026-10").contains(&"anna = anna@corp.example: same-customer bare-name".to_owned())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is linked and named, the figures of a preview are the figures that come of it.
    #[test]
    fn the_moves_of_a_preview_are_the_difference_of_the_figures(
        steps in proptest::collection::vec((0..6usize, 0..7usize, 0..3usize), 1..6),
    ) {
        const NAMES: [&str; 6] = ["CORP\\anna", "anna@csp.example", "ben", "CORP\\ben", "dora", "CORP\\carl"];
        let mut house = house();
        house.tag("2026-10", ObjectKind::User, "CORP\\ben", Some("Beta")).unwrap();
        house.tag("2026-10", ObjectKind::User, "dora", Some("Acme")).unwrap();
        for (first, second, what) in steps {
            let change = match what {
                0 => domain("2026-10", 1 + first % 2, [None, Some("CORP"), Some("LAB")][second % 3]),
                _ => link("2026-10", NAMES[first], NAMES.get(second).copied()),
            };
            let before = figures(&house);
            let Ok(preview) = house.preview_identities(&change) else {
                prop_assert!(house.make_identities(&change).is_err());
                continue;
            };
            let mut expected = before;
            for one in &preview.moves {
                let key = |row: &Option<String>| row.clone().unwrap_or("-".to_owned());
                if let Some(from) = &one.from {
                    *expected.entry(key(from)).or_default() -= one.users as i64;
                }
                if let Some(to) = &one.to {
                    *expected.entry(key(to)).or_default() += one.users as i64;
                }
            }
            *expected.entry("total".to_owned()).or_default() += preview.people.1 as i64 - preview.people.0 as i64;
            expected.retain(|_, users| *users != 0);
            house.make_identities(&change).unwrap();
            prop_assert_eq!(figures(&house), expected);
        }
    }
}

fn figures(house: &House) -> std::collections::BTreeMap<String, i64> {
    let rows = house.sql(
        "SELECT coalesce(customer_id, '-') || '|' || users FROM seat_rollup('2026-10')
         UNION ALL SELECT 'total|' || users FROM seat_totals('2026-10')",
    );
    let split = |row: String| {
        let (name, users) = row.split_once('|').unwrap();
        (name.to_owned(), users.parse().unwrap())
    };
    rows.into_iter().map(split).collect()
}
