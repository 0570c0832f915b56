//! Stages: added, edited, deleted, restored (SO-47 to SO-49).

use serde_json::{Value, json};
use uuid::Uuid;

use super::Guided;

/// Ids of the stages a list shows.
async fn listed(guided: &Guided, parameters: &str) -> Vec<String> {
    let all = guided.ask(&format!("/v1/stages{parameters}")).await;
    let stages = all["stages"].as_array().unwrap().iter();
    stages.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

impl Guided {
    async fn on_stage(&self, stage: Uuid, command: &str) -> Value {
        let path = format!("/v1/stages/{stage}/{command}");
        self.post(&path, json!({})).await.expect(200).json()["events"].clone()
    }
}

#[tokio::test]
async fn a_stage_is_added_once_under_its_name_so_47() {
    let guided = Guided::new().await;
    let pilot = json!({"name": {"en": "Pilot", "nb": "Pilot"}, "probability": 60,
        "description": "They try it", "rank": 55});
    let made = guided.post("/v1/stages", pilot).await.expect(201).json();
    let seen = guided.ask(&format!("/v1/stages/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(
        [&seen["name"], &seen["probability"], &seen["description"], &seen["rank"]],
        [&json!("Pilot"), &json!(60), &json!("They try it"), &json!(55)]
    );
    let twice = json!({"name": "pilot", "probability": 1});
    guided.post("/v1/stages", twice).await.expect_problem(422, "name_taken");
    let long = json!({"name": "n".repeat(240), "probability": 1});
    guided.post("/v1/stages", long).await.expect_problem(400, "invalid_value");
    let longest = json!({"name": "n".repeat(239), "probability": 100});
    guided.post("/v1/stages", longest).await.expect(201);
    let sure = json!({"name": "Sure", "probability": 101});
    guided.post("/v1/stages", sure).await.expect_problem(400, "invalid_value");
}

#[tokio::test]
async fn a_changed_probability_waits_for_the_next_stage_change_so_48() {
    let guided = Guided::new().await;
    let path = format!("/v1/stages/{}/edit", guided.fixture.fm);
    guided.post(&path, json!({"probability": 30})).await.expect(200);
    assert_eq!(guided.card().await["probability"], 20, "a running sale keeps its own");
    assert_eq!(guided.guide("").await["stages"][0]["probability"], 30);
    guided.on("advance-stage", json!({"stage": guided.fixture.qt})).await;
    guided.on("advance-stage", json!({"stage": guided.fixture.fm})).await;
    assert_eq!(guided.card().await["probability"], 30);
}

#[tokio::test]
async fn a_deleted_stage_leaves_every_type_and_guide_and_keeps_its_sales_so_49() {
    let guided = Guided::new().await;
    let (fm, qt, sc) = (guided.fixture.fm, guided.fixture.qt, guided.fixture.sc);
    let other = json!({"name": "Renewal", "stages": [qt, sc], "guide": true});
    let other = guided.post("/v1/sale-types", other).await.expect(201).json()["id"].clone();
    let plain = json!({"name": "Pilot sale", "stages": [fm, sc]});
    let plain = guided.post("/v1/sale-types", plain).await.expect(201).json()["id"].clone();
    guided.on("advance-stage", json!({"stage": qt})).await;
    let g2 = guided.create(guided.items.g2, json!({})).await;
    let head = guided.world.head().await;
    assert_eq!(guided.on_stage(qt, "delete").await, json!(["stage.deleted"]));
    let lines =
        guided.world.get(&guided.fixture.importer, &format!("/v1/events?after={head}")).await;
    let mut unlinked: Vec<(String, Value)> = lines
        .lines()
        .into_iter()
        .filter(|line| line["type"] == "sale-type.stage-unlinked")
        .map(|line| (line["stream"].as_str().unwrap().to_owned(), line["data"].clone()))
        .collect();
    unlinked.sort_by_key(|(stream, _)| stream.clone());
    let mut expected = [
        (format!("sale-type/{}", guided.fixture.new), json!({"stage": qt, "guide": true})),
        (format!("sale-type/{}", other.as_str().unwrap()), json!({"stage": qt, "guide": false})),
    ];
    expected.sort_by_key(|(stream, _)| stream.clone());
    assert_eq!(unlinked, expected, "in one group; a guide needs two stages");
    assert_eq!(guided.on_stage(qt, "delete").await, json!([]), "said twice");

    let kind =
        async |id: &Value| guided.ask(&format!("/v1/sale-types/{}", id.as_str().unwrap())).await;
    let new = kind(&json!(guided.fixture.new)).await;
    assert_eq!((&new["stages"], &new["guide"]), (&json!([fm, sc]), &json!(true)));
    assert_eq!(new["items"].as_array().unwrap().len(), 5, "g2 and d2 are gone");
    let renewal = kind(&other).await;
    assert_eq!((&renewal["stages"], &renewal["guide"]), (&json!([sc]), &json!(false)));
    assert_eq!(kind(&plain).await["stages"], json!([fm, sc]));

    let card = guided.card().await;
    assert_eq!(card["stage"], json!({"id": qt, "name": "Quotation"}), "the sale stays where it is");
    assert_eq!(card["probability"], 50);
    assert_eq!(
        guided.shown().await,
        json!([
            ["completed", ["not_created", "not_created"]],
            ["future", ["not_created", "not_created", "not_created"]]
        ]),
        "it has left FM behind, by rank, and is in no stage of its guide"
    );
    assert_eq!(guided.activity(&g2).await["guide_item"], json!(guided.items.g2));
    let columns = guided.ask("/v1/pipeline?currency=EUR&group_by=stage").await["columns"].clone();
    assert_eq!((&columns[0]["key"], &columns[0]["count"]), (&json!(qt), &json!(1)));
    guided.on("advance-stage", json!({"stage": sc})).await;
    let back = guided
        .post(&format!("/v1/sales/{}/advance-stage", guided.sale), json!({"stage": qt}))
        .await;
    assert_eq!(back.status, 422, "{}", back.text);
}

#[tokio::test]
async fn a_deleted_stage_is_linked_nowhere_until_it_is_restored_and_then_by_hand_so_49() {
    let guided = Guided::new().await;
    let (fm, qt, sc) = (guided.fixture.fm, guided.fixture.qt, guided.fixture.sc);
    guided.on_stage(qt, "delete").await;
    assert!(!listed(&guided, "").await.contains(&qt.to_string()));
    assert!(listed(&guided, "?deleted=true").await.contains(&qt.to_string()));
    let edit = guided.post(&format!("/v1/stages/{qt}/edit"), json!({"probability": 1})).await;
    edit.expect_problem(422, "stage_deleted");
    let link = json!({"name": "Renewal", "stages": [qt, sc]});
    guided.post("/v1/sale-types", link.clone()).await.expect_problem(422, "stage_deleted");
    let path = format!("/v1/sale-types/{}/edit", guided.fixture.new);
    let relink = json!({"stages": [fm, qt, sc]});
    guided.post(&path, relink.clone()).await.expect_problem(422, "stage_deleted");
    let taken = json!({"name": "Quotation", "probability": 1});
    guided.post("/v1/stages", taken).await.expect_problem(422, "name_taken");

    assert_eq!(guided.on_stage(qt, "restore").await, json!(["stage.restored"]));
    assert_eq!(guided.on_stage(qt, "restore").await, json!([]), "said twice");
    assert!(listed(&guided, "").await.contains(&qt.to_string()));
    let kind = guided.ask(&format!("/v1/sale-types/{}", guided.fixture.new)).await;
    assert_eq!(kind["stages"], json!([fm, sc]), "restoring does not link again");
    guided.post(&path, relink).await.expect(200);
    guided.post("/v1/sale-types", link).await.expect(201);
    assert_eq!(
        guided.guide("").await["stages"][1]["items"],
        json!([]),
        "its items are gone for good"
    );
    guided.on("advance-stage", json!({"stage": qt})).await;
}

#[tokio::test]
async fn a_guide_ends_with_the_second_last_stage_so_49_so_45() {
    let guided = Guided::new().await;
    guided.on_stage(guided.fixture.qt, "delete").await;
    assert_eq!(guided.guide("").await["has_guide"], true);
    guided.on_stage(guided.fixture.sc, "delete").await;
    assert_eq!(guided.guide("").await["has_guide"], false, "a guide needs two stages");
    let kind = guided.ask(&format!("/v1/sale-types/{}", guided.fixture.new)).await;
    assert_eq!((&kind["guide"], &kind["stages"]), (&json!(false), &json!([guided.fixture.fm])));
    let seller = guided.world.token("kari", "seller");
    let path = format!("/v1/stages/{}/delete", guided.fixture.fm);
    guided.world.post(&seller, &path, &json!({})).await.expect_problem(403, "forbidden");
}
