//! What moves: users from one row of the report to another.

use super::ask::{Act, Ask};
use super::set::Set;
use crate::domain::ids::ObjectKind;
use crate::store::batches::Preview;
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::show::{self, UserName};

/// Rows shown; a change touches few customers, but may touch thousands.
const ROWS: usize = 40;
/// Rows that name some of their users: each is a pass over all users of the month.
const NAMED: usize = 12;

pub struct Moves {
    pub caption: String,
    pub rows: Vec<Row>,
    /// Rows that are left out.
    pub further: Option<String>,
    pub total: String,
    pub note: String,
    pub has_who: bool,
}

pub struct Row {
    pub from: Side,
    pub to: Side,
    pub users: String,
    pub who: Vec<UserName>,
    /// `139 more`, and where they are listed.
    pub more: Option<(String, Option<String>)>,
}

/// One end of a move.
pub enum Side {
    Unlinked,
    Customer(String),
    /// No row is left or entered: why, in words.
    Stays(&'static str),
}

impl Moves {
    /// `None` for free flags, which move nobody.
    pub fn of(frame: &Frame, ask: &Ask, set: &Set, preview: &Preview) -> Result<Option<Self>, Fault> {
        let to = match &ask.act {
            Act::Assign(customer) => customer.as_ref(),
            Act::Clear => None,
            _ => return Ok(None),
        };
        if ask.kind == ObjectKind::NetScaler {
            return Ok(None);
        }
        let side = |row: &Option<Option<String>>, stays: &'static str| match row {
            None => Side::Stays(stays),
            Some(None) => Side::Unlinked,
            Some(Some(id)) => Side::Customer(name(set, to, id)),
        };
        let mut rows = Vec::new();
        for (index, found) in preview.moves.iter().take(ROWS).enumerate() {
            let mut row = Row {
                from: side(&found.from, "also counts elsewhere"),
                to: side(&found.to, "stays elsewhere"),
                users: show::figure(found.users as i64),
                who: Vec::new(),
                more: None,
            };
            if index < NAMED
                && ask.kind == ObjectKind::User
                && let Some(from) = &found.from
            {
                let group = set.at(ask, from.as_deref());
                row.more = more(frame, found.users, &group);
                row.who = group.names.iter().map(|name| UserName::of(name)).collect();
            }
            rows.push(row);
        }
        let moving = moving(ask, set, preview);
        let note = match ask.kind {
            ObjectKind::User => {
                let staying = (set.users.len() as u64).saturating_sub(moving);
                if let (Some((_, name)), true) = (to, staying > 0 && rows.len() < ROWS) {
                    rows.push(stays(name, staying));
                }
                let waiting = set.size - set.users.len();
                let waiting = match waiting {
                    0 => String::new(),
                    many => format!(", {} not seen this month", show::figure(many as i64)),
                };
                format!(
                    "{} move, {} stay{waiting}",
                    show::figure(moving as i64),
                    show::figure(staying as i64)
                )
            }
            _ => format!(
                "{} changed, {} so already",
                show::figure(preview.changed as i64),
                show::figure(preview.unchanged as i64)
            ),
        };
        let further = preview.moves.len().saturating_sub(ROWS);
        Ok(Some(Self {
            caption: format!("Users by the customer they count for in {}", frame.month),
            further: (further > 0).then(|| show::count(further as i64, "further move", "further moves")),
            total: match ask.kind {
                ObjectKind::User => show::figure(set.users.len() as i64),
                _ => show::figure(preview.moves.iter().map(|found| found.users as i64).sum()),
            },
            note,
            has_who: ask.kind == ObjectKind::User,
            rows,
        }))
    }
}

/// Users of the set who count elsewhere afterwards. Assigned, all count at one customer and nowhere else;
/// cleared, whoever had a tag counted in one row.
fn moving(ask: &Ask, set: &Set, preview: &Preview) -> u64 {
    let Act::Assign(Some((id, _))) = &ask.act else {
        return preview.moves.iter().filter(|found| found.from.is_some()).map(|found| found.users).sum();
    };
    let there = Some(Some(id.clone()));
    let joining: u64 = preview.moves.iter().filter(|found| found.to == there).map(|found| found.users).sum();
    // Who counts there already and elsewhere too leaves the other rows: with two of them, in two moves.
    let leaving = preview.moves.iter().filter(|found| found.to.is_none()).map(|found| found.users);
    (joining + leaving.max().unwrap_or(0)).min(set.users.len() as u64)
}

fn stays(name: &str, users: u64) -> Row {
    Row {
        from: Side::Customer(name.to_owned()),
        to: Side::Stays("stays"),
        users: show::figure(users as i64),
        who: Vec::new(),
        more: None,
    }
}

fn more(frame: &Frame, users: u64, group: &super::set::Group) -> Option<(String, Option<String>)> {
    let rest = users.saturating_sub(group.names.len() as u64);
    let href = group.filter.as_ref().map(|filter| frame.link("/users", &filter.pairs()));
    (rest > 0).then(|| (format!("{} more", show::figure(rest as i64)), href))
}

/// Of a customer of the month, or of the one that is assigned.
pub fn name(set: &Set, to: Option<&(String, String)>, id: &str) -> String {
    match to {
        Some((to, name)) if to == id => name.clone(),
        _ => set.roster.customer_name(id).unwrap_or(id).to_owned(),
    }
}
