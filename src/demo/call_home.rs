//! Call-home uploads of the sample fleet: `manifest.xml` and `report.xml`.

use std::fmt::Write as _;

use super::calendar::{Calendar, draw};
use super::fleet::{LicenseServer, Names};
use super::uploads::{List, Sending};
use crate::domain::instant::UtcInstant;

/// The two entries of one upload. Nothing is escaped: no name of the fleet needs it.
pub fn entries(
    calendar: &Calendar,
    sending: &Sending,
    server: &LicenseServer,
    lists: &[List],
) -> Vec<(&'static str, String)> {
    vec![
        ("manifest.xml", manifest(sending.collected_at)),
        ("report.xml", report(calendar, sending, server, lists)),
    ]
}

fn manifest(at: UtcInstant) -> String {
    let local = at.to_chrono().format("%m/%d/%Y %H:%M:%S");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Manifest><UTCDate>{at}</UTCDate><Date>{local}</Date>\
         <Product>LicenseServerCompliance</Product><ProductVersion>2.0</ProductVersion>\
         <ProductDeployUTCDate>2024-02-01T00:00:00Z</ProductDeployUTCDate></Manifest>\n"
    )
}

fn report(calendar: &Calendar, sending: &Sending, server: &LicenseServer, lists: &[List]) -> String {
    let at = sending.collected_at;
    let privacy = if server.names == Names::Anonymised { "On" } else { "Off" };
    let guid = server.guid();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Report>\n <LSInfo><OrgID>50000001</OrgID><CustomerID>csp</CustomerID>\
         <DateSampleStopUTC>{at}</DateSampleStopUTC><FQDN>{}</FQDN><GUID>{guid}</GUID>\
         <ProductVersion>{}</ProductVersion><PrivacySetting>{privacy}</PrivacySetting>\
         <HardwareId>{}</HardwareId></LSInfo>\n <Inventory>\n",
        server.fqdn(),
        server.version,
        guid[24..].to_uppercase()
    );
    let begins = calendar.month_begins(sending.night);
    let sample = format!(
        "<DateSampleStartUTC>{begins}</DateSampleStartUTC><DateSampleStopUTC>{at}</DateSampleStopUTC>"
    );
    let sa_date = calendar.date_in(server.expires_in).to_chrono().format("%Y.%m%d").to_string();
    // Writing to a String cannot fail.
    let _ = writeln!(xml, "  <Feature><ID>CITRIX</ID><SADate id=\"2038.0101\">{sample}</SADate></Feature>");
    for list in lists {
        let users = list.users.len();
        let _ = write!(
            xml,
            "  <Feature><ID>{}</ID><UDReportGenerationUTC>{at}</UDReportGenerationUTC><SADate id=\"{sa_date}\">{sample}\
             <CountUsedMax>{}</CountUsedMax><CountUsersBillable>{users}</CountUsersBillable>\
             <CountInstalled>{}</CountInstalled><UsersBillable>",
            list.feature,
            users * 3 / 5,
            if list.feature == super::fleet::MAIN_FEATURE { server.quantity } else { server.quantity / 5 },
        );
        for (place, user) in list.users.iter().enumerate() {
            let login = login(sending, place as u64);
            let _ = write!(xml, "<ID timeLastLogin=\"{login}\">{user}</ID>");
        }
        let _ = writeln!(
            xml,
            "</UsersBillable><Licensees><CountTotal>{0}</CountTotal><Users>{0}</Users><Devices>0</Devices></Licensees></SADate></Feature>",
            users + users / 8
        );
    }
    let serial = &server.host[3..5];
    xml.push_str(" </Inventory>\n <SerialNumbers>");
    for list in lists {
        let _ = write!(xml, "<Serial><ID>{}</ID><SN>LA-00010000{serial}-00001</SN></Serial>", list.feature);
    }
    xml.push_str("</SerialNumbers>\n</Report>\n");
    xml
}

/// Some working hour of the month so far.
fn login(sending: &Sending, place: u64) -> UtcInstant {
    let ago =
        draw(30, (sending.night.day as u64) << 16 | place, (sending.night.day_of_month - 1).max(1) as u64);
    let back = if sending.night.day_of_month == 1 { 1 } else { ago as i64 * 24 + 12 };
    sending.collected_at.plus_seconds(-back * 3_600)
}
