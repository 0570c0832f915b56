//! Files have an end: more rows than they hold are refused before anything is sent; and they say what the answer says,
//! whatever is asked of the file (SD-28).

use std::sync::Arc;

use axum::body::Body;
use events::sale::Registration;
use http::Request;
use service_runtime::Role;
use tower::ServiceExt;

use super::facts::{day, registered, registration, sale};
use super::target_facts::{cells, of_company};
use super::{World, actor};
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

/// Lines of a CSV file.
async fn lines(world: &World, path: &str) -> Vec<String> {
    let actor = actor(&world.tenant, Role::Auditor);
    let request = Request::get(path).extension(Arc::new(actor)).body(Body::empty()).unwrap();
    let response = world.routes(1).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    std::str::from_utf8(&bytes).unwrap().lines().map(str::to_owned).collect()
}

/// SD-28: a format or a choice of columns is no question about other sales than a target is about.
#[tokio::test]
async fn a_forecast_is_compared_with_its_targets_in_a_file_of_any_shape_sd_28() {
    let mut world = World::provisioned().await;
    world.target(&of_company(), cells(12, "100", "150")).await;
    world.follow().await;
    let file = "/v1/forecast/export?period=year";
    assert_eq!(world.ask("/v1/forecast?period=year").await["rows"][0]["target"], "1250.00");
    let plain = lines(&world, file).await;
    assert!(plain[1].contains(",1250.00,"), "{plain:?}");
    for shape in ["format=csv", "bom=false", "format=csv&bom=false"] {
        assert_eq!(lines(&world, &format!("{file}&{shape}")).await, plain, "{shape}");
    }
    let some = format!("{file}&fields=period,target");
    assert_eq!(lines(&world, &some).await, ["period,target", "2026,1250.00"]);
}
