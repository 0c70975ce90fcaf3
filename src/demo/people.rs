//! The people of the sample fleet: their names, when they come and go, and which lists show them.

use sha2::{Digest as _, Sha256};

use super::calendar::{MONTHS, Night, draw};
use super::fleet::{BASE_FEATURE, LICENSE_SERVERS, MAIN_FEATURE, Names, Place, STAFF};
use crate::domain::ids::FreeReason;
use crate::extension::hex;

const PEOPLE: usize = 2_000;

const FIRST_NAMES: [&str; 40] = [
    "anna", "ben", "carl", "dora", "erik", "fay", "gus", "hana", "ivo", "jana", "karl", "lena", "mara",
    "nils", "olga", "paul", "quin", "rosa", "sven", "tina", "udo", "vera", "wim", "xena", "yann", "zoe",
    "adam", "bella", "cora", "dirk", "elsa", "finn", "greta", "hugo", "ines", "jens", "kira", "leon", "mona",
    "nora",
];

pub struct Person {
    number: u64,
    /// Index into [`STAFF`].
    pub staff: usize,
    /// With domain, as directories spell it.
    pub name: String,
    pub places: Vec<Place>,
    /// First month, by its place in the calendar.
    pub joins: usize,
    /// The month from which on they are gone.
    leaves: usize,
    pub free: Option<FreeReason>,
}

/// Everybody, in a fixed order.
pub fn everybody() -> Vec<Person> {
    let shares: usize = STAFF.iter().map(|staff| staff.share).sum();
    let mut people: Vec<Person> = Vec::with_capacity(PEOPLE);
    let mut due = 0;
    for (staff, of) in STAFF.iter().enumerate() {
        due += of.share;
        while people.len() < PEOPLE * due / shares {
            people.push(Person::new(people.len(), staff));
        }
    }
    people
}

impl Person {
    fn new(index: usize, staff: usize) -> Self {
        let number = index as u64;
        let of = &STAFF[staff];
        let mut places = vec![of.places[draw(1, number, of.places.len() as u64) as usize]];
        // Some work for two customers: seen on the delivery group of another one too.
        if matches!(places[0], Place::Server(0..=2)) && draw(2, number, 16) == 0 {
            places.push(Place::Group(0, draw(3, number, 2) as usize));
        }
        let last = MONTHS as u64 - 1;
        let joins = if draw(4, number, 100) < 64 { 0 } else { 1 + draw(5, number, last) as usize };
        let stays = draw(6, number, 100) >= 9;
        let leaves = if stays { usize::MAX } else { joins + 1 + draw(7, number, last) as usize };
        let free = (draw(8, number, 50) == 0).then(|| FreeReason::ALL[draw(9, number, 3) as usize]);
        Self { number, staff, name: name(index, of.domain), places, joins, leaves, free }
    }

    /// Whether the list of that night shows them. A name stays until its month is over.
    fn is_listed(&self, night: Night) -> bool {
        let visit = self.number << 8 | night.month as u64;
        let here = (self.joins..self.leaves).contains(&night.month);
        // One month in twenty is a holiday; most log in during the first days.
        let first_day = draw(10, visit, 27).min(draw(11, visit, 27)) as i64;
        here && (self.joins == night.month || draw(12, visit, 20) > 0) && first_day < night.day_of_month
    }

    fn has(&self, feature: &str) -> bool {
        let base = draw(13, self.number, 9) == 0;
        match feature {
            MAIN_FEATURE => !base || draw(14, self.number, 4) == 0,
            BASE_FEATURE => base,
            _ => false,
        }
    }

    /// As the lists of a license server spell them.
    pub fn shown_on(&self, server: usize) -> String {
        match LICENSE_SERVERS[server].names {
            Names::Clear => self.name.clone(),
            Names::Bare => self.name.rsplit('\\').next().unwrap_or_default().to_owned(),
            Names::Anonymised => hex(&Sha256::digest(format!("anonymised {}", self.name))[..16]),
        }
    }

    /// As a site spells them: one in twelve in capitals, the same user all the same.
    fn shown_in_site(&self) -> String {
        if draw(15, self.number, 12) == 0 { self.name.to_uppercase() } else { self.name.clone() }
    }
}

/// The list of a place that night, names as they are shown there.
pub fn list(people: &[Person], place: Place, feature: &str, night: Night) -> Vec<String> {
    let listed = people
        .iter()
        .filter(|person| person.places.contains(&place) && person.has(feature) && person.is_listed(night));
    let shown = |person: &Person| match place {
        Place::Server(server) => person.shown_on(server),
        Place::Group(..) => person.shown_in_site(),
    };
    listed.map(shown).collect()
}

fn name(index: usize, domain: &str) -> String {
    let first = FIRST_NAMES[index % FIRST_NAMES.len()];
    let number = index / FIRST_NAMES.len();
    let plain = if number == 0 { first.to_owned() } else { format!("{first}{number}") };
    if domain.contains('.') { format!("{plain}@{domain}") } else { format!("{domain}\\{plain}") }
}
