//! Attacks on tokens, each with real keys; and the life of a remembered token.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::*;
use crate::access::Role;
use crate::clock::Clock;

mod addresses;
mod attacks;
mod lifetimes;

const ISSUER: &str = "https://id.example";
const AUDIENCE: &str = "salgslogg";
const RSA_PEM: &[u8] = include_bytes!("../../testdata/rsa-2048-test-only.pem");

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_773_133_200, 0).unwrap()
}

/// An Ed25519 private key from a seed, as PKCS#8.
fn ed25519(seed: u8) -> EncodingKey {
    let head = "302e020100300506032b657004220420";
    let byte = |at: usize| u8::from_str_radix(&head[at..at + 2], 16).unwrap();
    let mut der: Vec<u8> = (0..head.len()).step_by(2).map(byte).collect();
    der.extend([seed; 32]);
    EncodingKey::from_ed_der(&der)
}

fn rsa() -> EncodingKey {
    EncodingKey::from_rsa_pem(RSA_PEM).unwrap()
}

/// The public half of a key, published under `kid`.
fn published(kid: &str, key: &EncodingKey, algorithm: Algorithm) -> Value {
    let mut jwk = Jwk::from_encoding_key(key, algorithm).unwrap();
    jwk.common.key_id = Some(kid.to_owned());
    serde_json::to_value(jwk).unwrap()
}

fn jwks(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

fn both_keys() -> String {
    jwks(&[
        published("ed", &ed25519(1), Algorithm::EdDSA),
        published("rsa", &rsa(), Algorithm::RS256),
    ])
}

fn config(jwks: JwksSource) -> AuthConfig {
    AuthConfig { jwks, issuer: ISSUER.to_owned(), audience: AUDIENCE.to_owned() }
}

async fn authenticator() -> Authenticator {
    let source = JwksSource::Inline(both_keys());
    Authenticator::open(config(source), Clock::in_hand(now())).await.unwrap()
}

/// Good claims, with `changes` put over them; null removes a claim.
fn claims(changes: Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ola", "tenant": "demo", "name": "Ola Nordmann",
        "groups": ["north"], "roles": ["seller"], "exp": now().timestamp() + 3600,
    });
    for (claim, value) in changes.as_object().unwrap() {
        claims[claim] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(claim);
        }
    }
    claims
}

fn header(algorithm: Algorithm, kid: &str) -> Header {
    Header { kid: Some(kid.to_owned()), ..Header::new(algorithm) }
}

fn signed(changes: Value) -> String {
    encode(&header(Algorithm::EdDSA, "ed"), &claims(changes), &ed25519(1)).unwrap()
}

/// Status, code and detail of a refusal.
async fn refused(token: &str) -> (u16, &'static str, String) {
    let problem = authenticator().await.authenticate(token).await.unwrap_err();
    (problem.status().as_u16(), problem.code(), problem.detail().to_owned())
}

#[tokio::test]
async fn a_good_token_of_either_algorithm_tells_who_is_asking() {
    let rs256 = encode(&header(Algorithm::RS256, "rsa"), &claims(json!({})), &rsa()).unwrap();
    for token in [signed(json!({})), rs256] {
        let actor = authenticator().await.authenticate(&token).await.unwrap();
        assert_eq!((actor.tenant.as_str(), actor.user.as_str()), ("demo", "ola"));
        assert_eq!(actor.name.as_deref(), Some("Ola Nordmann"));
        assert_eq!(actor.groups, ["north"]);
        assert_eq!(actor.roles.iter().collect::<Vec<_>>(), [Role::Seller]);
    }
}

#[tokio::test]
async fn the_development_issuer_and_its_authenticator_agree() {
    let issuer = DevelopmentIssuer::from_seed([9; 32], ISSUER, AUDIENCE);
    let request = TokenRequest {
        tenant: "demo",
        sub: "kari",
        roles: &["admin", "auditor"],
        groups: &[],
        issued_at: now(),
        valid_for: Duration::from_secs(60),
    };
    let authenticator = issuer.authenticator(Clock::in_hand(now()));
    let actor = authenticator.authenticate(&issuer.token(&request)).await.unwrap();
    assert_eq!(actor.roles.iter().collect::<Vec<_>>(), [Role::Admin, Role::Auditor]);
}
