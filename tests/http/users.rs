//! Users over pages: narrowed, looked at, changed many at once, and taken back.

use crate::client::{Answer, Visitor};
use crate::server::Server as Running;
use crate::support::{House, Server, Site, guid};

/// LIC01 belongs to Acme; LIC02, LIC03 and the delivery group NG1 to nobody.
pub fn fleet() -> Running {
    let server = Running::new();
    let house = &server.house;
    let users: Vec<String> = (0..60).map(|number| format!(r"BETA\user{number:02}")).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    let now = "2026-10-19T03:00:00Z";
    for upload in [
        Server::new("LIC01", now).saw("2026-10", &[r"ACME\anna", r"ACME\ben", r"BETA\user00"]).upload(),
        Server::new("LIC02", now).saw("2026-10", &users).upload(),
        Server::new("LIC03", now).saw("2026-10", &["gus", "fay@nord.example"]).upload(),
        Site::new("Nord", now).group("NG1", "2026-10", &["ivo@nord.example"]).upload(),
    ] {
        assert_eq!(house.import(&upload)["status"], "accepted");
    }
    house.customer("Acme");
    house.customer("Beta");
    house.assign("2026-10", "license-server", &guid("LIC01"), "acme").done();
    server
}

/// Fields of all hidden inputs of the form that posts to `path`, without its token.
pub fn hidden(page: &Answer, path: &str) -> Vec<(String, String)> {
    let text = page.text();
    let (_, form) =
        text.split_once(&format!("action=\"{path}\"")).unwrap_or_else(|| panic!("no form: {text}"));
    let form = form.split("</form>").next().unwrap();
    let decoded = |text: &str| {
        text.replace("&#38;", "&")
            .replace("&amp;", "&")
            .replace("&#39;", "'")
            .replace("&#60;", "<")
            .replace("&quot;", "\"")
    };
    form.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|field| {
            let (name, rest) = field.split_once("\" value=\"").unwrap();
            (name.to_owned(), decoded(rest.split('"').next().unwrap()))
        })
        .filter(|(name, _)| name != "csrf")
        .collect()
}

pub fn post(who: &Visitor, path: &str, fields: &[(String, String)], more: &[(&str, &str)]) -> Answer {
    let mut all: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.extend(more);
    who.post(path, &all)
}

/// Looks at a change that the list of users offers.
pub fn preview(who: &Visitor, list: &str, more: &[(&str, &str)]) -> Answer {
    let page = who.get(list).expect(200);
    post(who, "/assign/preview", &hidden(&page, "/assign/preview"), more)
}

/// Saves what a preview shows, as its button does.
pub fn save(who: &Visitor, page: &Answer) -> Answer {
    post(who, "/assign/change", &hidden(page, "/assign/change"), &[])
}

pub fn has(page: &Answer, text: &str) {
    assert!(page.text().contains(text), "no {text:?} in {}", page.text());
}

fn usage(house: &House) -> Vec<String> {
    house.usage("2026-10")
}

#[test]
fn all_of_a_domain_are_assigned_and_taken_back() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let before = usage(&server.house);
    assert_eq!(before, ["- 62 62 0", "Acme 3 3 0"]);
    let list = "/users?linked=false";
    let page = otto.get(list).expect(200);
    has(&page, "62 of 65 match.");
    has(&page, "All 59 of BETA");
    has(&page, "Users 1 to 50 of 62, by name");
    let looked =
        preview(&otto, list, &[("scope", "domain"), ("act", "assign"), ("customer", "beta")]).expect(200);
    has(&looked, "Assign 59 users to Beta?");
    has(&looked, "59 move, 0 stay");
    has(&looked, "<button class=\"do big\">Assign 59 users to Beta</button>");
    assert_eq!(usage(&server.house), before, "a preview changes nothing");
    let saved = save(&otto, &looked);
    assert_eq!(saved.location(), "/users?linked=false");
    let told = otto.follow(&saved);
    has(&told, "59 users moved to Beta. Undo until tomorrow 12:00.");
    assert_eq!(usage(&server.house), ["- 3 3 0", "Acme 3 3 0", "Beta 59 59 0"]);
    let batch = told.field("batch").unwrap();
    let undone = otto.post("/undo", &[("batch", &batch), ("next", list)]).expect(303);
    has(&otto.follow(&undone), "59 tags are as before.");
    assert_eq!(usage(&server.house), before);
    let again = otto.post("/undo", &[("batch", &batch), ("next", list)]).expect(409);
    has(&again, "SEAT-A12");
    otto.post("/undo", &[("batch", "b-none"), ("next", list)]).expect(404);
    server.house.check();
}

