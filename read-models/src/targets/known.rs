//! The targets of a tenant as they are now, held beside its standing: forecasts and tiles are compared with them at every
//! question, and targets change seldom.

use std::collections::HashMap;
use std::sync::Arc;

use events::CurrencyCode;
use service_runtime::Problem;
use uuid::Uuid;

use super::rows::{Found, Stored, TargetRow};
use super::types::TargetKind;
use crate::ask::{Snapshot, add, coordinates, failed};

/// Targets beyond which they are asked of SQL.
const ROWS_MAX: i64 = 20_000;

/// Types and targets at a position.
#[derive(Debug)]
pub(crate) struct KnownTargets {
    /// The default one first.
    pub kinds: Vec<TargetKind>,
    /// The currency of rows without one of their own.
    pub base: CurrencyCode,
    by_year: HashMap<(Uuid, i32), Vec<Arc<TargetRow>>>,
    by_id: HashMap<Uuid, (Uuid, i32, Arc<TargetRow>)>,
}

impl KnownTargets {
    /// What a target takes.
    const BYTES: usize = 700;

    /// Those of a snapshot; none when they are too many.
    pub async fn read(snapshot: &mut Snapshot) -> Result<Option<Self>, Problem> {
        let mut arguments = coordinates(snapshot);
        add(&mut arguments, ROWS_MAX + 1);
        let stored: Vec<Stored> = sqlx::query_as_with(
            "SELECT target_id, target_type_id, year, version, item, level, assignee, assignee_group, period = 'quarter' AS quarters,
                    currency, cells, locked
               FROM target_version
              WHERE tenant_id = $1 AND NOT removed
                AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)
              LIMIT $5",
            arguments,
        )
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
        if i64::try_from(stored.len()).is_ok_and(|stored| stored > ROWS_MAX) {
            return Ok(None);
        }
        let (kinds, base) = (TargetKind::read(snapshot).await?, snapshot.base_currency);
        let mut known = Self { kinds, base, by_year: HashMap::new(), by_id: HashMap::new() };
        for stored in stored {
            let (row, of_type, year) = stored.found(base)?;
            known.by_year.entry((of_type, year)).or_default().push(Arc::clone(&row));
            known.by_id.insert(row.id, (of_type, year, row));
        }
        for rows in known.by_year.values_mut() {
            rows.sort_by(|a, b| a.place().cmp(&b.place()));
        }
        Ok(Some(known))
    }

    /// Those of a type and some years.
    pub fn of(&self, of_type: Uuid, years: (i32, i32)) -> Vec<Found> {
        let mut found = Vec::new();
        for year in years.0..=years.1 {
            let rows = self.by_year.get(&(of_type, year)).into_iter().flatten();
            found.extend(rows.map(|row| (Arc::clone(row), of_type, year)));
        }
        found
    }

    /// The one of an id.
    pub fn of_id(&self, id: Uuid) -> Option<Found> {
        let (of_type, year, row) = self.by_id.get(&id)?;
        Some((Arc::clone(row), *of_type, *year))
    }

    /// Roughly what they take.
    pub fn bytes(&self) -> usize {
        self.by_id.len() * Self::BYTES
    }
}
