//! `salgslogg projection`: rebuilding a read model beside the live one, comparing the two, switching. The work is done
//! by `read_models::rebuild`; here are only arguments, progress and words.

mod diff;
mod discard;
mod progress;
mod rebuild;
mod status;
mod switch;

use clap::Subcommand;
use read_models::rebuild::RebuildError;

use super::Format;
use crate::database::{self, Database};
use crate::failure::Failure;
use crate::stack::Stack;

/// What can be done with the generations of a read model.
#[derive(Debug, Subcommand)]
pub enum Arguments {
    /// Build a new generation from the log, beside the live one; goes on where an interrupted run stopped
    Rebuild(rebuild::Arguments),
    /// Every generation: its state, how far it is, whether somebody follows it
    Status(status::Arguments),
    /// Compare two generations row by row; ends with 1 when they differ
    Diff(diff::Arguments),
    /// Let a built generation answer questions from now on
    Promote(switch::PromoteArguments),
    /// Let the generation before answer again
    Rollback(switch::RollbackArguments),
    /// Delete a generation that does not answer questions
    Drop(discard::Arguments),
}

/// Does it.
pub async fn run(stack: &Stack, arguments: &Arguments, format: Format) -> Result<(), Failure> {
    let find = |database| Database::find(database, stack.environment());
    match arguments {
        Arguments::Rebuild(build) => rebuild::run(&find(&build.database)?, build, format).await,
        Arguments::Status(status) => status::run(&find(&status.database)?, format).await,
        Arguments::Diff(diff) => diff::run(&find(&diff.database)?, diff, format).await,
        Arguments::Promote(one) => switch::promote(&find(&one.database)?, one, format).await,
        Arguments::Rollback(one) => switch::rollback(&find(&one.database)?, one, format).await,
        Arguments::Drop(one) => discard::run(&find(&one.database)?, one, format).await,
    }
}

/// What the library said, with its exit code.
fn refused(error: RebuildError) -> Failure {
    let said = error.to_string();
    match error {
        RebuildError::UnknownModel(_)
        | RebuildError::UnknownGeneration { .. }
        | RebuildError::NoneTo(..) => Failure::NotFound(said),
        RebuildError::UnderWay(_)
        | RebuildError::Waiting { .. }
        | RebuildError::OtherRelease { .. }
        | RebuildError::Poison(_)
        | RebuildError::NotFilled { .. }
        | RebuildError::Behind { .. }
        | RebuildError::IsLive { .. }
        | RebuildError::StillRead { .. }
        | RebuildError::InUse { .. } => Failure::Negative(said),
        RebuildError::Log(_) => Failure::Unreachable(said),
        RebuildError::Database(error) => database::failed(&error),
        RebuildError::NotComparable(_) | RebuildError::Schema(_) | RebuildError::Worker => {
            Failure::Unexpected(said)
        }
    }
}