#[test]
fn ticked_users_who_count_elsewhere_are_named_as_a_conflict() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let ticked =
        [("scope", "ticked"), ("object", r"acme\anna"), ("object", r"beta\user01"), ("act", "assign")];
    let mut fields = ticked.to_vec();
    fields.push(("customer", "BETA"));
    let looked = preview(&otto, "/users", &fields).expect(200);
    has(&looked, "Assign 2 users to Beta?");
    has(&looked, "1 user leaves Acme.");
    has(&looked, "through the license server");
    otto.follow(&save(&otto, &looked));
    assert_eq!(usage(&server.house), ["- 61 61 0", "Acme 2 2 0", "Beta 2 2 0"]);
    let same = preview(&otto, "/users", &fields).expect(200);
    has(&same, "Nothing to change: all 2 users have it already.");
    assert!(!same.text().contains("class=\"do big\""));
}

#[test]
fn a_set_that_changed_since_it_was_looked_at_is_looked_at_again() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let all = [("scope", "matching"), ("act", "assign"), ("customer", "beta")];
    let looked = preview(&otto, "/users?linked=false", &all).expect(200);
    server.house.assign("2026-10", "user", r"BETA\user07", "acme").done();
    let stale = save(&otto, &looked).expect(409);
    has(
        &stale,
        "The set changed since 12:00: 62 users then, 61 now. Look again. Nothing was saved. (SEAT-A05)",
    );
    assert_eq!(usage(&server.house), ["- 61 61 0", "Acme 4 4 0"]);
    let again = post(&otto, "/assign/preview", &hidden(&stale, "/assign/preview"), &[]).expect(200);
    has(&again, "Assign 61 users to Beta?");
    save(&otto, &again).expect(303);
    assert_eq!(usage(&server.house), ["Acme 4 4 0", "Beta 61 61 0"]);
}

#[test]
fn free_flags_go_the_same_way() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let free = [("scope", "matching"), ("act", "free"), ("reason", "test"), ("note", "load test")];
    let looked = preview(&otto, "/users?domain=acme", &free).expect(200);
    has(&looked, "Mark 2 users free: test?");
    let told = otto.follow(&save(&otto, &looked));
    has(&told, "2 users marked free: test.");
    assert_eq!(usage(&server.house), ["- 62 62 0", "Acme 3 1 2"]);
    has(&otto.get("/user?id=ACME%5Canna").expect(200), "Free: test.");
    has(&otto.get("/user?id=ACME%5Canna"), "load test");
    has(&otto.get("/users?free=true"), "2 of 65 match.");
    let unmark = [("scope", "ticked"), ("object", r"acme\anna"), ("act", "unfree")];
    save(&otto, &preview(&otto, "/users", &unmark).expect(200)).expect(303);
    assert_eq!(usage(&server.house), ["- 62 62 0", "Acme 3 2 1"]);
    preview(&otto, "/users", &[("scope", "ticked"), ("object", "gus"), ("act", "free"), ("reason", "joke")])
        .expect(400);
}

