//! Maintained lists (SO-19, SD-5): items with labels in three languages, added, edited, deleted and restored; from the
//! first added item on, commands are held to the keys of the list.

use serde_json::{Value, json};
use system_tests::{Fixture, World};

const REASONS: [&str; 3] = ["reason_stalled", "reason_sold", "reason_lost"];

async fn on(world: &World, list: &str, command: &str, body: Value) -> Value {
    let admin = world.token("ada", "admin");
    world.post(&admin, &format!("/v1/lists/{list}/{command}"), &body).await.expect(200).json()
}

async fn add(world: &World, list: &str, key: &str) -> Value {
    on(world, list, "add-item", json!({"key": key, "labels": key})).await
}

/// Keys and labels of a list, as somebody with these languages sees it.
async fn shown(world: &World, path: &str, languages: &str) -> (Value, Vec<(String, String)>) {
    world.caught_up().await;
    let token = world.token("kari", "seller");
    let ask = world.question(path).bearer(&token).header("accept-language", languages);
    let answer = ask.send().await.expect(200).json();
    let text = |item: &Value, field: &str| item[field].as_str().unwrap().to_owned();
    let items = answer["items"].as_array().unwrap();
    let items = items.iter().map(|item| (text(item, "key"), text(item, "label"))).collect();
    (answer, items)
}

/// SO-19.
#[tokio::test]
async fn an_item_is_added_edited_deleted_and_restored_and_shown_in_the_language_asked_for_so_19() {
    let world = World::start().await;
    let labels = json!({"en": "Politics", "nb": "Politikk"});
    let body = json!({"key": "politics", "labels": labels, "rank": 5});
    let answer = on(&world, "reason_lost", "add-item", body.clone()).await;
    assert_eq!(answer["events"], json!(["list.item-added"]));
    let admin = world.token("ada", "admin");
    let again = world.post(&admin, "/v1/lists/reason_lost/add-item", &body).await;
    again.expect_problem(409, "already_exists");
    let (answer, items) = shown(&world, "/v1/lists/reason_lost", "nb-NO, en;q=0.5").await;
    assert_eq!((&answer["language"], &answer["maintained"]), (&json!("nb"), &json!(true)));
    assert_eq!(items[0], ("politics".to_owned(), "Politikk".to_owned()), "rank 5 comes first");
    assert_eq!(items[1], ("unknown".to_owned(), "Ukjent".to_owned()), "shipped");
    let (_, dutch) = shown(&world, "/v1/lists/reason_lost", "nl").await;
    assert_eq!(
        (&*dutch[0].1, &*dutch[1].1),
        ("Politics", "Onbekend"),
        "English where there is no Dutch"
    );
    let (answer, english) = shown(&world, "/v1/lists/reason_lost", "fr").await;
    assert_eq!((&*english[0].1, &answer["language"]), ("Politics", &json!("en")));

    on(
        &world,
        "reason_lost",
        "edit-item",
        json!({"key": "price", "labels": {"nb": "For dyrt"}, "rank": 1}),
    )
    .await;
    let (_, items) = shown(&world, "/v1/lists/reason_lost", "nl").await;
    assert_eq!(
        items[0],
        ("price".to_owned(), "For dyrt".to_owned()),
        "whichever language there is"
    );
    on(&world, "reason_lost", "delete-item", json!({"key": "price"})).await;
    let (_, items) = shown(&world, "/v1/lists/reason_lost", "nb").await;
    assert!(items.iter().all(|(key, _)| key != "price"), "{items:?}");
    let (answer, items) = shown(&world, "/v1/lists/reason_lost?deleted=true", "nb").await;
    let price = items.iter().position(|(key, _)| key == "price").unwrap();
    assert_eq!(answer["items"][price]["deleted"], true);
    on(&world, "reason_lost", "restore-item", json!({"key": "price"})).await;
    let (answer, items) = shown(&world, "/v1/lists/reason_lost", "nb").await;
    assert!(items.iter().any(|(key, _)| key == "price"));
    assert_eq!(answer["version"], 4);
}

/// SO-19: the lists of reasons know nothing of each other. SD-5: priorities are a list too.
#[tokio::test]
async fn there_are_three_lists_of_reasons_and_one_of_priorities_so_19_sd_5() {
    let world = World::start().await;
    for reasons in REASONS {
        add(&world, reasons, &format!("of-{}", reasons.replace('_', "-"))).await;
    }
    let token = world.token("kari", "seller");
    let lists = world.get(&token, "/v1/lists").await.expect(200).json();
    let list = |name: &str| {
        let all = lists["lists"].as_array().unwrap();
        let list = all.iter().find(|list| list["list"] == name).unwrap();
        let items = list["items"].as_array().unwrap().iter();
        let keys: Vec<&str> = items.map(|item| item["key"].as_str().unwrap()).collect();
        (list["maintained"].as_bool().unwrap(), keys.join(" "))
    };
    for reasons in REASONS {
        let (maintained, keys) = list(reasons);
        let own = keys.split(' ').filter(|key| key.starts_with("of-")).collect::<Vec<_>>();
        assert_eq!((maintained, own), (true, vec![&*format!("of-{}", reasons.replace('_', "-"))]));
    }
    assert_eq!(list("priority"), (false, "high medium low".to_owned()), "SD-5");
    assert_eq!(lists["lists"].as_array().unwrap().len(), 12);
    let unknown = world.get(&token, "/v1/lists/reason").await;
    unknown.expect_problem(404, "not_found");
}

