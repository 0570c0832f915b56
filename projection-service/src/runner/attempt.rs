//! What to do with a batch that cannot be applied: make it smaller until the event at fault stands
//! alone, try that one three times, then call it poison. Must never skip an event.

use read_models::ApplyError;

/// Tries of one event before it is poison.
pub(super) const TRIES: u32 = 3;

/// How large the next batch may be, and how often its first event has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attempt {
    /// Most events of the next batch.
    pub(super) limit: usize,
    limit_max: usize,
    tries: u32,
}

/// What follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Try again with the new limit.
    Again,
    /// The first event failed alone, three times.
    Poison,
}

impl Attempt {
    pub(super) fn new(limit_max: usize) -> Self {
        Self { limit: limit_max, limit_max, tries: 0 }
    }

    /// Nothing is being isolated: batches may be as large as they come.
    pub(super) fn at_ease(&self) -> bool {
        self.tries == 0 && self.limit == self.limit_max
    }

    /// A batch was committed: larger ones may follow.
    pub(super) fn succeeded(&mut self) {
        self.tries = 0;
        self.limit = self.limit.saturating_mul(2).min(self.limit_max);
    }

    /// A batch of `length` events failed; `good` of them precede the one at fault, when it is known.
    pub(super) fn failed(&mut self, length: usize, good: Option<usize>) -> Next {
        if length > 1 {
            self.limit = match good {
                Some(before) if before < length => before.clamp(1, self.limit_max),
                _ => length / 2,
            };
            return Next::Again;
        }
        self.tries += 1;
        if self.tries < TRIES { Next::Again } else { Next::Poison }
    }

    /// A batch of `length` events took longer than a statement may. That says nothing against any of them: a slow disk is
    /// nobody's fault.
    pub(super) fn took_too_long(&mut self, length: usize) {
        self.limit = (length / 2).clamp(1, self.limit_max);
    }

    /// Somebody asked for another try.
    pub(super) fn pardon(&mut self) {
        self.tries = 0;
    }
}

/// How many events after `position` precede the one at fault, when the error names it.
pub(super) fn good_before(error: &ApplyError, position: i64) -> Option<usize> {
    error.position().and_then(|at| usize::try_from(at - position - 1).ok())
}

/// An error with everything that caused it, on one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let more = deeper.to_string();
        if !text.ends_with(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = deeper.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poison_event_ends_up_alone_and_is_tried_three_times() {
        let mut attempt = Attempt::new(500);
        assert_eq!((attempt.failed(500, Some(7)), attempt.limit), (Next::Again, 7));
        attempt.succeeded();
        assert_eq!((attempt.failed(14, Some(0)), attempt.limit), (Next::Again, 1));
        assert_eq!(attempt.failed(1, Some(0)), Next::Again);
        assert_eq!(attempt.failed(1, None), Next::Again);
        assert_eq!(attempt.failed(1, None), Next::Poison);
    }

    #[test]
    fn what_takes_too_long_becomes_smaller_and_never_poison() {
        let mut attempt = Attempt::new(500);
        for limit in [250, 125, 62, 31, 15, 7, 3, 1, 1, 1, 1, 1] {
            attempt.took_too_long(attempt.limit);
            assert_eq!(attempt.limit, limit);
        }
        assert_eq!(attempt.failed(1, None), Next::Again, "as if it had never been tried");
    }

    #[test]
    fn a_batch_halves_when_nobody_knows_who_is_at_fault() {
        let mut attempt = Attempt::new(500);
        let mut limits = Vec::new();
        while attempt.limit > 1 {
            assert_eq!(attempt.failed(attempt.limit, None), Next::Again);
            limits.push(attempt.limit);
        }
        assert_eq!(limits, [250, 125, 62, 31, 15, 7, 3, 1]);
        attempt.succeeded();
        assert_eq!(attempt.limit, 2);
    }
}
