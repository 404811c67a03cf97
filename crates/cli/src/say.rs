//! Standard output: a reader that has gone away (`… | head`) ends the program quietly, not with a panic.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// Prints a line, as `println!` does.
macro_rules! say {
    ($($words:tt)*) => { $crate::say::line(format_args!($($words)*))? };
}
pub(crate) use say;

/// A line on standard output. Where nobody reads any more there is nothing to say; the command goes on, for
/// its exit code still counts.
pub fn line(words: Arguments<'_>) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{words}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// The reader of standard output has gone away.
pub fn reader_gone(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    })
}
