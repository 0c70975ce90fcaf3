//! Reports of license servers: their months, their SA dates, and tolerance in what is unknown.

use super::super::testing::{one, read_at, read_now, refusal, usage, zip};
use super::super::{Entitlement, Payload, Subject};
use super::plain_version;

const SERVER: &str = "<LSInfo><GUID>73f4bbb0-bba6-5554-9467-9150f7ba0ce0</GUID><FQDN>lic02</FQDN><DateSampleStopUTC>2026-10-15T03:00:02Z</DateSampleStopUTC></LSInfo>";

fn block(id: &str, start: &str, stop: &str, rest: &str) -> String {
    format!(
        "<SADate id=\"{id}\"><DateSampleStartUTC>{start}</DateSampleStartUTC><DateSampleStopUTC>{stop}</DateSampleStopUTC>{rest}</SADate>"
    )
}

fn users(users: &[(&str, &str)]) -> String {
    let user = |(name, login): &(&str, &str)| format!("<ID timeLastLogin=\"{login}\">{name}</ID>");
    format!("<UsersBillable>{}</UsersBillable>", users.iter().map(user).collect::<String>())
}

fn report(inventory: &str) -> String {
    format!("<R>{SERVER}<Inventory><Feature><ID>XDT_PLT_UD</ID>{inventory}</Feature></Inventory></R>")
}

fn entitlements(payload: &Payload) -> Vec<&Entitlement> {
    payload.license_files.iter().flatten().flat_map(|file| &file.entitlements).collect()
}

#[test]
fn a_sample_within_a_month_is_that_month_whatever_the_login_says() {
    let logins = users(&[("anna", "2026-09-30T23:59:59Z"), ("ben", "2027-01-01"), ("carl", "")]);
    let text = report(&block("2026.1231", "2026-10-01T00:00:00Z", "2026-10-31T23:59:59", &logins));
    let payload = one(read_at(text.as_bytes(), "2026-10-15T00:00:00Z", "UTC", ""));
    assert_eq!(usage(&payload), ["XDT_PLT_UD 2026-10: anna, ben, carl"]);
}

#[test]
fn a_sample_over_a_months_end_is_split_by_the_last_login() {
    let logins = users(&[
        ("early", "2026-09-01T00:00:00Z"),
        ("sep", "2026-09-30T23:59:59Z"),
        ("oct", "2026-10-01T00:00:00Z"),
        ("zone", "2026-10-01T01:00:00+02:00"),
        ("late", "2026-10-11T00:00:00Z"),
        ("never", "yesterday"),
    ]);
    let text = report(&block("2026.1231", "2026-09-20T00:00:00Z", "2026-10-10T00:00:00Z", &logins));
    let reading = read_now(text.as_bytes()).expect("accepted");
    let payload = &reading.payloads[0];
    assert_eq!(
        usage(payload),
        ["XDT_PLT_UD 2026-10: early, oct, late, never", "XDT_PLT_UD 2026-09: sep, zone"]
    );
    assert_eq!(
        reading.warnings,
        ["at /R/Inventory/Feature/SADate: 1 unreadable timeLastLogin of XDT_PLT_UD"]
    );
}

#[test]
fn several_sa_dates_are_one_set_of_users_and_add_up() {
    let month = ("2026-10-01T00:00:00Z", "2026-10-15T00:00:00Z");
    let first = users(&[("anna", ""), ("ben", "")])
        + "<CountInstalled>100</CountInstalled><CountUsedMax>3</CountUsedMax><Active>0</Active>";
    let second = users(&[("ben", ""), ("carl", "")])
        + "<CountInstalled>50</CountInstalled><CountUsedMax>7</CountUsedMax><Active>1</Active>";
    let inventory =
        block("2026.1231", month.0, month.1, &first) + &block("2027.0402", month.0, month.1, &second);
    let serials = "<SerialNumbers><S><ID>XDT_PLT_UD</ID><SN>LA-1</SN></S><T><SN>LA-2</SN><ID>XDT_PLT_UD</ID></T></SerialNumbers></R>";
    let payload = one(read_now(report(&inventory).replace("</R>", serials).as_bytes()));
    assert_eq!(usage(&payload), ["XDT_PLT_UD 2026-10: anna, ben, ben, carl"]);
    let entitlements = entitlements(&payload);
    let shown: Vec<_> = entitlements.iter().map(|e| (e.quantity, e.sa_date.as_deref())).collect();
    assert_eq!(shown, [(Some(100), Some("2026-12-31")), (Some(50), Some("2027-04-02"))]);
    assert_eq!(entitlements[0].serial_number.as_deref(), Some("LA-1, LA-2"));
    assert_eq!(payload.peaks.len(), 1);
    assert_eq!((payload.peaks[0].peak, payload.peaks[0].active), (Some(7), Some(true)));
}

#[test]
fn licensees_and_devices_are_shown_and_never_counted() {
    let rest = "<Licensees><CountTotal>9</CountTotal><Users><ID>x</ID></Users><UsersBillable><ID>y</ID></UsersBillable></Licensees>\
        <CCUDevices><DevId>d1</DevId><DevId>d2</DevId></CCUDevices><Pool>p</Pool><CountUsersBillable>2</CountUsersBillable>";
    let logins = users(&[("anna", ""), (" ", "")]);
    let text = report(&block("2026.1231", "2026-10-01", "2026-10-15", &(logins + rest)));
    let reading = read_now(text.as_bytes()).expect("accepted");
    let payload = &reading.payloads[0];
    assert_eq!(usage(payload), ["XDT_PLT_UD 2026-10: anna"]);
    let fact =
        |name: &str| payload.facts.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(fact("XDT_PLT_UD/2026.1231/Licensees/CountTotal"), Some("9"));
    assert_eq!(fact("XDT_PLT_UD/2026.1231/CCUDevices"), Some("2"));
    assert_eq!(
        reading.warnings,
        [
            "at /R/Inventory/Feature/SADate: 1 empty user names of XDT_PLT_UD",
            "at /R/Inventory/Feature/SADate: 1 of 2 users of XDT_PLT_UD listed"
        ]
    );
}

