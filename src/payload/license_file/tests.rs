//! Lines of license files.

use super::super::testing::{read_at, refusal};
use super::super::{Entitlement, Expiry, Reading, Subject};

fn read(text: &[u8]) -> Reading {
    read_at(text, "2026-10-20T00:00:00Z", "UTC", "a.lic").expect("accepted")
}

fn lines(text: &[u8]) -> Vec<Entitlement> {
    let mut reading = read(text);
    assert_eq!(reading.warnings, [""; 0]);
    reading.payloads.remove(0).license_files.expect("files").remove(0).entitlements
}

#[test]
fn lines_are_joined_also_within_quotes_and_read_in_any_case() {
    let text = b"  # comment \\\n\
        increment\tXDT_PLT_UD CITRIX 2026.1231\t31-dEc-2026 333 \\\r\n\
        \tVENDOR_STRING=\";LT=RetailS;ODP=10\" NOTICE=\"a \\\n b SN=no\" SIGN=0123 SN=LA-1:FID_2 \\";
    let [line] = lines(text).try_into().expect("one");
    assert_eq!((line.quantity, line.overdraft), (Some(333), Some(33)));
    assert_eq!(line.sa_date.as_deref(), Some("2026-12-31"));
    assert_eq!(line.kind.as_deref(), Some("RetailS"));
    assert_eq!(line.serial_number.as_deref(), Some("LA-1"));
    assert!(line.csp);
}

#[test]
fn an_uncounted_or_permanent_line_has_no_number_or_day() {
    let text = b"FEATURE CITRIX CITRIX 2026.1231 1-jan-0 uncounted VENDOR_STRING=;ODP=10\n\
        PACKAGE suite CITRIX 1.0 COMPONENTS=x\nSOMETHING else\n";
    let [line] = lines(text).try_into().expect("one");
    assert_eq!((line.quantity, line.overdraft, line.expires), (None, None, Expiry::Permanent));
    assert_eq!((line.kind, line.serial_number), (None, None));
}

#[test]
fn a_line_without_its_fields_is_a_warning_that_names_it() {
    let reading = read(
        b"SERVER this_host ANY\nINCREMENT XDT_PLT_UD CITRIX 2026.1231 permanent\n\n\
          INCREMENT XDT_PLT_UD CITRIX 2026.1231 someday 5\nINCREMENT XDT_PLT_UD CITRIX 2026.1231 permanent x\n\
          INCREMENT NEW_ONE CITRIX 1.0 permanent 5 VENDOR_STRING=;LT=Odd;ODP=x\n",
    );
    assert_eq!(
        reading.warnings,
        [
            "at line 2: \"INCREMENT XDT_PLT_UD CITRIX 2026.1231 pe\" skipped: feature, vendor, version, expiry and quantity expected",
            "at line 4: \"INCREMENT XDT_PLT_UD CITRIX 2026.1231 so\" skipped: expiry expected, found \"someday\"",
            "at line 5: \"INCREMENT XDT_PLT_UD CITRIX 2026.1231 pe\" skipped: quantity expected, found \"x\"",
            "unknown feature \"NEW_ONE\"",
            "at line 6: unreadable SA date \"1.0\"",
            "at line 6: unknown value \"Odd\" of LT",
            "at line 6: unknown value of ODP",
        ]
    );
    assert_eq!(reading.payloads[0].subject, Subject::LicenseServerHost { host: None });
}

#[test]
fn windows_1252_is_read_where_it_is_no_utf_8() {
    let text = b"SERVER B\xfcro ANY\nINCREMENT CITRIX CITRIX 2026.1231 permanent 1 SN=\x80-1";
    let reading = read(text);
    assert_eq!(reading.payloads[0].subject, Subject::LicenseServerHost { host: Some("Büro".to_owned()) });
    let text = "\u{feff}INCREMENT CITRIX CITRIX 2026.1231 permanent 1 SN=€-1";
    assert_eq!(lines(text.as_bytes())[0].serial_number.as_deref(), Some("€-1"));
}

#[test]
fn control_characters_are_refused() {
    let text = b"INCREMENT CITRIX CITRIX 2026.1231 permanent 1 SN=a\x01";
    assert_eq!(refusal(read_at(text, "2026-10-20T00:00:00Z", "UTC", "")), "SEAT-U05  line 1");
}
