//! Selections and views of the board: what cannot be meant is refused with its place, and
//! nothing is stored (SF-10 to SF-18).

use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

pub(super) const AT: &str = "2026-03-01T08:00:00Z";

/// A world with a static selection of one sale, and a dynamic one.
pub(super) struct Desk {
    pub(super) world: World,
    pub(super) fixture: Fixture,
    pub(super) sale: String,
    pub(super) fixed: String,
    pub(super) living: String,
}

fn criteria(value: Value) -> Value {
    json!({"any": [{"all": [{"field": "amount", "operator": "gt", "values": [value]}]}]})
}

impl Desk {
    pub(super) async fn open() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        let sale = fixture.sale(&world, AT, "Fjord ERP", json!({})).await;
        let made = async |body: Value| {
            let answer = fixture.at(&world, AT, "/v1/selections", body).await;
            answer["id"].as_str().unwrap().to_owned()
        };
        let fixed = made(json!({"name": "Fixed", "kind": "static", "members": [sale]})).await;
        let body = json!({"name": "Living", "kind": "dynamic", "criteria": criteria(json!("1"))});
        let living = made(body).await;
        Self { world, fixture, sale, fixed, living }
    }

    /// Demands a refusal at a place.
    pub(super) async fn refused(
        &self,
        path: &str,
        body: &Value,
        status: u16,
        code: &str,
        pointer: &str,
    ) {
        let before = self.world.stored().await;
        let what = format!("{path} {}", body.to_string().chars().take(160).collect::<String>());
        let reply = self.world.post(&self.fixture.importer, path, body).await;
        assert_eq!(reply.status.as_u16(), status, "{what}: {}", reply.text);
        let problem = reply.expect_problem(status, code).json();
        let place = problem["errors"][0]["pointer"].as_str().unwrap_or_default();
        assert!(place.starts_with(pointer), "{what}: {problem}");
        assert_eq!(self.world.stored().await, before, "{what}");
    }
}

#[tokio::test]
async fn what_a_selection_is_made_of_is_judged_field_by_field_sf_10() {
    let desk = Desk::open().await;
    let sale = json!(desk.sale);
    let found = criteria(json!("1"));
    for (body, status, code, pointer) in [
        (json!({"kind": "static"}), 400, "missing_field", "/name"),
        (json!({"name": "x"}), 400, "missing_field", "/kind"),
        (json!({"name": "", "kind": "static"}), 400, "invalid_value", "/name"),
        (json!({"name": " \t", "kind": "static"}), 400, "invalid_value", "/name"),
        (json!({"name": "x\u{0}", "kind": "static"}), 400, "malformed_body", "/name"),
        (json!({"name": "x", "kind": "frozen"}), 400, "invalid_value", "/kind"),
        (json!({"name": "x", "kind": "Static"}), 400, "invalid_value", "/kind"),
        (json!({"name": "x", "kind": "dynamic"}), 400, "missing_field", "/criteria"),
        (
            json!({"name": "x", "kind": "dynamic", "criteria": null}),
            400,
            "missing_field",
            "/criteria",
        ),
        (
            json!({"name": "x", "kind": "dynamic", "criteria": found, "members": [sale]}),
            400,
            "invalid_value",
            "/members",
        ),
        (
            json!({"name": "x", "kind": "dynamic", "criteria": found, "members": []}),
            400,
            "invalid_value",
            "/members",
        ),
        (
            json!({"name": "x", "kind": "static", "members": ["x"]}),
            400,
            "invalid_value",
            "/members/0",
        ),
        (
            json!({"name": "x", "kind": "static", "members": [[sale]]}),
            400,
            "wrong_type",
            "/members/0",
        ),
        (
            json!({"name": "x", "kind": "static", "members": [sale, Uuid::nil()]}),
            422,
            "unknown_sale",
            "/members/1",
        ),
    ] {
        desk.refused("/v1/selections", &body, status, code, pointer).await;
    }
}

