//! What a cell of a workbook can hold: numbers of days for dates, and texts up to a length.

use std::borrow::Cow;

use chrono::NaiveDate;

/// UTF-16 units of a text; longer ones are refused by spreadsheets.
const LONGEST: usize = 32_767;
/// Greatest whole number up to which a cell's floating point tells all of them apart.
const GREATEST: u64 = 1 << 53;

/// `None`: it would lose digits.
#[allow(clippy::cast_precision_loss, reason = "up to here none is lost")]
pub fn fits(number: i64) -> Option<f64> {
    (number.unsigned_abs() <= GREATEST).then_some(number as f64)
}

/// `2026-10-15` as days since the one before 1900; `None` for what is no date, and before March 1900, where
/// spreadsheets count a day that never was.
pub fn day_number(text: &str) -> Option<f64> {
    const MARCH_1900: i64 = 61;
    let day = |from: usize, to: usize| text.get(from..to)?.parse().ok();
    let date = NaiveDate::from_ymd_opt(text.get(..4)?.parse().ok()?, day(5, 7)?, day(8, 10)?)?;
    let zero = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    let is_date = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    let days = (date - zero).num_days();
    (is_date && days >= MARCH_1900).then_some(days).and_then(fits)
}

/// `2026-10-15T03:00:00Z` as days with their part.
pub fn instant_number(text: &str) -> Option<f64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut parts = time.split(':').map(|part| part.parse::<f64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    Some(day_number(date)? + (hours * 3600.0 + minutes * 60.0 + seconds) / 86_400.0)
}

/// A text that a cell takes. One that was cut ends in `…`.
pub fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST || text.encode_utf16().count() <= LONGEST {
        return Cow::Borrowed(text);
    }
    let mut units = 1;
    let kept = text.chars().take_while(|letter| {
        units += letter.len_utf16();
        units <= LONGEST
    });
    let mut kept: String = kept.collect();
    kept.push('…');
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days_as_spreadsheets_count_them() {
        assert_eq!(day_number("1900-03-01"), Some(61.0));
        assert_eq!(day_number("2026-10-15"), Some(46_310.0));
        assert_eq!(instant_number("2026-10-15T06:00:00Z"), Some(46_310.25));
        for text in ["", "permanent", "1900-02-28", "2026-13-01", "2026-10-15T", "2026/10/15", "2026-10-1é"]
        {
            assert_eq!(day_number(text), None, "{text}");
        }
        assert_eq!(instant_number("2026-10-15"), None);
    }

    #[test]
    fn what_no_cell_holds_is_cut_or_told_as_text() {
        assert_eq!(fits(-3), Some(-3.0));
        assert_eq!(fits(i64::MIN), None);
        let long = "😀".repeat(20_000);
        let kept = cut(&long);
        assert!(
            kept.ends_with("😀…") && kept.encode_utf16().count() == LONGEST,
            "{}",
            kept.encode_utf16().count()
        );
        let fitting = "x".repeat(LONGEST);
        assert_eq!(cut(&fitting), fitting);
    }
}
