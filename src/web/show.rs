//! How values are shown to people: figures, changes, times in the organization's zone, names with their domain.

use chrono::{Datelike as _, Timelike as _};

use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, TimeZone};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `1,482`; a minus, not a hyphen, before negative ones.
pub fn figure(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut shown = if number < 0 { "−".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// `+27`, `−25`, `0`.
pub fn change(number: i64) -> String {
    if number > 0 { format!("+{}", figure(number)) } else { figure(number) }
}

/// The change since a month before; `n/a` where there is no such month.
pub fn change_since(now: i64, before: i64, has_before: bool) -> String {
    if has_before { change(now - before) } else { "n/a".to_owned() }
}

/// `4.0 %`; `n/a` of nothing.
pub fn share(part: i64, whole: i64) -> String {
    if whole <= 0 { "n/a".to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / whole as f64) }
}

/// `64 MiB`, `1.2 KiB`, `17 bytes`.
pub fn bytes(count: i64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut size = count as f64;
    let mut unit = None;
    for next in UNITS {
        if size < 1024.0 {
            break;
        }
        size /= 1024.0;
        unit = Some(next);
    }
    match unit {
        None => format!("{} bytes", figure(count)),
        Some(unit) if size < 10.0 => format!("{size:.1} {unit}"),
        Some(unit) => format!("{size:.0} {unit}"),
    }
}

/// One of a noun, or many: `1 user`, `2 users`.
pub fn count(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", figure(number), if number == 1 { one } else { many })
}

/// `October 2026`.
pub fn month(period: BillingPeriod) -> String {
    format!("{} {}", month_name(period), period.year())
}

/// `October`.
pub fn month_name(period: BillingPeriod) -> &'static str {
    MONTHS[period.month() as usize - 1]
}

/// `Oct`.
pub fn month_short(period: BillingPeriod) -> &'static str {
    &month_name(period)[..3]
}

/// `2 Nov` of a calendar date; with the year when it is another than that of `clock`.
pub fn date(date: chrono::NaiveDate, clock: Clock) -> String {
    let day = format!("{} {}", date.day(), &MONTHS[date.month0() as usize][..3]);
    let now = clock.zone.local(clock.now);
    if date.year() == now.year() { day } else { format!("{day} {}", date.year()) }
}

/// `20 Feb 2027`: where the year is what matters.
pub fn day_and_year(date: chrono::NaiveDate) -> String {
    format!("{} {} {}", date.day(), &MONTHS[date.month0() as usize][..3], date.year())
}

/// A time for `<time datetime="{machine}">{text}</time>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// UTC, RFC 3339.
    pub machine: String,
    /// `2 Nov 03:12` in the organization's zone; with the year when it is not that of `now`.
    pub text: String,
}

/// Shows instants in one zone, as seen at one instant.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    pub zone: TimeZone,
    pub now: UtcInstant,
}

impl Clock {
    pub fn when(&self, instant: UtcInstant) -> When {
        let local = self.zone.local(instant);
        let time = format!("{:02}:{:02}", local.hour(), local.minute());
        When { machine: instant.to_string(), text: format!("{} {time}", self.day(instant)) }
    }

    /// Of stored text; text that is no instant is shown as it is.
    pub fn when_text(&self, stored: &str) -> When {
        match stored.parse() {
            Ok(instant) => self.when(instant),
            Err(_) => When { machine: stored.to_owned(), text: stored.to_owned() },
        }
    }

    /// `2 Nov`; with the year when it is another.
    pub fn day(&self, instant: UtcInstant) -> String {
        date(self.zone.local_date(instant), *self)
    }

    /// A text with its instants in the zone's words: `locked since 2026-12-10T23:00:00Z`, `locked since 11 Dec 00:00`.
    pub fn in_words(&self, text: &str) -> String {
        let word = |word: &str| match word.parse() {
            Ok(instant) => self.when(instant).text,
            Err(_) => word.to_owned(),
        };
        text.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }

    /// Whole local days from `then` to now; 0 on the same day, negative when it is still to come.
    pub fn days_since(&self, then: UtcInstant) -> i64 {
        (self.zone.local_date(self.now) - self.zone.local_date(then)).num_days()
    }
}

/// A user's name in its parts, so that the name stands out of its domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserName {
    /// `CORP\`
    pub before: String,
    pub name: String,
    /// `@beta.example`
    pub after: String,
}

impl UserName {
    pub fn of(shown: &str) -> Self {
        if let Some((domain, name)) = shown.split_once('\\') {
            return Self { before: format!("{domain}\\"), name: name.to_owned(), after: String::new() };
        }
        match shown.split_once('@') {
            Some((name, domain)) if !name.is_empty() => {
                Self { before: String::new(), name: name.to_owned(), after: format!("@{domain}") }
            }
            _ => Self { before: String::new(), name: shown.to_owned(), after: String::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_separators_and_a_real_minus() {
        assert_eq!(
            [0, 999, 1000, 1_234_567, -25_000].map(figure),
            ["0", "999", "1,000", "1,234,567", "−25,000"]
        );
        assert_eq!([27, 0, -3].map(change), ["+27", "0", "−3"]);
        assert_eq!(share(208, 5172), "4.0 %");
        assert_eq!(share(0, 0), "n/a");
        assert_eq!([17, 1_229, 64 << 20].map(bytes), ["17 bytes", "1.2 KiB", "64 MiB"]);
    }

    #[test]
    fn times_are_in_the_zone_and_name_another_year() {
        let clock =
            Clock { zone: "Europe/Berlin".parse().unwrap(), now: "2026-11-05T08:00:00Z".parse().unwrap() };
        assert_eq!(clock.when_text("2026-11-02T02:12:00Z").text, "2 Nov 03:12");
        assert_eq!(clock.when_text("2025-12-31T23:30:00Z").text, "1 Jan 00:30");
        assert_eq!(clock.when_text("2025-12-31T20:30:00Z").text, "31 Dec 2025 21:30");
        assert_eq!(clock.in_words("locked since 2026-12-10T23:00:00Z"), "locked since 11 Dec 00:00");
        assert_eq!(clock.days_since("2026-11-01T23:30:00Z".parse().unwrap()), 3);
    }

    #[test]
    fn a_name_stands_out_of_its_domain() {
        let parts = |name: &str| {
            let UserName { before, name, after } = UserName::of(name);
            [before, name, after]
        };
        assert_eq!(parts(r"CORP\anna"), [r"CORP\", "anna", ""]);
        assert_eq!(parts("hana@beta.example"), ["", "hana", "@beta.example"]);
        assert_eq!(parts("gus"), ["", "gus", ""]);
        assert_eq!(parts("@odd"), ["", "@odd", ""]);
    }
}
