//! The binary `salgslogg`: reads the arguments, runs one command, ends with a documented exit code.

use std::process::ExitCode;

use clap::Parser;
use salgslogg::cli::Cli;
use salgslogg::failure::Failure;
use salgslogg::{commands, output};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !matches!(failure, Failure::ReaderGone) {
                output::remark(&format!("salgslogg: {failure}"));
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

fn start(cli: Cli) -> Result<(), Failure> {
    // A second installation is refused and changes nothing; the first one stands.
    drop(rustls::crypto::ring::default_provider().install_default());
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Unexpected(format!("cannot start: {error}")))?
        .block_on(commands::run(cli))
}
