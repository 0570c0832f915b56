//! The only place that spawns tasks. Every task is counted, told to stop and waited for. Must not
//! leave a task behind that nobody waits for.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tasks of one process. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

/// How a drain ended: the number of tasks that were still running at the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Tasks that did not end in time; 0 after a clean stop.
    pub left: usize,
}

impl Tasks {
    /// No tasks yet, and nobody asked to stop.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fires when the process should stop. Tasks watch it and end by themselves.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Spawns a tracked task. It runs to its end, also after [`stop`](Self::stop): watch the token.
    #[expect(clippy::disallowed_methods, reason = "the one place that spawns")]
    pub fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        tokio::spawn(self.tracker.track_future(task))
    }

    /// Spawns a task that is dropped at its next await once [`stop`](Self::stop) was called. For
    /// loops that hold nothing that must be finished.
    pub fn spawn_until_stopped<F>(&self, task: F) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = self.token();
        self.spawn(async move {
            stop.run_until_cancelled(task).await;
        })
    }

    /// Spawns a task the process cannot live without: if it ends or panics before
    /// [`stop`](Self::stop), that is logged as an error and the whole process is told to stop.
    pub fn spawn_vital<F>(&self, name: &'static str, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let guard = Vital { name, stop: self.token() };
        self.spawn(async move {
            let _guard = guard;
            task.await
        })
    }

    /// Asks every task to stop. May be called many times.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Asks every task to stop and waits for them, at most `deadline`.
    pub async fn drain(&self, deadline: Duration) -> Drained {
        self.stop();
        self.tracker.close();
        let ended = tokio::time::timeout(deadline, self.tracker.wait()).await.is_ok();
        let left = if ended { 0 } else { self.tracker.len() };
        if left > 0 {
            tracing::error!(left, deadline_s = deadline.as_secs(), "tasks did not end in time");
        }
        Drained { left }
    }
}

/// Notices the end of a vital task, however it ends: return, panic or abort.
struct Vital {
    name: &'static str,
    stop: CancellationToken,
}

impl Drop for Vital {
    fn drop(&mut self) {
        if !self.stop.is_cancelled() {
            tracing::error!(task = self.name, "a vital task ended; stopping the process");
            self.stop.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn drain_waits_for_a_task_that_finishes_what_it_began() {
        let tasks = Tasks::new();
        let (stop, (done, finished)) = (tasks.token(), tokio::sync::oneshot::channel());
        tasks.spawn(async move {
            stop.cancelled().await;
            tokio::task::yield_now().await;
            done.send("finished").unwrap();
        });
        assert_eq!(tasks.drain(SOON).await, Drained { left: 0 });
        assert_eq!(finished.await, Ok("finished"));
    }

    #[tokio::test]
    async fn a_loop_that_never_ends_is_dropped_on_stop() {
        let tasks = Tasks::new();
        tasks.spawn_until_stopped(std::future::pending());
        assert_eq!(tasks.drain(SOON).await, Drained { left: 0 });
    }

    #[tokio::test]
    async fn drain_gives_up_at_its_deadline_and_counts_who_is_left() {
        let tasks = Tasks::new();
        tasks.spawn(std::future::pending::<()>());
        assert_eq!(tasks.drain(Duration::from_millis(1)).await, Drained { left: 1 });
    }

    #[tokio::test]
    async fn a_vital_task_that_panics_stops_the_process() {
        let tasks = Tasks::new();
        let ended = tasks.spawn_vital("relay", async { panic!("lost its mind") }).await;
        assert!(ended.is_err());
        assert!(tasks.token().is_cancelled());
    }
}
