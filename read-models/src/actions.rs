//! What the reader of a card may do with the sale now, by name of the command, given rights and status (SO-22).

use events::rights::{Level, Records, TenantRights};
use service_runtime::{Actor, Right};

use crate::sale::{Features, Status, Suggestions};

/// What decides about it beside the status.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// How far the reader's rights go on the sale (SO-44).
    pub level: Level,
    /// The completed tick is set (SO-21).
    pub completed: bool,
    /// Its type has stakeholders (SK-1).
    pub stakeholders: bool,
    /// Which parts of the product the tenant has (SO-50).
    pub features: Features,
    /// What somebody is asked about.
    pub asked: Suggested,
}

/// Which suggestions of a guide can be answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Suggested {
    follow_up: bool,
    stage: bool,
}

impl Suggested {
    /// Nobody is asked: boards do not look at the guides of their cards.
    pub const NOTHING: Self = Self { follow_up: false, stage: false };

    /// What was declined may be wanted later (SG-21).
    pub fn of(suggestions: &Suggestions, has_guide: bool) -> Self {
        let open = |accepted: Option<bool>| has_guide && accepted != Some(true);
        Self {
            follow_up: suggestions.follow_ups.iter().any(|asked| open(asked.accepted)),
            stage: suggestions.stage.as_ref().is_some_and(|asked| open(asked.accepted)),
        }
    }
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
const UNLOCKED: [&str; 11] = [
    "EditSale",
    "ChangeOwner",
    "OverrideProbability",
    "ChangeAmount",
    "SetMargin",
    "MarkSold",
    "MarkLost",
    "SetVisibility",
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
    // a stalled sale goes to no other stage, and is not asked to
    let (open, unlocked) =
        (status == Status::Open, matches!(status, Status::Open | Status::Stalled));
    // those that are there may be removed, also where the type has none
    let involved: &[&str] = match (unlocked && terms.features.stakeholders, terms.stakeholders) {
        (true, true) => &["AddStakeholders", "ChangeStakeholders", "RemoveStakeholders"],
        (true, false) => &["RemoveStakeholders"],
        (false, _) => &[],
    };
    let follow_up: &[&str] =
        if unlocked && terms.asked.follow_up { &["AnswerFollowUpSuggestion"] } else { &[] };
    let stage: &[&str] = if open && terms.asked.stage { &["AnswerStageSuggestion"] } else { &[] };
    let of_status: &[&str] = match status {
        Status::Open => &["AdvanceStage", "StallSale"],
        Status::Stalled => &["ChangeStallTerms", "ReopenSale"],
        Status::Won | Status::Lost if terms.completed => &["ReopenSale", "ClearCompletion"],
        Status::Won | Status::Lost => &["ReopenSale", "CompleteSale"],
    };
    let whatever: &[&str] = if unlocked { &UNLOCKED } else { &[] };
    [whatever, of_status, involved, follow_up, stage, &ALWAYS, delete].concat()
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
