//! One version of a sale, as the tables keep it. Plain values; knows no event and no question.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Fields, Links, Stakeholders, Suggestions};

/// Where a sale is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Status {
    /// Being worked on.
    Open,
    /// On hold until its reopen date (SO-13).
    Stalled,
    /// Sold (SO-17).
    Won,
    /// Lost (SO-18).
    Lost,
}

impl Status {
    /// In the order of the board.
    pub const ALL: [Self; 4] = [Self::Open, Self::Stalled, Self::Won, Self::Lost];

    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Stalled => "stalled",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A sale at one version. Money in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Sale {
    /// Public id.
    pub sale_id: Uuid,
    /// 1001, 1002, … within the tenant.
    pub number: i64,
    /// Its name (SO-F2).
    pub title: String,
    /// Long text.
    pub description: Option<String>,
    /// Where it is in its life.
    pub status: Status,
    /// Its type.
    pub sale_type_id: Uuid,
    /// Copied from the type at registration.
    pub category: Option<String>,
    /// None for a type without stages (SO-3); kept when closed.
    pub stage_id: Option<Uuid>,
    /// When the stage was entered, in effect; reopening keeps it.
    pub stage_entered_at: DateTime<Utc>,
    /// SO-20.
    pub stage_when_closed: Option<Uuid>,
    /// Whole percent.
    pub probability: i16,
    /// ISO 4217.
    pub currency: String,
    /// Estimate, actual once won.
    pub amount_minor: i64,
    /// Cost.
    pub total_cost_minor: i64,
    /// Amount minus cost.
    pub profit_minor: i64,
    /// None when the amount is 0 (SO-12).
    pub profit_percent: Option<Decimal>,
    /// `sub` of the responsible user.
    pub owner: String,
    /// The owner's primary group when they became owner.
    pub owner_group: Option<String>,
    /// Expected close; the close date once won or lost.
    pub sale_date: NaiveDate,
    /// Where it came from.
    pub source: Option<String>,
    /// Company linked to.
    pub company_id: Option<Uuid>,
    /// Its name.
    pub company_name: Option<String>,
    /// Contact linked to.
    pub contact_id: Option<Uuid>,
    /// Its name.
    pub contact_name: Option<String>,
    /// Project linked to.
    pub project_id: Option<Uuid>,
    /// Its name.
    pub project_name: Option<String>,
    /// Id in the system it came from.
    pub external_reference: Option<String>,
    /// While stalled.
    pub reopen_date: Option<NaiveDate>,
    /// While stalled.
    pub stall_reason: Option<String>,
    /// While won or lost.
    pub close_date: Option<NaiveDate>,
    /// Why it was won or lost.
    pub reason: Option<String>,
    /// Who got it.
    pub competitor: Option<String>,
    /// SO-21.
    pub completed: bool,
    /// When it was registered, in effect.
    pub registered_at: DateTime<Utc>,
    /// Department credited (SO-F26).
    pub credited: Option<String>,
    /// SO-F33.
    pub note: Option<String>,
    /// SO-F34.
    #[sqlx(try_from = "Option<String>")]
    pub links: Links,
    /// `all`, `owner` or `group` (SO-F32).
    pub visible_for: String,
    /// The group, where it is one.
    pub visible_group: Option<String>,
    /// Who registered it (SO-F36).
    pub registered_by: String,
    /// Who changed it last.
    pub updated_by: String,
    /// Commands that changed it since its registration.
    pub update_count: i32,
    /// SK-2.
    #[sqlx(try_from = "Option<String>")]
    pub stakeholders: Stakeholders,
    /// SO-F35.
    #[sqlx(try_from = "Option<String>")]
    pub fields: Fields,
    /// SG-19, SG-23; lists of cards do not look at it.
    #[sqlx(default, try_from = "Option<String>")]
    pub suggestions: Suggestions,
    /// SO-23.
    pub deleted: bool,
    /// When its newest fact was recorded: facts of one command share it.
    pub saved_at: DateTime<Utc>,
}
