//! What an operator sees of leases, and giving one back in its holder's stead. The next claim gets a higher epoch, so
//! whatever a former holder still sends is refused (`ES010`); one that lives just claims again.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Whose work a lease is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Publishing the log.
    Relay,
    /// A process manager.
    Process,
    /// A generation of a read model.
    Projection,
}

impl Work {
    /// As people and machines read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Relay => "relay",
            Self::Process => "process",
            Self::Projection => "projection",
        }
    }
}

/// A lease, held or not.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Lease {
    /// `relay`, `process` or `projection`.
    pub kind: String,
    /// Stream, process manager, or read model with its generation as `sale/1`.
    pub name: String,
    /// How far its holder has noted to be.
    pub position: i64,
    /// Who holds it or held it last.
    pub owner: Option<Uuid>,
    /// Rises with every change of holder.
    pub epoch: i64,
    /// Until when, while it is held; by the database's clock.
    pub held_until: Option<DateTime<Utc>>,
    /// Seconds it is held for still.
    pub seconds_left: Option<i64>,
}

const HELD: &str = "CASE WHEN lease_owner IS NOT NULL AND lease_until > clock_timestamp() THEN lease_until END AS held_until, \
  CASE WHEN lease_owner IS NOT NULL AND lease_until > clock_timestamp() \
       THEN extract(epoch FROM lease_until - clock_timestamp())::bigint END AS seconds_left";

/// Every lease of a log. Read models may lie in another database, which is asked for theirs.
pub async fn leases(operator: &mut PgConnection, log_id: i16) -> Result<Vec<Lease>, sqlx::Error> {
    let mut parts = Vec::new();
    if there(operator, "es_ops.relay").await? {
        parts.push(format!(
            "SELECT 1 AS rank, 'relay' AS kind, stream_name AS name, acked AS position, lease_owner AS owner, \
             lease_epoch AS epoch, {HELD} FROM es_ops.relay WHERE log_id = $1"
        ));
        parts.push(format!(
            "SELECT 2, 'process', name, position, lease_owner, lease_epoch, {HELD} FROM es_ops.process WHERE log_id = $1"
        ));
    }
    if there(operator, "es_ops.projection_part").await? {
        parts.push(format!(
            "SELECT 3, 'projection', name || '/' || generation, position, lease_owner, lease_epoch, {HELD} \
             FROM es_ops.projection_part WHERE log_id = $1"
        ));
    }
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("{} ORDER BY rank, name", parts.join(" UNION ALL "));
    sqlx::query_as(sqlx::AssertSqlSafe(text)).bind(log_id).fetch_all(operator).await
}

/// Gives leases back that are held: of one kind, of one name if it is given. Answers how many were.
pub async fn release(
    operator: &mut PgConnection,
    log_id: i16,
    work: Work,
    name: Option<&str>,
) -> Result<u64, sqlx::Error> {
    let text = match work {
        Work::Relay => {
            "UPDATE es_ops.relay SET lease_owner = NULL, lease_until = '-infinity' \
              WHERE log_id = $1 AND lease_owner IS NOT NULL AND ($2::text IS NULL OR stream_name = $2)"
        }
        Work::Process => {
            "UPDATE es_ops.process SET lease_owner = NULL, lease_until = '-infinity' \
              WHERE log_id = $1 AND lease_owner IS NOT NULL AND ($2::text IS NULL OR name = $2)"
        }
        Work::Projection => {
            "UPDATE es_ops.projection_part SET lease_owner = NULL, lease_until = '-infinity' \
              WHERE log_id = $1 AND lease_owner IS NOT NULL \
                AND ($2::text IS NULL OR name = $2 OR name || '/' || generation = $2)"
        }
    };
    let done = sqlx::query(text).bind(log_id).bind(name).execute(operator).await?;
    Ok(done.rows_affected())
}

async fn there(operator: &mut PgConnection, table: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL").bind(table).fetch_one(operator).await
}
