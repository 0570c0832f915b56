//! What a tenant had set at the moment of a question; [`Snapshot::read_settings`] reads what it has set now.

use serde::de::DeserializeOwned;
use service_runtime::Problem;
use sqlx::types::Json as SqlJson;

use super::{Snapshot, coordinates, failed};

/// A column of the tenant's version that holds at the coordinates in `$1` to `$4`.
macro_rules! set_then {
    ($column:literal) => {
        concat!(
            "SELECT ",
            $column,
            " FROM tenant_version WHERE tenant_id = $1
               AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)"
        )
    };
}
pub(crate) use set_then;

impl Snapshot {
    /// What the column of a [`set_then`] statement held; nothing set, where the tenant was not there.
    pub async fn set_then<T>(&mut self, statement: &'static str) -> Result<T, Problem>
    where
        T: DeserializeOwned + Default + Send + Unpin + 'static,
    {
        let found: Option<SqlJson<T>> = sqlx::query_scalar_with(statement, coordinates(self))
            .fetch_optional(&mut *self.tx)
            .await
            .map_err(|e| failed(&e))?;
        Ok(found.map(|SqlJson(set)| set).unwrap_or_default())
    }
}
