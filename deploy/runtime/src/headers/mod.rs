//! The request headers of the contract, parsed once. Each is an extractor; take `Option<…>` where
//! the header may be missing. Must not decide what a header means for a command.

mod effective_at;
mod idempotency_key;
mod if_match;

use http::HeaderMap;

use crate::problem::Problem;

pub use effective_at::EffectiveAt;
pub use idempotency_key::IdempotencyKey;
pub use if_match::IfMatch;

/// The text of a header that may be sent once at most.
fn single<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, Problem> {
    let mut sent = headers.get_all(name).iter();
    let Some(first) = sent.next() else {
        return Ok(None);
    };
    if sent.next().is_some() {
        return Err(Problem::bad_header(name, "send this header once"));
    }
    match first.to_str() {
        Ok(text) => Ok(Some(text.trim())),
        Err(_) => Err(Problem::bad_header(name, "may hold printable ASCII only")),
    }
}

/// Implements both extractors of a header: mandatory, and as an `Option`.
macro_rules! extract_header {
    ($type:ty, $name:literal) => {
        impl<S: Send + Sync> ::axum::extract::OptionalFromRequestParts<S> for $type {
            type Rejection = $crate::problem::Problem;

            async fn from_request_parts(
                parts: &mut ::http::request::Parts,
                _: &S,
            ) -> Result<Option<Self>, $crate::problem::Problem> {
                $crate::headers::single(&parts.headers, $name)?
                    .map(Self::parse)
                    .transpose()
            }
        }

        impl<S: Send + Sync> ::axum::extract::FromRequestParts<S> for $type {
            type Rejection = $crate::problem::Problem;

            async fn from_request_parts(
                parts: &mut ::http::request::Parts,
                _: &S,
            ) -> Result<Self, $crate::problem::Problem> {
                let Some(text) = $crate::headers::single(&parts.headers, $name)? else {
                    return Err($crate::problem::Problem::bad_header(
                        $name,
                        "is mandatory here",
                    ));
                };
                Self::parse(text)
            }
        }
    };
}
use extract_header;
