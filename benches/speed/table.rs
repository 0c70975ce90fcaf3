//! The table of ratios.

use super::steps::Told;

/// How a measure compares with its floor and aim.
pub struct Goal {
    pub floor: f64,
    pub aim: f64,
    /// The ratio is ours to theirs, the less the better; else theirs to ours.
    pub less: bool,
}

#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 6]>,
    notes: Vec<String>,
}

impl Table {
    /// One comparison: seconds of both, and the ratio with its goal.
    pub fn compare(&mut self, what: &str, own: f64, peer: &str, theirs: f64, goal: Goal) {
        let ratio = if goal.less { own / theirs } else { theirs / own };
        let holds = |limit: f64| if goal.less { ratio <= limit } else { ratio >= limit };
        let verdict = if holds(goal.aim) {
            "aim"
        } else if holds(goal.floor) {
            "floor"
        } else {
            "MISSED"
        };
        let sign = if goal.less { "<=" } else { ">=" };
        self.rows.push([
            what.to_owned(),
            format!("{own:.3} s"),
            format!("{peer} {theirs:.3} s"),
            format!("{ratio:.2}"),
            format!("{sign} {} / {}", goal.floor, goal.aim),
            verdict.to_owned(),
        ]);
    }

    /// A bound on something other than time.
    pub fn bound(&mut self, what: &str, found: String, limit: String, holds: bool) {
        let verdict = if holds { "holds" } else { "MISSED" };
        self.rows.push([what.to_owned(), found, String::new(), String::new(), limit, verdict.to_owned()]);
    }

    pub fn note(&mut self, note: String) {
        println!("  {note}");
        self.notes.push(note);
    }

    pub fn print(&self) {
        let head = ["what", "own", "beside it", "ratio", "floor / aim", ""].map(str::to_owned);
        let all = || std::iter::once(&head).chain(&self.rows);
        let widths: Vec<usize> =
            (0..6).map(|column| all().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
        println!();
        for row in all() {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            println!("{}", cells.join("  ").trim_end());
        }
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[count / 2],
        count => (values[count / 2 - 1] + values[count / 2]) / 2.0,
    }
}

/// The median of one number of several runs.
pub fn median_of(runs: &[Told], number: impl Fn(&Told) -> f64) -> f64 {
    median(runs.iter().map(number).collect())
}

pub fn mib(kib: u64) -> String {
    format!("{:.0} MiB", kib as f64 / 1024.0)
}
