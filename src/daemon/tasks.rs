//! Tasks that look after something for as long as it is there.

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// Where tasks are started that never end by themselves, and it is told when one has.
#[derive(Debug, Clone)]
pub(super) struct Tasks(mpsc::Sender<&'static str>);

/// A task. It is ended when this is dropped.
#[derive(Debug)]
pub(super) struct Task(AbortHandle);

impl Tasks {
    /// With what tells the first task that has ended by itself or panicked.
    pub(super) fn new() -> (Self, mpsc::Receiver<&'static str>) {
        let (ended, told) = mpsc::channel(1);
        (Self(ended), told)
    }

    /// Starts a task, by the word for it in case it ends.
    pub(super) fn start(
        &self,
        what: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> Task {
        let task = tokio::spawn(task);
        let handle = task.abort_handle();
        let tasks = self.clone();
        drop(tokio::spawn(async move {
            let was_asked = task.await.is_err_and(|error| error.is_cancelled());
            if !was_asked {
                tasks.has_ended(what);
            }
        }));
        Task(handle)
    }

    /// Says that something has ended that should not have.
    pub(super) fn has_ended(&self, what: &'static str) {
        // The first is enough.
        let _ = self.0.try_send(what);
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
