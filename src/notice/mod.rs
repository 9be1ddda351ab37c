//! The checked model and the vocabulary that every other module shares.
//!
//! Whatever stands here has passed `check`: there is no "not yet validated".
//! The module knows no file, clock, database or zone arithmetic.

mod catalogue;
mod colour;
mod date;
mod described;
mod errand;
mod facts;
mod finding;
mod ids;
mod judgement;
mod locale;
mod mail_status;
mod meant;
mod message;
mod network;
mod office;
mod placeholder;
mod program;
mod publication;
mod rate;
mod readiness;
mod reference;
mod rehearsal;
mod story;
mod subscription;
mod timetable;
mod tls;
mod translation;
mod values;
mod webhook;

pub use catalogue::*;
pub use colour::*;
pub use date::*;
pub use described::*;
pub use errand::*;
pub use facts::*;
pub use finding::*;
pub use ids::*;
pub use judgement::*;
pub use locale::*;
pub use mail_status::*;
pub use meant::*;
pub use message::*;
pub use network::*;
pub use office::*;
pub use placeholder::*;
pub use program::*;
pub use publication::*;
pub use rate::*;
pub use readiness::*;
pub use reference::*;
pub use rehearsal::*;
pub use story::*;
pub use subscription::*;
pub use timetable::*;
pub use tls::*;
pub use translation::*;
pub use values::*;
pub use webhook::*;