#[test]
fn the_customer_is_asked_for_where_none_was_chosen() {
    let server = fleet();
    let otto = server.sign_in("otto");
    for (typed, told) in [
        ("", "Choose a customer."),
        ("Nobody", "No customer is called Nobody."),
        ("et", "No customer is called et."),
    ] {
        let asked = preview(
            &otto,
            "/users?domain=acme",
            &[("scope", "matching"), ("act", "assign"), ("customer", typed)],
        );
        let asked = asked.expect(422);
        has(&asked, "<title>Error: Assign 2 users to whom?");
        has(&asked, told);
        let looked =
            post(&otto, "/assign/preview", &hidden(&asked, "/assign/preview"), &[("customer", "beta")]);
        has(&looked.expect(200), "Assign 2 users to Beta?");
    }
    let nothing = preview(&otto, "/users", &[("scope", "ticked"), ("act", "clear")]);
    has(&nothing.expect(422), "Tick users in the list, or choose all that match; then preview again.");
}

#[test]
fn one_source_of_all_that_match_can_be_assigned_instead() {
    let server = fleet();
    let otto = server.sign_in("otto");
    has(&otto.get("/users?source=").expect(200), "65 users.");
    let list = format!("/users?source={}&linked=false", guid("LIC03"));
    has(&otto.get(&list).expect(200), "Assign source LIC03 instead…");
    let looked =
        preview(&otto, &list, &[("scope", "ticked"), ("act", "assign-source"), ("customer", "beta")]);
    let looked = looked.expect(200);
    has(&looked, "Assign license server LIC03 to Beta?");
    has(&otto.follow(&save(&otto, &looked)), "1 license server assigned to Beta, 2 users moved there.");
    assert_eq!(usage(&server.house), ["- 60 60 0", "Acme 3 3 0", "Beta 2 2 0"]);
}

#[test]
fn a_delivery_group_under_an_assigned_site_says_what_blocks() {
    let server = fleet();
    server.house.assign("2026-10", "site", &guid("Nord"), "acme").done();
    let otto = server.sign_in("otto");
    let group = guid("NG1");
    let fields = [
        ("period", "2026-10"),
        ("kind", "delivery-group"),
        ("object", group.as_str()),
        ("act", "assign"),
        ("customer", "beta"),
        ("next", "/sites"),
    ];
    let refused = otto.post("/assign/preview", &fields).expect(409);
    has(&refused, "Assign delivery group NG1 to Beta?");
    has(&refused, "SEAT-A01");
    has(&refused, "Clear the blocking object first.");
    otto.post("/assign/change", &fields).expect(409);
    assert_eq!(usage(&server.house)[1], "Acme 4 4 0");
}

#[test]
fn a_closed_month_says_so_in_place_of_the_bar() {
    let mut server = fleet();
    server.house.import(&Server::new("LIC01", "2026-11-02T03:00:00Z").saw("2026-11", &["x"]).upload());
    server.restart_at("2026-11-20T12:00:00Z");
    let otto = server.sign_in("otto");
    let page = otto.get("/users?period=2026-10").expect(200);
    has(&page, "October 2026 is closed, so its tags cannot change.");
    has(&page, "Change November 2026 instead");
    assert!(!page.text().contains("name=\"act\""));
    let fields =
        [("period", "2026-10"), ("kind", "user"), ("object", "gus"), ("act", "clear"), ("next", "/users")];
    has(&otto.post("/assign/preview", &fields).expect(409), "SEAT-P01");
    otto.post("/assign/change", &fields).expect(409);
}

#[test]
fn pages_lead_through_the_whole_list_and_back() {
    let server = fleet();
    let vera = server.sign_in("vera");
    let first = vera.get("/users").expect(200);
    has(&first, "1 to 50 of 65");
    assert!(!first.text().contains("name=\"object\""), "a viewer changes nothing");
    let link = |page: &Answer, label: &str| {
        let text = page.text();
        let end = text.find(label).unwrap();
        let href = text[..end].rsplit("href=\"").next().unwrap().split('"').next().unwrap();
        href.replace("&#38;", "&").replace("&amp;", "&")
    };
    let next = vera.get(&link(&first, "\"Next page\"")).expect(200);
    has(&next, "51 to 65 of 65");
    has(&vera.get(&link(&next, "\"Previous page\"")), "1 to 50 of 65");
    has(&vera.get(&link(&first, ">Last</a>")), "51 to 65 of 65");
    has(&vera.get("/users?at=last&after=x").expect(400), "Expected one of after, before and at");
    for wrong in [
        "/users?colour=red",
        "/users?free=perhaps",
        "/users?q=a&q=b",
        "/users?period=2026-13",
        "/users?at=here",
    ] {
        vera.get(wrong).expect(400);
    }
}

