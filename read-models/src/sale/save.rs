//! SQL of the sale's versions: load the current ones, end them, write the new ones.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::row::Sale;
use crate::money::weighted;
use crate::version::{Chain, PgQuery, bind_places, bind_successors};

#[derive(sqlx::FromRow)]
struct Current {
    stream_id: Uuid,
    #[sqlx(flatten)]
    sale: Sale,
}

/// The current version of each of these streams that has one.
pub(super) async fn load_current(
    tx: &mut PgConnection,
    streams: &[Uuid],
) -> Result<HashMap<Uuid, Sale>, sqlx::Error> {
    if streams.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Current> =
        sqlx::query_as(include_str!("current_sale.sql")).bind(streams).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.stream_id, row.sale)).collect())
}

/// Ends the stored versions that have a successor now, then writes the new ones.
pub(super) async fn save(tx: &mut PgConnection, chain: &Chain<Sale>) -> Result<(), sqlx::Error> {
    if chain.is_empty() {
        return Ok(());
    }
    if !chain.successors.is_empty() {
        let end = sqlx::query(
            "UPDATE sale_version AS stored
                SET next_position = v.position, next_effective_at = v.effective_at, next_recorded_at = v.recorded_at
               FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[])
                    AS v (stream_id, version, position, effective_at, recorded_at)
              WHERE stored.stream_id = v.stream_id AND stored.version = v.version",
        );
        bind_successors(end, &chain.successors).execute(&mut *tx).await?;
    }
    let insert = bind_places(sqlx::query(include_str!("insert_sale.sql")), &chain.versions)
        .bind(chain.column(|s| s.sale_id))
        .bind(chain.column(|s| s.number))
        .bind(chain.column(|s| s.title.as_str()))
        .bind(chain.sparse(|s| s.description.as_deref()))
        .bind(chain.column(|s| s.status.as_str()))
        .bind(chain.column(|s| s.sale_type_id))
        .bind(chain.sparse(|s| s.category.as_deref()))
        .bind(chain.sparse(|s| s.stage_id))
        .bind(chain.column(|s| s.stage_entered_at))
        .bind(chain.sparse(|s| s.stage_when_closed))
        .bind(chain.column(|s| s.probability))
        .bind(chain.column(|s| s.currency.as_str()))
        .bind(chain.column(|s| s.amount_minor))
        .bind(chain.column(|s| weighted(s.amount_minor, s.probability)))
        .bind(chain.column(|s| s.total_cost_minor))
        .bind(chain.column(|s| s.profit_minor))
        .bind(chain.sparse(|s| s.profit_percent))
        .bind(chain.column(|s| s.owner.as_str()))
        .bind(chain.sparse(|s| s.owner_group.as_deref()))
        .bind(chain.column(|s| s.sale_date))
        .bind(chain.sparse(|s| s.source.as_deref()))
        .bind(chain.sparse(|s| s.company_id))
        .bind(chain.sparse(|s| s.company_name.as_deref()))
        .bind(chain.sparse(|s| s.contact_id))
        .bind(chain.sparse(|s| s.contact_name.as_deref()))
        .bind(chain.sparse(|s| s.project_id))
        .bind(chain.sparse(|s| s.project_name.as_deref()))
        .bind(chain.sparse(|s| s.external_reference.as_deref()))
        .bind(chain.sparse(|s| s.reopen_date))
        .bind(chain.sparse(|s| s.stall_reason.as_deref()))
        .bind(chain.sparse(|s| s.close_date))
        .bind(chain.sparse(|s| s.reason.as_deref()))
        .bind(chain.sparse(|s| s.competitor.as_deref()))
        .bind(chain.column(|s| s.completed))
        .bind(chain.column(|s| s.registered_at))
        .bind(chain.column(|s| s.title.to_lowercase()));
    bind_tabs(insert, chain).execute(tx).await?;
    Ok(())
}

/// Binds $46 and what follows: the tabs beside the first one, and who wrote.
fn bind_tabs<'q>(insert: PgQuery<'q>, chain: &'q Chain<Sale>) -> PgQuery<'q> {
    insert
        .bind(chain.sparse(|s| s.credited.as_deref()))
        .bind(chain.sparse(|s| s.note.as_deref()))
        .bind(chain.sparse(|s| s.links.json()))
        .bind(chain.column(|s| s.visible_for.as_str()))
        .bind(chain.sparse(|s| s.visible_group.as_deref()))
        .bind(chain.column(|s| s.registered_by.as_str()))
        .bind(chain.column(|s| s.updated_by.as_str()))
        .bind(chain.column(|s| s.update_count))
        .bind(chain.sparse(|s| s.stakeholders.json()))
        .bind(chain.column(|s| ids(&s.stakeholders.companies())))
        .bind(chain.column(|s| ids(&s.stakeholders.contacts())))
        .bind(chain.column(|s| s.deleted))
        .bind(chain.sparse(|s| s.fields.json()))
        .bind(chain.sparse(|s| s.suggestions.json()))
}

/// Ids as an array is written.
pub(super) fn ids(ids: &[Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("{{{}}}", ids.join(","))
}
