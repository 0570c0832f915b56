//! SQL that writes the versions of stages, sale types, users, rates and settings.

use serde::Serialize;
use sqlx::PgConnection;

use super::catalogue::{DatedRate, Settings, Stage};
use super::sale_type::{SaleType, unit_word};
use super::save::ids;
use super::user::User;
use crate::version::{Chain, Placed, bind_places, bind_successors};

/// Ends the stored versions of `chain` in a table.
macro_rules! end_stored {
    ($tx:expr, $chain:expr, $table:literal) => {
        if !$chain.successors.is_empty() {
            let end = sqlx::query(concat!(
                "UPDATE ", $table, " AS stored
                    SET next_position = v.position, next_effective_at = v.effective_at, next_recorded_at = v.recorded_at
                   FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[])
                        AS v (stream_id, version, position, effective_at, recorded_at)
                  WHERE stored.stream_id = v.stream_id AND stored.version = v.version",
            ));
            bind_successors(end, &$chain.successors).execute(&mut *$tx).await?;
        }
    };
}
pub(super) use end_stored;

fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("invariant: names are plain text and encode")
}

pub(super) async fn stages(tx: &mut PgConnection, chain: &Chain<Stage>) -> Result<(), sqlx::Error> {
    if chain.is_empty() {
        return Ok(());
    }
    end_stored!(tx, chain, "stage_version");
    bind_places(sqlx::query(include_str!("insert_stage.sql")), &chain.versions)
        .bind(chain.column(|s| s.stage_id))
        .bind(chain.column(|s| json(&s.terms.name)))
        .bind(chain.column(|s| i16::from(s.terms.probability.percent())))
        .bind(chain.column(|s| s.terms.description.as_ref().map(|text| text.as_str())))
        .bind(chain.column(|s| s.terms.rank))
        .bind(chain.column(|s| s.deleted))
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn sale_types(
    tx: &mut PgConnection,
    chain: &Chain<SaleType>,
) -> Result<(), sqlx::Error> {
    if chain.is_empty() {
        return Ok(());
    }
    end_stored!(tx, chain, "sale_type_version");
    let stages = |t: &SaleType| {
        let ids: Vec<String> = t.terms.stages.iter().map(ToString::to_string).collect();
        format!("{{{}}}", ids.join(","))
    };
    bind_places(sqlx::query(include_str!("insert_sale_type.sql")), &chain.versions)
        .bind(chain.column(|t| t.sale_type_id))
        .bind(chain.column(|t| json(&t.terms.name)))
        .bind(chain.column(|t| t.terms.category.as_ref().map(|name| name.as_str())))
        .bind(chain.column(|t| t.terms.duration.map(|duration| i32::from(duration.n))))
        .bind(chain.column(|t| t.terms.duration.map(|duration| unit_word(duration.unit))))
        .bind(chain.column(stages))
        .bind(chain.column(|t| t.terms.guide))
        .bind(chain.column(|t| t.terms.auto_advance))
        .bind(chain.column(|t| t.terms.stakeholders))
        .bind(chain.column(|t| json(&t.guide)))
        .bind(chain.column(|t| t.deleted))
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn users(tx: &mut PgConnection, chain: &Chain<User>) -> Result<(), sqlx::Error> {
    if chain.is_empty() {
        return Ok(());
    }
    end_stored!(tx, chain, "user_version");
    bind_places(sqlx::query(include_str!("insert_user.sql")), &chain.versions)
        .bind(chain.column(|u| u.user_id.as_str()))
        .bind(chain.column(|u| u.name.as_str()))
        .bind(chain.column(|u| json(&u.groups)))
        .bind(chain.column(|u| u.primary_group.as_deref()))
        .bind(chain.column(|u| json(&u.preferences)))
        .bind(chain.column(|u| ids(&u.favourites)))
        .bind(chain.column(|u| json(&u.views)))
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn rates(
    tx: &mut PgConnection,
    rates: &[Placed<DatedRate>],
) -> Result<(), sqlx::Error> {
    for Placed { place, next: _, row } in rates {
        sqlx::query(
            "INSERT INTO rate_version (tenant_id, stream_id, version, position, effective_at, recorded_at,
               currency, rate, unit, valid_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(place.tenant_id)
        .bind(place.stream_id)
        .bind(place.version)
        .bind(place.position)
        .bind(place.effective_at)
        .bind(place.recorded_at)
        .bind(row.currency)
        .bind(row.rate)
        .bind(row.unit)
        .bind(row.valid_from)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

pub(super) async fn tenants(
    tx: &mut PgConnection,
    chain: &Chain<Settings>,
) -> Result<(), sqlx::Error> {
    if chain.is_empty() {
        return Ok(());
    }
    end_stored!(tx, chain, "tenant_version");
    bind_places(sqlx::query(include_str!("insert_tenant.sql")), &chain.versions)
        .bind(chain.column(|t| t.slug.as_str()))
        .bind(chain.column(|t| t.base_currency.as_str()))
        .bind(chain.column(|t| t.time_zone.as_str()))
        .bind(chain.column(|t| t.fields.as_str()))
        .bind(chain.column(|t| json(&t.rights)))
        .bind(chain.column(|t| json(&t.diary)))
        .bind(chain.column(|t| json(&t.features)))
        .bind(chain.column(|t| t.target_period.as_str()))
        .execute(tx)
        .await?;
    Ok(())
}
