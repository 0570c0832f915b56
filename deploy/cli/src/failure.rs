//! What can end a run, and the exit code each ending carries.
//!
//! Owns the exit codes of the command line; every other module returns a [`Failure`] and never exits
//! by itself.

use std::io;

/// The documented exit codes, shown at the end of `salgslogg --help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  negative result: lines were refused, rows could not be mapped, generations differ, or it may not be done now
  2  usage: wrong arguments, an unreadable file, a faulty mapping or question; verify could not judge
  3  not authorised: the token is missing, expired, or lacks the role
  4  not found: the stack knows no such sale
  5  no stack: none was found, or it cannot be reached
  6  the stack answered something unexpected (its own fault, or a newer version)";

/// Why a run ended without success. The text is one sentence for people, without a full stop.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The work was done, its result is negative; the report has been printed.
    #[error("{0}")]
    Negative(String),
    /// The call itself is wrong.
    #[error("{0}")]
    Usage(String),
    /// Nothing was found because not everything could be looked at.
    #[error("{0}")]
    CannotJudge(String),
    /// No token, or one that may not do this.
    #[error("{0}")]
    NotAuthorised(String),
    /// The stack knows no such thing.
    #[error("{0}")]
    NotFound(String),
    /// No stack was found, or it does not answer.
    #[error("{0}")]
    Unreachable(String),
    /// An answer outside the contract.
    #[error("{0}")]
    Unexpected(String),
    /// The reader of our output went away (`| head`): a quiet success.
    #[error("the reader of the output went away")]
    ReaderGone,
}

impl Failure {
    /// The exit code of this ending.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::ReaderGone => 0,
            Self::Negative(_) => 1,
            Self::Usage(_) | Self::CannotJudge(_) => 2,
            Self::NotAuthorised(_) => 3,
            Self::NotFound(_) => 4,
            Self::Unreachable(_) => 5,
            Self::Unexpected(_) => 6,
        }
    }

    /// Reads a failed write to standard output.
    pub fn of_output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::ReaderGone
        } else {
            Self::Unexpected(format!("cannot write the output: {error}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_has_the_exit_code_the_help_names() {
        let codes = [
            Failure::ReaderGone,
            Failure::Negative(String::new()),
            Failure::Usage(String::new()),
            Failure::NotAuthorised(String::new()),
            Failure::NotFound(String::new()),
            Failure::Unreachable(String::new()),
            Failure::Unexpected(String::new()),
        ]
        .map(|failure| failure.exit_code());
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6]);
        for code in codes {
            assert!(
                EXIT_CODES.contains(&format!("\n  {code}  ")),
                "the help says nothing about {code}"
            );
        }
    }

    #[test]
    fn a_closed_pipe_is_a_quiet_success() {
        let gone = Failure::of_output(&io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(gone.exit_code(), 0);
    }
}
