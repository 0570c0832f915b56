//! What a question does not ask for is not in its plan: cards look at activities only when sorted or filtered by them.

use service_runtime::Role;

use super::{World, actor};
use crate::ask::{Filters, InCurrency, Snapshot, When, add, bind_matching};
use crate::card_page::cards;

/// The plan of a page of cards.
async fn plan(world: &World, filters: &Filters, sort: &str) -> String {
    let questions = world.questions(1);
    let tenant = actor(&world.tenant, Role::Manager).tenant;
    let mut snapshot =
        Snapshot::open(&questions, &actor(&tenant, Role::Auditor), &When::default()).await.unwrap();
    let currency = InCurrency::load(&mut snapshot, None).await.unwrap();
    let mut arguments = bind_matching(&snapshot, filters, &currency);
    add(&mut arguments, sort);
    add(&mut arguments, false);
    add(&mut arguments, 51_i64);
    add(&mut arguments, 0_i64);
    let lines: Vec<String> =
        sqlx::query_scalar_with(concat!("EXPLAIN ", cards!(), "LIMIT $39 OFFSET $40"), arguments)
            .fetch_all(&mut *snapshot.tx)
            .await
            .unwrap();
    lines.join("\n")
}

#[tokio::test]
async fn cards_look_at_activities_only_when_asked_for_what_lies_ahead() {
    let world = World::provisioned().await;
    world.follow().await;
    let all = Filters::default();
    let touches = |plan: &str| plan.contains("activity_version");
    for sort in ["sale_date", "amount", "title", "number"] {
        let plan = plan(&world, &all, sort).await;
        assert!(!touches(&plan), "{sort}: {plan}");
    }
    assert!(touches(&plan(&world, &all, "next_activity_date").await));
    let overdue = Filters { overdue_activity: Some(true), ..Filters::default() };
    assert!(touches(&plan(&world, &overdue, "sale_date").await));
}
