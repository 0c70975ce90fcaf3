//! What a list of users is narrowed to: the parameters of the users page and of `GET /users`.

use crate::domain::error::{Error, code, quoted};

/// All that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name, in any spelling.
    pub q: Option<String>,
    /// Counts at this customer; inner `None` is the unlinked row.
    pub customer: Option<Option<String>>,
    /// `false`: counts in the unlinked row of some feature. `true`: does not.
    pub linked: Option<bool>,
    pub free: Option<bool>,
    /// Id of a license server or delivery group that saw the user.
    pub source: Option<String>,
    /// With a feature, everything else is asked of that feature alone.
    pub feature: Option<String>,
    /// What stands before the `\` or behind the `@`, in any spelling.
    pub domain: Option<String>,
    pub bare: Option<bool>,
    pub scrambled: Option<bool>,
    /// Facts of an alias count for the user.
    pub aliased: Option<bool>,
    /// Counts at several customers.
    pub several: Option<bool>,
    /// No fact in an earlier period.
    pub new: Option<bool>,
}

impl Filter {
    /// The names of its parameters.
    pub const NAMES: [&'static str; 12] = [
        "q",
        "customer",
        "linked",
        "free",
        "source",
        "feature",
        "domain",
        "bare",
        "scrambled",
        "aliased",
        "several",
        "new",
    ];

    /// From pairs of a query. An empty value sets nothing: forms send those.
    ///
    /// Errors: `SEAT-C04` for a name that is none of [`NAMES`](Self::NAMES), one that stands twice, or a value
    /// that is not `true` or `false` where it must be.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Error> {
        let mut filter = Self::default();
        let mut seen = Vec::new();
        for (name, value) in pairs {
            if !Self::NAMES.contains(&name) {
                let known = Self::NAMES.join(", ");
                return Err(invalid(format!("expected a filter ({known}), found {}", quoted(name))));
            }
            if seen.contains(&name) {
                return Err(invalid(format!("expected filter {name} once, found it again")));
            }
            seen.push(name);
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let text = || Some(value.to_owned());
            match name {
                "q" => filter.q = text(),
                "customer" => filter.customer = Some(text().filter(|id| id != "none")),
                "source" => filter.source = text(),
                "feature" => filter.feature = text(),
                "domain" => filter.domain = text(),
                _ => *filter.flag(name) = Some(truth(name, value)?),
            }
        }
        Ok(filter)
    }

    /// The pairs that [`parse`](Self::parse) reads, for links.
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        let texts = [
            ("q", self.q.as_deref()),
            ("customer", self.customer.as_ref().map(|id| id.as_deref().unwrap_or("none"))),
            ("linked", self.linked.map(word)),
            ("free", self.free.map(word)),
            ("source", self.source.as_deref()),
            ("feature", self.feature.as_deref()),
            ("domain", self.domain.as_deref()),
            ("bare", self.bare.map(word)),
            ("scrambled", self.scrambled.map(word)),
            ("aliased", self.aliased.map(word)),
            ("several", self.several.map(word)),
            ("new", self.new.map(word)),
        ];
        texts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn flag(&mut self, name: &str) -> &mut Option<bool> {
        match name {
            "linked" => &mut self.linked,
            "free" => &mut self.free,
            "bare" => &mut self.bare,
            "scrambled" => &mut self.scrambled,
            "aliased" => &mut self.aliased,
            "several" => &mut self.several,
            _ => &mut self.new,
        }
    }
}

fn word(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

fn truth(name: &str, value: &str) -> Result<bool, Error> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(invalid(format!("expected true or false for filter {name}, found {}", quoted(value)))),
    }
}

fn invalid(detail: String) -> Error {
    Error::new(code::INPUT_INVALID, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_parsed_is_written_the_same() {
        let pairs =
            [("q", "Anna"), ("customer", "none"), ("linked", "false"), ("domain", "CORP"), ("new", "true")];
        let filter = Filter::parse(pairs).unwrap();
        assert_eq!(filter.pairs(), pairs);
        assert_eq!(filter.customer, Some(None));
        assert_eq!(Filter::parse([("q", " "), ("free", "")]).unwrap(), Filter::default());
    }

    #[test]
    fn malformed_filters_are_refused() {
        for pairs in [vec![("colour", "red")], vec![("free", "yes")], vec![("q", "a"), ("q", "b")]] {
            assert_eq!(Filter::parse(pairs).unwrap_err().code, code::INPUT_INVALID);
        }
    }
}
