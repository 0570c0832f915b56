//! The sale types of a tenant, whatever became of them: whoever deletes a stage has to know which types link it.

use events::{SaleTypeId, TenantSlug};
use uuid::Uuid;

use crate::EventStore;
use crate::error::{StoreError, read_again};
use crate::read::select_event;

impl EventStore {
    /// Every sale type that was ever defined in a tenant; none before its first accepted command.
    ///
    /// # Errors
    /// The log cannot be read, or names a type that cannot be.
    pub async fn sale_types(&self, tenant: &TenantSlug) -> Result<Vec<SaleTypeId>, StoreError> {
        let Some(tenant_id) = self.tenant_id(tenant).await? else { return Ok(Vec::new()) };
        // a stream is known by a hash; what people call it stands with its events, the newest of which no archive takes
        let rows = read_again(self.pool(), || {
            sqlx::query(select_event!(
                "WHERE log_id = $1 AND position IN (SELECT s.last_position FROM es.stream s \
                 WHERE s.log_id = $1 AND s.tenant_id = $2 AND s.aggregate = 'sale-type') ORDER BY position"
            ))
            .bind(self.log_id())
            .bind(tenant_id)
            .fetch_all(self.pool())
        });
        let newest = self.recorded(rows.await?).await?;
        let ids = newest.iter().map(|event| {
            let id = event.stream().ok().and_then(|stream| Uuid::try_parse(&stream.id).ok());
            id.map(SaleTypeId).ok_or_else(|| StoreError::Corrupt {
                position: event.position,
                what: "a sale type has no id of its own".to_owned(),
            })
        });
        ids.collect()
    }
}
