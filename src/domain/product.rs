//! The catalogue: what a license feature code means to people. Its lines stand in `catalogue.rs`.
//!
//! Codes are matched exactly, as license files write them: upper case, without blanks.

mod catalogue;
#[cfg(test)]
mod tests;

/// What is counted of a feature. Looked up, never guessed from a code's suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Distinct users of a billing period.
    User,
    /// The greatest number in use at once; not allowed under the CSP program [D].
    Peak,
    /// Listed one by one: NetScaler VPX.
    Instance,
    /// Comes along with others: shown under its upload, neither counted nor warned of [D].
    Companion,
}

impl Unit {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Peak => "peak",
            Self::Instance => "instance",
            Self::Companion => "companion",
        }
    }
}

/// The product switch: what a CSP looks at in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    VirtualAppsAndDesktops,
    Networking,
}

impl Family {
    pub const ALL: [Self; 2] = [Self::VirtualAppsAndDesktops, Self::Networking];

    /// As people call it, and as `product` says for most codes of the family.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VirtualAppsAndDesktops => catalogue::APPS_AND_DESKTOPS,
            Self::Networking => catalogue::NETWORKING,
        }
    }
}

/// One line of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    pub code: &'static str,
    pub product: &'static str,
    /// Empty where a product has no editions.
    pub edition: &'static str,
    pub unit: Unit,
    /// May be rented out under the CSP program [D]. A companion is no license of its own: `false`.
    pub csp: bool,
    /// The code whose purchase this line repeats: its quantity is not added to the entitlement [D].
    /// Usage under it counts on its own.
    pub twin_of: Option<&'static str>,
    pub family: Family,
}

/// Every line, ordered by code.
pub fn all() -> &'static [Feature] {
    &catalogue::FEATURES
}

/// None for a code that Citrix has not told us of; such codes are shown as they are, never dropped.
pub fn find(code: &str) -> Option<&'static Feature> {
    let at = catalogue::FEATURES.binary_search_by(|feature| feature.code.cmp(code)).ok()?;
    Some(&catalogue::FEATURES[at])
}

/// The product's name; an unknown code stands for itself [R].
pub fn product_of(code: &str) -> &str {
    find(code).map_or(code, |feature| feature.product)
}

/// The edition's name; empty for an unknown code, since `product_of` shows it already [R].
pub fn edition_of(code: &str) -> &'static str {
    find(code).map_or("", |feature| feature.edition)
}

/// What is counted; an unknown code counts users, so that a new license is billed, not lost [R].
pub fn unit_of(code: &str) -> Unit {
    find(code).map_or(Unit::User, |feature| feature.unit)
}

/// Whether a line of this code is a license that the CSP program does not allow: worth a warning.
/// Companions are never warned of [D]; an unknown code has a warning of its own.
pub fn is_non_csp(code: &str) -> bool {
    find(code).is_some_and(|feature| !feature.csp && feature.unit != Unit::Companion)
}

/// The code that this one's quantity repeats, if it is the twin line of a purchase [D].
pub fn twin_of(code: &str) -> Option<&'static str> {
    find(code)?.twin_of
}

/// Where the product switch shows it; an unknown code stands with the users it counts [R].
pub fn family_of(code: &str) -> Family {
    find(code).map_or(Family::VirtualAppsAndDesktops, |feature| feature.family)
}
