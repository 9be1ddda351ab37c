//! The pure modules that read declarations, compiled without the rest.

#[path = "../src/declaration/mod.rs"]
pub mod declaration;
#[path = "../src/notice/mod.rs"]
pub mod notice;
#[path = "../src/schedule/mod.rs"]
pub mod schedule;
