//! `fairwarning gateway`: configuration that makes a declaration come true at a gateway.

use super::Exit;
use super::moment::Moment;
use super::source::{FOLDER, Source};
use crate::clock::Clock;
use crate::config::DatabaseArguments;
use crate::notice::Workspace;
use crate::render::Renderer;
use crate::render::gateway::{ConfigurationFile, EnvoyBehind, Plan, Scope};
use anyhow::{Context, bail};
use clap::ValueEnum;
use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;

/// Write what makes nginx or Envoy enforce and announce the declaration.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where declarations are read: a folder, `current` (what is published), `publication:N`, or
    /// `git:REV[:DIR]`.
    #[arg(default_value = FOLDER)]
    from: Source,
    /// Whose configuration.
    #[arg(long, value_enum)]
    format: Format,
    /// Only this program's, by its id.
    #[arg(long)]
    program: Option<String>,
    /// Only this environment's, by its id.
    #[arg(long)]
    environment: Option<String>,
    /// The moment at which what cannot depend on the clock is decided, such as versions of TLS
    /// in a handshake: a day (from 00:00 UTC), or an instant. Now when absent.
    #[arg(long, value_name = "MOMENT")]
    on: Option<Moment>,
    /// The web address of the pages about notices; without it no Link header leads there.
    #[arg(long, env = "FAIRWARNING_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Write the files into this folder, which is made if need be, instead of printing them.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    envoy: EnvoyArguments,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A file for the `http` block, and one for each `server` block
    Nginx,
    /// A whole bootstrap
    Envoy,
}

/// What lies around Envoy.
#[derive(clap::Args)]
#[command(next_help_heading = "Around Envoy")]
struct EnvoyArguments {
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0")]
    listen_address: String,
    /// Added to each declared port, so that a trial needs no privileges.
    #[arg(long, value_name = "N", default_value_t = 0)]
    port_offset: u16,
    /// Where the APIs answer, as HOST:PORT.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8000")]
    upstream: String,
    /// The certificate's file, as Envoy finds it.
    #[arg(long, value_name = "FILE", default_value = "/etc/envoy/tls.crt")]
    certificate: String,
    /// Its key's file, likewise.
    #[arg(long, value_name = "FILE", default_value = "/etc/envoy/tls.key")]
    key: String,
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let Some(workspace) = arguments.from.read(None, &arguments.database).await? else {
        return Ok(Exit::Problems);
    };
    let at = arguments.on.map_or_else(|| clock.now(), |on| on.in_zone(chrono_tz::UTC));
    let scope = arguments.scope(&workspace)?;
    let plan = Plan::new(&workspace, scope, at);
    if plan.servers.is_empty() {
        bail!(
            "there is nothing to configure: no notice ends anything at a declared URL that a gateway could tell"
        );
    }
    let renderer = Renderer::new(&BTreeMap::new())?;
    let highest = plan.servers.iter().map(|server| server.port).max().unwrap_or_default();
    if highest.checked_add(arguments.envoy.port_offset).is_none() {
        bail!("--port-offset: there is no port {highest} + {}", arguments.envoy.port_offset);
    }
    let files = match arguments.format {
        Format::Nginx => renderer.nginx(&plan)?,
        Format::Envoy => renderer.envoy(&plan, &arguments.envoy.check()?)?,
    };
    write(&files, arguments)?;
    for line in &plan.left_out {
        eprintln!("not enforced: {line}");
    }
    if let Some(by) = plan.renewed_by {
        eprintln!("write it anew by {}", by.format("%Y-%m-%d %H:%M UTC"));
    }
    Ok(Exit::Clean)
}

fn write(files: &[ConfigurationFile], arguments: &Arguments) -> anyhow::Result<()> {
    let Some(dir) = &arguments.out else {
        for file in files {
            if files.len() > 1 {
                say!("# ==> {} <==", file.name);
            }
            say!("{}", file.text.trim_end());
        }
        return Ok(());
    };
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    for file in files {
        let path = dir.join(&file.name);
        fs::write(&path, &file.text).with_context(|| format!("cannot write {}", path.display()))?;
        say!("{}", path.display());
    }
    Ok(())
}

impl Arguments {
    fn scope(&self, workspace: &Workspace) -> anyhow::Result<Scope<'_>> {
        if let Some(asked) = &self.program
            && !workspace.programs.keys().any(|known| known.as_str() == asked)
        {
            let known: Vec<_> = workspace.programs.keys().map(|known| known.as_str()).collect();
            bail!("there is no program `{asked}`; there are {}", known.join(", "));
        }
        let public_url = self.public_url.as_deref();
        if public_url.is_some_and(|url| url.parse::<crate::notice::HttpUrl>().is_err()) {
            bail!("--public-url: write a web address, such as https://notices.example.org");
        }
        let (program, environment) = (self.program.as_deref(), self.environment.as_deref());
        Ok(Scope { program, environment, public_url })
    }
}

impl EnvoyArguments {
    fn check(&self) -> anyhow::Result<EnvoyBehind<'_>> {
        let is_plain = |text: &str| {
            !text.is_empty() && text.chars().all(|c| !c.is_control() && !matches!(c, '"' | '\\'))
        };
        let upstream = self.upstream.rsplit_once(':').and_then(|(host, port)| {
            Some((host.trim_matches(['[', ']']), port.parse::<u16>().ok()?))
        });
        let Some((upstream_host, upstream_port)) = upstream.filter(|(host, _)| is_plain(host))
        else {
            bail!("--upstream: write a host and a port, such as 127.0.0.1:8000");
        };
        if self.listen_address.parse::<IpAddr>().is_err() {
            bail!("--listen-address: write an address of this machine, such as 0.0.0.0 or ::");
        }
        for (flag, file) in [("--certificate", &self.certificate), ("--key", &self.key)] {
            if !is_plain(file) {
                bail!("{flag}: write the name of a file without quotation marks and backslashes");
            }
        }
        Ok(EnvoyBehind {
            listen: &self.listen_address,
            port_offset: self.port_offset,
            upstream_host,
            upstream_port,
            certificate: &self.certificate,
            key: &self.key,
        })
    }
}
