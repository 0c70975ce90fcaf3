//! A site is assigned as a whole or by its delivery groups, never both, in any month.
//!
//! Site nord has ng1 (Beta since September) and ng2; site sued has sg1. Now is 5 November 2026.

use crate::house::House;

fn tag(kind: &str, object: &str, since: &str, customer: &str) -> String {
    let customer = if customer.is_empty() { "NULL".to_owned() } else { format!("'{customer}'") };
    format!(
        "INSERT OR REPLACE INTO assignment (kind, object_id, since, customer_id) VALUES ('{kind}', '{object}', '{since}', {customer});"
    )
}

#[test]
fn a_site_is_refused_while_a_delivery_group_is_assigned() {
    let house = House::of_the_worked_example();
    house.refuses(
        &tag("site", "nord", "2026-10", "acme"),
        "SEAT-A01: expected no assigned delivery group in site Nord, found NG1 assigned to Beta in 2026-10: clear that first",
    );
    house.refuses("INSERT INTO assignment_row VALUES (2, 4, 202610, 1, 1);", "SEAT-A01");
    house.does(&tag("delivery-group", "ng1", "2026-10", ""));
    house.does(&tag("site", "nord", "2026-10", "acme"));
}

#[test]
fn a_delivery_group_is_refused_while_its_site_is_assigned() {
    let house = House::of_the_worked_example();
    house.does(&tag("site", "sued", "2026-10", "acme"));
    house.refuses(
        &tag("delivery-group", "sg1", "2026-11", "acme"),
        "SEAT-A01: expected no assignment of site sued beside its delivery group sg1, found it assigned to Acme in 2026-11",
    );
    house.refuses("INSERT INTO assignment_row VALUES (3, 8, 202611, 1, 1);", "SEAT-A01");
    house.does(&tag("delivery-group", "ng2", "2026-11", "acme"));
    house.does(&tag("site", "sued", "2026-11", ""));
    house.does(&tag("delivery-group", "sg1", "2026-11", "acme"));
}

#[test]
fn a_tag_that_would_meet_another_in_a_later_month_is_refused() {
    let house = House::of_the_worked_example();
    house.does(&tag("site", "sued", "2026-11", "acme"));
    house.refuses(&tag("delivery-group", "sg1", "2026-10", "beta"), "SEAT-A01");
    house.does(&tag("delivery-group", "sg1", "2026-11", ""));
    house.does(&tag("delivery-group", "sg1", "2026-10", "beta"));
}

#[test]
fn clearing_is_never_a_conflict() {
    let house = House::of_the_worked_example();
    house.does(&tag("site", "nord", "2026-10", ""));
    house.does(&tag("site", "sued", "2026-10", "acme"));
    house.does(&tag("delivery-group", "sg1", "2026-10", ""));
}

#[test]
fn a_delete_that_brings_a_conflict_back_is_refused() {
    let house = House::of_the_worked_example();
    house.does(&tag("delivery-group", "ng1", "2026-10", ""));
    house.does(&tag("site", "nord", "2026-10", "acme"));
    house.refuses("DELETE FROM assignment WHERE object_id = 'ng1' AND since = '2026-10';", "SEAT-A01");
    house.refuses("DELETE FROM assignment_row WHERE kind = 3 AND since = 202610;", "SEAT-A01");
    house.does("DELETE FROM assignment WHERE object_id = 'nord';");
    house.does("DELETE FROM assignment WHERE object_id = 'ng1' AND since = '2026-10';");
}

#[test]
fn an_update_that_brings_a_conflict_about_is_refused() {
    let house = House::of_the_worked_example();
    house.does(&tag("delivery-group", "ng1", "2026-10", ""));
    house.does(&tag("site", "nord", "2026-10", "acme"));
    for statement in [
        "UPDATE assignment SET customer_id = 'beta' WHERE object_id = 'ng1' AND since = '2026-10';",
        "UPDATE assignment SET since = '2026-11' WHERE object_id = 'ng1' AND since = '2026-10';",
        "UPDATE assignment_row SET customer = 2 WHERE kind = 3 AND since = 202610;",
        "UPDATE assignment_row SET since = 202611 WHERE kind = 3 AND since = 202610;",
    ] {
        house.refuses(statement, "SEAT-A01");
    }
}

#[test]
fn a_clearing_row_cannot_be_turned_into_one_of_another_object() {
    let house = House::of_the_worked_example();
    house.does(&tag("delivery-group", "ng1", "2026-10", ""));
    house.does(&tag("site", "nord", "2026-10", "acme"));
    for statement in [
        "UPDATE assignment_row SET kind = 0, object = 2 WHERE kind = 3 AND since = 202610;",
        "UPDATE assignment_row SET object = 8 WHERE kind = 3 AND since = 202610;",
    ] {
        house.refuses(statement, "SEAT-A02: a row keeps its object");
    }
}
