//! `salgslogg parked` as an operator runs it, against a real database: what it says, what it asks
//! for, and how it ends.

use std::process::Output;

use event_store::testing::TestDatabase;
use event_store::{Group, Outcome, StreamAppend};
use events::{Aggregate, NewEvent, StreamName, TenantSlug};
use serde_json::Value;
use uuid::Uuid;

use super::binary::salgslogg;

/// A log of three events of one activity, all of which wait; and a sale model that stands still.
async fn parked() -> (TestDatabase, StreamName) {
    let database = TestDatabase::create().await;
    read_models::schema::migrate(&mut database.superuser().await).await.unwrap();
    let (tenant, id) = (TenantSlug::parse("demo").unwrap(), Uuid::from_u128(7));
    let stream = StreamName::new(Aggregate::Activity, id.to_string());
    let event = |n| NewEvent {
        event_id: Uuid::from_u128(n),
        event_type: "activity.snoozed",
        schema_version: 1,
        payload: b"{}".to_vec(),
        meta: format!(r#"{{"stream":"{stream}","actor":"ola"}}"#).into_bytes(),
    };
    let appends = vec![StreamAppend {
        stream: stream.clone(),
        expected: 0,
        events: vec![event(1), event(2), event(3)],
    }];
    let stream_id = stream.stream_id(&tenant);
    let group = Group { tenant, receipt: None, effective_at: None, appends };
    let outcome = database.store().append(Uuid::from_u128(9), &[group]).await.unwrap();
    assert!(matches!(outcome[..], [Outcome::Appended(_)]), "{outcome:?}");
    sqlx::query(
        "INSERT INTO es_ops.parked_stream (name, generation, log_id, stream_id, from_position, error, attempts,
                                           tenant_id, tenant, stream, failed_position, event_type, reason, queued)
         VALUES ('activity', 1, 1, $1, 1, 'unknown event type activity.snoozed', 3, 1, 'demo', $2, 1,
                 'activity.snoozed', 'unknown_event_type', 3)",
    )
    .bind(stream_id)
    .bind(stream.to_string())
    .execute(database.owner())
    .await
    .unwrap();
    sqlx::raw_sql(
        "INSERT INTO es_ops.parked_event (name, generation, log_id, position, stream_id)
         SELECT name, generation, log_id, generate_series(1, 3), stream_id FROM es_ops.parked_stream;
         INSERT INTO es_ops.projection_part (name, generation, log_id, part, position, halted, halted_position, halted_reason)
         VALUES ('sale', 1, 1, 0, 2, 'position 3: told in full', 3, 'unreadable_event')",
    )
    .execute(database.owner())
    .await
    .unwrap();
    (database, stream)
}

fn run(database: &TestDatabase, login: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let elsewhere = tempfile::tempdir().unwrap();
    let url = database.url_for(login);
    let mut all = vec!["parked"];
    all.extend(arguments);
    all.extend(["--database-url", &url]);
    let Output { status, stdout, stderr } = salgslogg(elsewhere.path(), &all);
    let text = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    (status.code(), text)
}

fn json(database: &TestDatabase, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.push("--json");
    let (code, text) = run(database, "salgslogg_operator", &all);
    assert_eq!(code, Some(0), "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_stands_still_and_what_is_parked() {
    let (database, stream) = parked().await;
    let (code, text) = run(&database, "salgslogg_operator", &["list"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("sale generation 1 stands still: position 3: told in full"), "{text}");
    for word in [&stream.to_string(), "demo", "unknown_event_type", "activity.snoozed"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let list = json(&database, &["list"]);
    assert_eq!((&list["count"], &list["parked"][0]["queued"]), (&1.into(), &3.into()));
    assert_eq!(list["halted"][0]["name"], "sale");
    assert_eq!(json(&database, &["list", "--tenant", "other"])["count"], 0);

    let (code, text) = run(&database, "salgslogg_operator", &["show", &stream.to_string()]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("cannot be applied (unknown_event_type): unknown event type"), "{text}");
    let shown = json(&database, &["show", &stream.to_string(), "--limit", "2"]);
    let positions: Vec<_> =
        shown[0]["waiting"].as_array().unwrap().iter().map(|event| &event["position"]).collect();
    assert_eq!(positions, [1, 2]);
    let (code, text) = run(&database, "salgslogg_operator", &["show", "activity/nowhere"]);
    assert_eq!(code, Some(4), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redrive_is_asked_for_and_stays_asked_for_until_somebody_carries_it_out() {
    let (database, stream) = parked().await;
    let name = stream.to_string();
    let (code, text) = run(&database, "salgslogg_operator", &["redrive"]);
    assert_eq!(code, Some(2), "which one: {text}");
    let (code, text) = run(&database, "salgslogg_operator", &["redrive", &name, "--wait", "1"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("is a projection-service running?"), "{text}");
    let outcome = json(&database, &["redrive", "--all", "--wait", "0"]);
    assert_eq!((&outcome["asked"], &outcome["waiting"]), (&1.into(), &1.into()));
    let asked: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM es_ops.parked_stream WHERE redrive_requested_at IS NOT NULL",
    )
    .fetch_one(database.owner())
    .await
    .unwrap();
    assert_eq!(asked, 1);
    let (code, _) = run(&database, "salgslogg_operator", &["redrive", "activity/nowhere"]);
    assert_eq!(code, Some(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_are_set_and_halted_models_retried_by_operators_only() {
    let (database, _) = parked().await;
    let set = json(&database, &["policy", "sale", "park_stream"]);
    assert_eq!((&set["on_poison"], &set["generations"]), (&"park_stream".into(), &1.into()));
    let (code, _) = run(&database, "salgslogg_operator", &["policy", "sale", "skip"]);
    assert_eq!(code, Some(2), "there is no such policy");
    let (code, _) = run(&database, "salgslogg_operator", &["policy", "sales", "halt"]);
    assert_eq!(code, Some(4));
    assert_eq!(json(&database, &["retry", "sale"])["asked"], 1);
    assert_eq!(json(&database, &["retry", "sale"])["asked"], 0);
    for arguments in [&["list"][..], &["policy", "sale", "halt"], &["redrive", "--all"]] {
        for login in ["salgslogg_projector", "salgslogg_query", "salgslogg_auditor"] {
            let (code, text) = run(&database, login, arguments);
            assert_eq!(code, Some(3), "{login} {arguments:?}: {text}");
        }
    }
}
