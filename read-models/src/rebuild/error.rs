//! Why a rebuild or a change of generations did not happen. Each sentence says what to do.

use event_store::StoreError;
use thiserror::Error;

use crate::ApplyError;
use crate::schema::SchemaError;

/// Nothing was changed by whatever ends in one of these, unless it says so.
#[derive(Debug, Error)]
pub enum RebuildError {
    /// No read model of this program has the name.
    #[error("there is no read model {0}")]
    UnknownModel(String),
    /// No such generation.
    #[error("read model {name} has no generation {generation}")]
    UnknownGeneration {
        /// The read model.
        name: String,
        /// What was asked for.
        generation: i32,
    },
    /// Somebody else is at it.
    #[error("read model {0} is being rebuilt by somebody else")]
    UnderWay(String),
    /// A rebuilt generation waits already.
    #[error("generation {generation} of {name} is rebuilt and waits: promote it, or drop it first")]
    Waiting {
        /// The read model.
        name: String,
        /// The one that waits.
        generation: i32,
    },
    /// An unfinished rebuild was begun by a program with other tables.
    #[error("generation {generation} of {name} was begun by another release: drop it first")]
    OtherRelease {
        /// The read model.
        name: String,
        /// The unfinished one.
        generation: i32,
    },
    /// An event cannot be folded, and the read model may not set its stream aside. What is done stays done.
    #[error("the rebuild cannot go on: {0}")]
    Poison(#[source] ApplyError),
    /// The generation holds no complete rows.
    #[error(
        "generation {generation} of {name} is not filled: run `salgslogg projection rebuild {name}`"
    )]
    NotFilled {
        /// The read model.
        name: String,
        /// Which.
        generation: i32,
    },
    /// Promoting it would take readers back in time.
    #[error(
        "generation {generation} of {name} stands at {position} and the live one at {live}: is projection-service running?"
    )]
    Behind {
        /// The read model.
        name: String,
        /// The one to be promoted.
        generation: i32,
        /// Where it stands.
        position: i64,
        /// Where the live one stands.
        live: i64,
    },
    /// It answers questions already.
    #[error("generation {generation} of {name} is live")]
    IsLive {
        /// The read model.
        name: String,
        /// Which.
        generation: i32,
    },
    /// There is nothing to choose from.
    #[error("read model {0} has no generation to {1}")]
    NoneTo(String, &'static str),
    /// A question that began before it was retired may still read it.
    #[error("generation {generation} of {name} was live a moment ago: drop it in {seconds} s")]
    StillRead {
        /// The read model.
        name: String,
        /// Which.
        generation: i32,
        /// How long questions may still need it.
        seconds: i64,
    },
    /// A projector holds it, or a statement reads it, for too long. It stays marked, and dropping it again goes on.
    #[error("generation {generation} of {name} is still in use: try again")]
    InUse {
        /// The read model.
        name: String,
        /// Which.
        generation: i32,
    },
    /// A table cannot be taken back to a position, or one side lacks it.
    #[error(
        "table {0} cannot be compared: one generation lacks it, or it has no `position` and `stream_id`"
    )]
    NotComparable(String),
    /// The log cannot be read.
    #[error("the log cannot be read: {0}")]
    Log(#[from] StoreError),
    /// The schema of a generation cannot be made.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The database refused or was lost.
    #[error("the read models cannot be written: {0}")]
    Database(#[from] sqlx::Error),
    /// A worker fell over.
    #[error("a worker of the rebuild fell over")]
    Worker,
}
