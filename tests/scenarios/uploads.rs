//! Uploads as a list, one by one, and against the upload before.

use seatledger::domain::ids::ObjectKind::{DeliveryGroup, LicenseServer};
use seatledger::ingest::Outcome;
use seatledger::payload::Limits;
use seatledger::store::uploads::{Filter, Page, Status, UploadPage, Window};
use serde_json::json;

use crate::house::{House, guid, license_server, site};

fn ids(page: &UploadPage) -> Vec<String> {
    page.uploads.iter().map(|upload| upload.collected_at.clone().unwrap_or(upload.file.clone())).collect()
}

fn id_of(outcome: Outcome) -> String {
    match outcome {
        Outcome::Accepted(receipt) | Outcome::Duplicate(receipt) => receipt.id,
        Outcome::Rejected { id, .. } => id,
    }
}

#[test]
fn a_list_of_uploads_is_walked_in_both_directions() {
    let mut house = House::at("2026-10-01T10:00:00Z");
    let days = ["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05"];
    for day in days {
        house.set_clock(&format!("{day}T10:00:00Z"));
        house.upload(&license_server(1, &format!("{day}T03:00:00Z"), "2026-10", &["CORP\\anna"]));
    }
    let all = Filter::default();
    let list = |page: Page| house.store.list_uploads(&all, &page, 2).unwrap();
    let at = |day: usize| format!("2026-10-0{day}T03:00:00Z");
    let first = list(Page::First);
    assert_eq!(
        (ids(&first), first.total, first.has_newer, first.has_older),
        (vec![at(5), at(4)], 5, false, true)
    );
    assert_eq!(first.uploads[0].sources[0].name, "LIC01");
    let second = list(Page::After(first.uploads[1].place.clone()));
    assert_eq!((ids(&second), second.has_newer, second.has_older), (vec![at(3), at(2)], true, true));
    let third = list(Page::After(second.uploads[1].place.clone()));
    assert_eq!((ids(&third), third.has_newer, third.has_older), (vec![at(1)], true, false));
    let back = list(Page::Before(third.uploads[0].place.clone()));
    assert_eq!((ids(&back), back.has_newer, back.has_older), (vec![at(3), at(2)], true, true));
    let last = list(Page::Last);
    assert_eq!((ids(&last), last.has_newer, last.has_older), (vec![at(2), at(1)], true, false));
}

#[test]
fn uploads_are_found_by_status_source_file_and_receipt() {
    let mut house = House::at("2026-10-01T10:00:00Z");
    house.upload(&license_server(1, "2026-10-01T03:00:00Z", "2026-10", &["CORP\\anna"]));
    house.set_clock("2026-10-02T10:00:00Z");
    house.upload(&site("Nord", "2026-10-02T03:00:00Z", "2026-10", &[("NG1", &["CORP\\gus"])]));
    house.upload_as("broken_100%.zip", b"PK nothing");
    let count = |filter: Filter| house.store.list_uploads(&filter, &Page::First, 10).unwrap().total;
    let with = |text: &str| Filter { text: Some(text.to_owned()), ..Filter::default() };
    assert_eq!(count(Filter::default()), 3);
    assert_eq!(count(Filter { status: Some(Status::Rejected), ..Filter::default() }), 1);
    assert_eq!(count(Filter { status: Some(Status::Accepted), ..Filter::default() }), 2);
    assert_eq!(count(Filter { source: Some((LicenseServer, guid(1))), ..Filter::default() }), 1);
    assert_eq!(count(Filter { source: Some((DeliveryGroup, "NG1".to_owned())), ..Filter::default() }), 1);
    assert_eq!(count(Filter { source: Some((LicenseServer, "unknown".to_owned())), ..Filter::default() }), 0);
    assert_eq!(
        (count(with("BROKEN")), count(with("0%.")), count(with("n_1")), count(with("%%"))),
        (1, 1, 1, 0)
    );
    let from = Filter { received_from: Some("2026-10-02T00:00:00Z".parse().unwrap()), ..Filter::default() };
    assert_eq!(count(from), 2);
    let before =
        Filter { received_before: Some("2026-10-02T00:00:00Z".parse().unwrap()), ..Filter::default() };
    assert_eq!(count(before), 1);
    let rejected = |from: &str, before: &str| {
        house.store.count_rejected(from.parse().unwrap(), before.parse().unwrap()).unwrap()
    };
    assert_eq!(rejected("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"), 1);
    assert_eq!(rejected("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"), 0);
}

