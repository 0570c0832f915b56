//! Rows that are kept from question to question: never another version's, another state's, another generation's, another
//! tenant's, and never shown to whoever may not see them any more.

use axum::Router;
use events::rights::{Level, RecordRights, Records};
use events::sale::Registration;
use events::{Event, SaleEvent, StreamName, TenantEvent, TenantSlug, Title};
use service_runtime::Role;
use sqlx::postgres::PgPoolOptions;

use super::agenda::{activity, days, planned};
use super::facts::{registered, registration, sale};
use super::standing::{Both, one};
use super::{World, actor, ask};
use crate::ask::{Snapshot, When};
use crate::kept_cards::{Shape, rows_at};
use crate::{Live, Questions, routes};

/// Generation 2 of every read model is the live one.
const SWITCH: &str = "UPDATE es_ops.projection SET state = 'retired' WHERE generation = 1;
                      UPDATE es_ops.projection SET state = 'live' WHERE generation = 2";

/// What shows a row of a sale: a page of cards, a diary beside an activity and among the sales, the card.
fn questions() -> [(String, &'static str); 4] {
    let diary = "/v1/diary?owner=ola&from=2026-03-01&to=2026-06-30";
    [
        ("/v1/pipeline".to_owned(), "/sales/0/title"),
        (diary.to_owned(), "/sales/0/title"),
        (diary.to_owned(), "/activities/0/sale_title"),
        (format!("/v1/sales/{}", sale(1)), "/title"),
    ]
}

pub(super) fn titled(title: &str) -> Event {
    let title = Title::parse(title).unwrap();
    registered(Registration { title, ..registration() })
}

/// The title each question shows.
async fn titles(router: &Router, tenant: &TenantSlug) -> Vec<String> {
    let mut titles = Vec::new();
    for (question, place) in questions() {
        let answer = one(router, tenant, &question).await;
        titles.push(answer.pointer(place).unwrap().as_str().unwrap().to_owned());
    }
    titles
}

/// A sale of Ola's with an activity, which memory holds and whose rows were asked for.
pub(super) async fn asked_for(title: &str) -> (World, Both, TenantSlug) {
    let mut world = World::provisioned().await;
    world.record(&sale(1).stream(), &[titled(title)]).await;
    let call = planned("Call", Some(sale(1)), days("2026-03-12", "2026-03-12"));
    world.record(&activity(1), &[call]).await;
    world.follow().await;
    let (demo, both) = (world.tenant.clone(), Both::of(&world));
    assert_eq!(titles(&both.memory, &demo).await, [title; 4]);
    (world, both, demo)
}

/// Writes another title into a row, which nothing but a restore does.
async fn overwrite(world: &World, generation: i32, title: &str) {
    let text = format!("UPDATE rm_sale_{generation}.sale_version SET title = '{title}'");
    let mut superuser = world.database.superuser().await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut superuser).await.unwrap();
}

#[tokio::test]
async fn a_row_that_was_asked_for_is_not_read_again() {
    let (world, both, demo) = asked_for("Fjord").await;
    overwrite(&world, 1, "Overwritten").await;
    assert_eq!(titles(&both.sql, &demo).await, ["Overwritten"; 4]);
    assert_eq!(titles(&both.memory, &demo).await, ["Fjord"; 4]);
}

#[tokio::test]
async fn a_version_that_was_superseded_is_shown_no_more() {
    let (mut world, both, demo) = asked_for("Fjord").await;
    let changed = SaleEvent::TitleChanged { title: Title::parse("Fjell").unwrap() };
    world.record(&sale(1).stream(), &[Event::Sale(changed)]).await;
    world.follow().await;
    assert_eq!(titles(&both.memory, &demo).await, ["Fjell"; 4]);
}

#[tokio::test]
async fn tables_of_another_state_have_rows_of_their_own() {
    let (world, both, demo) = asked_for("Fjord").await;
    overwrite(&world, 1, "Restored").await;
    let mut superuser = world.database.superuser().await;
    sqlx::query("VACUUM FULL rm_sale_1.sale_version").execute(&mut superuser).await.unwrap();
    assert_eq!(
        titles(&both.memory, &demo).await,
        ["Restored"; 4],
        "the table's file is another one"
    );
}

