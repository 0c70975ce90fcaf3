//! What the address of the usage page says: feature, order, the month beside it, and the figure that is explained.

use super::part::Customers;
use crate::domain::error::quoted;
use crate::domain::period::BillingPeriod;
use crate::store::explain::What;
use crate::store::roster::Start;
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::pairs::Pairs;

/// By which column the customers stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Name,
    Users,
    Free,
    Paid,
    Before,
    Change,
}

impl Column {
    pub const ALL: [Self; 6] = [Self::Name, Self::Users, Self::Free, Self::Paid, Self::Before, Self::Change];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Users => "users",
            Self::Free => "free",
            Self::Paid => "paid",
            Self::Before => "before",
            Self::Change => "change",
        }
    }
}

/// Column and whether the greatest stands first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: Column,
    pub is_falling: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self { column: Column::Users, is_falling: true }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub feature: Option<String>,
    pub compare: Option<BillingPeriod>,
    pub sort: Sort,
    pub all_sources: bool,
    pub customers: Customers,
    /// Number of the row that a page of customers begins with.
    pub from: usize,
    explain: Option<What>,
    /// Of the explained figure the free users alone, or the paid ones.
    pub only_free: Option<bool>,
    place: Option<(Place, String)>,
}

/// Which page of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    After,
    Before,
    Last,
}

impl Address {
    /// Errors: `SEAT-C07` naming the parameter, `SEAT-P03`.
    pub fn of(query: &Pairs) -> Result<Self, Fault> {
        let place = match (query.raw("after"), query.raw("before"), query.get("at")) {
            (Some(key), ..) => Some((Place::After, key.to_owned())),
            (_, Some(key), _) => Some((Place::Before, key.to_owned())),
            (_, _, Some("last")) => Some((Place::Last, String::new())),
            (_, _, Some(other)) => return Err(refused("at", "last", other)),
            (None, None, None) => None,
        };
        Ok(Self {
            feature: query.get("feature").map(str::to_owned),
            compare: query.get("compare").map(str::parse).transpose()?,
            sort: query.get("sort").map_or(Ok(Sort::default()), sort)?,
            all_sources: query.get("sources").is_some(),
            customers: match query.get("customers") {
                None => Customers::default(),
                Some(text) => {
                    Customers::parse(text).ok_or_else(|| refused("customers", "all or differing", text))?
                }
            },
            from: query.parsed("from", "the number of a row")?.unwrap_or_default(),
            explain: query.get("explain").map(what).transpose()?,
            only_free: match query.get("only") {
                None => None,
                Some("free") => Some(true),
                Some("paid") => Some(false),
                Some(other) => return Err(refused("only", "free or paid", other)),
            },
            place,
        })
    }

    /// The figure that is explained.
    pub fn what(&self) -> Option<What> {
        self.explain.clone()
    }

    pub fn start(&self) -> Start<'_> {
        match &self.place {
            None => Start::First,
            Some((Place::After, key)) => Start::After(key),
            Some((Place::Before, key)) => Start::Before(key),
            Some((Place::Last, _)) => Start::Last,
        }
    }

    /// Another feature: its figures are others, so nothing stays open.
    pub fn with_feature(&self, code: &str) -> Self {
        if self.feature.as_deref() == Some(code) {
            return self.clone();
        }
        let kept = self.feature.is_none();
        Self {
            feature: Some(code.to_owned()),
            from: if kept { self.from } else { 0 },
            explain: self.explain.clone().filter(|_| kept),
            only_free: self.only_free.filter(|_| kept),
            place: self.place.clone().filter(|_| kept),
            ..self.clone()
        }
    }

    pub fn with_compare(&self, compare: Option<BillingPeriod>) -> Self {
        Self { compare, from: 0, ..self.closed() }
    }

    pub fn with_all_sources(&self) -> Self {
        Self { all_sources: true, ..self.clone() }
    }

    /// By this column; the same one again turns it round.
    pub fn sorted_by(&self, column: Column) -> Self {
        let is_falling =
            if self.sort.column == column { !self.sort.is_falling } else { column != Column::Name };
        Self { sort: Sort { column, is_falling }, from: 0, ..self.clone() }
    }

    /// With an explanation: of all users of the figure, or of its free (`Some(true)`) or paid ones.
    pub fn explaining(&self, what: &What, only_free: Option<bool>) -> Self {
        Self { explain: Some(what.clone()), only_free, place: None, ..self.clone() }
    }

    /// Whether that explanation is asked for.
    pub fn explains(&self, what: &What, only_free: Option<bool>) -> bool {
        self.explain.as_ref() == Some(what) && self.only_free == only_free
    }

    pub fn closed(&self) -> Self {
        Self { explain: None, only_free: None, place: None, ..self.clone() }
    }

    /// Other customers; the order stays.
    pub fn with_customers(&self, customers: Customers) -> Self {
        Self { customers, from: 0, ..self.closed() }
    }

    /// The page of customers that begins with a row.
    pub fn at_row(&self, from: usize) -> Self {
        Self { from, ..self.closed() }
    }

    /// The same figure's explanation in another month, by itself.
    pub fn link_to_why_in(&self, frame: &Frame, period: BillingPeriod, what: &What) -> String {
        let alone = Self { feature: self.feature.clone(), explain: Some(what.clone()), ..Self::default() };
        format!("{}#why", alone.link_in(frame, period))
    }

    /// Another page of the explanation.
    pub fn at(&self, place: Option<(&str, &str)>) -> Self {
        let place = place.map(|(name, key)| match name {
            "after" => (Place::After, key.to_owned()),
            "before" => (Place::Before, key.to_owned()),
            _ => (Place::Last, String::new()),
        });
        Self { place, ..self.clone() }
    }

    pub fn link(&self, frame: &Frame) -> String {
        self.link_in(frame, frame.period)
    }

    fn link_in(&self, frame: &Frame, period: BillingPeriod) -> String {
        let pairs = self.pairs();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        frame.link_in(period, "/usage", &pairs)
    }

    /// The same, to where the explanation stands.
    pub fn link_to_why(&self, frame: &Frame) -> String {
        format!("{}#why", self.link(frame))
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut push = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        push("feature", self.feature.clone());
        push("compare", self.compare.map(|period| period.to_string()));
        let falls = if self.sort.is_falling { "-" } else { "" };
        push("sort", (self.sort != Sort::default()).then(|| format!("{falls}{}", self.sort.column.as_str())));
        push("sources", self.all_sources.then(|| "all".to_owned()));
        push("customers", self.customers.word().map(str::to_owned));
        push("from", (self.from > 1).then(|| self.from.to_string()));
        push("explain", self.explain.as_ref().map(word));
        push("only", self.only_free.map(|free| if free { "free" } else { "paid" }.to_owned()));
        match &self.place {
            None => {}
            Some((Place::After, key)) => push("after", Some(key.clone())),
            Some((Place::Before, key)) => push("before", Some(key.clone())),
            Some((Place::Last, _)) => push("at", Some("last".to_owned())),
        }
        pairs
    }
}

