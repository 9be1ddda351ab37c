//! The listener for Prometheus, beside whatever else a service does.

use super::serve::listen;
use crate::web::{self, MetricsSite};
use std::net::SocketAddr;

#[derive(clap::Args)]
#[command(next_help_heading = "Metrics")]
pub struct MetricsArguments {
    /// Serve figures for Prometheus at http://ADDRESS/metrics; nowhere without it
    #[arg(long, env = "FAIRWARNING_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,
}

impl MetricsArguments {
    /// Serves from now on until the process ends; figures need no farewell.
    pub fn start(&self, site: MetricsSite) -> anyhow::Result<()> {
        let Some(address) = self.metrics_listen else { return Ok(()) };
        let listener = listen(address)?;
        say!("Metrics on http://{}/metrics", listener.local_addr()?);
        tokio::spawn(web::start_metrics(site, listener)?);
        Ok(())
    }
}
