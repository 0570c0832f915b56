//! Which fields can be searched and what kind of value each holds.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fault::{Fault, beginning};
use crate::custom_field::FieldKind;
use crate::values::ListKey;

/// What a field holds, which decides what can be asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words of people, compared without regard to case.
    Text,
    /// Titles, companies and contacts by stems of Norwegian, Dutch and English.
    FullText,
    /// Yes or no.
    YesNo,
    /// A decimal number.
    Number,
    /// An amount, in the currency of the answer.
    Money,
    /// A day in the tenant's zone.
    Date,
    /// One of several.
    List(Item),
}

/// What a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// Texts, compared as they are.
    Word,
    /// Users (`sub`); [`ME`](super::ME) is whoever asks.
    User,
    /// UUIDs.
    Id,
    /// UUIDs, and `none` for sales without one.
    IdOrNone,
    /// One of these words.
    Of(&'static [&'static str]),
}

impl Kind {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::FullText => "full_text",
            Self::YesNo => "yes_no",
            Self::Number => "number",
            Self::Money => "money",
            Self::Date => "date",
            Self::List(_) => "list",
        }
    }
}

impl From<FieldKind> for Kind {
    fn from(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Text => Self::Text,
            FieldKind::Number => Self::Number,
            FieldKind::Date => Self::Date,
            FieldKind::Boolean => Self::YesNo,
            FieldKind::List => Self::List(Item::Word),
        }
    }
}

/// Whose field it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// Of the sale itself and of what it is linked to.
    Sale,
    /// Of an activity of the sale: some activity has to be so. What a block asks of activities it asks of one and the same.
    Activity,
    /// Of a stakeholder of the sale, likewise.
    Stakeholder,
}

impl About {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Activity => "activity",
            Self::Stakeholder => "stakeholder",
        }
    }
}

/// What names of custom fields begin with.
const CUSTOM: &str = "field.";

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident $word:literal $kind:expr;)*) => {
        /// A field of a sale, of what it is linked to, of its activities or of its stakeholders.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Field {
            $($(#[$doc])* $name,)*
            /// A field the tenant added (SO-30), written `field.` and its key.
            Custom(ListKey),
        }

        impl Field {
            /// All but the tenant's own, in the order of the card.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its word; of a custom field that of its key.
            #[must_use]
            pub fn word(&self) -> &str {
                match self {
                    $(Self::$name => $word,)*
                    Self::Custom(key) => key.as_str(),
                }
            }

            /// What it holds; of custom fields only the tenant knows.
            #[must_use]
            pub fn kind(&self) -> Option<Kind> {
                match self {
                    $(Self::$name => Some($kind),)*
                    Self::Custom(_) => None,
                }
            }
        }
    };
}

const STATUSES: Kind = Kind::List(Item::Of(&["open", "stalled", "won", "lost"]));
const KINDS: Kind = Kind::List(Item::Of(&["meeting", "to_do", "call", "document"]));
const VISIBILITIES: Kind = Kind::List(Item::Of(&["all", "owner", "group"]));
const WORDS: Kind = Kind::List(Item::Word);
const USERS: Kind = Kind::List(Item::User);
const IDS: Kind = Kind::List(Item::Id);
const IDS_OR_NONE: Kind = Kind::List(Item::IdOrNone);

