//! Examples about guides, documents, the end of types and stages, and what users say of themselves.

use command_service::process::{GuideSuggestion, Rules, StageAdvance, Steps as _};
use serde_json::{Value, json};
use system_tests::{Fixture, GuideItems, World};
use uuid::Uuid;

/// The sale that is wanted at hand.
const AT_HAND: Uuid = Uuid::from_u128(0x4ffd);

/// The object a command is for, prepared; none for commands about something else.
pub(super) async fn target(
    world: &World,
    fixture: &Fixture,
    items: GuideItems,
    command: &str,
) -> Option<String> {
    Some(match command {
        "AnswerFollowUpSuggestion" => follow_up_suggested(world, fixture, items).await,
        "AnswerStageSuggestion" => stage_suggested(world, fixture, items).await,
        "DeleteStage" | "RestoreStage" => {
            let body = json!({"name": command, "probability": 1});
            made(world, fixture, "stages", body, command == "RestoreStage").await
        }
        "DeleteSaleType" | "RestoreSaleType" => {
            let body = json!({"name": command});
            made(world, fixture, "sale-types", body, command == "RestoreSaleType").await
        }
        "AddSuggestedFollowUp"
        | "AddSuggestedDocument"
        | "EditSuggestedFollowUp"
        | "EditSuggestedDocument"
        | "MoveGuideItem"
        | "RemoveGuideItem" => fixture.new.to_string(),
        "SetPreferences" => "ola".into(),
        "AddFavourite" => {
            fixture.sale(world, "2026-03-01T08:00:00Z", "At hand", json!({"id": AT_HAND})).await;
            "ola".into()
        }
        "RemoveFavourite" => {
            let body = json!({"sale": super::FOLLOWED_UP});
            posted(world, fixture, "/v1/users/ola/add-favourite", body).await;
            "ola".into()
        }
        _ => return None,
    })
}

/// A stage or type of its own, deleted if it is to be restored.
async fn made(
    world: &World,
    fixture: &Fixture,
    collection: &str,
    body: Value,
    deleted: bool,
) -> String {
    let at = "2026-03-01T08:00:00Z";
    let path = format!("/v1/{collection}");
    let answer = fixture.at(world, at, &path, body).await;
    let id = answer["id"].as_str().expect("an id").to_owned();
    if deleted {
        fixture.at(world, at, &format!("{path}/{id}/delete"), json!({})).await;
    }
    id
}

/// A sale in SC, whose g3 was done: g4 is suggested.
async fn follow_up_suggested(world: &World, fixture: &Fixture, items: GuideItems) -> String {
    let at = "2026-03-01T08:00:00Z";
    let sale = fixture.sale(world, at, "Suggested", json!({"stage": fixture.sc})).await;
    done(world, fixture, &sale, items.g3).await;
    pump::<GuideSuggestion>(world).await;
    sale
}

/// A sale in FM, whose g1 and d1 were done: QT is suggested.
async fn stage_suggested(world: &World, fixture: &Fixture, items: GuideItems) -> String {
    let sale = fixture.sale(world, "2026-03-01T08:00:00Z", "Complete", json!({})).await;
    let body = json!({"sale": sale, "item": items.d1});
    posted(world, fixture, "/v1/activities/documents", body).await;
    done(world, fixture, &sale, items.g1).await;
    pump::<StageAdvance>(world).await;
    sale
}

/// Creates a follow-up from an item and completes it, now: process managers leave history alone.
async fn done(world: &World, fixture: &Fixture, sale: &str, item: Uuid) {
    let body = json!({"sale": sale, "item": item});
    let made = posted(world, fixture, "/v1/activities/from-guide-item", body).await;
    let path = format!("/v1/activities/{}/complete", made["id"].as_str().expect("an id"));
    posted(world, fixture, &path, json!({})).await;
}

async fn posted(world: &World, fixture: &Fixture, path: &str, body: Value) -> Value {
    let reply = world.post(&fixture.importer, path, &body).await;
    assert!(reply.status.is_success(), "{path}: {}", reply.text);
    reply.json()
}

