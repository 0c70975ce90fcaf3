//! What a license server, site or NetScaler is doing: its state, the flags beside it, and their colour.
//!
//! Pure over plain [`Facts`]: the instant and the zone are arguments. Calendar days are those of the
//! organization's zone, and an expiry date holds through its local day.

use super::days::{days_between, days_to_expire, over_at, parse_date};
use super::entitlement::Line;
use super::instant::UtcInstant;
use super::period::TimeZone;
use super::product::{self, Unit};

mod flag;
#[cfg(test)]
mod tests;
mod version;

pub use flag::{Flag, Severity};
pub use version::Version;

/// Whether it reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Known from an allocation, no upload yet.
    NeverReported,
    Reporting,
    NotReporting,
    /// Retired by an administrator: no flags, no alerts.
    Archived,
}

impl State {
    pub const ALL: [Self; 4] = [Self::NeverReported, Self::Reporting, Self::NotReporting, Self::Archived];

    /// The word of API and filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeverReported => "never-reported",
            Self::Reporting => "reporting",
            Self::NotReporting => "not-reporting",
            Self::Archived => "archived",
        }
    }

    /// The word of pages.
    pub fn title(self) -> &'static str {
        match self {
            Self::NeverReported => "Never reported",
            Self::Reporting => "Reporting",
            Self::NotReporting => "Not reporting",
            Self::Archived => "Archived",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// The colour of the sign beside a state; never the only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colour {
    Red,
    Amber,
    Grey,
    Green,
}

/// What the settings say of status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRule {
    pub time_zone: TimeZone,
    /// Calendar days that the newest upload may be old.
    pub reporting_days: i64,
    pub minimum_version: Version,
}

/// The newest upload, as far as clocks can be judged by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    pub collected_at: UtcInstant,
    pub received_at: UtcInstant,
    /// It came straight from its source, so that both instants should be near each other.
    pub is_direct: bool,
}

/// A peak of a feature in the period that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeakSeen<'a> {
    pub feature: &'a str,
    pub peak: i64,
}

/// Users of a feature on this server against what its license files grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overage<'a> {
    pub feature: &'a str,
    pub used: i64,
    pub entitled: i64,
}

/// What is known of one server, site or NetScaler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Instant that ranks its newest payload; `None`: no upload yet.
    pub last_collected_at: Option<UtcInstant>,
    pub is_archived: bool,
    /// Whether the back office lists it; `None` until allocations are imported.
    pub in_allocations: Option<bool>,
    /// Only of license servers: others have no minimum.
    pub version: Option<&'a str>,
    /// Lines of its newest license files.
    pub lines: &'a [Line],
    pub peaks: &'a [PeakSeen<'a>],
    pub overages: &'a [Overage<'a>],
    pub sending: Option<Sending>,
    pub host_id: Option<&'a str>,
    /// How many other servers have its host id.
    pub sharing_host_id: usize,
    /// Reason of the free flag in effect.
    pub free: Option<&'a str>,
}

/// One flag and its sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub flag: Flag,
    pub text: String,
}

/// What is shown of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub state: State,
    /// Calendar days since the newest upload was collected; 0 is today.
    pub days_silent: Option<i64>,
    /// In the order of [`Flag::ALL`], each flag once.
    pub notices: Vec<Notice>,
}

impl Status {
    pub fn has(&self, flag: Flag) -> bool {
        self.notices.iter().any(|notice| notice.flag == flag)
    }

    /// Red: not or never reporting; amber: reporting with a warning; grey: with information only, or
    /// archived; green: clean.
    pub fn colour(&self) -> Colour {
        let worst = self.notices.iter().map(|notice| notice.flag.severity()).max();
        match (self.state, worst) {
            (State::NeverReported | State::NotReporting, _) => Colour::Red,
            (State::Archived, _) | (_, Some(Severity::Information)) => Colour::Grey,
            (State::Reporting, Some(Severity::Warning | Severity::Bad)) => Colour::Amber,
            (State::Reporting, None) => Colour::Green,
        }
    }
}

/// Judges what is known at `as_of`.
pub fn judge(facts: &Facts<'_>, rule: &StatusRule, as_of: UtcInstant) -> Status {
    let days_silent = facts.last_collected_at.map(|last| days_between(last, as_of, rule.time_zone));
    let state = match days_silent {
        _ if facts.is_archived => State::Archived,
        None => State::NeverReported,
        Some(days) if days <= rule.reporting_days => State::Reporting,
        Some(_) => State::NotReporting,
    };
    let mut notices = Vec::new();
    if state != State::Archived {
        for flag in Flag::ALL {
            notices.extend(sentence(flag, facts, rule, as_of).map(|text| Notice { flag, text }));
        }
    }
    Status { state, days_silent, notices }
}