#[tokio::test]
async fn a_promoted_generation_has_rows_of_its_own() {
    let (world, _, demo) = asked_for("Fjord").await;
    let address = world.database.url_for("salgslogg_query").parse().unwrap();
    let live = Live::new(address, PgPoolOptions::new().max_connections(4));
    let router = routes().with_state(Questions { live, ..world.questions(1) });
    let router = router.split_for_parts().0;
    assert_eq!(titles(&router, &demo).await, ["Fjord"; 4]);
    world.building(2).await;
    world.apply(2, &[&world.log().await]).await;
    overwrite(&world, 2, "Promoted").await;
    assert_eq!(titles(&router, &demo).await, ["Fjord"; 4]);
    let mut superuser = world.database.superuser().await;
    sqlx::raw_sql(SWITCH).execute(&mut superuser).await.unwrap();
    assert_eq!(titles(&router, &demo).await, ["Promoted"; 4]);
}

/// Memory was looked at, the word `live` moves, and only then the question needs a row: it is one of the generation that
/// memory is of, as for whoever is under way on a connection (case 42).
#[tokio::test]
async fn a_question_that_began_before_a_promotion_ends_on_the_rows_of_its_memory() {
    let (world, _, demo) = asked_for("Fjord").await;
    let address = world.database.url_for("salgslogg_query").parse().unwrap();
    let live = Live::new(address, PgPoolOptions::new().max_connections(4));
    let questions = Questions { live, ..world.questions(1) };
    let (auditor, when) = (actor(&demo, Role::Auditor), When::default());
    let open = async || Snapshot::open_standing(&questions, &auditor, &when, None).await.unwrap();
    drop(open().await);
    world.building(2).await;
    world.apply(2, &[&world.log().await]).await;
    overwrite(&world, 2, "Promoted").await;
    let (mut before, mut superuser) = (open().await, world.database.superuser().await);
    assert!(format!("{:?}", before.tx).contains("not needed"), "memory alone: {:?}", before.tx);
    sqlx::raw_sql(SWITCH).execute(&mut superuser).await.unwrap();
    let mut after = open().await;
    for (snapshot, title) in [(&mut before, "Fjord"), (&mut after, "Promoted")] {
        let row = sqlx::query_scalar("SELECT title FROM sale_version WHERE tenant_id = $1");
        let row: String = row.bind(snapshot.tenant_id).fetch_one(&mut *snapshot.tx).await.unwrap();
        assert_eq!(row, title);
    }
}

#[tokio::test]
async fn tenants_with_the_same_public_ids_keep_their_rows_apart() {
    let (mut world, both, demo) = asked_for("Fjord").await;
    world.tenant = TenantSlug::parse("other").unwrap();
    world.provision().await;
    world.record(&sale(1).stream(), &[titled("Other")]).await;
    let call = planned("Call", Some(sale(1)), days("2026-03-12", "2026-03-12"));
    world.record(&activity(1), &[call]).await;
    world.follow().await;
    let other = world.tenant.clone();
    for _ in 0..2 {
        assert_eq!(titles(&both.memory, &other).await, ["Other"; 4]);
        assert_eq!(titles(&both.memory, &demo).await, ["Fjord"; 4]);
    }
}

