//! What memory holds when rows are written below the checkpoint, tables are filled anew, or there is no room.

use events::{Recorded, TenantSlug};
use sqlx::Connection;

use super::World;
use super::agenda::{activity, days, planned};
use super::facts::{registered, registration, sale, worth};
use super::standing::{Both, QUESTIONS, head, held, one};
use crate::activity::ActivityModel;
use crate::sale::SaleModel;
use crate::{ReadModel, Standings};

/// Applies the log to a model, but for one stream, which is parked.
pub(super) async fn follow_without(world: &World, model: &dyn ReadModel, parked: &Recorded) {
    let mut owner = world.database.superuser().await;
    sqlx::query(
        "INSERT INTO es_ops.parked_stream (name, generation, log_id, stream_id, from_position, error, attempts, tenant_id,
                                           tenant, stream, failed_position, event_type, reason, queued)
         VALUES ($1, 1, 1, $2, $3, 'unreadable', 3, $4, 'demo', 'a stream', $3, 'an event', 'unknown', 1)
         ON CONFLICT DO NOTHING",
    )
    .bind(model.name())
    .bind(parked.stream_id)
    .bind(parked.position)
    .bind(parked.tenant_id)
    .execute(&mut owner)
    .await
    .unwrap();
    owner.close().await.unwrap();
    let log = world.log().await;
    let rest: Vec<Recorded> =
        log.into_iter().filter(|event| event.stream_id != parked.stream_id).collect();
    let (done, head) = (reached_by(world, model).await, head(world).await);
    let mut run: Vec<Recorded> = rest.into_iter().filter(|event| event.position > done).collect();
    if let Some(last) = run.last_mut() {
        assert_eq!(last.position, head, "the newest event is of another stream");
    }
    world.apply_to(model, 1, &[&run]).await;
}

async fn reached_by(world: &World, model: &dyn ReadModel) -> i64 {
    sqlx::query_scalar(
        "SELECT COALESCE(max(position), 0) FROM es_ops.projection_part WHERE generation = 1 AND name = $1",
    )
    .bind(model.name())
    .fetch_one(world.database.owner())
    .await
    .unwrap()
}

/// Brings a parked stream back: its rows lie below the checkpoint, which does not move.
pub(super) async fn redrive(world: &World, model: &dyn ReadModel, parked: &Recorded) {
    let log = world.log().await;
    let queue: Vec<Recorded> =
        log.into_iter().filter(|event| event.stream_id == parked.stream_id).collect();
    let pool = world.projector(1);
    let mut tx = pool.begin().await.unwrap();
    model.apply(&mut tx, &queue).await.unwrap();
    sqlx::query("DELETE FROM es_ops.parked_stream WHERE name = $1 AND stream_id = $2")
        .bind(model.name())
        .bind(parked.stream_id)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn a_stream_brought_back_below_the_checkpoint_is_in_the_next_answer() {
    let mut world = World::provisioned().await;
    let (demo, both) = (world.tenant.clone(), Both::of(&world));
    let of = |n| Some(sale(n));
    world.record(&sale(1).stream(), &[registered(registration())]).await;
    world.record(&sale(2).stream(), &[worth("700", "EUR", 50)]).await;
    world.record(&activity(1), &[planned("Late", of(2), days("2026-03-01", "2026-03-02"))]).await;
    world.record(&activity(2), &[planned("Call", of(1), days("2026-03-12", "2026-03-12"))]).await;
    world.record(&sale(3).stream(), &[worth("900", "NOK", 10)]).await;
    let log = world.log().await;
    let first =
        |stream: uuid::Uuid| log.iter().find(|event| event.stream_id == stream).unwrap().clone();
    let lost = first(sale(2).stream().stream_id(&demo));
    let late = first(activity(1).stream_id(&demo));
    follow_without(&world, &SaleModel, &lost).await;
    follow_without(&world, &ActivityModel, &late).await;
    let head = head(&world).await;
    both.agree(&world, &demo, head).await;
    let overdue = "/v1/pipeline?overdue_activity=true";
    assert_eq!(one(&both.memory, &demo, overdue).await["totals"]["open"]["count"], 0);
    redrive(&world, &SaleModel, &lost).await;
    both.agree(&world, &demo, head).await;
    redrive(&world, &ActivityModel, &late).await;
    both.agree(&world, &demo, head).await;
    assert_eq!(one(&both.memory, &demo, overdue).await["totals"]["open"]["count"], 1);
}

#[tokio::test]
async fn tables_that_were_filled_anew_or_fell_back_are_read_anew() {
    let mut world = World::provisioned().await;
    let (demo, both) = (world.tenant.clone(), Both::of(&world));
    for n in 1..=4 {
        world.record(&sale(n).stream(), &[worth("700", "EUR", 50)]).await;
        world
            .record(
                &activity(n),
                &[planned("Call", Some(sale(n)), days("2026-03-01", "2026-03-02"))],
            )
            .await;
    }
    world.follow().await;
    both.agree(&world, &demo, head(&world).await).await;
    // an older state of the same history, as after a restore
    world.truncate(1).await;
    let log = world.log().await;
    sqlx::query("UPDATE es_ops.projection_part SET position = 0")
        .execute(world.database.owner())
        .await
        .unwrap();
    let older = &log[..log.len() - 3];
    world.apply(1, &[older]).await;
    both.agree(&world, &demo, older.last().unwrap().position).await;
    world.follow().await;
    both.agree(&world, &demo, head(&world).await).await;
}

#[tokio::test]
async fn each_tenant_has_a_standing_of_its_own_and_none_beyond_the_memory_allowed() {
    let mut world = World::provisioned().await;
    world.record(&sale(1).stream(), &[worth("700", "EUR", 50)]).await;
    world.follow().await;
    let (demo, both) = (world.tenant.clone(), Both::of(&world));
    both.agree(&world, &demo, head(&world).await).await;
    world.tenant = TenantSlug::parse("other").unwrap();
    world.provision().await;
    world.record(&sale(2).stream(), &[worth("11", "EUR", 50)]).await;
    world
        .record(&activity(2), &[planned("Call", Some(sale(2)), days("2026-03-01", "2026-03-02"))])
        .await;
    world.follow().await;
    let other = world.tenant.clone();
    both.agree(&world, &other, head(&world).await).await;
    both.agree(&world, &demo, head(&world).await).await;
    assert_eq!(one(&both.memory, &other, "/v1/pipeline").await["totals"]["open"]["count"], 1);

    world.standings = Standings::within(1_000);
    let small = Both::of(&world);
    for question in QUESTIONS {
        let memory = one(&small.memory, &other, question).await;
        assert_eq!(memory, one(&both.sql, &other, question).await, "{question}");
        assert_eq!(held(&world, &other).await, None, "there is no room for it");
    }
}
