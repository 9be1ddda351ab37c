//! The flags of webhooks.

use super::{ConfigError, in_range};
use crate::notice::HostAllowed;
use clap::Args;
use std::time::Duration;

/// Where webhooks may lead beside public hosts.
#[derive(Args, Clone)]
#[command(next_help_heading = "Webhooks")]
pub struct ReachArguments {
    /// A host that webhooks may lead to wherever it is, also inside your network and without TLS:
    /// HOST or HOST:PORT; several are separated by commas.
    #[arg(long, env = "FAIRWARNING_WEBHOOK_ALLOW", value_name = "HOST[:PORT]")]
    #[arg(value_delimiter = ',')]
    pub webhook_allow: Vec<HostAllowed>,
}

/// How webhooks are called.
#[derive(Args, Clone)]
#[command(next_help_heading = "Webhooks")]
pub struct WebhookArguments {
    #[command(flatten)]
    reach: ReachArguments,
    /// Calls under way at the same time.
    #[arg(long, env = "FAIRWARNING_WEBHOOK_CONNECTIONS", value_name = "N", default_value_t = 8)]
    webhook_connections: u16,
    /// Of these, to one host.
    #[arg(long, env = "FAIRWARNING_WEBHOOK_CONNECTIONS_PER_HOST", value_name = "N")]
    #[arg(default_value_t = 2)]
    webhook_connections_per_host: u16,
    /// How long one call may take, its answer included.
    #[arg(long, env = "FAIRWARNING_WEBHOOK_TIMEOUT_SECONDS", value_name = "N")]
    #[arg(default_value_t = 10)]
    webhook_timeout_seconds: u64,
    /// A webhook is disabled, and its owner told, once every call failed for so many days.
    #[arg(long, env = "FAIRWARNING_WEBHOOK_GIVE_UP_DAYS", value_name = "N", default_value_t = 5)]
    webhook_give_up_days: u64,
}

/// Everything calling webhooks must know, checked.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    pub allowed: Vec<HostAllowed>,
    pub connections: usize,
    pub per_host: usize,
    pub timeout: Duration,
    pub give_up: Duration,
}

impl WebhookArguments {
    pub fn check(&self) -> Result<WebhookSettings, ConfigError> {
        let most = super::MAX_CONNECTIONS.into();
        let (all, one) = (self.webhook_connections, self.webhook_connections_per_host);
        in_range("--webhook-connections", all.into(), 1, most)?;
        in_range("--webhook-connections-per-host", one.into(), 1, most)?;
        in_range("--webhook-timeout-seconds", self.webhook_timeout_seconds, 1, 60)?;
        in_range("--webhook-give-up-days", self.webhook_give_up_days, 1, 365)?;
        Ok(WebhookSettings {
            allowed: self.reach.webhook_allow.clone(),
            connections: all.into(),
            per_host: one.into(),
            timeout: Duration::from_secs(self.webhook_timeout_seconds),
            give_up: Duration::from_secs(self.webhook_give_up_days * 86_400),
        })
    }
}
