//! Threads for work that takes a processor longer than others may wait for it: a
//! signature takes longer than most answers of the database. One for each processor,
//! and whoever is at it takes up the next piece without being put to sleep.
//!
//! It knows nothing of messages.

use std::num::NonZero;
use std::thread::available_parallelism;
use tokio::sync::oneshot;

#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    #[error("the threads that sign cannot be started: {0}")]
    Start(#[from] rayon::ThreadPoolBuildError),
    #[error("a signing thread failed")]
    Work(#[from] oneshot::error::RecvError),
}

pub(super) struct Workbench(rayon::ThreadPool);

impl Workbench {
    pub fn new() -> Result<Self, BenchError> {
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(available_parallelism().map_or(1, NonZero::get))
            .thread_name(|number| format!("signing {number}"))
            // Whoever waits for the piece learns of it; the thread goes on.
            .panic_handler(|_| tracing::error!("a signing thread failed"))
            .build()?;
        Ok(Self(threads))
    }

    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, BenchError> {
        let (done, result) = oneshot::channel();
        self.0.spawn(move || {
            // Nobody waits for it any more where the connection is gone.
            let _ = done.send(work());
        });
        Ok(result.await?)
    }
}
