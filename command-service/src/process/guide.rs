//! What two process managers ask of a sale when something of its guide was done: GuideSuggestion (SG-19) and StageAdvance
//! (SG-23). Neither decides: the sale knows what comes next, what was suggested before and what its type wants.

use domain::Order;
use domain::sale::SaleCommand;
use event_store::EventStore;
use events::{ActivityId, DecodeError, Recorded, StreamName};
use futures::FutureExt;

use super::notices::{Answer, planned};
use super::reaction::{Follows, RuleFault, Rules};

/// SG-19: suggests the next follow-up to whom has done one.
#[derive(Debug)]
pub struct GuideSuggestion;

impl Rules for GuideSuggestion {
    const NAME: &'static str = "guide-suggestion";
    const WATCHED: &'static [&'static str] = &["activity.completed"];
    const COMMAND: &'static str = "SuggestFollowUp";
    const NEWS_ONLY: bool = true;
    type What = ActivityId;

    fn follows<'a>(row: &'a Recorded, store: &'a EventStore) -> Answer<'a, ActivityId> {
        asks_its_sale(row, store).boxed()
    }

    fn order(activity: ActivityId) -> Order {
        Order::Sale(SaleCommand::SuggestFollowUp { activity })
    }
}

/// SG-23, §6-A5: suggests the next stage once everything required in this one is done.
#[derive(Debug)]
pub struct StageAdvance;

impl Rules for StageAdvance {
    const NAME: &'static str = "stage-advance";
    const WATCHED: &'static [&'static str] = &["activity.completed", "activity.document-created"];
    const COMMAND: &'static str = "SuggestStage";
    const NEWS_ONLY: bool = true;
    type What = ActivityId;

    fn follows<'a>(row: &'a Recorded, store: &'a EventStore) -> Answer<'a, ActivityId> {
        asks_its_sale(row, store).boxed()
    }

    fn order(activity: ActivityId) -> Order {
        Order::Sale(SaleCommand::SuggestStage { activity })
    }
}

/// What was created from an item of a guide, and is still there, has its sale asked.
async fn asks_its_sale(
    row: &Recorded,
    store: &EventStore,
) -> Result<Follows<ActivityId>, RuleFault> {
    let guided = planned(store, row).await?.filter(|activity| activity.guide_item.is_some());
    let Some(sale) = guided.and_then(|activity| activity.terms.sale) else {
        return Ok(Follows::Nothing);
    };
    let stream = row.metadata()?.stream;
    let activity = StreamName::parse(&stream).and_then(|stream| stream.id.parse().ok());
    let unknown = || DecodeError::UnknownStream(stream).at(row.position);
    Ok(Follows::There(sale.stream(), ActivityId(activity.ok_or_else(unknown)?)))
}
