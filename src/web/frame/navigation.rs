//! The navigation: what there is for a role, and what waits in it; the switch of the product.

use super::{Product, View};
use crate::domain::account::Role;
use crate::domain::period::BillingPeriod;
use crate::store::Store;
use crate::store::rules::Rules;
use crate::web::fault::Fault;
use crate::web::pairs::Pairs;
use crate::web::routes::{ALL, CLIENTS, INSIDE};
use crate::web::{show, waiting};

/// Where a page belongs in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nav {
    Overview,
    Usage,
    Users,
    Servers,
    Sites,
    NetScaler,
    Customers,
    History,
    Uploads,
    Periods,
    Exports,
    ApiAccess,
    /// Error pages and what is reached from elsewhere.
    Nowhere,
}

pub struct NavItem {
    pub label: &'static str,
    pub href: String,
    pub is_current: bool,
    /// What waits there, and of what kind.
    pub waiting: Option<(String, &'static str)>,
    /// Whether a gap stands before it.
    pub is_gap: bool,
}

pub struct ProductItem {
    pub label: &'static str,
    pub href: String,
    pub is_current: bool,
}

/// What an item leads to, who may go there, and whether a gap stands before it.
const ITEMS: &[(Nav, &str, &str, &[Role], bool)] = &[
    (Nav::Overview, "Overview", "/", ALL, false),
    (Nav::Usage, "Usage", "/usage", ALL, false),
    (Nav::Users, "Users", "/users", INSIDE, false),
    (Nav::Servers, "Servers", "/servers", ALL, false),
    (Nav::Sites, "Sites", "/sites", ALL, false),
    (Nav::NetScaler, "NetScaler", "/netscaler", ALL, false),
    (Nav::Customers, "Customers", "/customers", ALL, false),
    (Nav::History, "History", "/history", ALL, false),
    (Nav::Uploads, "Uploads", "/uploads", INSIDE, false),
    (Nav::Periods, "Periods", "/periods", ALL, false),
    (Nav::Exports, "Exports", "/exports", ALL, false),
    (Nav::ApiAccess, "API access", "/api-access", CLIENTS, true),
];

pub fn navigation(
    store: &Store,
    view: &View,
    nav: Nav,
    rules: &Rules,
    period: BillingPeriod,
    role: Role,
) -> Result<Vec<NavItem>, Fault> {
    let mut items = Vec::new();
    for (own, label, path, roles, is_gap) in ITEMS {
        if !roles.contains(&role) {
            continue;
        }
        let (count, of_what) = match own {
            Nav::Users => (waiting::unlinked(store, view, period)?, "unlinked"),
            Nav::Servers => (waiting::silent(store, view, rules)?, "silent"),
            Nav::Uploads => (waiting::rejected(store, rules, period)?, "rejected"),
            _ => (0, ""),
        };
        let mut pairs = Pairs::default();
        pairs.push("period", &period.to_string());
        if view.product == Product::Networking {
            pairs.push("product", view.product.as_str());
        }
        items.push(NavItem {
            label,
            href: pairs.href(path),
            is_current: *own == nav,
            waiting: (count > 0).then(|| (show::figure(count), of_what)),
            is_gap: *is_gap,
        });
    }
    Ok(items)
}

/// The switch keeps page and month where the page is one of both products, and opens Sites or NetScaler elsewhere.
pub fn products(view: &View, period: BillingPeriod) -> Vec<ProductItem> {
    const OF_BOTH: &[&str] = &["/", "/usage"];
    [
        (Product::AppsAndDesktops, "Virtual Apps and Desktops", "/sites"),
        (Product::Networking, "Networking", "/netscaler"),
    ]
    .into_iter()
    .map(|(product, label, opens)| {
        let path = if OF_BOTH.contains(&view.path.as_str()) { view.path.as_str() } else { opens };
        let mut pairs = Pairs::default();
        pairs.push("period", &period.to_string());
        if product == Product::Networking {
            pairs.push("product", product.as_str());
        }
        ProductItem { label, href: pairs.href(path), is_current: product == view.product }
    })
    .collect()
}
