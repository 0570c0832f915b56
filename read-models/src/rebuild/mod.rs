//! Rebuilding a read model beside the live one, comparing the two, and moving the word `live`. Used by operators and
//! by the local launcher; must not answer questions and must not follow the log (a lane does both).
//!
//! # The way of a generation
//! 1. [`Rebuild::begin`]: schema `rm_<name>_<generation>` in state `building`, tables without secondary indexes. The
//!    target is fixed: the log's head at that moment.
//! 2. [`Rebuild::fill`]: the log is read *by stream*, not by position. Stream ids are hashes, so a range of them is an
//!    equal share of the log; each range is a part. A worker reads a part in pages, folds one stream after another in
//!    memory ([`Fold`]), copies the rows out and notes the part as done in the same transaction. A crash costs the
//!    parts under way; the next run begins with those that are left. This rests on one rule every read model keeps:
//!    a row depends on its own stream alone, what it refers to is joined when a question is asked.
//! 3. [`Rebuild::finish`]: indexes, row-level security, statistics; the checkpoint is the target. From here on
//!    projection-service follows it beside the live one.
//! 4. [`diff`]: both generations, row by row, as they stood at one position.
//! 5. [`promote`]: moves the word `live` when no reader can step back. The old generation is followed on, so
//!    [`rollback`] is the same step; [`drop_generation`] ends it.
//!
//! # Memory
//! A worker holds one page (2 000 events), about 1 MiB of rows and the newest row of one stream. Neither the length of
//! the log nor the number of streams counts.

mod binary;
mod compare;
mod copy;
mod diff;
mod discard;
mod error;
mod fold;
mod generations;
mod parking;
mod part;
mod run;
mod switch;

use std::sync::Arc;

use crate::ReadModel;

pub use binary::{Cell, Ids, Infinity, Jsonb};
pub use compare::{Comparison, PartCompared, RowDifference};
pub use copy::{Column, Row, Sheets, Table};
pub use diff::{Difference, Sides, diff};
pub use discard::{GRACE, drop_generation, finish_drop, mark_for_drop};
pub use error::RebuildError;
pub use fold::Fold;
pub use generations::{Generation, generations};
pub use run::{Progress, Rebuild};
pub use switch::{Readers, Switched, promote, rollback};

/// The read model of this program with a name.
fn model(name: &str) -> Result<Arc<dyn ReadModel>, RebuildError> {
    let found = crate::all().into_iter().find(|model| model.name() == name);
    found.ok_or_else(|| RebuildError::UnknownModel(name.to_owned()))
}
