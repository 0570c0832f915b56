//! Tokens that must not open anything, at both services: expired, early, of another issuer or audience, with
//! another algorithm, another key, another signature.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Method;
use serde_json::{Value, json};
use system_tests::World;

/// The fixed head of an Ed25519 private key in PKCS#8 (RFC 8410).
const PKCS8_HEAD: &str = "302e020100300506032b657004220420";

/// An Ed25519 key; the world's issuer has the seed 7, 7, 7 …
fn key(seed: u8) -> EncodingKey {
    let head = (0..PKCS8_HEAD.len()).step_by(2);
    let head = head.map(|at| u8::from_str_radix(&PKCS8_HEAD[at..at + 2], 16).unwrap());
    let der: Vec<u8> = head.chain([seed; 32]).collect();
    EncodingKey::from_ed_der(&der)
}

/// The world's published key.
fn published(world: &World) -> Value {
    serde_json::from_str::<Value>(&world.issuer.jwks()).unwrap()["keys"][0].clone()
}

fn header(world: &World, algorithm: Algorithm) -> Header {
    let kid = published(world)["kid"].as_str().unwrap().to_owned();
    Header { kid: Some(kid), ..Header::new(algorithm) }
}

/// Claims everybody believes, with changes; null takes a claim away.
fn claims(world: &World, changes: &Value) -> Value {
    let now = service_runtime::Clock::system().now().timestamp();
    let token = world.token("ola", "importer");
    let payload = token.split('.').nth(1).unwrap();
    let mut claims: Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    for (claim, change) in changes.as_object().unwrap() {
        match change {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(claim)),
            Value::Number(offset) if ["exp", "nbf", "iat"].contains(&claim.as_str()) => {
                claims[claim] = json!(now + offset.as_i64().unwrap());
            }
            other => claims[claim] = other.clone(),
        }
    }
    claims
}

/// Both services say 401, challenge the caller, and nothing is stored.
async fn refused(world: &World, token: &str, code: &str) {
    let before = world.stored().await;
    let body = json!({"name": "Pilot", "probability": 1});
    let command = world.command(Method::POST, "/v1/stages").bearer(token).json(&body);
    let bulk = world.command(Method::POST, "/v1/commands").bearer(token);
    let bulk = bulk.header("content-type", "application/x-ndjson").body("{}");
    for ask in [command, bulk, world.question("/v1/pipeline").bearer(token)] {
        let reply = ask.send().await.expect_problem(401, code);
        assert!(reply.header("www-authenticate").unwrap().starts_with("Bearer"));
    }
    assert_eq!(world.stored().await, before);
}

#[tokio::test]
async fn claims_that_do_not_hold_open_nothing() {
    let world = World::start().await;
    let signed = |changes: Value| {
        encode(&header(&world, Algorithm::EdDSA), &claims(&world, &changes), &key(7)).unwrap()
    };
    let good = signed(json!({}));
    let body = json!({"name": "Pilot", "probability": 1});
    world.post(&good, "/v1/stages", &body).await.expect(201);
    refused(&world, &signed(json!({"exp": -3_600})), "token_expired").await;
    for changes in [
        json!({"nbf": 3_600}),
        json!({"iss": "https://evil.example"}),
        json!({"iss": null}),
        json!({"aud": "somebody-else"}),
        json!({"aud": null}),
        json!({"exp": null}),
        json!({"sub": null}),
        json!({"tenant": null}),
        json!({"tenant": "Demo"}),
        json!({"tenant": "demo.sale.>"}),
        json!({"roles": "admin"}),
    ] {
        refused(&world, &signed(changes), "token_refused").await;
    }
}

#[tokio::test]
async fn an_algorithm_is_not_the_callers_choice() {
    let world = World::start().await;
    let body = BASE64_URL_SAFE_NO_PAD.encode(claims(&world, &json!({})).to_string());
    let kid = published(&world)["kid"].clone();
    for algorithm in ["none", "None", "HS256", "EdDSA"] {
        let head = json!({"alg": algorithm, "typ": "JWT", "kid": kid}).to_string();
        let head = BASE64_URL_SAFE_NO_PAD.encode(head);
        refused(&world, &format!("{head}.{body}."), "token_refused").await;
    }
    let point = published(&world)["x"].as_str().unwrap().to_owned();
    for secret in [BASE64_URL_SAFE_NO_PAD.decode(&point).unwrap(), point.clone().into_bytes()] {
        let secret = EncodingKey::from_secret(&secret);
        let head = header(&world, Algorithm::HS256);
        let token = encode(&head, &claims(&world, &json!({})), &secret).unwrap();
        refused(&world, &token, "token_refused").await;
    }
}

#[tokio::test]
async fn a_signature_must_be_made_by_a_key_we_know_over_what_was_sent() {
    let world = World::start().await;
    let own = claims(&world, &json!({}));
    let stranger = encode(&header(&world, Algorithm::EdDSA), &own, &key(8)).unwrap();
    refused(&world, &stranger, "token_refused").await;
    let unknown = Header { kid: Some("unknown".into()), ..Header::new(Algorithm::EdDSA) };
    refused(&world, &encode(&unknown, &own, &key(7)).unwrap(), "token_refused").await;
    let nameless = Header::new(Algorithm::EdDSA);
    refused(&world, &encode(&nameless, &own, &key(7)).unwrap(), "token_refused").await;

    let good = world.token("ola", "seller");
    let parts: Vec<&str> = good.split('.').collect();
    let raised = claims(&world, &json!({"roles": ["admin"]})).to_string();
    let raised = BASE64_URL_SAFE_NO_PAD.encode(raised);
    for forged in [
        format!("{}.{raised}.{}", parts[0], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{good}.{}", parts[2]),
        "x".into(),
        "a.b.c".into(),
        "x".repeat(8 * 1024 + 1),
    ] {
        refused(&world, &forged, "token_refused").await;
    }
}

#[tokio::test]
async fn a_token_comes_in_one_authorization_header_and_nowhere_else() {
    let world = World::start().await;
    let token = world.token("ola", "admin");
    let ask =
        || world.command(Method::POST, "/v1/stages").json(&json!({"name": "P", "probability": 1}));
    for value in ["", "Bearer", "Basic b2xhOm9sYQ==", &token] {
        let reply = ask().header("authorization", value).send().await;
        assert_eq!(reply.status, 401, "{value:?}: {}", reply.text);
    }
    let twice = ask().bearer(&token).bearer(&world.token("kari", "admin")).send().await;
    assert_eq!(twice.status, 401, "{}", twice.text);
    let path = format!("/v1/stages?access_token={token}");
    let in_query = world.command(Method::POST, &path).json(&json!({})).send().await;
    in_query.expect_problem(401, "token_missing");
    assert_eq!(world.head().await, 0);
}
