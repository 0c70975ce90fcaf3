//! Uploads as a whole: the worked example, mixtures of formats, and what is ignored.

use super::testing::{one, read_at, read_now, refusal, usage, zip};
use super::{Expiry, Format, Subject};

const LIC01: &str = r#"{
 "format": "seatledger/license-server@1",
 "collectedAt": "2026-10-15T03:00:01Z",
 "licenseServer": {
  "guid": "8f6cbfbf-d702-57f7-8a94-632e0fde824f",
  "hostId": "LIC01",
  "fqdn": "lic01.csp.example",
  "version": "11.17.2.0 build 53100"
 },
 "usage": [
  {
   "feature": "XDT_PLT_UD",
   "period": "2026-10",
   "peak": 4,
   "users": ["CORP\\anna", "CORP\\carl", "CORP\\dora", "CORP\\erik"]
  }
 ]
}"#;

const LICENSE: &str = "# license file of LIC01
SERVER this_host HOSTNAME=LIC01
VENDOR CITRIX
USE_SERVER
INCREMENT CITRIX CITRIX 2026.1231 permanent 1 VENDOR_STRING=;LT=SYS SN=START
INCREMENT XDT_PLT_UD CITRIX 2026.1231 31-DEC-2026 500 VENDOR_STRING=;LT=Retail;GP=720;SA=1;ODP=10;LP=90 \\
    DUP_GROUP=V ISSUED=01-jan-2026 NOTICE=\"Example CSP\" \\
    SN=LA-0001234567-00001:FID_1 START=01-jan-2026 SIGN=\"0123 4567\"
";

const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Manifest><UTCDate>2026-10-15T03:00:02Z</UTCDate><Date>10/15/2026 05:00:02</Date><Product>LicenseServerCompliance</Product><ProductVersion>2.0</ProductVersion></Manifest>"#;

const REPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Report>
 <LSInfo><OrgID>50000001</OrgID><CustomerID>csp</CustomerID><DateSampleStopUTC>2026-10-15T03:00:02Z</DateSampleStopUTC><FQDN>lic02.csp.example</FQDN><GUID>73f4bbb0-bba6-5554-9467-9150f7ba0ce0</GUID><ProductVersion>11.17.2.0 build 53100</ProductVersion><PrivacySetting>Off</PrivacySetting></LSInfo>
 <Inventory>
  <Feature><ID>CITRIX</ID><SADate id="2038.0101"><DateSampleStartUTC>2026-10-01T00:00:00Z</DateSampleStartUTC><DateSampleStopUTC>2026-10-15T03:00:02Z</DateSampleStopUTC></SADate></Feature>
  <Feature><ID>XDT_PLT_UD</ID><SADate id="2026.1231"><DateSampleStartUTC>2026-10-01T00:00:00Z</DateSampleStartUTC><DateSampleStopUTC>2026-10-15T03:00:02Z</DateSampleStopUTC><CountUsedMax>3</CountUsedMax><CountUsersBillable>2</CountUsersBillable><CountInstalled>100</CountInstalled><UsersBillable><ID timeLastLogin="2026-10-12T08:15:00Z">CORP\anna</ID><ID timeLastLogin="2026-10-13T08:15:00Z">CORP\ben</ID></UsersBillable><Licensees><CountTotal>9</CountTotal><Users>9</Users><Devices>0</Devices></Licensees></SADate></Feature>
 </Inventory>
 <SerialNumbers><Serial><ID>XDT_PLT_UD</ID><SN>LA-0001234567-00002</SN></Serial></SerialNumbers>
</Report>"#;

const SITE: &str = r#"{"format": "seatledger/site@1", "collectedAt": "2026-10-15T03:00:09Z",
 "site": {"id": "C44AEBD5-23df-54e6-9903-4facbc4e8e63", "name": "Nord", "controllerVersion": "2402 CU3",
          "licenseServer": "lic01.csp.example"},
 "deliveryGroups": [
  {"id": "3c16fe09-8566-5ee6-818d-d081665fcb62", "name": "NG1",
   "usage": [{"feature": "XDT_PLT_UD", "period": "2026-10", "users": ["CORP\\gus", "corp\\ANNA"]}]},
  {"id": "c40c8104-a6d4-5cb2-a763-ef7ceb418a57", "name": "NG2",
   "usage": [{"feature": "XDT_PLT_UD", "period": "2026-10", "users": ["CORP\\dora"]}]}]}"#;