#[test]
fn who_matches_nothing_is_told_which_filters_to_clear() {
    let server = fleet();
    let vera = server.sign_in("vera");
    has(&vera.get("/users?q=nobody").expect(200), "No user matches Name contains nobody.");
    has(&vera.get("/users?q=nobody&linked=false"), "No user matches Name contains nobody and Unlinked.");
    has(&vera.get("/users?customer=unknown&source=x"), "0 of 65 match.");
    has(&vera.get("/users?period=2026-01").expect(200), "No users in January 2026");
}

#[test]
fn a_user_has_a_page_with_every_fact_and_tag() {
    let server = fleet();
    let vera = server.sign_in("vera");
    let page = vera.get("/user?id=Beta%5CUSER00").expect(200);
    has(&page, "Counts for Acme, via license server.");
    has(&page, "LIC01");
    has(&page, "LIC02");
    has(&page, "No tag of its own");
    has(&page, "user01");
    has(&vera.get("/user?id=gus"), "A bare name, without domain");
    server.house.assign("2026-10", "user", "Ghost", "beta").done();
    has(&vera.get("/user?id=ghost").expect(200), "No upload has shown this user yet; its tags wait.");
    vera.get("/user?id=nobody").expect(404);
    vera.get("/user").expect(400);
    let otto = server.sign_in("otto");
    let form = otto.get("/user?id=gus").expect(200);
    let looked = post(
        &otto,
        "/assign/preview",
        &hidden(&form, "/assign/preview"),
        &[("act", "assign"), ("customer", "beta")],
    );
    has(&looked.expect(200), "Assign gus to Beta?");
}

#[test]
fn search_finds_what_the_role_may_see() {
    let server = fleet();
    let vera = server.sign_in("vera");
    let found = vera.get("/search?q=beta").expect(200);
    for text in ["user00", "All 60", "Customers"] {
        has(&found, text);
    }
    has(&vera.get("/search?q=lic02"), "License servers");
    has(&vera.get("/search?q=lic02"), "Uploads");
    has(&vera.get("/search?q=ng1"), "delivery group");
    has(&vera.get("/search?q=nothing-like-it"), "Nothing found");
    has(&vera.get("/search"), "What are you looking for?");
    let dirk = server.sign_in("dirk");
    let found = dirk.get("/search?q=lic02").expect(200);
    has(&found, "License servers");
    assert!(!found.text().contains("Uploads"));
    assert!(!dirk.get("/search?q=beta").text().contains("user00"), "distributors see no users");
    dirk.get("/users").expect(403);
    dirk.get("/user?id=gus").expect(403);
}

#[test]
fn where_customers_are_many_their_name_is_typed() {
    let server = fleet();
    let lines: String = (0..70).map(|number| format!("Tenant {number:02}\n")).collect();
    let file = server.house.write("customers.csv", format!("name\n{lines}"));
    server.house.run(["customer", "import", file.to_str().unwrap()]).done();
    let otto = server.sign_in("otto");
    has(&otto.get("/users").expect(200), "<option value=\"Tenant 69\">");
    let typed = |name: &str| {
        preview(
            &otto,
            "/users",
            &[("scope", "ticked"), ("object", "gus"), ("act", "assign"), ("customer", name)],
        )
    };
    has(&typed("tenant 42").expect(200), "Assign gus to Tenant 42?");
    let asked = typed("nant 4").expect(422);
    has(&asked, "These have it in their name.");
    assert_eq!(asked.text().matches("<option").count(), 10);
}
