//! The next follow-up and the next stage are suggested, and answered: S5 and the end of S4 (SG-19 to SG-26).

use serde_json::{Value, json};

use super::Guided;

/// A sale in SC with g3 planned for 2026-03-20 and completed; what is suggested next was recorded.
async fn suggested() -> (Guided, String) {
    let guided = Guided::new().await;
    guided.on("advance-stage", json!({"stage": guided.fixture.sc})).await;
    let g3 = guided.create(guided.items.g3, json!({"start": "2026-03-20T09:00:00Z"})).await;
    guided.world.set_clock("2026-03-20T10:00:00Z");
    guided.pump().await;
    assert_eq!(guided.item(guided.items.g4).await["state"], "not_created", "g3 is not done");
    guided.of_activity(&g3, "complete").await;
    guided.pump().await;
    (guided, g3)
}

fn answer(guided: &Guided, accepted: bool) -> Value {
    json!({"item": guided.items.g4, "accepted": accepted})
}

const ANSWER: &str = "answer-follow-up-suggestion";

#[tokio::test]
async fn s5_a_declined_suggestion_creates_nothing_and_stays_visible_sg_19_sg_21() {
    let (guided, g3) = suggested().await;
    assert_eq!(guided.item(guided.items.g4).await["state"], "suggested");
    let facts = guided.on(ANSWER, answer(&guided, false)).await;
    assert_eq!(facts, json!(["sale.follow-up-suggestion-answered"]));
    assert_eq!(guided.on(ANSWER, answer(&guided, false)).await, json!([]), "said twice");
    let shown = guided.item(guided.items.g4).await;
    assert_eq!((&shown["state"], &shown["instances"]), (&json!("suggested"), &json!([])));
    let path = format!("/v1/activities?sale={}", guided.sale);
    let listed = guided.ask(&path).await;
    assert_eq!(listed["activities"].as_array().unwrap().len(), 1, "g3 and nothing else");

    // completed once more, it does not suggest again
    guided.of_activity(&g3, "reopen").await;
    guided.of_activity(&g3, "complete").await;
    let head = guided.world.head().await;
    guided.pump().await;
    assert_eq!(guided.world.head().await, head);
    let told = guided.history().await;
    let count = |name: &str| told.iter().filter(|fact| *fact == name).count();
    assert_eq!(count("sale.follow-up-suggested"), 1, "{told:?}");
    guided.on(ANSWER, answer(&guided, true)).await;
}

#[tokio::test]
async fn s5_an_accepted_suggestion_opens_the_form_and_creating_it_is_the_answer_sg_20() {
    let (guided, _) = suggested().await;
    let actions = |card: Value| card["available_actions"].as_array().unwrap().clone();
    let open = json!("AnswerFollowUpSuggestion");
    assert!(actions(guided.card().await).contains(&open));
    assert_eq!(guided.item(guided.items.g4).await["default_start"], "2026-03-25T08:00:00Z");
    guided.on(ANSWER, answer(&guided, true)).await;
    assert_eq!(guided.item(guided.items.g4).await["instances"], json!([]), "until it is saved");
    let g4 = guided.create(guided.items.g4, json!({})).await;
    let seen = guided.activity(&g4).await;
    assert_eq!(
        (&seen["start"], &seen["end"]),
        (&json!("2026-03-25T08:00:00Z"), &json!("2026-03-25T09:30:00Z")),
        "g3 and five days, an hour and a half"
    );
    assert_eq!(guided.item(guided.items.g4).await["state"], "created");
    assert!(!actions(guided.card().await).contains(&open));
    guided.refused(ANSWER, answer(&guided, false), "no_such_suggestion").await;
}

/// SG-22: the preference says whether the form opens directly; nothing is stored until it is saved.
#[tokio::test]
async fn s5_without_confirmation_the_form_opens_directly_and_still_nothing_is_stored_sg_22() {
    let guided = Guided::new().await;
    let preferences = json!({"confirm_suggested_follow_up": false});
    guided.post("/v1/users/ola/set-preferences", preferences).await.expect(200);
    guided.on("advance-stage", json!({"stage": guided.fixture.sc})).await;
    let g3 = guided.create(guided.items.g3, json!({})).await;
    guided.of_activity(&g3, "complete").await;
    guided.pump().await;
    let guide = guided.guide("").await;
    assert_eq!(guide["confirm_suggested_follow_up"], false);
    let g4 = super::item(&guide, guided.items.g4);
    assert_eq!((&g4["state"], &g4["instances"]), (&json!("suggested"), &json!([])));
    let kari = guided.world.token("kari", "manager");
    let path = format!("/v1/sales/{}/guide", guided.sale);
    let hers = guided.world.get(&kari, &path).await.expect(200).json();
    assert_eq!(hers["confirm_suggested_follow_up"], true, "everybody has their own");
    let again = json!({"confirm_suggested_follow_up": true});
    guided.post("/v1/users/ola/set-preferences", again).await.expect(200);
    assert_eq!(guided.guide("").await["confirm_suggested_follow_up"], true);
}

