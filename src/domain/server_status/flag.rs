//! The flags beside a state: a stable word, a title and a severity each.

/// How much a flag weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Information,
    Warning,
    Bad,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }
}

/// What stands beside the state, and can be filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flag {
    Expired,
    Overage,
    OldVersion,
    /// Only once allocations are imported.
    NotInAllocations,
    NonCsp,
    Concurrent,
    /// Within 30 days.
    Expiring,
    ClockSkew,
    /// In 31 to 90 days.
    ExpiringLater,
    SharedHostId,
    Free,
}

impl Flag {
    /// The gravest first.
    pub const ALL: [Self; 11] = [
        Self::Expired,
        Self::Overage,
        Self::OldVersion,
        Self::NotInAllocations,
        Self::NonCsp,
        Self::Concurrent,
        Self::Expiring,
        Self::ClockSkew,
        Self::ExpiringLater,
        Self::SharedHostId,
        Self::Free,
    ];

    /// The word of API and filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Overage => "overage",
            Self::OldVersion => "old-version",
            Self::NotInAllocations => "not-in-allocations",
            Self::NonCsp => "non-csp",
            Self::Concurrent => "concurrent",
            Self::Expiring => "expiring",
            Self::ClockSkew => "clock-skew",
            Self::ExpiringLater => "expiring-later",
            Self::SharedHostId => "shared-host-id",
            Self::Free => "free",
        }
    }

    /// A few words for chips.
    pub fn title(self) -> &'static str {
        match self {
            Self::Expired => "Expired",
            Self::Overage => "Above entitlement",
            Self::OldVersion => "Old version",
            Self::NotInAllocations => "Not in allocations",
            Self::NonCsp => "Non-CSP license",
            Self::Concurrent => "Concurrent license in use",
            Self::Expiring => "Expires within 30 days",
            Self::ClockSkew => "Clock skew",
            Self::ExpiringLater => "Expires within 90 days",
            Self::SharedHostId => "Shared host id",
            Self::Free => "Free",
        }
    }

    pub fn severity(self) -> Severity {
        match self {
            Self::Expired => Severity::Bad,
            Self::Overage
            | Self::OldVersion
            | Self::NotInAllocations
            | Self::NonCsp
            | Self::Concurrent
            | Self::Expiring
            | Self::ClockSkew => Severity::Warning,
            // Every customer calls its server LIC01.
            Self::ExpiringLater | Self::SharedHostId | Self::Free => Severity::Information,
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.as_str() == word)
    }
}
