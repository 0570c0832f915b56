//! Parameters: what the document names is accepted, everything else is refused by name.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use events::rights::Right;
use events::sale::Registration;
use events::{
    Event, FieldDefinition, FieldKind, LocalName, StreamName, TenantEvent, Title, TypeName,
    UserEvent, UserId,
};
use http::Request;
use serde_json::{Value, json};
use service_runtime::Role;
use service_runtime::clock::Stopwatch;

use super::facts::{QT, advanced, board_view, day, key, registered, registration, sale, worth};
use super::{World, actor, instant};
use crate::routes;
use tower::ServiceExt;

/// Asks by the method a path has; a body, where there is one, asks for everything.
async fn told(world: &World, routes: &Router, method: &str, question: &str) -> Value {
    let request = Request::builder().method(method).uri(question);
    let request = request.extension(Arc::new(actor(&world.tenant, Role::Admin)));
    let request = match method {
        "POST" => request.header("content-type", "application/json").body(Body::from(EVERYTHING)),
        _ => request.body(Body::empty()),
    };
    let response = routes.clone().oneshot(request.unwrap()).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap();
    serde_json::from_slice(&body).unwrap_or(Value::Null)
}

const EVERYTHING: &str = r#"{"criteria":{"any":[]}}"#;

#[tokio::test]
async fn every_documented_parameter_is_accepted_and_no_other() {
    let world = World::provisioned().await;
    let api = serde_json::to_value(routes().to_openapi()).unwrap();
    let asked_of = world.routes(1);
    let mut asked = 0;
    for (path, item) in api["paths"].as_object().unwrap() {
        let path = path.replace("{id}", &sale(1).to_string());
        let (operation, method) = match item["get"].is_object() {
            true => (&item["get"], "GET"),
            false => (&item["post"], "POST"),
        };
        let body = told(&world, &asked_of, method, &format!("{path}?colour=red")).await;
        assert_eq!(body["code"], "unknown_parameter", "{path}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] != "query" {
                continue;
            }
            let name = parameter["name"].as_str().unwrap();
            let question = format!("{path}?{name}=0");
            let body = told(&world, &asked_of, method, &question).await;
            assert_ne!(body["code"], "unknown_parameter", "{question}");
            let twice = format!("{path}?{name}=0&{name}=0");
            let body = told(&world, &asked_of, method, &twice).await;
            assert_eq!(body["code"], "repeated_parameter", "{twice}");
            asked += 1;
        }
        assert!(operation["operationId"].is_string(), "{path}");
        assert!(operation["responses"]["504"].is_object(), "{path}");
    }
    assert!(asked > 80, "{asked}");
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_name() {
    let world = World::empty().await;
    for bad in [
        "/v1/pipeline?group_by=colour",
        "/v1/pipeline?as_of=2026-02-30",
        "/v1/pipeline?as_of=now",
        "/v1/pipeline?known_at=",
        "/v1/pipeline?today=2026-3-1",
        "/v1/pipeline?min_position=-1",
        "/v1/pipeline?min_position=many",
        "/v1/pipeline?currency=XYZ",
        "/v1/pipeline?currency=eur",
        "/v1/pipeline?limit=0",
        "/v1/pipeline?limit=501",
        "/v1/pipeline?limit=99999999999999999999",
        "/v1/pipeline?sort=colour",
        "/v1/pipeline?sort=--amount",
        "/v1/pipeline?status=closed",
        "/v1/pipeline?stage=FM",
        "/v1/pipeline?sale_type=1",
        "/v1/pipeline?owner=",
        "/v1/pipeline?completed=yes",
        "/v1/pipeline?number=x",
        "/v1/sales?sale_date_from=2026-02-01&sale_date_to=2026-01-01",
        "/v1/sales?skip_completed=yes",
        "/v1/sales?min_amount=-1",
        "/v1/sales?min_weighted=1e9",
        "/v1/sales?favourite=2",
        "/v1/sales/export?format=pdf",
        "/v1/activities/export?format=",
        "/v1/sale-summary?by=stage",
        "/v1/sale-summary?from=2026-02-01&to=2026-01-31",
        "/v1/forecast?from=2026-02-01&to=2026-01-31",
        "/v1/forecast?from=1900-01-01&to=2001-01-01",
        "/v1/forecast?period=week",
        "/v1/forecast?group_by=status",
        "/v1/events?limit=10001",
        "/v1/events?after=-1",
        "/v1/events?type=sale.teleported",
        "/v1/events?aggregate=house",
        "/v1/events?id=0198",
        "/v1/sales/not-a-uuid",
        "/v1/users/o%00la",
        "/v1/users/%00/views",
        "/v1/pipeline?title=%FF",
    ] {
        let (status, code) = world.refused(bad).await;
        assert_eq!(status, 400, "{bad}");
        assert!(matches!(code.as_str(), "bad_parameter" | "malformed_id"), "{bad}: {code}");
    }
    assert_eq!(world.refused("/v1/pipeline?cursor=AAAA").await, (400, "unknown_cursor".to_owned()));
    world.ask("/v1/pipeline?limit=500").await;
    world.ask("/v1/forecast?from=1926-01-01&to=2026-12-31").await;
}

