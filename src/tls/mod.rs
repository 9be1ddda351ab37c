//! TLS as bytes and decisions: hellos read and written, the gate of a test endpoint, the engine
//! behind it, and the probe of what a server accepts.
//!
//! It does not know which notice an endpoint belongs to, nor what becomes of what it tells.

pub mod client_hello;
pub mod credentials;
pub mod engine;
pub mod farewell;
mod fetch;
pub mod gate;
mod offer;
mod pace;
mod probe;
mod prober;
mod replayed;
mod server_hello;
mod throwaway;

pub use prober::{Addresses, ProbeSettings, Prober, by_the_system};
pub use throwaway::Throwaway;
