//! The request headers of the contract, parsed once. Each is an extractor; take `Option<…>` where
//! the header may be missing. Must not decide what a header means for a command.

mod accept_language;
mod effective_at;
mod idempotency_key;
mod if_match;

use http::HeaderMap;

use crate::problem::Problem;

pub use accept_language::AcceptLanguage;
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
                $crate::headers::single(&parts.headers, $name)?.map(Self::parse).transpose()
            }
        }

        impl<S: Send + Sync> ::axum::extract::FromRequestParts<S> for $type {
            type Rejection = $crate::problem::Problem;

            async fn from_request_parts(
                parts: &mut ::http::request::Parts,
                _: &S,
            ) -> Result<Self, $crate::problem::Problem> {
                let Some(text) = $crate::headers::single(&parts.headers, $name)? else {
                    return Err($crate::problem::Problem::bad_header($name, "is mandatory here"));
                };
                Self::parse(text)
            }
        }
    };
}
use extract_header;

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::post;
    use http::{Request, StatusCode};
    use tower::ServiceExt;

    use super::*;

    async fn optional(key: Option<IdempotencyKey>, expected: Option<IfMatch>) -> String {
        format!("{:?} {expected:?}", key.as_ref().map(IdempotencyKey::as_str))
    }

    async fn mandatory(expected: IfMatch) -> String {
        format!("{expected:?}")
    }

    async fn send(path: &str, headers: &[(&str, &str)]) -> StatusCode {
        let app = Router::<()>::new()
            .route("/optional", post(optional))
            .route("/mandatory", post(mandatory));
        let request = Request::post(path);
        let request = headers.iter().fold(request, |it, (name, value)| it.header(*name, *value));
        app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_header_may_be_missing_where_it_is_optional() {
        assert_eq!(send("/optional", &[]).await, StatusCode::OK);
        assert_eq!(send("/mandatory", &[]).await, StatusCode::BAD_REQUEST);
        assert_eq!(send("/mandatory", &[("if-match", "\"1\"")]).await, StatusCode::OK);
    }

    #[tokio::test]
    async fn a_header_that_is_sent_must_be_readable_and_alone() {
        for sent in [
            [("if-match", "1"), ("idempotency-key", "k")],
            [("if-match", "\"1\""), ("idempotency-key", "")],
            [("if-match", "\"1\""), ("idempotency-key", "\u{e5}")],
            [("idempotency-key", "k"), ("idempotency-key", "k")],
        ] {
            assert_eq!(send("/optional", &sent).await, StatusCode::BAD_REQUEST, "{sent:?}");
        }
    }
}