#[tokio::test]
async fn a_refused_aggregate_is_told_every_one_there_is() {
    let world = World::provisioned().await;
    let (status, body) =
        world.ask_as(&world.tenant, Role::Admin, "/v1/events?aggregate=house").await;
    assert_eq!(status.as_u16(), 400);
    let rule = body["errors"][0]["detail"].as_str().unwrap();
    for aggregate in events::Aggregate::ALL {
        assert!(rule.contains(aggregate.as_str()), "{aggregate}: {rule}");
    }
}

#[tokio::test]
async fn min_position_waits_and_gives_up_after_two_seconds() {
    let world = World::provisioned().await;
    let head = world.store.head().await.unwrap();
    let waiting = Stopwatch::start();
    let question = format!("/v1/sales?min_position={head}");
    let (status, body) = world.ask_as(&world.tenant, Role::Seller, &question).await;
    assert_eq!(
        (status.as_u16(), &body["code"], &body["position"]),
        (504, &json!("projection_behind"), &json!(0))
    );
    assert!(waiting.elapsed() >= Duration::from_secs(2));
    let (answer, ()) = tokio::join!(world.ask(&question), world.follow());
    assert_eq!(answer["position"], head);
}

#[tokio::test]
async fn filters_and_sorting_choose_sales_by_any_field() {
    let mut world = World::provisioned().await;
    let named = |title: &str, owner: &str, date: &str| {
        registered(Registration {
            title: Title::parse(title).unwrap(),
            owner: UserId::parse(owner).unwrap(),
            sale_date: day(date),
            external_reference: Some(format!("ref-{title}")),
            ..registration()
        })
    };
    world.record(&sale(1).stream(), &[named("Ånes 1", "ola", "2026-05-01")]).await;
    world.record(&sale(2).stream(), &[named("fjord 2", "kari", "2026-04-01")]).await;
    world.record(&sale(3).stream(), &[named("Fjord 3", "per", "2026-03-01")]).await;
    world.record(&sale(4).stream(), &[worth("1", "EUR", 10)]).await;
    world.follow().await;
    for (question, expected) in [
        ("title=fJORD&sort=number", "1002 1003 1004"),
        ("title=%C3%A5nes", "1001"),
        ("title=fjord%25", ""),
        ("owner=kari,per&sort=-number", "1003 1002"),
        ("sale_date_from=2026-03-02&sale_date_to=2026-05-01", "1002 1001"),
        ("number=1001,1003&sort=sale_date", "1003 1001"),
        ("external_reference=ref-fjord%202", "1002"),
        ("sort=amount&limit=1", "1004"),
        ("sort=owner&limit=2", "1002 1001"),
        ("completed=true", ""),
        ("group=South", ""),
        ("status=won,lost", ""),
    ] {
        let list = world.ask(&format!("/v1/sales?{question}")).await;
        let numbers: Vec<&str> = list["sales"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["number"].as_str().unwrap())
            .collect();
        assert_eq!(numbers.join(" "), expected, "{question}");
    }
    let marks = world.ask("/v1/sales?number=1003&today=2026-03-02").await;
    assert_eq!(marks["sales"][0]["overdue_sale_date"], Value::Bool(true));
}

