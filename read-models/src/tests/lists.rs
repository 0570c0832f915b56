//! Neighbours and files of a list are the list itself, from memory and by SQL, whatever happened before.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::Request;
use proptest::prelude::*;
use serde_json::Value;
use service_runtime::Role;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use super::agenda::{activity, days, planned};
use super::chances::chances;
use super::facts::{registered, registration, sale, worth};
use super::histories::{Player, Step, steps};
use super::standing::Both;
use super::{World, actor, ask};
use events::Title;
use events::sale::Registration;

/// Filters and orders that memory knows, and some it leaves to SQL.
const LISTS: [&str; 8] = [
    "sort=-weighted",
    "sort=next_activity_date&skip_completed=true",
    "sort=-next_activity_date",
    "sort=title",
    "sort=-company&status=open,won",
    "sort=amount&min_amount=100000&currency=NOK",
    "sort=sale_date&as_of=2016-06-15",
    "sort=-owner&as_of=2016-09-01&owner=ola,per",
];

/// The body of an answer as text; demands 200.
async fn text(router: &Router, world: &World, role: Role, question: &str) -> String {
    let request = Request::get(question).extension(Arc::new(actor(&world.tenant, role)));
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 64 << 20).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert_eq!(status, 200, "{question}: {text}");
    text
}

async fn answer(router: &Router, world: &World, role: Role, question: &str) -> Value {
    let (status, body) = ask(router, &world.tenant, role, question).await;
    assert_eq!(status, 200, "{question}: {body}");
    body
}

fn ids(list: &Value) -> Vec<String> {
    let sales = list["sales"].as_array().unwrap().iter();
    sales.map(|sale| sale["id"].as_str().unwrap().to_owned()).collect()
}

/// Every sale of a list stands between those that the list has around it.
async fn neighbours_are_those_of_the_list(world: &World, both: &Both, role: Role, list: &str) {
    let known = ids(&answer(&both.sql, world, role, &format!("/v1/sales?limit=500&{list}")).await);
    for router in [&both.memory, &both.sql] {
        let shown = answer(router, world, role, &format!("/v1/sales?limit=500&{list}")).await;
        assert_eq!(ids(&shown), known, "{role} {list}");
        for (at, id) in known.iter().enumerate() {
            let beside = format!("/v1/sales/{id}/neighbours?{list}");
            let beside = answer(router, world, role, &beside).await;
            let expected = |at: Option<usize>| at.and_then(|at| known.get(at)).map(String::as_str);
            assert_eq!(beside["previous"]["id"].as_str(), expected(at.checked_sub(1)), "{list}");
            assert_eq!(beside["next"]["id"].as_str(), expected(Some(at + 1)), "{role} {list}");
        }
        let file = text(router, world, role, &format!("/v1/sales/export?{list}")).await;
        let rows = file.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().to_owned());
        assert_eq!(rows.collect::<Vec<_>>(), known, "{role} {list}");
    }
}

async fn whatever_happened(pieces: &[Vec<Step>]) {
    let mut world = World::provisioned().await;
    let (both, mut player) = (Both::of(&world), Player::default());
    for piece in pieces {
        player.go_on(&mut world, piece).await;
        world.follow().await;
        for list in LISTS {
            for role in [Role::Analyst, Role::Seller] {
                neighbours_are_those_of_the_list(&world, &both, role, list).await;
            }
        }
    }
}

proptest! {
    #![proptest_config(chances(2, 8))]

    #[test]
    fn neighbours_and_files_are_those_of_the_list_so_26_sd_28(
        pieces in prop::collection::vec(steps(10..40), 3),
    ) {
        Runtime::new().unwrap().block_on(whatever_happened(&pieces));
    }
}

#[tokio::test]
async fn a_file_of_many_pieces_is_whole_and_in_order_sd_28() {
    let mut world = World::provisioned().await;
    for n in 0..1_203_u128 {
        world
            .record(&sale(n).stream(), &[worth(&format!("{}", n * 7_919 % 1_203), "EUR", 50)])
            .await;
    }
    world.follow().await;
    let both = Both::of(&world);
    for (router, sort) in [(&both.memory, "-amount"), (&both.sql, "-amount"), (&both.sql, "title")]
    {
        let question = format!("/v1/sales/export?sort={sort}");
        let file = text(router, &world, Role::Auditor, &question).await;
        let amounts = file.lines().skip(1).map(|line| line.split(',').nth(14).unwrap());
        let amounts: Vec<String> = amounts.map(str::to_owned).collect();
        let mut expected: Vec<String> = (0..1_203).map(|n| format!("{n}.00")).collect();
        if sort == "title" {
            let numbered = (0..1_203_u128).map(|n| format!("{}.00", n * 7_919 % 1_203));
            expected = numbered.rev().collect();
        }
        expected.reverse();
        assert_eq!(amounts, expected, "{sort}");
    }
}

#[tokio::test]
async fn a_file_of_activities_has_the_rows_of_the_list_in_its_order_sd_28() {
    let mut world = World::provisioned().await;
    let mut named = registration();
    named.title = Title::parse("=cmd|' /C calc'!A0").unwrap();
    world.record(&sale(1).stream(), &[registered(Registration { ..named })]).await;
    for n in 1..=3 {
        let title = ["@SUM(1)", "Call, \"urgent\"", "-1"][n as usize - 1];
        let facts = [planned(title, Some(sale(1)), days("2026-03-01", &format!("2026-03-0{n}")))];
        world.record(&activity(n), &facts).await;
    }
    world.follow().await;
    let router = world.routes(1);
    let file = text(&router, &world, Role::Auditor, "/v1/activities/export?sort=-end").await;
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let column = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cells = |name: &str| rows.iter().map(|row| &row[column(name)]).collect::<Vec<_>>();
    assert_eq!(cells("title"), ["'-1", "Call, \"urgent\"", "'@SUM(1)"]);
    assert_eq!(cells("sale_title"), ["'=cmd|' /C calc'!A0"; 3]);
    assert_eq!(cells("sale_number"), ["1001"; 3]);
    assert_eq!(cells("start"), ["2026-03-01"; 3]);
    assert_eq!(cells("end"), ["2026-03-03", "2026-03-02", "2026-03-01"]);
    assert_eq!(cells("overdue"), ["true"; 3]);
}

#[tokio::test]
async fn a_file_of_more_than_a_hundred_thousand_rows_is_refused_sd_28() {
    let mut world = World::provisioned().await;
    world.record(&sale(1).stream(), &[worth("1", "EUR", 50)]).await;
    world.follow().await;
    sqlx::raw_sql(
        "SET search_path = rm_sale_1;
         INSERT INTO sale_version SELECT r.*
           FROM sale_version AS s, generate_series(1, 100000) AS n, jsonb_populate_record(s, jsonb_build_object(
             'stream_id', gen_random_uuid(), 'sale_id', gen_random_uuid(), 'number', s.number + n)) AS r;
         RESET search_path",
    )
    .execute(world.database.owner())
    .await
    .unwrap();
    let sql = Both::of(&world).sql;
    for format in ["csv", "xlsx"] {
        let question = format!("/v1/sales/export?format={format}&sort=number");
        let (status, body) = ask(&sql, &world.tenant, Role::Auditor, &question).await;
        assert_eq!((status.as_u16(), &body["code"]), (422, &Value::from("too_many_rows")));
    }
}
