//! The body of a command: at most 1 MiB of strict JSON. Must not know any command.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::de::DeserializeOwned;

use crate::json;
use crate::limits::{BODY_BYTES_DRAINED, BODY_BYTES_MAX};
use crate::problem::Problem;

/// A JSON body read into `T`.
///
/// Rejects with 415 (not `application/json`), 413 (longer than 1 MiB) or 400 with a JSON Pointer,
/// see [`json::parse_json`].
#[derive(Debug, Clone)]
pub struct JsonBody<T> {
    /// What the body says.
    pub value: T,
    /// SHA-256 of the canonical text of the body: equal for bodies that say the same.
    pub fingerprint: [u8; 32],
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        require_media_type(&parts.headers, "application/json")?;
        let text = read(&parts.headers, body).await?;
        let document = json::parse_value(&text)?;
        let value = json::decode_value(&document, "")?;
        Ok(Self { value, fingerprint: json::fingerprint(&document) })
    }
}

/// A command without a body: nothing, white space or `{}` are accepted; anything else is a 400.
#[derive(Debug, Clone, Copy)]
pub struct NoBody {
    /// The fingerprint of the empty object, whichever way the body was left out.
    pub fingerprint: [u8; 32],
}

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        #[derive(serde::Deserialize)]
        struct Nothing {}

        let (parts, body) = request.into_parts();
        let text = read(&parts.headers, body).await?;
        if !text.trim_ascii().is_empty() {
            require_media_type(&parts.headers, "application/json")?;
            let Nothing {} = json::parse_json(&text)?;
        }
        Ok(Self { fingerprint: json::fingerprint(&serde_json::json!({})) })
    }
}

/// Refuses a request whose body is not `expected`.
///
/// # Errors
/// 415; parameters such as `charset=utf-8` are allowed.
pub fn require_media_type(headers: &HeaderMap, expected: &'static str) -> Result<(), Problem> {
    let mut sent = headers.get_all(CONTENT_TYPE).iter();
    let only = match (sent.next(), sent.next()) {
        (Some(only), None) => only.to_str().unwrap_or_default(),
        (Some(_), Some(_)) | (None, _) => "",
    };
    let essence = only.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(Problem::unsupported_media_type(expected))
}

/// Reads the whole body, or refuses it after reading what its sender still had to say (up to a
/// limit), because a client that is still sending does not listen.
async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|bytes: usize| bytes > BODY_BYTES_DRAINED) {
        return Err(Problem::body_too_large(BODY_BYTES_MAX));
    }
    let mut chunks = body.into_data_stream();
    let (mut kept, mut seen) = (BytesMut::new(), 0_usize);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| {
            Problem::bad_body("malformed_body", "", format!("the body broke off: {error}"))
        })?;
        seen = seen.saturating_add(chunk.len());
        if seen <= BODY_BYTES_MAX {
            kept.extend_from_slice(&chunk);
        } else if seen > BODY_BYTES_DRAINED {
            break;
        }
    }
    if seen > BODY_BYTES_MAX {
        return Err(Problem::body_too_large(BODY_BYTES_MAX));
    }
    Ok(kept.freeze())
}

#[cfg(test)]
mod tests;
