//! Names and values of a query or a form, in their order; a name may come several times.

use super::fault::Fault;
use crate::domain::error::quoted;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// `a=1&b=2`, percent-encoded. Bytes that are not UTF-8 become replacement characters.
    pub fn parse(encoded: &[u8]) -> Self {
        Self(
            form_urlencoded::parse(encoded)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// The first value, trimmed; `None` where it is missing or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.raw(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// The first value as it came: passwords.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Every value of the name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value in its type. Errors: `SEAT-C07` naming the parameter.
    pub fn parsed<T: std::str::FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Fault> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value.parse().map(Some).map_err(|_| {
                Fault::malformed(format!("{name}: expected {expected}, found {}", quoted(value)))
            }),
        }
    }

    /// The same with one name set to one value, or without it: how links are made from an address.
    pub fn with(&self, name: &str, value: Option<&str>) -> Self {
        let mut pairs: Vec<_> = self.0.iter().filter(|(own, _)| own != name).cloned().collect();
        pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        Self(pairs)
    }

    /// The same by name and value.
    pub fn sorted(mut self) -> Self {
        self.0.sort();
        self
    }

    pub fn push(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// `a=1&b=2`, percent-encoded.
    pub fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// `path?a=1`; the path alone where there are no pairs.
    pub fn href(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        let mut out = form_urlencoded::Serializer::for_suffix(format!("{path}?"), path.len() + 1);
        out.extend_pairs(&self.0);
        out.finish()
    }
}

/// An address from its parts.
pub fn href(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut all = Pairs::default();
    for (name, value) in pairs {
        all.push(name, value);
    }
    all.href(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_every_character_of_a_value() {
        let name = r"CORP\müller&söhne=1 + #?/..";
        let address = href("/user", &[("id", name), ("period", "2026-10")]);
        let (_, query) = address.split_once('?').unwrap();
        assert_eq!(Pairs::parse(query.as_bytes()).get("id"), Some(name));
    }

    #[test]
    fn a_name_may_come_several_times() {
        let pairs = Pairs::parse(b"o=1&o=2&q=");
        assert_eq!(pairs.all("o").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(pairs.get("q"), None);
        assert_eq!(pairs.with("o", Some("3")).href("/x"), "/x?q=&o=3");
    }
}
