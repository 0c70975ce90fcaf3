//! Months in a row, as a history asks for them.

use super::BillingPeriod;
use crate::domain::error::{Error, code};

/// From a month to another one, both included; never empty, and never longer than [`MOST`](Self::MOST).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodRange {
    first: BillingPeriod,
    months: i64,
}

impl PeriodRange {
    /// Months in one answer: ten years.
    pub const MOST: i64 = 120;

    /// Errors: `SEAT-C04` for an order that runs backwards, and for more months than [`MOST`](Self::MOST).
    pub fn new(first: BillingPeriod, last: BillingPeriod) -> Result<Self, Error> {
        let months = first.months_until(last) + 1;
        if months < 1 {
            let detail = format!("expected a last month that is not before {first}, found {last}");
            return Err(Error::new(code::INPUT_INVALID, detail));
        }
        if months > Self::MOST {
            let detail =
                format!("expected {} months at most, found {months} from {first} to {last}", Self::MOST);
            return Err(Error::new(code::INPUT_INVALID, detail));
        }
        Ok(Self { first, months })
    }

    /// The twelve months that end with this one; fewer where the calendar begins.
    pub fn year_to(last: BillingPeriod) -> Self {
        let first = last.plus_months(-11).unwrap_or(BillingPeriod::FIRST);
        Self { first, months: first.months_until(last) + 1 }
    }

    pub fn first(self) -> BillingPeriod {
        self.first
    }

    pub fn last(self) -> BillingPeriod {
        self.first.plus_months(self.months - 1).unwrap_or(self.first)
    }

    /// How many months, 1 or more.
    pub fn count(self) -> usize {
        usize::try_from(self.months).unwrap_or(1)
    }

    /// In their order.
    pub fn months(self) -> impl DoubleEndedIterator<Item = BillingPeriod> {
        (0..self.months).filter_map(move |at| self.first.plus_months(at))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(first: &str, last: &str) -> Result<PeriodRange, Error> {
        PeriodRange::new(first.parse().unwrap(), last.parse().unwrap())
    }

    #[test]
    fn a_range_holds_both_its_ends() {
        let months: Vec<String> =
            range("2025-11", "2026-02").unwrap().months().map(|month| month.to_string()).collect();
        assert_eq!(months, ["2025-11", "2025-12", "2026-01", "2026-02"]);
        assert_eq!(range("2026-10", "2026-10").unwrap().count(), 1);
        assert_eq!(range("2016-11", "2026-10").unwrap().count(), 120);
    }

    #[test]
    fn an_order_that_runs_backwards_is_refused_as_is_too_long_a_range() {
        let told = |first: &str, last: &str| range(first, last).unwrap_err().detail;
        assert_eq!(
            told("2026-02", "2026-01"),
            "expected a last month that is not before 2026-02, found 2026-01"
        );
        assert_eq!(
            told("2016-10", "2026-10"),
            "expected 120 months at most, found 121 from 2016-10 to 2026-10"
        );
    }

    #[test]
    fn a_year_ends_with_its_month_and_begins_with_the_calendar_at_the_earliest() {
        let year = |last: &str| PeriodRange::year_to(last.parse().unwrap());
        assert_eq!(year("2026-10").first(), "2025-11".parse().unwrap());
        assert_eq!(year("0001-03").count(), 3);
    }

    proptest! {
        #[test]
        fn the_months_are_as_many_as_told_and_end_with_the_last(from in 12i64..100_000, months in 1i64..=120) {
            let first = BillingPeriod::FIRST.plus_months(from).unwrap();
            let last = first.plus_months(months - 1).unwrap();
            let range = PeriodRange::new(first, last).unwrap();
            let all: Vec<_> = range.months().collect();
            prop_assert_eq!(all.len(), range.count());
            prop_assert_eq!((all[0], all[all.len() - 1]), (first, last));
            prop_assert_eq!(range.last(), last);
        }
    }
}
