//! The impacted-API table: one line for each API in each row of each notice.
//!
//! Built once per publication and only read afterwards. It is pure: a query
//! carries the moment it asks about. It knows nothing of HTTP or terminals.

mod affected;
mod agenda;
mod declared;
mod index;
mod line;
mod notices;
mod pasted;
mod present;
mod query;
mod question;
mod suggest;

pub use affected::{Because, Finding, Verdict};
pub use agenda::{AgendaQuery, ScheduledMilestone};
pub use declared::ApiPlace;
pub use index::{Edges, Entry, Index, Located};
pub use line::{ImpactedApi, ShownDate};
pub use notices::RowSummary;
pub use pasted::{MAX_PASTED, MAX_PASTED_BYTES, Pasted};
pub use present::{PresentEnvironment, PresentQuery, PresentRow};
pub use query::{AskedUrl, Query, Sort};
pub use question::{BadFilter, FILTERS, MAX_FILTER_BYTES, Question, moment};
