//! The caller of a request, as an extractor for any axum state. The [`Authenticator`] comes from
//! the request's extensions, where a layer put it.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use events::{TenantSlug, UserId};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::Authenticator;
use crate::access::RoleSet;
use crate::problem::Problem;

/// The bearer of a verified token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The one tenant this token opens.
    pub tenant: TenantSlug,
    /// The user: the `sub` claim.
    pub user: UserId,
    /// The name to show, if the token tells it.
    pub name: Option<String>,
    /// The groups of the user, the primary group first.
    pub groups: Vec<String>,
    /// The roles we know among those of the token; never empty.
    pub roles: RoleSet,
}

/// Rejects with 401 (no token, or one that is not accepted) or 403 (a token without any role of
/// ours). Verifies a token once per request, whoever asks.
impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if let Some(known) = parts.extensions.get::<Arc<Actor>>() {
            return Ok(known.as_ref().clone());
        }
        let Some(authenticator) = parts.extensions.get::<Authenticator>().cloned() else {
            return Err(Problem::internal(&NoAuthenticator));
        };
        let actor = authenticator.authenticate(bearer(&parts.headers)?).await?;
        parts.extensions.insert(Arc::clone(&actor));
        Ok(actor.as_ref().clone())
    }
}

/// The router was built without the layer that brings the authenticator.
#[derive(Debug, thiserror::Error)]
#[error("no authenticator in the request's extensions")]
struct NoAuthenticator;

/// The token of the one `Authorization: Bearer …` header.
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut sent = headers.get_all(AUTHORIZATION).iter();
    let Some(only) = sent.next() else {
        return Err(Problem::token_missing());
    };
    if sent.next().is_some() {
        return Err(Problem::token_refused("token_refused", "send one Authorization header"));
    }
    let (scheme, token) =
        only.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(Problem::token_missing());
    }
    Ok(token)
}
