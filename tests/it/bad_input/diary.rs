//! Questions about diaries and activities nobody can have: ranges, horizons, owners, parameters (SD-13 to SD-22).

use serde_json::json;
use system_tests::{Fixture, World};

#[tokio::test]
async fn a_diary_is_refused_what_cannot_be_meant() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    for (parameters, code, pointed_at) in [
        ("from=2026-03-31&to=2026-03-01", "bad_parameter", "from"),
        ("from=2026-03-02&to=2126-03-03", "bad_parameter", "to"),
        ("from=0001-01-01&to=9999-12-31", "bad_parameter", "to"),
        ("from=2026-02-30", "bad_parameter", "from"),
        ("from=2026-3-1", "bad_parameter", "from"),
        ("to=tomorrow", "bad_parameter", "to"),
        ("to=", "bad_parameter", "to"),
        ("today=2026-02-29", "bad_parameter", "today"),
        ("days_ahead=-1", "bad_parameter", "days_ahead"),
        ("days_ahead=367", "bad_parameter", "days_ahead"),
        ("days_ahead=99999999999999999999", "bad_parameter", "days_ahead"),
        ("days_ahead=7.5", "bad_parameter", "days_ahead"),
        ("days_ahead=seven", "bad_parameter", "days_ahead"),
        ("days_ahead=", "bad_parameter", "days_ahead"),
        ("owner=", "bad_parameter", "owner"),
        ("owner=ola,,kari", "bad_parameter", "owner"),
        ("group=,", "bad_parameter", "group"),
        ("limit=0", "bad_parameter", "limit"),
        ("limit=501", "bad_parameter", "limit"),
        ("cursor=next", "unknown_cursor", "cursor"),
        ("as_of=yesterday", "bad_parameter", "as_of"),
        ("min_position=-1", "bad_parameter", "min_position"),
        ("colour=red", "unknown_parameter", "colour"),
        ("status=open", "unknown_parameter", "status"),
        ("zone=Mars/Olympus", "unknown_parameter", "zone"),
    ] {
        let path = format!("/v1/diary?{parameters}");
        let refused = world.get(&fixture.importer, &path).await.expect_problem(400, code);
        let problem = refused.json();
        assert!(problem["detail"].as_str().unwrap().contains(pointed_at), "{path}: {problem}");
    }
    for twice in [
        "owner=ola&owner=kari",
        "from=2026-03-01&from=2026-03-01",
        "today=2026-03-10&today=2026-03-11",
    ] {
        let path = format!("/v1/diary?{twice}");
        let refused = world.get(&fixture.importer, &path).await;
        assert_eq!(refused.status.as_u16(), 400, "{path}: {}", refused.text);
        assert!(refused.json()["code"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn what_is_only_unusual_is_answered() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let nobodys = ["nobody", "%27%3B%20DROP%20TABLE%20activity_version", "%F0%9F%90%9F", "a%00b"];
    for owner in nobodys {
        let path = format!("/v1/diary?owner={owner}");
        let reply = world.get(&fixture.importer, &path).await;
        if owner.contains("%00") {
            assert_eq!(reply.status.as_u16(), 400, "{path}: {}", reply.text);
            continue;
        }
        let diary = reply.expect(200).json();
        assert_eq!((&diary["activities"], &diary["sales"]), (&json!([]), &json!([])), "{path}");
        assert_eq!((&diary["activity_count"], &diary["sale_count"]), (&json!(0), &json!(0)));
    }
    for (parameters, from, to) in [
        ("from=2026-03-02&to=2126-03-02", "2026-03-02", "2126-03-02"),
        ("from=2026-05-14", "2026-05-14", "2026-05-31"),
        ("to=2026-02-14", "2026-02-01", "2026-02-14"),
        ("today=2024-02-29", "2024-02-01", "2024-02-29"),
        ("days_ahead=0", "2026-03-01", "2026-03-31"),
        ("days_ahead=366", "2026-03-01", "2026-03-31"),
        ("today=9999-12-31", "9999-12-01", "9999-12-31"),
        ("today=0001-01-01", "0001-01-01", "0001-01-31"),
        ("as_of=1970-01-01", "1970-01-01", "1970-01-31"),
        ("known_at=9999-12-31", "2026-03-01", "2026-03-31"),
    ] {
        let path = format!("/v1/diary?{parameters}");
        let diary = world.get(&fixture.importer, &path).await.expect(200).json();
        assert_eq!((&diary["from"], &diary["to"]), (&json!(from), &json!(to)), "{path}");
    }
}

#[tokio::test]
async fn activities_are_refused_what_cannot_be_meant() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    for (question, code) in [
        ("/v1/activities?from=2026-03-02&to=2026-03-01", "bad_parameter"),
        ("/v1/activities?kind=party", "bad_parameter"),
        ("/v1/activities?kind=to-do", "bad_parameter"),
        ("/v1/activities?completed=1", "bad_parameter"),
        ("/v1/activities?overdue=maybe", "bad_parameter"),
        ("/v1/activities?sale=1001", "bad_parameter"),
        ("/v1/activities?sort=red", "bad_parameter"),
        ("/v1/activities?limit=-1", "bad_parameter"),
        ("/v1/activities?days_ahead=7", "unknown_parameter"),
        ("/v1/sales?next_activity_from=soon", "bad_parameter"),
        ("/v1/sales?overdue_activity=no", "bad_parameter"),
        ("/v1/pipeline?next_activity_from=2026-03-02&next_activity_to=2026-03-01", "bad_parameter"),
    ] {
        world.get(&fixture.importer, question).await.expect_problem(400, code);
    }
    world.get(&fixture.importer, "/v1/activities/1001").await.expect(400);
    let nobody = "/v1/activities/0198f0a0-0000-7000-8000-00000000dead";
    world.get(&fixture.importer, nobody).await.expect_problem(404, "not_found");
    world
        .get(&fixture.importer, &format!("{nobody}/history"))
        .await
        .expect_problem(404, "not_found");
    world.question("/v1/diary").send().await.expect_problem(401, "token_missing");
}
