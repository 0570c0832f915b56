//! What stands in the address: the id in the path and the query string. Strict: a parameter that is
//! unknown, repeated or unreadable is refused by name, because ignoring it would answer another question.

use std::borrow::Cow;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use crate::flat::{self, Unknown};
use crate::problem::Problem;

/// The query string read into a struct; a field is read from the parameter of its name, a list from
/// a text separated by commas.
///
/// Rejects with 400 `unknown_parameter`, `repeated_parameter`, `missing_parameter` or
/// `bad_parameter`, naming the parameter.
#[derive(Debug, Clone)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse_params(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// Reads a query string (without the question mark) into a struct.
///
/// # Errors
/// 400, naming the parameter at fault.
pub fn parse_params<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(pair);
    let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
    flat::decode(&pairs, Unknown::Refused).map_err(|fault| {
        let code = match fault.code {
            "unknown_field" => "unknown_parameter",
            "repeated_field" => "repeated_parameter",
            "missing_field" => "missing_parameter",
            _ => "bad_parameter",
        };
        Problem::bad_parameter(code, fault.path.member(), fault.detail)
    })
}

fn pair(text: &str) -> Result<(String, String), Problem> {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let name = decoded(name).ok_or_else(|| unreadable(name))?;
    let value = decoded(value).ok_or_else(|| unreadable(&name))?;
    Ok((name, value))
}

fn unreadable(name: &str) -> Problem {
    Problem::bad_parameter("bad_parameter", name, "must be percent-encoded UTF-8 without U+0000")
}

/// Undoes percent-encoding and `+`; nothing if the result is not a text we could store.
fn decoded(text: &str) -> Option<String> {
    let spaced = if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { text.into() };
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    (!decoded.contains('\0')).then(|| decoded.into_owned())
}

/// The id in the path (one parameter: its type; several: a tuple).
///
/// Rejects with 400 `malformed_id` when a text does not have the shape of the id, or holds U+0000, which no stored text has.
#[derive(Debug, Clone, Copy)]
pub struct PathId<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // a database refuses such a text as a fault of ours
        let storable = percent_decode_str(parts.uri.path()).all(|byte| byte != 0);
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(id)) if storable => Ok(Self(id)),
            Err(rejection) if !rejection.status().is_client_error() => {
                Err(Problem::internal(&rejection))
            }
            Ok(_) | Err(_) => {
                let detail = "the path does not hold an id of the documented shape";
                Err(Problem::malformed_id(detail).about(parts.uri.path()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use chrono::NaiveDate;
    use http::{Request, StatusCode};
    use serde::Deserialize;
    use tower::ServiceExt;
    use uuid::Uuid;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Period {
        Month,
        Quarter,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Question {
        from: NaiveDate,
        #[serde(default)]
        period: Option<Period>,
        #[serde(default)]
        owner: Vec<String>,
        limit: Option<u32>,
        closed: Option<bool>,
    }

    fn refused(query: &str) -> (&'static str, String) {
        let problem = parse_params::<Question>(query).unwrap_err();
        assert_eq!(problem.status(), StatusCode::BAD_REQUEST);
        let crate::problem::Place::Parameter(name) = &problem.errors()[0].place else {
            panic!("not a parameter: {problem:?}")
        };
        (problem.code(), name.clone())
    }

    #[test]
    fn every_parameter_is_read_into_its_type() {
        let query = "from=2026-01-01&period=quarter&owner=ola,k%C3%A5re%20x&limit=500&closed=true";
        let expected = Question {
            from: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
            period: Some(Period::Quarter),
            owner: vec!["ola".into(), "kåre x".into()],
            limit: Some(500),
            closed: Some(true),
        };
        assert_eq!(parse_params::<Question>(query).unwrap(), expected);
        assert_eq!(
            parse_params::<Question>("from=2026-01-01").unwrap().owner,
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_parameter_at_fault_is_named() {
        let cases = [
            ("from=2026-01-01&colour=red", "unknown_parameter", "colour"),
            ("from=2026-01-01&from=2026-01-02", "repeated_parameter", "from"),
            ("limit=1", "missing_parameter", "from"),
            ("from=2026-02-30", "bad_parameter", "from"),
            ("from=2026-01-01&limit=-1", "bad_parameter", "limit"),
            ("from=2026-01-01&limit=99999999999", "bad_parameter", "limit"),
            ("from=2026-01-01&limit=", "bad_parameter", "limit"),
            ("from=2026-01-01&period=week", "bad_parameter", "period"),
            ("from=2026-01-01&closed=yes", "bad_parameter", "closed"),
            ("from=2026-01-01&owner=%ff", "bad_parameter", "owner"),
            ("from=2026-01-01&owner=a%00b", "bad_parameter", "owner"),
        ];
        for (query, code, name) in cases {
            assert_eq!(refused(query), (code, name.to_owned()), "{query}");
        }
    }

    #[tokio::test]
    async fn an_id_that_is_none_is_refused_as_malformed() {
        let route = get(|PathId(id): PathId<Uuid>| async move { id.to_string() });
        let app: Router = Router::new().route("/sales/{id}", route);
        let ask = |path: &str| app.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
        let known = ask("/sales/0198c0de-0000-7000-8000-000000000001").await.unwrap();
        assert_eq!(known.status(), StatusCode::OK);
        for bad in ["/sales/1", "/sales/%ff", "/sales/%00"] {
            let answer = ask(bad).await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{bad}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
        }
    }

    #[tokio::test]
    async fn an_id_that_no_text_could_be_stored_as_is_refused_as_malformed() {
        let one = get(|PathId(id): PathId<String>| async move { id });
        let two = get(|PathId((id, name)): PathId<(String, String)>| async move { id + &name });
        let app: Router = Router::new().route("/users/{id}", one).route("/users/{id}/{name}", two);
        for (path, status) in [
            ("/users/ola", StatusCode::OK),
            ("/users/%2500", StatusCode::OK),
            ("/users/%00", StatusCode::BAD_REQUEST),
            ("/users/o%00la", StatusCode::BAD_REQUEST),
            ("/users/ola/%E2%82%AC", StatusCode::OK),
            ("/users/ola/view%00", StatusCode::BAD_REQUEST),
        ] {
            let asked = Request::get(path).body(Body::empty()).unwrap();
            let answer = app.clone().oneshot(asked).await.unwrap();
            assert_eq!(answer.status(), status, "{path}");
        }
    }
}
