//! Sheets of a workbook: which row goes to which, what they are called, how wide their columns are.

use std::collections::{HashMap, HashSet};

/// Rows of a sheet, the header included.
const MOST_ROWS: u32 = 1 << 20;
/// A sheet's text: with all that stands around it, it stays below the 4 GiB that an entry of a zip takes.
const MOST_CHARACTERS: usize = 1 << 30;
/// Products with a sheet of their own; the rows of further ones share one. Each sheet is an open file.
const MOST_PRODUCTS: usize = 50;
const OTHERS: &str = "Other products";
/// UTF-16 units of a name.
const LONGEST_NAME: usize = 31;

/// By place, in the order in which they were begun.
pub struct Sheets {
    /// What the sheet without a product is called.
    name: String,
    all: Vec<Sheet>,
    /// The sheet that takes further rows of a product.
    of_product: HashMap<String, usize>,
    of_others: Option<usize>,
    /// In lower case, as they are told apart.
    names: HashSet<String>,
    /// Product and sheet of the row before.
    last: Option<(String, usize)>,
}

#[derive(Default)]
struct Sheet {
    name: String,
    /// The name without the number of a further sheet.
    stem: String,
    /// Without the header.
    rows: u32,
    characters: usize,
    widths: Vec<usize>,
}

impl Sheets {
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            all: Vec::new(),
            of_product: HashMap::new(),
            of_others: None,
            names: HashSet::new(),
            last: None,
        }
    }

    /// The sheet of a product's next row, and whether it is a new one: a product's first, or one behind a full one.
    pub fn of(&mut self, product: Option<&str>) -> (usize, bool) {
        let product = product.unwrap_or_default();
        let same = self.last.as_ref().filter(|(last, _)| last == product).map(|(_, at)| *at);
        let is_other = !self.of_product.contains_key(product) && self.of_product.len() >= MOST_PRODUCTS;
        let known =
            same.or_else(|| if is_other { self.of_others } else { self.of_product.get(product).copied() });
        let at = match known {
            Some(at) if !self.all[at].is_full() => {
                if same.is_none() {
                    self.last = Some((product.to_owned(), at));
                }
                return (at, false);
            }
            Some(full) => self.begin(self.all[full].stem.clone()),
            None if is_other => self.begin(OTHERS.to_owned()),
            None if product.is_empty() => self.begin(self.name.clone()),
            None => self.begin(product.to_owned()),
        };
        if is_other {
            self.of_others = Some(at);
        } else {
            self.of_product.insert(product.to_owned(), at);
        }
        self.last = Some((product.to_owned(), at));
        (at, true)
    }

    fn begin(&mut self, stem: String) -> usize {
        let plain = valid(&stem, &self.name);
        let numbered = |number: u32| {
            let behind = format!(" ({number})");
            format!("{}{behind}", cut(&plain, LONGEST_NAME - behind.len()).trim_end())
        };
        let mut name = plain.clone();
        let mut number = 1;
        while !self.names.insert(name.to_lowercase()) {
            number += 1;
            name = numbered(number);
        }
        self.all.push(Sheet { name, stem, ..Sheet::default() });
        self.all.len() - 1
    }

    /// The number of the sheet's next row, below the header, which is row 0.
    pub fn next_row(&mut self, at: usize) -> u32 {
        self.all[at].rows += 1;
        self.all[at].rows
    }

    /// A cell has so many characters more.
    pub fn adds(&mut self, at: usize, characters: usize) {
        self.all[at].characters += characters;
    }

    /// A column is to be as wide as this.
    pub fn fit(&mut self, at: usize, column: usize, width: usize) {
        let widths = &mut self.all[at].widths;
        if widths.len() <= column {
            widths.resize(column + 1, 0);
        }
        widths[column] = widths[column].max(width);
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn name(&self, at: usize) -> &str {
        &self.all[at].name
    }

    pub fn rows(&self, at: usize) -> u32 {
        self.all[at].rows
    }

    pub fn widths(&self, at: usize) -> &[usize] {
        &self.all[at].widths
    }
}

impl Sheet {
    fn is_full(&self) -> bool {
        self.rows + 1 >= MOST_ROWS || self.characters >= MOST_CHARACTERS
    }
}

/// A name that spreadsheets take.
fn valid(name: &str, instead: &str) -> String {
    let is_refused = |letter: char| letter.is_control() || "[]:*?/\\\u{FFFE}\u{FFFF}".contains(letter);
    let plain: String = name.chars().map(|letter| if is_refused(letter) { '-' } else { letter }).collect();
    let plain =
        cut(plain.trim(), LONGEST_NAME).trim_matches(|letter: char| letter == '\'' || letter.is_whitespace());
    match plain.to_lowercase().as_str() {
        "" => instead.to_owned(),
        // Spreadsheets keep it for themselves.
        "history" => format!("{plain} report"),
        _ => plain.to_owned(),
    }
}

/// Up to so many UTF-16 units.
fn cut(text: &str, most: usize) -> &str {
    let mut units = 0;
    let fits = |(at, letter): (usize, char)| {
        units += letter.len_utf16();
        (units > most).then_some(at)
    };
    text.char_indices().find_map(fits).map_or(text, |at| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_and_unique_whatever_products_are_called() {
        let mut sheets = Sheets::new("usage");
        let long = "Virtual Apps and Desktops, the long one";
        let other = "Virtual Apps and Desktops, the long other";
        for product in [
            "a/b",
            "A:B",
            "'quoted'",
            "",
            "  ",
            "History",
            long,
            other,
            "\u{1}\u{FFFF}",
            "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
        ] {
            assert!(sheets.of(Some(product)).1);
            assert!(!sheets.of(Some(product)).1);
        }
        let names: Vec<&str> = (0..sheets.len()).map(|at| sheets.name(at)).collect();
        assert_eq!(names[..6], ["a-b", "A-B (2)", "quoted", "usage", "usage (2)", "History report"]);
        assert_eq!(names[6..9], ["Virtual Apps and Desktops, the", "Virtual Apps and Desktops, (2)", "--"]);
        assert!(names.iter().all(|name| name.encode_utf16().count() <= LONGEST_NAME), "{names:?}");
    }

    #[test]
    fn a_full_sheet_goes_on_in_a_further_one() {
        let mut sheets = Sheets::new("users");
        sheets.of(Some("a"));
        sheets.of(Some("b"));
        for _ in 1..MOST_ROWS {
            assert_eq!(sheets.of(Some("a")), (0, false));
            sheets.next_row(0);
        }
        assert_eq!(sheets.of(Some("a")), (2, true));
        assert_eq!((sheets.name(2), sheets.rows(0)), ("a (2)", MOST_ROWS - 1));
        assert_eq!(sheets.of(Some("b")), (1, false));
        assert_eq!(sheets.of(Some("a")), (2, false));
        sheets.adds(2, MOST_CHARACTERS);
        assert_eq!(sheets.of(Some("a")), (3, true));
        assert_eq!(sheets.name(3), "a (3)");
    }

    #[test]
    fn thousands_of_products_do_not_open_thousands_of_files() {
        let mut sheets = Sheets::new("usage");
        for product in 0..5000 {
            sheets.of(Some(&product.to_string()));
        }
        assert_eq!(sheets.len(), MOST_PRODUCTS + 1);
        assert_eq!(sheets.name(MOST_PRODUCTS), OTHERS);
        assert_eq!(sheets.of(Some("3")), (3, false));
    }
}