async fn pump<R: Rules>(world: &World) {
    let mut process = world.command.reaction::<R>();
    process.pump(world.clock.now()).await.expect("it suggests");
    process.release().await.expect("it lets go");
}

/// Every field of a command's body, and those that must be there; none for other commands.
pub(super) fn body(
    command: &str,
    fixture: &Fixture,
    items: GuideItems,
    new: Uuid,
) -> Option<(Value, &'static [&'static str])> {
    Some(match command {
        "AnswerFollowUpSuggestion" => {
            (json!({"item": items.g4, "accepted": true}), &["item", "accepted"])
        }
        "AnswerStageSuggestion" => (json!({"accepted": true}), &["accepted"]),
        "CreateFromGuideItem" => (from_guide_item(items, new), &["sale", "item"]),
        "CreateDocument" => (document(items, new), &[]),
        "DeleteStage" | "RestoreStage" | "DeleteSaleType" | "RestoreSaleType" => (json!({}), &[]),
        "MoveGuideItem" => (json!({"item": items.g2, "stage": fixture.sc, "rank": 5}), &["item"]),
        "RemoveGuideItem" => (json!({"item": items.d3}), &["item"]),
        "SwitchFeature" => (json!({"feature": "stakeholders", "on": false}), &["feature", "on"]),
        "SetPreferences" => {
            (json!({"confirm_suggested_follow_up": false, "show_days_ahead": 14}), &[])
        }
        "AddFavourite" => (json!({"sale": AT_HAND}), &["sale"]),
        "RemoveFavourite" => (json!({"sale": super::FOLLOWED_UP}), &["sale"]),
        other => return item_body(other, fixture, items, new),
    })
}

/// The same for what is suggested.
fn item_body(
    command: &str,
    fixture: &Fixture,
    items: GuideItems,
    new: Uuid,
) -> Option<(Value, &'static [&'static str])> {
    let name = json!({"en": format!("{command} {new}"), "nb": "Oppfølging", "nl": "Vervolg"});
    let mut follow_up = json!({"name": name, "kind": "call", "type": "phone-call", "purpose": "Keep in touch",
        "auto_suggest": true, "offset_days": 3, "duration_minutes": 30, "text": "Ask how it went",
        "required": false});
    let mut paper = json!({"name": name, "purpose": "In writing", "template": "Letter",
        "subject": "Our offer", "our_reference": "2026/17", "required": false});
    let place = json!({"id": new, "stage": fixture.qt, "rank": 7});
    Some(match command {
        "AddSuggestedFollowUp" => {
            super::merge(&mut follow_up, place);
            (follow_up, &["stage", "name", "kind"])
        }
        "AddSuggestedDocument" => {
            super::merge(&mut paper, place);
            (paper, &["stage", "name"])
        }
        "EditSuggestedFollowUp" => {
            super::merge(&mut follow_up, json!({"item": items.g2}));
            (follow_up, &["item"])
        }
        "EditSuggestedDocument" => {
            super::merge(&mut paper, json!({"item": items.d2}));
            (paper, &["item"])
        }
        _ => return None,
    })
}

fn party() -> Value {
    json!({"id": Uuid::from_u128(7), "name": "Fjord AS"})
}

fn from_guide_item(items: GuideItems, new: Uuid) -> Value {
    json!({"id": new, "sale": super::FOLLOWED_UP, "item": items.g1, "title": "First meeting",
        "start": "2026-03-18T10:00:00+01:00", "end": "2026-03-18T10:30:00+01:00", "all_day": false,
        "owner": "kari", "description": "Bring the contract", "location": "Room 4",
        "priority": "high", "type": "customer-visit", "alarm_minutes": 15, "alarm": true, "company": party(),
        "contact": party(), "project": party()})
}

fn document(items: GuideItems, new: Uuid) -> Value {
    json!({"id": new, "sale": super::FOLLOWED_UP, "item": items.d2, "title": "Our offer",
        "template": "Letter", "our_reference": "2026/17", "description": "As agreed",
        "owner": "kari", "company": party(), "contact": party(), "project": party()})
}
