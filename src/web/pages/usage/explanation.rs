//! Why a figure is what it is: counts by what decided, and its users down to the upload.

use super::address::Address;
use crate::domain::precedence::Via;
use crate::store::explain::{ExplainedUser, Explanation, What};
use crate::store::figures::FeatureFigures;
use crate::web::components::{Pages, span};
use crate::web::frame::Frame;
use crate::web::report::number;
use crate::web::show::{self, UserName, When};

/// Users on one page of it.
pub const LIMIT: usize = 25;

/// The sheet under an opened figure.
pub struct Explained {
    /// `Why Beta has 3 users`, `Why 2 of Beta’s users are free`.
    pub heading: String,
    /// Of whom: `Beta`, `the total`.
    pub whose: String,
    /// `1,117 users`.
    pub users: String,
    /// Free and paid; of a part of them nothing is left to tell apart.
    pub parts: Vec<(String, &'static str)>,
    /// Users by what decided, the most first.
    pub vias: Vec<(String, &'static str)>,
    /// Of a source or the total, each user's customer.
    pub has_customers: bool,
    pub rows: Vec<Row>,
    pub caption: String,
    pub pages: Pages,
    /// All of them in the list of users, for whoever may see it.
    pub all: Option<String>,
    pub close: String,
    /// Row of the table by customer, by source, or neither: the total.
    pub is_total: bool,
}

pub struct Row {
    pub name: UserName,
    /// The user's own page.
    pub href: Option<String>,
    pub is_free: bool,
    pub customer: String,
    pub via: String,
    pub sources: String,
    pub first_seen: When,
    pub upload: String,
    pub upload_href: Option<String>,
}

impl Explained {
    pub fn of(
        frame: &Frame,
        address: &Address,
        now: &FeatureFigures,
        what: &What,
        found: &Explanation,
    ) -> Self {
        let (whose, figures) = match what {
            What::Total => (frame.month.clone(), Some(now.total)),
            What::Customer(id) => {
                let row = now.customer(id.as_deref());
                let name = row.and_then(|row| row.name.clone()).or_else(|| id.clone());
                (name.unwrap_or_else(|| "the unlinked row".to_owned()), row.map(|row| row.users))
            }
            What::Source(id) => {
                let row = now.sources.iter().find(|row| row.id == *id);
                (row.map_or_else(|| id.clone(), |row| row.name.clone()), row.map(|row| row.users))
            }
        };
        let figures = figures.unwrap_or_default();
        let users = show::count(number(figures.users), "user", "users");
        let (heading, parts) = match address.only_free {
            None => {
                let parts = [(figures.paid, "paid"), (figures.free, "free")];
                let told = parts.map(|(users, word)| (show::figure(number(users)), word));
                (format!("Why {whose} has {users}"), told.to_vec())
            }
            Some(free) => {
                let (part, word) = if free { (figures.free, "free") } else { (figures.paid, "paid") };
                let are = if part == 1 { "is" } else { "are" };
                let part = show::figure(number(part));
                (format!("Why {part} of {whose}’s users {are} {word}"), Vec::new())
            }
        };
        let mut vias: Vec<(u64, &'static str)> =
            found.selection.counts.vias.iter().map(|(via, users)| (*users, by(*via))).collect();
        vias.sort_by_key(|via| std::cmp::Reverse(via.0));
        let keys = found.rows.first().zip(found.rows.last());
        let keys = keys.map(|(first, last)| (first.user.as_str(), last.user.as_str()));
        let inside = frame.may_look_inside();
        let mut filter = vec![("feature", now.feature.clone())];
        match what {
            What::Total => {}
            What::Customer(id) => filter.push(("customer", id.clone().unwrap_or_else(|| "none".to_owned()))),
            What::Source(id) => filter.push(("source", id.clone())),
        }
        let filter: Vec<(&str, &str)> = filter.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self {
            users,
            heading,
            parts,
            vias: vias.into_iter().map(|(users, by)| (show::figure(number(users)), by)).collect(),
            has_customers: !matches!(what, What::Customer(_)),
            rows: found.rows.iter().map(|user| Row::of(frame, user, inside)).collect(),
            caption: format!(
                "Users {}, each with the reason and the upload that first showed it",
                span(found.page.first, found.page.last, found.page.total)
            ),
            pages: Pages::of(&found.page, keys, |place| address.at(place).link_to_why(frame)),
            all: inside.then(|| frame.link("/users", &filter)),
            close: address.closed().link(frame),
            is_total: matches!(what, What::Total),
            whose,
        }
    }
}

impl Row {
    fn of(frame: &Frame, user: &ExplainedUser, inside: bool) -> Self {
        let names: Vec<&str> = user.sources.iter().map(|(_, _, name)| name.as_str()).collect();
        Self {
            name: UserName::of(&user.name),
            href: inside.then(|| frame.link("/user", &[("id", &user.user)])),
            is_free: user.free,
            customer: user.customer.clone().unwrap_or_else(|| "Unlinked".to_owned()),
            via: via(user),
            sources: names.join(", "),
            first_seen: frame.when(&user.first_seen),
            upload: user.upload_id.clone(),
            upload_href: inside.then(|| frame.link("/upload", &[("id", &user.upload_id)])),
        }
    }
}

/// Behind a number of users: `612 by license server`.
fn by(via: Option<Via>) -> &'static str {
    match via {
        None => "without a tag on user or source",
        Some(Via::User) => "by the user’s own tag",
        Some(Via::DeliveryGroup) => "by delivery group",
        Some(Via::Site) => "by site",
        Some(Via::LicenseServer) => "by license server",
    }
}

/// What decided, by name where only one source can have.
fn via(user: &ExplainedUser) -> String {
    let (word, kind) = match user.via {
        None => return "no tag on user or source".to_owned(),
        Some(Via::User) => return "own tag".to_owned(),
        Some(Via::Site) => return "site".to_owned(),
        Some(Via::DeliveryGroup) => ("delivery group", "delivery-group"),
        Some(Via::LicenseServer) => ("license server", "license-server"),
    };
    let mut of_kind = user.sources.iter().filter(|(own, ..)| own == kind);
    match (of_kind.next(), of_kind.next()) {
        (Some((_, _, name)), None) => format!("{word} {name}"),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(via: Option<Via>, sources: &[(&str, &str)]) -> ExplainedUser {
        ExplainedUser {
            user: "a".to_owned(),
            name: "a".to_owned(),
            customer_id: None,
            customer: None,
            via,
            sources: sources
                .iter()
                .map(|(kind, name)| ((*kind).to_owned(), String::new(), (*name).to_owned()))
                .collect(),
            first_seen: String::new(),
            upload_id: String::new(),
            free: false,
        }
    }

    #[test]
    fn what_decided_is_named_where_one_source_alone_can_have() {
        let one = [("license-server", "LIC01"), ("delivery-group", "NG1")];
        assert_eq!(via(&user(Some(Via::DeliveryGroup), &one)), "delivery group NG1");
        let two = [("license-server", "LIC01"), ("license-server", "LIC02")];
        assert_eq!(via(&user(Some(Via::LicenseServer), &two)), "license server");
        assert_eq!(via(&user(Some(Via::User), &one)), "own tag");
        assert_eq!(via(&user(None, &one)), "no tag on user or source");
    }
}
