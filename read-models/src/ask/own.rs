//! What people set for themselves (SG-22, SD-14). Like settings, preferences are no history: every question, also one
//! about the past, reads the newest of its snapshot.

use std::collections::HashMap;

use events::Preferences;
use service_runtime::Problem;
use sqlx::types::Json as SqlJson;

use super::{Snapshot, failed};

/// Preferences that are not `$2`, of the versions that are meant.
macro_rules! preferences_of_all {
    () => {
        "SELECT user_id, preferences FROM user_version WHERE tenant_id = $1 AND preferences <> $2 AND "
    };
}

impl Snapshot {
    /// What somebody wants shown and asked; the defaults, when they never said.
    pub async fn preferences(&mut self, user: &str) -> Result<Preferences, Problem> {
        if let Some(standing) = &self.standing {
            let held = standing.catalogue.preferences.get(user).copied();
            return Ok(held.unwrap_or_default());
        }
        let found: Option<SqlJson<Preferences>> = sqlx::query_scalar(
            "SELECT preferences FROM user_version
              WHERE tenant_id = $1 AND user_id = $2 AND ($3::bigint IS NULL OR position <= $3)
              ORDER BY version DESC LIMIT 1",
        )
        .bind(self.tenant_id)
        .bind(user)
        .bind(self.pin)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(|e| failed(&e))?;
        Ok(found.map(|SqlJson(preferences)| preferences).unwrap_or_default())
    }

    /// Preferences of everybody who has others than the default.
    pub async fn all_preferences(&mut self) -> Result<HashMap<String, Preferences>, Problem> {
        // the newest of the snapshot: current ones have an index
        let statement = match self.pin {
            None => concat!(preferences_of_all!(), "next_position = 9223372036854775807"),
            Some(_) => concat!(preferences_of_all!(), "position <= $3 AND next_position > $3"),
        };
        let found: Vec<(String, SqlJson<Preferences>)> = sqlx::query_as(statement)
            .bind(self.tenant_id)
            .bind(SqlJson(Preferences::default()))
            .bind(self.pin)
            .fetch_all(&mut *self.tx)
            .await
            .map_err(|e| failed(&e))?;
        Ok(found.into_iter().map(|(user, SqlJson(preferences))| (user, preferences)).collect())
    }
}
