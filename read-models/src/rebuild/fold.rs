//! What a read model brings to its rebuild: its own folding rules, kept in memory.

use events::Recorded;
use uuid::Uuid;

use super::copy::Sheets;
use crate::ApplyError;

/// Folds whole streams in memory, one after another, by the rules that also follow the log live.
///
/// Events come stream by stream, each from its first event on and in order, so a fold remembers one row of one
/// stream and never asks the database what was before.
pub trait Fold: Send {
    /// Takes the next event: of the same stream as the last one, or the first of another.
    ///
    /// # Errors
    /// An event that cannot be read or folded; nothing of it is kept then.
    fn take(&mut self, event: &Recorded) -> Result<(), ApplyError>;

    /// Hands out every row that no later event can change: all but the newest version of the stream that is
    /// `open`, of which more events may come.
    fn hand_out(&mut self, open: Option<Uuid>, to: &mut Sheets);
}
