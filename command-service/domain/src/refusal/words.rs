//! What a refusal is called on the wire, and which field it is about.

use super::Refusal;

impl Refusal {
    /// The same, about the field at `pointer` of the body.
    pub(crate) fn at(self, pointer: impl Into<String>) -> Self {
        Self::At { pointer: pointer.into(), refusal: Box::new(self) }
    }

    /// The stable code of the problem that reports it.
    #[expect(
        clippy::too_many_lines,
        reason = "a line for each refusal: the compiler asks for the next"
    )]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "not_found",
            Self::AlreadyExists(_) => "already_exists",
            Self::NotYours => "not_your_sale",
            Self::NotYourActivity => "not_your_activity",
            Self::NotYourSelection => "not_your_selection",
            Self::NotYourTarget => "not_your_target",
            Self::RightMissing => "forbidden",
            Self::RightFixed => "right_fixed",
            Self::TitleRequired => "title_required",
            Self::SaleClosed => "sale_closed",
            Self::AlreadyClosed => "already_closed",
            Self::SaleStalled => "sale_stalled",
            Self::NotStalled => "not_stalled",
            Self::SaleOpen => "sale_open",
            Self::NotClosed => "not_closed",
            Self::StageNotInSaleType => "stage_not_in_sale_type",
            Self::UnknownStage | Self::UnknownListedStage => "unknown_stage",
            Self::StageDeleted | Self::DeletedStage | Self::DeletedListedStage => "stage_deleted",
            Self::SaleTypeDeleted | Self::DeletedSaleType => "sale_type_deleted",
            Self::UnknownGuideItem => "unknown_guide_item",
            Self::GuideItemExists => "already_exists",
            Self::GuideItemKind => "guide_item_kind",
            Self::TooManyGuideItems => "too_many_guide_items",
            Self::TooManyInstances => "too_many_instances",
            Self::GuideOff => "guide_off",
            Self::FeatureOff => "feature_off",
            Self::NoSuchSuggestion | Self::NoStageSuggested => "no_such_suggestion",
            Self::DocumentIsDone => "document_is_done",
            Self::NotYourself => "not_yourself",
            Self::TooManyFavourites => "too_many_favourites",
            Self::TooManyViews => "too_many_views",
            Self::SelectionDeleted => "selection_deleted",
            Self::SelectionStatic => "selection_static",
            Self::SelectionDynamic => "selection_dynamic",
            Self::TooManyMembers { .. } => "too_many_members",
            Self::UnknownSaleType => "unknown_sale_type",
            Self::UnknownOwner => "unknown_owner",
            Self::UnknownCompany => "unknown_company",
            Self::ReopenDatePast => "reopen_date_past",
            Self::CurrencyDiffers { .. } => "currency_differs",
            Self::PercentWithoutAmount => "percent_without_amount",
            Self::AmountNegative => "amount_negative",
            Self::CostNegative => "cost_negative",
            Self::AmountTooLarge => "amount_too_large",
            Self::ExactlyOneMarginFigure => "exactly_one_margin_figure",
            Self::NameTaken => "name_taken",
            Self::GuideNeedsTwoStages => "guide_needs_two_stages",
            Self::StageListedTwice => "stage_listed_twice",
            Self::DurationOutOfRange => "duration_out_of_range",
            Self::BaseCurrencyHasNoRate => "base_currency_has_no_rate",
            Self::RateOutOfRange => "rate_out_of_range",
            Self::UnitOutOfRange => "unit_out_of_range",
            Self::AmountsExist => "amounts_exist",
            Self::UnknownSale => "unknown_sale",
            Self::ActivityCompleted => "activity_completed",
            Self::ActivityDeleted => "activity_deleted",
            Self::StartRequired => "start_required",
            Self::DayExpected { .. } => "day_expected",
            Self::TimeExpected { .. } => "time_expected",
            Self::EndBeforeStart => "end_before_start",
            Self::ActivityTooLong => "activity_too_long",
            Self::OutsideCalendar => "outside_calendar",
            Self::AlarmNeedsTime => "alarm_needs_time",
            Self::RecurrenceTooLong => "recurrence_too_long",
            Self::RecurrenceUnfit => "recurrence_unfit",
            Self::NotAssigned => "not_assigned",
            Self::LengthOutOfRange { .. } => "length_out_of_range",
            Self::DayEndsFirst => "day_ends_first",
            Self::UnknownListItem { .. } => "unknown_list_item",
            Self::TypeOfAnotherKind => "type_of_another_kind",
            Self::ListFull => "list_full",
            Self::TooManyLinks => "too_many_links",
            Self::UnknownLink => "unknown_link",
            Self::GroupNotOfOwner => "group_not_of_owner",
            Self::StakeholdersOff => "stakeholders_off",
            Self::StakeholderExists => "stakeholder_exists",
            Self::UnknownStakeholder => "unknown_stakeholder",
            Self::TooManyStakeholders => "too_many_stakeholders",
            Self::SaleDeleted => "sale_deleted",
            Self::UnknownField => "unknown_custom_field",
            Self::FieldKindFixed => "field_kind_fixed",
            Self::TooManyFields => "too_many_fields",
            Self::TooManyPromoted => "too_many_promoted",
            Self::FieldValueInvalid => "field_value_invalid",
            Self::TargetRemoved => "target_removed",
            Self::RowLocked => "row_locked",
            Self::UnknownTarget => "unknown_target",
            Self::NothingToCopy => "nothing_to_copy",
            Self::TargetsDiffer => "targets_differ",
            Self::UserRowStays => "user_row_stays",
            Self::TargetTypeFixed => "target_type_fixed",
            Self::UnknownTargetType => "unknown_target_type",
            Self::TargetTypeDeleted => "target_type_deleted",
            Self::DimensionTaken => "dimension_taken",
            Self::UnknownDimension => "unknown_dimension",
            Self::UnknownTargetItem => "unknown_target_item",
            Self::ItemListedTwice => "item_listed_twice",
            Self::GroupsOnly => "groups_only",
            Self::CellsCount { .. } => "cells_count",
            Self::FigureNegative => "figure_negative",
            Self::TooManyPlaces => "too_many_places",
            Self::NotAWholeNumber => "not_a_whole_number",
            Self::NoOwnCurrency => "no_own_currency",
            Self::GroupTooLarge => "group_too_large",
            Self::TargetListedTwice => "target_listed_twice",
            Self::At { refusal, .. } => refusal.code(),
            Self::WrongStream(_) => "wrong_stream",
        }
    }

    /// JSON Pointer of the field it is about, where one field is to blame.
    #[expect(
        clippy::too_many_lines,
        reason = "a line for each refusal: the compiler asks for the next"
    )]
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::TitleRequired => Some("/title"),
            Self::RightFixed => Some("/right"),
            Self::TypeOfAnotherKind => Some("/type"),
            Self::StageNotInSaleType | Self::UnknownStage | Self::DeletedStage => Some("/stage"),
            Self::UnknownSaleType | Self::DeletedSaleType => Some("/sale_type"),
            Self::UnknownGuideItem | Self::GuideItemKind | Self::NoSuchSuggestion => Some("/item"),
            Self::UnknownOwner => Some("/owner"),
            Self::UnknownCompany => Some("/company"),
            Self::ReopenDatePast => Some("/reopen_date"),
            Self::CurrencyDiffers { pointer, .. }
            | Self::UnknownListItem { pointer, .. }
            | Self::TooManyMembers { pointer }
            | Self::LengthOutOfRange { pointer }
            | Self::DayExpected { pointer }
            | Self::TimeExpected { pointer } => Some(pointer),
            Self::UnknownSale => Some("/sale"),
            Self::StartRequired | Self::OutsideCalendar => Some("/start"),
            Self::EndBeforeStart | Self::ActivityTooLong => Some("/end"),
            Self::AlarmNeedsTime => Some("/alarm_minutes"),
            Self::DayEndsFirst => Some("/day_to"),
            Self::RecurrenceTooLong | Self::RecurrenceUnfit => Some("/recurrence"),
            Self::PercentWithoutAmount => Some("/profit_percent"),
            Self::AmountNegative => Some("/amount/amount"),
            Self::NameTaken => Some("/name"),
            Self::GuideNeedsTwoStages => Some("/guide"),
            Self::UnknownListedStage | Self::DeletedListedStage | Self::StageListedTwice => {
                Some("/stages")
            }
            Self::DurationOutOfRange => Some("/duration/n"),
            Self::RateOutOfRange => Some("/rate"),
            Self::UnitOutOfRange => Some("/unit"),
            Self::UnknownLink => Some("/target"),
            Self::FieldKindFixed => Some("/kind"),
            Self::TooManyPromoted => Some("/promoted"),
            Self::FieldValueInvalid => Some("/fields"),
            Self::StakeholderExists | Self::UnknownStakeholder | Self::TooManyStakeholders => {
                Some("/stakeholders")
            }
            Self::GroupNotOfOwner => Some("/visible_group"),
            Self::UnknownTargetType => Some("/target_type"),
            Self::DimensionTaken | Self::UnknownDimension => Some("/dimension"),
            Self::NoOwnCurrency => Some("/currency"),
            Self::At { pointer, .. } => Some(pointer),
            Self::Unknown(_)
            | Self::AlreadyExists(_)
            | Self::NotYours
            | Self::NotYourActivity
            | Self::NotYourTarget
            | Self::TargetRemoved
            | Self::RowLocked
            | Self::UnknownTarget
            | Self::NothingToCopy
            | Self::TargetsDiffer
            | Self::UserRowStays
            | Self::TargetTypeFixed
            | Self::TargetTypeDeleted
            | Self::UnknownTargetItem
            | Self::ItemListedTwice
            | Self::GroupsOnly
            | Self::CellsCount { .. }
            | Self::FigureNegative
            | Self::TooManyPlaces
            | Self::NotAWholeNumber
            | Self::GroupTooLarge
            | Self::TargetListedTwice
            | Self::NotYourSelection
            | Self::TooManyViews
            | Self::SelectionDeleted
            | Self::SelectionStatic
            | Self::SelectionDynamic
            | Self::RightMissing
            | Self::StageDeleted
            | Self::SaleTypeDeleted
            | Self::GuideItemExists
            | Self::TooManyGuideItems
            | Self::TooManyInstances
            | Self::GuideOff
            | Self::FeatureOff
            | Self::NoStageSuggested
            | Self::DocumentIsDone
            | Self::NotYourself
            | Self::TooManyFavourites
            | Self::ActivityCompleted
            | Self::ActivityDeleted
            | Self::SaleClosed
            | Self::AlreadyClosed
            | Self::SaleStalled
            | Self::NotStalled
            | Self::SaleOpen
            | Self::NotClosed
            | Self::CostNegative
            | Self::AmountTooLarge
            | Self::ExactlyOneMarginFigure
            | Self::BaseCurrencyHasNoRate
            | Self::AmountsExist
            | Self::ListFull
            | Self::TooManyLinks
            | Self::StakeholdersOff
            | Self::UnknownField
            | Self::TooManyFields
            | Self::SaleDeleted
            | Self::NotAssigned
            | Self::WrongStream(_) => None,
        }
    }
}
