//! Deleting a sale type and taking it back into use (SO-46, §6-A34).

use events::{Event, Guide, SaleTypeEvent};

use super::{Defined, SaleTypeCommand};
use crate::{Decision, Refusal};

/// SO-46: sales of the type live on; its name stays its own.
pub(super) fn delete() -> Decision {
    Decision::of([Event::SaleType(SaleTypeEvent::Deleted {})])
}

/// Deleting twice is deleting once; restoring is all that is left (SO-46).
pub(super) fn on_deleted(command: &SaleTypeCommand) -> Result<Decision, Refusal> {
    match command {
        SaleTypeCommand::DeleteSaleType => Ok(Decision::nothing()),
        SaleTypeCommand::RestoreSaleType => {
            Ok(Decision::of([Event::SaleType(SaleTypeEvent::Restored {})]))
        }
        SaleTypeCommand::DefineSaleType { .. }
        | SaleTypeCommand::EditSaleType { .. }
        | SaleTypeCommand::AddGuideItem(_)
        | SaleTypeCommand::EditGuideItem { .. }
        | SaleTypeCommand::MoveGuideItem { .. }
        | SaleTypeCommand::RemoveGuideItem { .. } => Err(Refusal::SaleTypeDeleted),
    }
}

/// What is left of a type: restoring brings neither stages nor guide back (§6-A34).
pub(super) fn emptied(mut defined: Box<Defined>) -> Box<Defined> {
    defined.terms.stages.clear();
    defined.terms.guide = false;
    defined.guide = Guide::default();
    defined
}
