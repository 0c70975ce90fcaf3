//! What license files grant: which files stand for a license server, and how much of a feature they add up to.

use std::collections::BTreeMap;

use super::days::{over_at, parse_date};
use super::instant::UtcInstant;
use super::period::TimeZone;
use super::product::{self, Unit};

/// One line of a license file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub file: String,
    /// Position in the file.
    pub line: i64,
    pub feature: String,
    /// `None`: uncounted.
    pub quantity: Option<i64>,
    /// Licenses beyond the quantity that may be used: shown, never part of the entitlement.
    pub overdraft: Option<i64>,
    pub sa_date: Option<String>,
    /// `YYYY-MM-DD`, `permanent`; `None`: not told.
    pub expires: Option<String>,
    pub kind: Option<String>,
    pub serial_number: Option<String>,
    pub csp: bool,
}

impl Line {
    /// Through the local day of its expiry; one without a date holds.
    pub fn holds_at(&self, as_of: UtcInstant, zone: TimeZone) -> bool {
        self.expires.as_deref().and_then(parse_date).is_none_or(|date| as_of < over_at(date, zone))
    }

    /// Companions come along with others and are never warned of [D].
    pub fn is_license(&self) -> bool {
        product::unit_of(&self.feature) != Unit::Companion
    }

    /// Bought outside the CSP program, or of a feature that it does not allow.
    pub fn is_non_csp(&self) -> bool {
        self.is_license() && (!self.csp || product::is_non_csp(&self.feature))
    }
}

/// License files that one payload told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSet {
    /// Orders payloads.
    pub rank: String,
    /// File names, also of files that grant nothing.
    pub files: Vec<String>,
    pub lines: Vec<Line>,
    /// It sums up what is installed, and names no files.
    pub is_summary: bool,
}

/// Name of the file under which a call-home report's sums stand.
pub const SUMMARY_FILE: &str = "report.xml";

/// The files that stand for a license server: those of `whole`, the newest payload that told them all, with
/// files that came alone; of two with one name the newer wins.
///
/// A file that came alone before `whole` listed all files is one that is no longer there. A summary lists
/// none: beside it older files stay, and what they grant of a feature stands in place of its sum, which
/// tells of the same files.
pub fn merged(whole: Option<FileSet>, alone: Vec<FileSet>) -> Option<Vec<Line>> {
    let stays = |set: &FileSet| whole.as_ref().is_none_or(|whole| whole.is_summary || set.rank > whole.rank);
    let mut sets: Vec<FileSet> = alone.into_iter().filter(stays).chain(whole.clone()).collect();
    if sets.is_empty() {
        return None;
    }
    sets.sort_by(|a, b| a.rank.cmp(&b.rank));
    let mut files: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for set in sets {
        for file in set.files {
            files.insert(file.clone(), set.lines.iter().filter(|line| line.file == file).cloned().collect());
        }
    }
    if let Some(sums) = files.remove(SUMMARY_FILE) {
        let told = |sum: &Line| files.values().flatten().any(|line| line.feature == sum.feature);
        let left: Vec<Line> = sums.into_iter().filter(|sum| !told(sum)).collect();
        files.insert(SUMMARY_FILE.to_owned(), left);
    }
    Some(files.into_values().flatten().collect())
}

/// How much of a feature may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entitled {
    Licenses(i64),
    Uncounted,
}

impl Entitled {
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Licenses(a), Self::Licenses(b)) => Self::Licenses(a.saturating_add(b)),
            _ => Self::Uncounted,
        }
    }

    /// Users above it; `None` where none are.
    pub fn overage(self, users: i64) -> Option<i64> {
        match self {
            Self::Licenses(licenses) => Some(users - licenses).filter(|over| *over > 0),
            Self::Uncounted => None,
        }
    }
}

