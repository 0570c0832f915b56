//! Keys of list items that a command on a sale gives (SO-19): which lists have to be known, and which keys they offer.

use events::{ListKey, ListName, StreamName};

use super::{Deal, SaleCommand};
use crate::list::offered;
use crate::{Context, Refusal};

/// A key, its list and its place in the command.
type Given<'a> = (ListName, &'a ListKey, &'static str);

/// Every key the command gives.
fn given(command: &SaleCommand) -> Vec<Given<'_>> {
    use SaleCommand as C;
    let reason = |list, key| Some((list, key, "/reason"));
    let competitor = |key| (ListName::Competitor, key, "/competitor");
    let keys = match command {
        C::RegisterSale(new) => {
            let (source, details) = (new.source.as_ref(), &new.details);
            vec![
                source.map(|key| (ListName::Source, key, "/source")),
                details.credited.as_ref().map(|key| (ListName::Credited, key, "/credited")),
                details.competitor.as_ref().map(competitor),
            ]
        }
        C::EditSale(changes) => {
            let source = changes.source.as_ref().and_then(Option::as_ref);
            let credited = changes.credited.as_ref().and_then(Option::as_ref);
            let named = changes.competitor.as_ref().and_then(Option::as_ref);
            vec![
                source.map(|key| (ListName::Source, key, "/source")),
                credited.map(|key| (ListName::Credited, key, "/credited")),
                named.map(competitor),
            ]
        }
        C::StallSale { reason: why, .. } => vec![reason(ListName::ReasonStalled, why)],
        C::ChangeStallTerms { reason: why, .. } => {
            vec![why.as_ref().and_then(|why| reason(ListName::ReasonStalled, why))]
        }
        C::MarkSold { reason: why, competitor: named, .. } => {
            vec![reason(ListName::ReasonSold, why), named.as_ref().map(competitor)]
        }
        C::MarkLost { reason: why, competitor: named, .. } => {
            vec![reason(ListName::ReasonLost, why), named.as_ref().map(competitor)]
        }
        C::AddStakeholders(_) | C::ChangeStakeholders { .. } => roles(command),
        C::ChangeOwner { .. }
        | C::AdvanceStage { .. }
        | C::OverrideProbability { .. }
        | C::ChangeAmount { .. }
        | C::SetMargin(_)
        | C::ReopenSale { .. }
        | C::CompleteSale
        | C::ClearCompletion
        | C::NoticeOwner { .. }
        | C::OfferFollowUp
        | C::SuggestFollowUp { .. }
        | C::SuggestStage { .. }
        | C::AnswerFollowUpSuggestion { .. }
        | C::AnswerStageSuggestion { .. }
        | C::SetNote { .. }
        | C::AddLink(_)
        | C::RemoveLink(_)
        | C::SetVisibility(_)
        | C::RemoveStakeholders { .. }
        | C::ChangeSaleType { .. }
        | C::ChangeCurrency { .. }
        | C::DeleteSale
        | C::SetCustomFields(_) => Vec::new(),
    };
    keys.into_iter().flatten().collect()
}

/// Roles of stakeholders; nothing for other commands.
fn roles(command: &SaleCommand) -> Vec<Option<Given<'_>>> {
    if let SaleCommand::AddStakeholders(all) = command {
        let roles = all.iter().map(|one| one.part.role.as_ref());
        return roles.map(|key| Some((ListName::SalesRole, key?, "/stakeholders"))).collect();
    }
    if let SaleCommand::ChangeStakeholders { changes, .. } = command {
        let role = changes.role.as_ref().and_then(Option::as_ref);
        return vec![role.map(|key| (ListName::SalesRole, key, "/role"))];
    }
    Vec::new()
}

/// The lists whose keys are given.
pub(super) fn lists(command: &SaleCommand) -> impl Iterator<Item = StreamName> {
    given(command).into_iter().map(|(list, ..)| list.stream())
}

/// Refuses a key that its list does not offer, unless the sale has it already: a form may send back what it was sent.
pub(super) fn check(
    command: &SaleCommand,
    deal: &Deal,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let kept = |list: ListName| match list {
        ListName::Source => deal.source.as_ref(),
        ListName::Competitor => deal.details.competitor.as_ref(),
        ListName::Credited => deal.details.credited.as_ref(),
        ListName::ReasonStalled
        | ListName::ReasonSold
        | ListName::ReasonLost
        | ListName::SalesRole
        | ListName::Priority
        | ListName::SaleTypeCategory
        | ListName::FollowUpType
        | ListName::CompanyCategory
        | ListName::CompanyBusiness => None,
    };
    given(command)
        .into_iter()
        .filter(|(list, key, _)| kept(*list) != Some(*key))
        .try_for_each(|(list, key, pointer)| offered(list, key, pointer, context))
}
