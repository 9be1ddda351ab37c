//! Configuration for a gateway in front of the APIs, which makes a declaration come true:
//! refusals from each cutoff on and while a brownout lasts, the headers that announce both,
//! and the versions of TLS that each server takes.
//!
//! It does not know where a gateway runs, nor what lies behind it.

mod envoy;
mod nginx;
mod pattern;
mod plan;
mod seconds;
mod windows;

pub use envoy::Behind as EnvoyBehind;
pub use pattern::Pattern;
pub use plan::{Plan, Rule, Scope, Server, Within};
pub use seconds::matching as seconds_matching;
pub use windows::Window;

use super::{RenderError, Renderer};

/// One file of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigurationFile {
    /// Without a folder, such as `http.conf`.
    pub name: String,
    pub text: String,
}

impl Renderer {
    /// A file for nginx's `http` block, and one for each of its `server` blocks.
    pub fn nginx(&self, plan: &Plan<'_>) -> Result<Vec<ConfigurationFile>, RenderError> {
        let view = nginx::Configuration::new(plan);
        let http = self.template("gateway/nginx-http.txt", &view)?;
        let mut files = vec![ConfigurationFile { name: "http.conf".to_owned(), text: http }];
        for server in &view.servers {
            let text = self.template("gateway/nginx-server.txt", server)?;
            files.push(ConfigurationFile { name: server.file.clone(), text });
        }
        Ok(files)
    }

    /// A whole bootstrap for Envoy.
    pub fn envoy(
        &self,
        plan: &Plan<'_>,
        behind: &EnvoyBehind<'_>,
    ) -> Result<Vec<ConfigurationFile>, RenderError> {
        let view = envoy::Configuration::new(plan, behind);
        let text = self.template("gateway/envoy.txt", &view)?;
        Ok(vec![ConfigurationFile { name: "envoy.yaml".to_owned(), text }])
    }
}
