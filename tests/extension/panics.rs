//! No panic crosses into the host: it survives with an error, and the next statement works.

use std::path::Path;

use crate::artefact::panic_extension;
use crate::host::{Host, shell};

fn each_place_panics_and_the_host_goes_on(host: Host<'_>) {
    let statements = [
        "SELECT seat_panic()",
        "SELECT * FROM seat_panic_table('filter')",
        "SELECT * FROM seat_panic_table('next')",
        "SELECT * FROM seat_panic_table('cell')",
        "SELECT seat_period_add('2026-10', 1)",
    ];
    let statements = statements.map(|statement| format!("{statement};"));
    let answers = host.run(Path::new(":memory:"), &statements.each_ref().map(String::as_str));
    for (answer, place) in answers.iter().zip(["on purpose", "in filter", "in next", "in a cell"]) {
        let error = answer.as_ref().unwrap_err();
        assert!(error.starts_with(&format!("SEAT-S07: seatledger panicked: {place}")), "{error}");
    }
    assert_eq!(answers[4], Ok("2026-11".to_owned()));
}

#[test]
fn a_panic_becomes_an_error_in_the_shell() {
    each_place_panics_and_the_host_goes_on(shell(panic_extension()));
}

#[test]
fn a_panic_becomes_an_error_in_python() {
    each_place_panics_and_the_host_goes_on(Host::Python { extension: panic_extension() });
}