#[tokio::test]
async fn who_a_selection_is_for_is_judged_field_by_field_sf_10() {
    let desk = Desk::open().await;
    for (body, status, code, pointer) in [
        (
            json!({"name": "x", "kind": "static", "category": "Autumn"}),
            400,
            "invalid_value",
            "/category",
        ),
        (
            json!({"name": "x", "kind": "static", "description": ""}),
            400,
            "invalid_value",
            "/description",
        ),
        (json!({"name": "x", "kind": "static", "owner": ""}), 400, "invalid_value", "/owner"),
        (json!({"name": "x", "kind": "static", "owner": "nobody"}), 422, "unknown_owner", "/owner"),
        (
            json!({"name": "x", "kind": "static", "visible_for": "group"}),
            400,
            "missing_field",
            "/visible_group",
        ),
        (
            json!({"name": "x", "kind": "static", "visible_group": "North"}),
            400,
            "invalid_value",
            "/visible_group",
        ),
        (
            json!({"name": "x", "kind": "static", "visible_for": "group", "visible_group": "South"}),
            422,
            "group_not_of_owner",
            "/visible_group",
        ),
        (json!({"name": "x", "kind": "static", "id": "x"}), 400, "invalid_value", "/id"),
        (json!({"name": "x", "kind": "static", "id": desk.fixed}), 409, "already_exists", ""),
        (
            json!({"name": "x", "kind": "static", "completed": true}),
            400,
            "unknown_field",
            "/completed",
        ),
    ] {
        desk.refused("/v1/selections", &body, status, code, pointer).await;
    }
}

#[tokio::test]
async fn an_edited_selection_is_judged_field_by_field_sf_10() {
    let desk = Desk::open().await;
    let found = criteria(json!("1"));
    let edit = format!("/v1/selections/{}/edit", desk.fixed);
    for (body, status, code, pointer) in [
        (json!({"name": ""}), 400, "invalid_value", "/name"),
        (json!({"kind": "dynamic"}), 400, "unknown_field", "/kind"),
        (json!({"members": []}), 400, "unknown_field", "/members"),
        (json!({"criteria": found}), 400, "unknown_field", "/criteria"),
        (json!({"visible_group": "North"}), 400, "invalid_value", "/visible_group"),
        (json!({"visible_for": "nobody"}), 400, "invalid_value", "/visible_for"),
        (
            json!({"visible_for": "group", "visible_group": "South"}),
            422,
            "group_not_of_owner",
            "/visible_group",
        ),
        (json!({"owner": "nobody"}), 422, "unknown_owner", "/owner"),
        (json!({"category": ""}), 400, "invalid_value", "/category"),
    ] {
        desk.refused(&edit, &body, status, code, pointer).await;
    }
}

#[tokio::test]
async fn criteria_that_cannot_be_are_refused_at_their_place_sf_10() {
    let desk = Desk::open().await;
    let path = format!("/v1/selections/{}/change-criteria", desk.living);
    let deep = (0..100).fold(json!("x"), |inner, _| json!([inner]));
    let many = |values: usize| {
        json!({"any": [{"all": [{"field": "owner", "operator": "one_of",
        "values": vec!["somebody-with-quite-a-long-name"; values]}]}]})
    };
    for (bad, code, pointer) in [
        (json!([]), "wrong_type", "/criteria"),
        (json!({}), "missing_field", "/criteria"),
        (json!({"any": {}}), "wrong_type", "/criteria/any"),
        (
            json!({"any": [{"all": [{"field": "amount"}]}]}),
            "missing_field",
            "/criteria/any/0/all/0",
        ),
        (
            json!({"any": [{"all": [{"field": "colour", "operator": "gt"}]}]}),
            "invalid_value",
            "/criteria",
        ),
        (
            json!({"any": [{"all": [{"field": "amount", "operator": "like"}]}]}),
            "invalid_value",
            "/criteria",
        ),
        (
            json!({"any": [{"all": [{"field": "amount", "operator": "contains", "values": ["1"]}]}]}),
            "invalid_value",
            "/criteria",
        ),
        (criteria(json!("1; DROP TABLE sale_version")), "invalid_value", "/criteria"),
        (criteria(json!(1)), "wrong_type", "/criteria/any/0/all/0/values/0"),
        (json!({"any": [{"all": [], "none": []}]}), "unknown_field", "/criteria/any/0"),
        (json!({"any": deep}), "malformed_body", ""),
        (many(10_000), "invalid_value", "/criteria"),
        (json!({"any": vec![json!({"all": []}); 21]}), "invalid_value", "/criteria"),
    ] {
        desk.refused(&path, &json!({"criteria": bad}), 400, code, pointer).await;
    }
    desk.refused(&path, &json!({}), 400, "missing_field", "/criteria").await;
    let fixed = format!("/v1/selections/{}/change-criteria", desk.fixed);
    let body = json!({"criteria": criteria(json!("1"))});
    desk.refused(&fixed, &body, 422, "selection_static", "").await;
    // as much as anybody writes by hand, and no more
    let long = |letters: usize| {
        let words =
            json!({"field": "title", "operator": "contains", "values": ["x".repeat(letters)]});
        json!({"criteria": {"any": [{"all": vec![words; 40]}]}})
    };
    desk.refused(&path, &long(1_650), 400, "invalid_value", "/criteria").await;
    desk.world.post(&desk.fixture.importer, &path, &long(1_550)).await.expect(200);
}

