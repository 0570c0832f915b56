//! How the write side answers: accepted commands, and the one place that gives refusals their status.

use axum::Json;
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use event_store::StoreError;
use events::Aggregate;
use http::header::{ETAG, LOCATION};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use service_runtime::problem::Problem;
use utoipa::ToSchema;

use crate::call::{Answer, ExecuteError};

/// The header that says how far the log was afterwards: `<log>:<position>`.
pub const POSITION: HeaderName = HeaderName::from_static("salgslogg-position");

/// The body of an accepted command.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CommandAnswer {
    /// Public id of the aggregate.
    pub id: String,
    /// Version of its stream afterwards; the next `If-Match`.
    pub version: i64,
    /// Position of the last event in the log; null when nothing changed.
    pub position: Option<i64>,
    /// The sale's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Types of the appended events; empty when the command said what already was.
    pub events: Vec<String>,
}

impl From<Answer> for CommandAnswer {
    fn from(answer: Answer) -> Self {
        Self {
            id: answer.fixed.id,
            version: answer.version,
            position: answer.position,
            number: answer.number.map(|number| number.to_string()),
            events: answer.fixed.events,
        }
    }
}

/// Status of an accepted command.
pub fn status(answer: &Answer) -> StatusCode {
    if answer.fixed.created { StatusCode::CREATED } else { StatusCode::OK }
}

/// The whole response to an accepted command.
pub fn accepted(log_id: i16, aggregate: Aggregate, answer: Answer) -> Response {
    let status = status(&answer);
    let location = answer.location(aggregate);
    let etag = format!("\"{}\"", answer.version);
    let position = answer.position.map(|position| format!("{log_id}:{position}"));
    let mut response = (status, Json(CommandAnswer::from(answer))).into_response();
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: Option<String>| {
        if let Some(value) = value.and_then(|text| HeaderValue::try_from(text).ok()) {
            headers.insert(name, value);
        }
    };
    put(ETAG, Some(etag));
    put(POSITION, position);
    put(LOCATION, (status == StatusCode::CREATED).then_some(location));
    response
}

/// A refusal of the business as a problem; `base` is the JSON Pointer of the body.
pub fn refused(refusal: &Refusal, base: &str) -> Problem {
    let problem = with_status(refusal, refusal.to_string());
    match refusal.pointer() {
        Some(field) => {
            problem.at_pointer(format!("{base}{field}"), refusal.code(), refusal.to_string())
        }
        None => problem,
    }
}

