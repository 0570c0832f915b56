//! Files have an end: more rows than they hold are refused before anything is sent (SD-28).

use events::sale::Registration;
use service_runtime::Role;

use super::World;
use super::facts::{day, registered, registration, sale};
use crate::Standings;

/// One sale, due in the past, and `more` like it that no event made.
async fn crowd(more: i64) -> World {
    let mut world = World::provisioned().await;
    // rows that no event made are seen by SQL alone
    world.standings = Standings::within(0);
    let due = Registration { sale_date: day("2026-01-01"), ..registration() };
    world.record(&sale(1).stream(), &[registered(due)]).await;
    world.follow().await;
    sqlx::query(
        "INSERT INTO rm_sale_1.sale_version SELECT r.* FROM rm_sale_1.sale_version AS s, generate_series(1, $1) AS n,
           LATERAL jsonb_populate_record(s, jsonb_build_object(
             'stream_id', gen_random_uuid(), 'sale_id', gen_random_uuid(), 'number', 2000 + n)) AS r",
    )
    .bind(more)
    .execute(&mut world.database.superuser().await)
    .await
    .unwrap();
    let analyze = "ANALYZE rm_sale_1.sale_version";
    sqlx::query(analyze).execute(&mut world.database.superuser().await).await.unwrap();
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_longer_than_a_file_is_refused_sd_28() {
    let world = crowd(100_000).await;
    for question in ["/v1/sales/export", "/v1/sales/export?format=xlsx"] {
        let refused = world.refused(question).await;
        assert_eq!(refused, (422, "too_many_rows".to_owned()), "{question}");
    }
    let few = "/v1/sales/export?number=2001,2002";
    let (status, _) = world.ask_as(&world.tenant, Role::Auditor, few).await;
    assert_eq!(status, 200);
    let sums = world.ask("/v1/pipeline?limit=1").await;
    assert_eq!(sums["totals"]["open"]["count"], 100_001);
}
