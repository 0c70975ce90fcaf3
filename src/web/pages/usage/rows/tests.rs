use super::*;

#[test]
fn a_fifth_is_no_difference_yet() {
    assert!(!differs(120, 100) && !differs(80, 100));
    assert!(differs(121, 100) && differs(79, 100) && differs(1, 0));
    assert!(!differs(0, 0));
}

fn row(id: Option<&str>, users: u64) -> CustomerFigures {
    let users = Users { users, paid: users, free: 0 };
    CustomerFigures { id: id.map(str::to_owned), name: id.map(str::to_owned), users }
}

fn feature(customers: Vec<CustomerFigures>, total: u64) -> FeatureFigures {
    FeatureFigures {
        feature: "XDT_PLT_UD".to_owned(),
        product: String::new(),
        edition: String::new(),
        total: Users { users: total, paid: total, free: 0 },
        overlap: 0,
        customers,
        sources: Vec::new(),
        entitled: None,
        overage: None,
    }
}

#[test]
fn a_customer_who_is_gone_stays_in_the_list_and_the_unlinked_stand_first() {
    let now = feature(vec![row(None, 1), row(Some("acme"), 3), row(Some("beta"), 5)], 8);
    let then = feature(vec![row(Some("gone"), 4)], 4);
    let mut rows = both(&now, &then);
    sort(&mut rows, &Address::default());
    let names: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.change())).collect();
    assert_eq!(names, [("Unlinked", 1), ("beta", 5), ("acme", 3), ("gone", -4)]);
    let told = |has_before: bool| {
        sums(&rows, &now, &then, has_before).map(|row| {
            let cells: Vec<String> = row.cells.into_iter().map(|cell| cell.text).collect();
            format!("{}: {}", row.percent, cells.join(" "))
        })
    };
    assert_eq!(told(true), ["112.5 %: 9 0 9 4 +5", "−12.5 %: −1 0 −1 0 −1", "100.0 %: 8 0 8 4 +4"]);
    assert!(told(false)[2].ends_with("8 0 8 n/a n/a"), "nothing is known of the month before");
}
