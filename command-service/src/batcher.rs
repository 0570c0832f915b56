//! Group commit: what is waiting goes to the log in one call, and every command gets its own outcome.
//!
//! Natural batching: no timer and no added latency. While one batch is on its way the next one fills up; a
//! second one in flight would only wait for the log's lock, and both would be smaller.
//! The streams that decisions rest on go along and are judged under the log's lock. Must not look into the
//! commands.

use std::collections::{HashSet, VecDeque};

use event_store::{EventStore, Group, Outcome, Resting};
use events::StreamName;
use service_runtime::clock::Stopwatch;
use service_runtime::fault_point;
use service_runtime::tasks::Tasks;
use service_runtime::trace::{Traceparent, span};
use tokio::sync::{mpsc, oneshot};
use tracing::{Instrument, Span};
use uuid::Uuid;

use crate::call::ExecuteError;
use crate::metrics;
use crate::places::WAITING_MAX;

/// Commands in one batch at most (design §5).
pub const COMMANDS_MAX: usize = 512;
/// Events in one batch at most (design §5).
pub const EVENTS_MAX: usize = 2_000;
/// Payload bytes in one batch at most (design §5).
pub const BYTES_MAX: usize = 4 * 1024 * 1024;

/// A command waiting for its batch.
struct Waiting {
    group: Group,
    writes: Vec<Uuid>,
    rests_on: Resting,
    events: usize,
    bytes: usize,
    /// The command's exported span, for the batch's to link to.
    cause: Option<Traceparent>,
    reply: oneshot::Sender<Result<Outcome, ExecuteError>>,
}

/// Hands groups to the log, many per commit.
#[derive(Debug, Clone)]
pub struct Batcher {
    queue: mpsc::Sender<Waiting>,
}

impl Batcher {
    /// Starts batching; it ends when the last handle is gone and everything accepted is answered.
    pub fn start(store: EventStore, tasks: &Tasks, writer: Uuid) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING_MAX);
        tasks.spawn(run(store, writer, waiting));
        Self { queue }
    }

    /// What becomes of one group, decided on the versions of other streams in `rests_on`. The append runs to
    /// its end even when the caller stops waiting.
    pub async fn append(
        &self,
        group: Group,
        rests_on: &[(StreamName, i64)],
    ) -> Result<Outcome, ExecuteError> {
        let (reply, sent) = oneshot::channel();
        let id = |stream: &StreamName| stream.stream_id(&group.tenant);
        let writes: Vec<Uuid> = group.appends.iter().map(|append| id(&append.stream)).collect();
        let rests_on = rests_on.iter().map(|(stream, version)| (id(stream), *version)).collect();
        let facts = group.appends.iter().flat_map(|append| &append.events);
        let (events, bytes) = facts
            .fold((0, 0), |(n, bytes), fact| (n + 1, bytes + fact.payload.len() + fact.meta.len()));
        let cause = span::exported(&Span::current());
        let waiting = Waiting { group, writes, rests_on, events, bytes, cause, reply };
        self.queue.try_send(waiting).map_err(|_| ExecuteError::Overloaded)?;
        sent.await.unwrap_or(Err(ExecuteError::Overloaded))
    }
}

/// Collects and sends batches until nobody can add to them any more.
async fn run(store: EventStore, writer: Uuid, mut waiting: mpsc::Receiver<Waiting>) {
    let mut postponed = VecDeque::new();
    loop {
        if postponed.is_empty() {
            let Some(first) = waiting.recv().await else { return };
            postponed.push_back(first);
        }
        while postponed.len() < COMMANDS_MAX
            && let Ok(next) = waiting.try_recv()
        {
            postponed.push_back(next);
        }
        if let Err(error) = send(&store, writer, take_batch(&mut postponed)).await {
            // whoever waited meanwhile waited for the same log, and is not kept waiting for it once more
            while let Ok(next) = waiting.try_recv() {
                postponed.push_back(next);
            }
            fail(postponed.drain(..).map(|waiting| waiting.reply), &error);
        }
    }
}

/// The next batch: within the limits and with every stream written once; the rest keeps its order.
fn take_batch(postponed: &mut VecDeque<Waiting>) -> Vec<Waiting> {
    let (mut batch, mut rest) = (Vec::new(), VecDeque::new());
    let (mut events, mut bytes) = (0, 0);
    let mut streams = HashSet::new();
    while let Some(next) = postponed.pop_front() {
        let fits = batch.is_empty()
            || (batch.len() < COMMANDS_MAX
                && events + next.events <= EVENTS_MAX
                && bytes + next.bytes <= BYTES_MAX);
        let distinct = next.writes.iter().all(|stream| !streams.contains(stream));
        // a stream that is postponed once blocks later commands on it, so their order is kept
        streams.extend(next.writes.iter().copied());
        if fits && distinct {
            events += next.events;
            bytes += next.bytes;
            batch.push(next);
        } else {
            rest.push_back(next);
        }
    }
    *postponed = rest;
    batch
}

/// One call to the log, one answer a command; the error, when the log did not take the call.
async fn send(store: &EventStore, writer: Uuid, batch: Vec<Waiting>) -> Result<(), ExecuteError> {
    let events = batch.iter().map(|waiting| waiting.events).sum();
    let call = tracing::debug_span!("append", otel.kind = "client", commands = batch.len(), events);
    span::link(&call, batch.iter().filter_map(|waiting| waiting.cause));
    let (mut groups, mut rests_on, mut replies) = (Vec::new(), Vec::new(), Vec::new());
    for waiting in batch {
        groups.push(waiting.group);
        rests_on.push(waiting.rests_on);
        replies.push(waiting.reply);
    }
    let watch = Stopwatch::start();
    fault_point::pass("append.before");
    let appending = store.append_resting(writer, &groups, &rests_on).instrument(call.clone());
    let outcomes = fault_point::during("append.during", appending).await;
    fault_point::pass("append.after-commit");
    metrics::batch(groups.len(), events, watch.elapsed());
    match outcomes {
        Ok(outcomes) => {
            for (reply, outcome) in replies.into_iter().zip(outcomes) {
                let _hung_up = reply.send(Ok(outcome));
            }
            Ok(())
        }
        Err(error) => {
            metrics::batch_failed();
            span::failed(&call);
            tracing::warn!(commands = groups.len(), error = %error, "a batch could not be appended");
            let error = error.into();
            fail(replies, &error);
            Err(error)
        }
    }
}

/// Tells everybody of a batch the same bad news.
fn fail(
    replies: impl IntoIterator<Item = oneshot::Sender<Result<Outcome, ExecuteError>>>,
    error: &ExecuteError,
) {
    for reply in replies {
        let _hung_up = reply.send(Err(error.clone()));
    }
}
