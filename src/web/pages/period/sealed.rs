//! What is sealed of a month, or would be: a table a feature; and of a closed one the seal with who closed it.

use crate::store::Store;
use crate::store::figures::{CustomerFigures, FeatureFigures, Figures, Users};
use crate::store::periods::Sealed as Statement;
use crate::web::components::Figure;
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::pages::periods::closed_by;
use crate::web::report::{label, number};
use crate::web::seal::Seal;
use crate::web::show::{self, When};

/// The statement of a closed month, as its head and seal tell it.
pub struct Sealed {
    pub seal: Seal,
    pub closed: When,
    /// `the clock`, `anna`.
    pub by: String,
    pub is_imported: bool,
    /// `5,172 users in 9 rows.`
    pub size: String,
    /// Month and first digits of the seal before; `None` of the first.
    pub covers: Option<(String, String)>,
}

impl Sealed {
    /// `None` of a month before the first statement.
    pub fn find(store: &Store, frame: &Frame) -> Result<Option<Self>, Fault> {
        let found = store.find_period(frame.period, frame.clock.now)?;
        let Some(statement) = found.statement else { return Ok(None) };
        let Statement { closed_at, closed_by: actor, imported, previous_seal, seal } = statement;
        let users = show::count(found.users.unwrap_or(0), "user", "users");
        let rows = show::count(store.count_statement_rows(frame.period)?, "row", "rows");
        let before = frame.period.plus_months(-1).map(show::month);
        Ok(Some(Self {
            seal: Seal::of(frame.period, &seal),
            closed: frame.when(&closed_at),
            by: closed_by(&actor),
            is_imported: imported,
            size: format!("{users} in {rows}."),
            covers: before
                .zip(previous_seal.get(..8).map(str::to_owned))
                .filter(|(_, digits)| !digits.is_empty()),
        }))
    }
}

/// One feature of the statement.
pub struct Table {
    pub label: String,
    pub caption: String,
    pub rows: Vec<Row>,
    /// Overlap, then the total.
    pub sums: [Row; 2],
}

pub struct Row {
    pub name: String,
    /// The customer's own page.
    pub href: Option<String>,
    pub is_unlinked: bool,
    pub users: Figure,
    pub free: String,
    pub paid: String,
}

/// Customers of a closed month that are told one by one, the largest first.
const CUSTOMERS: usize = 20;

/// By feature, the one with the most users first.
pub fn tables(frame: &Frame, figures: &Figures) -> Vec<Table> {
    let mut features: Vec<&FeatureFigures> = figures.features.iter().collect();
    features.sort_by_key(|feature| std::cmp::Reverse(feature.total.users));
    features.into_iter().map(|feature| table(frame, figures, feature)).collect()
}

fn table(frame: &Frame, figures: &Figures, feature: &FeatureFigures) -> Table {
    let label = label(feature, figures);
    let code = feature.feature.as_str();
    let why = |what: &str| format!("{}#why", frame.link("/usage", &[("feature", code), ("explain", what)]));
    let row = |name: String, users: Users, href: Option<String>| Row {
        name,
        href: None,
        is_unlinked: false,
        users: Figure { text: show::figure(number(users.users)), href, is_open: false },
        free: show::figure(number(users.free)),
        paid: show::figure(number(users.paid)),
    };
    let mut rows = Vec::new();
    if let Some(unlinked) = feature.customer(None) {
        let unlinked = row("Unlinked".to_owned(), unlinked.users, Some(why("unlinked")));
        rows.push(Row { is_unlinked: true, ..unlinked });
    }
    let mut customers: Vec<&CustomerFigures> =
        feature.customers.iter().filter(|row| row.id.is_some()).collect();
    customers.sort_by_key(|row| std::cmp::Reverse(row.users.users));
    let all = Some(frame.link("/usage", &[("feature", code)]));
    // An open month tells them together: what closing does to each stands in the statement.
    let told = if figures.closed { customers.len().min(CUSTOMERS) } else { 0 };
    for customer in customers.drain(..told) {
        let id = customer.id.clone().unwrap_or_default();
        let name = customer.name.clone().unwrap_or_else(|| id.clone());
        let own = row(name, customer.users, Some(why(&format!("customer:{id}"))));
        rows.push(Row { href: Some(frame.link("/customer", &[("id", &id)])), ..own });
    }
    let sum = |rows: &mut dyn Iterator<Item = &CustomerFigures>| {
        rows.fold(Users::default(), |sum, row| Users {
            users: sum.users + row.users.users,
            paid: sum.paid + row.users.paid,
            free: sum.free + row.users.free,
        })
    };
    if !customers.is_empty() {
        let count = number(customers.len() as u64);
        let name = match told {
            0 => show::count(count, "customer", "customers"),
            _ => show::count(count, "further customer", "further customers"),
        };
        rows.push(row(name, sum(&mut customers.into_iter()), all));
    }
    let (counted, total) = (sum(&mut feature.customers.iter()), feature.total);
    let less = |total: u64, counted: u64| show::figure(number(total) - number(counted));
    let overlap = Row {
        name: "Overlap".to_owned(),
        href: None,
        is_unlinked: false,
        users: Figure { text: less(total.users, counted.users), href: None, is_open: false },
        free: less(total.free, counted.free),
        paid: less(total.paid, counted.paid),
    };
    let caption = match figures.closed {
        true => format!("{label}, as the statement of {} states it", frame.month),
        false => format!("{label}: statement of {} as it stands now", show::month_name(frame.period)),
    };
    let sums = [overlap, row("Users, each counted once".to_owned(), total, Some(why("total")))];
    Table { label, caption, rows, sums }
}
