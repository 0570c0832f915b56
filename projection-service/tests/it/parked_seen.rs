//! Who gets to see what stands still and what is parked: operators everything, a tenant its own, and
//! anyone without a token no more than that something is amiss.

use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::http::StatusCode;
use projection_service::{App, AppError};
use read_models::OnPoison;
use read_models::parked::{self, Which};
use serde_json::{Value, json};
use service_runtime::auth::TokenRequest;
use service_runtime::{Clock, Tasks};

use crate::answering::{ask, json as answer};
use crate::poison_newer::{business, raw, sale};
use crate::support::choosy::Choosy;
use crate::support::pump::{aside, decree};
use crate::support::{Stage, eventually};

fn seller(stage: &Stage, tenant: &str) -> String {
    stage.issuer.token(&TokenRequest {
        tenant,
        sub: "ola",
        roles: &["seller"],
        groups: &[],
        issued_at: Clock::system().now(),
        valid_for: Duration::from_secs(600),
    })
}

async fn sale_row(app: &App, token: &str) -> Value {
    let (status, body) = answer(app, "/v1/projections", Some(token)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let rows = body["projections"].as_array().unwrap();
    rows.iter().find(|row| row["name"] == "sale").unwrap().clone()
}

async fn text(app: &App, path: &str) -> (StatusCode, String) {
    let (status, body) = ask(app, path, None).await;
    let body = to_bytes(body.into_body(), 1 << 24).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// A sale of tenant `demo` that never was registered, and one of `house-1-0` with an unknown event.
async fn two_tenants(policy: OnPoison) -> (Stage, App) {
    let mut stage = Stage::set().await;
    decree(&stage, "sale", policy).await;
    business(&stage, 1).await;
    raw(&stage, sale(1), &sale(1).to_string(), "sale.teleported").await;
    stage.append(1).await;
    business(&stage, 2).await;
    let app = App::connect(stage.config(), Clock::system()).await.unwrap();
    (stage, app)
}

#[tokio::test]
async fn a_tenant_sees_its_own_parked_streams_and_no_others() {
    let (stage, app) = two_tenants(OnPoison::ParkStream).await;
    let head = app.run_until_caught_up().await.unwrap();
    let own = sale_row(&app, &seller(&stage, "demo")).await;
    assert_eq!((&own["position"], &own["lag"]), (&json!(head), &json!(0)));
    assert_eq!((&own["parked_streams"], &own["parked_events"]), (&json!(1), &json!(1)));
    assert_eq!((&own["halted"], &own["on_poison"]), (&Value::Null, &json!("park_stream")));
    let [parked] = own["parked"].as_array().unwrap().as_slice() else { panic!("{own}") };
    assert_eq!(parked["stream"], "sale/00000000-0000-0000-0000-000000000000");
    assert_eq!((&parked["reason"], &parked["attempts"]), (&json!("does_not_follow"), &json!(3)));
    assert_eq!(parked["event_type"], "sale.completed");
    assert!(!own.to_string().contains("teleported"), "{own}");

    let other = sale_row(&app, &seller(&stage, "house-1-0")).await;
    assert_eq!((&other["parked_streams"], &other["parked_events"]), (&json!(1), &json!(2)));
    assert_eq!(other["parked"][0]["stream"], sale(1).to_string());
    assert_eq!(other["parked"][0]["reason"], "unknown_event_type");
    let nobody = sale_row(&app, &seller(&stage, "nobody")).await;
    assert_eq!((&nobody["parked_streams"], &nobody["parked"]), (&json!(0), &json!([])));

    let (status, body) = text(&app, "/readyz").await;
    assert_eq!(
        (status, body.as_str()),
        (StatusCode::OK, "ready\nsale generation 1 parked streams: 2")
    );
}

#[tokio::test]
async fn the_query_role_sees_no_parked_stream_without_a_tenant() {
    let (stage, app) = two_tenants(OnPoison::ParkStream).await;
    app.run_until_caught_up().await.unwrap();
    assert_eq!(aside(&stage, "sale").await.len(), 2);
    let pool = sqlx::PgPool::connect(&stage.database.url_for("salgslogg_query")).await.unwrap();
    let count = "SELECT count(*) FROM es_ops.parked_stream";
    let seen: i64 = sqlx::query_scalar(count).fetch_one(&pool).await.unwrap();
    assert_eq!(seen, 0);
    let write = "DELETE FROM es_ops.parked_stream";
    let refused = sqlx::query(write).execute(&pool).await.unwrap_err();
    let code = refused.as_database_error().and_then(|error| error.code()).unwrap().into_owned();
    assert_eq!(code, "42501");
}

#[tokio::test]
async fn a_replica_with_a_halted_part_answers_is_ready_and_says_so() {
    let (stage, app) = two_tenants(OnPoison::Halt).await;
    let Err(AppError::Halted { model, .. }) = app.run_until_caught_up().await else {
        panic!("it went on")
    };
    assert_eq!(model, "sale");
    let log: Vec<(i64, String)> =
        sqlx::query_as("SELECT position, event_type FROM es.event ORDER BY position")
            .fetch_all(stage.owner())
            .await
            .unwrap();
    let poison = log.iter().find(|(_, kind)| kind == "sale.teleported").unwrap().0;
    for tenant in ["demo", "house-1-0"] {
        let row = sale_row(&app, &seller(&stage, tenant)).await;
        assert_eq!(row["halted"], json!({"position": poison, "reason": "unknown_event_type"}));
        assert_eq!(row["position"], poison - 1);
        let (status, list) = answer(&app, "/v1/sales", Some(&seller(&stage, tenant))).await;
        assert_eq!((status, &list["position"]), (StatusCode::OK, &json!(poison - 1)));
    }
    let (status, body) = text(&app, "/readyz").await;
    let line =
        format!("sale generation 1 stands still before position {poison}: unknown_event_type");
    assert_eq!((status, body), (StatusCode::OK, format!("ready\n{line}")));
}

#[tokio::test]
async fn metrics_name_position_and_reason_of_a_halt_and_count_what_is_parked() {
    let mut stage = Stage::set().await;
    let (halting, parking) =
        (Choosy::named("halting", OnPoison::Halt), Choosy::named("parking", OnPoison::ParkStream));
    let mut owner = stage.database.superuser().await;
    sqlx::query("SET ROLE es_owner").execute(&mut owner).await.unwrap();
    for model in [&halting, &parking] {
        read_models::schema::begin_generation(&mut owner, model, 1, "live").await.unwrap();
    }
    let mut payloads = vec![b"{}".to_vec(); 21];
    payloads[7] = b"poison".to_vec();
    stage.append_payloads(payloads).await;
    let both = vec![Arc::new(halting) as _, Arc::new(parking) as _];
    let app = stage.running(stage.config(), both).await;
    let tasks = Tasks::new();
    app.start_workers(&tasks);
    let of = |name: &str, model: &str, more: &str, value: i64| {
        format!("salgslogg_projection_{name}{{model=\"{model}\",generation=\"1\"{more}}} {value}\n")
    };
    let expected = [
        of("halted", "halting", "", 1),
        of("halted_position", "halting", "", 8),
        of("halted_reason", "halting", ",reason=\"does_not_follow\"", 1),
        of("halted_reason", "halting", ",reason=\"unknown_event_type\"", 0),
        of("parked_streams", "halting", "", 0),
        of("halted", "parking", "", 0),
        of("halted_position", "parking", "", 0),
        of("parked_streams", "parking", "", 1),
        of("parked_events", "parking", "", 2),
        of("lag_events", "halting", "", 14),
        of("lag_events", "parking", "", 0),
    ];
    eventually("the metrics tell", async || {
        let (_, body) = text(&app, "/metrics").await;
        expected.iter().all(|line| body.contains(line))
    })
    .await;
    tasks.drain(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn an_operator_redrives_one_stream_of_one_tenant_while_the_service_runs_case_39() {
    let mut stage = Stage::set().await;
    decree(&stage, "tally", OnPoison::ParkStream).await;
    let mut payloads = vec![b"{}".to_vec(); 14];
    payloads[1] = b"poison".to_vec();
    payloads[2] = b"poison".to_vec();
    stage.append_payloads(payloads).await;
    let model = Choosy::new(OnPoison::ParkStream);
    let app = stage.running(stage.config(), vec![Arc::new(model.clone())]).await;
    let tasks = Tasks::new();
    app.start_workers(&tasks);
    eventually("both are parked", async || stage.checkpoint().await == 14).await;
    let mut operator = stage.database.superuser().await;
    sqlx::query("SET ROLE es_owner").execute(&mut operator).await.unwrap();
    let (streams, count) = parked::list(&mut operator, 1, &Which::default(), 1).await.unwrap();
    assert_eq!((streams.len(), count), (1, 2));
    assert_eq!(parked::queue(&mut operator, 1, &streams[0], 10).await.unwrap(), [2, 9]);
    model.fix();
    let elsewhere = Which { tenant: Some("other".into()), ..Which::default() };
    assert_eq!(parked::ask_again(&mut operator, 1, &elsewhere).await.unwrap(), 0);
    let one = Which { stream: Some(streams[0].stream.clone()), ..Which::default() };
    assert_eq!(parked::ask_again(&mut operator, 1, &one).await.unwrap(), 1);
    eventually("one is back", async || aside(&stage, "tally").await.len() == 1).await;
    assert_eq!(parked::ask_again(&mut operator, 1, &Which::default()).await.unwrap(), 1);
    eventually("both are back", async || aside(&stage, "tally").await.is_empty()).await;
    tasks.drain(Duration::from_secs(10)).await;
    stage.assert_complete().await;
}
