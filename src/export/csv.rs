//! CSV: UTF-8 and RFC 4180, so lines end in CR LF; text that a spreadsheet would take for a formula is made harmless.

use std::io::{self, Write};

use ::csv::{ErrorKind, Terminator, Writer, WriterBuilder};

use super::{Cell, Column, Format};

/// Writes CSV with a header line.
pub struct Csv<W: Write> {
    writer: Writer<W>,
    columns: &'static [Column],
    /// The cell that needs more than its text.
    scratch: String,
}

impl<W: Write> Csv<W> {
    pub fn new(inner: W) -> Self {
        let writer =
            WriterBuilder::new().terminator(Terminator::CRLF).buffer_capacity(1 << 16).from_writer(inner);
        Self { writer, columns: &[], scratch: String::new() }
    }

    fn field(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_field(text).map_err(plain)
    }

    /// A field that no spreadsheet takes for a formula.
    fn text(&mut self, text: &str) -> io::Result<()> {
        let field = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            self.scratch.clear();
            self.scratch.push('\'');
            self.scratch.push_str(text);
            &self.scratch
        } else {
            text
        };
        self.writer.write_field(field).map_err(plain)
    }
}

/// The error below: a broken pipe stays one.
fn plain(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

impl<W: Write> Format for Csv<W> {
    fn begin(&mut self, columns: &'static [Column]) -> io::Result<()> {
        self.columns = columns;
        self.writer.write_record(columns.iter().filter_map(|column| column.sheet)).map_err(plain)
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        for (cell, _) in cells.iter().zip(self.columns).filter(|(_, column)| column.sheet.is_some()) {
            match cell {
                Cell::Nothing => self.field(""),
                Cell::Text(text) | Cell::Instant(text) | Cell::Date(text) => self.text(text),
                Cell::Number(number) => self.field(&number.to_string()),
                Cell::Truth(truth) => self.field(if *truth { "true" } else { "false" }),
                Cell::List([one]) => self.text(one),
                Cell::List(list) => self.text(&list.join("; ")),
            }?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(plain)
    }

    fn end(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_text_and_a_number_stays_one() {
        const COLUMNS: &[Column] = &[
            Column::both("text"),
            Column::for_programs("left out"),
            Column::both("number"),
            Column::both("list"),
        ];
        let mut written = Vec::new();
        let mut csv = Csv::new(&mut written);
        csv.begin(COLUMNS).unwrap();
        for text in ["=1+1", "+1", "-1", "@a", "\ta", "\ra", "a=1", "a,\"b\""] {
            csv.row(&[Cell::Text(text), Cell::Text("x"), Cell::Number(-1), Cell::List(&["-a", "b"])])
                .unwrap();
        }
        csv.row(&[Cell::Nothing, Cell::Nothing, Cell::Number(0), Cell::List(&["one"])]).unwrap();
        csv.end().unwrap();
        drop(csv);
        assert_eq!(
            String::from_utf8(written).unwrap(),
            "text,number,list\r\n'=1+1,-1,'-a; b\r\n'+1,-1,'-a; b\r\n'-1,-1,'-a; b\r\n'@a,-1,'-a; b\r\n'\ta,-1,'-a; b\r\n\
             \"'\ra\",-1,'-a; b\r\na=1,-1,'-a; b\r\n\"a,\"\"b\"\"\",-1,'-a; b\r\n,0,one\r\n"
        );
    }
}
