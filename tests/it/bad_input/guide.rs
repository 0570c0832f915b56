//! Guides nobody can have: figures beyond their limits, items of the other kind, sales and items that are not there
//! (SG-4, SG-5, SG-12, SG-13), and what users cannot say of themselves (SD-14, SO-32).

use serde_json::{Value, json};
use uuid::Uuid;

use super::trial::{Expected, Trial};
use crate::examples::Example;

fn of<'a>(trial: &'a Trial, command: &str) -> &'a Example {
    trial.examples.iter().find(|example| example.route.command == command).unwrap()
}

/// The example of a command with another value in a field.
fn with(example: &Example, field: &str, value: Value) -> Value {
    let mut body = example.body.clone();
    body[field] = value;
    body
}

/// A figure, the commands that take it, and its bounds.
const FIGURES: [(&str, &[&str], i64, i64); 4] = [
    ("offset_days", &["AddSuggestedFollowUp", "EditSuggestedFollowUp"], 0, 3_650),
    ("duration_minutes", &["AddSuggestedFollowUp", "EditSuggestedFollowUp"], 1, 1_440),
    ("minutes", &["EditListItem"], 1, 1_440),
    ("show_days_ahead", &["SetPreferences"], 0, 366),
];

#[tokio::test]
async fn figures_beyond_their_limits_are_refused_where_they_stand_sg_4_sd_14() {
    let trial = Trial::start().await;
    for (field, commands, least, most) in FIGURES {
        for command in commands {
            let example = of(&trial, command);
            for bad in [least - 1, most + 1, 65_536, i64::MIN, i64::MAX] {
                let expected = Expected::new(400, "invalid_value").at(format!("/{field}"));
                trial.value(&example.path, &with(example, field, json!(bad)), expected).await;
            }
        }
    }
    trial.end().await;
    let trial = Trial::start().await;
    let mut ids = (0x9000_u128..).map(Uuid::from_u128);
    for (field, commands, least, most) in FIGURES {
        for (command, good) in commands.iter().flat_map(|it| [(it, least), (it, most)]) {
            let example = of(&trial, command);
            let mut body = with(example, field, json!(good));
            if body.get("id").is_some() {
                body["id"] = json!(ids.next());
            }
            trial.ask(&example.path).json(&body).send().await.expect(200);
        }
    }
}

#[tokio::test]
async fn words_that_nobody_knows_are_refused_sg_4_so_50() {
    let trial = Trial::start().await;
    for (command, field) in [
        ("AddSuggestedFollowUp", "kind"),
        ("EditSuggestedFollowUp", "kind"),
        ("PlanActivity", "kind"),
        ("SwitchFeature", "feature"),
    ] {
        let example = of(&trial, command);
        // a document is no follow-up: it has a command of its own
        for bad in ["document", "Meeting", "letter", "quotes", "Guide", ""] {
            let expected = Expected::new(400, "invalid_value").at(format!("/{field}"));
            trial.value(&example.path, &with(example, field, json!(bad)), expected).await;
        }
    }
    trial.end().await;
}

#[tokio::test]
async fn an_item_is_one_of_the_guide_and_of_the_right_kind_sg_12_sg_13() {
    let trial = Trial::start().await;
    let [follow_up, paper] = ["CreateFromGuideItem", "CreateDocument"].map(|it| of(&trial, it));
    let [edit_follow_up, edit_paper] =
        ["EditSuggestedFollowUp", "EditSuggestedDocument"].map(|it| of(&trial, it));
    let [moved, removed] = ["MoveGuideItem", "RemoveGuideItem"].map(|it| of(&trial, it));
    let item = |example: &Example| example.body["item"].clone();
    let at = |code| Expected::new(422, code).at("/item");
    for (example, other) in [
        (follow_up, item(paper)),
        (paper, item(follow_up)),
        (edit_follow_up, item(edit_paper)),
        (edit_paper, item(edit_follow_up)),
    ] {
        let body = with(example, "item", other);
        trial.value(&example.path, &body, at("guide_item_kind")).await;
    }
    for example in [follow_up, paper, edit_follow_up, edit_paper, moved, removed] {
        for unknown in [json!(Uuid::from_u128(404)), json!(trial.fixture.fm)] {
            let body = with(example, "item", unknown);
            trial.value(&example.path, &body, at("unknown_guide_item")).await;
        }
        for bad in ["", "x", "0198f0a0-0000-7000-8000-00000000000g"] {
            let body = with(example, "item", json!(bad));
            let expected = Expected::new(400, "invalid_value").at("/item");
            trial.value(&example.path, &body, expected).await;
        }
    }
    let answer = of(&trial, "AnswerFollowUpSuggestion");
    let never = with(answer, "item", item(follow_up));
    trial.value(&answer.path, &never, at("no_such_suggestion")).await;
    let added = of(&trial, "AddSuggestedFollowUp");
    let taken = with(added, "id", item(follow_up));
    trial.value(&added.path, &taken, Expected::new(409, "already_exists")).await;
    trial.end().await;
}