/// The CSP quantities of user features at `as_of`, each feature that a line names. Lines that have expired
/// or are not CSP add 0. A twin line is a feature of its own: it never adds to the code it repeats [D].
pub fn entitled(lines: &[Line], as_of: UtcInstant, zone: TimeZone) -> BTreeMap<String, Entitled> {
    let mut sums = BTreeMap::new();
    for line in lines.iter().filter(|line| product::unit_of(&line.feature) == Unit::User) {
        let counts = line.csp && line.holds_at(as_of, zone);
        let adds = match line.quantity {
            Some(quantity) if counts => Entitled::Licenses(quantity),
            None if counts => Entitled::Uncounted,
            _ => Entitled::Licenses(0),
        };
        let sum = sums.entry(line.feature.clone()).or_insert(Entitled::Licenses(0));
        *sum = sum.plus(adds);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(file: &str, feature: &str, quantity: impl Into<Option<i64>>) -> Line {
        Line {
            file: file.to_owned(),
            line: 1,
            feature: feature.to_owned(),
            quantity: quantity.into(),
            overdraft: Some(50),
            sa_date: None,
            expires: Some("2026-12-31".to_owned()),
            kind: None,
            serial_number: None,
            csp: true,
        }
    }

    fn set(rank: &str, lines: &[Line]) -> FileSet {
        let mut files: Vec<String> = lines.iter().map(|line| line.file.clone()).collect();
        files.dedup();
        let is_summary = files.iter().any(|file| file == SUMMARY_FILE);
        FileSet { rank: rank.to_owned(), files, lines: lines.to_vec(), is_summary }
    }

    fn shown(lines: Option<Vec<Line>>) -> Vec<String> {
        let one = |line: Line| format!("{} {} {}", line.file, line.feature, line.quantity.unwrap_or(-1));
        lines.unwrap_or_default().into_iter().map(one).collect()
    }

    fn at(text: &str) -> UtcInstant {
        text.parse().unwrap()
    }

    fn sum(lines: &[Line], feature: &str, as_of: &str) -> Option<Entitled> {
        entitled(lines, at(as_of), "Europe/Berlin".parse().unwrap()).get(feature).copied()
    }

    const OCTOBER: &str = "2026-10-15T00:00:00Z";

    #[test]
    fn a_file_that_came_alone_is_added_to_those_that_were_told_before() {
        let whole = set("2", &[line("a.lic", "XDT_PLT_UD", 10), line("b.lic", "XDT_ADV_UD", 20)]);
        let newer = set("3", &[line("b.lic", "XDT_ADV_UD", 25), line("c.lic", "XDT_STD_UD", 5)]);
        let older = set("1", &[line("gone.lic", "XDT_PLT_UD", 99)]);
        assert_eq!(
            shown(merged(Some(whole), vec![newer, older])),
            ["a.lic XDT_PLT_UD 10", "b.lic XDT_ADV_UD 25", "c.lic XDT_STD_UD 5"]
        );
    }

    #[test]
    fn a_file_beside_a_summary_replaces_the_sum_of_its_features_whenever_it_came() {
        let sums = [line(SUMMARY_FILE, "XDT_PLT_UD", 10), line(SUMMARY_FILE, "XDT_ADV_UD", 20)];
        for rank in ["1", "3"] {
            let alone = set(rank, &[line("a.lic", "XDT_PLT_UD", 12)]);
            assert_eq!(
                shown(merged(Some(set("2", &sums)), vec![alone])),
                ["a.lic XDT_PLT_UD 12", "report.xml XDT_ADV_UD 20"]
            );
        }
    }

    #[test]
    fn a_server_that_told_nothing_is_not_one_that_has_no_files() {
        assert_eq!(merged(None, Vec::new()), None);
        assert_eq!(merged(Some(set("1", &[])), Vec::new()), Some(Vec::new()));
    }

    #[test]
    fn quantities_of_one_feature_add_up_without_overdraft_and_twins() {
        let lines = [
            line("a.lic", "XDT_PLT_UD", 500),
            line("b.lic", "XDT_PLT_UD", 100),
            line("a.lic", "XDS_PLT_UD", 500),
            Line { csp: false, ..line("c.lic", "XDT_PLT_UD", 7) },
            line("a.lic", "MPS_ENT_CCU", 25),
            line("a.lic", "CITRIX", 1),
        ];
        assert_eq!(sum(&lines, "XDT_PLT_UD", OCTOBER), Some(Entitled::Licenses(600)));
        assert_eq!(sum(&lines, "XDS_PLT_UD", OCTOBER), Some(Entitled::Licenses(500)), "its own feature");
        assert_eq!(sum(&lines, "MPS_ENT_CCU", OCTOBER), None);
        assert_eq!(sum(&lines, "CITRIX", OCTOBER), None);
        assert_eq!(sum(&lines, "XDT_STD_UD", OCTOBER), None);
    }

    #[test]
    fn one_uncounted_line_makes_the_feature_uncounted() {
        let lines = [line("a.lic", "XDT_PLT_UD", 500), line("b.lic", "XDT_PLT_UD", None)];
        assert_eq!(sum(&lines, "XDT_PLT_UD", OCTOBER), Some(Entitled::Uncounted));
        assert_eq!(Entitled::Uncounted.overage(i64::MAX), None);
        assert_eq!(Entitled::Licenses(500).overage(500), None);
        assert_eq!(Entitled::Licenses(500).overage(512), Some(12));
    }

    #[test]
    fn a_line_holds_through_its_local_day() {
        let lines = [line("a.lic", "XDT_PLT_UD", 500)];
        assert_eq!(sum(&lines, "XDT_PLT_UD", "2026-12-31T22:59:59Z"), Some(Entitled::Licenses(500)));
        assert_eq!(sum(&lines, "XDT_PLT_UD", "2026-12-31T23:00:00Z"), Some(Entitled::Licenses(0)));
        let permanent = [Line { expires: Some("permanent".to_owned()), ..lines[0].clone() }];
        assert_eq!(sum(&permanent, "XDT_PLT_UD", "2099-01-01T00:00:00Z"), Some(Entitled::Licenses(500)));
    }
}
