//! One piece of work for each of many items, on all cores, with the results in
//! the order of the items.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Items that a core takes at once: enough that taking them costs nothing, few
/// enough that the last core does not keep the others waiting.
const TAKEN_AT_ONCE: usize = 16;

/// What `work` makes of each item, in their order, whichever was done first.
pub fn in_order<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let workers = cores.min(items.len().div_ceil(TAKEN_AT_ONCE));
    if workers < 2 {
        return items.iter().map(work).collect();
    }
    let chunks: Vec<&[T]> = items.chunks(TAKEN_AT_ONCE).collect();
    let next = AtomicUsize::new(0);
    let mut finished: Vec<(usize, Vec<R>)> = thread::scope(|scope| {
        let take = || {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = chunks.get(at) else { return done };
                done.push((at, chunk.iter().map(&work).collect()));
            }
        };
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(take)).collect();
        let mut all = take();
        for other in others {
            match other.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    finished.sort_unstable_by_key(|(at, _)| *at);
    finished.into_iter().flat_map(|(_, done)| done).collect()
}