#[test]
fn the_worked_example_is_read() {
    let upload = zip(&[("payload.json", LIC01.as_bytes()), ("lic01.lic", LICENSE.as_bytes())]);
    let payload = one(read_now(&upload));
    assert_eq!(payload.format, Format::LicenseServer);
    assert_eq!(usage(&payload), [r"XDT_PLT_UD 2026-10: CORP\anna, CORP\carl, CORP\dora, CORP\erik"]);
    assert_eq!((payload.peaks[0].peak, payload.peaks[0].active), (Some(4), None));
    let files = payload.license_files.expect("license files");
    assert_eq!((files.len(), files[0].name.as_str()), (1, "lic01.lic"));
    let [citrix, premium] = files[0].entitlements.as_slice() else { panic!("two lines") };
    assert_eq!((citrix.quantity, &citrix.expires), (Some(1), &Expiry::Permanent));
    assert_eq!((premium.quantity, premium.overdraft), (Some(500), Some(50)));
    assert_eq!(premium.expires, Expiry::On("2026-12-31".to_owned()));
    assert_eq!(premium.serial_number.as_deref(), Some("LA-0001234567-00001"));

    let payload =
        one(read_now(&zip(&[("manifest.xml", MANIFEST.as_bytes()), ("report.xml", REPORT.as_bytes())])));
    assert_eq!((payload.format, payload.entry.as_str()), (Format::CallHome, "report.xml"));
    assert_eq!(usage(&payload), [r"XDT_PLT_UD 2026-10: CORP\anna, CORP\ben"]);
    assert_eq!(payload.peaks[0].peak, Some(3));
    let Subject::LicenseServer { guid, host_id, .. } = &payload.subject else { panic!("a server") };
    assert_eq!((guid.as_str(), host_id.as_deref()), ("73f4bbb0-bba6-5554-9467-9150f7ba0ce0", Some("LIC02")));

    let payload = one(read_now(&zip(&[("payload.json", SITE.as_bytes())])));
    let groups: Vec<&str> = payload.delivery_groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(groups, ["NG1", "NG2"]);
    assert_eq!(payload.usage[0].delivery_group.as_deref(), Some("3c16fe09-8566-5ee6-818d-d081665fcb62"));
    let Subject::Site { id, .. } = payload.subject else { panic!("a site") };
    assert_eq!(id, "c44aebd5-23df-54e6-9903-4facbc4e8e63");
}

#[test]
fn files_are_accepted_without_an_archive() {
    assert_eq!(one(read_now(REPORT.as_bytes())).format, Format::CallHome);
    assert_eq!(one(read_now(SITE.as_bytes())).format, Format::Site);
    let with_mark = ["\u{feff}".as_bytes(), SITE.as_bytes()].concat();
    assert_eq!(one(read_now(&with_mark)).entry, "");
    let with_mark = ["\u{feff}".as_bytes(), REPORT.as_bytes()].concat();
    assert_eq!(one(read_now(&with_mark)).format, Format::CallHome);

    let payload = one(read_at(LICENSE.as_bytes(), "2026-10-20T00:00:00Z", "UTC", "C:\\x\\csp.lic"));
    assert_eq!(payload.subject, Subject::LicenseServerHost { host: Some("LIC01".to_owned()) });
    assert_eq!((payload.format, payload.collected_at), (Format::LicenseFile, None));
    assert_eq!(payload.license_files.expect("files")[0].name, "csp.lic");
}

