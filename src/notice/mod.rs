//! The checked model and the vocabulary that every other module shares.
//!
//! Whatever stands here has passed `check`: there is no "not yet validated".
//! The module knows no file, clock, database or zone arithmetic.

mod catalogue;
mod date;
mod described;
mod errand;
mod facts;
mod ids;
mod locale;
mod mail_status;
mod meant;
mod message;
mod office;
mod placeholder;
mod program;
mod publication;
mod rate;
mod reference;
mod story;
mod subscription;
mod timetable;
mod translation;
mod values;
mod webhook;

pub use catalogue::*;
pub use date::*;
pub use described::*;
pub use errand::*;
pub use facts::*;
pub use ids::*;
pub use locale::*;
pub use mail_status::*;
pub use meant::*;
pub use message::*;
pub use office::*;
pub use placeholder::*;
pub use program::*;
pub use publication::*;
pub use rate::*;
pub use reference::*;
pub use story::*;
pub use subscription::*;
pub use timetable::*;
pub use translation::*;
pub use values::*;
pub use webhook::*;
