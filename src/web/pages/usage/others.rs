//! What the usage page tells beside users: devices, concurrent use, and the days of which nothing is known.

use crate::domain::ids::ObjectKind;
use crate::domain::product::{self, Unit};
use crate::store::Store;
use crate::store::other_units::OtherUse;
use crate::store::receipts_by_day::SilentDays;
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::show;

/// A number that is no user.
pub struct Other {
    pub feature: String,
    pub what: String,
    pub source: String,
    pub href: String,
    pub number: String,
    pub is_warning: bool,
}

/// A source that was silent.
pub struct Gap {
    pub name: String,
    pub href: String,
    pub silent: String,
}

/// Devices, and peaks of features that count at once.
pub fn others(store: &Store, frame: &Frame) -> Result<Vec<Other>, Fault> {
    let other = |found: OtherUse, what: &str, is_warning: bool| Other {
        what: what.to_owned(),
        href: match found.kind.as_str() {
            // A delivery group has no page of its own.
            "delivery-group" => frame.link("/sites", &[]),
            _ => frame.link("/server", &[("id", &found.id)]),
        },
        feature: found.feature,
        source: found.name,
        number: show::figure(found.number),
        is_warning,
    };
    let peaks = store.peaks_in_use(frame.period)?.into_iter();
    let mut others: Vec<Other> = peaks
        .filter(|peak| product::unit_of(&peak.feature) == Unit::Peak)
        .map(|peak| other(peak, "most in use at once", true))
        .collect();
    others.extend(store.devices(frame.period)?.into_iter().map(|devices| other(devices, "devices", false)));
    Ok(others)
}

/// Sources that were silent on days of the month.
pub fn gaps(store: &Store, frame: &Frame) -> Result<Vec<Gap>, Fault> {
    let gap = |gap: SilentDays| Gap {
        href: frame.link(if gap.kind == ObjectKind::Site { "/site" } else { "/server" }, &[("id", &gap.id)]),
        silent: format!("{} of {} days", gap.silent, gap.days),
        name: gap.name,
    };
    Ok(store.silent_days(frame.period, frame.clock.now, frame.clock.zone)?.into_iter().map(gap).collect())
}
