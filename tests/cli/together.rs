//! Several programs on one data folder at once.

use crate::support::{House, Server, full, guid};

#[test]
fn eight_programs_at_once_lose_nothing() {
    let house = House::new();
    for program in 0..8 {
        for number in 0..6 {
            let users: Vec<String> =
                (0..20).map(|user| format!("corp\\p{program}n{number}u{user}")).collect();
            let users: Vec<&str> = users.iter().map(String::as_str).chain(["corp\\everywhere"]).collect();
            let name = format!("LIC{program}{number}");
            house.put(
                &format!("in{program}"),
                &Server::new(&name, "2026-10-15T03:00:00Z").saw("2026-10", &users).upload(),
            );
        }
        house.put(
            "shared",
            &Server::new(&format!("S{program}"), "2026-10-15T03:00:00Z")
                .saw("2026-10", &["corp\\x"])
                .upload(),
        );
    }
    // No database yet: all of them find an empty folder.
    std::thread::scope(|scope| {
        for program in 0..8 {
            let house = &house;
            scope.spawn(move || {
                house.customer(&format!("Tenant{program}"));
                house.run(["import", &format!("in{program}"), "shared"]).done();
                let customer = format!("tenant{program}");
                for number in 0..6 {
                    house
                        .assign(
                            "2026-10",
                            "license-server",
                            &guid(&format!("LIC{program}{number}")),
                            &customer,
                        )
                        .done();
                }
                house.assign("2026-10", "user", &format!("corp\\waiting{program}"), &customer).done();
            });
        }
    });
    // 6 × 20 of its own and the one who is everywhere.
    let tenants = (0..8).map(|program| format!("Tenant{program} 121 121 0"));
    assert_eq!(
        house.usage("2026-10"),
        std::iter::once("- 1 1 0".to_owned()).chain(tenants).collect::<Vec<_>>()
    );
    let counts =
        "SELECT count(*) FROM v1_upload; SELECT count(*) FROM v1_assignment; SELECT count(*) FROM customer";
    assert_eq!(house.run(["sql", counts]).done().out, "56\n56\n8\n");
    house.check();
}

#[test]
fn eight_programs_may_make_the_database_at_once() {
    for _ in 0..if full() { 100 } else { 10 } {
        let house = House::new();
        std::thread::scope(|scope| {
            for program in 0..8 {
                let house = &house;
                scope.spawn(move || house.customer(&format!("Tenant{program}")));
            }
        });
        assert_eq!(house.run(["sql", "SELECT count(*) FROM customer"]).done().out, "8\n");
    }
}
