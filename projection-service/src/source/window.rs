//! The last events read from the stream, kept so that several lanes share one reader. Holds a
//! contiguous run and nothing else: what would leave a hole cannot be put in.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use events::Recorded;

/// Events kept. A lane that falls further behind reads the log in Postgres and holds nobody up.
const KEPT: usize = 2_048;

/// A contiguous run of events that ends at the newest one read.
#[derive(Debug, Default)]
pub(super) struct Window(Mutex<Run>);

#[derive(Debug, Default)]
struct Run {
    /// Position just before the first event kept.
    before: i64,
    events: VecDeque<Recorded>,
}

impl Run {
    fn end(&self) -> i64 {
        let kept = i64::try_from(self.events.len()).expect("invariant: a window is small");
        self.before + kept
    }
}

impl Window {
    /// Position of the newest event read.
    pub(super) fn end(&self) -> i64 {
        self.run().end()
    }

    /// Starts over behind `position`; keeps what is there if it ends exactly there already.
    pub(super) fn restart(&self, position: i64) {
        let mut run = self.run();
        if run.end() != position {
            *run = Run { before: position, events: VecDeque::new() };
        }
    }

    /// Starts over behind `position` whatever is there.
    pub(super) fn forget(&self, position: i64) {
        *self.run() = Run { before: position, events: VecDeque::new() };
    }

    /// Adds the next event.
    ///
    /// # Panics
    /// If it is not the next one: the judge has checked its position before.
    pub(super) fn push(&self, event: Recorded) {
        let mut run = self.run();
        assert_eq!(event.position, run.end() + 1, "invariant: a window has no hole");
        run.events.push_back(event);
        if run.events.len() > KEPT {
            run.events.pop_front();
            run.before += 1;
        }
    }

    /// Up to `limit` events directly after `after`; `None` when the window cannot continue there.
    pub(super) fn after(&self, after: i64, limit: usize) -> Option<Vec<Recorded>> {
        let run = self.run();
        let skip = usize::try_from(after - run.before).ok()?;
        let events: Vec<_> = run.events.iter().skip(skip).take(limit).cloned().collect();
        (!events.is_empty()).then_some(events)
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
