//! What becomes of targets when their type does not want them any more: TargetTypeCleanup (ST-5, ST-6). It finds the rows
//! that were there before, in the log, and asks each to go; the command side refuses every other command on them meanwhile.

use domain::Order;
use domain::target::TargetCommand;
use event_store::EventStore;
use events::target::{Assignee, TargetPlace};
use events::{DecodeError, Event, Recorded, StreamName, TargetTypeEvent, TargetTypeId};
use futures::FutureExt;

use super::notices::Answer;
use super::reaction::{Follows, RuleFault, Rules};

/// ST-5, ST-6: removes the rows of a type that was deleted, and those of users of one that is for groups only.
#[derive(Debug)]
pub struct TargetTypeCleanup;

impl Rules for TargetTypeCleanup {
    const NAME: &'static str = "target-type-cleanup";
    const WATCHED: &'static [&'static str] = &["target-type.deleted", "target-type.edited"];
    const COMMAND: &'static str = "RemoveTarget";
    const ALWAYS: bool = true;
    type What = ();

    fn follows<'a>(row: &'a Recorded, store: &'a EventStore) -> Answer<'a, ()> {
        cleared_up(row, store).boxed()
    }

    fn order((): ()) -> Order {
        Order::Target(TargetCommand::RemoveWithType)
    }
}

/// The rows that go with an event. Rows added after it are those of a type that took users in again: they stay, also when the
/// log is read once more.
async fn cleared_up(row: &Recorded, store: &EventStore) -> Result<Follows<()>, RuleFault> {
    let Event::TargetType(fact) = row.decode()? else { return Ok(Follows::Nothing) };
    let goes: fn(&TargetPlace) -> bool = match fact {
        TargetTypeEvent::Deleted {} => |_| true,
        TargetTypeEvent::Edited(terms) if terms.groups_only => of_user,
        TargetTypeEvent::Edited(_) | TargetTypeEvent::Defined { .. } => {
            return Ok(Follows::Nothing);
        }
    };
    let stream = row.metadata()?.stream;
    let target_type = StreamName::parse(&stream).and_then(|stream| stream.id.parse().ok());
    let unknown = || DecodeError::UnknownStream(stream).at(row.position);
    let target_type = TargetTypeId(target_type.ok_or_else(unknown)?);
    let rows = store.targets_before(&row.tenant, target_type, row.position).await?;
    Ok(Follows::Each(
        rows.into_iter().filter(goes).map(|place| (place.id().stream(), ())).collect(),
    ))
}

fn of_user(place: &TargetPlace) -> bool {
    matches!(place.assignee, Assignee::User { .. })
}
