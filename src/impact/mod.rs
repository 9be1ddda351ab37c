//! The impacted-API table: one line for each API in each row of each notice.
//!
//! Built once per publication and only read afterwards. It is pure: a query
//! carries the moment it asks about. It knows nothing of HTTP or terminals.

mod agenda;
mod concerned;
mod index;
mod line;
mod news;
mod notices;
mod outlook;
mod present;
mod query;
mod question;
mod suggest;

pub use agenda::{AgendaQuery, ScheduledMilestone};
pub use concerned::{Concerned, Part};
pub use index::{Edges, Entry, Index, Located};
pub use line::{ImpactedApi, ShownDate};
pub use news::{News, Told};
pub use notices::RowSummary;
pub use outlook::{Outlook, Subject};
pub use present::{PresentEnvironment, PresentQuery, PresentRow};
pub use query::{AskedUrl, Query, Sort};
pub use question::{BadFilter, FILTERS, MAX_FILTER_BYTES, Question, moment};
