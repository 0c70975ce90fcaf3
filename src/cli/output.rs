//! Standard output: buffered, JSON a line at a time, and for work that goes on whether it is read or not.

use std::io::{self, BufWriter, Stdout, Write};

use serde::Serialize;

use super::Failure;

/// Buffered standard output. Flush it to learn whether all of it was written.
pub struct Out {
    to: BufWriter<Stdout>,
    /// Where the work goes on without a reader: why nothing is written any more.
    lost: Option<Option<io::Error>>,
}

impl Out {
    pub fn new() -> Self {
        Self { to: BufWriter::with_capacity(1 << 16, io::stdout()), lost: None }
    }

    /// Falls silent where it cannot be written, and says so in [`end`](Self::end) alone: for work that
    /// must not stop halfway because its reader has gone.
    pub fn unheeded() -> Self {
        Self { lost: Some(None), ..Self::new() }
    }

    /// Prints `value` as one line of JSON and flushes.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer(&mut *self, value)?;
        self.line("")
    }

    /// Prints one line and flushes.
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self, "{text}")?;
        Ok(self.flush()?)
    }

    /// Flushes. Errors: the first one of the writing; a reader that has had enough is none.
    pub fn end(mut self) -> Result<(), Failure> {
        self.flush()?;
        match self.lost.take().flatten() {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn heed<T>(
        &mut self,
        instead: T,
        write: impl FnOnce(&mut BufWriter<Stdout>) -> io::Result<T>,
    ) -> io::Result<T> {
        match &mut self.lost {
            None => write(&mut self.to),
            Some(Some(_)) => Ok(instead),
            Some(lost) => match write(&mut self.to) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                    *lost = Some(error);
                    Ok(instead)
                }
                written => written,
            },
        }
    }
}

impl Default for Out {
    fn default() -> Self {
        Self::new()
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.heed(bytes.len(), |to| to.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.heed((), Write::flush)
    }
}
