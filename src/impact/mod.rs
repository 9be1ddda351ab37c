//! The impacted-API table: one line for each API in each row of each notice.
//!
//! Built once per publication and only read afterwards. It is pure: a query
//! carries the moment it asks about. It knows nothing of HTTP or terminals.

mod affected;
mod agenda;
mod cells;
mod columns;
mod concerned;
mod course;
mod declared;
mod former;
mod found;
mod index;
mod line;
mod news;
mod notices;
mod outlook;
mod pasted;
mod present;
mod query;
mod question;
mod search;
mod suggest;

pub use affected::{Because, Finding, Verdict};
pub use agenda::{AgendaQuery, ScheduledMilestone};
pub use cells::{Tabled, date_cell};
pub use concerned::{Concerned, Part};
pub use declared::ApiPlace;
pub use found::Lines;
pub use index::{Edges, Entry, Index, Located};
pub use line::{ImpactedApi, ShownDate};
pub use news::{News, Told};
pub use notices::RowSummary;
pub use outlook::{Outlook, Subject};
pub use pasted::{MAX_PASTED, MAX_PASTED_BYTES, Pasted};
pub use present::{PresentEnvironment, PresentQuery, PresentRow};
pub use query::{AskedUrl, Query, Sort};
pub use question::{BadFilter, FILTERS, MAX_FILTER_BYTES, Question, moment};
pub use search::{Document, Hit, MAX_SEARCH_BYTES, Matter, Piece, Search};
