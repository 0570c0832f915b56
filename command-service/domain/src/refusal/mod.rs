//! The business said no: every reason, as a fact about the world, with its stable code.

mod words;

use events::{Aggregate, CurrencyCode, ListName};
use thiserror::Error;

/// Why a command was refused. Never a technical fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Nothing was ever registered under this id.
    #[error("there is no {0} with this id")]
    Unknown(Aggregate),
    /// The id is taken.
    #[error("this id belongs to an existing {0}")]
    AlreadyExists(Aggregate),
    /// The caller sees the sale, but their rights go no further (SO-44).
    #[error("the sale belongs to somebody else, and your rights do not reach so far")]
    NotYours,
    /// The caller sees the activity, but their rights go no further (SO-44).
    #[error("the activity belongs to somebody else, and your rights do not reach so far")]
    NotYourActivity,
    /// The caller sees the selection, but their rights go no further (SF-10).
    #[error("the selection belongs to somebody else, and your rights do not reach so far")]
    NotYourSelection,
    /// The caller sees the target, but their rights go no further (SO-44, ST-8).
    #[error("the target belongs to somebody else, and your rights do not reach so far")]
    NotYourTarget,
    /// SO-44: none of the caller's roles has the right this command needs.
    #[error("none of your roles has the right this needs")]
    RightMissing,
    /// SO-44: the right says what a role is, or somebody would be locked out.
    #[error("this right of this role cannot be changed")]
    RightFixed,
    /// SO-1, SD-2.
    #[error("a title is needed")]
    TitleRequired,
    /// SO-22: closed sales are read-only.
    #[error("the sale is closed; reopen it first")]
    SaleClosed,
    /// §3.5: already sold or lost.
    #[error("the sale is sold or lost already")]
    AlreadyClosed,
    /// §3.5: reopen first.
    #[error("the sale is stalled; reopen it first")]
    SaleStalled,
    /// §3.2: terms of a stall that is not.
    #[error("the sale is not stalled")]
    NotStalled,
    /// §3.5: nothing to reopen.
    #[error("the sale is open already")]
    SaleOpen,
    /// SO-21.
    #[error("only a sold or lost sale can be completed")]
    NotClosed,
    /// SO-F6.
    #[error("the stage does not belong to the sale's type")]
    StageNotInSaleType,
    /// No such stage in the tenant.
    #[error("there is no such stage")]
    UnknownStage,
    /// SO-49: nothing can be done to it but restoring it.
    #[error("the stage is deleted; restore it first")]
    StageDeleted,
    /// SO-49: no sale moves to it.
    #[error("this stage is deleted")]
    DeletedStage,
    /// SO-49: a type lists stages that are in use.
    #[error("a listed stage is deleted")]
    DeletedListedStage,
    /// No such sale type in the tenant.
    #[error("there is no such sale type")]
    UnknownSaleType,
    /// SO-46: nothing can be done to it but restoring it.
    #[error("the sale type is deleted; restore it first")]
    SaleTypeDeleted,
    /// SO-46: no sale begins with it or turns to it.
    #[error("this sale type is deleted")]
    DeletedSaleType,
    /// SG-6, SG-12: never added, removed, or of a stage that the type does not have.
    #[error("the guide has no such item")]
    UnknownGuideItem,
    /// The id of an item is taken.
    #[error("this id belongs to an existing item of the guide")]
    GuideItemExists,
    /// SG-4, SG-5: a follow-up is no document.
    #[error("this item of the guide is of the other kind: a follow-up, or a document")]
    GuideItemKind,
    /// SG-2.
    #[error("a guide has 200 items at most")]
    TooManyGuideItems,
    /// SG-14.
    #[error("500 activities can be created from the guide of a sale at most")]
    TooManyInstances,
    /// SG-3, SG-28.
    #[error("the type of the sale has no guide")]
    GuideOff,
    /// SO-50.
    #[error("this part of the product is switched off")]
    FeatureOff,
    /// SG-20, SG-21.
    #[error("no such follow-up is suggested")]
    NoSuchSuggestion,
    /// SG-23.
    #[error("no stage is suggested")]
    NoStageSuggested,
    /// SG-13: a document is done by being created.
    #[error("a document is done and cannot be reopened")]
    DocumentIsDone,
    /// Preferences and favourites are personal (SG-22, SO-32).
    #[error("this is for the user themselves to say")]
    NotYourself,
    /// SO-32.
    #[error("a user has 500 favourites at most")]
    TooManyFavourites,
    /// SF-14.
    #[error("a user has 50 views of the board at most")]
    TooManyViews,
    /// SF-10: nothing can be done to it any more.
    #[error("the selection is deleted")]
    SelectionDeleted,
    /// SF-10: its members are put there by hand.
    #[error("the selection is static: it has members and no criteria")]
    SelectionStatic,
    /// SF-10: its members are what its criteria find.
    #[error("the selection is dynamic: its criteria find its members")]
    SelectionDynamic,
    /// SF-11.
    #[error("a selection has 10000 members at most")]
    TooManyMembers {
        /// JSON Pointer of the sales in the command.
        pointer: &'static str,
    },
    /// Owners are users of the tenant.
    #[error("there is no such user")]
    UnknownOwner,
    /// SO-F15: a contact works for a company that is registered.
    #[error("there is no such company")]
    UnknownCompany,
    /// SO-13.
    #[error("the reopen date lies before today")]
    ReopenDatePast,
    /// SO-39: a sale keeps its currency.
    #[error("the sale is in {currency}; its currency cannot change")]
    CurrencyDiffers {
        /// The sale's.
        currency: CurrencyCode,
        /// JSON Pointer of the other currency in the command.
        pointer: &'static str,
    },
    /// SO-12.
    #[error("a percentage of an amount of 0 says nothing")]
    PercentWithoutAmount,
    /// A sale is worth nothing or something.
    #[error("the amount must not be negative")]
    AmountNegative,
    /// Cost cannot be below 0.
    #[error("the total cost would be negative")]
    CostNegative,
    /// Beyond 10^13 major units (design §2).
    #[error("the figure exceeds 10000000000000")]
    AmountTooLarge,
    /// SO-10.
    #[error("give exactly one of total_cost, profit and profit_percent")]
    ExactlyOneMarginFigure,
    /// A sale type or stage of this name exists (SO-45, SO-47).
    #[error("the name is taken")]
    NameTaken,
    /// SO-45.
    #[error("a guide needs two stages at least")]
    GuideNeedsTwoStages,
    /// A type lists stages that exist.
    #[error("a listed stage does not exist")]
    UnknownListedStage,
    /// A stage stands once in a type.
    #[error("a stage is listed twice")]
    StageListedTwice,
    /// SO-36.
    #[error("a duration is 0 to 1200 units")]
    DurationOutOfRange,
    /// SO-38: the base currency's rate is 1 by definition.
    #[error("the base currency has no rate of its own")]
    BaseCurrencyHasNoRate,
    /// SO-38.
    #[error("a rate is above 0, with at most ten digits before and after the point")]
    RateOutOfRange,
    /// SO-38.
    #[error("a unit is a whole number from 1 to 1000000")]
    UnitOutOfRange,
    /// Design §2, Tenant.
    #[error("amounts exist in the base currency; it can no longer change")]
    AmountsExist,
    /// SD-8, SD-10: only an open assignment is answered.
    #[error("the activity does not wait for an answer")]
    NotAssigned,
    /// SD-3.
    #[error("a usual length is 1 to 1440 minutes")]
    LengthOutOfRange {
        /// JSON Pointer of the length in the command.
        pointer: &'static str,
    },
    /// SD-4.
    #[error("the working day has to end after it begins")]
    DayEndsFirst,
    /// SD-11.
    #[error("a series has 100 occurrences at most")]
    RecurrenceTooLong,
    /// SD-11.
    #[error("the rule does not fit its start, or never happens")]
    RecurrenceUnfit,
    /// SO-19: the list is maintained and has no such item to choose.
    #[error("the list {} has no such item to choose", .list.as_str())]
    UnknownListItem {
        /// The list.
        list: ListName,
        /// JSON Pointer of the key in the command.
        pointer: &'static str,
    },
    /// SD-1: a type of follow-ups belongs to one kind.
    #[error("this type is for follow-ups of another kind")]
    TypeOfAnotherKind,
    /// SO-19.
    #[error("a list has 500 items of its own at most")]
    ListFull,
    /// SD-2: an activity is about a sale of the tenant.
    #[error("there is no such sale")]
    UnknownSale,
    /// SD-9: reopen first.
    #[error("the activity is completed; reopen it first")]
    ActivityCompleted,
    /// Nothing can be done to it any more.
    #[error("the activity is deleted")]
    ActivityDeleted,
    /// SD-3: a meeting has no default start; nor has what changes between days and times.
    #[error("a start is needed")]
    StartRequired,
    /// SD-1, SD-4: to-dos and what lasts all day have days.
    #[error("give a date such as 2026-03-10: a to-do and what lasts all day have no times")]
    DayExpected {
        /// JSON Pointer of the time.
        pointer: &'static str,
    },
    /// SD-1: meetings and calls have times.
    #[error("give an instant such as 2026-03-10T09:00:00Z, or say all_day")]
    TimeExpected {
        /// JSON Pointer of the day.
        pointer: &'static str,
    },
    /// SD-2.
    #[error("the end lies before the start")]
    EndBeforeStart,
    /// An activity is no project.
    #[error("an activity lasts 366 days at most")]
    ActivityTooLong,
    /// Dates can be shown in every zone.
    #[error("an activity lies in the years 1900 to 9999")]
    OutsideCalendar,
    /// SD-6: an alarm rings before a start.
    #[error("an alarm needs a start at a time of day")]
    AlarmNeedsTime,
    /// SO-29.
    #[error("a sale has 100 links at most")]
    TooManyLinks,
    /// SO-29.
    #[error("the sale is not linked to this")]
    UnknownLink,
    /// SO-31, SF-10.
    #[error("the owner does not belong to this group")]
    GroupNotOfOwner,
    /// SK-1.
    #[error("sales of this type have no stakeholders")]
    StakeholdersOff,
    /// SK-3.
    #[error("the same party in the same role is among the stakeholders already")]
    StakeholderExists,
    /// SK-4, SK-5.
    #[error("the sale has no such stakeholder")]
    UnknownStakeholder,
    /// SK-2.
    #[error("a sale has 200 stakeholders at most")]
    TooManyStakeholders,
    /// SO-23: nothing can be done to it any more.
    #[error("the sale is deleted")]
    SaleDeleted,
    /// SO-30.
    #[error("there is no such custom field")]
    UnknownField,
    /// SO-30.
    #[error("a custom field keeps its kind")]
    FieldKindFixed,
    /// SO-30.
    #[error("a tenant has 100 custom fields at most, removed ones included")]
    TooManyFields,
    /// SO-30.
    #[error("three custom fields can be promoted at most")]
    TooManyPromoted,
    /// SO-F35.
    #[error("the value does not fit the kind of its custom field")]
    FieldValueInvalid,
    /// ST-17: nothing can be done to it but adding it again.
    #[error("the target was removed; add it again")]
    TargetRemoved,
    /// ST-15.
    #[error("the row is locked; unlock it first")]
    RowLocked,
    /// ST-11, ST-19: never added, removed, not seen, or of another type.
    #[error("there is no such target")]
    UnknownTarget,
    /// ST-9, ST-11: no such row, or nothing but zeros in it.
    #[error("there are no figures to copy")]
    NothingToCopy,
    /// ST-11: figures in another currency, or counted instead of money.
    #[error("the other target has figures of another currency or kind")]
    TargetsDiffer,
    /// ST-16: it goes with its type only.
    #[error("the row of a user stays; clear it")]
    UserRowStays,
    /// ST-1.
    #[error("the type All sales – Amount stays as it is")]
    TargetTypeFixed,
    /// No such type of targets in the tenant.
    #[error("there is no such type of targets")]
    UnknownTargetType,
    /// ST-6.
    #[error("the type of targets is deleted")]
    TargetTypeDeleted,
    /// ST-1.
    #[error("another type of targets has this dimension")]
    DimensionTaken,
    /// ST-2.
    #[error("the tenant has no field of kind list with this key")]
    UnknownDimension,
    /// ST-4.
    #[error("the type of targets has no such item to choose")]
    UnknownTargetItem,
    /// ST-4.
    #[error("an item is listed twice")]
    ItemListedTwice,
    /// ST-5.
    #[error("targets of this type are for the company and for groups only")]
    GroupsOnly,
    /// ST-7.
    #[error("the row has {expected} cells")]
    CellsCount {
        /// One a period.
        expected: usize,
    },
    /// A target is nothing or something.
    #[error("a figure must not be negative")]
    FigureNegative,
    /// Figures of targets have the places of their currency at most.
    #[error("a figure has more decimal places than its currency")]
    TooManyPlaces,
    /// ST-3: sales are counted in whole numbers.
    #[error("a count is a whole number")]
    NotAWholeNumber,
    /// ST-12.
    #[error("only rows of money of the company or of a group have a currency of their own")]
    NoOwnCurrency,
    /// ST-8.
    #[error("the rows of 500 members can come with that of their group at most")]
    GroupTooLarge,
    /// ST-19.
    #[error("a target is listed twice")]
    TargetListedTwice,
    /// A refusal with the place of what it is about, when that is not always the same.
    #[error("{refusal}")]
    At {
        /// JSON Pointer.
        pointer: String,
        /// What was refused.
        refusal: Box<Refusal>,
    },
    /// A command reached a stream of another aggregate: a fault of the caller's routing.
    #[error("this stream does not take commands of a {0}")]
    WrongStream(Aggregate),
}
