//! Date arithmetic: from declared dates to instants, states and milestones.
//!
//! Pure and total: every function takes the moment it is asked about, and no
//! date that passed `check` makes one fail. Nobody else adds days or applies
//! zones. It knows nothing of recipients or of what was sent.

mod bounds;
mod brownouts;
mod days;
mod milestones;
mod state;
mod stretches;

pub use bounds::{Bounds, Instant, WallTime, bounds, instant_of, plus, wall_time};
pub use brownouts::{MAX_OCCURRENCES, Occurrences};
pub use days::Days;
pub use milestones::{Milestone, MilestoneKind, milestones};
pub use state::{State, last_edge, next_edge, state};
pub use stretches::stretches;
