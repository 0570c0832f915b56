//! A token issuer for local stacks and tests: one Ed25519 key. Must not be used where people's real
//! tokens come from; production has an identity provider.

use std::time::Duration;

use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;
use serde_json::json;

use super::keys::KeySet;
use super::{AuthConfig, Authenticator, JwksSource};
use crate::clock::Clock;

/// The fixed head of an Ed25519 private key in PKCS#8 (RFC 8410); 32 bytes of seed follow.
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What a token should say.
#[derive(Debug, Clone)]
pub struct TokenRequest<'a> {
    /// The tenant it opens.
    pub tenant: &'a str,
    /// Its bearer.
    pub sub: &'a str,
    /// The roles of the bearer.
    pub roles: &'a [&'a str],
    /// The groups of the bearer.
    pub groups: &'a [&'a str],
    /// When it is issued.
    pub issued_at: DateTime<Utc>,
    /// How long it is valid.
    pub valid_for: Duration,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    tenant: &'a str,
    groups: &'a [&'a str],
    roles: &'a [&'a str],
    iat: i64,
    exp: i64,
}

/// Signs tokens with a key of its own.
pub struct DevelopmentIssuer {
    key: EncodingKey,
    jwk: Jwk,
    issuer: String,
    audience: String,
}

impl DevelopmentIssuer {
    /// An issuer whose key is made from `seed`; the same seed makes the same key.
    #[must_use]
    pub fn from_seed(seed: [u8; 32], issuer: &str, audience: &str) -> Self {
        let der = [PKCS8_HEAD.as_slice(), &seed].concat();
        let key = EncodingKey::from_ed_der(&der);
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA)
            .expect("invariant: any 32 bytes are an Ed25519 seed");
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).expect("invariant: the JWK is plain JSON");
        jwk.common.key_id = Some(kid);
        Self { key, jwk, issuer: issuer.to_owned(), audience: audience.to_owned() }
    }

    /// The public half, as a JWKS document.
    #[must_use]
    pub fn jwks(&self) -> String {
        json!({ "keys": [self.jwk] }).to_string()
    }

    /// A signed token.
    #[must_use]
    pub fn token(&self, request: &TokenRequest<'_>) -> String {
        let iat = request.issued_at.timestamp();
        let valid_s = i64::try_from(request.valid_for.as_secs()).unwrap_or(i64::MAX);
        let claims = Claims {
            iss: &self.issuer,
            aud: &self.audience,
            sub: request.sub,
            tenant: request.tenant,
            groups: request.groups,
            roles: request.roles,
            iat,
            exp: iat.saturating_add(valid_s),
        };
        let header =
            Header { kid: self.jwk.common.key_id.clone(), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &self.key).expect("invariant: claims are plain JSON")
    }

    /// An authenticator that accepts this issuer's tokens only.
    #[must_use]
    pub fn authenticator(&self, clock: Clock) -> Authenticator {
        let keys =
            KeySet::parse(self.jwks().as_bytes()).expect("invariant: our JWKS holds our key");
        let config = AuthConfig {
            jwks: JwksSource::Inline(self.jwks()),
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
        };
        Authenticator::with_keys(config, clock, keys)
    }
}
