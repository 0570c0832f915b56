//! What is known of the company, contact and stakeholders of a sale, of those that are registered (SK-6, ST-2): at the
//! moment of the question, whatever the sale itself calls them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use events::{CompanyId, ContactId, TenantSlug};
use serde::Serialize;
use service_runtime::Problem;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::kept::{KeptOf, Told};
use crate::ask::{Snapshot, add, coordinates, failed};
use crate::sale::Sale;

/// What is known of a company; nothing of one that is not registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema, FromRow)]
pub(crate) struct KnownCompany {
    /// Key of what it is to us; none when it is not registered, or nobody said. On the card of a single sale only.
    pub category: Option<String>,
    /// Key of what it does, likewise.
    pub business: Option<String>,
    /// Where it is: ISO 3166-1, two letters, likewise.
    pub country: Option<String>,
}

/// What is known of a contact; nothing of one that is not registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema, FromRow)]
pub(crate) struct KnownContact {
    /// Where mail reaches them (SK-6); none when they are not registered, or nobody said. On the card of a single sale only.
    pub email: Option<String>,
    /// Where a call reaches them (SK-6), likewise.
    pub phone: Option<String>,
}

/// What is known of those who have to do with a sale.
#[derive(Debug, Default)]
pub(crate) struct KnownParties {
    companies: HashMap<Uuid, Arc<KnownCompany>>,
    contacts: HashMap<Uuid, Arc<KnownContact>>,
}

/// The newest that holds of these streams: `$1` to `$4` the moment, `$5` the streams.
macro_rules! known_sql {
    ($columns:literal, $table:literal) => {
        concat!(
            "SELECT stream_id, ", $columns, " FROM ", $table, "
              WHERE tenant_id = $1 AND stream_id = ANY ($5)
                AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)"
        )
    };
}

impl KnownParties {
    /// Of the company, the contact and the contacts among the stakeholders of a sale.
    pub async fn of(
        snapshot: &mut Snapshot,
        tenant: &TenantSlug,
        sale: &Sale,
    ) -> Result<Self, Problem> {
        let kept = snapshot.standing.as_ref().map(|standing| Arc::clone(&standing.parties));
        let companies = sale.company_id.into_iter();
        let companies = companies.map(|id| (id, CompanyId(id).stream().stream_id(tenant)));
        let contacts = sale.stakeholders.contacts().into_iter().chain(sale.contact_id);
        let contacts: HashSet<Uuid> = contacts.collect();
        let contacts =
            contacts.into_iter().map(|id| (id, ContactId(id).stream().stream_id(tenant)));
        let companies = Wanted {
            streams: companies.collect(),
            kept: kept.as_deref().map(|kept| &kept.companies),
        };
        let contacts = Wanted {
            streams: contacts.collect(),
            kept: kept.as_deref().map(|kept| &kept.contacts),
        };
        Ok(Self {
            companies: companies
                .known(snapshot, known_sql!("category, business, country", "company_version"))
                .await?,
            contacts: contacts
                .known(snapshot, known_sql!("email, phone", "contact_version"))
                .await?,
        })
    }

    /// Of a company.
    pub fn company(&self, id: Uuid) -> KnownCompany {
        self.companies.get(&id).map(|known| (**known).clone()).unwrap_or_default()
    }

    /// Of a contact.
    pub fn contact(&self, id: Uuid) -> KnownContact {
        self.contacts.get(&id).map(|known| (**known).clone()).unwrap_or_default()
    }
}

/// A row behind its stream.
#[derive(Debug, FromRow)]
struct OfStream<T> {
    stream_id: Uuid,
    #[sqlx(flatten)]
    known: T,
}

/// Public ids with their streams, and where those are kept that were looked up before.
struct Wanted<'a, T: Told> {
    streams: Vec<(Uuid, Uuid)>,
    kept: Option<&'a KeptOf<T>>,
}

impl<T> Wanted<'_, T>
where
    T: Told + Default + Unpin + for<'r> FromRow<'r, PgRow>,
{
    /// What is known of each, by public id; what the tables do not have is kept as nothing.
    async fn known(
        self,
        snapshot: &mut Snapshot,
        sql: &'static str,
    ) -> Result<HashMap<Uuid, Arc<T>>, Problem> {
        let kept = |stream: &Uuid| self.kept.and_then(|kept| kept.look_up(stream));
        let mut known: HashMap<Uuid, Arc<T>> = HashMap::new();
        let mut missing = Vec::new();
        for (id, stream) in &self.streams {
            match kept(stream) {
                Some(found) => drop(known.insert(*id, found)),
                None => missing.push((*id, *stream)),
            }
        }
        if missing.is_empty() {
            return Ok(known);
        }
        let mut arguments = coordinates(snapshot);
        add(&mut arguments, missing.iter().map(|(_, stream)| *stream).collect::<Vec<Uuid>>());
        let rows: Vec<OfStream<T>> = sqlx::query_as_with(sql, arguments)
            .fetch_all(&mut *snapshot.tx)
            .await
            .map_err(|e| failed(&e))?;
        let mut found: HashMap<Uuid, T> =
            rows.into_iter().map(|row| (row.stream_id, row.known)).collect();
        for (id, stream) in missing {
            let one = Arc::new(found.remove(&stream).unwrap_or_default());
            if let Some(kept) = self.kept {
                kept.keep(stream, &one);
            }
            known.insert(id, one);
        }
        Ok(known)
    }
}
