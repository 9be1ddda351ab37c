//! The real program under torture: nodes killed, clocks off, databases that stop or
//! are full, mail servers that misbehave. `make torture` runs it long, `make test` short.
//!
//! Every arrival is counted by the mail server that it arrived at, which lives
//! through whatever happens to the nodes, and notes a message before it answers.

mod bad_servers;
mod database_full;
mod database_gone;
pub mod faults;
pub mod figures;
mod killing;
mod nodes;
mod offices;

pub use bad_servers::suffer_bad_servers;
pub use database_full::fill_the_disk;
pub use database_gone::{Outage, stop_the_database};
pub use killing::{Dice, Plan, kill_at_random};
pub use nodes::NodeSettings;
pub use offices::{Prepared, Where};
