//! What people set for themselves: preferences and the sales they marked (SG-22, SD-14, SO-32). Like settings, these are no
//! history: every question, also one about the past, reads the newest of its snapshot.

use std::collections::HashMap;

use events::Preferences;
use service_runtime::{Actor, Problem};
use sqlx::types::Json as SqlJson;
use uuid::Uuid;

use super::{Snapshot, failed};

/// What one person set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Own {
    /// What they want shown and asked.
    pub preferences: Preferences,
    /// Ids of the sales they marked, in the order they did.
    pub favourites: Vec<Uuid>,
}

/// A user and what they set, as SQL gives it.
type OwnRow = (String, SqlJson<Preferences>, Vec<Uuid>);

/// What those set who set anything; `$2` are the defaults.
macro_rules! own_of_all {
    () => {
        "SELECT user_id, preferences, favourites FROM user_version
          WHERE tenant_id = $1 AND (preferences <> $2 OR cardinality(favourites) > 0) AND "
    };
}

impl Snapshot {
    /// What somebody wants shown and asked; the defaults, when they never said.
    pub async fn preferences(&mut self, user: &str) -> Result<Preferences, Problem> {
        Ok(self.own(user).await?.preferences)
    }

    /// The ids of the sales a caller marked, in the order they did.
    pub async fn favourites(&mut self, actor: &Actor) -> Result<Vec<Uuid>, Problem> {
        Ok(self.own(actor.user.as_str()).await?.favourites)
    }

    async fn own(&mut self, user: &str) -> Result<Own, Problem> {
        if let Some(standing) = &self.standing {
            return Ok(standing.catalogue.own.get(user).cloned().unwrap_or_default());
        }
        let found: Option<(SqlJson<Preferences>, Vec<Uuid>)> = sqlx::query_as(
            "SELECT preferences, favourites FROM user_version
              WHERE tenant_id = $1 AND user_id = $2 AND ($3::bigint IS NULL OR position <= $3)
              ORDER BY version DESC LIMIT 1",
        )
        .bind(self.tenant_id)
        .bind(user)
        .bind(self.pin)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(|e| failed(&e))?;
        let own =
            |(SqlJson(preferences), favourites): (_, Vec<Uuid>)| Own { preferences, favourites };
        Ok(found.map(own).unwrap_or_default())
    }

    /// What everybody set who set anything.
    pub async fn own_of_all(&mut self) -> Result<HashMap<String, Own>, Problem> {
        // the newest of the snapshot: current ones have an index
        let statement = match self.pin {
            None => concat!(own_of_all!(), "next_position = 9223372036854775807"),
            Some(_) => concat!(own_of_all!(), "position <= $3 AND next_position > $3"),
        };
        let found: Vec<OwnRow> = sqlx::query_as(statement)
            .bind(self.tenant_id)
            .bind(SqlJson(Preferences::default()))
            .bind(self.pin)
            .fetch_all(&mut *self.tx)
            .await
            .map_err(|e| failed(&e))?;
        let own = |(user, SqlJson(preferences), favourites): OwnRow| {
            (user, Own { preferences, favourites })
        };
        Ok(found.into_iter().map(own).collect())
    }
}
