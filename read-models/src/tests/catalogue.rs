//! What sales refer to, at any moment: stages, types, users, currencies, the caller.

use events::target_type::DEFAULT;
use events::{Event, StageEvent, StreamName, TenantEvent};
use serde_json::{Value, json};
use uuid::Uuid;

use super::facts::{FM, NEW, advanced, registered, registration, sale, stage_named};
use super::{World, instant};
use crate::schema;

#[tokio::test]
async fn a_renamed_stage_has_the_name_of_the_moment() {
    let mut world = World::provisioned().await;
    world
        .record_at(
            Some(instant("2026-01-05T09:00:00Z")),
            &sale(1).stream(),
            &[registered(registration())],
        )
        .await;
    let renamed = Event::Stage(StageEvent::Edited(stage_named("Introduction", 25, 7)));
    world.record_at(Some(instant("2026-02-01T09:00:00Z")), &FM.stream(), &[renamed]).await;
    world.follow().await;
    let name = async |moment: &str| {
        let board = world.ask(&format!("/v1/pipeline?{moment}")).await;
        (board["columns"][0]["name"].clone(), board["columns"][0]["rank"].clone())
    };
    assert_eq!(name("").await, (json!("Introduction"), json!(7)));
    assert_eq!(name("as_of=2026-01-31").await, (json!("First meeting"), json!(1)));
    let stages = world.ask("/v1/stages").await;
    let names: Vec<_> =
        stages["stages"].as_array().unwrap().iter().map(|stage| &stage["name"]).collect();
    assert_eq!(names, ["Quotation", "Signing of contract", "Introduction"], "by rank");
    assert_eq!(stages["stages"][2]["version"], 2);
    assert_eq!(world.ask("/v1/stages?as_of=2014-12-31").await["stages"], json!([]));
}

#[tokio::test]
async fn a_label_from_later_is_better_than_none() {
    let mut world = World::provisioned().await;
    let early = Some(instant("2014-06-01T09:00:00Z"));
    world
        .record_at(early, &sale(1).stream(), &[registered(registration()), advanced(FM, 20)])
        .await;
    world.follow().await;
    let board = world.ask("/v1/pipeline?as_of=2014-07-01").await;
    assert_eq!(board["columns"][0]["name"], "First meeting", "the stage came into effect in 2015");
}

