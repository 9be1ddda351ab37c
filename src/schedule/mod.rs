//! Date arithmetic: from declared dates to instants, states and milestones.
//!
//! Pure and total: every function takes the moment it is asked about, and no
//! date that passed `check` makes one fail. Nobody else adds days or applies
//! zones. It knows nothing of recipients or of what was sent.

mod bounds;
mod brownouts;
mod change;
mod days;
mod digest;
mod earlier;
mod escalations;
mod facts;
mod hours;
mod milestones;
mod plan;
mod reminders;
mod state;
mod stretches;

pub use bounds::{Bounds, Instant, WallTime, bounds, instant_of, is_within, plus, wall_time};
pub use brownouts::{MAX_OCCURRENCES, Occurrences};
pub use change::{before_last_amendment, describes, history, undo, word};
pub use days::Days;
pub use digest::{Pressing, is_advanced, next_digest, pressing};
pub use earlier::{Earlier, earlier_cutoffs};
pub use escalations::{escalations, escalations_due, is_told_of, next_escalation};
pub use facts::{facts, standing_halt};
pub use hours::{Opening, opening};
pub use milestones::{Milestone, MilestoneKind, milestones};
pub use plan::{MAX_LISTED_STRIKES, More, Plan, Planned, Undated, What, Window, plan};
pub use reminders::{
    BadReminderKey, Coming, Reminder, ReminderKey, Rung, next_reminder, reminders, reminders_due,
    rungs,
};
pub use state::{State, brownouts_of, is_halted, last_edge, next_edge, state};
pub use stretches::stretches;