#[tokio::test]
async fn members_are_judged_one_by_one_and_500_at_most_come_at_once_sf_11() {
    let desk = Desk::open().await;
    for command in ["add-members", "remove-members"] {
        let path = format!("/v1/selections/{}/{command}", desk.fixed);
        for (body, code, pointer) in [
            (json!({}), "missing_field", "/sales"),
            (json!({"sales": null}), "wrong_type", "/sales"),
            (json!({"sales": desk.sale}), "wrong_type", "/sales"),
            (json!({"sales": [desk.sale, "1001"]}), "invalid_value", "/sales/1"),
            (json!({"sales": vec![desk.sale.clone(); 501]}), "invalid_value", "/sales"),
            (json!({"members": [desk.sale]}), "unknown_field", "/members"),
        ] {
            desk.refused(&path, &body, 400, code, pointer).await;
        }
        let most = json!({"sales": vec![desk.sale.clone(); 500]});
        desk.world.post(&desk.fixture.importer, &path, &most).await.expect(200);
        let dynamic = format!("/v1/selections/{}/{command}", desk.living);
        let body = json!({"sales": [desk.sale]});
        desk.refused(&dynamic, &body, 422, "selection_dynamic", "").await;
    }
}

#[tokio::test]
async fn a_view_is_judged_field_by_field_sf_14() {
    let desk = Desk::open().await;
    let set = format!("/v1/selections/{}/set-view", desk.fixed);
    let save = "/v1/users/ola/save-view";
    for (view, code, pointer) in [
        (json!({}), "missing_field", "/view/group_by"),
        (json!("stage"), "wrong_type", "/view"),
        (json!({"group_by": "colour"}), "invalid_value", "/view/group_by"),
        (json!({"group_by": "stage", "subgroup_by": "x"}), "invalid_value", "/view/subgroup_by"),
        (json!({"group_by": "stage", "sort": "colour"}), "invalid_value", "/view/sort"),
        (json!({"group_by": "stage", "sort": "--amount"}), "invalid_value", "/view/sort"),
        (json!({"group_by": "stage", "summarize": "count"}), "invalid_value", "/view/summarize"),
        (json!({"group_by": "stage", "hide_closed": 1}), "wrong_type", "/view/hide_closed"),
        (json!({"group_by": "stage", "currency": "nok"}), "invalid_value", "/view/currency"),
        (json!({"group_by": "stage", "currency": "XXQ"}), "invalid_value", "/view/currency"),
        (json!({"group_by": "stage", "criteria": {}}), "missing_field", "/view/criteria"),
        (json!({"group_by": "stage", "colour": "red"}), "unknown_field", "/view/colour"),
    ] {
        desk.refused(&set, &json!({"view": view}), 400, code, pointer).await;
        desk.refused(save, &json!({"name": "Mine", "view": view}), 400, code, pointer).await;
    }
    desk.refused(&set, &json!({}), 400, "missing_field", "/view").await;
    for (body, code, pointer) in [
        (json!({"view": {"group_by": "stage"}}), "missing_field", "/name"),
        (json!({"name": "", "view": {"group_by": "stage"}}), "invalid_value", "/name"),
        (json!({"name": "x".repeat(240), "view": {"group_by": "stage"}}), "invalid_value", "/name"),
        (json!({"name": "x", "view": null}), "wrong_type", "/view"),
    ] {
        desk.refused(save, &body, 400, code, pointer).await;
    }
    desk.refused("/v1/users/ola/remove-view", &json!({}), 400, "missing_field", "/name").await;
    desk.refused("/v1/users/nobody/remove-view", &json!({"name": "x"}), 404, "not_found", "").await;
}

