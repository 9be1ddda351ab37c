//! The web side: the API, the pages, the feeds, and the one-click address.
//!
//! Everything is answered from an immutable snapshot of one publication. It
//! does not know how a notice is declared, nor how mail is sent.

mod addresses;
mod api;
mod asking;
mod bodies;
mod code;
mod feeds;
mod follow;
mod form_token;
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
mod preview;
mod problem;
mod reading;
mod routes;
mod same_site;
mod searching;
mod security;
mod server;
mod service;
mod shelf;
mod snapshot;
mod strangers;

pub use actix_web::dev::Server;
pub use follow::{FollowError, follow, refresh};
pub use metrics::{MetricsSite, start_metrics};
pub use preview::{PreviewSite, start_preview};
pub use server::{DEFAULT_WORKERS, start};
pub use service::{Service, ServiceError};
pub use snapshot::Snapshot;
pub use strangers::{Limits, client};
