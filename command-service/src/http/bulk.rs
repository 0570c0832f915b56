//! `POST /v1/commands`: NDJSON in, NDJSON out, a result a line in order, without a cap on rows.
//!
//! A line runs after earlier ones on its object and on the objects it names (`lanes.rs`), others in parallel
//! within a window. One bad line fails alone. A cut connection leaves a prefix plus at most the window.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::response::Response;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service_runtime::access::Right;
use service_runtime::auth::Actor;
use service_runtime::body::require_media_type;
use service_runtime::limits::BODY_BYTES_MAX;
use service_runtime::problem::Problem;
use service_runtime::{EffectiveAt, IdempotencyKey, Traceparent, json};
use tracing::{Instrument, Span};
use utoipa::ToSchema;

use super::answers::{self, CommandAnswer};
use super::flow;
pub use super::flow::{NDJSON, WINDOW};
use super::lanes::Lanes;
use super::lines::{Line, Lines};
use super::route::{Asked, CommandRoute, Decoded};
use super::{Conditions, commands as command_table, in_calendar};
use crate::app::Served;
use crate::call::Call;

/// A line of the request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkLine {
    /// Imperative name, such as `AdvanceStage`.
    command: String,
    /// What it is for; for creations the id to create.
    id: Option<String>,
    /// As `Idempotency-Key`.
    key: Option<String>,
    /// As `If-Match`.
    if_version: Option<i64>,
    /// As `Effective-At`.
    #[schema(format = DateTime)]
    effective_at: Option<String>,
    /// The command's body; `{}` when left out.
    #[schema(value_type = Object)]
    body: Option<Value>,
}

/// A line of the answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkResult {
    /// Number of the line it answers, from 1.
    line: usize,
    /// The status the command would have had by itself.
    status: u16,
    /// The answer, for an accepted command.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    answer: Option<CommandAnswer>,
    /// The problem, for a refused one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Problem>)]
    problem: Option<Value>,
}

/// Carries out every line.
pub async fn commands(
    State(served): State<Arc<Served>>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let actor = Actor::from_request_parts(&mut parts, &()).await?;
    let tenant = served.executor.tenant_rights(&actor.tenant).await;
    let tenant = tenant.map_err(|error| answers::failed(&error, ""))?;
    // each line's right is judged with its decision; whoever has none of them is not read at all
    if !command_table().any(|route| tenant.may(actor.roles, route.right)) {
        actor.require_in(&tenant, Right::ChangeSales)?;
    }
    super::no_parameters(&parts.uri)?;
    require_media_type(&parts.headers, NDJSON)?;
    let trace = Traceparent::current().unwrap_or_else(|| Traceparent::of(&parts.headers));
    let (results, answer) = flow::answer();
    let mut run = Run { served: served.clone(), actor, trace, lanes: Lanes::default() };
    let stop = served.tasks.token();
    let all = async move {
        let start = |(number, line)| run.start(number, line);
        flow::in_order(Lines::new(body).stream(), start, results, stop).await;
    };
    served.tasks.spawn(all.instrument(Span::current()));
    Ok(answer)
}

/// One bulk request.
struct Run {
    served: Arc<Served>,
    actor: Actor,
    trace: Traceparent,
    lanes: Lanes,
}

/// A line that was understood.
struct Understood {
    decoded: Decoded,
    call: Call,
}

impl Run {
    /// Starts one line as a task of its own, in its turn.
    fn start(&mut self, number: usize, line: Line) -> impl Future<Output = Bytes> + use<> {
        let understood = self.understand(line);
        let turn = understood.as_ref().ok().map(|line| self.lanes.turn(&line.decoded, &line.call));
        let executor = self.served.executor.clone();
        let trace = self.trace;
        let request = Span::current();
        let line = trace.scope(async move {
            if let Some(turn) = &turn {
                turn.come().await;
            }
            let result = match understood {
                Ok(Understood { decoded, call }) => executor
                    .execute(&call, decoded.stream, decoded.order)
                    .await
                    .map_err(|error| answers::failed(&error, "/body")),
                Err(problem) => Err(problem),
            };
            drop(turn);
            result_line(number, result)
        });
        let task = self.served.tasks.spawn(line.instrument(request));
        async move {
            task.await.unwrap_or_else(|error| result_line(number, Err(Problem::internal(&error))))
        }
    }

    /// From text to an order, or the problem the command would have had by itself.
    fn understand(&self, line: Line) -> Result<Understood, Problem> {
        let Line::Text(text) = line else { return Err(Problem::body_too_large(BODY_BYTES_MAX)) };
        let value = json::parse_value(&text)?;
        let line: BulkLine = json::decode_value(&value, "")?;
        let route = find(&line.command)?;
        if line.effective_at.is_some() {
            self.actor.require(Right::SetEffectiveTime)?;
        }
        let member = |name| move |problem: Problem| in_member(name, &problem);
        let parse = |text: &str| EffectiveAt::parse(text).and_then(in_calendar);
        let effective_at = line.effective_at.as_deref().map(parse).transpose();
        let effective_at = effective_at.map_err(member("/effective_at"))?;
        let key = line.key.as_deref().map(IdempotencyKey::parse).transpose();
        let key = key.map_err(member("/key"))?;
        let body = line.body.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let fingerprint = match &line.id {
            Some(id) if route.creates() => json::fingerprint(&with_id(&body, id)),
            _ => json::fingerprint(&body),
        };
        let asked =
            Asked { id: line.id.as_deref(), body: &body, pointer: "/body", actor: &self.actor };
        let decoded = (route.decode)(&asked)?;
        let conditions = Conditions {
            key: key.map(|key| key.as_str().to_owned()),
            if_version: line.if_version,
            effective_at,
            trace: self.trace,
        };
        let id = if route.creates() { "" } else { line.id.as_deref().unwrap_or_default() };
        Ok(Understood { call: conditions.call(&self.actor, route, id, fingerprint), decoded })
    }
}

/// A creation says its id in the line or in the body: either way it is the same request.
fn with_id(body: &Value, id: &str) -> Value {
    let mut body = body.clone();
    if let Value::Object(members) = &mut body {
        members.entry("id").or_insert_with(|| Value::String(id.to_owned()));
    }
    body
}

/// What a header would be refused for, at its place in a line.
fn in_member(pointer: &'static str, problem: &Problem) -> Problem {
    let rule = problem.errors().first().map_or("", |fault| fault.detail.as_str());
    Problem::bad_body("invalid_value", pointer, rule)
}

/// The row of a command.
fn find(command: &str) -> Result<&'static CommandRoute, Problem> {
    command_table().find(|route| route.command == command).ok_or_else(|| {
        Problem::bad_body("unknown_command", "/command", "there is no command of this name")
    })
}

/// One line of the answer.
fn result_line(line: usize, result: Result<crate::call::Answer, Problem>) -> Bytes {
    let result = match result {
        Ok(answer) => {
            let status = answers::status(&answer).as_u16();
            BulkResult { line, status, answer: Some(answer.into()), problem: None }
        }
        Err(problem) => {
            let status = problem.status().as_u16();
            BulkResult { line, status, answer: None, problem: serde_json::to_value(&problem).ok() }
        }
    };
    flow::line(&result)
}