/// SO-19, SO-F26: keys of commands, by the list they belong to.
#[tokio::test]
async fn a_maintained_list_holds_commands_to_its_keys_so_19_so_f26() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let mia = world.token("mia", "manager");
    let sale = json!({"title": "Fjord ERP", "sale_type": fixture.new, "source": "boat-fair", "credited": "harbour", "owner": "ola"});
    // before anybody maintains a list, any key goes
    let made = world.post(&mia, "/v1/sales", &sale).await.expect(201).json();
    let id = made["id"].as_str().unwrap().to_owned();
    for list in ["source", "competitor", "credited", "reason_stalled", "reason_sold", "reason_lost"]
    {
        add(&world, list, "ours").await;
    }
    let before = world.stored().await;
    let on_sale = |command: &str| format!("/v1/sales/{id}/{command}");
    for (path, body, pointer) in [
        ("/v1/sales".to_owned(), sale, "/source"),
        (on_sale("edit"), json!({"source": "other-fair"}), "/source"),
        (on_sale("edit"), json!({"credited": "west"}), "/credited"),
        (on_sale("stall"), json!({"reopen_date": "2026-09-01", "reason": "mood"}), "/reason"),
        (on_sale("mark-sold"), json!({"reason": "mood"}), "/reason"),
        (on_sale("mark-lost"), json!({"reason": "mood"}), "/reason"),
        (on_sale("mark-lost"), json!({"reason": "price", "competitor": "acme"}), "/competitor"),
    ] {
        let refused = world.post(&mia, &path, &body).await;
        let problem = refused.expect_problem(422, "unknown_list_item").json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{path} {body}");
    }
    assert_eq!(world.stored().await, before, "nothing of it was stored");
    // what the sale has already may come back in a form; a shipped key is offered; so is an added one
    let kept = json!({"source": "boat-fair", "credited": "harbour", "title": "Fjord ERP 2"});
    world.post(&mia, &on_sale("edit"), &kept).await.expect(200);
    world.post(&mia, &on_sale("edit"), &json!({"credited": "ours"})).await.expect(200);
    let stall = json!({"reopen_date": "2026-09-01", "reason": "budget-next-year"});
    world.post(&mia, &on_sale("stall"), &stall).await.expect(200);
    let terms = world.post(&mia, &on_sale("change-stall-terms"), &json!({"reason": "mood"})).await;
    terms.expect_problem(422, "unknown_list_item");
    let lost = json!({"reason": "ours", "competitor": "ours"});
    world.post(&mia, &on_sale("mark-lost"), &lost).await.expect(200);
    // history comes as it was
    let old = json!({"source": "fax", "credited": "west"});
    let imported = fixture.sale(&world, "2026-03-01T08:00:00Z", "Old", old).await;
    fixture.on(&world, &imported, "mark-sold", json!({"reason": "mood"})).await;
}

/// SO-F26: a department is credited by a key of the list of departments, once there is one.
#[tokio::test]
async fn a_sale_is_credited_to_a_department_of_the_list_so_f26_so_19() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let mia = world.token("mia", "manager");
    add(&world, "credited", "north-sales").await;
    let sale = |credited: &str| json!({"title": "Fjord ERP", "sale_type": fixture.new, "owner": "ola", "credited": credited});
    let made = world.post(&mia, "/v1/sales", &sale("north-sales")).await.expect(201).json();
    let refused = world.post(&mia, "/v1/sales", &sale("west")).await;
    let problem = refused.expect_problem(422, "unknown_list_item").json();
    assert_eq!(problem["errors"][0]["pointer"], "/credited");
    let edit = format!("/v1/sales/{}/edit", made["id"].as_str().unwrap());
    let refused = world.post(&mia, &edit, &json!({"credited": "west"})).await;
    refused.expect_problem(422, "unknown_list_item");
    world.post(&mia, &edit, &json!({"credited": "unknown"})).await.expect(200);
    world.post(&mia, &edit, &json!({"credited": null})).await.expect(200);
}

