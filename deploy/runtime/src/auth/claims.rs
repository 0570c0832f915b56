//! What a token says, and whether it may be believed: signature, issuer, audience, times, names.

use chrono::{DateTime, Utc};
use events::{TenantSlug, UserId};
use jsonwebtoken::{Header, Validation, decode};
use serde::Deserialize;

use super::Actor;
use super::keys::VerifyingKey;
use crate::access::Role;
use crate::problem::Problem;

/// How far two clocks may differ, in seconds.
const LEEWAY_S: i64 = 30;

/// Why a token is not accepted. The text is for its bearer: it names the rule, not our settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the token is longer than 8 KiB")]
    TooLong,
    #[error("the token is not a signed JWT with a kid")]
    Malformed,
    #[error("the token is signed by a key we do not know")]
    UnknownKey,
    #[error("the token's algorithm is not the algorithm of its key")]
    Algorithm,
    #[error("the token's signature is wrong")]
    Signature,
    #[error("the token comes from another issuer")]
    Issuer,
    #[error("the token is meant for another audience")]
    Audience,
    #[error("the token is expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("the token lacks sub, tenant, iss, aud or exp, or one of its claims has a bad value")]
    Claims,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::Expired => "token_expired",
            Refusal::TooLong
            | Refusal::Malformed
            | Refusal::UnknownKey
            | Refusal::Algorithm
            | Refusal::Signature
            | Refusal::Issuer
            | Refusal::Audience
            | Refusal::NotYetValid
            | Refusal::Claims => "token_refused",
        };
        Problem::token_refused(code, refusal.to_string())
    }
}

/// The claims we believe. Others are ignored, as JWT wants it.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    tenant: String,
    #[serde(rename = "iss")]
    _iss: String,
    exp: f64,
    nbf: Option<f64>,
    name: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    roles: Vec<String>,
}

/// A verified token: its bearer and the instant it ends.
#[derive(Debug)]
pub(super) struct Verified {
    pub(super) actor: Actor,
    /// Seconds since 1970, leeway included.
    pub(super) ends_s: i64,
}

impl Verified {
    pub(super) fn ended(&self, now: DateTime<Utc>) -> bool {
        now.timestamp() >= self.ends_s
    }
}

/// Refuses headers that ask for more than a signature: `crit` extensions and nested types.
pub(super) fn check_header(header: &Header) -> Result<&str, Refusal> {
    let kind = header.typ.as_deref().unwrap_or("JWT");
    let accepted = ["JWT", "at+jwt"].iter().any(|known| kind.eq_ignore_ascii_case(known));
    if !accepted || header.crit.is_some() || header.enc.is_some() || header.zip.is_some() {
        return Err(Refusal::Malformed);
    }
    header.kid.as_deref().ok_or(Refusal::Malformed)
}

/// Checks signature and claims of `token` at the instant `now`.
pub(super) fn verify(
    token: &str,
    key: &VerifyingKey,
    issuer: &str,
    audience: &str,
    now: DateTime<Utc>,
) -> Result<Verified, Refusal> {
    let mut validation = Validation::new(key.algorithm);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.validate_exp = false; // judged below, by the clock we were given
    validation.validate_nbf = false;
    let claims = decode::<Claims>(token, &key.key, &validation).map_err(refusal)?.claims;

    let ends_s = whole_seconds(claims.exp).saturating_add(LEEWAY_S);
    if now.timestamp() >= ends_s {
        return Err(Refusal::Expired);
    }
    let begins_s = claims.nbf.map_or(i64::MIN, whole_seconds);
    if now.timestamp() < begins_s.saturating_sub(LEEWAY_S) {
        return Err(Refusal::NotYetValid);
    }
    let actor = Actor {
        tenant: TenantSlug::parse(&claims.tenant).map_err(|_| Refusal::Claims)?,
        user: UserId::parse(&claims.sub).map_err(|_| Refusal::Claims)?,
        name: claims.name,
        groups: claims.groups,
        roles: claims.roles.iter().filter_map(|role| Role::parse(role)).collect(),
    };
    Ok(Verified { actor, ends_s })
}

/// A NumericDate without its fraction; what no calendar holds becomes the nearest it does.
fn whole_seconds(date: f64) -> i64 {
    date as i64
}

fn refusal(error: jsonwebtoken::errors::Error) -> Refusal {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidSignature => Refusal::Signature,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidKeyFormat => Refusal::Algorithm,
        ErrorKind::InvalidIssuer => Refusal::Issuer,
        ErrorKind::InvalidAudience => Refusal::Audience,
        ErrorKind::Json(_)
        | ErrorKind::MissingRequiredClaim(_)
        | ErrorKind::InvalidClaimFormat(_) => Refusal::Claims,
        _ => Refusal::Malformed,
    }
}
