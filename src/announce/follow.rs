//! Following up for as long as a service runs.

use super::Rounds;
use crate::clock::Clock;
use std::time::Duration;
use tokio::sync::Notify;

/// How often to look. A look that finds nothing costs a few indexed queries.
pub const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// Looks again and again, and at once when it is woken, such as after a
/// publication. A look that fails is logged, and the next one goes on. It never
/// ends by itself.
pub async fn follow(mut rounds: Rounds, clock: &Clock, wake: &Notify) {
    loop {
        match rounds.tick(clock.now()).await {
            Ok(ticked) if ticked.is_idle() => {}
            Ok(ticked) => tracing::info!(
                announcements = ticked.announcements,
                reminders = ticked.reminders,
                changes = ticked.changes,
                withdrawn = ticked.withdrawn,
                put_off = ticked.put_off,
                "notices were followed up"
            ),
            Err(reason) => tracing::error!(%reason, "notices cannot be followed up"),
        }
        // Whichever comes first.
        let _ = tokio::time::timeout(LOOK_AGAIN, wake.notified()).await;
    }
}
