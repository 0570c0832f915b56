//! The facts of a sale. Names and versions are storage: add, never rename.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::identity::{SaleTypeId, StageId, UserId};
use crate::money::Money;
use crate::values::{Description, ListKey, Party, Probability, Title, TypeName};

/// Types of this stream and the version written today.
pub const CURRENT: [(&str, i16); 20] = [
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
    ("sale.owner-noticed", 1),
    ("sale.follow-up-offered", 1),
];

/// Cost, profit and percent of a sale, always consistent: profit = amount − cost, percent of the amount (SO-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Margin {
    /// Cost, in the sale's currency.
    #[serde(with = "rust_decimal::serde::str")]
    pub total_cost: Decimal,
    /// Amount minus cost.
    #[serde(with = "rust_decimal::serde::str")]
    pub profit: Decimal,
    /// Two places; none when the amount is 0 (SO-12).
    pub profit_percent: Option<Decimal>,
}

/// The parties a sale is linked to, each independent and optional (SO-4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parties {
    /// The organisation sold to.
    #[serde(default)]
    pub company: Option<Party>,
    /// The human being at the customer.
    #[serde(default)]
    pub contact: Option<Party>,
    /// The project it belongs to.
    #[serde(default)]
    pub project: Option<Party>,
}

/// Everything known at registration, all defaults resolved (SO-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Mandatory name (SO-F2).
    pub title: Title,
    /// Mandatory type (SO-F4).
    pub sale_type: SaleTypeId,
    /// Copied from the type (SO-F5).
    #[serde(default)]
    pub category: Option<TypeName>,
    /// None for a type without stages (SO-3).
    #[serde(default)]
    pub stage: Option<StageId>,
    /// The stage's, unless given.
    pub probability: Probability,
    /// Estimate until sold.
    pub amount: Money,
    /// Cost, profit and percent.
    pub margin: Margin,
    /// Responsible user (SO-F17).
    pub owner: UserId,
    /// The owner's primary group at registration (SO-F17).
    #[serde(default)]
    pub owner_group: Option<String>,
    /// Company, contact, project.
    pub parties: Parties,
    /// Expected close (SO-F18, SO-36).
    pub sale_date: NaiveDate,
    /// Where it came from (SO-F24).
    #[serde(default)]
    pub source: Option<ListKey>,
    /// Long text (SO-F3).
    #[serde(default)]
    pub description: Option<Description>,
    /// The id in the system it came from.
    #[serde(default)]
    pub external_reference: Option<String>,
}

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
}
