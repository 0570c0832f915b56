//! Answers that are known already: a weak `ETag` on every JSON answer to a `GET`, and 304 for who has it.
//!
//! The tag is a hash of the answer without what only tells when it was asked: its `position`, an `as_of` that nobody
//! asked for, and the cursors of its pages (`next`, and the end of `more`). A record's own version stands before the
//! hash, so that `If-Match` takes the whole tag. Streams, files and problems have none.
//!
//! Every answer says what else it depends on: who asks, and the language of its labels. Files have labels too, and a
//! problem of one caller is no answer to another.

mod documented;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use xxhash_rust::xxh3::Xxh3;

use crate::problem::Problem;
pub use documented::with_tags;

/// Where the log stood when it was answered.
const POSITION: HeaderName = HeaderName::from_static("salgslogg-position");

/// Answers 304 to who has the answer already. Around routes whose JSON answers begin with a position of a log.
pub async fn unchanged(log_id: i16, request: Request, next: Next) -> Response {
    let asked = (request.method() == Method::GET).then(|| Asked::of(&request));
    let mut response = next.run(request).await;
    response.headers_mut().append(VARY, HeaderValue::from(AUTHORIZATION));
    response.headers_mut().append(VARY, HeaderValue::from(ACCEPT_LANGUAGE));
    let Some(asked) = asked else { return response };
    let json = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if response.status() != StatusCode::OK || !json || response.body().size_hint().exact().is_none()
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // it is whole already: nothing is waited for and nothing is copied
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let told = Told::of(&body, asked.moment);
    let header = parts.headers.get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let tag = told.tag(header.as_deref());
    let known = asked.knows(&tag);
    let headers = &mut parts.headers;
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    let position = told.position.map(|position| format!("{log_id}:{position}"));
    if let Some(position) = position.and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(POSITION, position);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if !known {
        return Response::from_parts(parts, Body::from(body));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

/// What a request tells about the answer it has.
#[derive(Debug)]
struct Asked {
    /// It names the moment it asks about.
    moment: bool,
    /// Any answer will do.
    any: bool,
    tags: Vec<String>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let moment = query.split('&').any(|pair| pair.starts_with("as_of="));
        let (any, tags) = known(request.headers());
        Self { moment, any, tags }
    }

    /// Weak comparison (RFC 9110, 8.8.3.2).
    fn knows(&self, tag: &str) -> bool {
        let opaque = tag.trim_start_matches("W/");
        self.any || self.tags.iter().any(|known| known == opaque)
    }
}

/// The tags of `If-None-Match`, as far as it can be read; whether it is `*`.
fn known(headers: &HeaderMap) -> (bool, Vec<String>) {
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let tags = values.flat_map(|value| value.split(',')).map(str::trim);
    let tags: Vec<&str> = tags.filter(|tag| !tag.is_empty()).collect();
    let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    (tags.contains(&"*"), tags.into_iter().map(opaque).collect())
}

/// What an answer says.
#[derive(Debug)]
struct Told<'a> {
    hash: u128,
    position: Option<&'a str>,
    /// Of the one record it is about.
    version: Option<&'a str>,
}

impl<'a> Told<'a> {
    /// Reads JSON as our serializer writes it: without white space between its signs.
    fn of(body: &'a [u8], moment: bool) -> Self {
        let mut said = Said { body, hash: Xxh3::new(), from: 0 };
        let (mut at, mut depth, mut position, mut version) = (0, 0_usize, None, None);
        while let Some(sign) = body.get(at) {
            match sign {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => {
                    let end = end_of_text(body, at);
                    if body.get(end) != Some(&b':') {
                        at = end;
                        continue;
                    }
                    let (key, value) = (&body[at + 1..end - 1], end + 1);
                    at = match (depth, key) {
                        (1, b"position") => {
                            let end = end_of_number(body, value);
                            position = position.or(std::str::from_utf8(&body[value..end]).ok());
                            said.skip(value, end)
                        }
                        (1, b"version") => {
                            let end = end_of_number(body, value);
                            version = version.or(std::str::from_utf8(&body[value..end]).ok());
                            end
                        }
                        (1, b"as_of") if !moment => said.skip_text(value),
                        (1, b"next") => said.skip_text(value),
                        (_, b"more") => said.skip_cursor(value),
                        _ => value,
                    };
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        Self { hash: said.end(), position, version: version.filter(|version| !version.is_empty()) }
    }

    /// The tag; a record's own version, if it has one, before the hash.
    fn tag(&self, header: Option<&str>) -> String {
        let header = header.map(|tag| tag.trim_matches('"')).filter(|version| !version.is_empty());
        match header.or(self.version) {
            Some(version) => format!("W/\"{version}-{:032x}\"", self.hash),
            None => format!("W/\"{:032x}\"", self.hash),
        }
    }
}

/// What of a body is hashed.
struct Said<'a> {
    body: &'a [u8],
    hash: Xxh3,
    from: usize,
}

impl Said<'_> {
    fn skip(&mut self, from: usize, to: usize) -> usize {
        self.hash.update(&self.body[self.from..from]);
        self.from = to;
        to
    }

    /// Leaves a text out, but not that there is one.
    fn skip_text(&mut self, value: usize) -> usize {
        match self.body.get(value) {
            Some(b'"') => self.skip(value, end_of_text(self.body, value)),
            _ => value,
        }
    }

    /// Leaves the cursor at the end of an address out.
    fn skip_cursor(&mut self, value: usize) -> usize {
        if self.body.get(value) != Some(&b'"') {
            return value;
        }
        let end = end_of_text(self.body, value);
        let cursor = b"cursor=";
        let found = self.body[value..end].windows(cursor.len()).rposition(|part| part == cursor);
        match found {
            Some(found) => self.skip(value + found, end),
            None => end,
        }
    }

    fn end(mut self) -> u128 {
        self.hash.update(&self.body[self.from..]);
        self.hash.digest128()
    }
}

/// After the text that begins at a quotation mark.
fn end_of_text(body: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(sign) = body.get(at) {
        match sign {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    body.len()
}

fn end_of_number(body: &[u8], at: usize) -> usize {
    let rest = &body[at.min(body.len())..];
    let digits = rest.iter().take_while(|sign| sign.is_ascii_digit()).count();
    at + digits
}

#[cfg(test)]
mod tests;
