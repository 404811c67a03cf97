//! Nothing acknowledged is lost: kill -9 a hundred times, and an fsync for every commit. And what breaks lines does.

mod fsync;
mod kill;
mod proxy;

use std::process::{Command, Stdio};

/// `ack_writer`, its standard output a pipe.
fn writer(folder: &std::path::Path, name: &str, count: u32, callers: u32) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ack_writer"));
    command.arg(folder).arg(name).arg(count.to_string()).arg(callers.to_string()).stdout(Stdio::piped());
    command
}
