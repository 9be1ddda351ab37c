//! `fairwarning preview`: a folder's notices in a browser, as they would go
//! out, while they are being written.

use super::serve::{Stop, listen};
use super::{Exit, count};
use crate::clock::Clock;
use crate::preview::{Preview, Standing};
use crate::web::{self, PreviewSite};
use anyhow::{Context, bail};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Look at every notice of a folder in a browser, on every channel, as it is
/// being written. Nothing is published, sent or stored.
#[derive(clap::Args)]
pub struct Arguments {
    /// The workspace: a folder of programs, or one program's folder.
    #[arg(default_value = "notices")]
    dir: PathBuf,
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// Listen on an address that others can reach. Drafts are shown to whoever
    /// asks: there is no password.
    #[arg(long)]
    expose: bool,
}

pub async fn run(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Exit> {
    let Arguments { dir, listen: wanted, expose } = arguments;
    if !expose && !wanted.ip().to_canonical().is_loopback() {
        bail!(
            "a preview shows drafts to whoever can reach it, without a password, so it listens \
             on this machine alone and not on {wanted}. Say --expose if that is meant"
        );
    }
    let (preview, watch) = Preview::open(dir, clock.clone())?;
    let preview = Arc::new(preview);
    let mut stop = Stop::listen()?;
    let listener = listen(*wanted)?;
    let address = listener.local_addr()?;
    let site = PreviewSite::new(preview.clone(), *expose)?;
    let server = web::start_preview(site, listener)?;
    say!("{}", summary(&preview.standing()));
    if !watch.is_complete() {
        say!("This system does not tell of every change; the folder is looked at now and then.");
    }
    say!("Previewing {} on http://{address}; nothing is published.", dir.display());
    let handle = server.handle();
    let mut server = std::pin::pin!(server);
    tokio::select! {
        ended = &mut server => {
            ended.context("the web server failed")?;
            bail!("the web server ended by itself");
        }
        () = preview.follow(watch, |standing| say!("{}", summary(standing))) => {
            bail!("the watch on the folder ended by itself");
        }
        () = stop.told() => {}
    }
    // Pages that watch hold their connection for good; none is waited for.
    let (_, ended) = tokio::join!(handle.stop(false), server);
    ended.context("the web server failed while stopping")?;
    Ok(Exit::Clean)
}

/// `12:03:11 UTC: 3 notices, no problems`.
fn summary(standing: &Standing) -> String {
    let at = standing.read_at.format("%H:%M:%S UTC");
    if let Some(failure) = &standing.failure {
        return format!("{at}: {failure}");
    }
    let (errors, warnings) = standing.counts();
    let mut found = Vec::new();
    if errors > 0 {
        found.push(count(errors, "problem"));
    }
    if warnings > 0 {
        found.push(count(warnings, "warning"));
    }
    if standing.templates.failure().is_some() {
        found.push("a broken template".to_owned());
    }
    if found.is_empty() {
        found.push("no problems".to_owned());
    }
    format!("{at}: {}, {}", count(standing.notices.len(), "notice"), found.join(", "))
}
