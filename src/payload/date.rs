//! Days without a time, in the three forms that are met, as `YYYY-MM-DD`.

use chrono::NaiveDate;

/// `2026-12-31`, exactly.
pub(super) fn iso(text: &str) -> Option<String> {
    let exact = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    exact.then(|| day(&text[..4], &text[5..7], &text[8..])).flatten()
}

/// An SA date as license files write it: `2026.1231`.
pub(super) fn sa_date(text: &str) -> Option<String> {
    let (year, rest) = text.trim().split_once('.')?;
    let exact = year.len() == 4 && rest.len() == 4 && rest.is_ascii();
    exact.then(|| day(year, &rest[..2], &rest[2..])).flatten()
}

/// The last day of a license, `31-dec-2026`; `Some(None)` is permanent, also written as a year 0.
pub(super) fn expiry(text: &str) -> Option<Option<String>> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if text.eq_ignore_ascii_case("permanent") {
        return Some(None);
    }
    let mut parts = text.split('-');
    let (day_text, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| month.eq_ignore_ascii_case(name))? + 1;
    if parts.next().is_some() || year.is_empty() || day_text.is_empty() {
        return None;
    }
    if year.bytes().all(|b| b == b'0') {
        return Some(None);
    }
    let exact = year.len() == 4 && day_text.len() <= 2;
    exact.then(|| day(year, &format!("{month:02}"), day_text)).flatten().map(Some)
}

fn day(year: &str, month: &str, day: &str) -> Option<String> {
    let number =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
    let year = i32::try_from(number(year)?).ok().filter(|year| *year > 0)?;
    NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).map(|day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::{expiry, iso, sa_date};

    #[test]
    fn days_are_read_in_their_own_form_only() {
        assert_eq!(iso("2028-02-29").as_deref(), Some("2028-02-29"));
        for bad in ["2027-02-29", "2026-1-01", "2026-12-31T00:00:00Z", "20261231", "+026-01-01", "äöü-12-31"]
        {
            assert_eq!(iso(bad), None, "{bad}");
        }
        assert_eq!(sa_date("2023.0402").as_deref(), Some("2023-04-02"));
        for bad in ["2023.402", "1.0", "2023.1301", "2023-04-02", "2023.éé"] {
            assert_eq!(sa_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_expiry_is_a_day_or_permanent() {
        assert_eq!(expiry("31-DEC-2026"), Some(Some("2026-12-31".to_owned())));
        assert_eq!(expiry("1-Mar-2027"), Some(Some("2027-03-01".to_owned())));
        for permanent in ["permanent", "PERMANENT", "1-jan-0", "01-jan-0000", "1-jan-00"] {
            assert_eq!(expiry(permanent), Some(None), "{permanent}");
        }
        for bad in ["", "31-dez-2026", "31-dec-26", "30-feb-2026", "31-dec-2026-x", "-dec-2026", "31-dec-"] {
            assert_eq!(expiry(bad), None, "{bad}");
        }
    }
}