#[tokio::test]
async fn what_is_created_or_kept_at_hand_is_of_a_sale_that_is_there_sg_12_so_32() {
    let trial = Trial::start().await;
    let stage = json!(trial.fixture.fm);
    for command in ["CreateFromGuideItem", "CreateDocument", "AddFavourite"] {
        let example = of(&trial, command);
        for unknown in [json!(Uuid::from_u128(404)), stage.clone()] {
            let body = with(example, "sale", unknown);
            let expected = Expected::new(422, "unknown_sale").at("/sale");
            trial.value(&example.path, &body, expected).await;
        }
    }
    // nobody keeps a sale at somebody else's hand, and a stranger is told so
    for command in ["AddFavourite", "RemoveFavourite"] {
        let example = of(&trial, command);
        let path = example.path_with("kari");
        trial.value(&path, &example.body, Expected::new(403, "not_yourself")).await;
    }
    let prefer = of(&trial, "SetPreferences");
    let seller = trial.world.token("per", "seller");
    let ask = trial.world.command(reqwest::Method::POST, &prefer.path).bearer(&seller);
    let expected = Expected::new(403, "not_yourself");
    trial.refused(ask.json(&prefer.body), "somebody else's preferences", expected).await;
    trial.end().await;
}

#[tokio::test]
async fn a_type_is_a_key_of_its_list_and_of_the_same_kind_sd_1_sg_4() {
    let trial = Trial::start().await;
    for (command, other) in [
        ("PlanActivity", "customer-visit"),
        ("EditActivity", "phone-call"),
        ("CreateFromGuideItem", "phone-call"),
        ("AddSuggestedFollowUp", "preparation"),
        ("EditSuggestedFollowUp", "preparation"),
    ] {
        let example = of(&trial, command);
        for (bad, status, code) in [
            (json!("k".repeat(61)), 400, "invalid_value"),
            (json!("Visit"), 400, "invalid_value"),
            (json!(""), 400, "invalid_value"),
            (json!("k".repeat(60)), 422, "unknown_list_item"),
            (json!(other), 422, "type_of_another_kind"),
        ] {
            // an importer may bring any key, so somebody else asks
            let admin = trial.world.token("ada", "admin");
            let ask = trial.world.command(reqwest::Method::POST, &example.path).bearer(&admin);
            let body = with(example, "type", bad);
            let expected = Expected::new(status, code).at("/type");
            trial.refused(ask.json(&body), &format!("{command} {body}"), expected).await;
        }
    }
    trial.end().await;
}

#[tokio::test]
async fn only_types_of_follow_ups_have_a_kind_and_every_one_has_sd_1() {
    let trial = Trial::start().await;
    let added = of(&trial, "AddListItem");
    for bad in [json!("document"), json!("Meeting"), json!("")] {
        let expected = Expected::new(400, "invalid_value").at("/kind");
        trial.value(&added.path, &with(added, "kind", bad), expected).await;
    }
    for bad in [json!(0), json!(1_441), json!(-1)] {
        let expected = Expected::new(400, "invalid_value").at("/minutes");
        trial.value(&added.path, &with(added, "minutes", bad), expected).await;
    }
    let missing = Expected::new(400, "missing_field").at("/kind");
    trial.value(&added.path, &with(added, "kind", Value::Null), missing).await;
    let (add, edit) = ("/v1/lists/reason_lost/add-item", "/v1/lists/reason_lost/edit-item");
    let item = json!({"key": "politics", "labels": {"en": "Politics"}});
    for (path, field, value) in [
        (add, "kind", json!("meeting")),
        (add, "minutes", json!(30)),
        (edit, "minutes", json!(30)),
        (edit, "minutes", Value::Null),
    ] {
        let mut body = item.clone();
        body[field] = value;
        let expected = Expected::new(400, "invalid_value").at(format!("/{field}"));
        trial.value(path, &body, expected).await;
    }
    // the kind of a type never changes
    let edited = of(&trial, "EditListItem");
    let unknown = Expected::new(400, "unknown_field").at("/kind");
    trial.value(&edited.path, &with(edited, "kind", json!("call")), unknown).await;
    trial.end().await;
}