/// SG-19: nothing that was created already, nothing without auto-suggest, nothing on a closed or stalled sale.
#[tokio::test]
async fn only_what_suggests_itself_and_is_not_there_yet_is_suggested_sg_19() {
    let guided = Guided::new().await;
    let head = async |guided: &Guided| {
        let before = guided.world.head().await;
        guided.pumped::<command_service::process::GuideSuggestion>().await;
        guided.world.head().await - before
    };
    let g1 = guided.create(guided.items.g1, json!({})).await;
    guided.of_activity(&g1, "complete").await;
    assert_eq!(head(&guided).await, 0, "g2 does not suggest itself");
    let g4 = guided.create(guided.items.g4, json!({})).await;
    let g3 = guided.create(guided.items.g3, json!({})).await;
    guided.of_activity(&g3, "complete").await;
    assert_eq!(head(&guided).await, 0, "g4 is there");
    guided.of_activity(&g4, "delete").await;
    guided.of_activity(&g3, "reopen").await;
    guided.on("mark-lost", json!({"reason": "price"})).await;
    guided.of_activity(&g3, "complete").await;
    assert_eq!(head(&guided).await, 0, "the sale is closed");
    guided.on("reopen", json!({})).await;
    guided.of_activity(&g3, "reopen").await;
    guided.of_activity(&g3, "complete").await;
    assert_eq!(head(&guided).await, 1);
}

/// The first of the next stage, when a stage has no further follow-up (SG-19).
#[tokio::test]
async fn the_next_item_may_be_the_first_of_the_next_stage_sg_19() {
    let guided = Guided::new().await;
    let edit = json!({"item": guided.items.g2, "auto_suggest": true});
    guided.on_type("edit-suggested-follow-up", edit).await;
    let g1 = guided.create(guided.items.g1, json!({"owner": "kari"})).await;
    guided.of_activity(&g1, "complete").await;
    guided.pump().await;
    assert_eq!(guided.item(guided.items.g2).await["state"], "suggested");
    let path = format!("/v1/events?aggregate=sale&id={}", guided.sale);
    let lines = guided.world.get(&guided.fixture.importer, &path).await.expect(200).lines();
    let fact = lines.iter().find(|line| line["type"] == "sale.follow-up-suggested").unwrap();
    assert_eq!(
        fact["data"],
        json!({"item": guided.items.g2, "user": "kari"}),
        "who did g1 is asked"
    );
}

/// A stage with everything required done: the next one was suggested.
async fn stage_suggested() -> Guided {
    let guided = Guided::new().await;
    let g1 = guided.create(guided.items.g1, json!({})).await;
    guided.document(guided.items.d1).await;
    guided.pump().await;
    let guide = guided.guide("").await;
    assert_eq!(
        (&guide["stage_complete"], &guide["next_stage_suggested"]),
        (&json!(false), &Value::Null),
        "g1 is not done"
    );
    guided.of_activity(&g1, "complete").await;
    guided.pump().await;
    guided
}

const MOVE: &str = "answer-stage-suggestion";

#[tokio::test]
async fn s4_a_complete_stage_suggests_the_next_and_no_answer_moves_it_sg_23_sg_24() {
    let guided = stage_suggested().await;
    let guide = guided.guide("").await;
    assert_eq!(
        (&guide["stage_complete"], &guide["stages"][0]["complete"]),
        (&json!(true), &json!(true))
    );
    let to = json!({"id": guided.fixture.qt, "name": "Quotation", "answered": null});
    assert_eq!(guide["next_stage_suggested"], to);
    let card = guided.card().await;
    assert_eq!(card["stage"]["id"], json!(guided.fixture.fm), "suggested, never moved by itself");
    assert!(
        card["available_actions"].as_array().unwrap().contains(&json!("AnswerStageSuggestion"))
    );

    let facts = guided.on(MOVE, json!({"accepted": false})).await;
    assert_eq!(facts, json!(["sale.stage-suggestion-answered"]));
    assert_eq!(guided.card().await["stage"]["id"], json!(guided.fixture.fm));
    let no = json!({"id": guided.fixture.qt, "name": "Quotation", "answered": false});
    assert_eq!(guided.guide("").await["next_stage_suggested"], no);
    let again = guided.document(guided.items.d1).await;
    let head = guided.world.head().await;
    guided.pump().await;
    assert_eq!(guided.world.head().await, head, "once until the stage changes, {again}");
}

