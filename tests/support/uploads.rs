//! Builders of uploads: call-home zips of license servers and native payloads of license servers and sites.

use std::io::{Cursor, Write as _};

use serde_json::{Value, json};

pub const FEATURE: &str = "XDT_PLT_UD";

/// One file to import.
#[derive(Clone)]
pub struct Upload {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A GUID that is always the same for a name.
pub fn guid(name: &str) -> String {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("00000000-0000-4000-8000-{:012x}", hash & 0xffff_ffff_ffff)
}

/// A zip of entries, stored as they are.
pub fn zip(name: &str, entries: &[(&str, &str)]) -> Upload {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (entry, content) in entries {
        writer.start_file(*entry, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    Upload { name: name.to_owned(), bytes: writer.finish().unwrap().into_inner() }
}

fn payload(name: &str, payload: &Value) -> Upload {
    zip(&format!("{name}.zip"), &[("payload.json", &payload.to_string())])
}

/// A native payload of a license server.
#[derive(Clone)]
pub struct Server {
    name: String,
    collected_at: String,
    usage: Vec<Value>,
}

impl Server {
    pub fn new(name: &str, collected_at: &str) -> Self {
        Self { name: name.to_owned(), collected_at: collected_at.to_owned(), usage: Vec::new() }
    }

    pub fn saw(self, period: &str, users: &[&str]) -> Self {
        self.saw_with(FEATURE, period, users)
    }

    pub fn saw_with(mut self, feature: &str, period: &str, users: &[&str]) -> Self {
        self.usage.push(json!({ "feature": feature, "period": period, "users": users }));
        self
    }

    pub fn upload(&self) -> Upload {
        let Self { name, collected_at, usage } = self;
        let content = json!({
            "format": "seatledger/license-server@1", "collectedAt": collected_at,
            "licenseServer": { "guid": guid(name), "hostId": name, "fqdn": format!("{}.csp.example", name.to_lowercase()),
                "version": "11.17.2.0 build 53100" },
            "usage": usage,
        });
        payload(name, &content)
    }
}

/// A native payload of a site.
#[derive(Clone)]
pub struct Site {
    name: String,
    collected_at: String,
    groups: Vec<Value>,
}

impl Site {
    pub fn new(name: &str, collected_at: &str) -> Self {
        Self { name: name.to_owned(), collected_at: collected_at.to_owned(), groups: Vec::new() }
    }

    pub fn group(mut self, name: &str, period: &str, users: &[&str]) -> Self {
        let usage = json!([{ "feature": FEATURE, "period": period, "users": users }]);
        self.groups.push(json!({ "id": guid(name), "name": name, "usage": usage }));
        self
    }

    pub fn upload(&self) -> Upload {
        let Self { name, collected_at, groups } = self;
        let content = json!({
            "format": "seatledger/site@1", "collectedAt": collected_at,
            "site": { "id": guid(name), "name": name }, "deliveryGroups": groups,
        });
        payload(name, &content)
    }
}

/// The call-home upload of a license server, for one feature and the month so far.
pub struct CallHome {
    pub name: String,
    pub collected_at: String,
    /// With the time of the last login.
    pub billable: Vec<(String, String)>,
}

impl CallHome {
    pub fn upload(&self) -> Upload {
        let Self { name, collected_at, billable } = self;
        let month = &collected_at[..7];
        let users: String = billable
            .iter()
            .map(|(user, login)| format!("<ID timeLastLogin=\"{login}\">{user}</ID>"))
            .collect();
        let sample = format!(
            "<DateSampleStartUTC>{month}-01T00:00:00Z</DateSampleStartUTC><DateSampleStopUTC>{collected_at}</DateSampleStopUTC>"
        );
        let report = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Report><LSInfo><GUID>{}</GUID><FQDN>{}.csp.example</FQDN>\
             <ProductVersion>11.17.2.0 build 53100</ProductVersion><DateSampleStopUTC>{collected_at}</DateSampleStopUTC>\
             <PrivacySetting>Off</PrivacySetting></LSInfo><Inventory><Feature><ID>{FEATURE}</ID><SADate id=\"2026.1231\">{sample}\
             <CountUsedMax>3</CountUsedMax><CountUsersBillable>{}</CountUsersBillable><CountInstalled>100</CountInstalled>\
             <UsersBillable>{users}</UsersBillable><Licensees><CountTotal>9</CountTotal><Users>9</Users></Licensees></SADate>\
             </Feature></Inventory></Report>",
            guid(name),
            name.to_lowercase(),
            billable.len(),
        );
        let manifest = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Manifest><UTCDate>{collected_at}</UTCDate>\
             <Product>LicenseServerCompliance</Product></Manifest>"
        );
        zip(&format!("{name}.zip"), &[("manifest.xml", &manifest), ("report.xml", &report)])
    }
}
