//! `salgslogg man`: a manual page for every command, written from the same words as its `--help`.

use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};

use crate::cli::Cli;
use crate::failure::Failure;
use crate::output;

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salgslogg man ~/.local/share/man/man1 && man salgslogg-pipeline
  salgslogg man /tmp/pages && man /tmp/pages/salgslogg.1")]
pub struct Arguments {
    /// The folder to write them to; made when it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes the pages and says how many.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let pages = write(&arguments.folder).map_err(|error| {
        Failure::Usage(format!("cannot write to {}: {error}", arguments.folder.display()))
    })?;
    output::line(&format!("{pages} pages in {}", arguments.folder.display()))
}

fn write(folder: &Path) -> std::io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    pages(&command, folder)
}

/// The page of a command and those of the commands below it.
fn pages(command: &clap::Command, folder: &Path) -> std::io::Result<usize> {
    let page = clap_mangen::Man::new(command.clone()).manual("Salgslogg");
    page.generate_to(folder)?;
    let mut written = 1;
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        written += pages(below, folder)?;
    }
    Ok(written)
}
