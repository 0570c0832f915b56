//! One request, a command for each member of a selection (SF-17, SF-18): a line a member, in their order.
//!
//! A member that the caller does not see is none, as in the list of members.
//!
//! Every member is a command of its own: under the caller's own rights, accepted or refused by itself. Its idempotency key
//! follows from run and sale, so a request that was cut is sent again as it was: what was done is answered once more, the
//! rest is done. Sales that the request names are taken as they are named, members or not: what a dynamic selection finds
//! changes from one moment to the next.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::Response;
use bytes::Bytes;
use events::selection::{MEMBERS_MAX, SelectionKind};
use events::{ParseError, SaleId, SelectionId};
use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service_runtime::access::Right;
use service_runtime::auth::Actor;
use service_runtime::problem::Problem;
use service_runtime::{JsonBody, PathId, Traceparent, json};
use tracing::{Instrument, Span};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::Served;
use crate::call::{Answer, Call};
use crate::http::answers::{self, CommandAnswer};
use crate::http::lanes::Lanes;
use crate::http::route::{Asked, CommandRoute, Decoded};
use crate::http::{Conditions, commands, flow};

/// Headers that are about one command.
const OF_ONE_COMMAND: [&str; 3] = ["idempotency-key", "if-match", "effective-at"];

/// Sales of one request.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Vec<Uuid>")]
pub(super) struct ManySales(Vec<SaleId>);

impl TryFrom<Vec<Uuid>> for ManySales {
    type Error = ParseError;
    fn try_from(ids: Vec<Uuid>) -> Result<Self, ParseError> {
        if ids.len() > MEMBERS_MAX {
            return Err(ParseError::new("sales", "must be 10000 sales at most"));
        }
        Ok(Self(ids.into_iter().map(SaleId).collect()))
    }
}

/// A line of the answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberResult {
    /// Which sale.
    sale: Uuid,
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

/// A request that may be carried out.
pub(super) struct Requested<B> {
    pub served: Arc<Served>,
    pub actor: Actor,
    pub trace: Traceparent,
    pub selection: Uuid,
    pub body: B,
}

/// Token, right, headers, id and body, in this order.
pub(super) async fn requested<B: DeserializeOwned>(
    served: Arc<Served>,
    right: Right,
    request: Request,
) -> Result<Requested<B>, Problem> {
    let (mut parts, body) = request.into_parts();
    let actor = Actor::from_request_parts(&mut parts, &()).await?;
    served.executor.require(&actor, right).await?;
    crate::http::no_parameters(&parts.uri)?;
    let PathId(selection) = PathId::<Uuid>::from_request_parts(&mut parts, &()).await?;
    none_of_one_command(&parts.headers)?;
    let trace = Traceparent::current().unwrap_or_else(|| Traceparent::of(&parts.headers));
    let request = Request::from_parts(parts, body);
    let body = JsonBody::<B>::from_request(request, &()).await?.value;
    Ok(Requested { served, actor, trace, selection, body })
}

/// What is about one command cannot be about many.
fn none_of_one_command(headers: &HeaderMap) -> Result<(), Problem> {
    match OF_ONE_COMMAND.into_iter().find(|name| headers.contains_key(*name)) {
        None => Ok(()),
        Some(name) => {
            let rule = "is about one command; `run` makes a request that can be sent again";
            Err(Problem::bad_header(name, rule))
        }
    }
}

/// The row of a command by its name.
pub(super) fn command(name: &str) -> Option<&'static CommandRoute> {
    commands().find(|route| route.command == name)
}

/// A command for every member: its row, its body, and where that stands in the request.
pub(super) struct ForAll {
    /// What the run is called, in the keys of its commands.
    pub run: String,
    /// The row of the command table.
    pub route: &'static CommandRoute,
    /// The body for one member, and the id that the command is for.
    pub of: fn(&Actor, &Self, SaleId) -> (String, Value),
    /// What every body has.
    pub body: Value,
    /// JSON Pointer of the body in the request.
    pub pointer: &'static str,
}

impl ForAll {
    /// What one member is asked, or the 4xx.
    fn decoded(&self, actor: &Actor, sale: SaleId) -> Result<(Decoded, String, Value), Problem> {
        let (id, body) = (self.of)(actor, self, sale);
        let asked = Asked { id: Some(&id), body: &body, pointer: self.pointer, actor };
        let decoded = (self.route.decode)(&asked)?;
        Ok((decoded, id, body))
    }
}

