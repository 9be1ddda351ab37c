//! Rounds: from published notices and their audience to outbox rows.
//!
//! Nobody else fills the outbox. A round reads what was published, never the
//! folder, and knows nothing of how a message is sent. `Round` announces one
//! notice when somebody says so; `Rounds` follows up what was announced:
//! reminders, changes, and those who come later.

mod approval;
mod audience;
mod confirmations;
mod declared;
mod digests;
mod drift;
mod editions;
mod errands;
mod escalate;
mod gathering;
mod hearers;
mod interrupted;
mod joiners;
mod names;
mod owed;
mod pace;
mod past;
mod readers;
mod reconcile;
mod remind;
mod retention;
mod round;
mod rounds;
mod unacknowledged;
mod webhooks;

pub use approval::{Approving, NotApproved, Parts, approval, approve, margin, needs_approval};
pub use audience::{Audience, Concern, Met};
pub use confirmations::confirmations;
pub use drift::drift_news;
pub use errands::errands;
pub use hearers::{Hearers, hearers};
pub use interrupted::{Stuck, fill_interrupted};
pub use reconcile::Reconciled;
pub use retention::forget_attempts;
pub use round::{Announced, Filled, Forecast, Round};
pub use rounds::{Rounds, Ticked};
pub use unacknowledged::{Silent, Unacknowledged};
pub use webhooks::webhook_news;

use crate::notice::NoticePath;
use crate::render::RenderError;
use crate::store::StoreError;

/// Subscribers looked at between two commits, so that no other write waits long.
pub const CHUNK_SUBSCRIBERS: i64 = 5_000;

/// Editions are rendered for each set of affected rows. Beyond this many sets
/// the whole table is sent: to render and keep thousands of editions would
/// serve nobody.
pub const MAX_ROW_SETS: usize = 64;

#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    #[error("nothing was published to this database yet: `fairwarning publish` comes first")]
    NothingPublished,
    #[error("the current publication has no notice `{0}`; published are: {1}")]
    UnknownNotice(NoticePath, String),
    #[error(
        "somebody else published meanwhile, and no more is filled under the old one: run it again"
    )]
    PublishedMeanwhile,
    #[error(transparent)]
    NotApproved(#[from] NotApproved),
    #[error("occasion {occasion} is about `{subject}`, which is not a notice's name")]
    UnreadableSubject { occasion: i64, subject: String },
    #[error("`{notice}` cannot be rendered: {reason}")]
    Render { notice: NoticePath, reason: RenderError },
    #[error("a confirmation cannot be rendered: {0}")]
    Confirmation(RenderError),
    #[error("what is said of a webhook cannot be rendered: {0}")]
    WebhookNews(RenderError),
    #[error("what is said of drift cannot be rendered: {0}")]
    Drift(RenderError),
    #[error("a digest cannot be rendered: {0}")]
    Digest(RenderError),
    #[error("`{0}` stands in no publication as it did when a message about it was made")]
    Unpublished(NoticePath),
    #[error("the machine gives no random numbers: {0}")]
    Randomness(getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}
