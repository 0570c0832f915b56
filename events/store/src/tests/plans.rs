//! Plans are kept, and are made while the tables are small: they must look by key all the same once the log is long.

use futures::future::BoxFuture;
use sqlx::PgConnection;

use super::*;
use crate::testing::TestDatabase;
use crate::{Filter, Sweep};

/// Batches, streams of a batch and events of a stream.
const LOG: [usize; 3] = [4, 100, 20];

/// Blocks that a question about a handful of events may touch. Whoever looks at events one by one touches thousands.
const FEW: i64 = 150;

/// Blocks of the log's tables and indexes that the store's one connection and others have touched so far.
async fn touched(store: &EventStore, superuser: &mut PgConnection) -> i64 {
    sqlx::query("SELECT pg_stat_force_next_flush()").execute(store.pool()).await.unwrap();
    let blocks = "SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::bigint \
                    FROM pg_statio_user_tables WHERE schemaname = 'es'";
    sqlx::query_scalar(blocks).fetch_one(superuser).await.unwrap()
}

/// Asks for a few events in every way there is; by name, the blocks each question touched.
async fn ask(store: &EventStore, superuser: &mut PgConnection) -> Vec<(&'static str, i64)> {
    let head = store.head().await.unwrap();
    let (demo, some, near) = (demo(), [1, head / 2, head], (head - 20).max(0));
    let stream_id = sale("0-7").stream_id(&demo);
    let filter = |stream_id| Filter { after: near, limit: 10, stream_id, ..Filter::default() };
    let (tenants, streams) = (filter(None), filter(Some(stream_id)));
    let last = Uuid::max();
    let sweep = Sweep {
        after: (Uuid::nil(), 0),
        last,
        up_to: head,
        aggregates: &[Aggregate::Sale],
        limit: 10,
    };
    let questions: [(&str, BoxFuture<'_, usize>); 9] = [
        (
            "hash",
            Box::pin(async {
                usize::from(store.recorded_event_hash(head).await.unwrap().is_some())
            }),
        ),
        ("hashes", Box::pin(async { store.recorded_event_hashes(&some).await.unwrap().len() })),
        ("at", Box::pin(async { store.read_at(&some).await.unwrap().len() })),
        ("after", Box::pin(async { store.read_after(near, 10).await.unwrap().len() })),
        ("load", Box::pin(async { store.load(&demo, stream_id, 0).await.unwrap().len() })),
        ("sweep", Box::pin(async { store.read_streams(&sweep).await.unwrap().len() })),
        ("tenant", Box::pin(async { store.read_tenant(&demo, &tenants).await.unwrap().len() })),
        ("stream", Box::pin(async { store.read_tenant(&demo, &streams).await.unwrap().len() })),
        (
            "glean",
            Box::pin(async {
                usize::from(
                    store.glean(near, head, &[Aggregate::Stage], 10).await.unwrap().is_some(),
                )
            }),
        ),
    ];
    let (mut before, mut found) = (touched(store, superuser).await, Vec::new());
    for (name, question) in questions {
        question.await;
        let now = touched(store, superuser).await;
        found.push((name, now - before));
        before = now;
    }
    found
}

#[tokio::test]
async fn plans_made_on_a_short_log_look_by_key_in_a_long_one() {
    let database = TestDatabase::create().await;
    let pool = crate::connect(&database.url_for("salgslogg_command"), 1).unwrap();
    let (store, writer) = (EventStore::new(pool, 1), database.store());
    let mut superuser = database.superuser().await;
    append(&writer, one(sale("first"), 0, vec![registered()])).await;
    ask(&store, &mut superuser).await;
    let [batches, streams, events] = LOG;
    for batch in 0..batches {
        let life = || [registered()].into_iter().chain((1..events).map(|_| advanced())).collect();
        let groups = (0..streams).map(|stream| one(sale(format!("{batch}-{stream}")), 0, life()));
        writer.append(WRITER, &groups.collect::<Vec<_>>()).await.unwrap();
    }
    let asked = ask(&store, &mut superuser).await;
    assert!(asked.iter().all(|(_, blocks)| *blocks <= FEW), "blocks touched: {asked:?}");
}
