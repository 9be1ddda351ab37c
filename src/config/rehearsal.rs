//! The flags of test endpoints that we run ourselves.

use super::{ConfigError, in_range};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Beyond these a limit is none.
const MOST_AT_ONCE: u64 = 1_000_000;
const MOST_SECONDS: u64 = 60;

/// Where clients rehearse.
#[derive(Args, Clone)]
#[command(next_help_heading = "Rehearsals")]
pub struct RehearsalArguments {
    /// Listen here for the test endpoints that notices declare with `rehearsal`; several
    /// addresses are separated by commas. Needs the two files below.
    #[arg(long, env = "FAIRWARNING_REHEARSE_LISTEN", value_name = "ADDRESS")]
    #[arg(value_delimiter = ',')]
    rehearse_listen: Vec<SocketAddr>,
    /// The certificate of their names (PEM), followed by those that lead to its root. It is
    /// taken up anew when it changes.
    #[arg(long, env = "FAIRWARNING_REHEARSE_CERTIFICATE", value_name = "FILE")]
    rehearse_certificate: Option<PathBuf>,
    /// Its private key (PEM), without a passphrase.
    #[arg(long, env = "FAIRWARNING_REHEARSE_KEY", value_name = "FILE")]
    rehearse_key: Option<PathBuf>,
    /// Clients held at the same time; further ones are turned away.
    #[arg(long, env = "FAIRWARNING_REHEARSE_CONNECTIONS", value_name = "N")]
    #[arg(default_value_t = 4_096)]
    rehearse_connections: usize,
    /// Of these, from one IPv4 address or IPv6 /64.
    #[arg(long, env = "FAIRWARNING_REHEARSE_CONNECTIONS_PER_ADDRESS", value_name = "N")]
    #[arg(default_value_t = 64)]
    rehearse_connections_per_address: usize,
    /// How long a client may take to say hello, and again to finish the handshake.
    #[arg(long, env = "FAIRWARNING_REHEARSE_TIMEOUT_SECONDS", value_name = "N")]
    #[arg(default_value_t = 10)]
    rehearse_timeout_seconds: u64,
}

/// The same, checked.
#[derive(Debug, Clone)]
pub struct RehearsalSettings {
    /// Not empty.
    pub listen: Vec<SocketAddr>,
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub connections: usize,
    pub per_address: usize,
    pub patience: Duration,
}

impl RehearsalArguments {
    /// None where no rehearsal is configured. `is_wanted` says that one must be.
    pub fn check(&self, is_wanted: bool) -> Result<Option<RehearsalSettings>, ConfigError> {
        let set = [
            ("--rehearse-listen", !self.rehearse_listen.is_empty()),
            ("--rehearse-certificate", self.rehearse_certificate.is_some()),
            ("--rehearse-key", self.rehearse_key.is_some()),
        ];
        let missing = set.iter().find(|(_, is_set)| !is_set).map(|(name, _)| *name);
        let present = set.iter().find(|(_, is_set)| *is_set).map(|(name, _)| *name);
        let present = present.or(is_wanted.then_some("--role rehearse"));
        if let (Some(present), Some(missing)) = (present, missing) {
            return Err(ConfigError::HalfSet { present, missing });
        }
        let (Some(certificate), Some(key)) = (&self.rehearse_certificate, &self.rehearse_key)
        else {
            return Ok(None);
        };
        let (all, one) = (self.rehearse_connections, self.rehearse_connections_per_address);
        in_range("--rehearse-connections", all as u64, 1, MOST_AT_ONCE)?;
        in_range("--rehearse-connections-per-address", one as u64, 1, MOST_AT_ONCE)?;
        in_range("--rehearse-timeout-seconds", self.rehearse_timeout_seconds, 1, MOST_SECONDS)?;
        Ok(Some(RehearsalSettings {
            listen: self.rehearse_listen.clone(),
            certificate: certificate.clone(),
            key: key.clone(),
            connections: all,
            per_address: one,
            patience: Duration::from_secs(self.rehearse_timeout_seconds),
        }))
    }
}
