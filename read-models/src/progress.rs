//! How far the lanes of this process have come, for questions that wait for a position: told at the commit instead of
//! asked for again and again. A hint: whoever is woken looks in the database, and lanes of other processes tell nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::watch;

/// A generation: name of the read model, number.
type Key = (&'static str, i32);

/// Checkpoints of the generations followed here; clones share them.
#[derive(Debug, Clone)]
pub struct Progress(watch::Sender<BTreeMap<Key, i64>>);

impl Default for Progress {
    fn default() -> Self {
        Self(watch::Sender::new(BTreeMap::new()))
    }
}

impl Progress {
    /// A generation stands at `position` now, and that is committed.
    pub fn tell(&self, model: &'static str, generation: i32, position: i64) {
        self.0.send_modify(|all| {
            all.insert((model, generation), position);
        });
    }

    /// A generation is followed here no more.
    pub fn forget(&self, model: &'static str, generation: i32) {
        self.0.send_modify(|all| {
            all.remove(&(model, generation));
        });
    }

    /// Whether one of the generations followed here is known not to have reached `position`.
    pub(crate) fn is_behind(&self, position: i64) -> bool {
        self.0.borrow().values().any(|at| *at < position)
    }

    /// Whether every generation followed here, if there is one, has told that it left `position` behind.
    pub(crate) fn is_beyond(&self, position: i64) -> bool {
        let all = self.0.borrow();
        !all.is_empty() && all.values().all(|at| *at > position)
    }

    /// How far the slowest generation followed here has come; none when none is.
    pub(crate) fn least(&self) -> Option<i64> {
        self.0.borrow().values().min().copied()
    }

    /// Whether every generation followed here has told that it reached `position`; waits for it for `patience`.
    pub(crate) async fn reaches(&self, position: i64, patience: Duration) -> bool {
        let mut seen = self.0.subscribe();
        let there = seen.wait_for(|all| !all.is_empty() && all.values().all(|at| *at >= position));
        matches!(tokio::time::timeout(patience, there).await, Ok(Ok(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    #[expect(clippy::disallowed_methods, reason = "the test's own clock, which stands still")]
    async fn whoever_waits_is_told_by_the_slowest_lane() {
        let progress = Progress::default();
        let began = tokio::time::Instant::now();
        let long = Duration::from_secs(60);
        progress.tell("sale", 1, 7);
        let telling = async {
            progress.tell("activity", 1, 3);
            tokio::task::yield_now().await;
            progress.tell("activity", 1, 7);
        };
        progress.tell("activity", 1, 2);
        assert!(progress.is_behind(7) && !progress.is_behind(2), "by the slowest");
        assert_eq!((progress.least(), Progress::default().least()), (Some(2), None));
        assert!(
            progress.is_beyond(1) && !progress.is_beyond(2) && !Progress::default().is_beyond(0)
        );
        assert!(tokio::join!(progress.reaches(7, long), telling).0);
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert!(!progress.reaches(8, long).await);
        assert_eq!(began.elapsed(), long, "nobody came so far");
        progress.tell("sale", 1, 9);
        progress.forget("activity", 1);
        assert!(progress.reaches(9, long).await);
    }
}
