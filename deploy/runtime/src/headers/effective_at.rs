//! `Effective-At`: when the fact happened, told by an importer. Whoever may not set it is refused
//! here, so no route can forget the check.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use chrono::{DateTime, SubsecRound, Utc};
use http::request::Parts;

use crate::access::Right;
use crate::auth::Actor;
use crate::problem::Problem;

const NAME: &str = "effective-at";

/// The business time of a command, to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EffectiveAt(pub DateTime<Utc>);

impl EffectiveAt {
    /// Reads an RFC 3339 instant and cuts it to the microsecond, which is what the log keeps.
    /// Who may set it is not checked here: see [`Right::SetEffectiveTime`].
    ///
    /// # Errors
    /// 400 `bad_header`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        match DateTime::parse_from_rfc3339(text) {
            Ok(at) => Ok(Self(at.with_timezone(&Utc).trunc_subsecs(6))),
            Err(_) => {
                Err(Problem::bad_header(NAME, "must be an instant such as 2026-03-10T09:00:00Z"))
            }
        }
    }
}

/// Rejects with 403 when the caller may not set effective times, with 400 when it is not an instant.
impl<S: Send + Sync> OptionalFromRequestParts<S> for EffectiveAt {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if super::single(&parts.headers, NAME)?.is_none() {
            return Ok(None);
        }
        let actor = <Actor as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        actor.require(Right::SetEffectiveTime)?;
        super::single(&parts.headers, NAME)?.map(Self::parse).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_kept_to_the_microsecond() {
        let at = EffectiveAt::parse("2026-03-10T10:00:00.1234567+01:00").unwrap();
        assert_eq!(at.0.to_rfc3339(), "2026-03-10T09:00:00.123456+00:00");
    }

    #[test]
    fn a_time_that_does_not_exist_is_refused() {
        for bad in ["", "2026-03-10", "2026-02-30T00:00:00Z", "2026-03-10T25:00:00Z", "yesterday"] {
            assert_eq!(EffectiveAt::parse(bad).unwrap_err().code(), "bad_header", "{bad}");
        }
    }
}
