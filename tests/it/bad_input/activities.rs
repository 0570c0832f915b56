//! Activities nobody can have: times that do not exist or cannot be had, alarms, kinds, sales (SD-1 to SD-6).

use serde_json::{Value, json};
use uuid::Uuid;

use super::trial::{Expected, Trial};
use crate::examples::Example;

const NINE: &str = "2026-03-17T09:00:00Z";

/// Neither a day nor an instant.
const IMPOSSIBLE: [&str; 34] = [
    "",
    " ",
    "now",
    "tomorrow",
    "2026-02-29",
    "2026-02-30",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-1-1",
    "20260310",
    "10.03.2026",
    "1899-12-31",
    "10000-01-01",
    "-2026-01-01",
    "２０２６-03-10",
    "09:00",
    "2026-02-30T09:00:00Z",
    "2026-03-10T24:00:00Z",
    "2026-03-10T09:60:00Z",
    "2026-03-10T09:00:61Z",
    "2016-12-31T23:59:60Z",
    "2026-03-10T09:00:00",
    "2026-03-10T09:00Z",
    "2026-03-10T09:00:00+24:00",
    "2026-03-10T09:00:00+0100",
    "2026-03-10T09:00:00 Europe/Oslo",
    "2026-03-10T09:00:00,5Z",
    " 2026-03-10T09:00:00Z",
    "1899-12-31T23:59:59Z",
    "10000-01-01T00:00:00Z",
    "+10000-01-01T00:00:00Z",
    "1773133200",
];

impl Trial {
    fn of(&self, command: &str) -> &Example {
        self.examples.iter().find(|example| example.route.command == command).unwrap()
    }

    /// Demands the refusal of a plan with these fields.
    async fn plan(&self, kind: &str, fields: Value, expected: Expected) {
        self.value("/v1/activities", &plan(kind, fields), expected).await;
    }

    /// Demands that a plan with these fields is accepted; answers the path of its commands.
    async fn planned(&self, kind: &str, fields: Value) -> String {
        let reply = self.ask("/v1/activities").json(&plan(kind, fields)).send().await.expect(201);
        format!("/v1/activities/{}", reply.json()["id"].as_str().unwrap())
    }
}

