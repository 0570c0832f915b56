//! The public keys that may sign tokens (JWKS, RFC 7517). A key is bound to one algorithm when it is
//! read, so the header of a token never chooses how it is verified (RFC 8725 §3.1).

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// RSA keys shorter than 2048 bits are broken; longer than 8192 they only cost time.
const RSA_MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// The keys of one JWKS document, by `kid`.
#[derive(Clone, Default)]
pub(super) struct KeySet {
    keys: HashMap<String, VerifyingKey>,
    digest: [u8; 32],
}

/// A key and the one algorithm it verifies.
#[derive(Clone)]
pub(super) struct VerifyingKey {
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

/// A document that holds no key for us.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnusableKeys {
    #[error("not a JWKS document")]
    Malformed(#[from] serde_json::Error),
    #[error("no EdDSA or RS256 signature key with a kid in the JWKS document")]
    NoneForUs,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// The members of a JWK (RFC 7517, 7518, 8037) that we look at.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<Value>,
}

impl KeySet {
    /// Reads a JWKS document. Keys of other kinds, uses or algorithms are left out, as are private
    /// keys somebody published by mistake.
    pub(super) fn parse(document: &[u8]) -> Result<Self, UnusableKeys> {
        let Document { keys } = serde_json::from_slice(document)?;
        let mut set = Self { keys: HashMap::new(), digest: Sha256::digest(document).into() };
        for value in keys {
            let Some((kid, key)) = serde_json::from_value(value).ok().and_then(verifying_key)
            else {
                tracing::debug!("left a key of the JWKS document out");
                continue;
            };
            if set.keys.insert(kid.clone(), key).is_some() {
                tracing::warn!(kid, "two keys of the JWKS document have one kid; the last counts");
            }
        }
        if set.keys.is_empty() { Err(UnusableKeys::NoneForUs) } else { Ok(set) }
    }

    pub(super) fn find(&self, kid: &str) -> Option<&VerifyingKey> {
        self.keys.get(kid)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Tells documents apart.
    pub(super) fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}

fn verifying_key(jwk: Jwk) -> Option<(String, VerifyingKey)> {
    if jwk.d.is_some() {
        tracing::error!(kid = jwk.kid, "the JWKS document publishes a private key; it is not used");
        return None;
    }
    if jwk.usage.as_deref().is_some_and(|usage| usage != "sig") {
        return None;
    }
    let (algorithm, name, key) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("OKP", Some("Ed25519")) => (Algorithm::EdDSA, "EdDSA", ed25519(&jwk)?),
        ("RSA", None) => (Algorithm::RS256, "RS256", rsa(&jwk)?),
        (_, _) => return None,
    };
    if jwk.alg.as_deref().is_some_and(|alg| alg != name) {
        return None;
    }
    Some((jwk.kid?, VerifyingKey { algorithm, key }))
}

fn ed25519(jwk: &Jwk) -> Option<DecodingKey> {
    let point = jwk.x.as_deref()?;
    let bytes = URL_SAFE_NO_PAD.decode(point).ok()?;
    if bytes.len() != 32 {
        return None;
    }
    DecodingKey::from_ed_components(point).ok()
}

fn rsa(jwk: &Jwk) -> Option<DecodingKey> {
    let (modulus, exponent) = (jwk.n.as_deref()?, jwk.e.as_deref()?);
    let bytes = URL_SAFE_NO_PAD.decode(modulus).ok()?;
    let significant = bytes.iter().skip_while(|byte| **byte == 0).count();
    if !RSA_MODULUS_BYTES.contains(&significant) {
        return None;
    }
    DecodingKey::from_rsa_components(modulus, exponent).ok()
}
