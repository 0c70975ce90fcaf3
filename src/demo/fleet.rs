//! The sample fleet as data: license servers, sites, NetScalers and customers, each with its oddity.

use sha2::{Digest as _, Sha256};

use crate::extension::hex;

/// The feature that most users have.
pub const MAIN_FEATURE: &str = "XDT_PLT_UD";
pub const BASE_FEATURE: &str = "XDT_ADV_UD";

/// How a license server reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `manifest.xml` and `report.xml`.
    CallHome,
    /// `payload.json`, with the license file beside it.
    Native,
}

/// How names look in its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    Clear,
    /// Without a domain.
    Bare,
    /// Opaque, since its `PrivacySetting` is on.
    Anonymised,
}

pub struct LicenseServer {
    /// Under `csp.example`; two of them begin with `lic01`.
    pub host: &'static str,
    pub form: Form,
    pub names: Names,
    pub version: &'static str,
    pub quantity: u64,
    /// Days from today until its license file ends.
    pub expires_in: i64,
    /// Nothing came for so many days.
    pub silent_days: i64,
    /// Runs a concurrent license too, which the program does not allow.
    pub concurrent: bool,
}

const USUAL: LicenseServer = LicenseServer {
    host: "",
    form: Form::CallHome,
    names: Names::Clear,
    version: "11.17.2.0 build 53100",
    quantity: 300,
    expires_in: 400,
    silent_days: 0,
    concurrent: false,
};

pub const LICENSE_SERVERS: [LicenseServer; 14] = [
    LicenseServer { host: "lic01.acme", ..USUAL },
    LicenseServer { host: "lic01.beta", ..USUAL },
    LicenseServer { host: "lic02", form: Form::Native, ..USUAL },
    LicenseServer { host: "lic03", quantity: 500, ..USUAL },
    LicenseServer { host: "lic04", form: Form::Native, concurrent: true, ..USUAL },
    LicenseServer { host: "lic05", ..USUAL },
    LicenseServer { host: "lic06", silent_days: 35, ..USUAL },
    LicenseServer { host: "lic07", form: Form::Native, silent_days: 21, ..USUAL },
    LicenseServer { host: "lic08", form: Form::Native, expires_in: 20, quantity: 60, ..USUAL },
    LicenseServer { host: "lic09", quantity: 50, ..USUAL },
    LicenseServer { host: "lic10", names: Names::Bare, ..USUAL },
    LicenseServer { host: "lic11", names: Names::Anonymised, ..USUAL },
    LicenseServer { host: "lic12", version: "11.16.3.0 build 28000", ..USUAL },
    LicenseServer { host: "lic13", ..USUAL },
];

/// The license server of the test laboratory: all of its users are free.
pub const FREE_SERVER: usize = 9;

pub struct Site {
    pub name: &'static str,
    pub license_server: usize,
    pub groups: &'static [&'static str],
}

pub const SITES: [Site; 3] = [
    Site { name: "Nord", license_server: 3, groups: &["NG1", "NG2", "NG3", "NG4"] },
    Site { name: "Sued", license_server: 4, groups: &["SG1", "SG2"] },
    Site { name: "West", license_server: 3, groups: &["WG1", "WG2", "WG3"] },
];

pub struct NetScaler {
    pub host: &'static str,
    pub host_id: &'static str,
    pub mbps: u32,
    pub deployment_type: &'static str,
    pub vpx_mode: &'static str,
    pub expires_in: i64,
    /// Index into [`CUSTOMERS`].
    pub customer: Option<usize>,
}

pub const NETSCALERS: [NetScaler; 4] = [
    NetScaler {
        host: "ns01",
        host_id: "0a1b2c3d4e01",
        mbps: 1000,
        deployment_type: "HA Primary",
        vpx_mode: "Active",
        expires_in: 300,
        customer: Some(0),
    },
    NetScaler {
        host: "ns02",
        host_id: "0a1b2c3d4e02",
        mbps: 1000,
        deployment_type: "HA Secondary",
        vpx_mode: "Standby",
        expires_in: 300,
        customer: Some(0),
    },
    NetScaler {
        host: "ns03",
        host_id: "0a1b2c3d4e03",
        mbps: 200,
        deployment_type: "Standalone Primary",
        vpx_mode: "Active",
        expires_in: 45,
        customer: Some(10),
    },
    NetScaler {
        host: "ns04",
        host_id: "0a1b2c3d4e04",
        mbps: 50,
        deployment_type: "Standalone Primary",
        vpx_mode: "Active",
        expires_in: -29,
        customer: None,
    },
];

