//! When a clock is not believed: too far ahead of the newest instant that was ever recorded.

use super::instant::UtcInstant;

/// Longer than any month without a single commit: even an idle appliance closes its months. [R]
const MOST: i64 = 40 * 86_400;

/// The earliest instant that makes `now` believable as the next one recorded.
pub fn believable_from(now: UtcInstant) -> UtcInstant {
    now.plus_seconds(-MOST)
}

/// Whether a clock that shows `now` is in doubt, `newest` being the newest recorded instant.
pub fn is_in_doubt(now: UtcInstant, newest: UtcInstant) -> bool {
    newest < believable_from(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_believed_up_to_forty_days_ahead_and_however_far_back() {
        let at = |text: &str| text.parse::<UtcInstant>().unwrap();
        let newest = at("2026-10-01T00:00:00Z");
        assert!(!is_in_doubt(at("2026-11-10T00:00:00Z"), newest));
        assert!(is_in_doubt(at("2026-11-10T00:00:01Z"), newest));
        assert!(!is_in_doubt(at("2020-01-01T00:00:00Z"), newest));
    }
}