#[test]
fn an_upload_is_shown_as_it_was_sent() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    let mut payload =
        license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna", "CORP\\ben", "CORP\\carl"]);
    payload["usage"][0]["devices"] = json!(["THIN-1"]);
    payload["usage"][0]["peak"] = json!(2);
    let id = id_of(house.upload(&payload));
    let detail = house.store.find_upload_detail(&id).unwrap().unwrap();
    assert_eq!((detail.has_content, detail.rejection, detail.upload.new_users), (true, None, 3));
    assert_eq!(house.store.upload_content(&id).unwrap().unwrap(), payload.to_string().as_bytes());
    let window = Window { offset: 1, limit: 1 };
    let decoded = house.store.decode_upload(&id, &Limits::default(), window).unwrap().unwrap().unwrap();
    let told = &decoded.payloads[0];
    assert_eq!(told.facts[0], ("GUID".to_owned(), guid(1)));
    let list = &told.lists[0];
    assert_eq!((list.users, list.devices, &list.shown_users[..]), (3, 1, &["CORP\\ben".to_owned()][..]));
    assert_eq!(told.peaks[0].peak, Some(2));
    for unknown in ["", "zz", "0123456789abcdef", "' OR 1"] {
        assert_eq!(house.store.find_upload_detail(unknown).unwrap(), None);
        assert_eq!(house.store.upload_content(unknown).unwrap(), None);
    }
}

#[test]
fn a_rejected_upload_says_where_and_what_to_do() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    let mut payload = license_server(1, "2026-10-15T03:00:00Z", "2026-12", &["CORP\\anna"]);
    let Outcome::Rejected { id, rejection, .. } = house.try_upload(payload.to_string().as_bytes()) else {
        panic!("a month that has not begun")
    };
    let detail = house.store.find_upload_detail(&id).unwrap().unwrap();
    assert_eq!(detail.rejection, Some(rejection));
    assert_eq!(detail.rejection.unwrap().code.id, "SEAT-U06");
    payload["licenseServer"]["guid"] = json!("nothing like a GUID");
    let Outcome::Rejected { id, .. } = house.try_upload(payload.to_string().as_bytes()) else { panic!() };
    let window = Window { offset: 0, limit: 9 };
    let decoded = house.store.decode_upload(&id, &Limits::default(), window).unwrap().unwrap();
    assert_eq!(decoded.unwrap_err().code.id, "SEAT-U05");
}

#[test]
fn an_upload_tells_what_changed_since_the_one_before() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    let files = |quantity: u64| json!([{ "name": "a.lic", "entitlements": [{ "feature": "XDT_PLT_UD", "quantity": quantity, "expires": "2026-12-31" }] }]);
    let mut older = license_server(1, "2026-10-14T03:00:00Z", "2026-10", &["CORP\\anna", "CORP\\ben"]);
    older["licenseFiles"] = files(100);
    older["licenseServer"]["version"] = json!("11.16.3.0 build 28000");
    let mut newer =
        license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["corp\\ANNA", "CORP\\carl", "CORP\\dora"]);
    newer["licenseFiles"] = files(250);
    // In the wrong order: what is before is a matter of collection.
    let newer = id_of(house.upload(&newer));
    let older = id_of(house.upload(&older));
    let differences = house.store.upload_difference(&newer, &Limits::default(), 1).unwrap();
    let [difference] = &differences[..] else { panic!("{differences:?}") };
    assert_eq!(difference.before.as_deref(), Some(older.as_str()));
    assert_eq!(
        difference.facts,
        [(
            "Version".to_owned(),
            Some("11.16.3.0 build 28000".to_owned()),
            Some("11.17.2.0 build 53100".to_owned())
        )]
    );
    let change = &difference.entitlements[0];
    assert_eq!(
        (change.before.as_deref(), change.now.as_deref()),
        (Some("100 until 2026-12-31"), Some("250 until 2026-12-31"))
    );
    let list = &difference.lists[0];
    assert_eq!((list.before, list.now, list.added, list.gone), (Some(2), Some(3), 2, 1));
    assert_eq!(
        (&list.shown_added[..], &list.shown_gone[..]),
        (&["CORP\\carl".to_owned()][..], &["CORP\\ben".to_owned()][..])
    );
    let first = house.store.upload_difference(&older, &Limits::default(), 1).unwrap();
    assert_eq!((&first[0].before, first[0].lists.len()), (&None, 0));
}
