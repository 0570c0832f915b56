//! The question before anything that destroys something, or that others notice at once. Such a command flattens
//! [`Consent`] into its arguments and asks once, before it touches anything.

use std::io::{self, BufRead, IsTerminal};

use clap::Args;

use crate::failure::Failure;
use crate::output;

/// Whether the answer was given with the command.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Consent {
    /// Do it without asking
    #[arg(long, short = 'y')]
    pub yes: bool,
}

impl Consent {
    /// Goes on when somebody says yes to `deed`, a sentence such as "drop generation 3 of sale".
    ///
    /// # Errors
    /// [`Failure::Usage`] when nobody can be asked and `--yes` is missing; [`Failure::Negative`] when the
    /// answer is no. Nothing may have been done by then.
    pub fn ask(self, deed: &str) -> Result<(), Failure> {
        let stdin = io::stdin();
        let terminal = stdin.is_terminal();
        let question = || output::question(&format!("{deed}? [y/N] "));
        self.answered(deed, terminal.then_some(question), &mut stdin.lock())
    }

    /// `question` puts the question, where there is somebody to read it.
    fn answered(
        self,
        deed: &str,
        question: Option<impl FnOnce()>,
        answers: &mut impl BufRead,
    ) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        let Some(question) = question else {
            let why = "nobody can be asked, since standard input is no terminal";
            return Err(Failure::Usage(format!("give --yes to {deed}: {why}")));
        };
        question();
        let mut answer = String::new();
        answers
            .read_line(&mut answer)
            .map_err(|error| Failure::Unexpected(format!("the answer cannot be read: {error}")))?;
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" | "j" | "ja" => Ok(()),
            _ => Err(Failure::Negative("nothing was done".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(yes: bool, terminal: bool, typed: &str) -> u8 {
        let question = terminal.then_some(|| {});
        let asked = Consent { yes }.answered("drop it", question, &mut typed.as_bytes());
        asked.err().map_or(0, |failure| failure.exit_code())
    }

    #[test]
    fn only_a_clear_yes_goes_on() {
        for typed in ["y\n", "Yes\n", " ja \n"] {
            assert_eq!(code(false, true, typed), 0, "{typed}");
        }
        for typed in ["", "\n", "n\n", "yess\n", "drop\n"] {
            assert_eq!(code(false, true, typed), 1, "{typed}");
        }
    }

    #[test]
    fn without_a_terminal_only_the_flag_goes_on() {
        assert_eq!(code(false, false, "y\n"), 2, "what a pipe says is no consent");
        assert_eq!(code(true, false, ""), 0);
    }
}