/// SO-44.
#[tokio::test]
async fn who_may_not_see_a_sale_any_more_is_not_shown_its_kept_row_so_44() {
    let (mut world, both, demo) = asked_for("Fjord").await;
    let seller = |question: String| {
        let (both, demo) = (&both, &demo);
        async move { ask(&both.memory, demo, Role::Seller, &question).await }
    };
    let card = format!("/v1/sales/{}", sale(1));
    assert_eq!(seller(card.clone()).await.0, 200);
    assert_eq!(seller("/v1/pipeline".to_owned()).await.1["sales"][0]["title"], "Fjord");
    let none = Level::None;
    let rights = RecordRights { own: none, own_groups: none, other_groups: none, others: none };
    for records in [Records::Sales, Records::Activities] {
        let set = TenantEvent::RecordRightsSet { role: Role::Seller, records, rights };
        world.record(&StreamName::of_tenant(&demo), &[Event::Tenant(set)]).await;
    }
    world.follow().await;
    assert_eq!(titles(&both.memory, &demo).await, ["Fjord"; 4], "an analyst sees it");
    assert_eq!(seller(card).await.0, 404);
    assert_eq!(seller("/v1/pipeline".to_owned()).await.1["sales"], serde_json::json!([]));
    let diary = seller(questions()[1].0.clone()).await.1;
    assert_eq!(
        (&diary["sales"], &diary["activities"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
}

#[tokio::test]
async fn a_level_question_needs_no_transaction_until_a_statement_is_run() {
    let (world, ..) = asked_for("Fjord").await;
    let (questions, auditor) = (world.questions(1), actor(&world.tenant, Role::Auditor));
    let when = When::default();
    let open = || Snapshot::open_standing(&questions, &auditor, &when, None);
    let mut snapshot = open().await.unwrap();
    assert_eq!(format!("{:?}", snapshot.tx), "not needed yet");
    assert_eq!(snapshot.pin, Some(snapshot.position), "whatever is read later is of this position");
    let seen = "SELECT count(*) FROM sale_version";
    let count: i64 = sqlx::query_scalar(seen).fetch_one(&mut *snapshot.tx).await.unwrap();
    assert_eq!((count, format!("{:?}", snapshot.tx).as_str()), (1, "open"));
    drop(snapshot);
    let mut snapshot = open().await.unwrap();
    snapshot.plan_anew().await.unwrap();
    assert_eq!(snapshot.pin, None, "nothing lies beyond it");
    drop(snapshot);
    // what was told is gone before the first statement
    let mut snapshot = open().await.unwrap();
    let mut superuser = world.database.superuser().await;
    sqlx::query("VACUUM FULL rm_sale_1.sale_version").execute(&mut superuser).await.unwrap();
    let refused = snapshot.plan_anew().await.unwrap_err();
    assert_eq!(refused.status().as_u16(), 503);
}

/// Rows of a sale many times, so that who reads the table touches thousands of blocks.
pub(super) const MANY: &str = "INSERT INTO rm_sale_1.sale_version
    SELECT (jsonb_populate_record(v, jsonb_build_object('stream_id', gen_random_uuid(), 'version', n))).*
      FROM rm_sale_1.sale_version AS v CROSS JOIN generate_series(1, 20000) AS n WHERE v.version = 1";

/// Blocks of the table of sales, and of its indexes, that were touched so far.
pub(super) async fn touched(world: &World) -> i64 {
    let mut superuser = world.database.superuser().await;
    let blocks = "SELECT (heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::bigint
                    FROM pg_statio_user_tables WHERE schemaname = 'rm_sale_1' AND relname = 'sale_version'";
    sqlx::query_scalar(blocks).fetch_one(&mut superuser).await.unwrap()
}

/// Questions that come through one connection, one after the other.
pub(super) fn on_one_connection(world: &World) -> Questions {
    let address = world.database.url_for("salgslogg_query").parse().unwrap();
    let live = Live::new(address, PgPoolOptions::new().max_connections(1));
    Questions { live, ..world.questions(1) }
}

/// A statement's plan is kept from when the table was small.
#[tokio::test]
async fn a_row_is_looked_for_by_key_also_once_the_table_is_large() {
    let (world, ..) = asked_for("Fjord").await;
    let questions = on_one_connection(&world);
    let (auditor, when) = (actor(&world.tenant, Role::Auditor), When::default());
    let open = async || Snapshot::open_standing(&questions, &auditor, &when, None).await.unwrap();
    let row = async |snapshot: &mut Snapshot, version| {
        let wanted = [(sale(1).stream().stream_id(&world.tenant), version)];
        let standing = snapshot.standing.clone().unwrap();
        let rows = rows_at(snapshot, &standing, Shape::Card, &wanted).await.unwrap();
        // of this connection, once its transaction ends
        let flush = "SELECT pg_stat_force_next_flush()";
        sqlx::query(flush).execute(&mut *snapshot.tx).await.unwrap();
        rows[0].is_some()
    };
    assert!(!row(&mut open().await, 7).await, "the plan is made");
    let mut superuser = world.database.superuser().await;
    sqlx::raw_sql(MANY).execute(&mut superuser).await.unwrap();
    sqlx::query("SELECT pg_stat_force_next_flush()").execute(&mut superuser).await.unwrap();
    let mut snapshot = open().await;
    let before = touched(&world).await;
    assert!(!row(&mut snapshot, 8).await);
    drop(snapshot);
    // the pool's only connection is lent again once the transaction before has ended
    open().await.plan_anew().await.unwrap();
    let blocks = touched(&world).await - before;
    assert!((1..50).contains(&blocks), "{blocks} blocks touched");
}
