//! The write side's routes. One table of commands makes the router, the bulk endpoint, the role check and the
//! OpenAPI document; a new command is a row in its aggregate's file.

pub mod activities;
pub mod answers;
pub mod bulk;
pub mod companies;
pub mod contacts;
pub mod custom_fields;
pub mod features;
pub mod fields;
mod flow;
mod lanes;
pub mod lines;
pub mod lists;
pub mod openapi;
pub mod own;
pub mod route;
pub mod sale_types;
pub mod sales;
pub mod selections;
pub mod settings;
pub mod stages;
pub mod targets;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::response::Response;
use axum::routing::post;
use chrono::{DateTime, Datelike, Utc};
use http::Uri;
use http::request::Parts;
use serde_json::{Value, json};
use service_runtime::auth::Actor;
use service_runtime::params::parse_params;
use service_runtime::problem::Problem;
use service_runtime::{
    EffectiveAt, IdempotencyKey, IfMatch, JsonBody, NoBody, PathId, Traceparent,
};

use crate::app::Served;
use crate::call::{Call, Key, request_fingerprint};
use route::{Asked, CommandRoute};

/// Every command of the product.
pub fn commands() -> impl Iterator<Item = &'static CommandRoute> {
    let lists = stages::ROUTES
        .iter()
        .chain(sale_types::routes())
        .chain(&settings::ROUTES)
        .chain(&features::ROUTES)
        .chain(&own::ROUTES)
        .chain(&lists::ROUTES)
        .chain(&custom_fields::ROUTES)
        .chain(selections::routes())
        .chain(targets::routes())
        .chain(&companies::ROUTES)
        .chain(&contacts::ROUTES);
    sales::routes().chain(activities::routes()).chain(lists)
}

/// The routes, without the layers around them.
pub fn routes(served: Arc<Served>) -> Router {
    let mut router = Router::new();
    for route in commands() {
        let handler = if route.creates() {
            post(move |State(served): State<Arc<Served>>, request: Request| {
                create(served, route, request)
            })
        } else {
            post(move |State(served): State<Arc<Served>>, request: Request| {
                change(served, route, request)
            })
        };
        router = router.route(route.path, handler);
    }
    router
        .route("/v1/commands", post(bulk::commands))
        .route(selections::UPDATE_MEMBERS, post(selections::update_members))
        .route(selections::PLAN_FOLLOW_UPS, post(selections::plan_follow_ups))
        .with_state(served)
}

/// A creation: the id is in the body or made here.
async fn create(
    served: Arc<Served>,
    route: &'static CommandRoute,
    request: Request,
) -> Result<Response, Problem> {
    carry_out(served, route, None, request).await
}

/// A command on something that exists.
async fn change(
    served: Arc<Served>,
    route: &'static CommandRoute,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    // the caller is known before the id is looked at, so a stranger learns nothing from it
    Actor::from_request_parts(&mut parts, &()).await?;
    let PathId(id) = PathId::<String>::from_request_parts(&mut parts, &()).await?;
    carry_out(served, route, Some(id), Request::from_parts(parts, body)).await
}

/// Token, right, headers, body, decision, answer: in this order.
async fn carry_out(
    served: Arc<Served>,
    route: &'static CommandRoute,
    id: Option<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let actor = Actor::from_request_parts(&mut parts, &()).await?;
    served.executor.require(&actor, route.right).await?;
    no_parameters(&parts.uri)?;
    let conditions = Conditions::of(&mut parts, route).await?;
    let request = Request::from_parts(parts, body);
    let (body, fingerprint) = if route.body.is_some() {
        let body = JsonBody::<Value>::from_request(request, &()).await?;
        (body.value, body.fingerprint)
    } else {
        let body = NoBody::from_request(request, &()).await?;
        (json!({}), body.fingerprint)
    };
    let asked = Asked { id: id.as_deref(), body: &body, pointer: "", actor: &actor };
    let decoded = (route.decode)(&asked)?;
    let call = conditions.call(&actor, route, id.as_deref().unwrap_or_default(), fingerprint);
    let aggregate = decoded.stream.aggregate;
    let answer = served.executor.execute(&call, decoded.stream, decoded.order).await;
    match answer {
        Ok(answer) => Ok(answers::accepted(served.log_id, aggregate, answer)),
        Err(error) => Err(answers::failed(&error, "")),
    }
}

/// Commands take no query parameters; one that is sent is refused by name.
fn no_parameters(uri: &Uri) -> Result<(), Problem> {
    #[derive(serde::Deserialize)]
    struct Nothing {}

    parse_params(uri.query().unwrap_or_default()).map(|Nothing {}| ())
}

/// Business times lie where business dates lie: in the years 1900 to 9999.
fn in_calendar(EffectiveAt(at): EffectiveAt) -> Result<DateTime<Utc>, Problem> {
    if (1900..=9999).contains(&at.year()) {
        return Ok(at);
    }
    Err(Problem::bad_header("effective-at", "must lie in the years 1900 to 9999"))
}

/// What the headers of a command, or the members of a line, ask for.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// `Idempotency-Key`.
    pub key: Option<String>,
    /// `If-Match`.
    pub if_version: Option<i64>,
    /// `Effective-At`.
    pub effective_at: Option<DateTime<Utc>>,
    /// `traceparent`, or a new one.
    pub trace: Traceparent,
}

impl Conditions {
    /// Reads the headers.
    async fn of(parts: &mut Parts, route: &CommandRoute) -> Result<Self, Problem> {
        let key = Option::<IdempotencyKey>::from_request_parts(parts, &()).await?;
        let expected = Option::<IfMatch>::from_request_parts(parts, &()).await?;
        let effective_at = Option::<EffectiveAt>::from_request_parts(parts, &()).await?;
        let trace = Traceparent::current().unwrap_or_else(|| Traceparent::of(&parts.headers));
        let if_version = match expected {
            Some(IfMatch::Version(version)) => Some(version),
            Some(IfMatch::Any) if route.creates() => {
                let rule = "cannot be * for what is only being created";
                return Err(Problem::bad_header("if-match", rule));
            }
            // whatever does not exist is a 404 anyway
            Some(IfMatch::Any) | None => None,
        };
        Ok(Self {
            key: key.map(|key| key.as_str().to_owned()),
            if_version,
            effective_at: effective_at.map(in_calendar).transpose()?,
            trace,
        })
    }

    /// The call a request amounts to.
    pub fn call(
        self,
        actor: &Actor,
        route: &CommandRoute,
        id: &str,
        fingerprint: [u8; 32],
    ) -> Call {
        let request = request_fingerprint(route.command, id, self.effective_at, fingerprint);
        Call {
            tenant: actor.tenant.clone(),
            actor: actor.user.clone(),
            principal: Some(actor.principal()),
            right: Some(route.right),
            command: route.command,
            key: self.key.map(|key| Key::new(&actor.tenant, &actor.user, &key, request)),
            if_version: self.if_version,
            effective_at: self.effective_at,
            traceparent: Some(self.trace.to_string()),
            correlation: Some(self.trace.trace_id().as_uuid()),
            causation: None,
        }
    }
}
