//! What continues a checkpoint, and what becomes of it: what a read model applies, what waits behind a parked stream, what does
//! not concern it. Pure. Every event falls under exactly one of the three, none is forgotten.

use std::borrow::Cow;

use events::Recorded;
use read_models::ReadModel;
use uuid::Uuid;

use super::parked::Parked;

/// A run, sorted.
#[derive(Debug)]
pub(super) struct Sorted<'a> {
    /// What the read model applies, in order.
    pub(super) apply: Cow<'a, [Recorded]>,
    /// Position and stream of what waits, in order.
    pub(super) queue: Vec<(i64, Uuid)>,
    /// The run sorted here: all of it, or up to the first event there is no room for.
    pub(super) run: &'a [Recorded],
}

/// Sorts `run` for `model`; at most `room` further events may wait.
pub(super) fn sort<'a>(
    model: &dyn ReadModel,
    run: &'a [Recorded],
    parked: &Parked,
    room: usize,
) -> Sorted<'a> {
    let waits = |event: &Recorded| parked.streams.contains_key(&event.stream_id);
    if run.iter().all(|event| model.concerns(event) && !waits(event)) {
        return Sorted { apply: Cow::Borrowed(run), queue: Vec::new(), run };
    }
    let (mut apply, mut queue) = (Vec::new(), Vec::new());
    for (index, event) in run.iter().enumerate() {
        if !model.concerns(event) {
            continue;
        }
        if !waits(event) {
            apply.push(event.clone());
        } else if queue.len() < room {
            queue.push((event.position, event.stream_id));
        } else {
            return Sorted { apply: Cow::Owned(apply), queue, run: &run[..index] };
        }
    }
    Sorted { apply: Cow::Owned(apply), queue, run }
}

/// The contiguous run directly after `position` among `events`, at most `limit` long.
pub(super) fn continuation(events: &[Recorded], position: i64, limit: usize) -> &[Recorded] {
    let Some(start) = events.iter().position(|event| event.position == position + 1) else {
        return &[];
    };
    let rest = &events[start..];
    let length = rest
        .iter()
        .zip(position + 1..)
        .take(limit)
        .take_while(|(event, next)| event.position == *next)
        .count();
    &rest[..length]
}
