//! The facts of a sale. Names and versions are storage: add, never rename.

mod link;
mod registration;
mod stakeholder;
mod visibility;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::custom_field::FieldValue;
use crate::guide::GuideItemId;
use crate::identity::{ActivityId, SaleTypeId, StageId, UserId};
use crate::money::{CurrencyCode, Money};
use crate::values::{Description, ListKey, Probability, SaleNote, Title, TypeName};

pub use link::{Link, LinkKind, LinkTarget};
pub use registration::{Details, Margin, Parties, Registration};
pub use stakeholder::{ChangedPart, Part, Stakeholder, StakeholderId};
pub use visibility::Visibility;

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 38] = [
    ("sale.registered", 1),
    ("sale.title-changed", 1),
    ("sale.description-changed", 1),
    ("sale.date-changed", 1),
    ("sale.source-set", 1),
    ("sale.parties-linked", 1),
    ("sale.owner-changed", 1),
    ("sale.stage-advanced", 1),
    ("sale.probability-overridden", 1),
    ("sale.amount-changed", 1),
    ("sale.margin-changed", 1),
    ("sale.stalled", 1),
    ("sale.stall-terms-changed", 1),
    ("sale.reopened", 1),
    ("sale.won", 1),
    ("sale.lost", 1),
    ("sale.completed", 1),
    ("sale.completion-cleared", 1),
    ("sale.credited-set", 1),
    ("sale.competitor-set", 1),
    ("sale.note-changed", 1),
    ("sale.link-added", 1),
    ("sale.link-removed", 1),
    ("sale.visibility-changed", 1),
    ("sale.stakeholder-added", 1),
    ("sale.stakeholder-changed", 1),
    ("sale.stakeholder-removed", 1),
    ("sale.type-changed", 1),
    ("sale.currency-changed", 1),
    ("sale.deleted", 1),
    ("sale.custom-field-set", 1),
    ("sale.owner-noticed", 1),
    ("sale.follow-up-offered", 1),
    ("sale.guide-item-used", 1),
    ("sale.follow-up-suggested", 1),
    ("sale.follow-up-suggestion-answered", 1),
    ("sale.stage-suggested", 1),
    ("sale.stage-suggestion-answered", 1),
];

/// Which way along the ranks a stage change went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To a later stage of the type, or from none.
    Forward,
    /// To an earlier stage of the type.
    Backward,
}

/// Which of the three figures a SetMargin gave (SO-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarginDriver {
    /// `total_cost`.
    TotalCost,
    /// `profit`.
    Profit,
    /// `profit_percent`.
    ProfitPercent,
}

/// The status a sale is reopened from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReopenedFrom {
    /// Was on hold.
    Stalled,
    /// Was sold.
    Won,
    /// Was lost.
    Lost,
}

/// Why a sale was reopened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReopenCause {
    /// Somebody asked for it.
    Manual,
    /// Its reopen date came (StalledSaleReopen).
    ReopenDate,
}

