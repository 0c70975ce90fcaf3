//! How features, reasons and filters are called on pages about users.

use crate::domain::precedence::Via;
use crate::domain::product;
use crate::store::roster::{Filter, Roster};

/// `Premium`; an unknown code stands for itself, and a twin line says that it is one.
pub fn feature(code: &str) -> String {
    // `Base (Virtual Apps, Standard)`: the other names of the edition are left out.
    match product::edition_of(code).split(" (").next().unwrap_or_default() {
        "" => product::product_of(code).to_owned(),
        edition if product::twin_of(code).is_some() => format!("{edition}, {code}"),
        edition => edition.to_owned(),
    }
}

/// Which tag decided.
pub fn via(via: Option<Via>) -> &'static str {
    match via {
        Some(Via::User) => "own tag",
        Some(Via::DeliveryGroup) => "delivery group",
        Some(Via::Site) => "site",
        Some(Via::LicenseServer) => "license server",
        None => "no tag on user or source",
    }
}

/// What is set of a filter, each by its parameter and in words. `customer` names one by its id.
pub fn filters(
    filter: &Filter,
    roster: &Roster,
    customer: impl Fn(&str) -> Option<String>,
) -> Vec<(&'static str, String)> {
    let mut words = Vec::new();
    for (name, value) in filter.pairs() {
        let is = value == "true";
        let label = match name {
            "q" => format!("Name contains {value}"),
            "customer" if filter.customer == Some(None) => "Unlinked row".to_owned(),
            "customer" => format!("Customer: {}", customer(value).unwrap_or_else(|| value.to_owned())),
            "linked" => if is { "Linked" } else { "Unlinked" }.to_owned(),
            "free" => if is { "Free" } else { "Paid" }.to_owned(),
            "source" => format!("Source: {}", source(roster, value)),
            "feature" => format!("Feature: {}", feature(value)),
            "domain" => format!("Domain: {value}"),
            "bare" => if is { "Bare names" } else { "Names with a domain" }.to_owned(),
            "scrambled" => if is { "Scrambled names" } else { "Clear names" }.to_owned(),
            "aliased" => if is { "With alias" } else { "Without alias" }.to_owned(),
            "several" => if is { "Several customers" } else { "One customer at most" }.to_owned(),
            _ => if is { "New this month" } else { "Seen before" }.to_owned(),
        };
        words.push((name, label));
    }
    words
}

/// Name of a license server or delivery group of the month; its id where the month does not know it.
fn source(roster: &Roster, id: &str) -> String {
    roster.source_named(id).map_or_else(|| id.to_owned(), |source| source.name.to_owned())
}
