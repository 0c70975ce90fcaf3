//! Versions of license servers, ordered with their build: `11.17.2.0 build 53100`.

use std::fmt;

/// A version as license servers write it. Ordered by its numbers, then by its build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    numbers: [u32; 4],
    build: u32,
}

impl Version {
    pub const ZERO: Self = Self { numbers: [0; 4], build: 0 };

    /// Two to four numbers, with `build` and a number behind them or not; a dot too many and the case of
    /// letters do not matter. `None` where nothing can be compared.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.trim().to_ascii_lowercase();
        let (numbers, build) = match lower.split_once("build") {
            Some((numbers, build)) => (numbers, Some(build.trim())),
            None => (lower.as_str(), None),
        };
        let mut parsed = [0; 4];
        let mut count = 0;
        for part in numbers.trim().trim_end_matches('.').split('.') {
            *parsed.get_mut(count)? = number(part)?;
            count += 1;
        }
        (count >= 2).then_some(())?;
        Some(Self { numbers: parsed, build: build.map_or(Some(0), number)? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.numbers;
        write!(f, "{a}.{b}.{c}.{d} build {}", self.build)
    }
}

fn number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_build_decides_between_equal_numbers() {
        let ordered = [
            "11.16.3.0 build 28000",
            "11.16.6.0. build 35000",
            "11.17.2.0",
            "11.17.2.0 build 53099",
            "11.17.2.0 BUILD 53100",
            "11.17.2.0 build 100000",
            "11.17.10.0 build 1",
        ];
        let parsed: Vec<Version> = ordered.iter().map(|text| Version::parse(text).unwrap()).collect();
        assert!(parsed.is_sorted_by(|a, b| a < b), "{parsed:?}");
    }

    #[test]
    fn what_cannot_be_compared_is_no_version() {
        for wrong in [
            "",
            "11",
            "eleven",
            "11.x",
            "1.2.3.4.5",
            "11.17 build",
            "11..17",
            "2402 CU3",
            "11.17.99999999999",
        ] {
            assert_eq!(Version::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_version_that_is_shown_reads_back(numbers: [u32; 4], build: u32) {
            let version = Version { numbers, build };
            prop_assert_eq!(Version::parse(&version.to_string()), Some(version));
        }
    }
}