/// A fact about a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum SaleEvent {
    /// SO-1, SO-2.
    #[serde(rename = "sale.registered")]
    Registered(Box<Registration>),
    /// SO-5.
    #[serde(rename = "sale.title-changed")]
    TitleChanged {
        /// The new title.
        title: Title,
    },
    /// SO-5.
    #[serde(rename = "sale.description-changed")]
    DescriptionChanged {
        /// The new text, none when cleared.
        description: Option<Description>,
    },
    /// SO-5.
    #[serde(rename = "sale.date-changed")]
    DateChanged {
        /// The new sale date.
        sale_date: NaiveDate,
    },
    /// SO-5, SO-F24.
    #[serde(rename = "sale.source-set")]
    SourceSet {
        /// The new source, none when cleared.
        source: Option<ListKey>,
    },
    /// SO-4: all three links as they are now.
    #[serde(rename = "sale.parties-linked")]
    PartiesLinked(Parties),
    /// SO-F17.
    #[serde(rename = "sale.owner-changed")]
    OwnerChanged {
        /// Owner before.
        from: UserId,
        /// Owner from now on.
        to: UserId,
        /// The new owner's primary group.
        owner_group: Option<String>,
    },
    /// SO-6, SO-8: the probability becomes the stage's.
    #[serde(rename = "sale.stage-advanced")]
    StageAdvanced {
        /// Stage before, none if it had none.
        from: Option<StageId>,
        /// Stage from now on.
        to: StageId,
        /// The stage's probability at that moment.
        probability: Probability,
        /// Along the ranks of the type.
        direction: Direction,
    },
    /// SO-7.
    #[serde(rename = "sale.probability-overridden")]
    ProbabilityOverridden {
        /// Kept until the next stage change.
        probability: Probability,
    },
    /// SO-11: cost is kept, profit and percent follow.
    #[serde(rename = "sale.amount-changed")]
    AmountChanged {
        /// The new amount, same currency.
        amount: Money,
        /// Cost, profit and percent.
        margin: Margin,
    },
    /// SO-10.
    #[serde(rename = "sale.margin-changed")]
    MarginChanged {
        /// The figure that was given.
        driver: MarginDriver,
        /// All three figures.
        margin: Margin,
    },
    /// SO-13.
    #[serde(rename = "sale.stalled")]
    Stalled {
        /// When it is to be looked at again.
        reopen_date: NaiveDate,
        /// Why it is on hold.
        reason: ListKey,
    },
    /// SO-13: terms as they are now.
    #[serde(rename = "sale.stall-terms-changed")]
    StallTermsChanged {
        /// When it is to be looked at again.
        reopen_date: NaiveDate,
        /// Why it is on hold.
        reason: ListKey,
    },
    /// SO-16, SO-22.
    #[serde(rename = "sale.reopened")]
    Reopened {
        /// Status before.
        from_status: ReopenedFrom,
        /// Why.
        cause: ReopenCause,
        /// The stage it is back in.
        stage: Option<StageId>,
        /// The probability it is back at (§6-A14).
        probability: Probability,
    },
    /// SO-17.
    #[serde(rename = "sale.won")]
    Won {
        /// Becomes the sale date.
        close_date: NaiveDate,
        /// Why it was won.
        reason: ListKey,
        /// Actual value.
        amount: Money,
        /// Cost, profit and percent of the actual value.
        margin: Margin,
        /// 100 (§6-A13).
        probability: Probability,
        /// SO-20.
        stage_when_closed: Option<StageId>,
        /// Who lost it to us, at most one (SO-F25).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        competitor: Option<ListKey>,
    },
    /// SO-18.
    #[serde(rename = "sale.lost")]
    Lost {
        /// Becomes the sale date.
        close_date: NaiveDate,
        /// Why it was lost.
        reason: ListKey,
        /// Who got it, at most one (SO-F25).
        competitor: Option<ListKey>,
        /// 0 (§6-A13).
        probability: Probability,
        /// SO-20.
        stage_when_closed: Option<StageId>,
    },
    /// SO-21.
    #[serde(rename = "sale.completed")]
    Completed {},
    /// SO-21.
    #[serde(rename = "sale.completion-cleared")]
    CompletionCleared {},
    /// SO-5, SO-F26.
    #[serde(rename = "sale.credited-set")]
    CreditedSet {
        /// The department credited, none when cleared.
        credited: Option<ListKey>,
    },
    /// SO-5, SO-F25.
    #[serde(rename = "sale.competitor-set")]
    CompetitorSet {
        /// The one competitor, none when cleared.
        competitor: Option<ListKey>,
    },
    /// SO-28, SO-F33.
    #[serde(rename = "sale.note-changed")]
    NoteChanged {
        /// The note as it is now, none when cleared.
        note: Option<SaleNote>,
    },
    /// SO-29: a link to a target that is linked already gives it another name.
    #[serde(rename = "sale.link-added")]
    LinkAdded(Link),
    /// SO-29.
    #[serde(rename = "sale.link-removed")]
    LinkRemoved(LinkTarget),
    /// SO-31.
    #[serde(rename = "sale.visibility-changed")]
    VisibilityChanged(Visibility),
    /// SK-2.
    #[serde(rename = "sale.stakeholder-added")]
    StakeholderAdded(Stakeholder),
    /// SK-4.
    #[serde(rename = "sale.stakeholder-changed")]
    StakeholderChanged(ChangedPart),
    /// SK-5.
    #[serde(rename = "sale.stakeholder-removed")]
    StakeholderRemoved {
        /// Which one.
        id: StakeholderId,
    },
    /// SO-9: category, stage and probability as they are now.
    #[serde(rename = "sale.type-changed")]
    TypeChanged {
        /// Type before.
        from: SaleTypeId,
        /// Type from now on.
        to: SaleTypeId,
        /// Copied from the new type.
        category: Option<TypeName>,
        /// A stage of the new type, or none.
        stage: Option<StageId>,
        /// Kept with the stage, else the new stage's; kept without one.
        probability: Probability,
    },
    /// SO-39: the same figures in another currency.
    #[serde(rename = "sale.currency-changed")]
    CurrencyChanged {
        /// Currency before.
        from: CurrencyCode,
        /// The figure in the new currency, rounded to its places.
        amount: Money,
        /// Cost, profit and percent in the new currency.
        margin: Margin,
    },
    /// SO-23, §6-A33: a tombstone.
    #[serde(rename = "sale.deleted")]
    Deleted {},
    /// SO-30, SO-F35.
    #[serde(rename = "sale.custom-field-set")]
    CustomFieldSet {
        /// Which field.
        key: ListKey,
        /// What it holds now, none when cleared.
        value: Option<FieldValue>,
    },
    /// Somebody was given it: they are to be told (§6-A32).
    #[serde(rename = "sale.owner-noticed")]
    OwnerNoticed {
        /// Who is told.
        owner: UserId,
        /// Who gave it to them.
        by: UserId,
    },
    /// It was put on hold: its owner is offered to plan a follow-up (SO-14).
    #[serde(rename = "sale.follow-up-offered")]
    FollowUpOffered {
        /// Who is asked.
        owner: UserId,
        /// When the sale opens again.
        reopen_date: NaiveDate,
    },
    /// A follow-up or document was created from an item of the guide (SG-12 to SG-14); stored with it, in one group.
    #[serde(rename = "sale.guide-item-used")]
    GuideItemUsed {
        /// The item.
        item: GuideItemId,
        /// What was created from it.
        activity: ActivityId,
    },
    /// The next follow-up is suggested to somebody, once for each item (SG-19).
    #[serde(rename = "sale.follow-up-suggested")]
    FollowUpSuggested {
        /// What is suggested.
        item: GuideItemId,
        /// Who is asked: whose follow-up was completed.
        user: UserId,
    },
    /// SG-20, SG-21. Creating it is an answer of its own; a suggestion that was declined stays visible.
    #[serde(rename = "sale.follow-up-suggestion-answered")]
    FollowUpSuggestionAnswered {
        /// What was suggested.
        item: GuideItemId,
        /// To be created, or not now.
        accepted: bool,
    },
    /// Everything required in a stage is done: the next one is suggested, once until the stage changes (SG-23, §6-A5).
    #[serde(rename = "sale.stage-suggested")]
    StageSuggested {
        /// The stage it is in.
        from: StageId,
        /// The stage that is suggested.
        to: StageId,
        /// Who is asked: whose follow-up or document completed the stage.
        user: UserId,
    },
    /// SG-23: yes moves the sale in the same group.
    #[serde(rename = "sale.stage-suggestion-answered")]
    StageSuggestionAnswered {
        /// The stage that was suggested.
        stage: StageId,
        /// Yes or no.
        accepted: bool,
    },
}
