//! JSON: one array of objects, an object a line, with real numbers, truths and nulls.

use std::io::{self, Write};

use super::{Cell, Column, Format};

/// Writes a JSON array.
pub struct Json<W: Write> {
    inner: W,
    columns: &'static [Column],
    rows: u64,
}

impl<W: Write> Json<W> {
    pub fn new(inner: W) -> Self {
        Self { inner, columns: &[], rows: 0 }
    }

    fn cell(&mut self, cell: &Cell<'_>) -> io::Result<()> {
        match cell {
            Cell::Nothing => self.inner.write_all(b"null"),
            Cell::Text(text) | Cell::Instant(text) | Cell::Date(text) => {
                Ok(serde_json::to_writer(&mut self.inner, text)?)
            }
            Cell::Number(number) => write!(self.inner, "{number}"),
            Cell::Truth(truth) => write!(self.inner, "{truth}"),
            Cell::List(list) => Ok(serde_json::to_writer(&mut self.inner, list)?),
        }
    }
}

impl<W: Write> Format for Json<W> {
    fn begin(&mut self, columns: &'static [Column]) -> io::Result<()> {
        self.columns = columns;
        self.inner.write_all(b"[")
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        self.inner.write_all(if self.rows == 0 { b"\n{" } else { b",\n{" })?;
        self.rows += 1;
        let mut first = true;
        for (cell, column) in cells.iter().zip(self.columns) {
            let Some(name) = column.program else { continue };
            write!(self.inner, "{}\"{name}\":", if first { "" } else { "," })?;
            first = false;
            self.cell(cell)?;
        }
        self.inner.write_all(b"}")
    }

    fn end(&mut self) -> io::Result<()> {
        self.inner.write_all(if self.rows == 0 { b"]\n" } else { b"\n]\n" })?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_kind() {
        const COLUMNS: &[Column] = &[
            Column { program: None, ..Column::both("x") },
            Column::both("a"),
            Column::both("b"),
            Column::both("c"),
        ];
        let mut written = Vec::new();
        let mut json = Json::new(&mut written);
        json.begin(COLUMNS).unwrap();
        json.row(&[Cell::Text("x"), Cell::Text("q\"\\"), Cell::Number(-3), Cell::List(&["s", "t"])]).unwrap();
        json.row(&[Cell::Nothing, Cell::Nothing, Cell::Truth(true), Cell::List(&[])]).unwrap();
        json.end().unwrap();
        assert_eq!(
            String::from_utf8(written).unwrap(),
            "[\n{\"a\":\"q\\\"\\\\\",\"b\":-3,\"c\":[\"s\",\"t\"]},\n{\"a\":null,\"b\":true,\"c\":[]}\n]\n"
        );
    }
}
