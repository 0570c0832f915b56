//! Role × route: every command route with every role, against the table of the contract written out here.

use reqwest::Method;
use serde_json::json;
use system_tests::{Fixture, World};

use crate::examples;

const ROLES: [&str; 6] = ["seller", "manager", "admin", "importer", "auditor", "analyst"];

/// One letter a role, in the order of [`ROLES`]: `y` may, `-` may not.
const TABLE: [(&str, &str); 100] = [
    ("RegisterSale", "yyyy--"),
    ("EditSale", "yyyy--"),
    ("ChangeOwner", "yyyy--"),
    ("AdvanceStage", "yyyy--"),
    ("OverrideProbability", "yyyy--"),
    ("ChangeAmount", "yyyy--"),
    ("SetMargin", "yyyy--"),
    ("StallSale", "yyyy--"),
    ("ChangeStallTerms", "yyyy--"),
    ("ReopenSale", "yyyy--"),
    ("MarkSold", "yyyy--"),
    ("MarkLost", "yyyy--"),
    ("CompleteSale", "yyyy--"),
    ("ClearCompletion", "yyyy--"),
    ("SetNote", "yyyy--"),
    ("AddLink", "yyyy--"),
    ("RemoveLink", "yyyy--"),
    ("SetVisibility", "yyyy--"),
    ("AddStakeholders", "yyyy--"),
    ("ChangeStakeholders", "yyyy--"),
    ("RemoveStakeholders", "yyyy--"),
    ("AnswerFollowUpSuggestion", "yyyy--"),
    ("AnswerStageSuggestion", "yyyy--"),
    ("ChangeSaleType", "yyyy--"),
    ("ChangeCurrency", "yyyy--"),
    ("DeleteSale", "yyyy--"),
    ("PlanActivity", "yyyy--"),
    ("RescheduleActivity", "yyyy--"),
    ("EditActivity", "yyyy--"),
    ("AssignActivity", "yyyy--"),
    ("CreateFromGuideItem", "yyyy--"),
    ("CreateDocument", "yyyy--"),
    ("CompleteActivity", "yyyy--"),
    ("ReopenActivity", "yyyy--"),
    ("DeleteActivity", "yyyy--"),
    ("SetAlarm", "yyyy--"),
    ("SeeAssignment", "yyyy--"),
    ("AcceptAssignment", "yyyy--"),
    ("DeclineAssignment", "yyyy--"),
    ("AddStage", "--yy--"),
    ("EditStage", "--yy--"),
    ("DeleteStage", "--yy--"),
    ("RestoreStage", "--yy--"),
    ("DefineSaleType", "--yy--"),
    ("EditSaleType", "--yy--"),
    ("DeleteSaleType", "--yy--"),
    ("RestoreSaleType", "--yy--"),
    ("AddSuggestedFollowUp", "--yy--"),
    ("AddSuggestedDocument", "--yy--"),
    ("EditSuggestedFollowUp", "--yy--"),
    ("EditSuggestedDocument", "--yy--"),
    ("MoveGuideItem", "--yy--"),
    ("RemoveGuideItem", "--yy--"),
    ("SetRate", "--yy--"),
    ("AddUser", "--yy--"),
    ("SetBaseCurrency", "--yy--"),
    ("SetTimeZone", "--yy--"),
    ("SetRecordRights", "--yy--"),
    ("SetFunctionalRight", "--yy--"),
    ("SetDiary", "--yy--"),
    ("SwitchFeature", "--yy--"),
    ("SetPreferences", "yyyyyy"),
    ("AddFavourite", "yyyyyy"),
    ("RemoveFavourite", "yyyyyy"),
    ("SaveView", "yyyyyy"),
    ("RemoveView", "yyyyyy"),
    ("AddListItem", "--yy--"),
    ("EditListItem", "--yy--"),
    ("DeleteListItem", "--yy--"),
    ("RestoreListItem", "--yy--"),
    ("DefineCustomField", "--yy--"),
    ("RemoveCustomField", "--yy--"),
    ("SetCustomFields", "yyyy--"),
    ("CreateSelection", "yyyy--"),
    ("EditSelection", "yyyy--"),
    ("CompleteSelection", "yyyy--"),
    ("ClearSelectionCompletion", "yyyy--"),
    ("DeleteSelection", "yyyy--"),
    ("AddMembers", "yyyy--"),
    ("RemoveMembers", "yyyy--"),
    ("ChangeCriteria", "yyyy--"),
    ("SetSelectionView", "yyyy--"),
    ("DefineTargetType", "--yy--"),
    ("EditTargetType", "--yy--"),
    ("DeleteTargetType", "--yy--"),
    ("PasteTargets", "yyyy--"),
    ("AddTarget", "yyyy--"),
    ("LockTarget", "-yyy--"),
    ("UnlockTarget", "-yyy--"),
    ("ClearTarget", "yyyy--"),
    ("RemoveTarget", "yyyy--"),
    ("SetTargetPeriod", "--yy--"),
    ("SetTargetCells", "yyyy--"),
    ("SetInitialAmount", "yyyy--"),
    ("CopyTarget", "yyyy--"),
    ("SetTargetCurrency", "yyyy--"),
    ("RegisterCompany", "yyyy--"),
    ("EditCompany", "yyyy--"),
    ("RegisterContact", "yyyy--"),
    ("EditContact", "yyyy--"),
];

