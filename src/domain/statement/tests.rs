use super::*;

fn october() -> PeriodStatement {
    let total = StatementRow {
        feature: "XDT_PLT_UD".to_owned(),
        kind: "total".to_owned(),
        product: "Virtual Apps and Desktops".to_owned(),
        edition: "Premium".to_owned(),
        users: 3,
        paid_users: 2,
        free_users: 1,
        overlap: Some(0),
        entitled: Some(2),
        overage: Some(1),
        ..StatementRow::default()
    };
    let acme = StatementRow {
        kind: "customer".to_owned(),
        customer_id: Some("acme".to_owned()),
        customer: Some("Acme\t& Söhne".to_owned()),
        overlap: None,
        entitled: None,
        overage: None,
        ..total.clone()
    };
    let late = LateRow {
        of_period: "2026-09".to_owned(),
        feature: "XDT_PLT_UD".to_owned(),
        product: "Virtual Apps and Desktops".to_owned(),
        edition: "Premium".to_owned(),
        users: -1,
        paid_users: -2,
        free_users: 1,
        ..LateRow::default()
    };
    PeriodStatement {
        head: Head {
            period: "2026-10".to_owned(),
            organization_id: "csp".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            lock_day: 10,
            closed_at: "2026-11-11T00:00:03Z".to_owned(),
            closed_by: "clock".to_owned(),
            previous_seal: "ab12".to_owned(),
            ..Head::default()
        },
        facts: Covered { facts: 3, sha256: "cd".to_owned() },
        late_facts: Covered { facts: 1, sha256: "ef".to_owned() },
        rows: vec![total, acme],
        late: vec![late],
    }
}

#[test]
fn the_canonical_form_is_what_the_docs_say_byte_for_byte() {
    let expected = [
        "seatledger statement 1",
        "period\t2026-10",
        "organization\tcsp\t",
        "time zone\tEurope/Berlin",
        "lock day\t10",
        "closed at\t2026-11-11T00:00:03Z",
        "closed by\tclock",
        "imported\t0",
        "previous seal\tab12",
        "facts\t3\tcd",
        "late facts\t1\tef",
        "rows\t2",
        "row\tXDT_PLT_UD\tcustomer\tacme\tAcme\\t& Söhne\t\\N\t\\N\t\\N\tVirtual Apps and Desktops\tPremium\t3\t2\t1\t\\N\t\\N\t\\N",
        "row\tXDT_PLT_UD\ttotal\t\\N\t\\N\t\\N\t\\N\t\\N\tVirtual Apps and Desktops\tPremium\t3\t2\t1\t0\t2\t1",
        "late rows\t1",
        "late\t2026-09\tXDT_PLT_UD\t\\N\t\\N\tVirtual Apps and Desktops\tPremium\t-1\t-2\t1",
        "",
    ];
    assert_eq!(october().canonical(), expected.join("\n"));
}

#[test]
fn the_order_of_rows_in_the_database_does_not_matter() {
    let mut turned = october();
    turned.rows.reverse();
    assert_eq!(turned.canonical(), october().canonical());
}

#[test]
fn an_empty_month_has_a_form_too() {
    let empty = PeriodStatement::default().canonical();
    assert!(empty.ends_with("\nrows\t0\nlate rows\t0\n"), "{empty}");
}

#[test]
fn fields_keep_their_lines_and_no_two_look_alike() {
    let shown = |field: Option<&str>| Line::new("").nullable(field).into_string();
    for (field, expected) in [
        (None, "\t\\N"),
        (Some("\\N"), "\t\\\\N"),
        (Some(""), "\t"),
        (Some("corp\\anna"), "\tcorp\\\\anna"),
        (Some("a\tb\nc\rd\u{0}\u{7f}é"), "\ta\\tb\\nc\\rd\\x00\\x7fé"),
    ] {
        assert_eq!(shown(field), expected);
    }
}

#[test]
fn the_text_comes_back_as_what_it_was_written_from() {
    let text = october().canonical();
    let parsed = PeriodStatement::parse(&text).unwrap();
    let mut expected = october();
    expected.rows.reverse();
    assert_eq!(parsed, expected, "rows in the order of their bytes");
    assert_eq!(parsed.canonical(), text);
}

#[test]
fn a_text_that_differs_by_any_byte_is_read_as_another_or_not_at_all() {
    let text = october().canonical();
    let before = PeriodStatement::parse(&text).unwrap();
    for at in 0..text.len() {
        for byte in [b'x', b'\t', b'\n', b'\\', b'0'] {
            let mut changed = text.clone().into_bytes();
            changed[at] = byte;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            if changed != text {
                assert_ne!(PeriodStatement::parse(&changed).as_ref(), Ok(&before), "byte {at}: {changed}");
            }
        }
    }
    for cut in [&text[..text.len() - 1], &format!("{text}\n"), &format!("{text}late\n"), ""] {
        assert!(PeriodStatement::parse(cut).is_err(), "{cut}");
    }
}