#[tokio::test]
async fn the_card_carries_its_version_as_etag() {
    let mut world = World::provisioned().await;
    world.record(&sale(1).stream(), &[registered(registration()), advanced(QT, 50)]).await;
    world.follow().await;
    let actor = actor(&world.tenant, Role::Seller);
    let request = Request::get(format!("/v1/sales/{}", sale(1))).extension(Arc::new(actor));
    let answer = world.routes(1).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["etag"], "\"2\"");
}

#[tokio::test]
async fn the_feed_has_no_moment_but_waits_for_a_position() {
    let world = World::provisioned().await;
    for name in ["as_of", "known_at", "today"] {
        let question = format!("/v1/events?{name}=2026-03-10");
        let (status, body) = world.ask_as(&world.tenant, Role::Auditor, &question).await;
        assert_eq!((status.as_u16(), &body["code"]), (400, &json!("unknown_parameter")));
        assert_eq!(body["errors"][0]["parameter"], name, "{body}");
    }
    let head = world.store.head().await.unwrap();
    let feed = world.ask(&format!("/v1/events?min_position={head}")).await;
    assert_eq!(feed.as_array().unwrap().last().unwrap()["position"], head);
    let (status, code) = world.refused(&format!("/v1/events?min_position={}", head + 1)).await;
    assert_eq!((status, code.as_str()), (504, "projection_behind"));
}

/// What a tenant and its people set is asked about a moment like everything else.
#[tokio::test]
async fn views_rights_and_custom_fields_are_those_of_the_moment_that_is_asked_about() {
    let mut world = World::provisioned().await;
    let view = board_view();
    let name = || TypeName::parse("Mine").unwrap();
    let field = FieldDefinition {
        key: key("region"),
        name: LocalName::english(TypeName::parse("Region").unwrap()),
        kind: FieldKind::Text,
        items: Vec::new(),
        promoted: false,
    };
    let export = |allowed| {
        let (role, right) = (Role::Seller, Right::Export);
        Event::Tenant(TenantEvent::FunctionalRightSet { role, right, allowed })
    };
    let tenant = StreamName::of_tenant(&world.tenant);
    let ola = StreamName::of_user(&UserId::parse("ola").unwrap());
    let set = Event::Tenant(TenantEvent::CustomFieldDefined(field));
    let saved = Event::User(UserEvent::ViewSaved { name: name(), view });
    let first = Some(instant("2026-03-02T09:00:00Z"));
    world.record_at(first, &tenant, &[set, export(false)]).await;
    world.record_at(first, &ola, &[saved]).await;
    let second = Some(instant("2026-03-04T09:00:00Z"));
    let removed = Event::Tenant(TenantEvent::CustomFieldRemoved { key: key("region") });
    world.record_at(second, &tenant, &[removed, export(true)]).await;
    world.record_at(second, &ola, &[Event::User(UserEvent::ViewRemoved { name: name() })]).await;
    world.follow().await;
    for (when, set) in [
        ("", false),
        ("?as_of=2026-03-05", false),
        ("?as_of=2026-03-03", true),
        ("?as_of=2026-03-01", false),
        ("?as_of=2026-03-03&known_at=2026-03-03", false),
        ("?known_at=2999-01-01&as_of=2026-03-03", true),
    ] {
        let count = usize::from(set);
        let views = world.ask(&format!("/v1/users/ola/views{when}")).await;
        assert_eq!(views["views"].as_array().unwrap().len(), count, "{when}");
        let fields = world.ask(&format!("/v1/custom-fields{when}")).await;
        assert_eq!(fields["custom_fields"].as_array().unwrap().len(), count, "{when}");
        let roles = world.ask(&format!("/v1/roles{when}")).await;
        let seller = roles["roles"][0]["rights"].as_array().unwrap().clone();
        assert_eq!(!seller.contains(&json!("export")), set, "{when}");
    }
}