/// `total`, `unlinked`, `customer:ID`, `source:ID`.
fn word(what: &What) -> String {
    match what {
        What::Total => "total".to_owned(),
        What::Customer(None) => "unlinked".to_owned(),
        What::Customer(Some(id)) => format!("customer:{id}"),
        What::Source(id) => format!("source:{id}"),
    }
}

fn what(text: &str) -> Result<What, Fault> {
    match (text, text.split_once(':')) {
        ("total", _) => Ok(What::Total),
        ("unlinked", _) => Ok(What::Customer(None)),
        (_, Some(("customer", id))) => Ok(What::Customer(Some(id.to_owned()))),
        (_, Some(("source", id))) => Ok(What::Source(id.to_owned())),
        _ => Err(refused("explain", "total, unlinked, customer:ID or source:ID", text)),
    }
}

fn sort(text: &str) -> Result<Sort, Fault> {
    let (is_falling, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
    let column = Column::ALL.into_iter().find(|column| column.as_str() == name);
    let column = column.ok_or_else(|| {
        refused("sort", "name, users, free, paid, before or change, - in front for the greatest first", text)
    })?;
    Ok(Sort { column, is_falling })
}

fn refused(name: &str, expected: &str, found: &str) -> Fault {
    Fault::malformed(format!("{name}: expected {expected}, found {}", quoted(found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(query: &str) -> Address {
        Address::of(&Pairs::parse(query.as_bytes())).unwrap()
    }

    #[test]
    fn what_an_address_says_is_written_the_same() {
        for query in [
            "",
            "feature=XDT_PLT_UD&compare=2026-08&sort=-name&sources=all&explain=customer%3Ac-1&after=corp%5Canna",
            "sort=change&explain=source%3Aa%3Ab&before=x",
            "explain=unlinked&at=last",
            "explain=total",
            "customers=all&from=61&explain=unlinked&only=free",
            "customers=differing&explain=total&only=paid",
        ] {
            let mut pairs = Pairs::default();
            for (name, value) in address(query).pairs() {
                pairs.push(name, &value);
            }
            assert_eq!(pairs.href(""), if query.is_empty() { String::new() } else { format!("?{query}") });
        }
    }

    #[test]
    fn a_column_is_turned_round_by_choosing_it_again() {
        let first = address("");
        assert_eq!(first.sorted_by(Column::Users).sort, Sort { column: Column::Users, is_falling: false });
        assert_eq!(first.sorted_by(Column::Name).sort, Sort { column: Column::Name, is_falling: false });
        assert_eq!(first.sorted_by(Column::Free).sort, Sort { column: Column::Free, is_falling: true });
    }

    #[test]
    fn another_feature_closes_what_was_open() {
        let open = address("feature=A&explain=total&after=x");
        assert_eq!(open.with_feature("B").what(), None);
        assert_eq!(open.with_feature("A"), open);
        assert_eq!(
            address("explain=total").with_feature("A").what(),
            Some(What::Total),
            "the first one stands for itself"
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        for (query, named) in [
            ("explain=beta", "explain"),
            ("sort=colour", "sort"),
            ("at=first", "at"),
            ("explain=total&only=some", "only"),
            ("customers=some", "customers"),
            ("customers=all&from=b", "from"),
        ] {
            let fault = Address::of(&Pairs::parse(query.as_bytes())).unwrap_err();
            assert!(fault.error.detail.starts_with(named), "{fault}");
        }
        assert!(Address::of(&Pairs::parse(b"compare=october")).is_err());
    }
}