#[tokio::test]
async fn every_role_may_exactly_what_the_contract_grants() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let examples = examples::all(&world, &fixture).await;
    assert_eq!(examples.len(), TABLE.len(), "a command without a row, or a row without a command");
    for ((command, letters), example) in TABLE.iter().zip(&examples) {
        assert_eq!(*command, example.route.command);
        for (role, letter) in ROLES.iter().zip(letters.chars()) {
            let before = world.stored().await;
            // a body with an unknown field gets past the role check and no further
            let body = json!({"colour": "red"});
            let reply = world.post(&world.token("ola", role), &example.path, &body).await;
            match letter {
                'y' => reply.expect_problem(400, "unknown_field"),
                _ => reply.expect_problem(403, "forbidden"),
            };
            assert_eq!(world.stored().await, before, "{command} {role}");
        }
        for nobody in [&[][..], &["root"], &["Admin", "SELLER"]] {
            let token = world.token_of("demo", "ola", nobody);
            world.post(&token, &example.path, &example.body).await.expect_problem(403, "forbidden");
        }
        world.post(&fixture.importer, &example.path, &example.body).await;
    }
}

#[tokio::test]
async fn roles_add_up_and_an_auditor_who_sells_may_sell() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let token = world.token_of("demo", "eva", &["auditor", "seller"]);
    let body = json!({"title": "Fjord ERP", "sale_type": fixture.new});
    world.post(&token, "/v1/sales", &body).await.expect(201);
    let stage = json!({"name": "Pilot", "probability": 1});
    world.post(&token, "/v1/stages", &stage).await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn a_seller_changes_own_sales_and_a_manager_everybodys() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let examples = examples::all(&world, &fixture).await;
    let (kari, mia) = (world.token("kari", "seller"), world.token("mia", "manager"));
    let on_sales = examples.iter().filter(|e| e.path.starts_with("/v1/sales/"));
    let mut tried = 0;
    for example in on_sales {
        // they are ola's
        let before = world.stored().await;
        let refused = world.post(&kari, &example.path, &example.body).await;
        refused.expect_problem(403, "not_your_sale");
        assert_eq!(world.stored().await, before);
        world.post(&mia, &example.path, &example.body).await.expect(200);
        tried += 1;
    }
    assert_eq!(tried, 26);
    let own = json!({"title": "Fjord ERP", "sale_type": fixture.new});
    let sale = world.post(&kari, "/v1/sales", &own).await.expect(201).json();
    let path = |command: &str| format!("/v1/sales/{}/{command}", sale["id"].as_str().unwrap());
    world.post(&kari, &path("edit"), &json!({"title": "Mine"})).await.expect(200);
    let others = json!({"title": "Fjord ERP", "sale_type": fixture.new, "owner": "per"});
    world.post(&kari, "/v1/sales", &others).await.expect_problem(403, "not_your_sale");
    world.post(&mia, "/v1/sales", &others).await.expect(201);
    // handed over, it is no longer hers
    world.post(&kari, &path("change-owner"), &json!({"owner": "per"})).await.expect(200);
    let refused = world.post(&kari, &path("edit"), &json!({"title": "Still mine"})).await;
    refused.expect_problem(403, "not_your_sale");
    let per = world.token("per", "seller");
    world.post(&per, &path("edit"), &json!({"title": "Now mine"})).await.expect(200);
}

#[tokio::test]
async fn a_manager_who_takes_a_sale_over_is_added_from_the_token() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({})).await;
    let path = format!("/v1/sales/{sale}/change-owner");
    let mia = world.token("mia", "manager");
    let nina = json!({"owner": "nina"});
    world.post(&mia, &path, &nina).await.expect_problem(422, "unknown_owner");
    let head = world.head().await;
    world.post(&mia, &path, &json!({"owner": "mia"})).await.expect(200);
    let events = world.store().read_after(head, 10).await.unwrap();
    let types: Vec<&str> = events.iter().map(|event| event.event_type.as_str()).collect();
    assert_eq!(types, ["sale.owner-changed", "user.added"]);
}

#[tokio::test]
async fn a_stranger_is_told_nothing_but_that_a_token_is_missing() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let examples = examples::all(&world, &fixture).await;
    let before = world.stored().await;
    for example in &examples {
        for body in [json!({}), json!({"colour": 1}), example.body.clone()] {
            let reply = world.command(Method::POST, &example.path).json(&body).send().await;
            let reply = reply.expect_problem(401, "token_missing");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        }
        let id = if example.has_uuid() { example.path_with("x") } else { example.path.clone() };
        let reply = world.command(Method::POST, &id).body("not json").send().await;
        reply.expect_problem(401, "token_missing");
    }
    assert_eq!(world.stored().await, before);
}
