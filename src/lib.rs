//! Deprecation notices and cutoff schedules, from a folder of YAML to the
//! inbox and the impacted-API table. `ARCHITECTURE.md` beside this file is the map.

pub mod announce;
pub mod cli;
pub mod clock;
pub mod config;
pub mod delivery;
pub mod links;
pub mod notice;
pub mod render;
pub mod store;
pub mod subscribers;
