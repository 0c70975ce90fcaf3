//! A month's seal as it is drawn: one ray for each digit of its hash. An open month has none, so there is nothing to draw.

use std::f64::consts::TAU;

use super::show;
use crate::domain::period::BillingPeriod;

/// Where rays begin, where they end at least, and by how much each digit is longer.
const FROM: f64 = 26.0;
const LEAST: f64 = 29.0;
const STEP: f64 = 1.2;

/// Geometry and texts for templates/components/seal.html.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The rays, the first digit at noon, clockwise.
    pub path: String,
    /// The same for a row of a list.
    pub small: String,
    /// `SEP` and `2026`, in the middle.
    pub month: String,
    pub year: String,
    /// What the drawing is, for those who do not see it.
    pub label: String,
    /// The hash in eights: `f49822d0 3ef73f88 …`.
    pub hash: String,
    /// Its first eight digits: enough to tell seals apart.
    pub short: String,
}

impl Seal {
    pub fn of(period: BillingPeriod, hash: &str) -> Self {
        let digits: Vec<char> = hash.chars().collect();
        let eights: Vec<String> = digits.chunks(8).map(|eight| eight.iter().collect()).collect();
        Self {
            path: rays(&digits),
            small: small(&digits),
            month: show::month_short(period).to_uppercase(),
            year: period.year().to_string(),
            label: format!("Seal of {}, drawn from its hash", show::month(period)),
            short: eights.first().cloned().unwrap_or_default(),
            hash: eights.join(" "),
        }
    }
}

fn rays(digits: &[char]) -> String {
    let ray = |[x, y, to_x, to_y]: [f64; 4]| format!("M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}");
    ends(digits).map(ray).collect()
}

/// The same in whole numbers, half as long: for rows of a list, where one is a third of a pixel.
fn small(digits: &[char]) -> String {
    let ray = |ends: [f64; 4]| {
        let [x, y, to_x, to_y] = ends.map(|place| place.round() as i64);
        format!("M{x} {y}L{to_x} {to_y}").replace(" -", "-")
    };
    ends(digits).map(ray).collect()
}

/// From where to where each ray goes.
fn ends(digits: &[char]) -> impl Iterator<Item = [f64; 4]> {
    let count = digits.len().max(1) as f64;
    digits.iter().enumerate().map(move |(at, digit)| {
        let (sin, cos) = (at as f64 / count * TAU).sin_cos();
        let to = LEAST + STEP * f64::from(digit.to_digit(16).unwrap_or(0));
        [FROM * sin, -FROM * cos, to * sin, -to * cos]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_drawn_from_its_hash() {
        let hash = "f49822d03ef73f884bd94142a6f4558019f566f4790826383c6e5ec4abc70f9b";
        let seal = Seal::of("2026-09".parse().unwrap(), hash);
        assert!(seal.path.starts_with("M0.0 -26.0L0.0 -47.0M2.5 -25.9L3.3 -33.6M5.1 -25.5L7.8 -39.0"));
        assert!(seal.path.ends_with("M-7.5 -24.9L-13.6 -45.0M-5.1 -25.5L-7.8 -39.0M-2.5 -25.9L-4.1 -42.0"));
        assert_eq!((seal.path.matches('M').count(), seal.small.matches('M').count()), (64, 64));
        assert!(seal.small.starts_with("M0-26L0-47M3-26L3-34M5-26L8-39"), "{}", seal.small);
        assert_eq!(
            (&*seal.month, &*seal.year, &*seal.label),
            ("SEP", "2026", "Seal of September 2026, drawn from its hash")
        );
        assert_eq!(seal.hash, "f49822d0 3ef73f88 4bd94142 a6f45580 19f566f4 79082638 3c6e5ec4 abc70f9b");
        assert_eq!(seal.short, "f49822d0");
        let other = Seal::of("2026-09".parse().unwrap(), &hash.replacen('f', "0", 1));
        assert_ne!(seal.path, other.path, "another hash is another drawing");
    }
}
