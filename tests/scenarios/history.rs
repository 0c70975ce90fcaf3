//! The history: its rows are those of each month's report, its sums those of the totals, and closed months keep both.

use proptest::prelude::*;
use seatledger::domain::growth::{By, Growth, rank};
use seatledger::domain::ids::ObjectKind::LicenseServer;
use seatledger::domain::period::{BillingPeriod, PeriodRange};
use seatledger::export::{self, Asked, Csv, ExportError, Form, Json, Report};
use seatledger::store::history::{by_customer, by_product, by_source, features, total};
use seatledger::store::memory::Memory;

use crate::house::{House, guid, license_server};
use crate::properties::{cases, house_with, payload, tag};

fn period(text: &str) -> BillingPeriod {
    text.parse().unwrap()
}

fn csv(house: &House, from: &str, to: &str, customer: Option<&str>) -> String {
    let mut file = Vec::new();
    let (from, to) = (period(from), period(to));
    export::history(&house.store, from, to, customer, house.now(), &mut Csv::new(&mut file)).unwrap();
    String::from_utf8(file).unwrap()
}

/// The rows of one month's report, without their head.
fn usage(house: &House, month: &str) -> String {
    let mut file = Vec::new();
    let asked = Asked::new(Report::Usage, Form::Csv, period(month));
    asked.write(&house.store, house.now(), &mut file).unwrap();
    let file = String::from_utf8(file).unwrap();
    file.split_once("\r\n").unwrap().1.to_owned()
}

fn three_months() -> House {
    let mut house = House::at("2026-09-20T10:00:00Z");
    house.customer("Acme");
    house.upload(&license_server(1, "2026-09-15T03:00:00Z", "2026-09", &["anna", "ben"]));
    house.tag("2026-09", LicenseServer, &guid(1), Some("Acme")).unwrap();
    // A step of more than 40 days would not be believed.
    house.set_clock("2026-10-15T10:00:00Z");
    house.close_due();
    house.set_clock("2026-11-20T10:00:00Z");
    house.upload(&license_server(1, "2026-11-15T03:00:00Z", "2026-11", &["anna"]));
    house
}

#[test]
fn a_history_is_the_reports_of_its_months_one_behind_the_other() {
    let house = three_months();
    assert_eq!(house.closed(), ["2026-09", "2026-10"]);
    let file = csv(&house, "2026-08", "2026-11", None);
    let (head, rows) = file.split_once("\r\n").unwrap();
    assert_eq!(
        head,
        "period,status,feature,product,edition,customer_id,customer,users,paid_users,free_users"
    );
    assert_eq!(rows, usage(&house, "2026-09") + &usage(&house, "2026-11"), "October had no usage");
    assert!(
        rows.contains("2026-09,closed,XDT_PLT_UD,Virtual Apps and Desktops,Premium,Acme,Acme,2,2,0"),
        "{rows}"
    );
    assert!(rows.contains("2026-11,open,"), "{rows}");
}

#[test]
fn closed_months_keep_their_bytes_and_the_names_of_their_time() {
    let mut house = three_months();
    let before = csv(&house, "2026-08", "2026-10", None);
    house.raw("UPDATE customer SET name = 'Other', name_key = 'other' WHERE public_id = 'Acme'");
    house.upload(&license_server(1, "2026-09-28T03:00:00Z", "2026-09", &["carl", "dora"]));
    house.upload(&license_server(2, "2026-10-28T03:00:00Z", "2026-10", &["erik"]));
    assert_eq!(csv(&house, "2026-08", "2026-10", None), before);
    let own = csv(&house, "2026-08", "2026-11", Some("Acme"));
    assert_eq!(own.lines().count(), 3);
    assert!(own.contains(",Acme,Acme,2,") && own.contains(",Acme,Other,1,"), "{own}");
    assert_eq!(csv(&house, "2026-08", "2026-11", Some("none")).lines().count(), 1);
}

#[test]
fn a_range_that_cannot_be_is_refused_before_anything_is_written() {
    let house = three_months();
    for (from, to, code) in [
        ("2026-11", "2026-10", "SEAT-C04"),
        ("2001-01", "2026-10", "SEAT-C04"),
        ("2026-09", "2026-12", "SEAT-P02"),
    ] {
        let mut file = Vec::new();
        let (from, to) = (period(from), period(to));
        let refused = export::history(&house.store, from, to, None, house.now(), &mut Json::new(&mut file));
        match refused {
            Err(ExportError::Store(error)) => assert!(error.to_string().contains(code), "{error}"),
            other => panic!("{other:?}"),
        }
        assert!(file.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn the_customers_of_a_history_make_the_totals_with_their_overlap_and_their_growth(
        uploads in prop::collection::vec(payload(), 1..7),
        tags in prop::collection::vec(tag(), 0..8),
        free in prop::collection::vec(0usize..6, 0..3),
        is_closed: bool,
    ) {
        let mut house = house_with(&uploads, &tags, &free);
        if is_closed {
            house.set_clock("2026-10-20T10:00:00Z");
            house.close_due();
        }
        let range = PeriodRange::new(period("2026-08"), period("2026-10")).unwrap();
        let months = Memory::new().history(&house.store, range, house.now()).unwrap();
        prop_assert_eq!(months.len(), 3);
        for code in features(&months) {
            let once = total(&months, code, None);
            let customers = by_customer(&months, code);
            let mut overlaps = Vec::new();
            for (at, month) in range.months().enumerate() {
                let told = house.sql(&format!(
                    "SELECT users, overlap FROM seat_totals('{month}') WHERE feature = '{code}'"
                ));
                let sum: u64 = customers.iter().map(|row| row.users[at]).sum();
                let expected = if sum == 0 { vec![] } else { vec![format!("{}|{}", once[at], sum - once[at])] };
                prop_assert_eq!(told, expected);
                overlaps.push(sum - once[at]);
                for row in by_source(&months, code) {
                    prop_assert!(row.users[at] <= once[at]);
                }
            }
            let product = by_product(&months, None).into_iter().find(|row| row.name == code).unwrap();
            prop_assert_eq!(&product.users, &once);
            let growth = customers.iter().map(|row| Growth {
                key: &row.whose, name: row.name.clone(), first: row.users[1], last: row.users[2],
            });
            let sum: i64 = rank(growth.collect(), By::Change, true).iter().map(Growth::change).sum();
            let signed = |of: &[u64]| of[2] as i64 - of[1] as i64;
            prop_assert_eq!(sum, signed(&once) + signed(&overlaps));
        }
    }
}
