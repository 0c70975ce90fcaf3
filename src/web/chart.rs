//! Drawings of figures by month and of shares: geometry for the SVG of templates/components/chart.html.

use super::show;
use crate::domain::period::BillingPeriod;
use crate::export::Status;

/// Twelve bars beside a figure.
pub struct Spark {
    pub bars: Vec<Bar>,
}

/// A bar; hollow until its month is sealed.
pub struct Bar {
    pub x: String,
    pub y: String,
    pub height: String,
    pub is_open: bool,
}

/// Users by month, with their scale.
pub struct Trend {
    pub title: String,
    /// What the drawing tells, in words.
    pub text: String,
    pub columns: Vec<Column>,
    /// Of every bar.
    pub width: String,
    /// Lines of the scale: place and number.
    pub lines: Vec<(String, String)>,
    /// Place of the entitlement, where there is one.
    pub limit: Option<String>,
}

/// A month of the trend, which is a row of its table too.
pub struct Column {
    pub bar: Bar,
    /// Middle of the bar, where its texts stand.
    pub middle: String,
    pub above: String,
    pub users: String,
    /// Whether there is room for the figure above the bar.
    pub is_told: bool,
    /// Under the bar; empty where there is no room.
    pub short: &'static str,
    /// Under the first month of each year.
    pub year: Option<i32>,
    pub month: String,
    pub state: &'static str,
}

/// One month of what is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    pub period: BillingPeriod,
    pub users: i64,
    pub state: &'static str,
    pub is_closed: bool,
}

impl Point {
    pub fn of(period: BillingPeriod, users: i64, status: Status) -> Self {
        let state = match status {
            Status::Open => "Open",
            Status::Locked => "Locked",
            Status::Closed => "Sealed",
        };
        Self { period, users, state, is_closed: status == Status::Closed }
    }
}

fn place(value: f64) -> String {
    format!("{value:.1}")
}

impl Spark {
    pub fn of(points: &[Point]) -> Self {
        let most = points.iter().map(|point| point.users).max().unwrap_or(0).max(1) as f64;
        let bar = |(at, point): (usize, &Point)| {
            let height = point.users as f64 / most * 17.1;
            Bar {
                x: place(0.5 + at as f64 * 6.5),
                y: place(19.5 - height),
                height: place(height),
                is_open: !point.is_closed,
            }
        };
        Self { bars: points.iter().enumerate().map(bar).collect() }
    }
}

impl Trend {
    /// Whether a bar of a month that is not sealed yet stands there, or one of a sealed month.
    pub fn has_bar(&self, is_open: bool) -> bool {
        self.columns.iter().any(|column| column.bar.is_open == is_open && column.bar.height != "0.0")
    }

    /// `12 months`, or as many as there are.
    pub fn heading(&self) -> String {
        show::count(i64::try_from(self.columns.len()).unwrap_or(0), "month", "months")
    }

    /// Of months in their order, `noun` being what is counted: `Premium users`.
    pub fn of(noun: &str, points: &[Point], entitled: Option<i64>) -> Self {
        const TOP: f64 = 24.0;
        const FLOOR: f64 = 158.0;
        let most = points.iter().map(|point| point.users).chain(entitled).max().unwrap_or(0);
        let step = step(most);
        let roof = (most.max(1) + step - 1) / step * step;
        let y = |users: i64| FLOOR - users as f64 / roof as f64 * (FLOOR - TOP);
        let room = Room::of(points);
        let mut year = None;
        let column = |(at, point): (usize, &Point)| {
            let x = room.begins(at);
            let own = point.period.year();
            let told = (year != Some(own) && room.has_year(at, point.period)).then_some(own);
            year = Some(own);
            Column {
                bar: Bar {
                    x: place(x),
                    y: place(y(point.users)),
                    height: place(FLOOR - y(point.users)),
                    is_open: !point.is_closed,
                },
                middle: place(x + room.width() / 2.0),
                above: place(y(point.users) - 6.0),
                users: show::figure(point.users),
                is_told: room.is_told(at),
                short: if room.is_named(point.period) { show::month_short(point.period) } else { "" },
                year: told,
                month: show::month(point.period),
                state: point.state,
            }
        };
        let columns = points.iter().enumerate().map(column).collect();
        let lines = (0..=roof / step).map(|n| (place(y(n * step)), show::figure(n * step))).collect();
        let ends = points.first().zip(points.last());
        let title = ends.map_or_else(String::new, |(first, last)| {
            format!("{noun} by month, {} to {}", show::month(first.period), show::month(last.period))
        });
        let mut text = ends.map_or_else(String::new, |(first, last)| {
            format!("From {} to {}.", show::figure(first.users), show::figure(last.users))
        });
        if let Some(entitled) = entitled {
            text.push_str(&format!(" {} are entitled.", show::figure(entitled)));
        }
        let width = place(room.width());
        Self { title, text, columns, width, lines, limit: entitled.map(|entitled| place(y(entitled))) }
    }
}

/// How much room a month has: a twelfth of the drawing, or less where there are more.
struct Room {
    slot: f64,
    months: usize,
    /// Where the greatest figure stands.
    highest: usize,
}

impl Room {
    fn of(points: &[Point]) -> Self {
        let months = points.len();
        // The newest of equal ones.
        let highest = (0..months).max_by_key(|at| points[*at].users).unwrap_or(0);
        Self { slot: 660.0 / months.max(12) as f64, months, highest }
    }

    fn begins(&self, at: usize) -> f64 {
        44.0 + self.slot * (at as f64 + 18.0 / 55.0)
    }

    fn width(&self) -> f64 {
        self.slot * 28.0 / 55.0
    }

