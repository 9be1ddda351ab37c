//! The plan in nginx's terms.
//!
//! Time is read from `$msec` and compared by regular expressions, so that every edge is kept to
//! the second without a reload. What is refused is decided in each server before its locations
//! are looked at.

use super::pattern::Pattern;
use super::plan::{Plan, Rule, Server, protocol};
use super::seconds;
use super::windows::Window;
use crate::notice::TlsVersion;
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Serialize)]
pub struct Configuration {
    at: String,
    renewed_by: Option<String>,
    left_out: Vec<String>,
    clocks: Vec<Clock>,
    pub servers: Vec<ServerView>,
}

/// Whether it is time, as a variable.
#[derive(Serialize)]
struct Clock {
    number: usize,
    said: Vec<String>,
    /// Any of them is enough.
    patterns: Vec<String>,
}

#[derive(Serialize)]
pub struct ServerView {
    /// Shared by the names of its variables.
    number: usize,
    #[serde(skip)]
    pub file: String,
    host: String,
    port: u16,
    names: Vec<String>,
    at: String,
    renewed_by: Option<String>,
    /// As `ssl_protocols` has them; none without TLS.
    protocols: Option<String>,
    /// Whether OpenSSL has to be told to speak what it thinks too weak.
    is_lenient: bool,
    refusals: Vec<Refusal>,
    deprecations: Vec<Said>,
    sunsets: Vec<Said>,
    links: Vec<Said>,
}

/// Requests of one pattern, or by some versions of TLS, while it is time.
#[derive(Serialize)]
struct Refusal {
    number: usize,
    clock: usize,
    /// What is looked at, beside the clock.
    subject: &'static str,
    pattern: String,
    status: u16,
    body: String,
}

/// A header's value for requests of one pattern.
#[derive(Serialize)]
struct Said {
    pattern: String,
    value: String,
}

impl Configuration {
    pub fn new(plan: &Plan<'_>) -> Self {
        let mut clocks = Clocks::default();
        let moment = |at: DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let (at, renewed_by) = (moment(plan.at), plan.renewed_by.map(moment));
        let servers = (1..)
            .zip(&plan.servers)
            .map(|(number, server)| {
                let view = ServerView::new(number, server, &mut clocks);
                ServerView { at: at.clone(), renewed_by: renewed_by.clone(), ..view }
            })
            .collect();
        let left_out = plan.left_out.iter().map(|line| one_line(line)).collect();
        Self { at, renewed_by, left_out, clocks: clocks.views(), servers }
    }
}

/// Each has at most 25 characters, and nginx reads no word of 4,096.
const PIECES_IN_A_LINE: usize = 100;

/// The stretches that are asked for, each once.
#[derive(Default)]
struct Clocks(Vec<Vec<Window>>);

impl Clocks {
    fn number(&mut self, windows: &[Window]) -> usize {
        let known = self.0.iter().position(|known| known == windows);
        known.unwrap_or_else(|| {
            self.0.push(windows.to_vec());
            self.0.len() - 1
        }) + 1
    }

    fn views(self) -> Vec<Clock> {
        let moment = |at: i64| {
            let at = DateTime::from_timestamp(at, 0).unwrap_or_default();
            at.to_rfc3339_opts(SecondsFormat::Secs, true)
        };
        let view = |(number, windows): (usize, Vec<Window>)| Clock {
            number,
            said: windows
                .iter()
                .map(|window| match window.until {
                    Some(until) => format!("{} to {}", moment(window.from), moment(until)),
                    None => format!("from {} on", moment(window.from)),
                })
                .collect(),
            patterns: {
                let pieces = windows.iter().flat_map(|w| seconds::matching(w.from, w.until));
                let pieces: Vec<_> = pieces.collect();
                let lines = pieces.chunks(PIECES_IN_A_LINE);
                lines.map(|pieces| format!("^(?:{})\\.", pieces.join("|"))).collect()
            },
        };
        (1..).zip(self.0).map(view).collect()
    }
}

impl ServerView {
    fn new(number: usize, server: &Server<'_>, clocks: &mut Clocks) -> Self {
        let mut refusals = Vec::new();
        let by_version = server.guards.iter().map(|guard| {
            ("$ssl_protocol", versions(&guard.what), &guard.windows, guard.status, &guard.body)
        });
        let by_request = server.rules.iter().flat_map(|rule| {
            let pattern = request(&rule.pattern);
            rule.refusals.iter().map(move |refusal| {
                let subject = "$request_method $fairwarning_path";
                (subject, pattern.clone(), &refusal.windows, refusal.status, &refusal.body)
            })
        });
        for (at, (subject, pattern, windows, status, body)) in
            (1..).zip(by_version.chain(by_request))
        {
            let clock = clocks.number(windows);
            let body = quoted(body);
            refusals.push(Refusal { number: at, clock, subject, pattern, status, body });
        }
        // By the place of the header among them.
        let said = |at: usize| -> Vec<Said> {
            let said = |rule: &Rule| {
                let value = quoted(rule.headers()[at].1.as_deref()?);
                let pattern = format!("^{}$", request(&rule.pattern));
                Some(Said { pattern, value })
            };
            server.rules.iter().filter_map(said).collect()
        };
        let names: Vec<_> = server.takes.iter().map(|version| protocol(*version)).collect();
        Self {
            number,
            file: format!(
                "server-{}-{}.conf",
                server.host.replace([':', '[', ']'], "_"),
                server.port
            ),
            host: server.host.to_owned(),
            port: server.port,
            names: server.names.clone(),
            at: String::new(),
            renewed_by: None,
            protocols: (server.is_tls && !server.guards.is_empty()).then(|| names.join(" ")),
            is_lenient: server.takes.iter().any(|version| *version < TlsVersion::Tls12),
            refusals,
            deprecations: said(0),
            sunsets: said(1),
            links: said(2),
        }
    }
}

fn versions(versions: &BTreeSet<TlsVersion>) -> String {
    let names: Vec<_> = versions.iter().map(|version| literal(protocol(*version))).collect();
    format!("(?:{})", names.join("|"))
}

/// A request as `METHOD PATH`. Who may GET may HEAD.
fn request(pattern: &Pattern) -> String {
    let method = match pattern.method.as_deref() {
        None => "[A-Z]+".to_owned(),
        Some("GET") => "(?:GET|HEAD)".to_owned(),
        Some(method) => literal(method),
    };
    let segments: Vec<_> = pattern
        .segments()
        .map(|segment| segment.map_or_else(|| "[^/]+".to_owned(), literal))
        .collect();
    let path = match segments.join("/") {
        root if root.is_empty() => String::new(),
        path => format!("/{path}"),
    };
    match (pattern.below, path.is_empty()) {
        (true, _) => format!("{method} {path}(?:/.*)?"),
        (false, true) => format!("{method} /"),
        (false, false) => format!("{method} {path}"),
    }
}

/// To the letter in a regular expression between double quotes.
fn literal(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("\\x22"),
            '\\' => escaped.push_str("\\x5c"),
            c if c.is_ascii_control() => escaped.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if c.is_ascii_punctuation() && !matches!(c, '/' | '-' | '_') => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// To the letter in a value between double quotes, in which `$` begins a variable.
fn quoted(text: &str) -> String {
    let text = one_line(text).replace('\\', "\\\\").replace('"', "\\\"");
    text.replace('$', "${fairwarning_dollar}")
}

fn one_line(text: &str) -> String {
    text.split(char::is_control)
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