/// What a flag says where it is raised.
fn sentence(flag: Flag, facts: &Facts<'_>, rule: &StatusRule, as_of: UtcInstant) -> Option<String> {
    match flag {
        Flag::Expired => expired(facts, rule, as_of),
        Flag::Overage => {
            let shown: Vec<String> = facts
                .overages
                .iter()
                .filter(|over| over.used > over.entitled)
                .map(|over| format!("{} of {} {}", over.used, over.entitled, over.feature))
                .collect();
            (!shown.is_empty()).then(|| format!("Use above entitlement: {}.", shown.join(", ")))
        }
        Flag::OldVersion => {
            let sent = facts.version?;
            (Version::parse(sent)? < rule.minimum_version)
                .then(|| format!("Version {sent} is older than {}.", rule.minimum_version))
        }
        Flag::NotInAllocations => (facts.in_allocations == Some(false))
            .then(|| "The imported allocations do not list this server.".to_owned()),
        Flag::NonCsp => {
            let named =
                named(facts.lines.iter().filter(|line| line.is_non_csp()).map(|line| line.feature.as_str()));
            named.map(|named| format!("Licenses outside the CSP program are installed: {named}."))
        }
        Flag::Concurrent => {
            let in_use = |peak: &&PeakSeen<'_>| peak.peak > 0 && product::unit_of(peak.feature) == Unit::Peak;
            let shown: Vec<String> = facts
                .peaks
                .iter()
                .filter(in_use)
                .map(|peak| format!("{}, at most {} at once", peak.feature, peak.peak))
                .collect();
            (!shown.is_empty()).then(|| format!("Concurrent licenses are in use: {}.", shown.join("; ")))
        }
        Flag::Expiring => expiring(facts, rule, as_of, 0, 30),
        Flag::ExpiringLater => expiring(facts, rule, as_of, 31, 90),
        Flag::ClockSkew => clock_skew(facts.sending?),
        Flag::SharedHostId => {
            let host = facts.host_id.filter(|_| facts.sharing_host_id > 0)?;
            Some(match facts.sharing_host_id {
                1 => format!("Another license server has the host id {host} too."),
                others => format!("{others} other license servers have the host id {host} too."),
            })
        }
        Flag::Free => facts.free.map(|reason| format!("Free: its users are not paid for ({reason}).")),
    }
}

/// Features of which no line holds any longer. An old file beside its renewal is no fault.
fn expired(facts: &Facts<'_>, rule: &StatusRule, as_of: UtcInstant) -> Option<String> {
    let holds = |line: &&Line| line.holds_at(as_of, rule.time_zone);
    let over = facts.lines.iter().filter(|line| line.is_license() && !holds(line));
    let dead =
        over.filter(|line| !facts.lines.iter().any(|other| other.feature == line.feature && holds(&other)));
    let newest = dead.max_by_key(|line| line.expires.clone())?;
    let date = newest.expires.as_deref().unwrap_or_default();
    Some(format!("The license for {} expired after {date}.", newest.feature))
}

/// The nearest expiry in so many calendar days.
fn expiring(
    facts: &Facts<'_>,
    rule: &StatusRule,
    as_of: UtcInstant,
    least: i64,
    most: i64,
) -> Option<String> {
    let today = rule.time_zone.local_date(as_of);
    let due = facts.lines.iter().filter(|line| line.is_license()).filter_map(|line| {
        let date = parse_date(line.expires.as_deref()?)?;
        let days = (date - today).num_days();
        (least..=most).contains(&days).then_some((days, line))
    });
    let (days, line) = due.min_by_key(|(days, _)| *days)?;
    let date = line.expires.as_deref().unwrap_or_default();
    let when = match days {
        0 => "today".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    };
    Some(format!("The license for {} expires after {date}, {when}.", line.feature))
}

/// Clocks may differ by a few minutes [R]; a day where the upload came straight from its source.
fn clock_skew(sending: Sending) -> Option<String> {
    const MINUTES: i64 = 300;
    const DAY: i64 = 86_400;
    let Sending { collected_at, received_at, is_direct } = sending;
    if collected_at > received_at.plus_seconds(MINUTES) {
        return Some(format!(
            "Its clock seems wrong: the newest upload says it was collected at {collected_at}, and came at {received_at}."
        ));
    }
    (is_direct && received_at > collected_at.plus_seconds(DAY)).then(|| {
        format!(
            "Its clock may be wrong: the newest upload came directly at {received_at}, and says it was collected at {collected_at}."
        )
    })
}

/// Each name once, in order.
fn named<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut all: Vec<&str> = names.collect();
    all.sort_unstable();
    all.dedup();
    (!all.is_empty()).then(|| all.join(", "))
}

/// The nearest date on which a license that holds expires, with [`days_to_expire`]; where none holds any
/// longer, the latest that has expired.
pub fn nearest_expiry(lines: &[Line], as_of: UtcInstant, zone: TimeZone) -> Option<(String, i64)> {
    let dated = lines.iter().filter(|line| line.is_license()).filter_map(|line| {
        let date = parse_date(line.expires.as_deref()?)?;
        Some((date, over_at(date, zone) > as_of))
    });
    let (coming, over): (Vec<_>, Vec<_>) = dated.partition(|(_, holds)| *holds);
    let date = coming.iter().min().or(over.iter().max())?.0;
    Some((date.to_string(), days_to_expire(date, as_of, zone)))
}
