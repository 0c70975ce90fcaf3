//! XLSX: a sheet for each product, with real numbers, dates and truths, in memory that does not grow with the rows.
//!
//! Rows wait in files without a name (nobody else can open them, and they go with the process) until the workbook is
//! complete. Texts are text cells, which no spreadsheet takes for a formula or a link.

mod cells;
mod sheets;

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Look, Workbook, Worksheet, XlsxError};

use super::{Cell, Column, Format};
use cells::{cut, day_number, fits, instant_number};
use sheets::Sheets;

/// Columns wider than this hide the others.
const WIDEST: usize = 60;
/// Rows of a sheet whose texts its columns fit.
const FITTED_ROWS: u32 = 200;

/// Writes a workbook.
pub struct Xlsx<W: Write + Send> {
    into: Kept<W>,
    folder: PathBuf,
    book: Workbook,
    looks: Looks,
    sheets: Sheets,
    columns: &'static [Column],
    /// Place of the column by whose text rows are divided.
    product: Option<usize>,
}

struct Looks {
    head: Look,
    date: Look,
    instant: Look,
}

impl<W: Write + Send> Xlsx<W> {
    /// Rows wait in `folder`; a workbook without rows has a sheet of that `name`.
    pub fn new(into: W, folder: &Path, name: &str) -> io::Result<Self> {
        let mut book = Workbook::new();
        book.set_tempdir(folder).map_err(|error| no_room(folder, &error.to_string()))?;
        // The same report has the same bytes, whenever it is made: this is the date of what has none.
        let made = ExcelDateTime::from_ymd(1980, 1, 1).map_err(plain)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&made).set_author("seatledger"));
        let looks = Looks {
            head: Look::new().set_bold(),
            date: Look::new().set_num_format("yyyy\\-mm\\-dd"),
            instant: Look::new().set_num_format("yyyy\\-mm\\-dd\\ hh:mm:ss"),
        };
        Ok(Self {
            into: Kept { into, failed: None },
            folder: folder.to_owned(),
            book,
            looks,
            sheets: Sheets::new(name),
            columns: &[],
            product: None,
        })
    }

    /// Begins a sheet: its header.
    fn begin_sheet(&mut self, at: usize) -> io::Result<()> {
        let refuse = |error: XlsxError| no_room(&self.folder, &error.to_string());
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(refuse)?;
        sheet.set_name(self.sheets.name(at)).map_err(plain)?;
        for (place, (column, name)) in headed(self.columns).enumerate() {
            let place = column_number(place);
            if column.is_instant {
                sheet.write_string_with_format(0, place, format!("{name} (UTC)"), &self.looks.head)
            } else {
                sheet.write_string_with_format(0, place, name, &self.looks.head)
            }
            .map_err(plain)?;
            self.sheets.fit(at, usize::from(place), name.len() + if column.is_instant { 10 } else { 4 });
        }
        Ok(())
    }

    fn sheet(&mut self, at: usize) -> io::Result<&mut Worksheet> {
        self.book.worksheet_from_index(at).map_err(plain)
    }
}

/// Those that spreadsheets have.
fn headed(columns: &'static [Column]) -> impl Iterator<Item = (&'static Column, &'static str)> {
    columns.iter().filter_map(|column| Some((column, column.sheet?)))
}

fn column_number(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

fn plain(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

fn no_room(folder: &Path, found: &str) -> io::Error {
    io::Error::other(format!("expected room for the sheets in {}, found: {found}", folder.display()))
}

/// The writer of sheets panics where their files cannot be written: a full disk is an error here.
fn caught<T>(folder: &Path, write: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(|_| Err(no_room(folder, "none")))
}

impl<W: Write + Send> Format for Xlsx<W> {
    fn begin(&mut self, columns: &'static [Column]) -> io::Result<()> {
        self.columns = columns;
        self.product = columns.iter().position(|column| column.sheet == Some("product"));
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        let product = match self.product.and_then(|at| cells.get(at)) {
            Some(Cell::Text(product)) => Some(*product),
            _ => None,
        };
        let (at, is_new) = self.sheets.of(product);
        if is_new {
            self.begin_sheet(at)?;
        }
        let row = self.sheets.next_row(at);
        let is_fitted = row <= FITTED_ROWS;
        let Self { book, sheets, columns, looks, folder, .. } = self;
        let sheet = book.worksheet_from_index(at).map_err(plain)?;
        caught(folder, || {
            let shown = cells.iter().zip(*columns).filter(|(_, column)| column.sheet.is_some());
            for (place, (cell, _)) in shown.enumerate() {
                let written = write_cell(sheet, row, column_number(place), cell, looks).map_err(plain)?;
                sheets.adds(at, written);
                if is_fitted {
                    sheets.fit(at, place, written);
                }
            }
            Ok(())
        })
    }

    fn end(&mut self) -> io::Result<()> {
        if self.sheets.len() == 0 {
            let (at, _) = self.sheets.of(None);
            self.begin_sheet(at)?;
        }
        let last = column_number(headed(self.columns).count().saturating_sub(1));
        for at in 0..self.sheets.len() {
            let rows = self.sheets.rows(at);
            let widths = self.sheets.widths(at).to_vec();
            let sheet = self.sheet(at)?;
            sheet.set_freeze_panes(1, 0).map_err(plain)?;
            sheet.autofilter(0, 0, rows, last).map_err(plain)?;
            for (place, width) in widths.into_iter().enumerate() {
                let width = u16::try_from(width.clamp(8, WIDEST) + 2).unwrap_or(u16::MAX);
                sheet.set_column_width(column_number(place), width).map_err(plain)?;
            }
        }
        let Self { book, into, folder, .. } = self;
        let saved = caught(folder, || book.save_to_writer(&mut *into).map_err(plain));
        match into.failed.take() {
            Some(error) => Err(error),
            None => saved.and_then(|()| into.into.flush()),
        }
    }
}

/// The characters that were written.
fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell<'_>,
    looks: &Looks,
) -> Result<usize, XlsxError> {
    let number = |sheet: &mut Worksheet, number: Option<f64>, text: &str, look: &Look| match number {
        Some(number) => sheet.write_number_with_format(row, column, number, look).map(|_| text.len()),
        None => sheet.write_string(row, column, cut(text)).map(|_| text.len()),
    };
    match cell {
        Cell::Nothing => Ok(0),
        Cell::Text(text) => sheet.write_string(row, column, cut(text)).map(|_| text.len()),
        Cell::Number(whole) => match fits(*whole) {
            Some(number) => sheet.write_number(row, column, number).map(|_| 8),
            None => sheet.write_string(row, column, whole.to_string()).map(|_| 20),
        },
        Cell::Truth(truth) => sheet.write_boolean(row, column, *truth).map(|_| 5),
        Cell::Instant(text) => number(sheet, instant_number(text), text, &looks.instant),
        Cell::Date(text) => number(sheet, day_number(text), text, &looks.date),
        Cell::List(list) => {
            let text = list.join("; ");
            sheet.write_string(row, column, cut(&text)).map(|_| text.len())
        }
    }
}

/// Keeps why writing failed. From then on it takes everything: nobody needs to hear of the rest.
struct Kept<W> {
    into: W,
    failed: Option<io::Error>,
}

impl<W: Write> Write for Kept<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed.is_some() {
            return Ok(bytes.len());
        }
        match self.into.write(bytes) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                let told = error.kind().into();
                self.failed = Some(error);
                Err(told)
            }
            other => other,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.failed.is_some() { Ok(()) } else { self.into.flush() }
    }
}
