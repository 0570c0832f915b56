//! What users say of themselves: preferences, favourites and views of the board (SG-22, SD-14, SO-32, SF-14).

use domain::Order;
use domain::user::{PreferenceChanges, UserCommand};
use events::{ParseError, SaleId, StreamName, TypeName, UserId};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{KnownName, never_null};
use super::route::{Asked, BodySchema, CommandRoute, Decoded, row};
use super::selections::{BoardView, fits};

/// A year and a day.
const DAYS_AHEAD_MAX: u16 = 366;

/// Rows of the command table.
pub const ROUTES: [CommandRoute; 5] = [
    row(
        Right::ReadTenant,
        "SetPreferences",
        "/v1/users/{id}/set-preferences",
        "Say what is shown and asked: your own, or as an administrator somebody's (SG-22, SD-14)",
        BodySchema::of::<SetPreferences>(),
        set_preferences,
    ),
    row(
        Right::ReadTenant,
        "AddFavourite",
        "/v1/users/{id}/add-favourite",
        "Keep a sale at hand (SO-32)",
        BodySchema::of::<AddFavourite>(),
        add_favourite,
    ),
    row(
        Right::ReadTenant,
        "RemoveFavourite",
        "/v1/users/{id}/remove-favourite",
        "Keep a sale at hand no more (SO-32)",
        BodySchema::of::<RemoveFavourite>(),
        remove_favourite,
    ),
    row(
        Right::ReadTenant,
        "SaveView",
        "/v1/users/{id}/save-view",
        "Save a view of the board, new or in the place of the one of that name: your own, or as an administrator \
         somebody's (SF-14)",
        BodySchema::of::<SaveView>(),
        save_view,
    ),
    row(
        Right::ReadTenant,
        "RemoveView",
        "/v1/users/{id}/remove-view",
        "Forget a view of the board (SF-14)",
        BodySchema::of::<RemoveView>(),
        remove_view,
    ),
];

/// Days a list looks ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
struct DaysAhead(u16);

impl TryFrom<i64> for DaysAhead {
    type Error = ParseError;
    fn try_from(days: i64) -> Result<Self, ParseError> {
        let days = u16::try_from(days).ok().filter(|days| *days <= DAYS_AHEAD_MAX);
        days.map(Self).ok_or(ParseError::new("days ahead", "must be 0 to 366 days"))
    }
}

/// SetPreferences: any of the fields.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPreferences {
    /// Ask before the form of a suggested follow-up opens.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = bool)]
    confirm_suggested_follow_up: Option<bool>,
    /// How far lists of the diary look ahead, days.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = u16, maximum = 366)]
    show_days_ahead: Option<DaysAhead>,
}

fn set_preferences(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetPreferences = asked.body()?;
    let changes = PreferenceChanges {
        confirm_suggested_follow_up: body.confirm_suggested_follow_up,
        show_days_ahead: body.show_days_ahead.map(|days| days.0),
    };
    let (user, caller) = (user(asked)?, asked.caller());
    Ok(on(UserCommand::SetPreferences { user: user.clone(), caller, changes }, &user))
}

/// AddFavourite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddFavourite {
    /// A sale you see.
    sale: Uuid,
}

fn add_favourite(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let AddFavourite { sale } = asked.body()?;
    let (user, caller, sale) = (user(asked)?, asked.caller(), SaleId(sale));
    Ok(on(UserCommand::AddFavourite { user: user.clone(), caller, sale }, &user))
}

/// RemoveFavourite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveFavourite {
    /// A favourite.
    sale: Uuid,
}

fn remove_favourite(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let RemoveFavourite { sale } = asked.body()?;
    let (user, sale) = (user(asked)?, SaleId(sale));
    Ok(on(UserCommand::RemoveFavourite { user: user.clone(), sale }, &user))
}

/// SaveView.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveView {
    /// What it is called.
    #[schema(value_type = String, min_length = 1, max_length = 239)]
    name: TypeName,
    /// All of it.
    #[schema(value_type = BoardView)]
    view: Box<events::BoardView>,
}

fn save_view(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let SaveView { name, view } = asked.body()?;
    fits(asked, "view")?;
    let (user, caller) = (user(asked)?, asked.caller());
    Ok(on(UserCommand::SaveView { user: user.clone(), caller, name, view }, &user))
}

/// RemoveView.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveView {
    /// What it is called.
    #[schema(value_type = String, min_length = 1, max_length = 239)]
    name: KnownName,
}

fn remove_view(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let RemoveView { name: KnownName(name) } = asked.body()?;
    let user = user(asked)?;
    Ok(on(UserCommand::RemoveView { user: user.clone(), name }, &user))
}

/// The user of the path.
fn user(asked: &Asked<'_>) -> Result<UserId, Problem> {
    let id = asked.id.unwrap_or_default();
    UserId::parse(id).map_err(|_| Problem::not_found("there is no user with this id"))
}

fn on(command: UserCommand, user: &UserId) -> Decoded {
    Decoded { stream: StreamName::of_user(user), order: Order::User(command) }
}
