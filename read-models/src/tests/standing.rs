//! What memory answers is what SQL answers, whatever happened between two questions.

use axum::Router;
use events::Recorded;
use proptest::prelude::*;
use serde_json::Value;
use service_runtime::Role;
use sqlx::Connection;
use tokio::runtime::Runtime;

use super::agenda::{activity, completed, days, planned, rescheduled};
use super::facts::{registered, registration, sale, worth};
use super::histories::{Player, Step, steps};
use super::{World, ask};
use crate::activity::ActivityModel;
use crate::sale::SaleModel;
use crate::{ReadModel, Standings, routes};
use events::TenantSlug;

/// Groupings, filters and orders that memory knows, and some it leaves to SQL.
const QUESTIONS: [&str; 28] = [
    "/v1/pipeline?limit=500",
    "/v1/pipeline?group_by=sale_type&currency=GBP&sort=-number",
    "/v1/pipeline?group_by=owner&currency=NOK&sort=-weighted",
    "/v1/pipeline?group_by=group&sort=probability&status=open,won",
    "/v1/pipeline?group_by=status&currency=USD&sort=-amount",
    "/v1/pipeline?group_by=status&stage=none,00000000-0000-0000-0000-0000000000f1&sort=status",
    "/v1/pipeline?owner=ola,nobody&sort=days_in_stage",
    "/v1/pipeline?competitor=acme&group_by=status&sort=-registered_on",
    "/v1/pipeline?reason=budget,price&group_by=status&sort=updated_at",
    "/v1/pipeline?overdue_activity=true&group_by=status&sort=next_activity_date",
    "/v1/pipeline?overdue_activity=false&sort=-next_activity_date&limit=3",
    "/v1/pipeline?title=deal&group_by=status",
    "/v1/pipeline?company=00000000-0000-0000-0000-000000000007&group_by=status",
    "/v1/forecast?from=2015-01-01&to=2030-12-31&period=quarter&group_by=owner",
    "/v1/forecast?from=2016-02-15&to=2017-02-14&period=month&group_by=stage&currency=GBP",
    "/v1/forecast?from=2010-01-01&to=2040-12-31&period=year&group_by=category&currency=NOK",
    "/v1/forecast?from=2016-01-01&to=2018-12-31&group_by=source&completed=false",
    "/v1/forecast?from=2016-01-01&to=2018-12-31&group_by=group&sale_date_from=2016-05-05&status=lost",
    "/v1/forecast?from=2016-01-01&to=2018-12-31&currency=USD",
    "/v1/sales?limit=4&sort=-sale_date",
    "/v1/sales?sale_date_from=2016-03-01&sale_date_to=2017-01-31&sort=owner",
    "/v1/sales?next_activity_from=2016-02-01&next_activity_to=2016-09-01&sort=-days_in_stage",
    "/v1/sales?next_activity_to=2016-09-01&number=1001,1003,1004",
    "/v1/sales?limit=500&sort=title",
    "/v1/diary?owner=ola&from=2016-03-01&to=2016-08-31&days_ahead=60&limit=500",
    "/v1/diary?owner=ola,kari,per&from=2016-01-01&to=2016-12-31&limit=3",
    "/v1/diary?group=South&from=2016-03-01&to=2016-08-31&today=2016-06-01&days_ahead=366",
    "/v1/diary?owner=kari&from=2016-03-01&to=2016-08-31&today=2015-06-01",
];

/// The same questions of one world from memory and by SQL.
struct Both {
    memory: Router,
    sql: Router,
}

impl Both {
    fn of(world: &World) -> Self {
        let sql = crate::Questions { standings: Standings::within(0), ..world.questions(1) };
        Self { memory: world.routes(1), sql: routes().with_state(sql).split_for_parts().0 }
    }

