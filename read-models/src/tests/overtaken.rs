//! One read model is ahead of the other: memory is brought to where both are, by what held there.

use events::{Event, SaleEvent, Title};
use service_runtime::Role;

use super::actor;
use super::facts::sale;
use super::kept::{MANY, asked_for, on_one_connection, titled, touched};
use crate::all;
use crate::ask::{Snapshot, When};

/// What changed and has changed once more beyond the position is looked for among what is beyond it. Read from the other end it
/// takes seconds of a table of a million versions, for each question, for as long as commands come in.
#[tokio::test]
async fn what_was_overtaken_is_found_without_reading_the_table() {
    let (mut world, ..) = asked_for("Fjord").await;
    let questions = on_one_connection(&world);
    let mut superuser = world.database.superuser().await;
    sqlx::raw_sql(MANY).execute(&mut superuser).await.unwrap();
    sqlx::raw_sql("ANALYZE rm_sale_1.sale_version; SELECT pg_stat_force_next_flush()")
        .execute(&mut superuser)
        .await
        .unwrap();
    world.record(&sale(2).stream(), &[titled("Fjell")]).await;
    world.follow().await;
    let both = world.store.head().await.unwrap();
    let renamed = SaleEvent::TitleChanged { title: Title::parse("Vidde").unwrap() };
    world.record(&sale(2).stream(), &[Event::Sale(renamed)]).await;
    let models = all();
    let sales = models.iter().find(|model| model.name() == "sale").unwrap();
    world.follow_with(sales.as_ref()).await;

    let (auditor, when) = (actor(&world.tenant, Role::Auditor), When::default());
    let open = async || Snapshot::open_standing(&questions, &auditor, &when, None).await.unwrap();
    let before = touched(&world).await;
    let mut snapshot = open().await;
    let standing = snapshot.standing.clone().expect("memory was brought on");
    assert_eq!((snapshot.position, standing.mark.position), (both, both));
    let seen = snapshot.view().unwrap().sale(sale(2).0, snapshot.today);
    assert_eq!(seen.map(|sale| sale.version), Some(1), "the version that held there");
    let flush = "SELECT pg_stat_force_next_flush()";
    sqlx::query(flush).execute(&mut *snapshot.tx).await.unwrap();
    drop(snapshot);
    // the pool's only connection is lent again once the transaction before has ended
    open().await.plan_anew().await.unwrap();
    let blocks = touched(&world).await - before;
    assert!((1..100).contains(&blocks), "{blocks} blocks touched");
}
