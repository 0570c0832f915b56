//! Words in titles, companies and contacts, by the index of the words that sales ever had.

use std::collections::HashMap;
use std::sync::Arc;

use events::criteria::About;
use service_runtime::Problem;
use sqlx::postgres::PgArguments;
use uuid::Uuid;

use super::known::Remembering;
use super::{Ids, SaleSet};
use crate::ask::{Snapshot, add, coordinates, failed};
use crate::standing::beyond;

/// The versions of sales that hold and have the words `$5`, with how well they fit if `$6` says so.
macro_rules! with_words {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM sales_with(sale_query($5), $6) AS w
              JOIN sale_version AS s ON s.stream_id = w.stream_id AND s.version >= w.first_version
               AND s.version < COALESCE(w.next_version, 9223372036854775807)
             WHERE s.tenant_id = $1 AND NOT s.deleted
               AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at,
                        s.next_position, $2, $3, $4)"
        )
    };
}

fn bind(snapshot: &Snapshot, text: &str, ranked: bool) -> PgArguments {
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, text);
    add(&mut arguments, ranked);
    arguments
}

/// The sales that have the words of a text, whoever sees them.
pub(super) async fn sales(snapshot: &mut Snapshot, text: &str) -> Result<Arc<SaleSet>, Problem> {
    let remembering = Remembering::of(snapshot, true, || format!("words {text}")).await?;
    if let Some(known) = remembering.as_is() {
        return Ok(known.sales());
    }
    let mut found = remembering.begin(About::Sale);
    if let Some(since) = remembering.since() {
        let changed: Vec<(Uuid, bool)> = sqlx::query_as(
            concat!(
                "SELECT sale_id, NOT deleted AND sale_words(title, company_name, contact_name) @@ sale_query($3)
                   FROM sale_version AS v WHERE v.tenant_id = $1 AND ",
                beyond!("v", "$2")
            ),
        )
        .bind(snapshot.tenant_id)
        .bind(since)
        .bind(text)
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
        for (sale, has) in changed {
            if has {
                found.insert(sale, sale);
            } else {
                found.remove(&sale);
            }
        }
        return Ok(remembering.keep(found).sales());
    }
    let rows: Vec<Uuid> =
        sqlx::query_scalar_with(with_words!("s.sale_id"), bind(snapshot, text, false))
            .fetch_all(&mut *snapshot.tx)
            .await
            .map_err(|e| failed(&e))?;
    rows.into_iter().for_each(|sale| found.insert(sale, sale));
    Ok(remembering.keep(found).sales())
}

/// How well sales fit, by stream; higher is better.
pub(super) async fn ranks(
    snapshot: &mut Snapshot,
    text: &str,
) -> Result<HashMap<Uuid, f32, Ids>, Problem> {
    snapshot.plan_anew().await?;
    let found: Vec<(Uuid, f32)> =
        sqlx::query_as_with(with_words!("s.stream_id, w.rank"), bind(snapshot, text, true))
            .fetch_all(&mut *snapshot.tx)
            .await
            .map_err(|e| failed(&e))?;
    Ok(found.into_iter().collect())
}

/// Which of title, company and contact of these sales, by stream, have some of the words.
pub(super) async fn places(
    snapshot: &mut Snapshot,
    text: &str,
    streams: &[Uuid],
) -> Result<HashMap<Uuid, Vec<&'static str>>, Problem> {
    let mut arguments = coordinates(snapshot);
    add(&mut arguments, text);
    add(&mut arguments, streams);
    let found: Vec<(Uuid, bool, bool, bool)> = sqlx::query_as_with(
        "SELECT s.sale_id, tsvector_to_array(sale_words(s.title, NULL, NULL)) && w.words,
                tsvector_to_array(sale_words('', s.company_name, NULL)) && w.words,
                tsvector_to_array(sale_words('', NULL, s.contact_name)) && w.words
           FROM sale_version AS s, (SELECT tsvector_to_array(sale_words($5, NULL, NULL)) AS words) AS w
          WHERE s.tenant_id = $1 AND s.stream_id = ANY ($6)
            AND held(s.effective_at, s.recorded_at, s.position, s.next_effective_at, s.next_recorded_at, s.next_position, $2, $3, $4)",
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let named = |(sale, title, company, contact): (Uuid, bool, bool, bool)| {
        let places = [(title, "title"), (company, "company"), (contact, "contact")];
        (sale, places.into_iter().filter_map(|(has, place)| has.then_some(place)).collect())
    };
    Ok(found.into_iter().map(named).collect())
}
