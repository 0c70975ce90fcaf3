//! How long a sign-in and a token last, and how long a sign-in waits after others have failed.

use std::time::Duration;

use super::instant::UtcInstant;

/// A session ends so many seconds after its sign-in, whatever happens in it.
pub const SESSION_SECONDS: i64 = 12 * 3600;
/// A session ends after so many seconds without a request.
pub const SESSION_IDLE_SECONDS: i64 = 8 * 3600;
/// An access token of an API client holds for so many seconds.
pub const TOKEN_SECONDS: i64 = 3600;
/// "Seen" and "last used" are noted at most so often: each note is a commit, and waits for the disk.
pub const NOTE_SECONDS: i64 = 300;

/// Whether "seen" or "last used", if ever noted, is to be noted again.
pub fn is_due_for_note(noted: Option<&str>, now: UtcInstant) -> bool {
    let noted = noted.and_then(|noted| noted.parse::<UtcInstant>().ok());
    noted.is_none_or(|noted| noted.plus_seconds(NOTE_SECONDS) <= now)
}

/// Failed sign-ins in a row, from which on the delay grows no more.
pub const FAILURES_THAT_COUNT: u32 = 13;

/// How long the next sign-in has to wait after so many failures in a row: not at all after the first three,
/// then 2, 4, 8 … seconds, at most 15 minutes.
pub fn delay_after(failures: u32) -> Duration {
    const FREE: u32 = 3;
    const MOST: u64 = 15 * 60;
    match failures.min(FAILURES_THAT_COUNT).saturating_sub(FREE) {
        0 => Duration::ZERO,
        more => Duration::from_secs((1 << more).min(MOST)),
    }
}

/// Whether two secrets, or their digests, are the same, in a time that does not tell where they differ.
pub fn is_same_secret(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_up_to_a_quarter_of_an_hour() {
        let seconds = |failures| delay_after(failures).as_secs();
        assert_eq!([0, 1, 2, 3].map(seconds), [0; 4]);
        assert_eq!([4, 5, 6, 7, 12].map(seconds), [2, 4, 8, 16, 512]);
        assert_eq!([FAILURES_THAT_COUNT, 14, 1000, u32::MAX].map(seconds), [900; 4]);
    }

    #[test]
    fn a_note_is_due_after_five_minutes() {
        let now: UtcInstant = "2026-10-20T12:05:00Z".parse().unwrap();
        assert!(is_due_for_note(None, now));
        assert!(is_due_for_note(Some("2026-10-20T12:00:00Z"), now));
        assert!(!is_due_for_note(Some("2026-10-20T12:00:01Z"), now));
    }

    #[test]
    fn digests_are_compared_whole() {
        assert!(is_same_secret("abc", "abc"));
        assert!(!is_same_secret("abc", "abd"));
        assert!(!is_same_secret("xbc", "abc"));
        assert!(!is_same_secret("abc", "abcd"));
        assert!(!is_same_secret("", "a"));
    }
}