#[tokio::test]
async fn types_users_currencies_and_the_caller() {
    let world = World::provisioned().await;
    world.follow().await;
    let types = world.ask("/v1/sale-types").await;
    assert_eq!(
        (&types["sale_types"][0]["id"], &types["sale_types"][0]["stages"][0]),
        (&json!(NEW.0), &json!(FM.0))
    );
    assert_eq!(types["sale_types"][0]["duration"], Value::Null);
    let users = world.ask("/v1/users?limit=2").await;
    assert_eq!(
        users["users"][1],
        json!({"id": "ola", "version": 1, "name": "Ola", "groups": ["North"], "primary_group": "North"})
    );
    let rest =
        world.ask(&format!("/v1/users?limit=2&cursor={}", users["next"].as_str().unwrap())).await;
    assert_eq!((&rest["users"][0]["id"], &rest["next"]), (&json!("per"), &Value::Null));
    let currencies = world.ask("/v1/currencies").await;
    let codes: Vec<_> = currencies["currencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (&c["code"], &c["rate"]))
        .collect();
    assert_eq!(
        codes,
        [
            (&json!("EUR"), &json!("1")),
            (&json!("GBP"), &json!("1.562")),
            (&json!("NOK"), &json!("12.677"))
        ]
    );
    let me = world.ask("/v1/me").await;
    assert_eq!(
        (&me["id"], &me["name"], &me["roles"]),
        (&json!("ola"), &json!("Ola"), &json!(["auditor"]))
    );
    assert_eq!((&me["time_zone"], &me["today"]), (&json!("Europe/Oslo"), &json!("2026-03-10")));
}

#[tokio::test]
async fn settings_are_not_history() {
    let mut world = World::provisioned().await;
    let moved = TenantEvent::TimeZoneChanged { time_zone: chrono_tz::Pacific::Auckland };
    world.record(&StreamName::of_tenant(&world.tenant.clone()), &[Event::Tenant(moved)]).await;
    world.follow().await;
    let me = world.ask("/v1/me?as_of=2026-03-10T12:00:00Z").await;
    assert_eq!(
        (&me["time_zone"], &me["today"]),
        (&json!("Pacific/Auckland"), &json!("2026-03-11"))
    );
    assert_eq!(me["base_currency"], "EUR", "a change of one setting keeps the other");
}

#[tokio::test]
async fn the_schema_is_made_once_and_checked_by_services() {
    let world = World::empty().await;
    schema::migrate(&mut world.database.superuser().await).await.unwrap();
    schema::check(&world.projector(1)).await.unwrap();
    schema::check(&world.asking(1)).await.unwrap();
    sqlx::query("UPDATE es_ops.projection SET code_hash = 'another program'")
        .execute(world.database.owner())
        .await
        .unwrap();
    assert!(matches!(
        schema::check(&world.asking(1)).await,
        Err(schema::SchemaError::OtherShape { model: "sale", live: 1 })
    ));
}

#[tokio::test]
async fn a_read_model_that_was_deleted_comes_back_from_the_log() {
    let world = World::provisioned().await;
    world.follow().await;
    let before = world.ask("/v1/stages").await;
    assert_ne!(before["stages"], json!([]));
    let mut operator = world.database.superuser().await;
    sqlx::query("DROP SCHEMA rm_sale_1 CASCADE").execute(&mut operator).await.unwrap();
    assert!(matches!(
        schema::check(&world.asking(1)).await,
        Err(schema::SchemaError::NoGeneration("sale"))
    ));
    schema::migrate(&mut operator).await.unwrap();
    schema::check(&world.asking(1)).await.unwrap();
    let refused = (503, "unavailable".to_owned());
    assert_eq!(world.refused("/v1/stages").await, refused, "its checkpoint went with it");
    world.follow().await;
    assert_eq!(world.ask("/v1/stages").await["stages"], before["stages"]);
}

#[tokio::test]
async fn an_id_is_the_same_in_capitals_and_what_is_none_is_refused() {
    let world = World::provisioned().await;
    world.follow().await;
    for (path, list, id) in [
        ("/v1/stages", "stages", FM.0),
        ("/v1/sale-types", "sale_types", NEW.0),
        ("/v1/target-types", "target_types", DEFAULT.0),
    ] {
        for written in [id.to_string(), id.to_string().to_uppercase()] {
            let found = world.ask(&format!("{path}?id={written}")).await;
            let rows = found[list].as_array().unwrap();
            assert_eq!((rows.len(), &rows[0]["id"]), (1, &json!(id)), "{path} {written}");
        }
        let none = world.ask(&format!("{path}?id={}", Uuid::from_u128(404))).await;
        assert_eq!(none[list], json!([]), "{path}");
        let refused = world.refused(&format!("{path}?id=FM")).await;
        assert_eq!(refused, (400, "bad_parameter".to_owned()), "{path}");
    }
    for (path, id) in [("/v1/stages", FM.0), ("/v1/sale-types", NEW.0)] {
        let capitals = id.to_string().to_uppercase();
        assert_eq!(world.ask(&format!("{path}/{capitals}")).await["id"], json!(id));
        let refused = world.refused(&format!("{path}/FM")).await;
        assert_eq!(refused, (400, "malformed_id".to_owned()), "{path}");
        let unknown = world.refused(&format!("{path}/{}", Uuid::from_u128(404))).await;
        assert_eq!(unknown, (404, "not_found".to_owned()), "{path}");
    }
    let users = async |id: &str| world.ask(&format!("/v1/users?id={id}")).await["users"].clone();
    assert_eq!(users("ola").await[0]["id"], "ola");
    assert_eq!(users("OLA").await, json!([]), "users are called by a text");
}