#[test]
fn the_manifest_tells_when_where_the_report_does_not() {
    let text = report("").replace("<DateSampleStopUTC>2026-10-15T03:00:02Z</DateSampleStopUTC>", "");
    assert_eq!(refusal(read_now(text.as_bytes())), "SEAT-U05  /R/LSInfo/DateSampleStopUTC");
    let manifest = "<M xmlns='urn:x'><Product>LicenseServerCompliance</Product><UTCDate>2026-10-14T03:00:00Z</UTCDate></M>";
    let both = zip(&[("report.xml", text.as_bytes()), ("manifest.xml", manifest.as_bytes())]);
    let payload = one(read_now(&both));
    assert_eq!(payload.collected_at.map(|at| at.to_string()).as_deref(), Some("2026-10-14T03:00:00Z"));
    let broken = report("").replace("2026-10-15T03:00:02Z", "mid October");
    assert_eq!(refusal(read_now(broken.as_bytes())), "SEAT-U05  /R/LSInfo/DateSampleStopUTC");
}

#[test]
fn an_identity_that_is_missing_or_malformed_is_refused() {
    let text = report("").replace("73f4bbb0-", "73f4bbb0");
    assert_eq!(refusal(read_now(text.as_bytes())), "SEAT-U05  /R/LSInfo/GUID");
    let text = report("").replace("GUID", "GUIDE");
    assert_eq!(refusal(read_now(text.as_bytes())), "SEAT-U05  /R/LSInfo/GUID");
    let text = report("").replace("<ID>XDT_PLT_UD</ID>", "");
    assert_eq!(refusal(read_now(text.as_bytes())), "SEAT-U05  /R/Inventory/Feature/ID");
    let logins = users(&[("anna", ""), ("b&#7;n", "")]);
    let text = report(&block("1", "2026-10-01", "2026-10-15", &logins));
    assert_eq!(
        refusal(read_now(text.as_bytes())),
        "SEAT-U05  /R/Inventory/Feature/SADate/UsersBillable/ID[2]"
    );
    let text = report(&block("1", "2026-10-01", "2026-10-15", "<CountInstalled>many</CountInstalled>"));
    assert_eq!(refusal(read_now(text.as_bytes())), "SEAT-U05  /R/Inventory/Feature/SADate/CountInstalled");
}

#[test]
fn a_month_after_the_receipts_is_refused_only_where_no_zone_has_it() {
    let logins = users(&[("anna", "")]);
    let text = report(&block("2026.1231", "2026-11-01T00:00:00Z", "2026-11-01T02:00:00Z", &logins));
    // 31 October in UTC and in Chicago: no.
    let at = |received_at, zone| read_at(text.as_bytes(), received_at, zone, "");
    assert_eq!(
        refusal(at("2026-10-31T23:00:00Z", "America/Chicago")),
        "SEAT-U06  /R/Inventory/Feature/SADate"
    );
    // November in UTC, still October in Chicago; October in UTC, already November in Kiritimati.
    assert!(at("2026-11-01T03:00:00Z", "America/Chicago").is_ok());
    assert!(at("2026-10-31T23:00:00Z", "Pacific/Kiritimati").is_ok());
}

#[test]
fn namespaces_order_and_an_older_nesting_are_tolerated() {
    let text = "<?xml version='1.0'?><c:Compliance xmlns:c='urn:c' extra='1'><New/>\
        <c:Features><c:Feature x='1'><c:Usage><c:CountInstalled>5</c:CountInstalled>\
        <c:UsersBillable><c:ID>CORP\\anna &amp; co</c:ID><c:ID><![CDATA[<ben>]]></c:ID></c:UsersBillable>\
        <c:DateSampleStopUTC>2026-09-15T00:00:00Z</c:DateSampleStopUTC></c:Usage>\
        <c:Info><c:ID>XDT_PLT_UD</c:ID></c:Info></c:Feature></c:Features>\
        <c:Server><c:GUID>{73F4BBB0-bba6-5554-9467-9150f7ba0ce0}</c:GUID><c:FQDN>lic02.csp.example</c:FQDN>\
        <c:DateSampleStopUTC>2026-10-15T03:00:02</c:DateSampleStopUTC></c:Server></c:Compliance>";
    let payload = one(read_now(text.as_bytes()));
    assert_eq!(usage(&payload), [r"XDT_PLT_UD 2026-09: CORP\anna & co, <ben>"]);
    assert_eq!(entitlements(&payload)[0].quantity, Some(5));
    let Subject::LicenseServer { guid, host_id, .. } = payload.subject else { panic!("a server") };
    assert_eq!((guid.as_str(), host_id.as_deref()), ("73f4bbb0-bba6-5554-9467-9150f7ba0ce0", Some("LIC02")));
}

#[test]
fn a_version_has_one_form() {
    assert_eq!(plain_version("11.16.6.0. build 35000"), "11.16.6.0 build 35000");
    assert_eq!(plain_version(" 11.16.3.0  build 28000"), "11.16.3.0 build 28000");
}
