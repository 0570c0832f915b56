//! `GET /v1/events`: the tenant's part of the log as NDJSON, verbatim, for replay and backfill.
//!
//! Streamed in pages, so memory stays small whatever `limit` is. A sale's data is as it was stored, with the
//! version of its shape beside it. The log has no past of its own to ask about: each line bears both its times, so of the
//! common parameters it takes `min_position` alone.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use event_store::{EventStore, Filter};
use events::{Aggregate, Recorded, StreamName};
use futures::stream::{self, Stream};
use http::header::CONTENT_TYPE;
use serde::Serialize;
use serde_json::value::RawValue;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::ask::{
    Asked, FromGiven, Given, Questions, When, bad, log_failed, min_position, unreadable,
    wait_for_log,
};
use crate::event_sight::{Reader, rights_of};

/// Events read from the log at once.
const PAGE: i64 = 1_000;
const LIMIT_MAX: i64 = 10_000;

/// Parameters of the feed.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedParams {
    /// Only events behind this position. Default: 0, the beginning.
    #[param(value_type = Option<i64>, minimum = 0)]
    after: i64,
    /// At most so many lines. Default 1000.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 10_000)]
    limit: i64,
    /// Only these types (`sale.won`), separated by commas.
    #[param(value_type = Option<Vec<String>>, explode = false, rename = "type")]
    types: Vec<String>,
    /// Only events of this kind of stream: sale, activity, stage, sale-type, currency, user, tenant, name, list, selection,
    /// target-type, target, company, contact.
    #[param(value_type = Option<String>)]
    aggregate: Option<Aggregate>,
    /// Only events of the stream with this public id; needs `aggregate`.
    id: Option<String>,
    /// Wait, at most two seconds, until the log has this position; else 504.
    #[param(minimum = 0)]
    min_position: Option<i64>,
}

impl FromGiven for FeedParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let rule = "must be a position, 0 or above";
        let after = given.take::<i64>("after", rule)?.unwrap_or(0);
        if after < 0 {
            return Err(bad("after", rule));
        }
        let rule = "must be a whole number from 1 to 10000";
        let limit = given.take::<i64>("limit", rule)?.unwrap_or(PAGE);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(bad("limit", rule));
        }
        let types = given.list_of("type", "must be types of events, such as sale.won", |text| {
            events::codec::current_version(text).ok().map(|(known, _)| known.to_owned())
        })?;
        let rule = "must be sale, activity, stage, sale-type, currency, user, tenant, name, list, selection, \
                    target-type, target, company or contact";
        let aggregate = given.text("aggregate");
        let aggregate =
            aggregate.map(|text| Aggregate::parse(&text).ok_or_else(|| bad("aggregate", rule)));
        let (aggregate, id) = (aggregate.transpose()?, given.text("id"));
        let min_position = min_position(given)?;
        if id.is_some() && aggregate.is_none() {
            return Err(bad("id", "needs aggregate beside it: ids are unique within an aggregate"));
        }
        // a UUID may be written in several ways, its stream is one
        let id = id.map(|id| Uuid::parse_str(&id).map_or(id, |uuid| uuid.to_string()));
        let types = types.unwrap_or_default();
        Ok(Self { after, limit, types, aggregate, id, min_position })
    }
}

/// One line of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedLine<'a> {
    /// Position in the log.
    position: i64,
    /// Position of the tenant's event before it: a hole in what you have shows here.
    previous: i64,
    /// Version of the stream.
    version: i64,
    /// Wire name.
    #[serde(rename = "type")]
    event_type: &'a str,
    /// Version of the shape of `data`.
    schema_version: i16,
    /// The event's own id.
    id: Uuid,
    /// The stream as people name it.
    #[schema(example = "sale/0198c1d2-0000-7000-8000-000000000001")]
    stream: &'a str,
    /// Sale number, on `sale.registered` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
    /// When it took effect.
    effective_at: DateTime<Utc>,
    /// Who caused it.
    actor: &'a str,
    /// The command that was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a str>,
    /// Ties together what one request caused.
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation: Option<Uuid>,
    /// The event that caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    causation: Option<Uuid>,
    /// The fact, byte for byte as it was stored.
    #[schema(value_type = Object)]
    data: &'a RawValue,
}