    /// Asks everything, some pages on too; `seen` is how far memory must have come.
    async fn agree(&self, world: &World, tenant: &TenantSlug, seen: i64) {
        for question in QUESTIONS {
            let mut question = question.to_owned();
            for _ in 0..3 {
                let memory = one(&self.memory, tenant, &question).await;
                assert_eq!(memory, one(&self.sql, tenant, &question).await, "{question}");
                assert_eq!(held(world, tenant).await, Some(seen), "{question} was asked of memory");
                let Some(next) = memory["next"].as_str() else { break };
                let first = question.split("&cursor").next().unwrap_or_default();
                question = format!("{first}&cursor={next}");
            }
        }
    }
}

async fn one(router: &Router, tenant: &TenantSlug, question: &str) -> Value {
    let (status, body) = ask(router, tenant, Role::Analyst, question).await;
    assert_eq!(status, 200, "{question}: {body}");
    body
}

/// The position memory holds.
async fn held(world: &World, tenant: &TenantSlug) -> Option<i64> {
    let tenant_id = world.store.tenant_id(tenant).await.unwrap().unwrap();
    Some(world.standings.of(tenant_id)?.current()?.mark.position)
}

/// The newest position of the log.
async fn head(world: &World) -> i64 {
    world.store.head().await.unwrap()
}

async fn memory_equals_sql_after_every_piece_of_history(pieces: &[(Vec<Step>, u8)]) {
    let mut world = World::provisioned().await;
    let both = Both::of(&world);
    let (demo, mut player) = (world.tenant.clone(), Player::default());
    let mut lowest = 0;
    for (piece, follows) in pieces {
        player.go_on(&mut world, piece).await;
        // now one model is ahead, now the other, now none
        if *follows != 1 {
            world.follow_with(&SaleModel).await;
        }
        if *follows != 2 {
            world.follow_with(&ActivityModel).await;
        }
        if *follows == 0 {
            lowest = head(&world).await;
        }
        let reached = reached(&world).await;
        assert!(reached >= lowest);
        both.agree(&world, &demo, reached).await;
        world.clock.advance(std::time::Duration::from_secs(86_400));
    }
}

/// The position both models have reached.
async fn reached(world: &World) -> i64 {
    let positions: Vec<i64> = sqlx::query_scalar(
        "SELECT COALESCE(c.position, 0) FROM es_ops.projection AS p LEFT JOIN es_ops.projection_part AS c USING (name, generation)
          WHERE p.generation = 1",
    )
    .fetch_all(world.database.owner())
    .await
    .unwrap();
    positions.into_iter().min().unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, max_shrink_iters: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn memory_answers_what_sql_answers(
        pieces in prop::collection::vec((steps(5..30), 0_u8..3), 6),
    ) {
        Runtime::new().unwrap().block_on(memory_equals_sql_after_every_piece_of_history(&pieces));
    }
}

/// Applies the log to a model, but for one stream, which is parked.
async fn follow_without(world: &World, model: &dyn ReadModel, parked: &Recorded) {
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
async fn redrive(world: &World, model: &dyn ReadModel, parked: &Recorded) {
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

#[tokio::test]
async fn questions_asked_at_once_while_facts_are_written_answer_for_the_position_they_name() {
    let mut world = World::provisioned().await;
    let (demo, both) = (world.tenant.clone(), Both::of(&world));
    for n in 1..=60 {
        world.record(&sale(n).stream(), &[worth("1", "EUR", 50)]).await;
        world
            .record(
                &activity(n),
                &[planned("Call", Some(sale(n)), days("2026-03-01", "2026-03-02"))],
            )
            .await;
        if n > 2 {
            let moved = rescheduled(super::agenda::days("2026-04-01", "2026-04-02"));
            world.record(&activity(n - 1), &[moved, completed("2026-03-10")]).await;
        }
        let asked =
            (0..8).map(|_| one(&both.memory, &demo, "/v1/pipeline?limit=1&group_by=status"));
        let answers = futures::future::join_all(asked);
        let ((), answers) = tokio::join!(world.follow(), answers);
        let log = world.log().await;
        for answer in answers {
            let position = answer["position"].as_i64().unwrap();
            let there = log.iter().filter(|event| {
                event.position <= position && event.event_type == "sale.registered"
            });
            assert_eq!(answer["totals"]["open"]["count"], there.count(), "at {position}");
        }
    }
}
