//! The worked example of the domain: what its sources send, and how it is tagged.

use super::{CallHome, House, Server, Site, Upload, guid};

pub const OCTOBER: &str = "2026-10";

pub fn uploads() -> [Upload; 4] {
    let at = |second: u32| format!("2026-10-15T03:00:0{second}Z");
    let lic02 = CallHome {
        name: "LIC02".to_owned(),
        collected_at: at(2),
        billable: vec![
            ("CORP\\anna".to_owned(), "2026-10-12T08:15:00Z".to_owned()),
            ("CORP\\ben".to_owned(), "2026-10-13T08:15:00Z".to_owned()),
        ],
    };
    [
        Server::new("LIC01", &at(1))
            .saw(OCTOBER, &["CORP\\anna", "CORP\\carl", "CORP\\dora", "CORP\\erik"])
            .upload(),
        lic02.upload(),
        Server::new("LIC03", &at(3)).saw(OCTOBER, &["CORP\\fay", "CORP\\gus"]).upload(),
        Site::new("Nord", &at(9))
            .group("NG1", OCTOBER, &["CORP\\gus", "corp\\ANNA"])
            .group("NG2", OCTOBER, &["CORP\\dora"])
            .upload(),
    ]
}

pub fn tag(house: &House) {
    house.customer("Acme");
    house.customer("Beta");
    house.assign(OCTOBER, "license-server", &guid("LIC01"), "acme").done();
    house.assign(OCTOBER, "delivery-group", &guid("NG1"), "Beta").done();
    house.assign(OCTOBER, "user", "corp\\Dora", "BETA").done();
    house.clear(OCTOBER, "user", "CORP\\erik").done();
    house.free(OCTOBER, "user", "CORP\\carl", "test").done();
    house.free(OCTOBER, "license-server", &guid("LIC03"), "trial").done();
}
