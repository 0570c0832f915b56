//! The development signing key: an Ed25519 key pair, its public half as a JWKS, and tokens signed
//! with it. For local stacks and tests only; real installations bring their own issuer.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::random;

/// Issuer (`iss`) of every token of a local stack.
pub const ISSUER: &str = "https://salgslogg.local";
/// Audience (`aud`) the services of a local stack ask for.
pub const AUDIENCE: &str = "salgslogg";

/// An Ed25519 key pair.
#[derive(Debug, Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

/// What a token says of its bearer; `iss` and `aud` are added when it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// The user's id.
    pub sub: String,
    /// The tenant's slug.
    pub tenant: String,
    /// The user's name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Groups of the user.
    pub groups: Vec<String>,
    /// Roles of the user.
    pub roles: Vec<String>,
    /// Issued at and not before, in seconds since 1970.
    pub iat: i64,
    /// Not valid from this second on.
    pub exp: i64,
}

impl Claims {
    /// `sub` of `tenant` with one role, without groups, from `at` for `lifetime`.
    #[must_use]
    pub fn new(
        tenant: &str,
        sub: &str,
        role: &str,
        at: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> Self {
        Self {
            sub: sub.to_owned(),
            tenant: tenant.to_owned(),
            name: None,
            groups: Vec::new(),
            roles: vec![role.to_owned()],
            iat: at.timestamp(),
            exp: (at + lifetime).timestamp(),
        }
    }
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn generate() -> Result<Self> {
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&random::bytes()?)))
    }

    /// The key in `folder` (`signing.pem`, PKCS#8), made on first use; writes `jwks.json` beside it.
    ///
    /// # Errors
    /// When the files cannot be read or written, or hold no such key.
    pub fn load_or_create(folder: &Path) -> Result<Self> {
        let path = folder.join("signing.pem");
        let key = match fs::read_to_string(&path) {
            Ok(pem) => {
                let key = ed25519_dalek::SigningKey::from_pkcs8_pem(&pem);
                Self(key.ok().with_context(|| format!("{} holds no Ed25519 key", path.display()))?)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = Self::generate()?;
                write_private(&path, key.pem()?.as_bytes())?;
                key
            }
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        let jwks = serde_json::to_vec_pretty(&key.jwks()).context("a key set is JSON")?;
        write_private(&jwks_path(folder), &jwks)?;
        Ok(key)
    }

    /// The private key as PKCS#8 PEM.
    ///
    /// # Errors
    /// Never for a key made here.
    pub fn pem(&self) -> Result<String> {
        let pem = self.0.to_pkcs8_pem(LineEnding::LF).context("the key cannot be encoded")?;
        Ok(pem.to_string())
    }

    /// The key's id: the RFC 7638 thumbprint of its public half.
    #[must_use]
    pub fn kid(&self) -> String {
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.public());
        URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
    }

    /// The public half as a JSON Web Key Set.
    #[must_use]
    pub fn jwks(&self) -> Value {
        json!({"keys": [{
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
            "kid": self.kid(), "x": self.public(),
        }]})
    }

    /// Signs `claims`, adding issuer and audience of a local stack.
    ///
    /// # Errors
    /// When the claims cannot be written as JSON.
    pub fn sign(&self, claims: &Claims) -> Result<String> {
        let mut body = serde_json::to_value(claims).context("claims are JSON")?;
        body["iss"] = ISSUER.into();
        body["aud"] = AUDIENCE.into();
        body["nbf"] = claims.iat.into();
        self.sign_raw(&body)
    }

    /// Signs any claims as they are: for tests that need a wrong token.
    ///
    /// # Errors
    /// When the claims cannot be written as JSON.
    pub fn sign_raw(&self, claims: &Value) -> Result<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.kid());
        let key =
            EncodingKey::from_ed_pem(self.pem()?.as_bytes()).context("the key cannot sign")?;
        jsonwebtoken::encode(&header, claims, &key).context("the claims cannot be signed")
    }

    fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.verifying_key().as_bytes())
    }
}

/// The key set in a key folder.
#[must_use]
pub fn jwks_path(folder: &Path) -> PathBuf {
    folder.join("jwks.json")
}

/// Writes a file only its owner can read, whole or not at all.
///
/// # Errors
/// When the system refuses.
pub fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let fresh = path.with_extension("new");
    let written = fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&fresh, path));
    written.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{DecodingKey, Validation};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_key_stays_the_same_and_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let first = SigningKey::load_or_create(folder.path()).unwrap();
        let second = SigningKey::load_or_create(folder.path()).unwrap();
        assert_eq!(first.jwks(), second.jwks());
        let mode = fs::metadata(folder.path().join("signing.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_token_verifies_against_the_key_set() {
        let key = SigningKey::generate().unwrap();
        let at = service_runtime::clock::Clock::system().now();
        let claims = Claims::new("demo", "ola", "seller", at, TimeDelta::days(1));
        let token = key.sign(&claims).unwrap();
        let jwks = key.jwks();
        let public =
            DecodingKey::from_ed_components(jwks["keys"][0]["x"].as_str().unwrap()).unwrap();
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[ISSUER]);
        let read = jsonwebtoken::decode::<Value>(&token, &public, &rules).unwrap();
        assert_eq!(read.header.kid.as_deref(), jwks["keys"][0]["kid"].as_str());
        assert_eq!(read.claims["sub"], "ola");
        assert_eq!(read.claims["roles"], json!(["seller"]));
    }
}
