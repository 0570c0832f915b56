//! Follow-ups from items: S4, defaults, several of one item, who does it, done and deleted (SG-12, SG-14 to SG-18).

use serde_json::{Value, json};
use uuid::Uuid;

use super::Guided;

/// Rules, red and next activity date of the only sale in Ola's diary on a day; null when there is none.
async fn listed(guided: &Guided, today: &str) -> Value {
    let path =
        format!("/v1/diary?owner=ola&from=2026-03-01&to=2026-03-31&days_ahead=7&today={today}");
    let diary = guided.ask(&path).await;
    let rows = diary["sales"].as_array().unwrap().iter();
    let mut rows = rows.map(|row| json!([row["rules"], row["red"], row["next_activity_date"]]));
    rows.next().unwrap_or_default()
}

#[tokio::test]
async fn s4_a_follow_up_of_the_guide_is_the_next_activity_and_may_be_overdue_sg_12_so_35_sd_15() {
    let guided = Guided::new().await;
    let g1 = guided.create(guided.items.g1, json!({})).await;
    let seen = guided.activity(&g1).await;
    assert_eq!((&seen["kind"], &seen["title"]), (&json!("meeting"), &json!("Customer meeting")));
    assert_eq!(
        (&seen["start"], &seen["end"]),
        (&json!("2026-03-17T08:00:00Z"), &json!("2026-03-17T09:00:00Z")),
        "seven days from today, an hour, when the working day begins"
    );
    assert_eq!(seen["guide_item"], json!(guided.items.g1));
    assert_eq!((&seen["company"]["name"], &seen["owner"]), (&json!("Fjord AS"), &json!("ola")));
    assert_eq!(seen["description"], "Bring the price list");
    assert_eq!(guided.history().await, ["sale.registered", "sale.guide-item-used"]);

    assert_eq!(guided.card().await["next_activity_date"], "2026-03-17");
    assert_eq!(listed(&guided, "2026-03-10").await, json!([[2], false, "2026-03-17"]));
    assert_eq!(listed(&guided, "2026-03-18").await, json!([[3], true, "2026-03-17"]));
    guided.world.set_clock("2026-03-18T09:00:00Z");
    guided.of_activity(&g1, "complete").await;
    let card = guided.card().await;
    assert_eq!(
        (&card["next_activity_date"], &card["overdue_activity"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(listed(&guided, "2026-03-18").await, Value::Null);
    assert_eq!(card["guide"], json!({"items": 7, "done": 1}));
}

/// SG-12, §6-A38: days are counted from the previous follow-up of the guide on the sale, else from today.
#[tokio::test]
async fn a_start_is_counted_from_the_previous_follow_up_sg_4_sg_12() {
    let guided = Guided::new().await;
    let edge = async |item: Uuid| {
        let id = guided.create(item, json!({})).await;
        let seen = guided.activity(&id).await;
        (seen["start"].as_str().unwrap().to_owned(), seen["end"].as_str().unwrap().to_owned())
    };
    let days = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let first = edge(guided.items.g3).await;
    assert_eq!(first, days("2026-03-12T08:00:00Z", "2026-03-12T08:15:00Z"), "two days from today");
    let g1 = guided.create(guided.items.g1, json!({"start": "2026-04-01T13:00:00Z"})).await;
    assert_eq!(
        guided.activity(&g1).await["end"],
        "2026-04-01T14:00:00Z",
        "as long as the item says"
    );
    assert_eq!(guided.item(guided.items.g2).await["default_start"], "2026-04-04");
    assert_eq!(edge(guided.items.g2).await, days("2026-04-04", "2026-04-04"), "g1 and three days");
    assert_eq!(edge(guided.items.g3).await.0, "2026-04-06T08:00:00Z", "g2 and two days");
    assert_eq!(edge(guided.items.g4).await.0, "2026-04-11T08:00:00Z", "the later g3 and five");
    guided.of_activity(&g1, "delete").await;
    assert_eq!(
        guided.item(guided.items.g2).await["default_start"],
        "2026-03-13",
        "what is deleted counts no more"
    );
}

/// SG-12, SD-4: on the tenant's clock, in winter and in summer, as its working day begins; the question says what the
/// command does.
#[tokio::test]
async fn a_day_of_the_guide_begins_on_the_tenants_clock_sg_12_sd_4() {
    let guided = Guided::new().await;
    let tenant = format!("/v1/tenants/{}", guided.fixture.tenant);
    let zone = json!({"time_zone": "Europe/Oslo"});
    guided.post(&format!("{tenant}/set-time-zone"), zone).await.expect(200);
    let settings = json!({"day_from": "09:30"});
    guided.post(&format!("{tenant}/set-diary"), settings).await.expect(200);
    // late in the evening in London it is the eleventh in Oslo
    guided.world.set_clock("2026-03-10T23:30:00Z");
    for (offset, start) in [(7, "2026-03-18T08:30:00Z"), (19, "2026-03-30T07:30:00Z")] {
        let edit = json!({"item": guided.items.g1, "offset_days": offset});
        let path = format!("/v1/sale-types/{}/edit-suggested-follow-up", guided.fixture.new);
        let edited = guided.post(&path, edit).await;
        assert!(edited.status.is_success(), "{}", edited.text);
        assert_eq!(guided.item(guided.items.g1).await["default_start"], start);
        let id = guided.create(guided.items.g1, json!({})).await;
        assert_eq!(guided.activity(&id).await["start"], start);
    }
    assert_eq!(guided.item(guided.items.g2).await["default_start"], "2026-04-02", "three days on");
}

/// SG-12: the form is prefilled, and every field of it may say something else. SG-15: somebody else's.
#[tokio::test]
async fn every_field_may_say_something_else_and_a_colleague_may_do_it_sg_12_sg_15() {
    let guided = Guided::new().await;
    let other = json!({"title": "Site visit", "start": "2026-03-20T12:00:00Z",
        "end": "2026-03-20T15:00:00Z", "owner": "kari", "description": "Bring boots",
        "location": "Bergen", "alarm_minutes": 30,
        "company": {"id": Uuid::from_u128(0xf2), "name": "Elv AS"}});
    let id = guided.create(guided.items.g1, other).await;
    let seen = guided.activity(&id).await;
    assert_eq!(
        [&seen["title"], &seen["start"], &seen["end"], &seen["owner"], &seen["description"]],
        ["Site visit", "2026-03-20T12:00:00Z", "2026-03-20T15:00:00Z", "kari", "Bring boots"]
    );
    assert_eq!((&seen["location"], &seen["company"]["name"]), (&json!("Bergen"), &json!("Elv AS")));
    assert_eq!((&seen["kind"], &seen["alarm_minutes"]), (&json!("meeting"), &json!(30)));
    let instances = guided.item(guided.items.g1).await["instances"].clone();
    assert_eq!(
        instances,
        json!([{"activity_id": id, "title": "Site visit", "owner": "kari",
            "start": "2026-03-20T12:00:00Z", "end": "2026-03-20T15:00:00Z", "completed": false}])
    );
    let assign = json!({"owner": "per"});
    guided.post(&format!("/v1/activities/{id}/assign"), assign).await.expect(200);
    assert_eq!(guided.item(guided.items.g1).await["instances"][0]["owner"], "per", "SG-15: later");
    let whole =
        guided.create(guided.items.g1, json!({"all_day": true, "start": "2026-03-24"})).await;
    assert_eq!(guided.activity(&whole).await["end"], "2026-03-24");
    let nobody = json!({"sale": guided.sale, "item": guided.items.g1, "owner": "nobody"});
    let refused = guided.post("/v1/activities/from-guide-item", nobody).await;
    refused.expect_problem(422, "unknown_owner");
}

/// SG-14: created again and again, in whatever stage the sale is (SG-10). SG-16, SG-18: the same activities elsewhere.
#[tokio::test]
async fn several_of_one_item_in_any_stage_are_activities_like_others_sg_10_sg_14_sg_16_sg_18() {
    let guided = Guided::new().await;
    let g4 = guided.items.g4;
    let first = guided.create(g4, json!({})).await;
    let second = guided.create(g4, json!({"start": "2026-05-04T09:00:00Z"})).await;
    let shown = guided.item(g4).await;
    assert_eq!(
        (&shown["state"], shown["instances"].as_array().unwrap().len()),
        (&json!("created"), 2)
    );
    guided.of_activity(&first, "complete").await;
    assert_eq!(guided.item(g4).await["state"], "created", "one of them is open");
    guided.of_activity(&second, "complete").await;
    assert_eq!(guided.item(g4).await["state"], "completed");
    guided.of_activity(&first, "reopen").await;
    let shown = guided.item(g4).await;
    let done: Vec<&Value> =
        shown["instances"].as_array().unwrap().iter().map(|one| &one["completed"]).collect();
    assert_eq!((&shown["state"], done), (&json!("created"), vec![&json!(false), &json!(true)]));

    let path = format!("/v1/activities?sale={}", guided.sale);
    let listed = guided.ask(&path).await;
    let mut ids: Vec<&str> = listed["activities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    let mut expected = [first.as_str(), second.as_str()];
    expected.sort_unstable();
    assert_eq!(ids, expected, "SG-18: completed and open");
}

/// SG-17: edited as any other; deleted, the item can be created again.
#[tokio::test]
async fn an_instance_is_edited_and_deleted_and_the_item_is_creatable_again_sg_17() {
    let guided = Guided::new().await;
    let g1 = guided.create(guided.items.g1, json!({})).await;
    let path = format!("/v1/activities/{g1}");
    guided.post(&format!("{path}/edit"), json!({"title": "First visit"})).await.expect(200);
    let moved = json!({"start": "2026-03-19T08:00:00Z"});
    guided.post(&format!("{path}/reschedule"), moved).await.expect(200);
    let shown = guided.item(guided.items.g1).await;
    assert_eq!(
        (&shown["instances"][0]["title"], &shown["instances"][0]["start"]),
        (&json!("First visit"), &json!("2026-03-19T08:00:00Z"))
    );
    assert_eq!(shown["name"], "Customer meeting");
    guided.of_activity(&g1, "delete").await;
    let shown = guided.item(guided.items.g1).await;
    assert_eq!((&shown["state"], &shown["instances"]), (&json!("not_created"), &json!([])));
    guided.create(guided.items.g1, json!({})).await;
    assert_eq!(guided.item(guided.items.g1).await["state"], "created");
}

/// Given another sale, an activity is an instance on neither: not where it was created, not where nobody created it. Both
/// sides say so, as long as it is elsewhere.
#[tokio::test]
async fn an_instance_that_is_about_another_sale_is_one_of_no_guide_sg_17() {
    let guided = Guided::new().await;
    let g1 = guided.create(guided.items.g1, json!({})).await;
    let other = guided.fixture.sale(&guided.world, super::super::TODAY, "Rhein", json!({})).await;
    let edit = format!("/v1/activities/{g1}/edit");
    guided.post(&edit, json!({"sale": other})).await.expect(200);
    assert_eq!(guided.item(guided.items.g1).await["state"], "not_created");
    let path = format!("/v1/sales/{other}/guide");
    let elsewhere = super::item(&guided.ask(&path).await, guided.items.g1);
    assert_eq!((&elsewhere["state"], &elsewhere["instances"]), (&json!("not_created"), &json!([])));
    guided.post(&edit, json!({"sale": guided.sale})).await.expect(200);
    assert_eq!(guided.item(guided.items.g1).await["state"], "created");
}

#[tokio::test]
async fn what_is_no_item_of_the_guide_is_refused_sg_12_sg_13() {
    let guided = Guided::new().await;
    let (follow_up, document) = ("/v1/activities/from-guide-item", "/v1/activities/documents");
    let nowhere = Uuid::from_u128(404);
    let head = guided.world.head().await;
    let cases = [
        (follow_up, json!(guided.sale), json!(nowhere), "unknown_guide_item"),
        (document, json!(guided.sale), json!(nowhere), "unknown_guide_item"),
        (follow_up, json!(guided.sale), json!(guided.items.d1), "guide_item_kind"),
        (document, json!(guided.sale), json!(guided.items.g1), "guide_item_kind"),
        (follow_up, json!(nowhere), json!(guided.items.g1), "unknown_sale"),
        (document, json!(nowhere), json!(guided.items.d1), "unknown_sale"),
    ];
    for (path, sale, item, code) in cases {
        let refused = guided.post(path, json!({"sale": sale, "item": item})).await;
        assert_eq!(refused.json()["code"], code, "{path} {item}");
        refused.expect_problem(422, code);
    }
    let without_sale = guided.post(follow_up, json!({"item": guided.items.g1})).await;
    without_sale.expect_problem(400, "missing_field");
    assert_eq!(guided.world.head().await, head);
}
