use proptest::prelude::*;

use super::*;
use crate::domain::days::parse_date;

fn at(text: &str) -> UtcInstant {
    text.parse().unwrap()
}

fn rule() -> StatusRule {
    StatusRule {
        time_zone: "Europe/Berlin".parse().unwrap(),
        reporting_days: 4,
        minimum_version: Version::parse("11.17.2.0 build 53100").unwrap(),
    }
}

fn line(feature: &str, expires: &str) -> Line {
    Line {
        file: "a.lic".to_owned(),
        line: 1,
        feature: feature.to_owned(),
        quantity: Some(10),
        overdraft: None,
        sa_date: None,
        expires: Some(expires.to_owned()),
        kind: None,
        serial_number: None,
        csp: true,
    }
}

const NOW: &str = "2026-10-24T10:00:00Z";

fn fresh() -> Facts<'static> {
    Facts { last_collected_at: Some(at("2026-10-24T03:00:00Z")), ..Facts::default() }
}

fn words(facts: &Facts<'_>) -> Vec<&'static str> {
    judge(facts, &rule(), at(NOW)).notices.iter().map(|notice| notice.flag.as_str()).collect()
}

#[test]
fn a_server_reports_while_its_newest_upload_is_at_most_so_many_calendar_days_old() {
    let state = |last: &str, as_of: &str| {
        let facts = Facts { last_collected_at: Some(at(last)), ..Facts::default() };
        let status = judge(&facts, &rule(), at(as_of));
        (status.state, status.days_silent.unwrap())
    };
    // The clocks of Berlin go back on 25 October 2026: the days around it are days.
    for (last, as_of, expected) in [
        ("2026-10-23T22:00:00Z", "2026-10-28T22:59:59Z", (State::Reporting, 4)),
        ("2026-10-23T22:00:00Z", "2026-10-28T23:00:00Z", (State::NotReporting, 5)),
        ("2026-10-23T21:59:59Z", "2026-10-28T22:59:59Z", (State::NotReporting, 5)),
        ("2026-10-24T03:00:00Z", "2026-10-24T10:00:00Z", (State::Reporting, 0)),
        ("2026-10-25T03:00:00Z", "2026-10-24T10:00:00Z", (State::Reporting, -1)),
    ] {
        assert_eq!(state(last, as_of), expected, "{last} at {as_of}");
    }
}

#[test]
fn states_have_their_colours() {
    let colour = |facts: &Facts<'_>| judge(facts, &rule(), at(NOW)).colour();
    assert_eq!(colour(&fresh()), Colour::Green);
    assert_eq!(colour(&Facts::default()), Colour::Red, "never reported");
    let old = Facts { last_collected_at: Some(at("2026-10-01T03:00:00Z")), ..Facts::default() };
    assert_eq!(colour(&old), Colour::Red);
    assert_eq!(colour(&Facts { is_archived: true, ..old }), Colour::Grey);
    assert_eq!(colour(&Facts { version: Some("11.16.3.0 build 28000"), ..fresh() }), Colour::Amber);
    assert_eq!(colour(&Facts { version: Some("11.16.3.0 build 28000"), ..old }), Colour::Red);
    assert_eq!(colour(&Facts { free: Some("test"), ..fresh() }), Colour::Grey);
    assert_eq!(
        colour(&Facts { free: Some("test"), version: Some("11.16.3.0 build 28000"), ..fresh() }),
        Colour::Amber
    );
}

#[test]
fn an_archived_server_raises_no_flag() {
    let facts = Facts { is_archived: true, version: Some("1.0"), free: Some("test"), ..fresh() };
    assert_eq!(judge(&facts, &rule(), at(NOW)).notices, []);
}

#[test]
fn a_version_is_held_against_the_minimum_with_its_build() {
    for (version, old) in [
        ("11.17.2.0 build 53099", true),
        ("11.17.2.0 build 53100", false),
        ("11.17.2.0. build 53100", false),
        ("11.17.2.0", true),
        ("11.18.0.0", false),
        ("unheard of", false),
    ] {
        let facts = Facts { version: Some(version), ..fresh() };
        assert_eq!(words(&facts) == ["old-version"], old, "{version}");
    }
    let facts = Facts { version: Some("11.16.3.0 build 28000"), ..fresh() };
    let status = judge(&facts, &rule(), at(NOW));
    assert_eq!(status.notices[0].text, "Version 11.16.3.0 build 28000 is older than 11.17.2.0 build 53100.");
}

#[test]
fn expiry_warns_by_calendar_days() {
    for (expires, flags) in [
        ("2026-10-23", vec!["expired"]),
        ("2026-10-24", vec!["expiring"]),
        ("2026-11-23", vec!["expiring"]),
        ("2026-11-24", vec!["expiring-later"]),
        ("2027-01-22", vec!["expiring-later"]),
        ("2027-01-23", vec![]),
        ("permanent", vec![]),
    ] {
        let lines = [line("XDT_PLT_UD", expires)];
        assert_eq!(words(&Facts { lines: &lines, ..fresh() }), flags, "{expires}");
    }
    let lines = [line("XDT_PLT_UD", "2026-10-25"), line("XDT_ADV_UD", "2026-12-24")];
    let status = judge(&Facts { lines: &lines, ..fresh() }, &rule(), at(NOW));
    let texts: Vec<&str> = status.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "The license for XDT_PLT_UD expires after 2026-10-25, in 1 day.",
            "The license for XDT_ADV_UD expires after 2026-12-24, in 61 days."
        ]
    );
}

