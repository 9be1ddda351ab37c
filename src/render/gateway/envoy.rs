//! The plan in Envoy's terms: a whole bootstrap, whose Lua filter keeps every edge to the second
//! and whose filter chains take what each server takes.

use super::plan::{Plan, Server, protocol};
use super::windows::Window;
use crate::notice::TlsVersion;
use chrono::SecondsFormat;
use serde::Serialize;
use std::collections::BTreeMap;

/// What lies around the gateway; no declaration says so.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Behind<'b> {
    /// The address that it listens on.
    pub listen: &'b str,
    /// Added to each port, so that a trial needs no privileges.
    pub port_offset: u16,
    pub upstream_host: &'b str,
    pub upstream_port: u16,
    /// Files of the certificate and its key, as Envoy finds them.
    pub certificate: &'b str,
    pub key: &'b str,
}

#[derive(Serialize)]
pub struct Configuration<'v> {
    at: String,
    renewed_by: Option<String>,
    left_out: Vec<String>,
    listeners: Vec<Listener>,
    /// The table of the Lua filter.
    servers: String,
    behind: &'v Behind<'v>,
}

#[derive(Serialize)]
struct Listener {
    port: u16,
    is_tls: bool,
    /// All that answer here.
    hosts: Vec<String>,
    chains: Vec<Chain>,
}

/// What is taken from whoever asks for a name.
#[derive(Serialize)]
struct Chain {
    host: String,
    minimum: &'static str,
    is_lenient: bool,
}

impl<'v> Configuration<'v> {
    pub fn new(plan: &Plan<'_>, behind: &'v Behind<'v>) -> Self {
        let mut by_port: BTreeMap<(u16, bool), Vec<Chain>> = BTreeMap::new();
        for server in &plan.servers {
            let port = server.port.saturating_add(behind.port_offset);
            by_port.entry((port, server.is_tls)).or_default().push(chain(server));
        }
        let listeners = by_port
            .into_iter()
            .map(|((port, is_tls), chains)| Listener {
                port,
                is_tls,
                hosts: chains.iter().map(|chain| chain.host.clone()).collect(),
                chains,
            })
            .collect();
        let moment =
            |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let one_line = |line: &String| line.split(char::is_control).collect::<Vec<_>>().join(" ");
        let servers: Vec<_> = plan.servers.iter().map(|server| table(server, behind)).collect();
        Self {
            at: moment(plan.at),
            renewed_by: plan.renewed_by.map(moment),
            left_out: plan.left_out.iter().map(one_line).collect(),
            listeners,
            servers: servers.join("\n"),
            behind,
        }
    }
}

fn chain(server: &Server<'_>) -> Chain {
    let lowest = server.takes.first().copied().unwrap_or(TlsVersion::Tls12);
    let minimum = match lowest {
        TlsVersion::Ssl3 | TlsVersion::Tls10 => "TLSv1_0",
        TlsVersion::Tls11 => "TLSv1_1",
        TlsVersion::Tls12 => "TLSv1_2",
        TlsVersion::Tls13 => "TLSv1_3",
    };
    Chain { host: server.host.to_owned(), minimum, is_lenient: lowest < TlsVersion::Tls12 }
}

/// A server as a line of the table: what is refused by version of TLS, and its rules.
fn table(server: &Server<'_>, behind: &Behind<'_>) -> String {
    let guards = server.guards.iter().map(|guard| {
        let versions =
            guard.what.iter().map(|version| format!("[{}]=true", lua(protocol(*version))));
        format!(
            "{{versions={{{}}}, windows={}, status={}, body={}}}",
            versions.collect::<Vec<_>>().join(", "),
            windows(&guard.windows),
            guard.status,
            lua(&guard.body)
        )
    });
    let guards: Vec<_> = guards.collect();
    let rules = server.rules.iter().map(|rule| {
        // Envoy's Lua is handed text alone: what is absent stays out of the table.
        let mut fields = vec![format!("below={}", rule.pattern.below)];
        let segments = rule.pattern.segments();
        let segments: Vec<_> =
            segments.map(|segment| segment.map_or_else(|| "false".to_owned(), lua)).collect();
        fields.push(format!("path={{{}}}", segments.join(", ")));
        fields.extend(rule.pattern.method.as_deref().map(|m| format!("method={}", lua(m))));
        let heads = rule.headers();
        let heads = heads
            .into_iter()
            .filter_map(|(name, value)| Some(format!("[{}]={}", lua(name), lua(&value?))));
        fields.push(format!("heads={{{}}}", heads.collect::<Vec<_>>().join(", ")));
        let refusals = rule.refusals.iter().map(|refusal| {
            let windows = windows(&refusal.windows);
            format!("{{windows={windows}, status={}, body={}}}", refusal.status, lua(&refusal.body))
        });
        fields.push(format!("refusals={{{}}}", refusals.collect::<Vec<_>>().join(", ")));
        format!("{{{}}}", fields.join(", "))
    });
    let rules: Vec<_> = rules.collect();
    format!(
        "[{}]={{guards={{{}}}, rules={{{}}}}},",
        lua(&format!("{}:{}", server.host, server.port.saturating_add(behind.port_offset))),
        guards.join(", "),
        rules.join(", ")
    )
}

fn windows(windows: &[Window]) -> String {
    let each = windows.iter().map(|window| match window.until {
        Some(until) => format!("{{{}, {until}}}", window.from),
        None => format!("{{{}}}", window.from),
    });
    format!("{{{}}}", each.collect::<Vec<_>>().join(", "))
}

/// A string of Lua in which nothing but letters, digits and blanks stands for itself: neither
/// Lua nor the YAML around it can read anything else into it.
fn lua(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b' ' | b'.' | b'-' | b'_' | b'/' | b'@' | b',' => quoted.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => quoted.push(char::from(byte)),
            byte => quoted.push_str(&format!("\\{byte:03}")),
        }
    }
    quoted.push('"');
    quoted
}
