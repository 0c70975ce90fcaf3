//! The frame that every page stands in, built once for each page: navigation, product, months, notices, account.

pub mod doubt;
mod months;
mod navigation;
mod view;

pub use months::Month;
pub use navigation::{Nav, NavItem, ProductItem};
pub use view::{Product, View};

use actix_web::http::StatusCode;

use super::assets;
use super::call::Who;
use super::fault::Fault;
use super::flash::Flash;
use super::pairs::Pairs;
use super::show::{self, Clock, When};
use crate::domain::account::Role;
use crate::domain::error::code;
use crate::domain::period::BillingPeriod;
use crate::export::Status;
use crate::store::Store;
use crate::store::license_servers::View as Seen;
use crate::store::rules::Rules;
use crate::store::source_use::SourceUse;
use months::Months;
use navigation::{navigation, products};

/// A warning that stands above every page.
pub struct Banner {
    pub title: &'static str,
    pub text: String,
    /// The day that an administrator may confirm here.
    pub confirms: Option<doubt::Confirms>,
}

/// Everything around a page's own content.
pub struct Frame {
    /// Of the window: `Usage, October 2026`.
    pub title: String,
    pub organization: String,
    pub zone: String,
    pub css: String,
    pub js: String,
    pub icons: String,
    /// `light`, `dark`, or empty: as the browser is set.
    pub theme: &'static str,
    pub account: String,
    pub account_id: String,
    pub role: Role,
    pub csrf: String,
    pub nav: Vec<NavItem>,
    pub product: Product,
    pub products: Vec<ProductItem>,
    pub months: Vec<Month>,
    pub period: BillingPeriod,
    /// `October 2026`.
    pub month: String,
    pub status: Status,
    /// When the month locks, for sentences.
    pub locks: When,
    pub banners: Vec<Banner>,
    pub flash: Option<Flash>,
    /// Address of this page, to come back to.
    pub here: String,
    pub version: &'static str,
    pub clock: Clock,
    pub rules: Rules,
}

impl Frame {
    /// Builds it from one state of the database. `title` of the page is completed by its month.
    pub fn new(store: &Store, view: &View, nav: Nav, title: &str) -> Result<Self, Fault> {
        let rules = store.rules()?;
        let clock = Clock { zone: rules.lock.time_zone, now: view.now };
        let current = BillingPeriod::of(view.now, clock.zone);
        let period = match view.asked_period {
            Some(asked) => asked,
            None => months::opened(store, rules.lock.earliest_open(view.now), current)?,
        };
        if period > current {
            return Err(not_begun(period));
        }
        let Who::Account(session, _) = &view.who else { return Err(super::dispatch::not_signed_in()) };
        let locks_at = rules.locks_at(period);
        let months = Months { store, view, rules: &rules, clock, current, period };
        let mut banners = Vec::new();
        if view.app.is_full() {
            banners.push(Banner {
                title: "Disk full",
                text: "Nothing can be changed or received until there is free space. Reading goes on."
                    .to_owned(),
                confirms: None,
            });
        }
        banners.extend(doubt::banner(store, clock, session.account.role)?);
        Ok(Self {
            title: title.to_owned(),
            organization: store.setting("organization_name")?,
            zone: store.setting("time_zone")?,
            css: assets::address("app.css"),
            js: assets::address("app.js"),
            icons: assets::address("icons.svg"),
            theme: theme(session.account.theme),
            account: session.account.name.clone(),
            account_id: session.account.id.clone(),
            role: session.account.role,
            csrf: session.csrf.clone(),
            nav: navigation(store, view, nav, &rules, period, session.account.role)?,
            product: view.product,
            products: products(view, period),
            months: months.tabs()?,
            period,
            month: show::month(period),
            status: Status::of(store, period, view.now)?,
            locks: clock.when(locks_at),
            banners,
            flash: session
                .flash
                .as_deref()
                .and_then(Flash::read)
                .filter(|flash| !view.is_posted && flash.page == view.path),
            here: view.query.href(&view.path),
            version: env!("CARGO_PKG_VERSION"),
            clock,
            rules,
        })
    }

    /// An address that keeps month and product; one that names a feature or a product says which itself.
    pub fn link(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        self.link_in(self.period, path, pairs)
    }

    /// The same in another month.
    pub fn link_in(&self, period: BillingPeriod, path: &str, pairs: &[(&str, &str)]) -> String {
        let mut all = Pairs::default();
        all.push("period", &period.to_string());
        let says_which = |(name, _): &(&str, &str)| matches!(*name, "product" | "feature" | "explain");
        if self.product == Product::Networking && !pairs.iter().any(says_which) {
            all.push("product", self.product.as_str());
        }
        for (name, value) in pairs {
            all.push(name, value);
        }
        all.href(path)
    }

    /// Whether the reader may change customers, tags and flags.
    pub fn may_operate(&self) -> bool {
        super::routes::OPERATE.contains(&self.role)
    }

    /// Whether the reader may see uploads, users and who changed what.
    pub fn may_look_inside(&self) -> bool {
        super::routes::INSIDE.contains(&self.role)
    }

    /// Whether tags of the month can be changed.
    pub fn is_closed(&self) -> bool {
        self.status == Status::Closed
    }

    /// Hollow while the month is open, a lock behind it.
    pub fn status_icon(&self) -> &'static str {
        if self.status == Status::Open { "open" } else { "lock" }
    }

    pub fn is_open(&self) -> bool {
        self.status == Status::Open
    }

    /// What the store is asked of sources for this page.
    pub fn seen<'a>(&'a self, used: &'a SourceUse) -> Seen<'a> {
        Seen { period: self.period, as_of: self.clock.now, rule: &self.rules.status, used }
    }

    /// `2 Nov 03:12` of stored text.
    pub fn when(&self, stored: &str) -> When {
        self.clock.when_text(stored)
    }
}

/// There is no page of a month that has not begun.
pub fn not_begun(period: BillingPeriod) -> Fault {
    Fault::new(
        StatusCode::NOT_FOUND,
        code::PERIOD_NOT_BEGUN,
        format!("{} has not begun", show::month(period)),
    )
}

fn theme(theme: crate::domain::account::Theme) -> &'static str {
    use crate::domain::account::Theme;
    match theme {
        Theme::System => "",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}