fn plan(kind: &str, fields: Value) -> Value {
    let mut body = json!({"kind": kind, "title": "Demo"});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

fn invalid(pointer: &str) -> Expected {
    Expected::new(400, "invalid_value").at(pointer)
}

fn refusal(code: &'static str, pointer: &str) -> Expected {
    Expected::new(422, code).at(pointer)
}

#[tokio::test]
async fn what_is_neither_a_day_nor_an_instant_is_refused_where_it_stands() {
    let trial = Trial::start().await;
    for field in ["start", "end"] {
        let pointer = format!("/{field}");
        for bad in IMPOSSIBLE {
            for kind in ["meeting", "to_do", "call"] {
                for all_day in [true, false] {
                    let fields = json!({field: bad, "all_day": all_day});
                    trial.plan(kind, fields, invalid(&pointer)).await;
                }
            }
            let path = &trial.of("RescheduleActivity").path;
            trial.value(path, &json!({ field: bad }), invalid(&pointer)).await;
        }
    }
    trial.end().await;
}

#[tokio::test]
async fn a_day_is_no_time_and_a_time_no_day_sd_1() {
    let trial = Trial::start().await;
    for (kind, fields, code, pointer) in [
        ("to_do", json!({"end": NINE}), "day_expected", "/end"),
        ("to_do", json!({"start": NINE}), "day_expected", "/start"),
        ("to_do", json!({"end": NINE, "all_day": false}), "day_expected", "/end"),
        ("meeting", json!({"start": NINE, "all_day": true}), "day_expected", "/start"),
        ("call", json!({"end": NINE, "all_day": true}), "day_expected", "/end"),
        ("meeting", json!({"start": "2026-03-17"}), "time_expected", "/start"),
        ("call", json!({"start": "2026-03-17", "all_day": false}), "time_expected", "/start"),
        ("call", json!({"start": NINE, "end": "2026-03-17"}), "time_expected", "/end"),
        ("meeting", json!({}), "start_required", "/start"),
        ("meeting", json!({"end": NINE}), "start_required", "/start"),
        ("meeting", json!({"all_day": true}), "start_required", "/start"),
    ] {
        trial.plan(kind, fields, refusal(code, pointer)).await;
    }
    let moved = &trial.of("RescheduleActivity").path;
    for (fields, code) in [
        (json!({"start": "2026-03-17"}), "time_expected"),
        (json!({"start": NINE, "all_day": true}), "day_expected"),
        (json!({"all_day": true}), "start_required"),
    ] {
        trial.value(moved, &fields, refusal(code, "/start")).await;
    }
    trial.end().await;
}

#[tokio::test]
async fn reversed_ranges_and_huge_ones_are_refused() {
    let trial = Trial::start().await;
    let range = |start: &str, end: &str| json!({"start": start, "end": end});
    let moved = &trial.of("RescheduleActivity").path;
    for (start, end, code) in [
        ("2026-03-17T09:00:00Z", "2026-03-17T08:59:59.999999Z", "end_before_start"),
        ("2026-03-17T09:00:00+01:00", "2026-03-17T09:30:00+02:00", "end_before_start"),
        ("9999-12-30T00:00:00Z", "1900-01-02T00:00:00Z", "end_before_start"),
        ("2026-03-17T09:00:00Z", "2027-03-18T09:00:00.000001Z", "activity_too_long"),
        ("1900-01-02T00:00:00Z", "9999-12-30T00:00:00Z", "activity_too_long"),
    ] {
        for kind in ["meeting", "call"] {
            trial.plan(kind, range(start, end), refusal(code, "/end")).await;
        }
        trial.value(moved, &range(start, end), refusal(code, "/end")).await;
    }
    for (start, end, code) in [
        ("2026-03-17", "2026-03-16", "end_before_start"),
        ("9999-12-31", "1900-01-01", "end_before_start"),
        ("2026-03-17", "2027-03-18", "activity_too_long"),
        ("1900-01-01", "9999-12-31", "activity_too_long"),
    ] {
        trial.plan("to_do", range(start, end), refusal(code, "/end")).await;
        let mut all_day = range(start, end);
        all_day["all_day"] = json!(true);
        trial.plan("meeting", all_day.clone(), refusal(code, "/end")).await;
        trial.value(moved, &all_day, refusal(code, "/end")).await;
    }
    // a call that starts now has ended long ago
    let past = json!({"end": "2026-03-10T08:59:59Z"});
    trial.plan("call", past, refusal("end_before_start", "/end")).await;
    trial.end().await;
}

#[tokio::test]
async fn the_longest_and_the_shortest_activity_are_accepted_and_one_day_more_is_not() {
    let trial = Trial::start().await;
    let year = json!({"start": "2026-03-17T09:00:00Z", "end": "2027-03-18T09:00:00Z"});
    let at = trial.planned("meeting", year).await;
    let longer = json!({"end": "2027-03-18T09:00:01Z"});
    trial.value(&format!("{at}/reschedule"), &longer, refusal("activity_too_long", "/end")).await;
    trial.planned("to_do", json!({"start": "2026-03-17", "end": "2027-03-17"})).await;
    trial.planned("call", json!({"start": NINE, "end": NINE})).await;
}

#[tokio::test]
async fn an_activity_at_the_edge_of_the_calendar_is_accepted_and_one_beyond_is_not() {
    let trial = Trial::start().await;
    for day in ["1900-01-01", "9999-12-31"] {
        trial.planned("to_do", json!({ "end": day })).await;
        trial.planned("meeting", json!({"start": day, "all_day": true})).await;
    }
    for start in ["1900-01-02T00:00:00Z", "9999-12-30T22:59:59Z"] {
        trial.planned("meeting", json!({ "start": start })).await;
    }
    // in some zone these would be days of 1899 or of the year 10000
    let before = trial.world.stored().await;
    for start in [
        "1900-01-01T00:00:00Z",
        "1900-01-01T23:59:59Z",
        "9999-12-30T23:00:00Z",
        "9999-12-31T23:59:59Z",
    ] {
        trial
            .plan("meeting", json!({ "start": start }), refusal("outside_calendar", "/start"))
            .await;
    }
    assert_eq!(trial.world.stored().await, before);
}

#[tokio::test]
async fn an_alarm_rings_0_minutes_to_4_weeks_before_a_time_sd_6() {
    let trial = Trial::start().await;
    for bad in [json!(-1), json!(40_321), json!(i64::MAX), json!(i64::MIN)] {
        for command in ["PlanActivity", "EditActivity"] {
            let mut body = trial.of(command).body.clone();
            body["alarm_minutes"] = bad.clone();
            trial.value(&trial.of(command).path, &body, invalid("/alarm_minutes")).await;
        }
    }
    let alarm = || refusal("alarm_needs_time", "/alarm_minutes");
    let days = [
        ("to_do", json!({"alarm_minutes": 10})),
        ("meeting", json!({"start": "2026-03-17", "all_day": true, "alarm_minutes": 0})),
    ];
    for (kind, fields) in days {
        trial.plan(kind, fields, alarm()).await;
    }
    for minutes in [0, 40_320] {
        let at = trial.planned("meeting", json!({"start": NINE, "alarm_minutes": minutes})).await;
        let other = json!({"alarm_minutes": 40_320 - minutes});
        trial.ask(&format!("{at}/edit")).json(&other).send().await.expect(200);
    }
    let to_do = trial.planned("to_do", json!({})).await;
    let before = trial.world.stored().await;
    trial.value(&format!("{to_do}/edit"), &json!({"alarm_minutes": 0}), alarm()).await;
    assert_eq!(trial.world.stored().await, before);
}

#[tokio::test]
async fn a_kind_nobody_knows_is_refused() {
    let trial = Trial::start().await;
    for kind in ["party", "Meeting", "MEETING", "todo", "to-do", "to_do ", "Møte", ""] {
        trial.plan(kind, json!({"start": NINE}), invalid("/kind")).await;
    }
    let edit = trial.of("EditActivity").path.clone();
    for immutable in ["kind", "owner", "start", "end", "all_day"] {
        let expected = Expected::new(400, "unknown_field").at(format!("/{immutable}"));
        trial.value(&edit, &json!({ immutable: "call" }), expected).await;
    }
    trial.end().await;
}

#[tokio::test]
async fn the_sale_of_an_activity_is_one_the_tenant_has_sd_2() {
    let trial = Trial::start().await;
    let world = &trial.world;
    let stranger = world.token_of("other", "ola", &["importer"]);
    let kind = json!({"id": Uuid::from_u128(5), "name": "Simple"});
    world.post(&stranger, "/v1/sale-types", &kind).await.expect(201);
    let foreign = json!({"title": "Foreign", "sale_type": Uuid::from_u128(5)});
    let foreign = world.post(&stranger, "/v1/sales", &foreign).await.expect(201).json();
    let before = world.stored().await;
    let stage = trial.fixture.fm;
    let activity = json!({"kind": "call", "title": "No sale", "id": Uuid::from_u128(6)});
    let malformed = [
        "",
        "x",
        "1001",
        "0198f0a0-0000-7000-8000-00000000000",
        "0198f0a0-0000-7000-8000-00000000000g",
    ];
    for command in ["PlanActivity", "EditActivity"] {
        let example = trial.of(command);
        let mut body = example.body.clone();
        for bad in malformed {
            body["sale"] = json!(bad);
            trial.value(&example.path, &body, invalid("/sale")).await;
        }
        // unknown, another tenant's, a stage's id, an id that only an activity will have
        for unknown in [
            json!(Uuid::from_u128(404)),
            foreign["id"].clone(),
            json!(stage),
            activity["id"].clone(),
        ] {
            body["sale"] = unknown;
            trial.value(&example.path, &body, refusal("unknown_sale", "/sale")).await;
        }
    }
    assert_eq!(world.stored().await, before);
    // null is no sale: nothing to look up
    let unlinked = trial.ask(&trial.of("EditActivity").path).json(&json!({"sale": null}));
    unlinked.send().await.expect(200);
}

#[tokio::test]
async fn an_alarm_that_is_off_has_no_lead_time_sd_6() {
    let trial = Trial::start().await;
    let at = trial.of("SetAlarm").path.clone();
    let off = json!({"alarm": false, "alarm_minutes": 5});
    trial.value(&at, &off, invalid("/alarm")).await;
    trial
        .plan(
            "meeting",
            json!({"start": NINE, "alarm": false, "alarm_minutes": 5}),
            invalid("/alarm"),
        )
        .await;
    for bad in [json!(-1), json!(40_321)] {
        trial.value(&at, &json!({"alarm_minutes": bad}), invalid("/alarm_minutes")).await;
    }
    let days = refusal("alarm_needs_time", "/alarm_minutes");
    trial.plan("to_do", json!({"alarm": true}), days).await;
    trial.end().await;
    let trial = Trial::start().await;
    for minutes in [0, 40_320] {
        let body = json!({"alarm_minutes": minutes});
        trial.ask(&trial.of("SetAlarm").path).json(&body).send().await.expect(200);
    }
}

#[tokio::test]
async fn usual_lengths_and_the_working_day_have_limits_sd_3_sd_4() {
    let trial = Trial::start().await;
    let at = trial.of("SetDiary").path.clone();
    for field in ["meeting_minutes", "call_minutes"] {
        let pointer = format!("/{field}");
        for bad in [0, 1_441] {
            let refused = Expected::new(422, "length_out_of_range").at(&*pointer);
            trial.value(&at, &json!({ field: bad }), refused).await;
        }
        for bad in [json!(-1), json!(65_536)] {
            trial.value(&at, &json!({ field: bad }), Expected::value_at(&*pointer)).await;
        }
    }
    for field in ["day_from", "day_to"] {
        for bad in ["", "8:00", "24:00", "08:60", "08:00:00", "08.00", "morning"] {
            trial.value(&at, &json!({ field: bad }), invalid(&format!("/{field}"))).await;
        }
    }
    let backwards = json!({"day_from": "16:00", "day_to": "16:00"});
    trial.value(&at, &backwards, Expected::new(422, "day_ends_first").at("/day_to")).await;
    trial.end().await;
    let trial = Trial::start().await;
    for good in
        [json!({"meeting_minutes": 1}), json!({"call_minutes": 1_440}), json!({"day_to": "23:59"})]
    {
        trial.ask(&at).json(&good).send().await.expect(200);
    }
}