#[tokio::test]
async fn questions_about_selections_are_refused_what_cannot_be_meant_sf_10() {
    let desk = Desk::open().await;
    let id = &desk.fixed;
    let importer = &desk.fixture.importer;
    for (path, code) in [
        ("/v1/selections?kind=frozen".to_owned(), "bad_parameter"),
        ("/v1/selections?kind=".to_owned(), "bad_parameter"),
        ("/v1/selections?completed=yes".to_owned(), "bad_parameter"),
        ("/v1/selections?owner=".to_owned(), "bad_parameter"),
        ("/v1/selections?category=a,,b".to_owned(), "bad_parameter"),
        ("/v1/selections?sort=members".to_owned(), "bad_parameter"),
        ("/v1/selections?sort=--name".to_owned(), "bad_parameter"),
        ("/v1/selections?limit=0".to_owned(), "bad_parameter"),
        ("/v1/selections?limit=501".to_owned(), "bad_parameter"),
        ("/v1/selections?cursor=next".to_owned(), "unknown_cursor"),
        ("/v1/selections?as_of=soon".to_owned(), "bad_parameter"),
        ("/v1/selections?visible_for=all".to_owned(), "unknown_parameter"),
        (format!("/v1/selections/{id}?limit=5"), "unknown_parameter"),
        (format!("/v1/selections/{id}?as_of=soon"), "bad_parameter"),
        (format!("/v1/selections/{id}/members?sort=red"), "bad_parameter"),
        (format!("/v1/selections/{id}/members?currency=nok"), "bad_parameter"),
        (format!("/v1/selections/{id}/members?limit=501"), "bad_parameter"),
        (format!("/v1/selections/{id}/members?cursor=x"), "unknown_cursor"),
        (format!("/v1/selections/{id}/members?owner=ola"), "unknown_parameter"),
        (format!("/v1/sales?selection={}", "x"), "bad_parameter"),
        ("/v1/users/ola/views?name=x".to_owned(), "unknown_parameter"),
    ] {
        let reply = desk.world.get(importer, &path).await;
        assert_eq!(reply.status.as_u16(), 400, "{path}: {}", reply.text);
        reply.expect_problem(400, code);
    }
    desk.world.get(importer, "/v1/selections/1001").await.expect_problem(400, "malformed_id");
    desk.world.get(importer, "/v1/selections/x/members").await.expect_problem(400, "malformed_id");
    let nothing = "/v1/selections/0198f0a0-0000-7000-8000-00000000dead";
    for path in [nothing.to_owned(), format!("{nothing}/members")] {
        desk.world.get(importer, &path).await.expect_problem(404, "not_found");
        desk.world.question(&path).send().await.expect_problem(401, "token_missing");
    }
    for owner in ["nobody", "%27%3B%20DROP%20TABLE%20selection_version", "%F0%9F%90%9F"] {
        let list = desk.world.get(importer, &format!("/v1/selections?owner={owner}")).await;
        assert_eq!(list.expect(200).json()["selections"], json!([]));
    }
}
