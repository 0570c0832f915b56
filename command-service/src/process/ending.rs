//! How a step of a process manager ends: it got to the head, another replica works, a machine did not answer, or something
//! stored cannot be read.

use event_store::StoreError;
use event_store::leases::AdvanceError;
use events::DecodeError;

use super::send::SendFault;

/// A machine did not answer, or another replica took over. The next step begins at the checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum ProcessFault {
    /// The database of the log.
    #[error("the log cannot be read")]
    Log(#[from] StoreError),
    /// The transaction of timers and checkpoint.
    #[error("timers and checkpoint cannot be written")]
    Checkpoint(#[from] sqlx::Error),
    /// Another replica runs this process manager now.
    #[error("another replica took over")]
    Fenced,
    /// The command side.
    #[error(transparent)]
    Send(#[from] SendFault),
    /// The sale kept changing while it was looked at.
    #[error("the sale kept changing")]
    Restless,
}

impl From<AdvanceError> for ProcessFault {
    fn from(error: AdvanceError) -> Self {
        match error {
            AdvanceError::Fenced => Self::Fenced,
            AdvanceError::Database(error) => Self::Checkpoint(error),
        }
    }
}

/// Something stored that this program cannot read. Nothing is skipped: the process manager stays
/// where it is until a program that can read it takes over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot go on: {0}")]
pub struct Halt(pub String);

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pumped {
    /// Everything up to the head was seen, everything due was sent.
    UpTo {
        /// The head of the log.
        position: i64,
        /// Commands sent in this step.
        sent: usize,
    },
    /// Another replica runs it.
    Standby,
    /// Something stored cannot be read.
    Halted(Halt),
}

/// Either way of not going on.
#[derive(Debug)]
pub(super) enum Stop {
    Halted(Halt),
    Broken(ProcessFault),
}

impl<F: Into<ProcessFault>> From<F> for Stop {
    fn from(fault: F) -> Self {
        Self::Broken(fault.into())
    }
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Self::Halted(Halt(error.to_string()))
    }
}
