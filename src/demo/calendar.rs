//! When the sample fleet reports: nightly for the last sixty days, and on the last day of each month before.

use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, TimeZone};

/// Months of usage, the present one included.
pub const MONTHS: i64 = 14;
/// Days back from today with an upload each night.
const NIGHTLY: i64 = 60;
const DAY: i64 = 86_400;
/// 03:00 UTC: when license servers phone home here.
const NIGHT: i64 = 3 * 3_600;

/// The days of one fill; everything follows from the day of `now`.
pub struct Calendar {
    /// Days since 1970-01-01.
    today: i64,
    /// The months of usage, oldest first. On the first of a month the newest one is the month before:
    /// nobody has reported yet.
    pub months: Vec<BillingPeriod>,
}

/// One night of uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Night {
    /// Days since 1970-01-01.
    pub day: i64,
    /// Index into [`Calendar::months`].
    pub month: usize,
    /// 1 to 31.
    pub day_of_month: i64,
}

impl Calendar {
    pub fn new(now: UtcInstant) -> Self {
        let today = now.unix_seconds().div_euclid(DAY);
        let newest = BillingPeriod::of(midnight(today - 1), TimeZone::UTC);
        let months = (0..MONTHS).rev().filter_map(|back| newest.plus_months(-back)).collect();
        Self { today, months }
    }

    /// Oldest first.
    pub fn nights(&self) -> Vec<Night> {
        let mut nights = Vec::new();
        for (month, period) in self.months.iter().enumerate() {
            let first = first_day(*period);
            let end = period.plus_months(1).map_or(first + 31, first_day);
            nights.extend(
                (first..end)
                    .filter(|day| *day < self.today && (*day >= self.today - NIGHTLY || day + 1 == end))
                    .map(|day| Night { day, month, day_of_month: day - first + 1 }),
            );
        }
        nights
    }

    /// How many days before today.
    pub fn age(&self, night: Night) -> i64 {
        self.today - night.day
    }

    /// The first instant of the night's month.
    pub fn month_begins(&self, night: Night) -> UtcInstant {
        midnight(night.day - night.day_of_month + 1)
    }

    /// `days` after today, as a date.
    pub fn date_in(&self, days: i64) -> UtcInstant {
        midnight(self.today + days)
    }
}

impl Night {
    /// A few seconds after 03:00.
    pub fn collected_at(self, offset: i64) -> UtcInstant {
        midnight(self.day).plus_seconds(NIGHT + offset)
    }
}

fn midnight(day: i64) -> UtcInstant {
    UtcInstant::EPOCH.plus_seconds(day.saturating_mul(DAY))
}

fn first_day(period: BillingPeriod) -> i64 {
    period.begins_at(TimeZone::UTC).unix_seconds().div_euclid(DAY)
}

/// The same number for the same question, spread evenly: SplitMix64 over a fixed seed.
pub fn draw(question: u64, about: u64, below: u64) -> u64 {
    let mut z = 0x5ea7_1ed6_e200_0001_u64
        .wrapping_add(question.wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add(about.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % below.max(1)
}