#[test]
fn several_sources_in_one_zip_are_several_payloads_and_the_rest_is_ignored() {
    let inner = zip(&[("payload.json", LIC01.as_bytes())]);
    let reading = read_now(&zip(&[
        ("readme.txt", b"hello"),
        ("a/site.json", SITE.as_bytes()),
        ("others.json", br#"[1, {"format": "else"}]"#),
        ("no-extension", SITE.replace("c44aebd5", "d44aebd5").replace("C44AEBD5", "d44aebd5").as_bytes()),
        ("broken-but-no-json", b"{ not json"),
        ("inner.zip", &inner),
        ("manifest.xml", MANIFEST.as_bytes()),
    ]))
    .expect("accepted");
    let entries: Vec<&str> = reading.payloads.iter().map(|payload| payload.entry.as_str()).collect();
    assert_eq!(entries, ["a/site.json", "no-extension", "inner.zip/payload.json"]);
    assert_eq!(
        reading.warnings,
        [
            "readme.txt: ignored entry",
            "others.json: ignored entry",
            "broken-but-no-json: ignored entry",
            "manifest.xml: ignored entry"
        ]
    );
}

#[test]
fn a_bad_json_or_xml_entry_rejects_even_beside_good_ones() {
    let beside = |name: &str, data: &[u8]| {
        refusal(read_now(&zip(&[("payload.json", LIC01.as_bytes()), (name, data)])))
    };
    assert_eq!(beside("b.json", b"{"), "SEAT-U04 b.json line 1 column 1");
    assert_eq!(beside("b.JSON", b""), "SEAT-U04 b.JSON line 1 column 0");
    assert_eq!(beside("b.json", b"{}{}"), "SEAT-U04 b.json line 1 column 3");
    assert_eq!(beside("b.json", b"\xff"), "SEAT-U04 b.json byte 0");
    assert_eq!(beside("b.xml", b"<a><b></a>"), "SEAT-U04 b.xml /a/b");
    assert_eq!(beside("b.xml", b"<a>"), "SEAT-U04 b.xml /a");
    assert_eq!(beside("b.xml", b""), "SEAT-U04 b.xml ");
    assert_eq!(beside("b.xml", b"<a/><b/>"), "SEAT-U04 b.xml ");
    assert_eq!(beside("b.xml", b"<!DOCTYPE a><a/>"), "SEAT-U04 b.xml byte 12");
    assert_eq!(beside("b.xml", b"<a>&x;</a>"), "SEAT-U04 b.xml /a");
    assert_eq!(beside("b.json", br#"{"format": "seatledger/site@2"}"#), "SEAT-U08 b.json $.format");
    let deep = ["[".repeat(65), "]".repeat(65)].concat();
    assert_eq!(beside("b.json", format!("{{\"x\":{deep}}}").as_bytes()), "SEAT-U02 b.json byte 68");
    let deep = ["<a>".repeat(65), "</a>".repeat(65)].concat();
    assert!(beside("b.xml", deep.as_bytes()).starts_with("SEAT-U02 b.xml /a/a"));
}

#[test]
fn nothing_recognised_is_refused() {
    for bytes in [&b""[..], b"PDF", b"\0\0\0", &zip(&[]), &zip(&[("a.txt", b"x")]), b"<a/>", b"[]", b"{}"] {
        assert_eq!(refusal(read_now(bytes)), "SEAT-U01  ", "{bytes:?}");
    }
    assert_eq!(refusal(read_now(b"{")), "SEAT-U04  line 1 column 1");
}

#[test]
fn license_files_go_to_the_server_that_the_zip_names() {
    let other = LIC01.replace("8f6cbfbf", "9f6cbfbf").replace("LIC01", "LIC07").replace("lic01", "lic07");
    let files = |upload: &[u8]| {
        let payloads = read_now(upload).expect("accepted").payloads;
        payloads.into_iter().map(|payload| payload.license_files.map(|files| files.len())).collect::<Vec<_>>()
    };
    let two = [("a.json", LIC01.as_bytes()), ("b.json", other.as_bytes()), ("x.lic", LICENSE.as_bytes())];
    assert_eq!(files(&zip(&two)), [Some(1), None]);
    // Another host than the one server's: the zip names it all the same.
    assert_eq!(files(&zip(&two[1..])), [Some(1)]);
    let strange = LICENSE.replace("LIC01", "LIC09");
    assert_eq!(files(&zip(&[two[0], two[1], ("x.lic", strange.as_bytes())])), [None, None, Some(1)]);

    let own = LIC01.replace(
        "\"usage\"",
        r#""licenseFiles": [{"name": "x.lic", "entitlements": []}, {"name": "y.lic", "entitlements": []}], "usage""#,
    );
    let payload = one(read_now(&zip(&[("a.json", own.as_bytes()), ("d/x.lic", LICENSE.as_bytes())])));
    let files = payload.license_files.expect("files");
    let shown: Vec<(&str, usize)> =
        files.iter().map(|file| (file.name.as_str(), file.entitlements.len())).collect();
    assert_eq!(shown, [("y.lic", 0), ("x.lic", 2)]);

    // A report sums up what is installed: the files beside it are not added to the sum.
    let payload = one(read_now(&zip(&[("report.xml", REPORT.as_bytes()), ("x.lic", LICENSE.as_bytes())])));
    let files = payload.license_files.expect("files");
    assert_eq!((files.len(), files[0].name.as_str()), (1, "x.lic"));
}
