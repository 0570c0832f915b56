//! `salgslogg completions`: a script that lets a shell complete commands and flags.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::failure::Failure;
use crate::output;

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
The script goes to standard output; where it belongs depends on the shell.

Examples:
  salgslogg completions bash > ~/.local/share/bash-completion/completions/salgslogg
  salgslogg completions zsh > \"${fpath[1]}/_salgslogg\"
  salgslogg completions fish > ~/.config/fish/completions/salgslogg.fish")]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes the script.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    output::bytes(&script(arguments.shell))
}

/// The script of a shell.
#[must_use]
pub fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "salgslogg", &mut script);
    script
}