/// The status of a refusal; `detail` is its sentence.
#[expect(
    clippy::too_many_lines,
    reason = "a line for each refusal: the compiler asks for the next"
)]
fn with_status(refusal: &Refusal, detail: String) -> Problem {
    let (code, denied) = (refusal.code(), StatusCode::FORBIDDEN);
    match refusal {
        Refusal::Unknown(_) => Problem::not_found(detail),
        Refusal::AlreadyExists(_) => Problem::already_exists(detail),
        Refusal::RightMissing => Problem::forbidden(detail),
        Refusal::GuideItemExists => Problem::already_exists(detail),
        Refusal::NotYours
        | Refusal::NotYourActivity
        | Refusal::NotYourSelection
        | Refusal::NotYourTarget
        | Refusal::NotYourself => Problem::new(denied, code, detail),
        Refusal::At { refusal, .. } => with_status(refusal, detail),
        Refusal::WrongStream(_) => Problem::internal(refusal),
        Refusal::TitleRequired
        | Refusal::RightFixed
        | Refusal::SaleClosed
        | Refusal::AlreadyClosed
        | Refusal::SaleStalled
        | Refusal::NotStalled
        | Refusal::SaleOpen
        | Refusal::NotClosed
        | Refusal::StageNotInSaleType
        | Refusal::UnknownStage
        | Refusal::UnknownListedStage
        | Refusal::StageDeleted
        | Refusal::DeletedStage
        | Refusal::DeletedListedStage
        | Refusal::UnknownSaleType
        | Refusal::SaleTypeDeleted
        | Refusal::DeletedSaleType
        | Refusal::UnknownGuideItem
        | Refusal::GuideItemKind
        | Refusal::TooManyGuideItems
        | Refusal::TooManyInstances
        | Refusal::GuideOff
        | Refusal::FeatureOff
        | Refusal::NoSuchSuggestion
        | Refusal::NoStageSuggested
        | Refusal::DocumentIsDone
        | Refusal::TooManyFavourites
        | Refusal::TooManyViews
        | Refusal::SelectionDeleted
        | Refusal::SelectionStatic
        | Refusal::SelectionDynamic
        | Refusal::TooManyMembers { .. }
        | Refusal::UnknownOwner
        | Refusal::UnknownCompany
        | Refusal::ReopenDatePast
        | Refusal::CurrencyDiffers { .. }
        | Refusal::PercentWithoutAmount
        | Refusal::AmountNegative
        | Refusal::CostNegative
        | Refusal::AmountTooLarge
        | Refusal::ExactlyOneMarginFigure
        | Refusal::NameTaken
        | Refusal::GuideNeedsTwoStages
        | Refusal::StageListedTwice
        | Refusal::DurationOutOfRange
        | Refusal::BaseCurrencyHasNoRate
        | Refusal::RateOutOfRange
        | Refusal::UnitOutOfRange
        | Refusal::AmountsExist
        | Refusal::UnknownListItem { .. }
        | Refusal::TypeOfAnotherKind
        | Refusal::ListFull
        | Refusal::NotAssigned
        | Refusal::RecurrenceTooLong
        | Refusal::RecurrenceUnfit
        | Refusal::LengthOutOfRange { .. }
        | Refusal::DayEndsFirst
        | Refusal::UnknownSale
        | Refusal::ActivityCompleted
        | Refusal::ActivityDeleted
        | Refusal::StartRequired
        | Refusal::DayExpected { .. }
        | Refusal::TimeExpected { .. }
        | Refusal::EndBeforeStart
        | Refusal::ActivityTooLong
        | Refusal::OutsideCalendar
        | Refusal::AlarmNeedsTime
        | Refusal::TooManyLinks
        | Refusal::UnknownLink
        | Refusal::GroupNotOfOwner
        | Refusal::StakeholdersOff
        | Refusal::StakeholderExists
        | Refusal::UnknownStakeholder
        | Refusal::TooManyStakeholders
        | Refusal::SaleDeleted
        | Refusal::TargetRemoved
        | Refusal::RowLocked
        | Refusal::UnknownTarget
        | Refusal::NothingToCopy
        | Refusal::TargetsDiffer
        | Refusal::UserRowStays
        | Refusal::TargetTypeFixed
        | Refusal::UnknownTargetType
        | Refusal::TargetTypeDeleted
        | Refusal::DimensionTaken
        | Refusal::UnknownDimension
        | Refusal::UnknownTargetItem
        | Refusal::ItemListedTwice
        | Refusal::GroupsOnly
        | Refusal::CellsCount { .. }
        | Refusal::FigureNegative
        | Refusal::TooManyPlaces
        | Refusal::NotAWholeNumber
        | Refusal::NoOwnCurrency
        | Refusal::GroupTooLarge
        | Refusal::TargetListedTwice
        | Refusal::UnknownField
        | Refusal::FieldKindFixed
        | Refusal::TooManyFields
        | Refusal::TooManyPromoted
        | Refusal::FieldValueInvalid => Problem::refused(code, detail),
    }
}

/// Any reason not to carry a command out, as a problem.
pub fn failed(error: &ExecuteError, base: &str) -> Problem {
    match error {
        ExecuteError::Refused(refusal) => refused(refusal, base),
        ExecuteError::Precondition { version } => Problem::precondition_failed(*version),
        ExecuteError::LostRace(_) => Problem::lost_race(),
        ExecuteError::KeyReused => Problem::key_reused(),
        ExecuteError::EffectiveTimeFalls => Problem::refused(
            "effective_time_falls",
            "Effective-At lies before the last effective time of this object",
        ),
        ExecuteError::EffectiveTimeInFuture => {
            Problem::refused("effective_time_in_future", "Effective-At lies in the future")
        }
        ExecuteError::Overloaded => {
            Problem::overloaded("too many commands are waiting; nothing was stored")
        }
        ExecuteError::TenantOverloaded => {
            Problem::too_many_requests(std::time::Duration::from_secs(1))
        }
        ExecuteError::Unreadable(cause) => match &**cause {
            StoreError::Archived { first, last, file } => Problem::archived(*first, *last, file),
            StoreError::Unavailable(_) | StoreError::Corrupt { .. } => out_of_reach(error),
        },
        ExecuteError::Unavailable(_) => out_of_reach(error),
        ExecuteError::Undecodable(_) | ExecuteError::Poisoned(_) => Problem::internal(error),
    }
}

fn out_of_reach(error: &ExecuteError) -> Problem {
    let detail = "the log cannot be reached; repeat the command with the same Idempotency-Key";
    Problem::unavailable(detail, error)
}
