//! The sales a caller marked (SO-32). Marks are settings, not history: the newest of the snapshot, whatever moment is
//! asked about.

use service_runtime::{Actor, Problem};
use uuid::Uuid;

use super::{Filters, Snapshot, failed};

impl Snapshot {
    /// The ids of the sales a caller marked, in the order they did.
    pub async fn favourites(&mut self, actor: &Actor) -> Result<Vec<Uuid>, Problem> {
        let marked: Option<Vec<Uuid>> = sqlx::query_scalar(
            "SELECT favourites FROM user_version
              WHERE tenant_id = $1 AND user_id = $2 AND ($3::bigint IS NULL OR position <= $3)
              ORDER BY version DESC LIMIT 1",
        )
        .bind(self.tenant_id)
        .bind(actor.user.as_str())
        .bind(self.pin)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(|e| failed(&e))?;
        Ok(marked.unwrap_or_default())
    }
}

impl Filters {
    /// What the caller marked is looked up, if it is asked for.
    pub async fn resolve(&mut self, snapshot: &mut Snapshot, actor: &Actor) -> Result<(), Problem> {
        if self.favourite.is_some() {
            self.marked = snapshot.favourites(actor).await?;
        }
        Ok(())
    }
}