#[test]
fn an_expired_file_beside_its_renewal_and_a_companion_are_no_fault() {
    let renewed = [line("XDT_PLT_UD", "2025-12-31"), line("XDT_PLT_UD", "2027-12-31")];
    assert_eq!(words(&Facts { lines: &renewed, ..fresh() }), Vec::<&str>::new());
    let companion = [Line { csp: false, ..line("PVS_STD_CCS", "2025-12-31") }];
    assert_eq!(words(&Facts { lines: &companion, ..fresh() }), Vec::<&str>::new());
    let one_left = [line("XDT_PLT_UD", "2025-12-31"), line("XDT_ADV_UD", "2027-12-31")];
    assert_eq!(words(&Facts { lines: &one_left, ..fresh() }), ["expired"]);
}

#[test]
fn the_nearest_expiry_is_the_next_to_come_else_the_last_that_was() {
    let zone = rule().time_zone;
    let lines = [
        line("XDT_PLT_UD", "2026-09-30"),
        line("XDT_PLT_UD", "2026-12-31"),
        line("XDT_ADV_UD", "2027-01-31"),
    ];
    assert_eq!(nearest_expiry(&lines, at(NOW), zone), Some(("2026-12-31".to_owned(), 68)));
    assert_eq!(nearest_expiry(&lines[..1], at(NOW), zone), Some(("2026-09-30".to_owned(), -23)));
    assert_eq!(nearest_expiry(&[line("XDT_PLT_UD", "permanent")], at(NOW), zone), None);
}

#[test]
fn licenses_outside_the_program_are_named() {
    let lines = [
        line("MPS_ENT_CCU", "permanent"),
        line("XDT_ENT_UD", "permanent"),
        Line { csp: false, ..line("XDT_PLT_UD", "permanent") },
        line("XDT_ADV_UD", "permanent"),
    ];
    let status = judge(&Facts { lines: &lines, ..fresh() }, &rule(), at(NOW));
    assert_eq!(
        status.notices[0].text,
        "Licenses outside the CSP program are installed: MPS_ENT_CCU, XDT_ENT_UD, XDT_PLT_UD."
    );
}

#[test]
fn a_concurrent_license_is_flagged_by_its_peak_alone() {
    let peak = |feature, peak| [PeakSeen { feature, peak }];
    assert_eq!(words(&Facts { peaks: &peak("MPS_ENT_CCU", 17), ..fresh() }), ["concurrent"]);
    assert_eq!(words(&Facts { peaks: &peak("MPS_ENT_CCU", 0), ..fresh() }), Vec::<&str>::new());
    assert_eq!(words(&Facts { peaks: &peak("XDT_PLT_UD", 300), ..fresh() }), Vec::<&str>::new());
    let status = judge(&Facts { peaks: &peak("MPS_ENT_CCU", 17), ..fresh() }, &rule(), at(NOW));
    assert_eq!(status.notices[0].text, "Concurrent licenses are in use: MPS_ENT_CCU, at most 17 at once.");
}

#[test]
fn clocks_are_judged_by_the_newest_upload() {
    let skewed = |collected: &str, received: &str, is_direct| {
        let sending = Sending { collected_at: at(collected), received_at: at(received), is_direct };
        !words(&Facts { sending: Some(sending), ..fresh() }).is_empty()
    };
    assert!(!skewed("2026-10-24T03:05:00Z", "2026-10-24T03:00:00Z", true), "a few minutes are none");
    assert!(skewed("2026-10-24T04:00:00Z", "2026-10-24T03:00:00Z", false), "in the future, however it came");
    assert!(!skewed("2026-10-23T03:00:00Z", "2026-10-24T03:00:00Z", true));
    assert!(skewed("2026-10-23T02:59:59Z", "2026-10-24T03:00:00Z", true));
    assert!(!skewed("2026-09-23T03:00:00Z", "2026-10-24T03:00:00Z", false), "carried in late");
}

#[test]
fn allocations_speak_only_once_they_are_there() {
    assert_eq!(words(&Facts { in_allocations: None, ..fresh() }), Vec::<&str>::new());
    assert_eq!(words(&Facts { in_allocations: Some(true), ..fresh() }), Vec::<&str>::new());
    assert_eq!(words(&Facts { in_allocations: Some(false), ..fresh() }), ["not-in-allocations"]);
}

#[test]
fn words_are_stable_and_read_back() {
    for flag in Flag::ALL {
        assert_eq!(Flag::parse(flag.as_str()), Some(flag));
    }
    for state in State::ALL {
        assert_eq!(State::parse(state.as_str()), Some(state));
    }
    assert_eq!(Flag::parse("Expired"), None);
}

proptest! {
    /// A license is expired, or expires some day; the days that are told agree with the flag.
    #[test]
    fn expired_and_days_to_expire_agree(day in 0_i64..400, second in 0_i64..86_400, zone in 0_usize..4) {
        let zone: TimeZone = ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/New_York"][zone].parse().unwrap();
        let as_of = at("2026-01-01T00:00:00Z").plus_seconds(day * 86_400 + second);
        let rule = StatusRule { time_zone: zone, ..rule() };
        let lines = [line("XDT_PLT_UD", "2026-07-15")];
        let facts = Facts { last_collected_at: Some(as_of), lines: &lines, ..Facts::default() };
        let status = judge(&facts, &rule, as_of);
        let date = parse_date("2026-07-15").unwrap();
        prop_assert_eq!(status.has(Flag::Expired), zone.local_date(as_of) > date);
        let days = days_to_expire(date, as_of, zone);
        let agrees = if status.has(Flag::Expired) { days <= 0 } else { days >= 0 };
        prop_assert!(agrees);
        prop_assert!(!(status.has(Flag::Expiring) && status.has(Flag::ExpiringLater)));
        prop_assert_eq!(status.state, State::Reporting);
    }
}