/// Where people work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Server(usize),
    /// Site and delivery group.
    Group(usize, usize),
}

/// People of one customer, or of none, and where they work.
pub struct Staff {
    /// Index into [`CUSTOMERS`].
    pub customer: Option<usize>,
    /// `CORP\anna` where it has no dot, else `anna@harbor.example`.
    pub domain: &'static str,
    pub places: &'static [Place],
    /// Each of them is assigned, since their places serve several customers.
    pub by_user: bool,
    /// Their share of all people, in thousandths.
    pub share: usize,
}

pub const CUSTOMERS: [&str; 25] = [
    "Acme", "Beta", "Cedar", "Dune", "Ember", "Fjord", "Garnet", "Harbor", "Iris", "Juniper", "Kestrel",
    "Lumen", "Maple", "Nimbus", "Onyx", "Pebble", "Quartz", "Raven", "Sable", "Topaz", "Umber", "Violet",
    "Willow", "Xylo", "Yarrow",
];

/// The people of [`CUSTOMERS`], one row each, and those who belong to nobody.
pub const STAFF: [Staff; 27] = {
    use Place::{Group, Server};
    const fn of(customer: usize, domain: &'static str, places: &'static [Place], share: usize) -> Staff {
        Staff { customer: Some(customer), domain, places, by_user: false, share }
    }
    const fn by_user(customer: usize, domain: &'static str, places: &'static [Place], share: usize) -> Staff {
        Staff { customer: Some(customer), domain, places, by_user: true, share }
    }
    const fn nobody(domain: &'static str, places: &'static [Place], share: usize) -> Staff {
        Staff { customer: None, domain, places, by_user: false, share }
    }
    [
        of(0, "CORP", &[Server(0)], 90),
        of(1, "BETA", &[Server(1)], 75),
        of(2, "CORP", &[Server(2)], 60),
        of(3, "DUNE", &[Server(5)], 45),
        of(4, "ember.example", &[Server(6), Server(5)], 40),
        of(5, "CORP", &[Server(7)], 35),
        of(6, "GARNET", &[Server(8)], 40),
        of(7, "HARBOR", &[Server(10)], 35),
        of(8, "IRIS", &[Server(11)], 30),
        of(9, "NORTH", &[Server(12)], 30),
        of(10, "NORTH", &[Group(0, 0)], 45),
        of(11, "NORTH", &[Group(0, 1)], 35),
        of(12, "maple.example", &[Group(0, 2)], 25),
        of(13, "SOUTH", &[Group(1, 0), Group(1, 1)], 55),
        of(14, "WEST", &[Group(2, 0)], 30),
        of(15, "WEST", &[Group(2, 1)], 25),
        by_user(16, "quartz.example", &[Server(3)], 30),
        by_user(17, "CORP", &[Server(3), Group(2, 2)], 30),
        by_user(18, "CORP", &[Group(2, 2), Server(4)], 25),
        by_user(19, "topaz.example", &[Server(4)], 25),
        by_user(20, "HOST", &[Server(3)], 20),
        by_user(21, "HOST", &[Server(3), Server(4)], 20),
        by_user(22, "HOST", &[Server(4)], 15),
        by_user(23, "xylo.example", &[Server(3)], 15),
        by_user(24, "HOST", &[Server(3)], 10),
        nobody("LAB", &[Server(FREE_SERVER)], 15),
        nobody("ROAM", &[Server(13), Group(0, 3), Server(3)], 100),
    ]
};

impl LicenseServer {
    pub fn fqdn(&self) -> String {
        format!("{}.csp.example", self.host)
    }

    /// First label, upper case.
    pub fn host_id(&self) -> String {
        self.host.split('.').next().unwrap_or_default().to_uppercase()
    }

    pub fn guid(&self) -> String {
        guid(&format!("license server {}", self.host))
    }
}

impl Site {
    pub fn id(&self) -> String {
        guid(&format!("site {}", self.name))
    }

    pub fn group_id(&self, group: &str) -> String {
        guid(&format!("delivery group {} {group}", self.name))
    }
}

impl NetScaler {
    pub fn entitlement_id(&self) -> String {
        format!("LA-00020000{}-00001", &self.host[2..])
    }

    pub fn object_id(&self) -> String {
        format!("{}/{}", self.host_id, self.entitlement_id())
    }
}

pub fn customer_id(customer: usize) -> String {
    format!("demo-{}", CUSTOMERS[customer].to_lowercase())
}

/// Always the same one for the same thing.
fn guid(of: &str) -> String {
    let hex = hex(&Sha256::digest(of));
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
}
