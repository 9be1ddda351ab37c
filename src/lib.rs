//! Deprecation notices and cutoff schedules, from a folder of YAML to the
//! inbox and the impacted-API table. `ARCHITECTURE.md` beside this file is the map.

pub mod announce;
pub mod cli;
pub mod clock;
pub mod config;
pub mod declaration;
pub mod delivery;
pub mod diff;
pub mod drift;
pub mod http_client;
pub mod impact;
pub mod intake;
pub mod links;
pub mod metrics;
pub mod notice;
pub mod preview;
pub mod proof;
pub mod render;
pub mod schedule;
pub mod store;
pub mod subscribers;
pub mod tls;
pub mod tokens;
pub mod watching;
pub mod web;
pub mod workspace;
