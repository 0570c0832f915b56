//! Rebuild equals live: whatever history the log holds and however it reached the read model (in
//! small batches from the stream, in between from the log), starting over gives the same rows.

use std::sync::Arc;

use event_store::{Group, Outcome, StreamAppend};
use events::{Metadata, NewEvent, StreamName, TenantSlug};
use projection_service::App;
use projection_service::config::Pace;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use read_models::sale::SaleModel;
use service_runtime::config::Secret;
use service_runtime::ids::new_id;
use sqlx::AssertSqlSafe;

use crate::support::Stage;
use crate::support::facts::{Step, step};

/// Which part of a history goes which way.
#[derive(Debug, Clone)]
struct Stretch {
    steps: Vec<Step>,
    /// Published now, or left for the log.
    published: bool,
    /// Applied now, or together with what follows.
    applied: bool,
}

fn stretch() -> impl Strategy<Value = Stretch> {
    (proptest::collection::vec(step(), 1..15), any::<bool>(), any::<bool>())
        .prop_map(|(steps, published, applied)| Stretch { steps, published, applied })
}

pub fn group(
    tenant: &TenantSlug,
    stream: StreamName,
    expected: i64,
    fact: &events::Event,
) -> Group {
    let metadata = Metadata {
        stream: stream.to_string(),
        actor: "ola".into(),
        command: None,
        correlation: None,
        causation: None,
        traceparent: None,
    };
    let events = vec![NewEvent::new(new_id(), fact, &metadata)];
    let appends = vec![StreamAppend { stream, expected, events }];
    Group { tenant: tenant.clone(), receipt: None, effective_at: None, appends }
}

/// Appends a stretch of a house's history.
pub async fn append(stage: &Stage, house: u32, steps: &[Step]) {
    for step in steps {
        let tenant = step.tenant(house);
        let settings = StreamName::of_tenant(&tenant);
        let versions = versions(stage, &tenant).await;
        let version =
            |stream: &StreamName| versions.get(&stream.stream_id(&tenant)).copied().unwrap_or(0);
        let mut groups = Vec::new();
        if version(&settings) == 0 {
            groups.push(group(&tenant, settings, 0, &Step::provisioning()));
        }
        if let Some((stream, fact)) = step.fact(version) {
            let expected = version(&stream);
            groups.push(group(&tenant, stream, expected, &fact));
        }
        for outcome in stage.store.append(new_id(), &groups).await.unwrap() {
            assert!(matches!(outcome, Outcome::Appended(_)), "{outcome:?}");
        }
    }
}

async fn versions(
    stage: &Stage,
    tenant: &TenantSlug,
) -> std::collections::HashMap<uuid::Uuid, i64> {
    let text = "SELECT s.stream_id, s.version FROM es.stream s JOIN es.tenant t USING (tenant_id) WHERE t.slug = $1";
    let rows: Vec<(uuid::Uuid, i64)> =
        sqlx::query_as(text).bind(tenant.as_str()).fetch_all(stage.owner()).await.unwrap();
    rows.into_iter().collect()
}

/// Every row of every table of the read model, in an order of its own.
pub async fn everything(stage: &Stage) -> Vec<String> {
    let mut rows = Vec::new();
    for table in tables(stage).await {
        let text = format!("SELECT '{table} ' || to_jsonb(t)::text FROM rm_sale_1.{table} t");
        let more: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(stage.owner()).await.unwrap();
        rows.extend(more);
    }
    rows.sort_unstable();
    rows
}

async fn tables(stage: &Stage) -> Vec<String> {
    let text = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'rm_sale_1' ORDER BY 1";
    sqlx::query_scalar(text).fetch_all(stage.owner()).await.unwrap()
}

/// The read model as it was before its first event.
pub async fn forget(stage: &Stage) {
    for table in tables(stage).await {
        let text = format!("TRUNCATE rm_sale_1.{table}");
        sqlx::query(AssertSqlSafe(text)).execute(stage.owner()).await.unwrap();
    }
    let text = "DELETE FROM es_ops.projection_part WHERE name = 'sale'";
    sqlx::query(text).execute(stage.owner()).await.unwrap();
}

async fn process(stage: &Stage, batch: u16, with_nats: bool) -> App {
    let mut config = stage.config();
    if !with_nats {
        config.nats_url = Secret::new("nats://127.0.0.1:9");
    }
    config.pace = Pace {
        projection_batch_max: batch,
        projection_page_max: batch.saturating_mul(3),
        projection_poll_ms: 20,
        ..Pace::default()
    };
    stage.running(config, vec![Arc::new(SaleModel)]).await
}

async fn lives_and_is_rebuilt(stage: &Stage, house: u32, history: &[Stretch], batch: u16) {
    let mut published = stage.store.head().await.unwrap();
    let live = process(stage, batch, true).await;
    for stretch in history {
        append(stage, house, &stretch.steps).await;
        if stretch.published {
            let rows = stage.store.read_after(published, 1_000).await.unwrap();
            stage.publish(&rows).await;
            published += i64::try_from(rows.len()).unwrap();
        }
        if stretch.applied {
            live.run_until_caught_up().await.unwrap();
        }
    }
    live.run_until_caught_up().await.unwrap();
    live.release().await.unwrap();
    let rows = everything(stage).await;
    forget(stage).await;
    let rebuilt = process(stage, 1_000, false).await;
    rebuilt.run_until_caught_up().await.unwrap();
    rebuilt.release().await.unwrap();
    assert_eq!(rows, everything(stage).await);
    stage.publish(&stage.store.read_after(published, 1_000).await.unwrap()).await;
}

#[test]
fn a_rebuild_equals_what_lived_through_any_history() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let stage = runtime.block_on(Stage::set());
    let house = std::sync::atomic::AtomicU32::new(0);
    let histories = (proptest::collection::vec(stretch(), 1..7), 1..20_u16);
    let config = ProptestConfig { cases: 16, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&histories, |(history, batch)| {
            let house = house.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            runtime.block_on(lives_and_is_rebuilt(&stage, house, &history, batch));
            Ok(())
        })
        .unwrap();
    let rows = runtime.block_on(everything(&stage));
    assert!(rows.len() > 100, "the histories left rows: {}", rows.len());
    let _guard = runtime.enter();
    drop(stage);
}
