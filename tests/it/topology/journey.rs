//! The topology of `compose.yaml` from local programs: a sale is registered on one side and read on the other.

use std::time::Duration;

use serde_json::{Value, json};
use service_runtime::auth::{DevelopmentIssuer, TokenRequest};
use service_runtime::clock::{Clock, Stopwatch, back_off};

use super::compose::{Part, Variables, services};
use super::stage::Stage;

const ISSUER: &str = "https://id.example";
const AUDIENCE: &str = "sales";

/// What a person would write into `.env`.
fn variables() -> Variables {
    let secrets = ["POSTGRES", "COMMAND", "PROJECTOR", "QUERY", "NATS_RELAY", "NATS_PROJECTION"];
    let secret = |name: &str| {
        (format!("{name}_PASSWORD"), format!("p{}", name.to_lowercase().replace('_', "9")))
    };
    let mut variables: Variables = secrets.into_iter().map(secret).collect();
    variables.extend(
        [
            ("SALGSLOGG_JWKS", "/etc/salgslogg/jwks.json"),
            ("SALGSLOGG_JWT_ISSUER", ISSUER),
            ("SALGSLOGG_JWT_AUDIENCE", AUDIENCE),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    variables
}

fn named<'a>(all: &'a [Part], name: &str) -> &'a Part {
    all.iter().find(|service| service.name == name).unwrap()
}

async fn post(url: &str, token: &str, body: Value) -> Value {
    let answer =
        reqwest::Client::new().post(url).bearer_auth(token).json(&body).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 201, "{url}: {text}");
    serde_json::from_str(&text).unwrap()
}

async fn get(url: &str, token: &str) -> Value {
    let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{url}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// Waits until the stream on NATS is as long as the log, as its monitor tells.
async fn published(monitor: &str, position: i64) {
    let watch = Stopwatch::start();
    loop {
        let told: Value = reqwest::get(format!("{monitor}/jsz?streams=true"))
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let streams = &told["account_details"][0]["stream_detail"];
        let last = &streams[0]["state"]["last_seq"];
        if streams[0]["name"] == "SALES_1" && *last == json!(position) {
            return;
        }
        assert!(
            watch.elapsed() < Duration::from_secs(30),
            "the stream ends at {last}, the log at {position}"
        );
        back_off(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_compose_describes_runs_and_answers() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let issuer = DevelopmentIssuer::from_seed([3; 32], ISSUER, AUDIENCE);
    let mut stage = Stage::new(&issuer.jwks());
    let all = services(&variables());
    let names: Vec<&str> = all.iter().map(|service| service.name.as_str()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["command-service", "migrate", "nats", "postgres", "projection-service"]);
    for service in &all {
        stage.start(&all, service).await;
    }
    for name in ["command-service", "projection-service"] {
        stage.healthy(named(&all, name)).await;
    }
    let address = |stage: &Stage, name: &str| {
        format!("http://{}", stage.here(&named(&all, name).environment["SALGSLOGG_LISTEN"]))
    };
    let (command, query) =
        (address(&stage, "command-service"), address(&stage, "projection-service"));
    let token = issuer.token(&TokenRequest {
        tenant: "acme",
        sub: "ola",
        roles: &["admin"],
        groups: &["north"],
        issued_at: Clock::system().now(),
        valid_for: Duration::from_secs(600),
    });
    let sale_type =
        post(&format!("{command}/v1/sale-types"), &token, json!({"name": "New business"})).await;
    let body = json!({"title": "Fjord ERP", "sale_type": sale_type["id"], "amount": {"amount": "500000", "currency": "EUR"}});
    let sale = post(&format!("{command}/v1/sales"), &token, body).await;
    let (id, position) = (sale["id"].as_str().unwrap(), sale["position"].as_i64().unwrap());
    let card = get(&format!("{query}/v1/sales/{id}?min_position={position}"), &token).await;
    assert_eq!((&card["title"], &card["number"]), (&json!("Fjord ERP"), &json!("1001")));
    published(&stage.here("http://127.0.0.1:8222"), position).await;

    // an engine runs the job again at the next `up`
    stage.start(&all, named(&all, "migrate")).await;
    stage.completed("migrate").await;
    assert_eq!(get(&format!("{query}/v1/sales/{id}"), &token).await["title"], "Fjord ERP");
}
