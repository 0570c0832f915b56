//! Boards and groups nobody can have (SF-14): every parameter of theirs, and what belongs to other lists.

use serde_json::json;
use system_tests::{Fixture, World};

/// Refused with a code, and the parameter at fault named.
async fn refused(world: &World, token: &str, list: &str, parameters: &str, code: &str, name: &str) {
    let path = format!("{list}?{parameters}");
    let reply = world.question(&path).bearer(token).send().await;
    let problem = reply.expect_problem(400, code).json();
    assert_eq!(problem["errors"][0]["parameter"], name, "{path}: {problem}");
}

#[tokio::test]
async fn a_board_is_refused_what_cannot_be_meant_sf_14() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    world.caught_up().await;
    let long = "x".repeat(5_000);
    let bad = "bad_parameter";
    for (parameters, code, name) in [
        ("group_by=colour", bad, "group_by"),
        ("group_by=", bad, "group_by"),
        ("group_by=Stage", bad, "group_by"),
        ("group_by=stage,owner", bad, "group_by"),
        ("group_by=none", bad, "group_by"),
        ("group_by=month", bad, "group_by"),
        ("subgroup_by=colour", bad, "subgroup_by"),
        ("subgroup_by=", bad, "subgroup_by"),
        ("subgroup_by=stage", bad, "subgroup_by"),
        ("group_by=owner&subgroup_by=owner", bad, "subgroup_by"),
        ("summarize=count", bad, "summarize"),
        ("summarize=", bad, "summarize"),
        ("hide_closed=1", bad, "hide_closed"),
        ("hide_closed=", bad, "hide_closed"),
        ("cards=-1", bad, "cards"),
        ("cards=51", bad, "cards"),
        ("cards=1.5", bad, "cards"),
        ("cards=99999999999999999999", bad, "cards"),
        ("cards=", bad, "cards"),
        ("sort=colour", bad, "sort"),
        ("sort=--amount", bad, "sort"),
        ("sort=", bad, "sort"),
        ("fields=colour", bad, "fields"),
        ("fields=", bad, "fields"),
        ("view=", "unknown_view", "view"),
        ("view=weekly", "unknown_view", "view"),
        ("view='%3B%20DROP%20TABLE%20user_version", "unknown_view", "view"),
        ("selection=mine", bad, "selection"),
        ("criteria=amount", bad, "criteria"),
        ("currency=XYZ", bad, "currency"),
        ("as_of=now", bad, "as_of"),
        ("limit=5", "unknown_parameter", "limit"),
        ("cursor=x", "unknown_parameter", "cursor"),
        ("colour=red", "unknown_parameter", "colour"),
        ("cards=5&cards=6", "repeated_parameter", "cards"),
    ] {
        refused(&world, &fixture.importer, "/v1/board", parameters, code, name).await;
    }
    let path = format!("view={long}");
    refused(&world, &fixture.importer, "/v1/board", &path, "unknown_view", "view").await;
    let path = format!("fields={long}");
    refused(&world, &fixture.importer, "/v1/board", &path, bad, "fields").await;
    let unusual = "/v1/board?owner=nobody,%F0%9F%90%9F&cards=50&group_by=owner&as_of=1970-01-01";
    let board = world.get(&fixture.importer, unusual).await.expect(200).json();
    assert_eq!((&board["columns"], &board["totals"]["open"]["count"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn groups_are_refused_what_cannot_be_meant() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    world.caught_up().await;
    let many = vec!["owner"; 10_000].join(",");
    let bad = "bad_parameter";
    for (parameters, code, name) in [
        ("group_by=colour", bad, "group_by"),
        ("group_by=", bad, "group_by"),
        ("group_by=owner,", bad, "group_by"),
        ("group_by=owner,owner", bad, "group_by"),
        ("group_by=owner,stage,owner", bad, "group_by"),
        ("group_by=owner,stage,status,month", bad, "group_by"),
        ("group_by=title", bad, "group_by"),
        ("group_by=owner%3B--", bad, "group_by"),
        (&format!("group_by={many}"), bad, "group_by"),
        ("limit=5", "unknown_parameter", "limit"),
        ("sort=owner", "unknown_parameter", "sort"),
        ("fields=owner", "unknown_parameter", "fields"),
        ("group_by=owner&group_by=stage", "repeated_parameter", "group_by"),
    ] {
        refused(&world, &fixture.importer, "/v1/sales/grouped", parameters, code, name).await;
    }
    world.question("/v1/sales/grouped").send().await.expect_problem(401, "token_missing");
}
