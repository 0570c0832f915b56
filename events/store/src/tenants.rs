//! The directory of tenants: slug ⇄ number. Rows never change, so what was read once is kept.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use events::TenantSlug;

use crate::EventStore;
use crate::error::{StoreError, read_again};

/// What this process has read of `es.tenant`.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    ids: HashMap<TenantSlug, i32>,
    slugs: HashMap<i32, TenantSlug>,
}

impl Directory {
    fn id(&self, slug: &TenantSlug) -> Option<i32> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).ids.get(slug).copied()
    }

    pub(crate) fn slug(&self, id: i32) -> Option<TenantSlug> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).slugs.get(&id).cloned()
    }

    fn keep(&self, id: i32, slug: TenantSlug) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.ids.insert(slug.clone(), id);
        known.slugs.insert(id, slug);
    }
}

impl EventStore {
    /// The tenant's number; none before its first accepted command.
    pub async fn tenant_id(&self, slug: &TenantSlug) -> Result<Option<i32>, StoreError> {
        if let Some(id) = self.tenants.id(slug) {
            return Ok(Some(id));
        }
        let found: Option<i32> = read_again(self.pool(), || {
            sqlx::query_scalar("SELECT tenant_id FROM es.tenant WHERE slug = $1 AND log_id = $2")
                .bind(slug.as_str())
                .bind(self.log_id())
                .fetch_optional(self.pool())
        })
        .await?;
        if let Some(id) = found {
            self.tenants.keep(id, slug.clone());
        }
        Ok(found)
    }

    /// The tenant behind a number of this log.
    pub async fn tenant_slug(&self, id: i32) -> Result<Option<TenantSlug>, StoreError> {
        if self.tenants.slug(id).is_none() {
            self.read_tenants().await?;
        }
        Ok(self.tenants.slug(id))
    }

    /// Every tenant of this log, by number.
    pub async fn tenants(&self) -> Result<Vec<(i32, TenantSlug)>, StoreError> {
        let rows: Vec<(i32, String)> = read_again(self.pool(), || {
            sqlx::query_as(
                "SELECT tenant_id, slug FROM es.tenant WHERE log_id = $1 ORDER BY tenant_id",
            )
            .bind(self.log_id())
            .fetch_all(self.pool())
        })
        .await?;
        rows.into_iter()
            .map(|(id, slug)| {
                let slug = TenantSlug::parse(&slug).map_err(|_| StoreError::Corrupt {
                    position: 0,
                    what: format!("tenant {id} has the impossible slug {slug}"),
                })?;
                Ok((id, slug))
            })
            .collect()
    }

    /// Fills the directory; called when a row names a tenant this process has not met.
    pub(crate) async fn read_tenants(&self) -> Result<(), StoreError> {
        for (id, slug) in self.tenants().await? {
            self.tenants.keep(id, slug);
        }
        Ok(())
    }
}