    /// All figures stand above their bars, or the last and the greatest alone.
    fn is_told(&self, at: usize) -> bool {
        let last = self.months - 1;
        let is_clear = (last - self.highest) as f64 * self.slot >= 60.0;
        self.slot >= 44.0 || at == last || (at == self.highest && is_clear)
    }

    /// Every month has its name, or the first of each quarter, half year or year.
    fn is_named(&self, period: BillingPeriod) -> bool {
        let step = [1, 3, 6].into_iter().find(|step| self.slot * f64::from(*step) >= 26.0).unwrap_or(12);
        (period.month() - 1).is_multiple_of(step)
    }

    /// The first year gives way to a January close behind it.
    fn has_year(&self, at: usize, period: BillingPeriod) -> bool {
        let to_january = 13 - period.month() as usize;
        at > 0 || to_january >= self.months || to_january as f64 * self.slot >= 32.0
    }
}

/// The distance of lines of a scale: 1, 2 or 5 of a power of ten, so that three or more stand.
fn step(most: i64) -> i64 {
    let mut power = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = factor * power;
            if most <= step * 4 {
                return step;
            }
        }
        if power > i64::MAX / 100 {
            return power;
        }
        power *= 10;
    }
}

/// A share of the largest row, paid and free; `None` where nothing is to be drawn.
pub struct Share {
    pub paid: String,
    pub free: String,
    pub is_unlinked: bool,
    pub whole: String,
}

impl Share {
    pub fn of(paid: u64, free: u64, most: u64, is_unlinked: bool) -> Self {
        let width = |users: u64| users as f64 * 100.0 / most.max(1) as f64;
        Self {
            paid: place(width(paid)),
            free: place(width(free)),
            whole: place(width(paid + free)),
            is_unlinked,
        }
    }
}

/// Use against what is granted.
pub struct Granted {
    pub used: String,
    pub granted: String,
    /// Where use above it begins, and how far it goes.
    pub over: Option<(String, String)>,
}

impl Granted {
    pub fn of(used: i64, granted: i64) -> Self {
        let most = used.max(granted).max(1) as f64;
        let width = |number: i64| place(number as f64 * 100.0 / most);
        let over = (used > granted).then(|| (width(granted), width(used - granted)));
        Self { used: width(used.min(granted)), granted: width(granted), over }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(users: &[i64]) -> Vec<Point> {
        let first: BillingPeriod = "2025-11".parse().unwrap();
        let point = |(at, count): (usize, &i64)| Point {
            period: first.plus_months(at as i64).unwrap(),
            users: *count,
            state: "Open",
            is_closed: at + 1 < users.len(),
        };
        users.iter().enumerate().map(point).collect()
    }

    #[test]
    fn a_scale_has_round_numbers_and_room_for_the_largest() {
        for (most, expected) in
            [(0, 1), (4, 1), (5, 2), (44, 20), (318, 100), (5600, 2000), (1_000_000, 500_000)]
        {
            assert_eq!(step(most), expected, "{most}");
        }
        let trend = Trend::of("Premium users", &points(&[4102, 4131, 5172]), Some(5600));
        let numbers: Vec<_> = trend.lines.iter().map(|(_, number)| number.as_str()).collect();
        assert_eq!(numbers, ["0", "2,000", "4,000", "6,000"]);
        assert_eq!(trend.title, "Premium users by month, November 2025 to January 2026");
        assert_eq!(trend.columns.iter().map(|c| c.year).collect::<Vec<_>>(), [Some(2025), None, Some(2026)]);
        assert!(trend.columns[2].bar.is_open && !trend.columns[0].bar.is_open);
    }

    #[test]
    fn many_months_share_the_room_and_names_give_way() {
        for months in [1, 12, 13, 24, 36, 60, 120] {
            let users: Vec<i64> = (0..months).map(|at| at + 1).collect();
            let trend = Trend::of("Premium users", &points(&users), None);
            let middle = |column: &Column| column.middle.parse::<f64>().unwrap();
            let last = trend.columns.last().unwrap();
            assert!(middle(last) + trend.width.parse::<f64>().unwrap() / 2.0 <= 704.0, "{months}");
            assert!(last.is_told, "{months}: the newest figure stands there");
            for (texts, apart) in [
                (
                    trend
                        .columns
                        .iter()
                        .filter(|column| !column.short.is_empty())
                        .map(middle)
                        .collect::<Vec<_>>(),
                    26.0,
                ),
                (trend.columns.iter().filter(|column| column.year.is_some()).map(middle).collect(), 32.0),
                (trend.columns.iter().filter(|column| column.is_told).map(middle).collect(), 44.0),
            ] {
                assert!(!texts.is_empty(), "{months}");
                assert!(texts.windows(2).all(|pair| pair[1] - pair[0] >= apart - 0.2), "{months}: {texts:?}");
            }
        }
    }

    #[test]
    fn months_without_users_stand_on_the_line() {
        let trend = Trend::of("Premium users", &points(&[0, 0]), None);
        assert_eq!(trend.columns[0].bar.height, "0.0");
        assert!(!trend.has_bar(false) && !trend.has_bar(true));
        let only_open = Trend::of("Premium users", &points(&[0, 7]), None);
        assert!(only_open.has_bar(true) || only_open.has_bar(false));
        assert_ne!(only_open.has_bar(true), only_open.has_bar(false), "the legend names one of them");
        assert_eq!(Spark::of(&points(&[0, 7])).bars[1].height, "17.1");
    }

    #[test]
    fn use_above_the_entitlement_stands_behind_it() {
        let bar = Granted::of(150, 100);
        assert_eq!((bar.used.as_str(), bar.over), ("66.7", Some(("66.7".to_owned(), "33.3".to_owned()))));
        assert_eq!(Granted::of(50, 100).over, None);
    }
}
