//! Names of the sales that activities are about.

use std::collections::HashMap;

use service_runtime::Problem;
use uuid::Uuid;

use crate::ask::{Snapshot, add, coordinates, failed, sale_is_seen};
use crate::card::CardRow;

/// How people call a sale at the moment of the question.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct SaleName {
    stream_id: Uuid,
    pub number: i64,
    pub title: String,
}

impl From<&CardRow> for SaleName {
    fn from(row: &CardRow) -> Self {
        let sale = row.sale();
        Self { stream_id: row.stream(), number: sale.number, title: sale.title.clone() }
    }
}

impl SaleName {
    /// Those of some sales that the caller sees, by stream.
    pub async fn of(
        snapshot: &mut Snapshot,
        streams: &[Uuid],
    ) -> Result<HashMap<Uuid, Self>, Problem> {
        if streams.is_empty() {
            return Ok(HashMap::new());
        }
        let mut arguments = coordinates(snapshot);
        add(&mut arguments, streams);
        let names: Vec<Self> = sqlx::query_as_with(
            concat!(
                "SELECT stream_id, number, title FROM sale_version AS s
              WHERE tenant_id = $1 AND stream_id = ANY ($5)
                AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4) AND ",
                sale_is_seen!()
            ),
            arguments,
        )
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
        Ok(names.into_iter().map(|name| (name.stream_id, name)).collect())
    }
}
