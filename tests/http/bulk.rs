//! Bulk changes past their first save: found again, sent twice, refused, and of nothing.

use crate::users::{fleet, has, hidden, post, preview, save};

const LIST: &str = "/users?linked=false";
const TO_BETA: [(&str, &str); 3] = [("scope", "domain"), ("act", "assign"), ("customer", "beta")];

#[test]
fn a_change_is_undone_from_the_overview_by_another_operator_after_a_second_one() {
    let server = fleet();
    let otto = server.sign_in("otto");
    save(&otto, &preview(&otto, LIST, &TO_BETA));
    let second = [("object", r"acme\anna"), ("act", "free"), ("reason", "test"), ("note", "")];
    save(&otto, &preview(&otto, "/users", &second));
    let anna = server.sign_in("anna");
    let page = anna.get("/").expect(200);
    for text in ["Recent changes", "59 users assigned to Beta", "1 user marked free: test", "<td>otto</td>"] {
        has(&page, text);
    }
    let batches: Vec<String> = page
        .text()
        .split("name=\"batch\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(batches.len(), 3, "newest first, the source of the fleet last");
    let undone = anna.post("/undo", &[("batch", &batches[1]), ("next", "/")]).expect(303);
    has(&anna.follow(&undone), "59 tags are as before.");
    let all = anna.get("/changes").expect(200);
    for text in ["59 tags put back", "undone", "1 to 4 of 4"] {
        has(&all, text);
    }
    assert_eq!(all.text().matches("action=\"/undo\"").count(), 2);
    for name in ["vera", "dirk"] {
        assert!(!server.sign_in(name).get("/").text().contains("Recent changes"), "{name}");
    }
    assert!(!server.sign_in("vera").get("/changes").expect(200).text().contains("action=\"/undo\""));
    server.sign_in("dirk").get("/changes").expect(403);
    anna.get("/changes?page=9").expect(200);
    anna.get("/changes?page=x").expect(400);
}

#[test]
fn a_form_that_is_sent_again_says_that_nothing_is_left_to_change() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let looked = preview(&otto, LIST, &TO_BETA);
    save(&otto, &looked);
    let again = save(&otto, &looked).expect(303);
    let told = otto.follow(&again);
    has(&told, "Nothing to change");
    has(&told, "all 59 users have it already.");
    let batch = told.field("batch").unwrap();
    otto.post("/undo", &[("batch", &batch), ("next", LIST)]).expect(303);
    // Undone, the same set is there again.
    has(&otto.follow(&save(&otto, &looked)), "59 users moved to Beta.");
    let ticked = [("object", r"beta\user01"), ("act", "assign"), ("customer", "beta")];
    has(&preview(&otto, "/users", &ticked).expect(200), "Nothing to change: ");
}

#[test]
fn free_flags_tell_what_they_replace_before_they_do() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let first = [("object", r"acme\anna"), ("act", "free"), ("reason", "trial"), ("note", "until May")];
    save(&otto, &preview(&otto, "/users", &first)).expect(303);
    let all = [("scope", "matching"), ("act", "free"), ("reason", "test"), ("note", "")];
    let looked = preview(&otto, "/users?q=acme", &all).expect(200);
    for text in [
        "Mark 2 users free: test?",
        "free: trial</th><td>free: test",
        "not flagged</th><td>free: test",
        "The note of 1 user is replaced.",
    ] {
        has(&looked, text);
    }
    let part = [("object", r"acme\ben"), ("object", r"acme\anna")];
    let mut same = part.to_vec();
    same.extend([("act", "free"), ("reason", "trial"), ("note", "until May")]);
    let looked = preview(&otto, "/users", &same).expect(200);
    has(&looked, "Mark 1 of 2 users free: trial?");
    has(&looked, "<td>stays</td>");
}

#[test]
fn nothing_ticked_is_an_error_that_keeps_filter_and_customer() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let fields = [("scope", "ticked"), ("act", "assign"), ("customer", "beta")];
    let refused = preview(&otto, LIST, &fields).expect(422);
    has(&refused, "<title>Error: nothing ticked");
    has(&refused, "href=\"/users?linked=false\"");
    let looked = post(&otto, "/assign/preview", &hidden(&refused, "/assign/preview"), &[]).expect(200);
    has(&looked, "Assign 62 users to Beta?");
}

#[test]
fn a_refused_undo_names_who_changed_it_since_as_pages_do() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let told = otto.follow(&save(&otto, &preview(&otto, LIST, &TO_BETA)));
    let batch = told.field("batch").unwrap();
    let one = [("object", r"beta\user01"), ("act", "assign"), ("customer", "acme")];
    let anna = server.sign_in("anna");
    save(&anna, &preview(&anna, "/users", &one)).expect(303);
    let refused = otto.post("/undo", &[("batch", &batch), ("next", LIST)]).expect(409);
    has(&refused, r"found one on user BETA\user01 by anna at ");
    assert!(!refused.text().contains("Z."), "{}", refused.text());
}

#[test]
fn those_who_match_are_exported_alone() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let page = otto.get("/users?q=acme").expect(200);
    has(&page, "Export these 2");
    let address = "/exports/download?period=2026-10&report=users&q=acme";
    has(&page, &address.replace('&', "&#38;"));
    let file = otto.get(address).expect(200);
    let name = file.header("content-disposition").unwrap();
    assert_eq!(name, "attachment; filename=\"seatledger_users_2026-10_filtered.csv\"");
    let text = file.text();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains(r"ACME\anna") && text.contains(r"ACME\ben"), "{text}");
    let book = otto.get(&format!("{address}&format=xlsx")).expect(200);
    let users = crate::support::workbook::sheets(&book.bytes).remove(0).column("user");
    assert_eq!(users.len(), 2, "{users:?}");
    otto.get("/exports/download?period=2026-10&report=usage&q=acme").expect(400);
    otto.get("/exports/download?period=2026-10&report=users&colour=red").expect(400);
}

#[test]
fn lists_say_what_they_are_of() {
    let server = fleet();
    let otto = server.sign_in("otto");
    has(&otto.get(LIST), "by name: Unlinked</caption>");
    // The first page shows ACME too, so that BETA is offered where a filter asks for a part alone.
    assert!(!otto.get("/users").text().contains("of BETA"));
    let dirk = server.sign_in("dirk");
    let found = dirk.get("/search?q=user01").expect(200);
    has(&found, "Users are not searched for a distributor.");
    assert!(!found.text().contains("Search users"));
    let anna = server.sign_in("anna");
    has(&anna.post("/customers", &[("name", " "), ("period", "2026-10")]).expect(400), "Enter a name.");
}

#[test]
fn a_month_locked_meanwhile_is_refused_in_the_words_of_the_page() {
    let mut server = fleet();
    let looked = {
        let otto = server.sign_in("otto");
        preview(&otto, LIST, &TO_BETA)
    };
    server.restart_at("2026-11-20T08:00:00Z");
    let otto = server.sign_in("otto");
    let refused = save(&otto, &looked).expect(409);
    has(&refused, "October 2026 is closed");
    assert!(!refused.text().contains("T23:00:00Z."), "{}", refused.text());
}
