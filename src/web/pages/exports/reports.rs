//! What the page tells of each report.

pub struct Report {
    pub id: &'static str,
    pub title: &'static str,
    pub text: &'static str,
    /// What is in it, under its format.
    pub columns: &'static str,
    pub has_first: bool,
    pub has_customer: bool,
}

impl Report {
    const fn new(id: &'static str, title: &'static str, text: &'static str, columns: &'static str) -> Self {
        Self { id, title, text, columns, has_first: false, has_customer: false }
    }
}

pub const REPORTS: [Report; 7] = [
    Report::new(
        "usage",
        "Usage",
        "A row for each customer and one for the unlinked, by feature: the figures of the usage page.",
        "period, status, feature, product, edition, customer_id, customer, users, paid_users, free_users",
    ),
    Report::new(
        "users",
        "Users",
        "A row for each user of each row of the usage report: whose, decided by what, seen where.",
        "period, feature, product, edition, user, customer_id, customer, via, free, first_seen, sources",
    ),
    Report {
        has_customer: true,
        ..Report::new(
            "statement",
            "Statement",
            "The rows of the month's statement, of all customers or of one.",
            "A row for each figure of the statement",
        )
    },
    Report {
        has_first: true,
        has_customer: true,
        ..Report::new(
            "history",
            "History",
            "Months one below the other, closed ones as their statements have them.",
            "A row for each month, feature and customer",
        )
    },
    Report::new(
        "late",
        "Late usage",
        "By how much usage that came after the closing would move a closed month, as of now.",
        "period, feature, product, edition, customer_id, customer, users, paid_users, free_users, carried_in",
    ),
    Report::new(
        "servers",
        "Servers and sites",
        "License servers, sites and delivery groups as they are now, with users and customers of the month.",
        "kind, id, name, site, host_id, fqdn, version, state, flags, last_collected_at, customer_id, customer, free, users, \
         expires, archived_at",
    ),
    Report::new(
        "vpx",
        "NetScaler VPX",
        "Allocations as they are now, with customers of the month.",
        "host_id, fqdn, feature, product, edition, product_name, entitlement_id, fulfillment_id, expires, vpx_mode, \
         deployment_type, state, flags, last_collected_at, customer_id, customer, archived_at",
    ),
];
