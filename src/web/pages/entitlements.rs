//! License files of a server against its use, and what each of its flags asks for.

use super::signs::{Until, edition};
use crate::domain::entitlement::{Entitled, entitled};
use crate::domain::product::{self, Unit};
use crate::domain::server_status::Flag;
use crate::store::entitlements::{EntitlementRow, judged_at};
use crate::web::frame::Frame;
use crate::web::show;

/// Both tables.
pub struct Entitlements {
    /// What counts of it, a feature a row.
    pub sums: Vec<Sum>,
    /// Every line of every file.
    pub lines: Vec<LineRow>,
}

pub struct Sum {
    pub feature: String,
    pub edition: String,
    pub bar: Bar,
    pub used: String,
    /// `uncounted` where it is without limit.
    pub entitled: String,
    pub left: String,
    pub is_over: bool,
}

/// Widths in per cent.
pub struct Bar {
    pub granted: String,
    pub used: String,
    pub over: String,
    pub is_over: bool,
}

pub struct LineRow {
    pub file: String,
    pub feature: String,
    pub quantity: String,
    pub expires: Until,
    pub sa_date: String,
    pub kind: String,
    pub serial_number: String,
    /// `counts`, or why it does not.
    pub note: &'static str,
}

impl Entitlements {
    pub fn new(frame: &Frame, rows: Vec<EntitlementRow>) -> Self {
        let zone = frame.clock.zone;
        let lines: Vec<_> = rows.iter().map(|row| row.line.clone()).collect();
        let grants = entitled(&lines, judged_at(frame.period, frame.clock.now, zone), zone);
        let sums = grants.iter().map(|(feature, granted)| {
            let used = rows.iter().find(|row| row.line.feature == *feature).map_or(0, |row| row.used);
            sum(feature, *granted, used)
        });
        Self { sums: sums.collect(), lines: rows.iter().map(|row| line(frame, row)).collect() }
    }
}

fn sum(feature: &str, granted: Entitled, used: i64) -> Sum {
    let (entitled, left, limit) = match granted {
        Entitled::Licenses(licenses) => (show::figure(licenses), show::figure(licenses - used), licenses),
        Entitled::Uncounted => ("uncounted".to_owned(), "n/a".to_owned(), used.max(1)),
    };
    let is_over = granted.overage(used).is_some();
    Sum {
        feature: feature.to_owned(),
        edition: edition(feature),
        bar: Bar::new(used, limit),
        used: show::figure(used),
        entitled,
        left,
        is_over,
    }
}

impl Bar {
    /// What is granted takes five sixths of it, so that use above it has its place.
    fn new(used: i64, limit: i64) -> Self {
        let whole = if used > limit { used.max(1) as f64 } else { limit.max(1) as f64 * 1.2 };
        let width = |part: i64| format!("{:.1}", (part.max(0) as f64 * 100.0 / whole).min(100.0));
        Self {
            granted: width(limit),
            used: width(used.min(limit)),
            over: width((used - limit).max(0)),
            is_over: used > limit,
        }
    }
}

fn line(frame: &Frame, row: &EntitlementRow) -> LineRow {
    let line = &row.line;
    let told = |text: &Option<String>| text.clone().unwrap_or_else(|| "n/a".to_owned());
    LineRow {
        file: line.file.clone(),
        feature: line.feature.clone(),
        quantity: line.quantity.map_or_else(|| "uncounted".to_owned(), show::figure),
        expires: Until::of(frame.clock, line.expires.as_deref()),
        sa_date: told(&line.sa_date),
        kind: told(&line.kind),
        serial_number: told(&line.serial_number),
        note: note(row),
    }
}

fn note(row: &EntitlementRow) -> &'static str {
    let feature = &row.line.feature;
    match product::unit_of(feature) {
        Unit::Companion => "comes along",
        Unit::Instance | Unit::Peak if row.line.is_non_csp() => "outside the CSP program",
        Unit::Instance | Unit::Peak => "not counted in users",
        Unit::User if !row.holds => "expired",
        Unit::User if !row.line.csp => "outside the CSP program",
        Unit::User if product::twin_of(feature).is_some() => "twin of a purchase",
        Unit::User => "counts",
    }
}

/// What to do about a flag; information asks for nothing.
pub fn advice(flag: Flag) -> Option<&'static str> {
    Some(match flag {
        Flag::Expired => "Install a current license file on it, or archive the server if it is retired.",
        Flag::Overage => "Order licenses for what is used above the entitlement, or look who uses it.",
        Flag::OldVersion => {
            "Update the license server: older versions do not send what licensing needs today."
        }
        Flag::NotInAllocations => "Compare its host id with the allocations that were imported.",
        Flag::NonCsp => "Ask the customer to take licenses bought outside the CSP program off this server.",
        Flag::Concurrent => {
            "Concurrent licenses are not billed under the CSP program: replace them by user licenses."
        }
        Flag::Expiring => "Renew the license file before it expires.",
        Flag::ClockSkew => "Check the clock of the server, and of this machine.",
        Flag::ExpiringLater | Flag::SharedHostId | Flag::Free => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_above_the_entitlement_stands_behind_it() {
        let sum = sum("XDT_PLT_UD", Entitled::Licenses(250), 261);
        assert_eq!((sum.used.as_str(), sum.entitled.as_str(), sum.left.as_str()), ("261", "250", "−11"));
        assert_eq!([sum.bar.used, sum.bar.over], ["95.8", "4.2"]);
        let sum = super::sum("XDT_ADV_UD", Entitled::Licenses(100), 38);
        assert_eq!([sum.bar.granted, sum.bar.used, sum.bar.over], ["83.3", "31.7", "0.0"]);
        assert_eq!(super::sum("XDT_ADV_UD", Entitled::Uncounted, 38).left, "n/a");
        assert_eq!(super::sum("XDT_ADV_UD", Entitled::Licenses(0), 0).bar.used, "0.0");
    }
}