/// SO-F5: a category is a text; of a maintained list it says the key or a label, in any language.
#[tokio::test]
async fn a_category_is_key_or_label_of_a_maintained_list_so_f5_so_19() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let admin = world.token("ada", "admin");
    let define = async |token: &str, name: &str, category: &str| {
        let body = json!({"name": name, "category": category});
        world.post(token, "/v1/sale-types", &body).await
    };
    // before anybody maintains the list, any text goes
    let made = define(&admin, "Boats", "Boats for rent").await.expect(201).json();
    let labels = json!({"en": "Rental", "nb": "Utleie"});
    on(
        &world,
        "sale_type_category",
        "add-item",
        json!({"key": "rental-of-boats", "labels": labels}),
    )
    .await;
    for (name, said) in
        [("A", "rental-of-boats"), ("B", "Utleie"), ("C", "Verlenging"), ("D", "New business")]
    {
        let made = define(&admin, name, said).await.expect(201).json();
        let path = format!("/v1/sale-types/{}", made["id"].as_str().unwrap());
        let shown = world.get(&admin, &path).await.expect(200).json();
        assert_eq!(shown["category"], said, "as it was written");
    }
    let before = world.stored().await;
    let edit = format!("/v1/sale-types/{}/edit", made["id"].as_str().unwrap());
    for other in ["utleie", "Boats"] {
        for refused in [
            define(&admin, "E", other).await,
            world.post(&admin, &edit, &json!({"category": other})).await,
        ] {
            let problem = refused.expect_problem(422, "unknown_list_item").json();
            assert_eq!(problem["errors"][0]["pointer"], "/category", "{other}");
        }
    }
    assert_eq!(world.stored().await, before, "nothing of it was stored");
    // what a type has stays, and may come back in a form; sales have a copy of it
    let kept = json!({"category": "Boats for rent", "auto_advance": true});
    world.post(&admin, &edit, &kept).await.expect(200);
    let sale = json!({"title": "A boat", "sale_type": made["id"], "owner": "ola"});
    let sale = world.post(&admin, "/v1/sales", &sale).await.expect(201).json();
    let path = format!("/v1/sales/{}", sale["id"].as_str().unwrap());
    let card = world.get(&admin, &path).await.expect(200).json();
    assert_eq!(card["category"], "Boats for rent");
    // a deleted item is offered no longer; history comes as it was
    on(&world, "sale_type_category", "delete-item", json!({"key": "renewal"})).await;
    define(&admin, "F", "Verlenging").await.expect_problem(422, "unknown_list_item");
    define(&fixture.importer, "G", "Verlenging").await.expect(201);
}

/// SO-19: a deleted item cannot be chosen, what was chosen stays.
#[tokio::test]
async fn a_deleted_item_is_offered_no_longer_and_sales_keep_it_so_19() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let mia = world.token("mia", "manager");
    let sale = json!({"title": "Fjord ERP", "sale_type": fixture.new, "source": "referral", "owner": "ola"});
    let made = world.post(&mia, "/v1/sales", &sale).await.expect(201).json();
    on(&world, "source", "delete-item", json!({"key": "referral"})).await;
    world.post(&mia, "/v1/sales", &sale).await.expect_problem(422, "unknown_list_item");
    let path = format!("/v1/sales/{}", made["id"].as_str().unwrap());
    let card = world.get(&mia, &path).await.expect(200).json();
    assert_eq!(card["source"], "referral");
    on(&world, "source", "restore-item", json!({"key": "referral"})).await;
    world.post(&mia, "/v1/sales", &sale).await.expect(201);
}

/// SO-19: a replica that has not heard of the first item yet accepts nothing on an old look.
#[tokio::test]
async fn a_replica_with_an_old_look_at_a_list_decides_again_so_19() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let other = world.replica().await;
    let mia = world.token("mia", "manager");
    let sale =
        json!({"title": "Fjord ERP", "sale_type": fixture.new, "source": "fax", "owner": "ola"});
    other.post(&mia, "/v1/sales", &sale).await.expect(201);
    add(&world, "source", "letter").await;
    other.post(&mia, "/v1/sales", &sale).await.expect_problem(422, "unknown_list_item");
}

/// What was in a list then.
#[tokio::test]
async fn a_list_is_shown_as_it_was_so_19() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let path = "/v1/lists/credited/add-item";
    let body = json!({"key": "north", "labels": {"en": "North"}});
    fixture.at(&world, "2026-02-01T08:00:00Z", path, body).await;
    let delete = json!({"key": "north"});
    fixture.at(&world, "2026-03-01T08:00:00Z", "/v1/lists/credited/delete-item", delete).await;
    for (as_of, keys) in [
        ("2026-01-31", vec!["unknown"]),
        ("2026-02-15", vec!["unknown", "north"]),
        ("2026-03-05", vec!["unknown"]),
    ] {
        let (_, items) = shown(&world, &format!("/v1/lists/credited?as_of={as_of}"), "en").await;
        let found: Vec<&str> = items.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(found, keys, "{as_of}");
    }
}
