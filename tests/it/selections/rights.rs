//! Who sees a selection, who changes it, and which of its members somebody sees (SF-10, SO-31, SO-44).

use serde_json::{Value, json};

use super::Office;

/// By visibility: who finds the selection, and who may change it.
#[tokio::test]
async fn visibility_decides_who_finds_a_selection_and_rights_on_sales_who_changes_it_sf_10() {
    let office = Office::open().await;
    let world = &office.world;
    let token =
        |user: &str, role: &str, group: &str| world.token_in("demo", user, &[role], &[group]);
    for (visible, found_by, changed_by) in [
        (json!({"visible_for": "all"}), "ola kari per mia eva ada", "ola mia eva"),
        (json!({"visible_for": "owner"}), "ola eva ada", "ola eva"),
        (json!({"visible_for": "group", "visible_group": "North"}), "ola kari eva ada", "ola eva"),
    ] {
        let mut body = json!({"name": "Matrix", "kind": "static"});
        body.as_object_mut().unwrap().extend(visible.as_object().unwrap().clone());
        let id = office.created(body).await;
        for (user, token) in [
            ("ola", token("ola", "seller", "North")),
            ("kari", token("kari", "seller", "North")),
            ("per", token("per", "seller", "South")),
            ("mia", token("mia", "manager", "South")),
            ("eva", token("eva", "admin", "South")),
            ("ada", token("ada", "auditor", "South")),
        ] {
            let found = found_by.split(' ').any(|name| name == user);
            let what = format!("{visible} {user}");
            for path in [
                format!("/v1/selections/{id}"),
                format!("/v1/selections/{id}/members"),
                format!("/v1/sales?selection={id}"),
            ] {
                let reply = world.get(&token, &path).await;
                assert_eq!(reply.status.as_u16(), if found { 200 } else { 404 }, "{what} {path}");
            }
            let list = world.get(&token, "/v1/selections?limit=500").await.expect(200).json();
            let listed = list["selections"].as_array().unwrap().iter().any(|row| row["id"] == id);
            assert_eq!(listed, found, "{what}");
            let edit = json!({"description": format!("By {user}")});
            let reply = world.post(&token, &format!("/v1/selections/{id}/edit"), &edit).await;
            let expected = match (changed_by.split(' ').any(|name| name == user), found, user) {
                (true, ..) => 200,
                (_, _, "ada") => 403,
                (false, true, _) => 403,
                (false, false, _) => 404,
            };
            assert_eq!(reply.status.as_u16(), expected, "{what} edit: {}", reply.text);
        }
    }
}

/// Also in counts, in neighbours and where somebody tries to add it, a hidden sale is like none.
#[tokio::test]
async fn a_member_that_somebody_does_not_see_is_absent_for_them_so_31() {
    let office = Office::open().await;
    let sales = office.sales(4).await;
    let id = office.static_with(&sales).await;
    let hide = json!({"visible_for": "owner"});
    for sale in &sales[1..3] {
        office.fixture.on(&office.world, sale, "set-visibility", hide.clone()).await;
    }
    let kari = office.world.token("kari", "seller");
    assert_eq!(office.titles_as(&kari, &id, "").await, ["Sale 1", "Sale 4"]);
    for as_of in ["&as_of=2026-03-09", "&known_at=2026-12-01"] {
        assert!(!office.titles_as(&kari, &id, as_of).await.contains(&"Sale 2".to_owned()));
    }
    let get = async |path: String| office.world.get(&kari, &path).await.expect(200).json();
    assert_eq!(get(format!("/v1/selections/{id}")).await["member_count"], 2);
    assert_eq!(get("/v1/selections".into()).await["selections"][0]["member_count"], 2);
    let path = format!("/v1/sales/{}/neighbours?selection={id}&sort=number", sales[0]);
    assert_eq!(get(path).await["next"]["title"], "Sale 4");
    let text = get(format!("/v1/selections/{id}")).await.to_string();
    assert!(sales.iter().all(|sale| !text.contains(sale)), "ids of members are not told: {text}");
    let own = office.created_by(&kari, json!({"name": "Mine", "kind": "static"})).await;
    let body = json!({"sales": [sales[0], sales[1]]});
    let refused =
        office.world.post(&kari, &format!("/v1/selections/{own}/add-members"), &body).await;
    let problem: Value = refused.expect_problem(422, "unknown_sale").json();
    assert_eq!(problem["errors"][0]["pointer"], "/sales/1");
}

