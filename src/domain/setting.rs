//! Every setting, once: key, default, what it takes, and what it does.

use super::error::{Error, code, quoted};
use super::period::{LockDay, TimeZone};

/// One setting of the installation, stored as text.
pub struct Setting {
    pub key: &'static str,
    pub default: &'static str,
    /// One sentence, for `setting list` and the docs.
    pub explanation: &'static str,
    pub takes: Takes,
}

/// What a setting accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// At most this many bytes, no control characters.
    Text(usize),
    /// 1 to 64 letters, digits, `-`, `_` and `.`: it stands in addresses.
    Id,
    /// An IANA time zone.
    TimeZone,
    /// 1 to 28.
    LockDay,
    /// A whole number in this range.
    Number(u64, u64),
    /// A license server version, `11.17.2.0 build 53100`.
    Version,
    /// Set by the program alone.
    ReadOnly,
}

/// All settings, in the order in which they are listed.
pub const ALL: &[Setting] = &[
    Setting {
        key: "organization_id",
        default: "csp",
        explanation: "Id of the service provider that runs this installation, as in the hosted product's addresses.",
        takes: Takes::Id,
    },
    Setting {
        key: "organization_name",
        default: "",
        explanation: "Name of the service provider, for pages and statements.",
        takes: Takes::Text(200),
    },
    Setting {
        key: "time_zone",
        default: "UTC",
        explanation: "IANA time zone in which billing periods begin and lock, such as Europe/Berlin.",
        takes: Takes::TimeZone,
    },
    Setting {
        key: "lock_day",
        default: "10",
        explanation: "Last day of the following month on which a billing period may be changed, 1 to 28.",
        takes: Takes::LockDay,
    },
    Setting {
        key: "live_from",
        default: "",
        explanation: "First billing period that was open when the first upload was accepted; earlier ones are history. Read-only.",
        takes: Takes::ReadOnly,
    },
    Setting {
        key: "reporting_days",
        default: "4",
        explanation: "A license server whose newest upload was collected more calendar days ago is not reporting.",
        takes: Takes::Number(1, 366),
    },
    Setting {
        key: "minimum_license_server_version",
        default: "11.17.2.0 build 53100",
        explanation: "License servers below this version are flagged.",
        takes: Takes::Version,
    },
    Setting {
        key: "upload_retention_days",
        default: "400",
        explanation: "Days for which the bytes of uploads are kept at least; the newest of each source stay for ever. All are kept so far.",
        takes: Takes::Number(31, 36_600),
    },
    Setting {
        key: "upload_file_bytes",
        default: "67108864",
        explanation: "Largest upload that is read, bytes.",
        takes: Takes::Number(1024, 4 << 30),
    },
    Setting {
        key: "upload_unpacked_bytes",
        default: "536870912",
        explanation: "Most that the entries of one upload may unpack to, bytes.",
        takes: Takes::Number(1024, 4 << 30),
    },
    Setting {
        key: "upload_entries",
        default: "64",
        explanation: "Most entries in one upload, nested ones included.",
        takes: Takes::Number(1, 65_535),
    },
    Setting {
        key: "upload_nesting",
        default: "2",
        explanation: "How deep a zip may lie inside another.",
        takes: Takes::Number(0, 8),
    },
    Setting {
        key: "upload_names",
        default: "2000000",
        explanation: "Most names in one upload.",
        takes: Takes::Number(1, 50_000_000),
    },
    Setting {
        key: "upload_name_bytes",
        default: "512",
        explanation: "Longest name, bytes.",
        takes: Takes::Number(16, 65_536),
    },
    Setting {
        key: "upload_depth",
        default: "64",
        explanation: "Most levels of JSON or XML.",
        takes: Takes::Number(8, 512),
    },
];

/// Errors: `SEAT-C01`.
pub fn find(key: &str) -> Result<&'static Setting, Error> {
    ALL.iter().find(|setting| setting.key == key).ok_or_else(|| {
        Error::new(
            code::SETTING_UNKNOWN,
            format!("expected a setting such as time_zone, found {}", quoted(key)),
        )
    })
}

impl Setting {
    /// The value as it is stored. Errors: `SEAT-C02`, or the value's own.
    pub fn check(&self, value: &str) -> Result<String, Error> {
        let value = value.trim();
        let refuse = |expected: String| {
            Err(Error::new(
                code::SETTING_INVALID,
                format!("expected {expected} for {}, found {}", self.key, quoted(value)),
            ))
        };
        match self.takes {
            Takes::ReadOnly => Err(Error::new(
                code::SETTING_INVALID,
                format!(
                    "expected a setting that can be set, found {}, which the program sets itself",
                    self.key
                ),
            )),
            Takes::TimeZone => value.parse::<TimeZone>().map(|zone| zone.name().to_owned()),
            Takes::LockDay => match value.parse() {
                Ok(day) => LockDay::new(day).map(|day| day.get().to_string()),
                Err(_) => refuse("a day of the month from 1 to 28".to_owned()),
            },
            Takes::Number(least, most) => match value.parse::<u64>() {
                Ok(number) if (least..=most).contains(&number) => Ok(number.to_string()),
                _ => refuse(format!("a whole number from {least} to {most}")),
            },
            Takes::Text(most) if value.len() > most || value.chars().any(char::is_control) => {
                refuse(format!("at most {most} bytes without control characters"))
            }
            Takes::Id if !is_id(value) => refuse("1 to 64 letters, digits, '-', '_' and '.'".to_owned()),
            Takes::Version if !is_version(value) => {
                refuse("a version such as 11.17.2.0 build 53100".to_owned())
            }
            Takes::Text(_) | Takes::Id | Takes::Version => Ok(value.to_owned()),
        }
    }
}

fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

fn is_version(text: &str) -> bool {
    let (numbers, build) = text.split_once(" build ").unwrap_or((text, "0"));
    let digits =
        |part: &str| !part.is_empty() && part.len() <= 9 && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(build) && numbers.split('.').all(digits) && numbers.split('.').count() == 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_that_the_setting_takes() {
        for setting in ALL.iter().filter(|setting| setting.takes != Takes::ReadOnly) {
            assert_eq!(setting.check(setting.default).as_deref(), Ok(setting.default), "{}", setting.key);
        }
    }

    #[test]
    fn a_wrong_value_says_what_was_expected_and_found() {
        let wrong = |key: &str, value: &str| {
            find(key).and_then(|setting| setting.check(value)).unwrap_err().to_string()
        };
        assert_eq!(wrong("lock_day", "29"), "SEAT-P06: expected a day of the month from 1 to 28, found 29");
        assert_eq!(
            wrong("time_zone", "Mars/Base"),
            "SEAT-P05: expected an IANA time zone such as Europe/Berlin, found \"Mars/Base\""
        );
        assert_eq!(
            wrong("reporting_days", "0"),
            "SEAT-C02: expected a whole number from 1 to 366 for reporting_days, found \"0\""
        );
        assert!(wrong("live_from", "2026-10").starts_with("SEAT-C02: "));
        assert!(wrong("minimum_license_server_version", "11.17").starts_with("SEAT-C02: "));
        assert!(wrong("organization_name", "a\nb").starts_with("SEAT-C02: "));
        assert!(wrong("organization_id", "a/b").starts_with("SEAT-C02: "));
        assert!(wrong("organization_id", "").starts_with("SEAT-C02: "));
        assert!(wrong("colour", "red").starts_with("SEAT-C01: "));
    }
}
