//! Leases and fences of the runner, and what happens to a run that cannot be folded.

use service_runtime::ids;
use sqlx::PgPool;
use uuid::Uuid;

use super::World;
use super::facts::{QT, advanced, registered, registration, sale};
use crate::sale::SaleModel;
use crate::{ApplyError, ReadModel};

async fn claim(pool: &PgPool, owner: Uuid, seconds: f64) -> Option<(i64, i64)> {
    sqlx::query_as(
        "SELECT position, epoch FROM es_ops.claim('sale', 1, 1::smallint, $1, '{0}', make_interval(secs => $2))",
    )
    .bind(owner)
    .bind(seconds)
    .fetch_optional(pool)
    .await
    .unwrap()
}

/// SQLSTATE of an advance from 0 to 5; none when it was accepted.
async fn advance(pool: &PgPool, owner: Uuid, epoch: i64) -> Option<String> {
    let advanced = sqlx::query(
        "SELECT es_ops.advance('sale', 1, 1::smallint, $1, '{0}', ARRAY[$2::bigint], '{0}', '{5}', interval '1 minute')",
    )
    .bind(owner)
    .bind(epoch)
    .execute(pool)
    .await;
    advanced.err().map(|error| error.as_database_error().unwrap().code().unwrap().into_owned())
}

#[tokio::test]
async fn an_owner_whose_lease_ran_out_is_fenced() {
    let world = World::empty().await;
    let pool = world.projector(1);
    let (first, second) = (ids::new_id(), ids::new_id());
    assert_eq!(claim(&pool, first, 60.0).await, Some((0, 1)));
    assert_eq!(claim(&pool, second, 60.0).await, None, "it is taken");
    assert_eq!(claim(&pool, first, -1.0).await, Some((0, 1)), "renewed, and run out at once");
    assert_eq!(claim(&pool, second, 60.0).await, Some((0, 2)));
    assert_eq!(advance(&pool, first, 1).await.as_deref(), Some("ES010"));
    assert_eq!(advance(&pool, second, 2).await, None);
    assert_eq!(advance(&pool, second, 2).await.as_deref(), Some("ES010"), "not where it was left");
    sqlx::query("SELECT es_ops.release('sale', 1, 1::smallint, $1)")
        .bind(second)
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(claim(&pool, first, 60.0).await, Some((5, 3)));
}

#[tokio::test]
async fn a_fact_that_does_not_follow_stops_the_run_at_its_position() {
    let mut world = World::provisioned().await;
    world.record(&sale(1).stream(), &[registered(registration())]).await;
    world.record(&sale(2).stream(), &[advanced(QT, 50)]).await;
    let log = world.log().await;
    let pool = world.projector(1);
    let mut tx = pool.begin().await.unwrap();
    let stopped = SaleModel.apply(&mut tx, &log).await.unwrap_err();
    assert!(matches!(stopped, ApplyError::Unfoldable { .. }), "{stopped:?}");
    assert_eq!(stopped.position(), log.last().map(|event| event.position));
    tx.rollback().await.unwrap();
}
