//! Tables for people: aligned columns, figures to the right and with thousands separators.

use std::io::Write;

use unicode_width::UnicodeWidthStr as _;

use super::{Failure, Out};

/// A table that is printed as a whole.
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

/// The title of a column, and to which side its cells are aligned.
pub enum Column {
    Text(&'static str),
    Figure(&'static str),
}

impl Table {
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row with as many cells as there are columns.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| visible(&cell)).collect());
    }

    /// Prints titles and rows, two blanks between columns, none at the end of a line.
    pub fn print(&self, out: &mut Out) -> Result<(), Failure> {
        let titles: Vec<String> = self.columns.iter().map(|column| column.title().to_owned()).collect();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|index| {
                self.rows.iter().chain([&titles]).map(|row| width(row.get(index))).max().unwrap_or(0)
            })
            .collect();
        for row in std::iter::once(&titles).chain(&self.rows) {
            let mut line = String::new();
            for ((cell, column), width) in row.iter().zip(&self.columns).zip(&widths) {
                // By width on the screen: a wide character takes two columns, a combining mark none.
                let gap = " ".repeat(width.saturating_sub(cell.width()));
                match column {
                    Column::Text(_) => line.extend([cell, gap.as_str(), "  "]),
                    Column::Figure(_) => line.extend([gap.as_str(), cell, "  "]),
                }
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(out.flush()?)
    }
}

impl Column {
    fn title(&self) -> &'static str {
        match self {
            Self::Text(title) | Self::Figure(title) => title,
        }
    }
}

fn width(cell: Option<&String>) -> usize {
    cell.map_or(0, |cell| cell.width())
}

/// Text from outside cannot move the cursor, break the line or turn its direction.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_line_or_direction(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Line and paragraph separators, and the marks that turn the direction of what follows.
fn is_line_or_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// 1234567 as `1,234,567`.
pub fn figure(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if number < 0 { format!("-{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_thousands_separators() {
        let shown = [0, 999, 1000, 123_456, 1_234_567, -1000].map(figure);
        assert_eq!(shown, ["0", "999", "1,000", "123,456", "1,234,567", "-1,000"]);
    }

    #[test]
    fn text_from_outside_cannot_move_the_cursor() {
        assert_eq!(visible("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(
            visible("a\u{202e}b\u{2066}c\u{2028}d\u{200f}"),
            "a\\u{202e}b\\u{2066}c\\u{2028}d\\u{200f}"
        );
        assert_eq!(visible("gro\u{df} e\u{301} \u{65e5}"), "gro\u{df} e\u{301} \u{65e5}");
    }
}
