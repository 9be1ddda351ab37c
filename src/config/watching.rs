//! The flags of the watch over declared environments.

use super::{ConfigError, in_range};
use crate::notice::{Network, Rate};
use clap::Args;
use std::time::Duration;

/// How environments are asked whether they are as declared, where a program declares `watch`.
#[derive(Args, Clone)]
#[command(next_help_heading = "Watch")]
pub struct WatchArguments {
    /// A private address, or a network in CIDR form, that may be asked all the same; several are
    /// separated by commas.
    #[arg(long, env = "FAIRWARNING_WATCH_ALLOW", value_name = "ADDRESS|CIDR")]
    #[arg(value_delimiter = ',')]
    watch_allow: Vec<Network>,
    /// Addresses asked at the same time.
    #[arg(long, env = "FAIRWARNING_WATCH_AT_ONCE", value_name = "N", default_value_t = 8)]
    watch_at_once: u16,
    /// Connections to one host, such as 5/s or 60/m.
    #[arg(long, env = "FAIRWARNING_WATCH_RATE", value_name = "RATE", default_value = "5/s")]
    watch_rate: Rate,
    /// How long one connection may take.
    #[arg(long, env = "FAIRWARNING_WATCH_TIMEOUT_SECONDS", value_name = "N", default_value_t = 10)]
    watch_timeout_seconds: u64,
}

/// The same, checked.
#[derive(Debug, Clone)]
pub struct WatchSettings {
    pub allowed: Vec<Network>,
    pub at_once: usize,
    pub rate: Rate,
    pub timeout: Duration,
}

impl WatchArguments {
    pub fn check(&self) -> Result<WatchSettings, ConfigError> {
        in_range("--watch-at-once", self.watch_at_once.into(), 1, 256)?;
        in_range("--watch-timeout-seconds", self.watch_timeout_seconds, 1, 60)?;
        Ok(WatchSettings {
            allowed: self.watch_allow.clone(),
            at_once: self.watch_at_once.into(),
            rate: self.watch_rate,
            timeout: Duration::from_secs(self.watch_timeout_seconds),
        })
    }
}
