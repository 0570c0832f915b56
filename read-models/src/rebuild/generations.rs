//! What generations there are and how they stand, from the rows of `es_ops` alone.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;

/// One generation of a read model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Generation {
    /// Name of the read model.
    pub name: String,
    /// Its number; rises with every rebuild.
    pub generation: i32,
    /// `building`, `live`, `retired` or `dropping`.
    pub state: String,
    /// Version of the model and hash of its tables.
    pub code_hash: String,
    /// `halt` or `park_stream`.
    pub on_poison: String,
    /// Every event up to here is in it; none before its rebuild is done.
    pub position: Option<i64>,
    /// Why it stands still.
    pub halted: Option<String>,
    /// Whether a projector works on it now.
    pub leased: bool,
    /// Parts of its rebuild; none if it was never rebuilt.
    pub parts: Option<i32>,
    /// Those whose rows are written.
    pub parts_done: i64,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When its rows were complete and a lane took over.
    pub filled_at: Option<DateTime<Utc>>,
    /// When it last began to answer questions.
    pub live_at: Option<DateTime<Utc>>,
    /// When it last ceased to.
    pub retired_at: Option<DateTime<Utc>>,
}

/// Every generation, in order of name and number.
///
/// # Errors
/// When the database cannot be asked.
pub async fn generations(
    connection: &mut PgConnection,
    log_id: i16,
) -> Result<Vec<Generation>, sqlx::Error> {
    sqlx::query_as(
        "SELECT p.name, p.generation, p.state, p.code_hash, p.on_poison, c.position, c.halted,
                COALESCE(c.lease_until > clock_timestamp(), false) AS leased, r.parts,
                (SELECT count(*) FROM es_ops.rebuild_part AS d
                  WHERE d.name = p.name AND d.generation = p.generation AND d.log_id = $1) AS parts_done,
                p.created_at, p.filled_at, p.live_at, p.retired_at
           FROM es_ops.projection AS p
           LEFT JOIN es_ops.projection_part AS c
             ON c.name = p.name AND c.generation = p.generation AND c.log_id = $1 AND c.part = 0
           LEFT JOIN es_ops.rebuild AS r ON r.name = p.name AND r.generation = p.generation AND r.log_id = $1
          ORDER BY p.name, p.generation",
    )
    .bind(log_id)
    .fetch_all(connection)
    .await
}

/// The newest generation a rebuild made and nobody promoted: its number, whether it is filled, and what it was made by.
pub(super) async fn building(
    connection: &mut PgConnection,
    name: &str,
) -> Result<Option<(i32, bool, String)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT generation, filled_at IS NOT NULL, code_hash FROM es_ops.projection AS p
          WHERE name = $1 AND state = 'building'
            AND EXISTS (SELECT FROM es_ops.rebuild AS r WHERE r.name = p.name AND r.generation = p.generation)
          ORDER BY generation DESC LIMIT 1",
    )
    .bind(name)
    .fetch_optional(connection)
    .await
}
