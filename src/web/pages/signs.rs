//! How a state, a flag and a silence are said: sign, word, and time.

use crate::domain::instant::UtcInstant;
use crate::domain::server_status::{Colour, Flag, Notice, Severity, State, Status};
use crate::domain::{days, product};
use crate::store::license_servers::Expiring;
use crate::web::show::{self, Clock, When};

/// A word with its sign: the shape says what the colour says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// `good`, `warn`, `bad`, `mute`: its colour.
    pub class: &'static str,
    /// In the file of icons.
    pub icon: &'static str,
    pub word: String,
}

impl Sign {
    pub fn new(class: &'static str, icon: &'static str, word: impl Into<String>) -> Self {
        Self { class, icon, word: word.into() }
    }

    /// State of a server, site or host.
    pub fn of_state(status: &Status) -> Self {
        let (class, icon) = match (status.state, status.colour()) {
            (State::NeverReported, _) => ("bad", "never"),
            (_, Colour::Red) => ("bad", "bad"),
            (_, Colour::Amber) => ("warn", "warn"),
            (_, Colour::Grey) => ("mute", "info"),
            (_, Colour::Green) => ("good", "ok"),
        };
        // In a narrow column the two words stay together.
        Self::new(class, icon, status.state.title().replace(' ', "\u{a0}"))
    }

    pub fn of_flag(flag: Flag, word: impl Into<String>) -> Self {
        match flag.severity() {
            Severity::Bad => Self::new("bad", "bad", word),
            Severity::Warning => Self::new("warn", "warn", word),
            Severity::Information => Self::new("mute", "info", word),
        }
    }

    /// A sentence for each flag: what a source's own page shows.
    pub fn notes(clock: Clock, status: &Status) -> Vec<Self> {
        let note = |notice: &Notice| Self::of_flag(notice.flag, in_zone(clock, &notice.text));
        status.notices.iter().map(note).collect()
    }

    /// A few words for each flag: what lists show.
    pub fn flags(status: &Status) -> Vec<Self> {
        status.notices.iter().map(|notice| Self::of_flag(notice.flag, notice.flag.title())).collect()
    }
}

/// A sentence with its instants as pages show times; the API answers them as they are.
fn in_zone(clock: Clock, sentence: &str) -> String {
    let word = |word: &str| {
        let text = word.trim_end_matches(['.', ',']);
        match text.parse() {
            Ok(instant) => clock.when(instant).text + &word[text.len()..],
            Err(_) => word.to_owned(),
        }
    };
    sentence.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// When something last reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// `4 days ago`, `today`.
    pub ago: String,
    pub when: When,
}

impl Last {
    pub fn new(clock: Clock, collected_at: Option<UtcInstant>) -> Option<Self> {
        let at = collected_at?;
        Some(Self { ago: ago(clock.days_since(at)), when: clock.when(at) })
    }
}

/// How one source stands now.
pub struct Now {
    pub state: Sign,
    pub last: Option<Last>,
    pub archived: Option<When>,
}

impl Now {
    pub fn of(
        clock: Clock,
        status: &Status,
        collected_at: Option<UtcInstant>,
        archived_at: Option<&str>,
    ) -> Self {
        Self {
            state: Sign::of_state(status),
            last: Last::new(clock, collected_at),
            archived: archived_at.map(|at| clock.when_text(at)),
        }
    }
}

/// `today`, `yesterday`, `4 days ago`; `in 2 days` of a clock that is ahead.
pub fn ago(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days if days < 0 => within(-days),
        days => format!("{} days ago", show::figure(days)),
    }
}

/// `today`, `in 1 day`, `in 55 days`.
pub fn within(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        days => format!("in {}", show::count(days, "day", "days")),
    }
}

/// A date on which something expires: `31 Dec, in 55 days`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Until {
    /// For `datetime`; empty where it is no date.
    pub machine: String,
    pub text: String,
    /// `in 55 days`, `29 days ago`, its words kept together; empty where it is far away.
    pub distance: String,
    /// The date has passed.
    pub is_over: bool,
}

impl Until {
    /// Of `YYYY-MM-DD`, `permanent`, or nothing said.
    pub fn of(clock: Clock, expires: Option<&str>) -> Self {
        let Some(text) = expires.filter(|text| !text.is_empty()) else {
            return Self { text: "n/a".to_owned(), ..Self::default() };
        };
        let Some(date) = days::parse_date(text) else {
            return Self { text: text.to_owned(), ..Self::default() };
        };
        let is_over = days::over_at(date, clock.zone) <= clock.now;
        let left = (date - clock.zone.local_date(clock.now)).num_days();
        let distance = if is_over { ago(-left) } else { within(left) };
        Self {
            machine: text.to_owned(),
            text: show::date(date, clock),
            distance: distance.replace(' ', "\u{a0}"),
            is_over,
        }
    }

    pub fn nearest(clock: Clock, expiring: Option<&Expiring>) -> Option<Self> {
        expiring.map(|expiring| Self::of(clock, Some(&expiring.date)))
    }
}

/// `Premium`; the code of an unknown feature.
pub fn edition(feature: &str) -> String {
    match product::edition_of(feature) {
        "" => product::product_of(feature).to_owned(),
        edition => edition.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock { zone: "Europe/Berlin".parse().unwrap(), now: "2026-11-06T08:00:00Z".parse().unwrap() }
    }

    #[test]
    fn days_are_said_in_words() {
        assert_eq!(
            [0, 1, 4, 1200, -2].map(ago),
            ["today", "yesterday", "4 days ago", "1,200 days ago", "in 2 days"]
        );
        assert_eq!([0, 1, 55].map(within), ["today", "in 1 day", "in 55 days"]);
    }

    #[test]
    fn sentences_tell_times_in_the_zone() {
        let text = "Collected at 2026-11-02T02:12:00Z, and came at 2025-11-02T03:12:00Z.";
        assert_eq!(in_zone(clock(), text), "Collected at 2 Nov 03:12, and came at 2 Nov 2025 04:12.");
        assert_eq!(
            in_zone(clock(), "Version 11.17 expires after 2026-12-31."),
            "Version 11.17 expires after 2026-12-31."
        );
    }

    #[test]
    fn an_expiry_holds_through_its_day() {
        let said = |text| {
            let until = Until::of(clock(), text);
            (until.text, until.distance.replace('\u{a0}', " "), until.is_over)
        };
        let of = |text: &str, distance: &str, is_over| (text.to_owned(), distance.to_owned(), is_over);
        assert_eq!(said(Some("2026-12-31")), of("31 Dec", "in 55 days", false));
        assert_eq!(said(Some("2026-11-06")), of("6 Nov", "today", false));
        assert_eq!(said(Some("2026-11-05")), of("5 Nov", "yesterday", true));
        assert_eq!(said(Some("2027-07-01")), of("1 Jul 2027", "in 237 days", false));
        assert_eq!(said(Some("permanent")), of("permanent", "", false));
        assert_eq!(said(None), of("n/a", "", false));
    }
}
