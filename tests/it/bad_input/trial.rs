//! A trial sends bad requests and demands their refusals; at its end it proves that nothing was written.

use reqwest::Method;
use serde_json::Value;
use system_tests::{Ask, Fixture, Stored, World};

use crate::examples::{self, Example};

/// A world full of objects that could be harmed.
pub(super) struct Trial {
    pub(super) world: World,
    pub(super) fixture: Fixture,
    pub(super) examples: Vec<Example>,
    before: Stored,
}

/// What a refusal must say.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) status: u16,
    /// One of these.
    pub(super) codes: Vec<&'static str>,
    /// The first fault lies here or below; none when no place is told.
    pub(super) pointer: Option<String>,
}

impl Expected {
    pub(super) fn new(status: u16, code: &'static str) -> Self {
        Self { status, codes: vec![code], pointer: None }
    }

    pub(super) fn at(self, pointer: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), ..self }
    }

    /// 400: the field cannot hold this.
    pub(super) fn value_at(pointer: impl Into<String>) -> Self {
        let codes = vec!["wrong_type", "invalid_value", "missing_field", "unknown_field"];
        Self { status: 400, codes, pointer: Some(pointer.into()) }
    }
}

impl Trial {
    pub(super) async fn start() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        let examples = examples::all(&world, &fixture).await;
        let before = world.stored().await;
        Self { world, fixture, examples, before }
    }

    /// A request to a path as the importer, who may do everything.
    pub(super) fn ask(&self, path: &str) -> Ask {
        self.world.command(Method::POST, path).bearer(&self.fixture.importer)
    }

    /// Sends a body as JSON text and demands the refusal.
    pub(super) async fn body(&self, path: &str, what: &str, body: Vec<u8>, expected: Expected) {
        let ask = self.ask(path).header("content-type", "application/json").body(body);
        self.refused(ask, &format!("{path}: {what}"), expected).await;
    }

    /// Sends a value and demands the refusal.
    pub(super) async fn value(&self, path: &str, body: &Value, expected: Expected) {
        let what = body.to_string().chars().take(200).collect::<String>();
        self.body(path, &what, body.to_string().into_bytes(), expected).await;
    }

    /// Demands the refusal of a request.
    pub(super) async fn refused(&self, ask: Ask, what: &str, expected: Expected) {
        let reply = ask.send().await;
        let problem = &reply.text;
        assert_eq!(reply.status.as_u16(), expected.status, "{what}: {problem}");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{what}");
        let problem = reply.json();
        let code = problem["code"].as_str().unwrap();
        assert!(expected.codes.contains(&code), "{what}: {problem}, expected {expected:?}");
        assert_eq!(problem["type"], format!("/problems/{code}"), "{what}");
        assert_eq!(problem["status"], expected.status, "{what}");
        for member in ["title", "detail", "trace_id"] {
            assert!(
                problem[member].as_str().is_some_and(|text| !text.is_empty()),
                "{what}: {problem}"
            );
        }
        let place = problem["errors"][0]["pointer"].as_str();
        match &expected.pointer {
            None => assert_eq!(place, None, "{what}: {problem}"),
            Some(pointer) => {
                let inside = place.is_some_and(|place| {
                    place
                        .strip_prefix(pointer.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                });
                assert!(inside, "{what}: {problem}, expected {pointer}");
            }
        }
    }

    /// Nothing was written, and every example would still have been accepted.
    pub(super) async fn end(self) {
        assert_eq!(
            self.world.stored().await,
            self.before,
            "a refused request left something behind"
        );
        for example in &self.examples {
            let reply = self.ask(&example.path).json(&example.body).send().await;
            assert!(reply.status.is_success(), "{}: {}", example.path, reply.text);
        }
    }
}
