//! Rebuild equals live: however a log is cut into runs, and folded in memory by stream, the rows are the same.

use event_store::EventStore;
use events::{ActivityEvent, ActivityId, Event, Recorded};
use proptest::prelude::*;
use sqlx::PgPool;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::World;
use super::chances::chances;
use super::facts::{QT, advanced, sale};
use super::histories::{Player, Step, steps};
use super::parties::many_parties;
use super::selection_facts::many_selections;
use super::target_facts::many_targets;
use crate::rebuild::{Rebuild, RebuildError};

/// Every row of a generation as text, table by table.
async fn rows(world: &World, generation: i32) -> Vec<String> {
    let mut rows = Vec::new();
    for (model, table) in [
        ("sale", "sale"),
        ("sale", "stage"),
        ("sale", "sale_type"),
        ("sale", "user"),
        ("sale", "rate"),
        ("sale", "tenant"),
        ("sale", "list_item"),
        ("sale", "selection"),
        ("sale", "target_type"),
        ("sale", "target"),
        ("sale", "company"),
        ("sale", "contact"),
        ("activity", "activity"),
    ] {
        let text = format!(
            "SELECT t::text FROM rm_{model}_{generation}.{table}_version AS t ORDER BY stream_id, version"
        );
        let found: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(text))
            .fetch_all(world.database.owner())
            .await
            .unwrap();
        rows.extend(found);
    }
    rows
}

/// Cuts a log into runs of the given lengths, again and again.
fn cut<'a>(log: &'a [Recorded], lengths: &[usize]) -> Vec<&'a [Recorded]> {
    let (mut rest, mut runs) = (log, Vec::new());
    for length in lengths.iter().cycle() {
        let (run, left) = rest.split_at((*length).min(rest.len()));
        runs.push(run);
        rest = left;
        if rest.is_empty() {
            break;
        }
    }
    runs
}

async fn every_cut_gives_the_same_rows(history: &[Step], lengths: &[usize]) {
    let mut world = World::provisioned().await;
    Player::play(&mut world, history).await;
    world.plan_a_visit().await;
    many_selections(&mut world).await;
    many_targets(&mut world).await;
    many_parties(&mut world).await;
    let log = world.log().await;
    world.building(2).await;
    world.building(3).await;
    world.apply(1, &cut(&log, &[1])).await;
    world.apply(2, &cut(&log, lengths)).await;
    world.apply(3, &[&log]).await;
    let live = rows(&world, 1).await;
    let versions = log.iter().filter(|event| !event.event_type.starts_with("name.")).count();
    assert_eq!(live.len(), versions, "a version an event, those within a run too");
    assert_eq!(live, rows(&world, 2).await);
    assert_eq!(live, rows(&world, 3).await);
    for model in ["sale", "activity"] {
        assert_eq!(rebuilt(&world, model).await, 4);
    }
    assert_eq!(live, rows(&world, 4).await, "folded in memory, stream by stream");
}

/// Rebuilds a read model from the log as it is; answers the generation.
async fn rebuilt(world: &World, model: &str) -> i32 {
    filled(world, model).await.unwrap().finish().await.unwrap()
}

/// Indexes, policies and guards of a generation, its number left out.
async fn shape(world: &World, model: &str, generation: i32) -> Vec<String> {
    let schema = format!("rm_{model}_{generation}");
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = $1
         UNION ALL SELECT format('%s %s %s %s %s', tablename, policyname, roles, qual, with_check)
                     FROM pg_policies WHERE schemaname = $1
         UNION ALL SELECT format('%s %s %s %s', relname, relrowsecurity, relforcerowsecurity, relacl)
                     FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'
         ORDER BY 1",
    )
    .bind(&schema)
    .fetch_all(world.database.owner())
    .await
    .unwrap();
    found.into_iter().map(|line| line.replace(&schema, "rm")).collect()
}

#[tokio::test]
async fn a_rebuilt_generation_has_the_indexes_and_guards_of_the_first() {
    let world = World::provisioned().await;
    for (model, expected) in [("sale", 40 + 52 + 13), ("activity", 8 + 3 + 2)] {
        assert_eq!(rebuilt(&world, model).await, 2);
        let first = shape(&world, model, 1).await;
        assert_eq!(first.len(), expected, "{first:#?}");
        assert_eq!(first, shape(&world, model, 2).await);
    }
}

proptest! {
    #![proptest_config(chances(6, 24))]

    #[test]
    fn a_rebuild_equals_live(
        history in steps(10..80),
        lengths in prop::collection::vec(1_usize..9, 1..6),
    ) {
        Runtime::new().unwrap().block_on(every_cut_gives_the_same_rows(&history, &lengths));
    }
}

/// Begins the rebuild of a read model and fills it.
async fn filled(world: &World, model: &str) -> Result<Rebuild, RebuildError> {
    let operator = world.database.url_for("salgslogg_operator").parse().unwrap();
    let store = EventStore::new(world.database.owner().clone(), 1);
    let mut rebuild = Rebuild::begin(&operator, store, model).await?;
    rebuild.fill(2, |_| ()).await?;
    Ok(rebuild)
}

#[tokio::test]
async fn the_query_role_sees_nothing_of_others_in_a_half_built_generation() {
    let world = World::provisioned().await;
    let rebuild = filled(&world, "sale").await.unwrap();
    let count = "SELECT count(*) FROM rm_sale_2.stage_version";
    let seen = async |pool: &PgPool| {
        let seen: i64 = sqlx::query_scalar(count).fetch_one(pool).await.unwrap();
        seen
    };
    assert!(seen(world.database.owner()).await > 0);
    assert_eq!(seen(&world.asking(2)).await, 0, "no tenant, no rows");
    rebuild.finish().await.unwrap();
    assert_eq!(seen(&world.asking(2)).await, 0);
}

#[tokio::test]
async fn poison_stops_the_rebuild_of_totals_and_parks_the_stream_of_an_activity() {
    let mut world = World::provisioned().await;
    let lost = ActivityId(Uuid::from_u128(0xAC7));
    let done = ActivityEvent::Deleted {};
    world.record(&lost.stream(), &[Event::Activity(done.clone()), Event::Activity(done)]).await;
    let head = world.store.head().await.unwrap();
    filled(&world, "activity").await.unwrap().finish().await.unwrap();
    let parked: (i64, i64, String, String) = sqlx::query_as(
        "SELECT failed_position, queued, reason, stream FROM es_ops.parked_stream WHERE name = 'activity' AND generation = 2",
    )
    .fetch_one(world.database.owner())
    .await
    .unwrap();
    assert_eq!(parked, (head - 1, 2, "does_not_follow".into(), lost.stream().to_string()));

    world.record(&sale(2).stream(), &[advanced(QT, 50)]).await;
    let stopped = filled(&world, "sale").await.unwrap_err();
    let RebuildError::Poison(cause) = stopped else { panic!("{stopped}") };
    assert_eq!(cause.position(), Some(head + 1));
}
