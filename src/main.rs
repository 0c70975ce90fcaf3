//! The program: runs the command line and ends with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    match seatledger::cli::run(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
