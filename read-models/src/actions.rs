//! What the reader of a card may do with the sale now, by name of the command, given rights and status (SO-22).

use service_runtime::{Actor, Right};

use crate::sale::Status;

/// What decides about it beside the status.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// The reader may change the sale.
    pub may_change: bool,
    /// The completed tick is set (SO-21).
    pub completed: bool,
    /// Its type has stakeholders (SK-1).
    pub stakeholders: bool,
}

/// Whether the roles of a caller let them change a sale of this owner.
pub(crate) fn may_change(actor: &Actor, owner: &str) -> bool {
    let own = actor.may(Right::ChangeOwnSales) && actor.user.as_str() == owner;
    own || actor.may(Right::ChangeAllSales)
}

/// Whatever the status is.
const ALWAYS: [&str; 4] = ["SetNote", "AddLink", "RemoveLink", "DeleteSale"];

/// While open or stalled.
const UNLOCKED: [&str; 12] = [
    "EditSale",
    "ChangeOwner",
    "OverrideProbability",
    "ChangeAmount",
    "SetMargin",
    "MarkSold",
    "MarkLost",
    "SetVisibility",
    "RemoveStakeholders",
    "ChangeSaleType",
    "ChangeCurrency",
    "SetCustomFields",
];

/// Commands that would not be refused for the status of the sale or the rights of the reader.
pub(crate) fn available(status: Status, terms: Terms) -> Vec<&'static str> {
    if !terms.may_change {
        return Vec::new();
    }
    let involved: &[&str] =
        if terms.stakeholders && matches!(status, Status::Open | Status::Stalled) {
            &["AddStakeholders", "ChangeStakeholders"]
        } else {
            &[]
        };
    let of_status: &[&str] = match status {
        Status::Open => &["AdvanceStage", "StallSale"],
        Status::Stalled => &["ChangeStallTerms", "ReopenSale"],
        Status::Won | Status::Lost if terms.completed => &["ReopenSale", "ClearCompletion"],
        Status::Won | Status::Lost => &["ReopenSale", "CompleteSale"],
    };
    let unlocked: &[&str] = match status {
        Status::Open | Status::Stalled => &UNLOCKED,
        Status::Won | Status::Lost => &[],
    };
    [unlocked, of_status, involved, &ALWAYS].concat()
}

/// The word for the icon of a status (SO-27).
pub(crate) fn icon(status: Status) -> &'static str {
    match status {
        Status::Open => "coin",
        Status::Stalled => "red-triangle",
        Status::Won => "tick",
        Status::Lost => "cross",
    }
}
