//! What sales targets ask the log: which users a group has, and which rows of a type are there. No archive takes a user or a
//! target out of the log.

use std::collections::BTreeMap;

use events::target::TargetPlace;
use events::{Event, Recorded, TargetEvent, TargetTypeId, TenantSlug, UserEvent, UserId};
use uuid::Uuid;

use crate::EventStore;
use crate::error::{StoreError, read_again};
use crate::read::select_event;

impl EventStore {
    /// The users of a tenant whose sales count for a group (ST-8), those who were added first first.
    ///
    /// # Errors
    /// The log cannot be read, or holds a user that cannot be.
    pub async fn primary_members(
        &self,
        tenant: &TenantSlug,
        group: &str,
    ) -> Result<Vec<UserId>, StoreError> {
        let Some(tenant_id) = self.tenant_id(tenant).await? else { return Ok(Vec::new()) };
        let rows = read_again(self.pool(), || {
            sqlx::query(select_event!(
                "WHERE log_id = $1 AND event_type = 'user.added' AND stream_id IN \
                 (SELECT s.stream_id FROM es.stream s \
                 WHERE s.log_id = $1 AND s.tenant_id = $2 AND s.aggregate = 'user') ORDER BY position"
            ))
            .bind(self.log_id())
            .bind(tenant_id)
            .fetch_all(self.pool())
        });
        let mut members = Vec::new();
        for row in self.recorded(rows.await?).await? {
            let Event::User(UserEvent::Added { primary_group, .. }) = read(&row)? else { continue };
            if primary_group.as_deref() == Some(group) {
                let user = row.stream().ok().and_then(|stream| UserId::parse(&stream.id).ok());
                members.push(user.ok_or_else(|| corrupt(&row, "a user has no id"))?);
            }
        }
        Ok(members)
    }

    /// The rows of a type of targets that are there and were there before `position` (ST-5, ST-6).
    ///
    /// # Errors
    /// The log cannot be read, or holds a target that cannot be.
    pub async fn targets_before(
        &self,
        tenant: &TenantSlug,
        target_type: TargetTypeId,
        position: i64,
    ) -> Result<Vec<TargetPlace>, StoreError> {
        let Some(tenant_id) = self.tenant_id(tenant).await? else { return Ok(Vec::new()) };
        let rows = read_again(self.pool(), || {
            sqlx::query(select_event!(
                "WHERE log_id = $1 AND event_type IN ('target.added', 'target.removed') AND stream_id IN \
                 (SELECT s.stream_id FROM es.stream s \
                 WHERE s.log_id = $1 AND s.tenant_id = $2 AND s.aggregate = 'target') ORDER BY position"
            ))
            .bind(self.log_id())
            .bind(tenant_id)
            .fetch_all(self.pool())
        });
        let mut there: BTreeMap<Uuid, (i64, TargetPlace)> = BTreeMap::new();
        for row in self.recorded(rows.await?).await? {
            let Event::Target(fact) = read(&row)? else { continue };
            if matches!(fact, TargetEvent::Removed {}) {
                there.remove(&row.stream_id);
            } else if let TargetEvent::Added { place, .. } = fact
                && place.target_type == target_type
            {
                there.insert(row.stream_id, (row.position, place));
            }
        }
        let mut there: Vec<_> = there.into_values().filter(|(at, _)| *at < position).collect();
        there.sort_by_key(|(at, _)| *at);
        Ok(there.into_iter().map(|(_, place)| place).collect())
    }
}

fn read(row: &Recorded) -> Result<Event, StoreError> {
    row.decode().map_err(|error| corrupt(row, &error.to_string()))
}

fn corrupt(row: &Recorded, what: &str) -> StoreError {
    StoreError::Corrupt { position: row.position, what: what.to_owned() }
}
