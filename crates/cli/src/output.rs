//! Where commands print that leave files, too: a reader that has heard enough does not keep them from being written.

use std::io::{self, StdoutLock, Write};

/// The standard output, for as long as somebody reads it: `gradus svm train .. | head -1` still saves the machine.
pub struct Output {
    reader: Option<StdoutLock<'static>>,
}

/// The standard output.
pub fn output() -> Output {
    Output { reader: Some(io::stdout().lock()) }
}

impl Output {
    fn with(&mut self, write: impl FnOnce(&mut StdoutLock<'static>) -> io::Result<()>) -> io::Result<()> {
        let Some(reader) = &mut self.reader else { return Ok(()) };
        match write(reader) {
            Err(problem) if problem.kind() == io::ErrorKind::BrokenPipe => {
                self.reader = None;
                Ok(())
            }
            outcome => outcome,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|reader| reader.write_all(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with(Write::flush)
    }
}
