//! Criteria about activities: of a block they speak of one and the same (SF-7, SF-9).

use serde_json::json;

use super::Office;

/// Two sales: a call that is done and a meeting that is not; a call that is not done.
async fn two() -> Office {
    let office = Office::open().await;
    for (title, call) in [("Done", true), ("Waiting", false)] {
        let sale = office.sale(title, ("1000", "EUR"), "2026-06-01", json!({})).await;
        let body = json!({"kind": "call", "title": "Ring back", "sale": sale, "owner": "kari",
            "start": "2026-03-09T09:00:00+01:00", "end": "2026-03-09T09:30:00+01:00"});
        let at = "2026-03-01T09:00:00Z";
        let answer = office.fixture.at(&office.world, at, "/v1/activities", body).await;
        if call {
            let path = format!("/v1/activities/{}/complete", answer["id"].as_str().unwrap());
            office.world.post(&office.fixture.importer, &path, &json!({})).await.expect(200);
            let meeting = json!({"kind": "meeting", "title": "Demo", "sale": sale,
                "start": "2026-03-20T09:00:00+01:00", "end": "2026-03-20T10:00:00+01:00"});
            office.fixture.at(&office.world, at, "/v1/activities", meeting).await;
        }
    }
    office.sale("Nothing", ("1000", "EUR"), "2026-06-01", json!({})).await;
    office
}

#[tokio::test]
async fn a_block_speaks_of_one_activity_and_a_negation_of_all_sf_7_sf_9() {
    let office = two().await;
    for (criteria, found) in [
        ("activity.kind one_of call", &["Done", "Waiting"][..]),
        ("activity.completed is false", &["Waiting", "Nothing"]),
        ("activity.kind one_of call and activity.completed is true", &["Done"]),
        ("activity.kind one_of meeting and activity.completed is true", &[]),
        ("activity.kind one_of meeting or activity.completed is true", &["Done"]),
        ("activity.title contains RING and activity.owner one_of kari", &["Done", "Waiting"]),
        ("activity.title not_contains ring", &["Nothing"]),
        ("activity.kind is_empty", &["Nothing"]),
        ("activity.start on 2026-03-09 and activity.completed_on is_not_empty", &["Done"]),
        ("activity.completed_on this_month", &["Done"]),
        ("activity.end after_today", &["Done"]),
        ("activity.start after_today and activity.kind one_of call", &[]),
        ("has_open_activity is false", &["Nothing"]),
    ] {
        assert_eq!(office.found(criteria).await, found, "{criteria}");
    }
}
