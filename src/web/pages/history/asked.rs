//! What the address of the history says: months, feature, split, a customer, the order of growth, and places in lists.

use actix_web::http::StatusCode;

use crate::domain::error::quoted;
use crate::domain::growth::By;
use crate::domain::period::{BillingPeriod, PeriodRange};
use crate::store::history::Split;
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::pages::sentence;
use crate::web::pairs::Pairs;
use crate::web::show;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// As they were entered: what a form says may be wrong, and is shown again.
    pub from: Option<String>,
    pub to: Option<String>,
    pub feature: Option<String>,
    pub split: Split,
    /// Id of a customer; `none` is the unlinked row.
    pub customer: Option<String>,
    pub growth: Growth,
    /// Number of the row that the table begins with.
    pub row: usize,
    /// The last month that the table shows; the newest without it.
    pub upto: Option<BillingPeriod>,
    /// Number of the row that the ranking begins with.
    pub rank: usize,
}

/// The order of the rankings: the greatest first unless it is turned round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    pub by: By,
    pub is_falling: bool,
}

impl Default for Growth {
    fn default() -> Self {
        Self { by: By::Change, is_falling: true }
    }
}

/// Why there are no months: the field, and a sentence.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    pub status: StatusCode,
    pub field: &'static str,
    pub text: String,
}

impl Asked {
    /// Errors: `SEAT-C07` naming the parameter, `SEAT-P03`.
    pub fn of(query: &Pairs) -> Result<Self, Fault> {
        let row = |name| Ok::<_, Fault>(query.parsed(name, "the number of a row")?.unwrap_or_default());
        Ok(Self {
            from: query.get("from").map(str::to_owned),
            to: query.get("to").map(str::to_owned),
            feature: query.get("feature").map(str::to_owned),
            split: match query.get("split") {
                None | Some("customer") => Split::Customer,
                Some("product") => Split::Product,
                Some("source") => Split::Source,
                Some(other) => return Err(refused("split", "product, customer or source", other)),
            },
            customer: query.get("customer").map(str::to_owned),
            growth: match query.get("growth") {
                None | Some("-change") => Growth::default(),
                Some("change") => Growth { is_falling: false, ..Growth::default() },
                Some("-relative") => Growth { by: By::Relative, is_falling: true },
                Some("relative") => Growth { by: By::Relative, is_falling: false },
                Some(other) => {
                    let expected = "change or relative, - in front for the greatest first";
                    return Err(refused("growth", expected, other));
                }
            },
            row: row("row")?,
            upto: query.get("upto").map(str::parse).transpose()?,
            rank: row("rank")?,
        })
    }

    /// The months that are asked for: the last twelve where nothing is said.
    pub fn range(&self, current: BillingPeriod) -> Result<PeriodRange, Refused> {
        let wrong = |field, text| Refused { status: StatusCode::BAD_REQUEST, field, text };
        let month = |field, text: &Option<String>| match text.as_deref().map(str::parse::<BillingPeriod>) {
            Some(Err(error)) => Err(wrong(field, sentence(&error))),
            Some(Ok(month)) if month > current => Err(Refused {
                status: StatusCode::NOT_FOUND,
                field,
                text: format!(
                    "{} has not begun. Choose {} or an earlier month.",
                    show::month(month),
                    show::month(current)
                ),
            }),
            Some(Ok(month)) => Ok(Some(month)),
            None => Ok(None),
        };
        let (first, last) = (month("from", &self.from)?, month("to", &self.to)?);
        let last = last.unwrap_or(current);
        let Some(first) = first else { return Ok(PeriodRange::year_to(last)) };
        if first > last {
            let text = format!(
                "{} stands before {}. Choose a last month that is not before the first.",
                show::month(last),
                show::month(first)
            );
            return Err(wrong("to", text));
        }
        PeriodRange::new(first, last).map_err(|_| {
            let text = format!(
                "From {} to {} it is {} months. Choose {} or fewer.",
                show::month(first),
                show::month(last),
                first.months_until(last) + 1,
                PeriodRange::MOST
            );
            wrong("from", text)
        })
    }

    /// Other rows: on their first page.
    fn anew(&self) -> Self {
        Self { row: 0, rank: 0, ..self.clone() }
    }

    /// Without months the last twelve.
    pub fn with_range(&self, range: Option<PeriodRange>) -> Self {
        let month = |of: fn(PeriodRange) -> BillingPeriod| range.map(|range| of(range).to_string());
        Self { from: month(PeriodRange::first), to: month(PeriodRange::last), upto: None, ..self.anew() }
    }

    pub fn with_feature(&self, code: &str) -> Self {
        Self { feature: Some(code.to_owned()), ..self.anew() }
    }

