//! The web side: the API, the pages, the feeds, and the one-click address.
//!
//! Everything is answered from an immutable snapshot of one publication. It
//! does not know how a notice is declared, nor how mail is sent.

mod addresses;
mod answers;
mod api;
mod asking;
mod bodies;
mod changes;
mod code;
mod cursor;
mod deprecations;
mod encodings;
mod feeds;
mod follow;
mod form_token;
mod forms;
mod freshness;
mod history;
mod languages;
mod metrics;
mod office;
mod outermost;
mod own;
mod pages;
mod paging;
mod parameters;
mod parts;
mod preview;
mod problem;
mod quota;
mod reading;
mod rehearsal;
mod routes;
mod same_site;
mod searching;
mod security;
mod server;
mod service;
mod shelf;
mod snapshot;
mod strangers;
mod tried;
mod wire;
mod work;

pub use actix_web::dev::Server;
pub use deprecations::Deprecation;
pub use encodings::Coding;
pub use follow::{FollowError, follow, refresh};
pub use metrics::{MetricsSite, start_metrics};
pub use preview::{PreviewSite, start_preview};
pub use quota::{Exhausted, Left, Quota};
pub use rehearsal::{Places, RehearsalSite, follow_rehearsals, start_rehearsals};
pub use server::{DEFAULT_WORKERS, start};
pub use service::{Service, ServiceError};
pub use snapshot::Snapshot;
pub use strangers::{Limits, client};
pub use tried::done_offer;
