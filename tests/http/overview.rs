//! The overview: whether the month can be reported, and the first steps while nothing can.

use crate::server::Server;
use crate::support::worked_example::{OCTOBER, uploads};
use crate::support::{FEATURE, House, Server as Source, guid};
use crate::usage::{words, worked_example};

#[test]
fn the_check_of_customers_that_differ_leads_to_the_rows_that_are_marked() {
    let server = Server::new();
    let (base, premium) = ("XDT_ADV_UD", FEATURE);
    let names =
        |from: usize, to: usize| (from..to).map(|number| format!("CORP\\u{number:03}")).collect::<Vec<_>>();
    let mut told = Vec::new();
    for (period, time, sizes) in [
        ("2026-09", "2026-09-15T03:00:00Z", [[10, 10], [10, 10], [10, 10]]),
        (OCTOBER, "2026-10-15T03:00:00Z", [[10, 20], [10, 3], [20, 11]]),
    ] {
        for (number, [of_base, of_premium]) in sizes.into_iter().enumerate() {
            let start = number * 100;
            let (of_base, of_premium) = (names(start, start + of_base), names(start, start + of_premium));
            let of_base: Vec<&str> = of_base.iter().map(String::as_str).collect();
            let of_premium: Vec<&str> = of_premium.iter().map(String::as_str).collect();
            let upload = Source::new(&format!("LIC0{number}"), time)
                .saw_with(base, period, &of_base)
                .saw_with(premium, period, &of_premium)
                .upload();
            told.push(server.house.import(&upload)["status"].clone());
        }
    }
    assert!(told.iter().all(|status| status == "accepted"), "{told:?}");
    for (number, id) in ["elm", "fir", "oak"].into_iter().enumerate() {
        server.house.customer(id);
        server.house.assign("2026-09", "license-server", &guid(&format!("LIC0{number}")), id).done();
    }
    let anna = server.sign_in("anna");
    let page = anna.get("/?period=2026-10").expect(200).text();
    let text = words(&page);
    assert!(
        text.contains(
            "Customers that differ by more than 20 % 3 2 in Premium: elm 10 to 20, fir 10 to 3; 1 in Base"
        ),
        "{text}"
    );
    let href = page.split("<a class=\"go\" href=\"").find(|rest| rest.contains("\">Compare<")).unwrap();
    let href = href.split('"').next().unwrap().replace("&#38;", "&");
    let page = anna.get(&href).expect(200).text();
    assert_eq!(page.matches("differs by more than 20 %").count(), 2, "{href}");
    assert!(
        words(&page).contains("2 of 3 customers: those that differ by more than 20 %. All 3 customers"),
        "{href}"
    );
}

#[test]
fn the_overview_answers_whether_the_month_can_be_reported() {
    let mut server = worked_example();
    server.restart_at("2026-11-05T12:00:00Z");
    let anna = server.sign_in("anna");
    let text = words(&anna.get("/").expect(200).text());
    assert!(text.contains("October is not ready to report"), "{text}");
    assert!(
        text.contains("Stands in the way: Unlinked users 2 2 of them share one domain, CORP Assign"),
        "{text}"
    );
    assert!(text.contains("Servers reporting 0 of 3 LIC01 silent for 21 days"), "{text}");
    assert!(text.contains("Assign 2 unlinked users"), "{text}");
    assert!(text.contains("Days to the lock 5"), "{text}");
    let text = words(&anna.get("/?period=2026-11").expect(200).text());
    assert!(
        text.contains("November is still running") || text.contains("No usage in November 2026 yet"),
        "{text}"
    );
    server.restart_at("2026-11-12T12:00:00Z");
    let anna = server.sign_in("anna");
    let text = words(&anna.get("/?period=2026-10").expect(200).text());
    assert!(
        text.contains("The month is closed: its figures are final."),
        "the sign-in closed what was due: {text}"
    );
}

#[test]
fn an_empty_installation_shows_five_steps_that_tick_themselves() {
    let server = Server::new();
    let anna = server.sign_in("anna");
    let done = || anna.get("/").expect(200).text().matches("<li class=\"done\">").count();
    assert_eq!(done(), 1, "the administrator is there");
    server.house.customer("Acme");
    assert_eq!(done(), 2);
    let text = words(&anna.get("/").expect(200).text());
    assert!(text.contains("Five steps to the first month") && text.contains("No usage in"), "{text}");
    fill_without_tags(&server.house);
    let text = words(&anna.get("/?period=2026-10").expect(200).text());
    assert!(!text.contains("Five steps"), "there is usage, and a customer: {text}");
}

fn fill_without_tags(house: &House) {
    for upload in uploads() {
        house.import(&upload);
    }
}