    pub fn with_split(&self, split: Split) -> Self {
        Self { split, row: 0, ..self.clone() }
    }

    pub fn without_customer(&self) -> Self {
        Self { customer: None, ..self.anew() }
    }

    /// By this measure; the same one again turns it round.
    pub fn ranked_by(&self, by: By) -> Self {
        let is_falling = self.growth.by != by || !self.growth.is_falling;
        Self { growth: Growth { by, is_falling }, rank: 0, ..self.clone() }
    }

    pub fn at_row(&self, row: usize) -> Self {
        Self { row, ..self.clone() }
    }

    pub fn at_rank(&self, rank: usize) -> Self {
        Self { rank, ..self.clone() }
    }

    pub fn with_upto(&self, upto: Option<BillingPeriod>) -> Self {
        Self { upto, ..self.clone() }
    }

    pub fn link(&self, frame: &Frame) -> String {
        let pairs = self.pairs();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        frame.link("/history", &pairs)
    }

    /// Without the months: what their form carries on.
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        let kept = Self { from: None, to: None, upto: None, ..self.anew() };
        kept.pairs()
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut push = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        push("from", self.from.clone());
        push("to", self.to.clone());
        push("feature", self.feature.clone());
        push(
            "split",
            match self.split {
                Split::Customer => None,
                Split::Product => Some("product".to_owned()),
                Split::Source => Some("source".to_owned()),
            },
        );
        push("customer", self.customer.clone());
        let falls = if self.growth.is_falling { "-" } else { "" };
        let by = match self.growth.by {
            By::Change => "change",
            By::Relative => "relative",
        };
        push("growth", (self.growth != Growth::default()).then(|| format!("{falls}{by}")));
        push("row", (self.row > 1).then(|| self.row.to_string()));
        push("upto", self.upto.map(|month| month.to_string()));
        push("rank", (self.rank > 1).then(|| self.rank.to_string()));
        pairs
    }
}

fn refused(name: &str, expected: &str, found: &str) -> Fault {
    Fault::malformed(format!("{name}: expected {expected}, found {}", quoted(found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked::of(&Pairs::parse(query.as_bytes())).unwrap()
    }

    fn range(query: &str) -> Result<String, (&'static str, String)> {
        let range = asked(query).range("2026-10".parse().unwrap());
        range.map(|range| format!("{} {}", range.first(), range.last())).map_err(|no| (no.field, no.text))
    }

    #[test]
    fn what_an_address_says_is_written_the_same() {
        for query in [
            "",
            "from=2025-01&to=2026-10&feature=XDT_PLT_UD&split=source&growth=relative&row=21&upto=2025-12&rank=41",
            "split=product&customer=none&growth=-relative",
            "growth=change",
        ] {
            let mut pairs = Pairs::default();
            for (name, value) in asked(query).pairs() {
                pairs.push(name, &value);
            }
            assert_eq!(pairs.encoded(), query);
        }
        assert!(
            asked("from=2025-01&row=21&upto=2025-12&split=source")
                .kept()
                .iter()
                .all(|(name, _)| *name == "split")
        );
    }

    #[test]
    fn without_a_word_it_is_the_last_twelve_months() {
        assert_eq!(range("").unwrap(), "2025-11 2026-10");
        assert_eq!(range("to=2026-03").unwrap(), "2025-04 2026-03");
        assert_eq!(range("from=2026-03").unwrap(), "2026-03 2026-10");
        assert_eq!(range("from=2024-01&to=2024-01").unwrap(), "2024-01 2024-01");
    }

    #[test]
    fn months_that_cannot_be_are_refused_beside_their_field() {
        let told = |query: &str| range(query).unwrap_err();
        let (field, text) = told("from=2026-05&to=2026-02");
        assert_eq!(
            (field, text.starts_with("February 2026 stands before May 2026.")),
            ("to", true),
            "{text}"
        );
        let (field, text) = told("to=2026-11");
        assert_eq!((field, text.starts_with("November 2026 has not begun.")), ("to", true), "{text}");
        assert_eq!(told("from=2026-12").0, "from");
        let (field, text) = told("from=2010-01");
        assert_eq!((field, text.contains("it is 202 months")), ("from", true), "{text}");
        assert_eq!(told("from=may").0, "from");
        assert!(Asked::of(&Pairs::parse(b"split=colour")).is_err());
        assert!(Asked::of(&Pairs::parse(b"growth=colour")).is_err());
    }

    #[test]
    fn a_measure_is_turned_round_by_choosing_it_again() {
        assert!(!asked("").ranked_by(By::Change).growth.is_falling);
        assert!(asked("growth=change").ranked_by(By::Change).growth.is_falling);
        assert!(asked("growth=change").ranked_by(By::Relative).growth.is_falling);
    }
}
