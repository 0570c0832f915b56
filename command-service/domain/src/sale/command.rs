//! What may be asked of a sale (domain §3.2).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use events::sale::{Link, LinkTarget, ReopenCause, Stakeholder, StakeholderId, Visibility};
use events::{
    ActivityId, CurrencyCode, GuideItemId, ListKey, Money, Probability, SaleNote, SaleTypeId,
    StageId, UserId,
};

use super::{MarginFigure, NewSale, PartChanges, SaleChanges};
use crate::custom_field::GivenValue;
use crate::user::Caller;

/// What may be asked of a sale.
#[derive(Debug, Clone, PartialEq)]
pub enum SaleCommand {
    /// SO-1, SO-2.
    RegisterSale(Box<NewSale>),
    /// SO-5.
    EditSale(Box<SaleChanges>),
    /// SO-F17.
    ChangeOwner {
        /// The new owner.
        owner: UserId,
        /// What the caller's token says of them, should they take the sale and have to be added.
        caller: Caller,
    },
    /// SO-6, SO-8: any stage of the type, in any direction.
    AdvanceStage {
        /// The new stage.
        stage: StageId,
    },
    /// SO-7.
    OverrideProbability {
        /// Kept until the next stage change.
        probability: Probability,
    },
    /// SO-11.
    ChangeAmount {
        /// In the sale's currency.
        amount: Money,
    },
    /// SO-10.
    SetMargin(MarginFigure),
    /// SO-13.
    StallSale {
        /// Not before today.
        reopen_date: NaiveDate,
        /// Why.
        reason: ListKey,
    },
    /// SO-13; a term left out stays.
    ChangeStallTerms {
        /// Not before today.
        reopen_date: Option<NaiveDate>,
        /// Why.
        reason: Option<ListKey>,
    },
    /// SO-16, SO-22.
    ReopenSale {
        /// Who or what wants it.
        cause: ReopenCause,
    },
    /// SO-17.
    MarkSold {
        /// Why it was won.
        reason: ListKey,
        /// Today when left out.
        close_date: Option<NaiveDate>,
        /// Actual value; the estimate when left out.
        amount: Option<Money>,
        /// Who lost it to us; the known one when left out.
        competitor: Option<ListKey>,
    },
    /// SO-18.
    MarkLost {
        /// Why it was lost.
        reason: ListKey,
        /// Today when left out.
        close_date: Option<NaiveDate>,
        /// Who got it; the known one when left out.
        competitor: Option<ListKey>,
    },
    /// SO-21.
    CompleteSale,
    /// SO-21.
    ClearCompletion,
    /// SO-F33: none clears.
    SetNote {
        /// The whole note.
        note: Option<SaleNote>,
    },
    /// SO-29.
    AddLink(Link),
    /// SO-29.
    RemoveLink(LinkTarget),
    /// SO-31.
    SetVisibility(Visibility),
    /// SK-2.
    AddStakeholders(Vec<Stakeholder>),
    /// SK-4.
    ChangeStakeholders {
        /// Which ones.
        ids: Vec<StakeholderId>,
        /// What changes about each.
        changes: PartChanges,
    },
    /// SK-5.
    RemoveStakeholders {
        /// Which ones.
        ids: Vec<StakeholderId>,
    },
    /// SO-9.
    ChangeSaleType {
        /// The new type.
        sale_type: SaleTypeId,
        /// A stage of it; found by the rule of SO-9 when left out.
        stage: Option<StageId>,
    },
    /// SO-39.
    ChangeCurrency {
        /// The new currency.
        currency: CurrencyCode,
    },
    /// SO-23: for good.
    DeleteSale,
    /// SO-30: fields left out stay, those without a value are cleared.
    SetCustomFields(BTreeMap<ListKey, Option<GivenValue>>),
    /// SG-20, SG-21.
    AnswerFollowUpSuggestion {
        /// What was suggested.
        item: GuideItemId,
        /// To be created, or not now.
        accepted: bool,
    },
    /// SG-23.
    AnswerStageSuggestion {
        /// Yes or no.
        accepted: bool,
    },
    /// §6-A32: sent by the process manager after a change of owner.
    NoticeOwner {
        /// Who is told.
        owner: UserId,
        /// Who gave it to them.
        by: UserId,
    },
    /// SO-14: sent by the process manager after a stall.
    OfferFollowUp,
    /// SG-19: sent by the process manager after a follow-up was completed.
    SuggestFollowUp {
        /// What was completed.
        activity: ActivityId,
    },
    /// SG-23: sent by the process manager after a follow-up was completed or a document created.
    SuggestStage {
        /// What was completed.
        activity: ActivityId,
    },
}