/// The sales of a run.
pub(super) struct Meant {
    sales: Vec<SaleId>,
    /// The request names them, so each is answered; of members those that are not seen are none.
    named: bool,
}

/// Codes of a sale that a caller does not see, or that is not there.
const UNSEEN: [&str; 2] = ["not_found", "unknown_sale"];

/// The sales to do something for: those that are named, else the members of a static selection.
///
/// # Errors
/// 404 when the caller does not see the selection; 422 when it is deleted, or dynamic and none are named.
pub(super) async fn members<B>(
    requested: &Requested<B>,
    named: Option<ManySales>,
) -> Result<Meant, Problem> {
    let id = SelectionId(requested.selection);
    let kept = requested.served.executor.selection(&requested.actor, id).await;
    let kept = kept.map_err(|error| answers::failed(&error, ""))?;
    match (named, kept.kind) {
        (Some(ManySales(sales)), _) => Ok(Meant { sales, named: true }),
        (None, SelectionKind::Static) => Ok(Meant { sales: kept.in_order(), named: false }),
        (None, SelectionKind::Dynamic) => {
            let detail = "name the members of a dynamic selection that are meant";
            let problem = Problem::refused("members_required", detail);
            Err(problem.at_pointer("/sales", "members_required", detail))
        }
    }
}

/// Carries the command out for every member. A body that no member could take is refused before anything is done.
pub(super) async fn for_each<B>(
    requested: Requested<B>,
    meant: Meant,
    all: ForAll,
) -> Result<Response, Problem> {
    let Requested { served, actor, trace, .. } = requested;
    served.executor.require(&actor, all.route.right).await?;
    all.decoded(&actor, SaleId(Uuid::nil()))?;
    let (results, answer) = flow::answer();
    let stop = served.tasks.token();
    let tasks = served.tasks.clone();
    let Meant { sales, named } = meant;
    let mut run = Run { served, actor, trace, all, named, lanes: Lanes::default() };
    let work = async move {
        let sales = futures::stream::iter(sales);
        flow::in_order(sales, |sale| run.start(sale), results, stop).await;
    };
    tasks.spawn(work.instrument(Span::current()));
    Ok(answer)
}

/// One request.
struct Run {
    served: Arc<Served>,
    actor: Actor,
    trace: Traceparent,
    all: ForAll,
    named: bool,
    lanes: Lanes,
}

impl Run {
    /// Starts the command of one member as a task of its own, in its turn.
    fn start(&mut self, sale: SaleId) -> impl Future<Output = Bytes> + use<> {
        let understood = self.understood(sale);
        let turn = understood.as_ref().ok().map(|(decoded, call)| self.lanes.turn(decoded, call));
        let executor = self.served.executor.clone();
        let (pointer, named) = (self.all.pointer, self.named);
        let work = self.trace.scope(async move {
            if let Some(turn) = &turn {
                turn.come().await;
            }
            let result = match understood {
                Ok((decoded, call)) => executor
                    .execute(&call, decoded.stream, decoded.order)
                    .await
                    .map_err(|error| answers::failed(&error, pointer)),
                Err(problem) => Err(problem),
            };
            drop(turn);
            match result {
                // neither list nor count of the members tells of it
                Err(problem) if !named && UNSEEN.contains(&problem.code()) => Bytes::new(),
                result => result_line(sale, result),
            }
        });
        let task = self.served.tasks.spawn(work.instrument(Span::current()));
        async move {
            task.await.unwrap_or_else(|error| result_line(sale, Err(Problem::internal(&error))))
        }
    }

    /// The command of one member, with a key that follows from run and sale.
    fn understood(&self, sale: SaleId) -> Result<(Decoded, Call), Problem> {
        let (decoded, id, body) = self.all.decoded(&self.actor, sale)?;
        let conditions = Conditions {
            key: Some(format!("{}/{}", self.all.run, sale.0)),
            if_version: None,
            effective_at: None,
            trace: self.trace,
        };
        let fingerprint = json::fingerprint(&body);
        let call = conditions.call(&self.actor, self.all.route, &id, fingerprint);
        Ok((decoded, call))
    }
}

fn result_line(sale: SaleId, result: Result<Answer, Problem>) -> Bytes {
    let (status, answer, problem) = match result {
        Ok(answer) => (answers::status(&answer), Some(answer.into()), None),
        Err(problem) => (problem.status(), None, serde_json::to_value(&problem).ok()),
    };
    flow::line(&MemberResult { sale: sale.0, status: status.as_u16(), answer, problem })
}
