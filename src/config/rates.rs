//! The flags of rate limits.

use super::ConfigError;
use crate::notice::{EmailAddress, Rate, RateLimits};
use clap::Args;
use std::collections::BTreeMap;

/// How fast mail leaves; on one database all processes share the limits.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Rates")]
pub struct RateArguments {
    /// At most so many messages over all processes: 20/s, 600/m or 1000/h, evenly spread.
    #[arg(long, env = "FAIRWARNING_RATE", value_name = "N/s|N/m|N/h")]
    rate: Option<Rate>,
    /// At most so many to one domain, as example.org=10/m; * stands for each that is not named.
    /// Several are separated by commas.
    #[arg(long, env = "FAIRWARNING_DOMAIN_RATE", value_name = "DOMAIN=RATE")]
    #[arg(value_delimiter = ',')]
    domain_rate: Vec<String>,
}

/// Each domain that is not named.
const EACH: &str = "*";

impl RateArguments {
    pub(super) fn check(&self) -> Result<RateLimits, ConfigError> {
        let mut each_domain = None;
        let mut domains = BTreeMap::new();
        for written in &self.domain_rate {
            let bad = |reason: String| ConfigError::DomainRate { written: written.clone(), reason };
            let (domain, rate) =
                written.split_once('=').ok_or_else(|| bad("there is no `=`".to_owned()))?;
            let rate: Rate =
                rate.parse().map_err(|e: crate::notice::BadRate| bad(e.to_string()))?;
            let is_new = if domain.trim() == EACH {
                each_domain.replace(rate).is_none()
            } else {
                // As the domain of an address is kept: lower case, A-labels.
                let address: EmailAddress = format!("postmaster@{}", domain.trim())
                    .parse()
                    .map_err(|_| bad(format!("`{domain}` is not a domain")))?;
                domains.insert(address.domain().to_owned(), rate).is_none()
            };
            if !is_new {
                return Err(bad(format!("`{domain}` stands twice")));
            }
        }
        Ok(RateLimits { overall: self.rate, domains, each_domain })
    }
}