#[tokio::test]
async fn s4_yes_moves_the_sale_as_the_button_does_sg_23_sg_26() {
    let guided = stage_suggested().await;
    let facts = guided.on(MOVE, json!({"accepted": true})).await;
    assert_eq!(facts, json!(["sale.stage-suggestion-answered", "sale.stage-advanced"]));
    let card = guided.card().await;
    assert_eq!(
        (&card["stage"]["id"], &card["probability"]),
        (&json!(guided.fixture.qt), &json!(50))
    );
    let guide = guided.guide("").await;
    assert_eq!(
        (&guide["next_stage_suggested"], &guide["stages"][0]["mark"]),
        (&Value::Null, &json!("completed"))
    );
    guided.refused(MOVE, json!({"accepted": true}), "no_such_suggestion").await;

    // back in FM, where everything is done: asked again once something there is done again
    guided.on("advance-stage", json!({"stage": guided.fixture.fm})).await;
    guided.pump().await;
    assert_eq!(guided.guide("").await["next_stage_suggested"], Value::Null);
    guided.document(guided.items.d1).await;
    guided.pump().await;
    assert_eq!(guided.guide("").await["next_stage_suggested"]["id"], json!(guided.fixture.qt));
    // moved by the stage field instead: the suggestion is over
    guided.on("advance-stage", json!({"stage": guided.fixture.sc})).await;
    assert_eq!(guided.guide("").await["next_stage_suggested"], Value::Null);
    guided.refused(MOVE, json!({"accepted": false}), "no_such_suggestion").await;
}

/// SG-23: what is not required does not count; a type that does not suggest stages stays quiet.
#[tokio::test]
async fn only_what_is_required_counts_and_only_when_the_type_says_so_sg_23_sg_24() {
    let guided = Guided::new().await;
    let optional = json!({"item": guided.items.d1, "required": false});
    guided.on_type("edit-suggested-document", optional).await;
    guided.on_type("edit", json!({"auto_advance": false})).await;
    let g1 = guided.create(guided.items.g1, json!({})).await;
    guided.of_activity(&g1, "complete").await;
    guided.pump().await;
    let guide = guided.guide("").await;
    assert_eq!(
        (&guide["stage_complete"], &guide["next_stage_suggested"]),
        (&json!(true), &Value::Null)
    );
    guided.on_type("edit", json!({"auto_advance": true})).await;
    guided.of_activity(&g1, "reopen").await;
    guided.of_activity(&g1, "complete").await;
    guided.pump().await;
    assert_eq!(guided.guide("").await["next_stage_suggested"]["id"], json!(guided.fixture.qt));
}

#[tokio::test]
async fn nothing_is_suggested_after_the_last_stage_sg_25() {
    let guided = Guided::new().await;
    guided.on("advance-stage", json!({"stage": guided.fixture.sc})).await;
    for item in [guided.items.g3, guided.items.g4] {
        let id = guided.create(item, json!({})).await;
        guided.of_activity(&id, "complete").await;
    }
    guided.document(guided.items.d3).await;
    guided.pump().await;
    let guide = guided.guide("").await;
    assert_eq!(
        (&guide["stage_complete"], &guide["next_stage_suggested"]),
        (&json!(true), &Value::Null)
    );
    guided.refused(MOVE, json!({"accepted": true}), "no_such_suggestion").await;
    let sold = json!({"reason": "best-product"});
    assert_eq!(
        guided.on("mark-sold", sold).await,
        json!(["sale.won"]),
        "its user says how it ended"
    );
}

/// SG-23: it was suggested because everything was done; what is reopened takes the reason away, and gives it back.
#[tokio::test]
async fn a_suggested_stage_is_shown_while_its_reason_lasts_sg_23() {
    let guided = stage_suggested().await;
    let documents = guided.item(guided.items.d1).await["instances"].clone();
    let document = documents[0]["activity_id"].as_str().unwrap();
    guided.of_activity(document, "delete").await;
    assert_eq!(guided.guide("").await["next_stage_suggested"], Value::Null);
    guided.document(guided.items.d1).await;
    assert_eq!(guided.guide("").await["next_stage_suggested"]["id"], json!(guided.fixture.qt));
    guided.on_type("edit", json!({"auto_advance": false})).await;
    assert_eq!(guided.guide("").await["next_stage_suggested"], Value::Null);
}
