use super::*;

/// Number and name of a row.
type Row = (u32, String);

fn rows(count: u32) -> Vec<Row> {
    (0..count).map(|number| (number, number.to_string())).collect()
}

fn shape(columns: &[Column<Row>]) -> Shape<'_, Row> {
    Shape {
        path: "/numbers",
        nouns: ("number", "numbers"),
        columns,
        facets: vec![
            Facet::new("state", "archived", "Archived", |row: &Row| row.0 >= 1000),
            Facet::new("is", "even", "Even", |row: &Row| row.0.is_multiple_of(2)),
            Facet::new("is", "small", "Small", |row: &Row| row.0 < 10),
        ],
        id: |row| &row.1,
        text: |row| row.1.clone(),
        apart: |row| row.0 >= 1000,
    }
}

fn columns() -> [Column<Row>; 2] {
    [
        Column { key: "number", label: "Number", class: "n", by: Some(|a, b| a.0.cmp(&b.0)) },
        Column { key: "last", label: "Last digit", class: "", by: Some(|a, b| (a.0 % 10).cmp(&(b.0 % 10))) },
    ]
}

/// The window that a query asks for, as numbers.
fn window(query: &str, rows: &[Row]) -> Vec<u32> {
    let columns = columns();
    let shape = shape(&columns);
    let query = Pairs::parse(query.as_bytes());
    let used = shape.used(&query).unwrap();
    let matching: Vec<usize> = (0..rows.len())
        .filter(|at| used.iter().all(|facet| (shape.facets[*facet].holds)(&rows[*at])))
        .collect();
    let (from, to) = shape.window(&query, rows, &matching);
    matching[from..to].iter().map(|at| rows[*at].0).collect()
}

#[test]
fn pages_follow_one_another_without_a_gap() {
    let rows = rows(120);
    assert_eq!(window("", &rows), (0..50).collect::<Vec<_>>());
    assert_eq!(window("after=49", &rows), (50..100).collect::<Vec<_>>());
    assert_eq!(window("after=99", &rows), (100..120).collect::<Vec<_>>());
    assert_eq!(window("last=1", &rows), (70..120).collect::<Vec<_>>());
    assert_eq!(window("before=70", &rows), (20..70).collect::<Vec<_>>());
    assert_eq!(window("before=20", &rows), (0..50).collect::<Vec<_>>(), "the first page is whole");
}

#[test]
fn a_page_stays_behind_its_row_when_the_filter_no_longer_shows_that_row() {
    let rows = rows(120);
    assert_eq!(window("is=even&after=49", &rows)[0], 50);
    assert_eq!(window("after=gone", &rows)[0], 0, "of a row that is gone: the first page");
}

#[test]
fn an_unknown_value_names_those_that_are_known() {
    let columns = columns();
    let shape = shape(&columns);
    let fault = shape.used(&Pairs::parse(b"is=odd")).unwrap_err();
    assert_eq!(fault.error.detail, "is: expected even, small, found \"odd\"");
    let fault = shape.order(&Pairs::parse(b"sort=colour")).unwrap_err();
    assert_eq!(fault.error.detail, "sort: expected number, last, found \"colour\"");
}

#[test]
fn filters_are_named_in_a_sentence() {
    let columns = columns();
    let shape = shape(&columns);
    let used = shape.used(&Pairs::parse(b"is=even&is=small")).unwrap();
    assert_eq!(shape.no_match(&used, "7"), "No number matches “7”, Even and Small.");
    let left = shape.clear(&Pairs::parse(b"period=2026-10&is=even&sort=last&after=03&q=7"), 2);
    assert_eq!(left, "/numbers?period=2026-10&sort=last");
}
