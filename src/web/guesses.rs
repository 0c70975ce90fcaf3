//! Guessing is slowed: by address, whatever the names, and for names that no account has exactly as for accounts,
//! so that the delay does not tell which exist. Kept in memory; the delay of an account stands in the database.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::domain::instant::UtcInstant;
use crate::domain::sign_in::delay_after;

/// Failures of one address at once that cost it nothing: an office, or a proxy, may sit behind one.
const FREE_OF_AN_ADDRESS: i64 = 20;
/// Seconds after which an address has one free failure more.
const FADES: i64 = 15;
/// Most addresses and names that are remembered; the ones whose delay is longest over go first.
const REMEMBERED: usize = 10_000;

/// Whose failures are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Guesser {
    /// At the sign-in.
    Address(IpAddr),
    /// At the endpoints for tokens: a script with an old secret does not lock people out.
    Script(IpAddr),
    /// The key of a name that no account has.
    Name(String),
}

/// How often somebody failed.
#[derive(Clone, Copy, Default)]
struct Failures {
    /// Of a name: in a row.
    count: u32,
    /// From when on nothing of it is left: of an address one failure fades after the other.
    until: i64,
}

#[derive(Default)]
pub struct Guesses(Mutex<HashMap<Guesser, Failures>>);

impl Guesses {
    /// Seconds until the next try is answered; 0: now.
    pub fn wait(&self, guesser: &Guesser, now: UtcInstant) -> i64 {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = known.get(guesser).map_or(0, |failures| failures.until);
        let free = match guesser {
            Guesser::Name(_) => 0,
            _ => FREE_OF_AN_ADDRESS * FADES,
        };
        (until - free - now.unix_seconds()).max(0)
    }

    /// The longest of their waits.
    pub fn longest_wait(&self, guessers: &[Guesser], now: UtcInstant) -> i64 {
        guessers.iter().map(|guesser| self.wait(guesser, now)).max().unwrap_or(0)
    }

    /// Counts a failure.
    pub fn failed(&self, guesser: Guesser, now: UtcInstant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED && !known.contains_key(&guesser) {
            let over = known.iter().min_by_key(|(_, failures)| failures.until);
            if let Some(over) = over.map(|(guesser, _)| guesser.clone()) {
                known.remove(&over);
            }
        }
        let by_name = matches!(guesser, Guesser::Name(_));
        let failures = known.entry(guesser).or_default();
        failures.count = failures.count.saturating_add(1);
        failures.until = if by_name {
            now.unix_seconds() + i64::try_from(delay_after(failures.count).as_secs()).unwrap_or(i64::MAX)
        } else {
            failures.until.max(now.unix_seconds()) + FADES
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_slowed_after_few_failures() {
        let guesses = Guesses::default();
        let (now, name) = (UtcInstant::EPOCH, Guesser::Name("anna".to_owned()));
        for wait in [0, 0, 0, 2, 4, 8] {
            guesses.failed(name.clone(), now);
            assert_eq!(guesses.wait(&name, now), wait);
        }
        assert_eq!(guesses.wait(&name, now.plus_seconds(8)), 0);
    }

    #[test]
    fn an_address_is_slowed_after_many_failures_which_fade() {
        let guesses = Guesses::default();
        let now = UtcInstant::EPOCH;
        let (people, scripts) =
            (Guesser::Address([127, 0, 0, 1].into()), Guesser::Script([127, 0, 0, 1].into()));
        for _ in 0..20 {
            guesses.failed(people.clone(), now);
            assert_eq!(guesses.wait(&people, now), 0);
        }
        guesses.failed(people.clone(), now);
        assert_eq!(guesses.wait(&people, now), 15, "and no more, however many tries were refused");
        assert_eq!(guesses.wait(&people, now.plus_seconds(15)), 0);
        assert_eq!(guesses.wait(&scripts, now), 0, "another door");
        // An hour later it has all its free ones again.
        let later = now.plus_seconds(3600);
        for _ in 0..20 {
            guesses.failed(people.clone(), later);
        }
        assert_eq!(guesses.wait(&people, later), 0);
    }

    #[test]
    fn only_so_many_are_remembered() {
        let guesses = Guesses::default();
        for number in 0..REMEMBERED + 10 {
            guesses.failed(Guesser::Name(number.to_string()), UtcInstant::EPOCH);
        }
        assert_eq!(guesses.0.lock().unwrap().len(), REMEMBERED);
    }
}
