//! How much the web side does for whom, and how long it waits for anybody.

use super::{ConfigError, in_range};
use clap::Args;
use std::num::NonZeroU32;
use std::time::Duration;

const REQUESTS_PER_MINUTE: u32 = 1_200;
const REQUESTS_AT_ONCE: usize = 500;
const CONNECTIONS: usize = 8_192;
const CLIENT_TIMEOUT_SECONDS: u64 = 5;

/// Beyond these a limit is none.
const MOST_PER_MINUTE: u64 = 10_000_000;
const MOST_AT_ONCE: u64 = 1_000_000;
const MOST_SECONDS: u64 = 3_600;

/// What the web side bears.
#[derive(Args, Clone)]
#[command(next_help_heading = "Limits of the web side")]
pub struct ServingArguments {
    /// Requests that one household, which is an IPv4 address or an IPv6 /64, may make in a minute;
    /// 0 for as many as it likes. Behind a proxy set --trusted-proxy, or everybody shares them.
    #[arg(long, env = "FAIRWARNING_REQUESTS_PER_MINUTE", value_name = "N")]
    #[arg(default_value_t = REQUESTS_PER_MINUTE)]
    requests_per_minute: u32,
    /// Requests worked on at the same time; further ones are told to come again (503).
    #[arg(long, env = "FAIRWARNING_REQUESTS_AT_ONCE", value_name = "N")]
    #[arg(default_value_t = REQUESTS_AT_ONCE)]
    requests_at_once: usize,
    /// Connections held at the same time; further ones wait.
    #[arg(long, env = "FAIRWARNING_CONNECTIONS", value_name = "N", default_value_t = CONNECTIONS)]
    connections: usize,
    /// How long a client may take to send the head of a request, and to take 16 KiB of an answer
    /// before it is cut.
    #[arg(long, env = "FAIRWARNING_CLIENT_TIMEOUT_SECONDS", value_name = "N")]
    #[arg(default_value_t = CLIENT_TIMEOUT_SECONDS)]
    client_timeout_seconds: u64,
}

/// The same, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServingSettings {
    /// None where everybody may ask as much as they like.
    pub requests_per_minute: Option<NonZeroU32>,
    pub requests_at_once: usize,
    pub connections: usize,
    pub patience: Duration,
}

impl Default for ServingSettings {
    fn default() -> Self {
        Self {
            requests_per_minute: NonZeroU32::new(REQUESTS_PER_MINUTE),
            requests_at_once: REQUESTS_AT_ONCE,
            connections: CONNECTIONS,
            patience: Duration::from_secs(CLIENT_TIMEOUT_SECONDS),
        }
    }
}

impl ServingArguments {
    pub fn check(&self) -> Result<ServingSettings, ConfigError> {
        in_range("--requests-per-minute", self.requests_per_minute.into(), 0, MOST_PER_MINUTE)?;
        in_range("--requests-at-once", self.requests_at_once as u64, 1, MOST_AT_ONCE)?;
        in_range("--connections", self.connections as u64, 1, MOST_AT_ONCE)?;
        in_range("--client-timeout-seconds", self.client_timeout_seconds, 1, MOST_SECONDS)?;
        Ok(ServingSettings {
            requests_per_minute: NonZeroU32::new(self.requests_per_minute),
            requests_at_once: self.requests_at_once,
            connections: self.connections,
            patience: Duration::from_secs(self.client_timeout_seconds),
        })
    }
}
