//! The pure modules that read declarations and hellos, compiled without the rest.

#[path = "../src/tls/client_hello.rs"]
pub mod client_hello;
#[path = "../src/declaration/mod.rs"]
pub mod declaration;
#[path = "../src/tls/gate.rs"]
pub mod gate;
#[path = "../src/notice/mod.rs"]
pub mod notice;
#[path = "../src/schedule/mod.rs"]
pub mod schedule;
#[path = "../src/tls/server_hello.rs"]
pub mod server_hello;
