//! What a card that is dropped somewhere becomes: the command that it stands for (SF-14).

use events::view::BoardGroup;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::sale::Status;

/// The command a drop stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Move {
    /// Its name; a card can be dropped here when its `available_actions` name it.
    command: &'static str,
    /// Where it goes, with the id of the sale for `{id}`.
    path: &'static str,
    /// Its body as far as the place of the drop tells.
    #[schema(value_type = Object)]
    body: Map<String, Value>,
    /// Fields of the body that somebody has to be asked for.
    ask: &'static [&'static str],
}

impl Move {
    /// Into a column or subgroup; none where no command leads.
    pub fn into_key(group: BoardGroup, key: Option<&str>) -> Option<Self> {
        let key = key?;
        let (command, path, field) = match group {
            BoardGroup::Stage => ("AdvanceStage", "/v1/sales/{id}/advance-stage", "stage"),
            BoardGroup::SaleType => {
                ("ChangeSaleType", "/v1/sales/{id}/change-sale-type", "sale_type")
            }
            BoardGroup::Owner => ("ChangeOwner", "/v1/sales/{id}/change-owner", "owner"),
            // the group follows from the owner
            BoardGroup::Group => return None,
            BoardGroup::Status => return Status::parse(key).map(Self::into_status),
        };
        let body = Map::from_iter([(field.to_owned(), Value::from(key))]);
        Some(Self { command, path, body, ask: &[] })
    }

    /// Into the lane of a status.
    pub fn into_status(status: Status) -> Self {
        let (command, path, ask): (_, _, &[&str]) = match status {
            Status::Open => ("ReopenSale", "/v1/sales/{id}/reopen", &[]),
            Status::Stalled => ("StallSale", "/v1/sales/{id}/stall", &["reopen_date", "reason"]),
            Status::Won => ("MarkSold", "/v1/sales/{id}/mark-sold", &["reason"]),
            Status::Lost => ("MarkLost", "/v1/sales/{id}/mark-lost", &["reason"]),
        };
        Self { command, path, body: Map::new(), ask }
    }
}