fields! {
    /// Title, company and contact by stems.
    FullText "text" Kind::FullText;
    /// SO-F2.
    Title "title" Kind::Text;
    /// Sale number.
    Number "number" Kind::Number;
    /// Public id.
    Id "id" IDS;
    /// Open, stalled, won, lost.
    Status "status" STATUSES;
    /// Stage now.
    Stage "stage" IDS_OR_NONE;
    /// Stage when it was closed (SO-20).
    StageWhenClosed "stage_when_closed" IDS;
    /// Whole days in its stage, on the day of the question.
    DaysInStage "days_in_stage" Kind::Number;
    /// Sale type.
    SaleType "sale_type" IDS;
    /// Category of its type.
    Category "category" WORDS;
    /// Responsible user.
    Owner "owner" USERS;
    /// Group of the owner when they became it.
    Group "group" WORDS;
    /// Key of its source.
    Source "source" WORDS;
    /// Key of the competitor.
    Competitor "competitor" WORDS;
    /// Key of the department credited (SO-F26).
    Credited "credited" WORDS;
    /// Key of why it was won, lost or stalled.
    Reason "reason" WORDS;
    /// ISO 4217.
    Currency "currency" WORDS;
    /// Amount.
    Amount "amount" Kind::Money;
    /// Weighted amount.
    Weighted "weighted" Kind::Money;
    /// Cost.
    TotalCost "total_cost" Kind::Money;
    /// Profit.
    Profit "profit" Kind::Money;
    /// Profit in percent (SO-12).
    ProfitPercent "profit_percent" Kind::Number;
    /// Chance in percent.
    Probability "probability" Kind::Number;
    /// Expected or actual close.
    SaleDate "sale_date" Kind::Date;
    /// Close, while won or lost.
    CloseDate "close_date" Kind::Date;
    /// Reopening, while stalled.
    ReopenDate "reopen_date" Kind::Date;
    /// Next activity; the reopen date while stalled.
    NextActivityDate "next_activity_date" Kind::Date;
    /// Day of registration.
    RegisteredOn "registered_on" Kind::Date;
    /// Day of the last change.
    UpdatedOn "updated_on" Kind::Date;
    /// SO-21.
    Completed "completed" Kind::YesNo;
    /// Whether an activity is not done.
    HasOpenActivity "has_open_activity" Kind::YesNo;
    /// Whether an activity is overdue.
    OverdueActivity "overdue_activity" Kind::YesNo;
    /// Whether it is open and its sale date lies in the past.
    OverdueSaleDate "overdue_sale_date" Kind::YesNo;
    /// Whether either is (SF-12).
    Red "red" Kind::YesNo;
    /// Whether whoever asks marked it (SO-32).
    Favourite "favourite" Kind::YesNo;
    /// Long text.
    Description "description" Kind::Text;
    /// SO-F33.
    Note "note" Kind::Text;
    /// Id in the system it came from.
    ExternalReference "external_reference" Kind::Text;
    /// Who sees it (SO-31).
    VisibleFor "visible_for" VISIBILITIES;
    /// Who registered it.
    RegisteredBy "registered_by" USERS;
    /// Who changed it last.
    UpdatedBy "updated_by" USERS;
    /// Company linked to.
    Company "company.id" IDS;
    /// Its name.
    CompanyName "company.name" Kind::Text;
    /// Key of what it is to us.
    CompanyCategory "company.category" WORDS;
    /// Key of what it does.
    CompanyBusiness "company.business" WORDS;
    /// ISO 3166-1, two letters.
    CompanyCountry "company.country" WORDS;
    /// Contact linked to.
    Contact "contact.id" IDS;
    /// Its name.
    ContactName "contact.name" Kind::Text;
    /// Where mail reaches them.
    ContactEmail "contact.email" Kind::Text;
    /// Where a call reaches them.
    ContactPhone "contact.phone" Kind::Text;
    /// Project linked to.
    Project "project.id" IDS;
    /// Its name.
    ProjectName "project.name" Kind::Text;
    /// Kind of an activity of the sale.
    ActivityKind "activity.kind" KINDS;
    /// Key of its type (SD-1).
    ActivityType "activity.type" WORDS;
    /// Its title.
    ActivityTitle "activity.title" Kind::Text;
    /// Its text.
    ActivityDescription "activity.description" Kind::Text;
    /// Where it takes place.
    ActivityLocation "activity.location" Kind::Text;
    /// Whose diary it is in.
    ActivityOwner "activity.owner" USERS;
    /// Group of that owner.
    ActivityGroup "activity.group" WORDS;
    /// Key of its priority (SD-5).
    ActivityPriority "activity.priority" WORDS;
    /// First day.
    ActivityStart "activity.start" Kind::Date;
    /// Last day.
    ActivityEnd "activity.end" Kind::Date;
    /// Whether it is done (SD-9).
    ActivityCompleted "activity.completed" Kind::YesNo;
    /// The day it was done.
    ActivityCompletedOn "activity.completed_on" Kind::Date;
    /// Company of a stakeholder of the sale (SK-2).
    StakeholderCompany "stakeholder.company" IDS;
    /// Its name.
    StakeholderCompanyName "stakeholder.company_name" Kind::Text;
    /// Contact of a stakeholder.
    StakeholderContact "stakeholder.contact" IDS;
    /// Its name.
    StakeholderContactName "stakeholder.contact_name" Kind::Text;
    /// Key of their role.
    StakeholderRole "stakeholder.role" WORDS;
    /// What is to be known about them.
    StakeholderComment "stakeholder.comment" Kind::Text;
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Custom(_) = self {
            f.write_str(CUSTOM)?;
        }
        f.write_str(self.word())
    }
}

impl Field {
    /// Whose field it is.
    #[must_use]
    pub fn about(&self) -> About {
        let of = |prefix| !matches!(self, Self::Custom(_)) && self.word().starts_with(prefix);
        if of("activity.") {
            About::Activity
        } else if of("stakeholder.") {
            About::Stakeholder
        } else {
            About::Sale
        }
    }

    /// Reads its name.
    ///
    /// # Errors
    /// There is no such field.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let unknown = || Fault::UnknownField(beginning(text));
        if let Some(key) = text.strip_prefix(CUSTOM) {
            return ListKey::parse(key).map(Self::Custom).map_err(|_| unknown());
        }
        Self::ALL.iter().find(|field| field.word() == text).cloned().ok_or_else(unknown)
    }
}

impl TryFrom<String> for Field {
    type Error = Fault;
    fn try_from(text: String) -> Result<Self, Fault> {
        Self::parse(&text)
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}
