//! What the reader of a card may do with the sale now, by name of the command, given rights and status (SO-22).

use events::rights::{Level, Records, TenantRights};
use service_runtime::{Actor, Right};

use crate::sale::Status;

/// What decides about it beside the status.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// How far the reader's rights go on the sale (SO-44).
    pub level: Level,
    /// The completed tick is set (SO-21).
    pub completed: bool,
    /// Its type has stakeholders (SK-1).
    pub stakeholders: bool,
}

/// How far the rights of a caller go on a sale.
pub(crate) fn level(actor: &Actor, tenant: &TenantRights, sale: (&str, Option<&str>)) -> Level {
    if !tenant.may(actor.roles, Right::ChangeSales) {
        return Level::Read;
    }
    let whose = actor.principal().ownership(sale.0, sale.1);
    tenant.level(actor.roles, Records::Sales, whose)
}

/// Whatever the status is.
const ALWAYS: [&str; 3] = ["SetNote", "AddLink", "RemoveLink"];

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
    if terms.level < Level::Update {
        return Vec::new();
    }
    let delete: &[&str] = if terms.level == Level::Delete { &["DeleteSale"] } else { &[] };
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
    [unlocked, of_status, involved, &ALWAYS, delete].concat()
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
