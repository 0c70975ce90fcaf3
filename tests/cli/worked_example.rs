//! The worked example of the domain: its uploads in any order give exactly its table.

use crate::support::House;
use crate::support::worked_example::{OCTOBER, tag, uploads};

#[test]
fn the_worked_example_gives_exactly_its_table() {
    let house = House::new();
    for upload in uploads() {
        assert_eq!(house.import(&upload)["status"], "accepted");
    }
    tag(&house);
    let row = "2026-10,open,XDT_PLT_UD,Virtual Apps and Desktops,Premium";
    assert_eq!(
        house.export("usage", OCTOBER),
        format!(
            "period,status,feature,product,edition,customer_id,customer,users,paid_users,free_users\r\n\
             {row},,,2,1,1\r\n{row},acme,Acme,3,2,1\r\n{row},beta,Beta,3,3,0\r\n"
        )
    );
    let users = house.export("users", OCTOBER);
    let row =
        |name: &str| users.lines().filter(|line| line.contains(name)).map(str::to_owned).collect::<Vec<_>>();
    let start = "2026-10,XDT_PLT_UD,Virtual Apps and Desktops,Premium";
    assert_eq!(
        row("\\anna"),
        [
            format!("{start},CORP\\anna,acme,Acme,license-server,false,2026-10-15T03:00:01Z,LIC01"),
            format!("{start},CORP\\anna,beta,Beta,delivery-group,false,2026-10-15T03:00:09Z,NG1"),
        ]
    );
    assert_eq!(
        row("\\dora"),
        [format!("{start},CORP\\dora,beta,Beta,user,false,2026-10-15T03:00:01Z,LIC01; NG2")]
    );
    assert_eq!(row("\\fay"), [format!("{start},CORP\\fay,,,,true,2026-10-15T03:00:03Z,LIC03")]);
    let total =
        house.run(["sql", "SELECT users, paid_users, free_users, overlap FROM seat_totals('2026-10')"]);
    assert_eq!(total.done().out, "7|5|2|1\n");
    house.check();
}

#[test]
fn every_order_of_the_uploads_each_twice_ends_in_the_same_exports() {
    let uploads = uploads();
    let mut expected: Option<[String; 3]> = None;
    for order in permutations(4) {
        let house = House::new();
        let mut paths = Vec::new();
        for index in order.iter().chain(&order) {
            let path = house.put("uploads", &uploads[*index]);
            paths.push(path);
        }
        house.run(std::iter::once("import".as_ref()).chain(paths.iter().map(|path| path.as_os_str()))).done();
        tag(&house);
        let sources = house.run(["source", "list", "--json"]).done().out;
        let exports = [house.export("usage", OCTOBER), house.export("users", OCTOBER), sources];
        assert_eq!(&exports, expected.get_or_insert_with(|| exports.clone()), "{order:?}");
    }
}

fn permutations(of: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for next in 0..of {
        let grown = all.iter().flat_map(|order: &Vec<usize>| {
            (0..=order.len()).map(move |at| {
                let mut order = order.clone();
                order.insert(at, next);
                order
            })
        });
        all = grown.collect();
    }
    all
}
