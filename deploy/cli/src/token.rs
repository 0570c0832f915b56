//! Tokens of a local stack: signs a JWT with its development key, reads the tenant out of one.
//!
//! Verifies nothing: that is the stack's part. A token read here only tells which tenant the ids of an
//! import belong to.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Duration, Utc};
use events::TenantSlug;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Issuer of every token of a local stack.
pub const ISSUER: &str = "https://salgslogg.local";
/// Audience the services ask for.
pub const AUDIENCE: &str = "salgslogg";

/// Who a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The tenant's slug.
    pub tenant: TenantSlug,
    /// The user's id.
    pub user: String,
    /// The user's name for people.
    pub name: Option<String>,
    /// Roles of `design.md` §4, at least one.
    pub roles: Vec<String>,
    /// Groups of the user.
    pub groups: Vec<String>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'static str,
    aud: &'static str,
    sub: &'a str,
    tenant: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    roles: &'a [String],
    groups: &'a [String],
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Signs a token with the development key in `local/keys`, valid from `at` for `lifetime`.
///
/// # Errors
/// [`Failure::Unreachable`] outside a local stack, [`Failure::Unexpected`] when its key cannot be used.
pub fn sign(
    local: Option<&Path>,
    identity: &Identity,
    at: DateTime<Utc>,
    lifetime: Duration,
) -> Result<String, Failure> {
    let keys =
        local.map(|local| local.join("keys")).filter(|keys| keys.join("signing.pem").is_file());
    let Some(keys) = keys else {
        return Err(Failure::Unreachable(
            "no local stack encloses this folder, and the tokens of any other stack come from its own issuer".into(),
        ));
    };
    let unusable = |what: &str, error: String| {
        Failure::Unexpected(format!("{what} of the local stack is unusable: {error}"))
    };
    let pem = fs::read(keys.join("signing.pem"))
        .map_err(|error| unusable("the signing key", error.to_string()))?;
    let key = EncodingKey::from_ed_pem(&pem)
        .map_err(|error| unusable("the signing key", error.to_string()))?;
    let published = fs::read(keys.join("jwks.json"))
        .map_err(|error| unusable("the key set", error.to_string()))?;
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(key_id(&published).map_err(|error| unusable("the key set", error))?);
    let claims = Claims {
        iss: ISSUER,
        aud: AUDIENCE,
        sub: &identity.user,
        tenant: identity.tenant.as_str(),
        name: identity.name.as_deref(),
        roles: &identity.roles,
        groups: &identity.groups,
        iat: at.timestamp(),
        nbf: at.timestamp(),
        exp: (at + lifetime).timestamp(),
    };
    jsonwebtoken::encode(&header, &claims, &key)
        .map_err(|error| unusable("the signing key", error.to_string()))
}

/// The id of the Ed25519 key in a published key set.
fn key_id(published: &[u8]) -> Result<String, String> {
    #[derive(Deserialize)]
    struct KeySet {
        keys: Vec<Key>,
    }
    #[derive(Deserialize)]
    struct Key {
        kty: String,
        kid: Option<String>,
    }
    let set: KeySet = serde_json::from_slice(published).map_err(|error| error.to_string())?;
    let ours = set.keys.into_iter().find(|key| key.kty == "OKP").and_then(|key| key.kid);
    ours.ok_or_else(|| "it names no Ed25519 key".to_owned())
}

/// The tenant a token speaks for, read without verifying it.
pub fn tenant_of(token: &str) -> Result<TenantSlug, Failure> {
    #[derive(Deserialize)]
    struct Part {
        tenant: String,
    }
    let refused = |why: String| Failure::NotAuthorised(format!("the token names no tenant: {why}"));
    let part = jsonwebtoken::dangerous::insecure_decode::<Part>(token)
        .map_err(|error| refused(error.to_string()))?;
    TenantSlug::parse(&part.claims.tenant).map_err(|error| refused(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;
    use ed25519_dalek::pkcs8::EncodePrivateKey;
    use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;

    fn identity() -> Identity {
        Identity {
            tenant: TenantSlug::parse("fjord").unwrap(),
            user: "ola".into(),
            name: Some("Ola Nordmann".into()),
            roles: vec!["seller".into(), "analyst".into()],
            groups: vec!["north".into()],
        }
    }

    /// A `.local` folder with a fresh key, and the public key a verifier would use.
    fn local_stack() -> (tempfile::TempDir, jsonwebtoken::DecodingKey) {
        let local = tempfile::tempdir().unwrap();
        let keys = local.path().join("keys");
        fs::create_dir(&keys).unwrap();
        let signing = SigningKey::from_bytes(&[7; 32]);
        fs::write(
            keys.join("signing.pem"),
            signing.to_pkcs8_pem(LineEnding::LF).unwrap().as_bytes(),
        )
        .unwrap();
        fs::write(
            keys.join("jwks.json"),
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"local-1","x":"…"}]}"#,
        )
        .unwrap();
        let public = jsonwebtoken::DecodingKey::from_ed_der(signing.verifying_key().as_bytes());
        (local, public)
    }

    #[test]
    fn a_token_carries_what_was_asked_and_verifies_with_the_stacks_key() {
        let (local, public) = local_stack();
        let at = crate::clock::now();
        let token = sign(Some(local.path()), &identity(), at, Duration::minutes(5)).unwrap();
        let mut rules = jsonwebtoken::Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[ISSUER]);
        let read = jsonwebtoken::decode::<serde_json::Value>(&token, &public, &rules).unwrap();
        assert_eq!(read.header.kid.as_deref(), Some("local-1"));
        assert_eq!(read.claims["sub"], "ola");
        assert_eq!(read.claims["tenant"], "fjord");
        assert_eq!(read.claims["name"], "Ola Nordmann");
        assert_eq!(read.claims["roles"], serde_json::json!(["seller", "analyst"]));
        assert_eq!(read.claims["groups"], serde_json::json!(["north"]));
        assert_eq!(read.claims["exp"], (at + Duration::minutes(5)).timestamp());
    }

    #[test]
    fn the_tenant_of_a_token_is_read_without_its_key() {
        let (local, _) = local_stack();
        let token =
            sign(Some(local.path()), &identity(), crate::clock::now(), Duration::minutes(5))
                .unwrap();
        assert_eq!(tenant_of(&token).unwrap().as_str(), "fjord");
        assert_eq!(tenant_of("not a token").unwrap_err().exit_code(), 3);
    }

    #[test]
    fn outside_a_local_stack_no_token_is_signed() {
        let elsewhere = tempfile::tempdir().unwrap();
        for local in [None, Some(elsewhere.path())] {
            let failure =
                sign(local, &identity(), crate::clock::now(), Duration::minutes(5)).unwrap_err();
            assert_eq!(failure.exit_code(), 5);
            assert!(!failure.to_string().contains('\n'), "one sentence: {failure}");
        }
    }
}
