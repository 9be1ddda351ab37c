//! What a probe is to ask: declared URLs, and hosts that were named.

use super::Arguments;
use crate::drift::targets;
use crate::notice::{
    EnvironmentId, HttpUrl, Notice, NoticePath, Program, UrlId, WatchTarget, Workspace,
};
use anyhow::{anyhow, bail};
use std::str::FromStr;

/// One thing to ask.
pub enum Wanted<'w> {
    Declared {
        program: &'w Program,
        target: WatchTarget,
        /// Whether any notice says something of it.
        is_judged: bool,
    },
    /// It stands in no declaration.
    Named(HttpUrl),
}

impl Wanted<'_> {
    pub fn url(&self) -> &HttpUrl {
        match self {
            Self::Declared { target, .. } => &target.url,
            Self::Named(url) => url,
        }
    }

    pub fn declared(&self) -> Option<(&Program, &WatchTarget)> {
        match self {
            Self::Declared { program, target, .. } => Some((program, target)),
            Self::Named(_) => None,
        }
    }

    /// What it is judged by.
    pub fn judged(&self) -> Option<(&Program, &WatchTarget)> {
        let is_judged = matches!(self, Self::Declared { is_judged: true, .. });
        self.declared().filter(|_| is_judged)
    }
}

/// `example.org`, `example.org:8443`, `192.0.2.1`, `[2001:db8::1]:443` or a whole URL.
#[derive(Debug, Clone)]
pub struct Host {
    url: HttpUrl,
    /// Only this port is meant, or this very place.
    is_exact: bool,
}

impl FromStr for Host {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = |reason: String| format!("{reason}, or a host such as api.example.org:8443");
        if text.contains("://") {
            let url = text.parse().map_err(|e: crate::notice::BadUrl| bad(e.to_string()))?;
            return Ok(Self { url, is_exact: true });
        }
        // An address of IPv6 has colons of its own, and brackets only in a URL.
        let is_v6 = text.parse::<std::net::Ipv6Addr>().is_ok();
        let authority = if is_v6 { format!("[{text}]") } else { text.to_owned() };
        let url: HttpUrl = format!("https://{authority}/")
            .parse()
            .map_err(|_| bad(format!("`{text}` is no host: write a URL")))?;
        if authority.contains(['/', '?', '#']) {
            return Err(bad(format!("`{text}` is no host: write a URL")));
        }
        let after_host = authority.rsplit_once(']').map_or(authority.as_str(), |(_, rest)| rest);
        Ok(Self { url, is_exact: after_host.contains(':') })
    }
}

impl Host {
    /// Whether a declared URL is at this host.
    fn covers(&self, url: &HttpUrl) -> bool {
        url.host() == self.url.host()
            && (!self.is_exact || url.port() == self.url.port())
            && (self.url.path() == "/" || url.normalised() == self.url.normalised())
    }
}

/// Everything that is asked for, each once, in the order of the declaration and then of the
/// command line.
pub fn wanted<'w>(
    workspace: &'w Workspace,
    arguments: &Arguments,
) -> anyhow::Result<Vec<Wanted<'w>>> {
    let notice = arguments.notice.as_ref().map(|path| found(workspace, path)).transpose()?;
    if let Some(program) = &arguments.program
        && !workspace.programs.contains_key(program)
    {
        bail!("there is no program `{program}`");
    }
    let mut all = Vec::new();
    for program in workspace.programs.values() {
        if arguments.program.as_ref().is_some_and(|only| *only != program.id) {
            continue;
        }
        let is_meant = |target: &WatchTarget| {
            if arguments.transport_only && target.operation.is_some() {
                return false;
            }
            let of_notice = notice.filter(|(its, _)| its.id == program.id);
            arguments.all
                || of_notice.is_some_and(|(_, notice)| covers(notice, target))
                || arguments.hosts.iter().any(|host| host.covers(&target.url))
        };
        all.extend(
            of_program(program)
                .filter(|(target, _)| is_meant(target))
                .map(|(target, is_judged)| Wanted::Declared { program, target, is_judged }),
        );
    }
    for host in &arguments.hosts {
        if !all.iter().any(|wanted| host.covers(wanted.url())) {
            all.push(Wanted::Named(host.url.clone()));
        }
    }
    if let (true, Some(path)) = (all.is_empty(), &arguments.notice) {
        bail!("no URL is declared for {path}: there is nothing to ask");
    }
    Ok(all)
}

fn found<'w>(
    workspace: &'w Workspace,
    path: &NoticePath,
) -> anyhow::Result<(&'w Program, &'w Notice)> {
    workspace.notice(path).ok_or_else(|| anyhow!("there is no notice {path}"))
}

/// Every URL of a program, and every operation that can be asked for, in the order of its
/// catalogue; with whether any notice says something of it.
fn of_program(program: &Program) -> impl Iterator<Item = (WatchTarget, bool)> {
    let judged = targets(program);
    let urls: Vec<(EnvironmentId, UrlId)> = program
        .catalogue
        .environments
        .iter()
        .flat_map(|(id, environment)| environment.urls.keys().map(|url| (id.clone(), url.clone())))
        .collect();
    urls.into_iter().flat_map(move |(environment, url_id)| {
        let of_url =
            |target: &&WatchTarget| target.environment == environment && target.url_id == url_id;
        let mut own: Vec<_> =
            judged.iter().filter(of_url).map(|target| (target.clone(), true)).collect();
        let url = WatchTarget::url(program, &environment, &url_id).map(|target| (target, false));
        if own.iter().all(|(target, _)| target.operation.is_some()) {
            own.splice(0..0, url);
        }
        own
    })
}

fn covers(notice: &Notice, target: &WatchTarget) -> bool {
    let mut rows = notice.schedule.rows.values();
    rows.any(|row| row.environment == target.environment && row.urls.contains(&target.url_id))
}
