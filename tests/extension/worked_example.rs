//! The worked example of the domain, through the functions and the view that people read.

use crate::house::House;

#[test]
fn the_view_shows_the_table_of_the_worked_example() {
    let house = House::of_the_worked_example();
    house.shows(
        "SELECT status, customer_id, customer, feature, users, free_users, paid_users FROM v1_customer_usage
         WHERE period = '2026-10' ORDER BY customer_id IS NULL, customer_id;",
        "open|acme|Acme|XDT_PLT_UD|3|1|2\nopen|beta|Beta|XDT_PLT_UD|3|0|3\nopen|NULL|NULL|XDT_PLT_UD|2|1|1",
    );
    house.shows("SELECT users, free_users, paid_users, overlap FROM seat_totals('2026-10');", "7|2|5|1");
}

#[test]
fn every_figure_is_explained_by_as_many_rows_as_it_has_users() {
    let house = House::of_the_worked_example();
    house.shows(
        "SELECT r.customer_id, count(*) = r.users, sum(e.is_free) = r.free_users
         FROM seat_rollup('2026-10') r JOIN seat_explain('2026-10', r.customer_id, r.feature) e
         GROUP BY r.customer_id;",
        "NULL|1|1\nacme|1|1\nbeta|1|1",
    );
    house.shows(
        "SELECT group_concat(user, ' ') FROM (SELECT DISTINCT user FROM seat_resolve('2026-10') ORDER BY user);",
        "anna ben carl dora erik fay gus",
    );
}

#[test]
fn the_facts_are_shown_with_source_and_first_sight() {
    let house = House::of_the_worked_example();
    house.shows(
        "SELECT * FROM v1_user_usage WHERE user = 'gus' ORDER BY source;",
        "2026-10|XDT_PLT_UD|gus|license-server|00000000-0000-4000-8000-000000000003|2026-10-15T03:00:03Z\n\
         2026-10|XDT_PLT_UD|gus|delivery-group|ng1|2026-10-15T03:00:04Z",
    );
}

#[test]
fn a_closed_month_keeps_its_figures_whatever_is_tagged_afterwards() {
    let house = House::of_the_worked_example();
    house.close("2026-09");
    let figures = "SELECT * FROM v1_customer_usage WHERE period = '2026-09';";
    let closed = "2026-09|closed|acme|Acme|XDT_PLT_UD|Virtual Apps and Desktops|Premium|1|1|0";
    house.shows(figures, closed);
    house.does("INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'anna', '2026-10', 'beta');");
    house.does(
        "UPDATE customer SET name = 'Acme AG', name_key = seat_user_key('Acme AG') WHERE public_id = 'acme';",
    );
    house.shows(figures, closed);
    house.shows("SELECT users FROM seat_totals('2026-09');", "1");
    // Slipped in by hand: the figures are the statement's all the same.
    house.does("INSERT INTO usage (list, user, payload) VALUES (1, 2, 1);");
    house.shows(figures, closed);
    house.does("INSERT OR REPLACE INTO user (id, key, name) VALUES (1, 'other', 'other');");
    house.shows(figures, closed);
}

#[test]
fn an_alias_counts_as_the_other_user_from_its_month_on() {
    let house = House::of_the_worked_example();
    house.does("INSERT INTO change (at, by) VALUES ('2026-11-05T12:00:00Z', 'anja');");
    house
        .does("INSERT INTO alias_row SELECT 2, 202610, 1, id FROM change WHERE at = '2026-11-05T12:00:00Z';");
    house.shows("SELECT users FROM seat_totals('2026-10');", "6");
    house.shows("SELECT users FROM seat_rollup('2026-10') WHERE customer_id IS NULL;", "1");
    house.shows("SELECT count(*) FROM seat_resolve('2026-10') WHERE user = 'ben';", "0");
}

#[test]
fn a_bare_name_counts_as_the_user_of_its_sources_default_domain() {
    let house = House::of_the_worked_example();
    house.does("INSERT INTO change (at, by) VALUES ('2026-11-05T12:00:00Z', 'anja');");
    house.does(
        "INSERT INTO default_domain_row SELECT 2, 202610, 'CORP', id FROM change WHERE at = '2026-11-05T12:00:00Z';",
    );
    house.shows(
        "SELECT user FROM seat_resolve('2026-10') WHERE source LIKE '0%2' ORDER BY user;",
        "corp\\anna\ncorp\\ben",
    );
    house.shows("SELECT users, overlap FROM seat_totals('2026-10');", "8|1");
}