#[tokio::test]
async fn who_may_not_change_sales_makes_no_selection_so_44() {
    let office = Office::open().await;
    let body = json!({"name": "Mine", "kind": "static"});
    for role in ["auditor", "analyst"] {
        let token = office.world.token("ada", role);
        let refused = office.world.post(&token, "/v1/selections", &body).await;
        refused.expect_problem(403, "forbidden");
    }
    let seller = office.world.token("kari", "seller");
    let for_ola = json!({"name": "Yours", "kind": "static", "owner": "ola"});
    let refused = office.world.post(&seller, "/v1/selections", &for_ola).await;
    refused.expect_problem(403, "not_your_selection");
    let manager = office.world.token("mia", "manager");
    let id = office.created_by(&manager, for_ola).await;
    assert_eq!(office.ask(&format!("/v1/selections/{id}")).await["owner"], "ola");
}

#[tokio::test]
async fn a_selection_of_another_tenant_is_none() {
    let office = Office::open().await;
    let id = office.static_with(&[]).await;
    let elsewhere = office.world.token_of("other", "eva", &["admin"]);
    for path in [format!("/v1/selections/{id}"), format!("/v1/selections/{id}/members")] {
        office.world.get(&elsewhere, &path).await.expect_problem(404, "not_found");
    }
    let body = json!({"name": "Theirs"});
    let reply = office.world.post(&elsewhere, &format!("/v1/selections/{id}/edit"), &body).await;
    reply.expect_problem(404, "not_found");
    let list = office.world.get(&elsewhere, "/v1/selections").await.expect(200).json();
    assert_eq!(list["selections"], json!([]));
}

/// The feed leaves out what is hidden: a hole in `previous`, never a line.
#[tokio::test]
async fn the_feed_shows_no_event_of_a_selection_that_is_hidden_so_44() {
    let office = Office::open().await;
    let hidden =
        office.created(json!({"name": "Hidden", "kind": "static", "visible_for": "owner"})).await;
    let shown = office.created(json!({"name": "Shown", "kind": "static"})).await;
    office.on(&hidden, "edit", json!({"description": "Not for everybody"})).await;
    let told = async |user: &str, role: &str| {
        let token = office.world.token_in("demo", user, &[role], &["South"]);
        let path = "/v1/events?aggregate=selection";
        let lines = office.world.get(&token, path).await.expect(200).lines();
        let stream = |line: &Value| line["stream"].as_str().unwrap().to_owned();
        lines.iter().map(stream).collect::<Vec<String>>()
    };
    let (of_hidden, of_shown) = (format!("selection/{hidden}"), format!("selection/{shown}"));
    assert_eq!(told("mia", "manager").await, std::slice::from_ref(&of_shown));
    assert_eq!(told("ada", "auditor").await, [of_hidden.clone(), of_shown, of_hidden]);
}

/// Members and favourites name sales: a reader is shown no event that names one they do not see (SO-31).
#[tokio::test]
async fn the_feed_shows_no_event_that_names_a_hidden_sale_so_44() {
    let office = Office::open().await;
    let sales = office.sales(2).await;
    let hide = json!({"visible_for": "owner"});
    office.fixture.on(&office.world, &sales[1], "set-visibility", hide).await;
    let id = office.static_with(&sales[..1]).await;
    office.on(&id, "add-members", json!({"sales": [sales[1]]})).await;
    for sale in &sales {
        let favourite = json!({"sale": sale});
        let reply =
            office.world.post(&office.fixture.importer, "/v1/users/ola/add-favourite", &favourite);
        reply.await.expect(200);
    }
    let told = async |user: &str, role: &str| {
        let token = office.world.token_in("demo", user, &[role], &["South"]);
        let path = "/v1/events?type=selection.members-added,user.favourite-added";
        let lines = office.world.get(&token, path).await.expect(200).lines();
        lines.iter().map(|line| line["data"].to_string()).collect::<Vec<String>>()
    };
    let all = told("ada", "auditor").await;
    assert_eq!(all.len(), 4, "{all:?}");
    let seen: Vec<String> = all.into_iter().filter(|told| !told.contains(&sales[1])).collect();
    assert_eq!(seen.len(), 2);
    assert_eq!(told("mia", "manager").await, seen);
}
