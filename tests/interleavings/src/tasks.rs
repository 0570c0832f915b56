//! `service_runtime::tasks` as the product names it: spawns under the scheduler, and waits.

use std::sync::{Arc, Mutex, PoisonError};

use shuttle::future::{JoinHandle, spawn};

/// The tasks of one scene.
#[derive(Debug, Clone, Default)]
pub struct Tasks(Arc<Mutex<Vec<JoinHandle<()>>>>);

impl Tasks {
    /// Begins one.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let task = spawn(task);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    /// Waits until all of them have ended; one that never does is a deadlock, which ends the exploration.
    pub async fn ended(&self) {
        let tasks = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            assert!(task.await.is_ok(), "a task fell over");
        }
    }
}
