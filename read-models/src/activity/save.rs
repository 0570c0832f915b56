//! SQL of the activity's versions: load the current ones, end them, write the new ones.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::row::{Activity, folded};
use crate::version::{Chain, bind_places, bind_successors};

#[derive(sqlx::FromRow)]
struct Current {
    stream_id: Uuid,
    #[sqlx(flatten)]
    activity: Activity,
}

/// The current version of each of these streams that has one.
pub(super) async fn load_current(
    tx: &mut PgConnection,
    streams: &[Uuid],
) -> Result<HashMap<Uuid, Activity>, sqlx::Error> {
    if streams.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Current> =
        sqlx::query_as(include_str!("current_activity.sql")).bind(streams).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.stream_id, row.activity)).collect())
}

/// Ends the stored versions that have a successor now, then writes the new ones.
pub(super) async fn save(
    tx: &mut PgConnection,
    chain: &Chain<Activity>,
) -> Result<(), sqlx::Error> {
    if chain.is_empty() {
        return Ok(());
    }
    if !chain.successors.is_empty() {
        let end = sqlx::query(
            "UPDATE activity_version AS stored
                SET next_position = v.position, next_effective_at = v.effective_at, next_recorded_at = v.recorded_at
               FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[])
                    AS v (stream_id, version, position, effective_at, recorded_at)
              WHERE stored.stream_id = v.stream_id AND stored.version = v.version",
        );
        bind_successors(end, &chain.successors).execute(&mut *tx).await?;
    }
    bind_places(sqlx::query(include_str!("insert_activity.sql")), &chain.versions)
        .bind(chain.column(|a| a.activity_id))
        .bind(chain.column(|a| a.kind.as_str()))
        .bind(chain.sparse(|a| a.from_day))
        .bind(chain.sparse(|a| a.to_day))
        .bind(chain.sparse(|a| a.starts_at))
        .bind(chain.sparse(|a| a.ends_at))
        .bind(chain.column(|a| a.owner.as_str()))
        .bind(chain.sparse(|a| a.owner_group.as_deref()))
        .bind(chain.column(|a| a.title.as_str()))
        .bind(chain.column(|a| a.title.to_lowercase()))
        .bind(chain.sparse(|a| a.description.as_deref()))
        .bind(chain.sparse(|a| a.sale_stream_id))
        .bind(chain.sparse(|a| a.sale_id))
        .bind(chain.sparse(|a| a.company_id))
        .bind(chain.sparse(|a| a.company_name.as_deref()))
        .bind(chain.sparse(|a| a.contact_id))
        .bind(chain.sparse(|a| a.contact_name.as_deref()))
        .bind(chain.sparse(|a| a.project_id))
        .bind(chain.sparse(|a| a.project_name.as_deref()))
        .bind(chain.sparse(|a| a.alarm_minutes))
        .bind(chain.sparse(|a| a.location.as_deref()))
        .bind(chain.sparse(|a| folded(a.location.as_deref())))
        .bind(chain.sparse(|a| folded(a.company_name.as_deref())))
        .bind(chain.sparse(|a| folded(a.contact_name.as_deref())))
        .bind(chain.sparse(|a| a.priority.as_deref()))
        .bind(chain.sparse(|a| a.assigned_by.as_deref()))
        .bind(chain.sparse(|a| a.assignment.as_deref()))
        .bind(chain.sparse(|a| a.series_id))
        .bind(chain.sparse(|a| a.series_number))
        .bind(chain.sparse(|a| a.completed_on))
        .bind(chain.column(|a| a.deleted))
        .bind(chain.column(|a| a.planned_at))
        .bind(chain.sparse(|a| a.guide_item))
        .bind(chain.sparse(|a| a.template.as_deref()))
        .bind(chain.sparse(|a| a.our_reference.as_deref()))
        .bind(chain.sparse(|a| a.follow_up_type.as_deref()))
        .execute(tx)
        .await?;
    Ok(())
}