/// The log, one event a line
#[utoipa::path(
    get,
    path = "/v1/events",
    tag = "log",
    params(FeedParams),
    responses(
        (status = 200, description = "Events in the order of the log, one a line",
         body = FeedLine<'_>, content_type = "application/x-ndjson"),
        QueryProblems
    )
)]
pub(crate) async fn events(
    State(questions): State<Questions>,
    actor: Actor,
    Asked(params): Asked<FeedParams>,
) -> Result<Response, Problem> {
    let rights = rights_of(&questions, &actor.tenant).await?;
    actor.require_in(&rights, Right::ReadEventFeed)?;
    wait_for_log(&questions, params.min_position).await?;
    let stream_id = params.aggregate.zip(params.id.as_deref());
    let stream_id =
        stream_id.map(|(aggregate, id)| StreamName::new(aggregate, id).stream_id(&actor.tenant));
    let filter = Filter {
        after: params.after,
        limit: params.limit.min(PAGE),
        types: params.types,
        aggregate: params.aggregate,
        stream_id,
    };
    let when = When { min_position: params.min_position, ..When::default() };
    let reader = Reader::new(&questions, actor, &rights, when);
    let mut feed = Feed { store: questions.store, reader, filter, left: params.limit };
    // the first page before the answer begins: a log that is away is a 503, not a cut connection
    let first = feed.page().await.map_err(FeedError::problem)?;
    let lines = Body::from_stream(feed.lines(first));
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
}

/// What is still to be sent.
struct Feed {
    store: EventStore,
    reader: Reader,
    filter: Filter,
    left: i64,
}

impl Feed {
    async fn page(&mut self) -> Result<Vec<Recorded>, FeedError> {
        self.filter.limit = self.left.min(PAGE);
        let page = self.store.read_tenant(self.reader.tenant(), &self.filter).await?;
        let page = event_store::verify::whole(page)?;
        let full = i64::try_from(page.len()).unwrap_or(PAGE) == self.filter.limit;
        self.filter.after = page.last().map_or(self.filter.after, |last| last.position);
        let (page, cut) = self.reader.shown(page).await.map_err(FeedError::Sight)?;
        let sent = i64::try_from(page.len()).unwrap_or(PAGE);
        self.left = if full && !cut { self.left - sent } else { 0 };
        Ok(page)
    }

    fn lines(self, first: Vec<Recorded>) -> impl Stream<Item = Result<Bytes, FeedError>> {
        stream::try_unfold((self, Some(first)), async |(mut feed, ready)| {
            let page = match ready {
                Some(page) => page,
                None if feed.left == 0 => return Ok(None),
                None => feed.page().await?,
            };
            Ok(Some((written(&page)?, (feed, None))))
        })
    }
}

/// The feed broke off; the client sees a cut connection and asks again behind its last line.
#[derive(Debug, thiserror::Error)]
enum FeedError {
    #[error("cannot read the log")]
    Log(#[from] event_store::StoreError),
    #[error("cannot read an event")]
    Event(#[from] events::DecodeError),
    #[error("cannot write an event")]
    Line(#[from] serde_json::Error),
    #[error("cannot ask what the caller sees: {}", .0.detail())]
    Sight(Problem),
}

impl FeedError {
    /// What the caller is told while no line was sent.
    fn problem(self) -> Problem {
        match self {
            Self::Log(error) => log_failed(&error),
            Self::Event(error) => unreadable(&error),
            Self::Line(error) => unreadable(&error),
            Self::Sight(problem) => problem,
        }
    }
}

fn written(page: &[Recorded]) -> Result<Bytes, FeedError> {
    let mut lines = Vec::with_capacity(page.len() * 512);
    for event in page {
        let metadata = event.metadata()?;
        let line = FeedLine {
            position: event.position,
            previous: event.previous,
            version: event.version,
            event_type: &event.event_type,
            schema_version: event.schema_version,
            id: event.event_id,
            stream: &metadata.stream,
            number: event.number.map(|number| number.to_string()),
            recorded_at: event.recorded_at,
            effective_at: event.effective(),
            actor: &metadata.actor,
            command: metadata.command.as_deref(),
            correlation: metadata.correlation,
            causation: metadata.causation,
            data: serde_json::from_slice(&event.payload)?,
        };
        serde_json::to_writer(&mut lines, &line)?;
        lines.push(b'\n');
    }
    Ok(lines.into())
}
