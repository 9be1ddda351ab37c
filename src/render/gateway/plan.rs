//! What a gateway has to do for a declaration to come true: server by server, which requests
//! it announces something of, which it refuses and when, and which versions of TLS it takes.

use super::pattern::{Pattern, patterns};
use super::windows::{Refused, Window, refused};
use crate::notice::{
    ErrorPhase, HttpUrl, Kind, Notice, NoticePath, Program, ReplacedBy, Row, RowId, Target,
    TlsVersion, Workspace,
};
use crate::schedule::{Instant, bounds};
use std::collections::BTreeSet;

/// Which part of a workspace is meant, and what is known beside it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'s> {
    pub program: Option<&'s str>,
    pub environment: Option<&'s str>,
    /// Where the pages of notices are; links are left out without it.
    pub public_url: Option<&'s str>,
}

/// All of it, as it stands at a moment.
#[derive(Debug)]
pub struct Plan<'w> {
    pub at: Instant,
    /// From then on something has to be written anew.
    pub renewed_by: Option<Instant>,
    pub servers: Vec<Server<'w>>,
    /// What no gateway can do, each with its reason.
    pub left_out: BTreeSet<String>,
}

/// What one host and port answers.
#[derive(Debug)]
pub struct Server<'w> {
    pub host: &'w str,
    pub port: u16,
    pub is_tls: bool,
    /// `PROGRAM/ENVIRONMENT/URL`, each that leads here.
    pub names: Vec<String>,
    /// The versions of TLS that it takes at the plan's moment.
    pub takes: Vec<TlsVersion>,
    /// Requests that came by a version of TLS and are refused for it.
    pub guards: Vec<Within<BTreeSet<TlsVersion>>>,
    /// Narrow patterns first; the first one that fits a request tells all about it.
    pub rules: Vec<Rule>,
}

/// What is answered instead, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within<T> {
    pub what: T,
    pub windows: Vec<Window>,
    pub status: u16,
    pub body: String,
}

/// What is said of some requests, and when they are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub pattern: Pattern,
    /// RFC 9745.
    pub deprecation: Option<Instant>,
    /// RFC 8594; never before the deprecation.
    pub sunset: Option<Instant>,
    /// Values of `Link` (RFC 8288).
    pub links: Vec<String>,
    pub refusals: Vec<Within<()>>,
}

impl<'w> Plan<'w> {
    pub fn new(workspace: &'w Workspace, scope: Scope<'_>, at: Instant) -> Self {
        let mut building = Building {
            plan: Self { at, renewed_by: None, servers: Vec::new(), left_out: BTreeSet::new() },
            scope,
            tls: Vec::new(),
        };
        for program in workspace.programs.values() {
            if scope.program.is_none_or(|asked| asked == program.id.as_str()) {
                building.program(program);
            }
        }
        building.finish()
    }
}

struct Building<'w, 's> {
    plan: Plan<'w>,
    scope: Scope<'s>,
    /// The rows that end versions of TLS, at each of their servers.
    tls: Vec<TlsRow<'w>>,
}

struct TlsRow<'w> {
    at: At<'w>,
    ends: BTreeSet<TlsVersion>,
    refused: Refused,
}

/// One row at one of its servers.
#[derive(Clone, Copy)]
struct At<'w> {
    program: &'w Program,
    notice: &'w Notice,
    id: &'w RowId,
    row: &'w Row,
    url: &'w HttpUrl,
    server: usize,
}

impl At<'_> {
    fn path(&self) -> NoticePath {
        NoticePath { program: self.program.id.clone(), notice: self.notice.id.clone() }
    }
}

impl<'w> Building<'w, '_> {
    fn program(&mut self, program: &'w Program) {
        for (environment, declared) in &program.catalogue.environments {
            if self.scope.environment.is_some_and(|asked| asked != environment.as_str()) {
                continue;
            }
            for (url_id, url) in &declared.urls {
                let name = format!("{}/{environment}/{url_id}", program.id);
                if !is_name(url.host()) {
                    let why = "its host stands for several, and no server has that name";
                    self.plan.left_out.insert(format!("{name}: {why}"));
                    continue;
                }
                let server = self.server(url);
                self.plan.servers[server].names.push(name);
                for notice in program.notices.values() {
                    let rows = notice.schedule.rows.iter();
                    let rows = rows.filter(|(_, row)| row.environment == *environment);
                    for (id, row) in rows.filter(|(_, row)| row.urls.contains(url_id)) {
                        self.row(At { program, notice, id, row, url, server });
                    }
                }
            }
        }
    }

    fn server(&mut self, url: &'w HttpUrl) -> usize {
        let same = |server: &Server<'_>| (server.host, server.port) == (url.host(), url.port());
        if let Some(known) = self.plan.servers.iter().position(same) {
            return known;
        }
        self.plan.servers.push(Server {
            host: url.host(),
            port: url.port(),
            is_tls: url.scheme() == "https",
            names: Vec::new(),
            takes: Vec::new(),
            guards: Vec::new(),
            rules: Vec::new(),
        });
        self.plan.servers.len() - 1
    }

    fn row(&mut self, at: At<'w>) {
        if at.row.cohort.is_some() {
            let why = "nothing in a request tells who belongs to its cohort";
            return self.leave_out(at, why);
        }
        self.renew_at_amendments(at);
        let ends = at.notice.tls_change().ends;
        match at.notice.kind {
            _ if !ends.is_empty() => self.tls(at, ends),
            Kind::Protocol | Kind::Authentication => {
                self.leave_out(at, "nothing in the address of a request tells whom it concerns");
            }
            Kind::Deprecation | Kind::Retirement | Kind::Endpoint | Kind::Version => {
                for target in &at.row.targets {
                    self.target(at, target);
                }
            }
        }
    }

    fn leave_out(&mut self, at: At<'_>, why: &str) {
        self.plan.left_out.insert(format!("{}: {}: {why}", at.path(), at.id));
    }

    fn renew_by(&mut self, moment: Option<Instant>) {
        let coming = moment.filter(|moment| *moment > self.plan.at);
        self.plan.renewed_by = [self.plan.renewed_by, coming].into_iter().flatten().min();
    }

    /// A plan may rest, go on, or be given up, at a declared moment that lies ahead.
    fn renew_at_amendments(&mut self, at: At<'_>) {
        for amendment in at.notice.amendments.iter().filter(|a| a.touches(at.id)) {
            self.renew_by(bounds(&amendment.date, at.row.zone).earliest);
        }
    }

    fn tls(&mut self, at: At<'w>, ends: BTreeSet<TlsVersion>) {
        let refused = refused(at.notice, at.id, at.row, None, self.plan.at);
        self.renew_by(refused.end);
        self.renew_by(refused.listed_until);
        self.tls.push(TlsRow { at, ends, refused });
    }

    fn target(&mut self, at: At<'w>, target: &Target) {
        for error in at.notice.errors.iter().filter(|e| e.status.is_some_and(|s| s < 400)) {
            let status = error.status.unwrap_or_default();
            self.leave_out(at, &format!("{status} is no refusal, and is answered by no gateway"));
        }
        // Nothing is told of a notice that is not out.
        self.renew_by(bounds(&at.notice.announced, at.program.settings.zone).earliest);
        let catalogue = &at.program.catalogue;
        let found = patterns(catalogue, &at.row.environment, at.url, target);
        let refused = refused(at.notice, at.id, at.row, Some(&target.api), self.plan.at);
        self.renew_by(refused.listed_until);
        let said = format!("{} has ended here.", title(at.program, target));
        for pattern in found {
            let pattern = match pattern {
                Ok(pattern) => pattern,
                Err(why) => {
                    self.leave_out(at, &why);
                    continue;
                }
            };
            let heads = self.heads(at, target);
            let refusals = refusals(at, Some(target), &refused, (410, &said), ());
            let rule = Rule { pattern, refusals, ..heads };
            merge(&mut self.plan.servers[at.server].rules, rule);
        }
    }

    /// What is announced of a target, once the notice is.
    fn heads(&self, at: At<'_>, target: &Target) -> Rule {
        let pattern = Pattern { method: None, path: String::new(), below: false };
        let nothing =
            Rule { pattern, deprecation: None, sunset: None, links: vec![], refusals: vec![] };
        let zone = at.program.settings.zone;
        let is_halted = crate::schedule::is_halted(at.notice, at.id, at.row, self.plan.at);
        if is_halted || !bounds(&at.notice.announced, zone).may_have_come(self.plan.at) {
            return nothing;
        }
        let earliest = |date: &Option<crate::notice::Date>| {
            let found = bounds(date.as_ref()?, at.row.zone).earliest;
            found.filter(|found| found.timestamp() > 0)
        };
        let (deprecation, sunset) =
            (earliest(&at.row.dates.deprecation), earliest(&at.row.dates.cutoff));
        let page = self
            .scope
            .public_url
            .map(|base| format!("{}/notices/{}", base.trim_end_matches('/'), at.path()));
        let told =
            |rel: &str| Some(format!("<{}>; rel=\"{rel}\"; type=\"text/html\"", page.as_ref()?));
        let links = [
            deprecation.and_then(|_| told("deprecation")),
            sunset.and_then(|_| told("sunset")),
            successor(at.program, target).map(|to| format!("<{to}>; rel=\"successor-version\"")),
        ];
        Rule { deprecation, sunset, links: links.into_iter().flatten().collect(), ..nothing }
    }

    fn finish(mut self) -> Plan<'w> {
        let rows = std::mem::take(&mut self.tls);
        for server in 0..self.plan.servers.len() {
            let here: Vec<_> = rows.iter().filter(|row| row.at.server == server).collect();
            self.guard(server, &here);
            let server = &mut self.plan.servers[server];
            server.rules.sort_by_key(|rule| rule.pattern.breadth());
            inherit(&mut server.rules);
        }
        self.plan.servers.retain(|server| !server.guards.is_empty() || !server.rules.is_empty());
        self.plan
    }

    /// TLS is a matter of a whole server: where several rows end a version there, it goes with
    /// the last of them.
    fn guard(&mut self, server: usize, rows: &[&TlsRow<'w>]) {
        let at = self.plan.at;
        let latest = |row: &&&TlsRow<'_>| (row.refused.end.is_none(), row.refused.end);
        let last = |version: TlsVersion| {
            let of_it = rows.iter().filter(move |row| row.ends.contains(&version));
            of_it.max_by_key(latest).copied()
        };
        for row in rows {
            let is_last =
                |version: &TlsVersion| last(*version).is_some_and(|own| std::ptr::eq(own, *row));
            let ends: BTreeSet<_> = row.ends.iter().copied().filter(is_last).collect();
            let is_alone = rows
                .iter()
                .all(|other| std::ptr::eq(*other, *row) || other.ends.is_disjoint(&row.ends));
            if !is_alone {
                let why = "other rows of this address have a say in its versions of TLS: they go \
                           with the last of them, and no brownout strikes them";
                self.leave_out(row.at, why);
            }
            let brownouts = if is_alone { row.refused.brownouts.clone() } else { Vec::new() };
            let refused = Refused { brownouts, ..row.refused.clone() };
            if !ends.is_empty() {
                let said = not_accepted(&ends);
                let guards = refusals(row.at, None, &refused, (403, &said), ends);
                self.plan.servers[server].guards.extend(guards);
            }
        }
        // Nothing that nobody declared is opened, and no gateway in use speaks SSL 3.0.
        let is_taken = |version: &TlsVersion| match last(*version) {
            Some(row) => row.refused.end.is_none_or(|end| end > at),
            None => *version >= TlsVersion::Tls12,
        };
        let all = TlsVersion::ALL.into_iter().filter(|version| *version != TlsVersion::Ssl3);
        self.plan.servers[server].takes = all.filter(is_taken).collect();
    }
}

fn not_accepted(versions: &BTreeSet<TlsVersion>) -> String {
    let names: Vec<_> = versions.iter().map(|version| version.as_str()).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => {
            format!("{} and {last} are not accepted here.", others.join(", "))
        }
        _ => format!("{} is not accepted here.", names.concat()),
    }
}

/// As both gateways name it.
pub fn protocol(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::Ssl3 => "SSLv3",
        TlsVersion::Tls10 => "TLSv1",
        TlsVersion::Tls11 => "TLSv1.1",
        TlsVersion::Tls12 => "TLSv1.2",
        TlsVersion::Tls13 => "TLSv1.3",
    }
}

/// A name or an address, as servers have them.
fn is_name(host: &str) -> bool {
    host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:[]".contains(c))
}

fn title<'p>(program: &'p Program, target: &'p Target) -> &'p str {
    program.catalogue.apis.get(&target.api).map_or(target.api.as_str(), |api| &api.title)
}

/// The address of what takes the API's place, where the office said which and where it is.
fn successor<'p>(program: &'p Program, target: &Target) -> Option<&'p HttpUrl> {
    let api = program.catalogue.apis.get(&target.api)?;
    let Some(ReplacedBy::Alternatives(alternatives)) = &api.replaced_by else { return None };
    let first = alternatives.first()?.first()?;
    let own = first.program.as_ref().is_none_or(|named| *named == program.id);
    program.catalogue.apis.get(&first.api).filter(|_| own)?.urls.first()
}

/// What is answered while a brownout lasts, and after the end: as the notice promises, or else
/// by `otherwise`.
fn refusals<T: Clone>(
    at: At<'_>,
    target: Option<&Target>,
    refused: &Refused,
    otherwise: (u16, &str),
    what: T,
) -> Vec<Within<T>> {
    let answer = |phase: ErrorPhase, (status, said): (u16, &str)| {
        let concerns = |api: &crate::notice::ApiId, targets: &[Target]| {
            targets.is_empty() || targets.iter().any(|own| own.api == *api)
        };
        let promised = at.notice.errors.iter().find(|error| {
            (error.during == phase || error.during == ErrorPhase::Both)
                && error.status.is_some_and(|status| status >= 400)
                && target.is_none_or(|target| concerns(&target.api, &error.targets))
        });
        match promised {
            Some(error) => (error.status.unwrap_or(status), in_a_line(&error.text)),
            None => (status, in_a_line(said)),
        }
    };
    // A brownout of an API is over soon; one of a protocol is what will be.
    let while_it_lasts = match target {
        Some(_) => (503, "This is a brownout, announced beforehand. It will be over soon."),
        None => otherwise,
    };
    [
        (refused.brownouts.clone(), answer(ErrorPhase::Brownout, while_it_lasts)),
        (refused.after(), answer(ErrorPhase::Cutoff, otherwise)),
    ]
    .into_iter()
    .filter(|(windows, _)| !windows.is_empty())
    .map(|(windows, (status, body))| Within { what: what.clone(), windows, status, body })
    .collect()
}

/// Longer texts nginx cannot read (4,096 bytes are the longest word of its configuration).
const MAX_BODY_CHARS: usize = 800;

/// Neither gateway keeps the lines of a text, so that both answer the same.
fn in_a_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_BODY_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Several notices may speak of the same requests: the first deprecation and the first sunset
/// are told, and all links.
fn merge(rules: &mut Vec<Rule>, rule: Rule) {
    match rules.iter_mut().find(|known| known.pattern == rule.pattern) {
        Some(known) => known.add(&rule),
        None => rules.push(rule),
    }
}

/// What is said of a path holds of every narrower one below it, too.
fn inherit(rules: &mut [Rule]) {
    for at in 0..rules.len() {
        let (narrow, broad) = rules.split_at_mut(at + 1);
        let own = &mut narrow[at];
        for rule in broad.iter() {
            if own.pattern.is_under(&rule.pattern) {
                own.add(rule);
            }
        }
    }
}

impl Rule {
    /// The headers that announce it, with their values: RFC 9745, RFC 8594, RFC 8288.
    pub fn headers(&self) -> [(&'static str, Option<String>); 3] {
        let deprecation = self.deprecation.map(|at| format!("@{}", at.timestamp()));
        let sunset = self.sunset.map(|at| at.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
        let link = (!self.links.is_empty()).then(|| self.links.join(", "));
        [("deprecation", deprecation), ("sunset", sunset), ("link", link)]
    }

    fn add(&mut self, other: &Self) {
        let first =
            |one: Option<Instant>, two: Option<Instant>| [one, two].into_iter().flatten().min();
        self.deprecation = first(self.deprecation, other.deprecation);
        self.sunset = first(self.sunset, other.sunset);
        let links = other.links.iter().filter(|link| !self.links.contains(link));
        let links: Vec<_> = links.cloned().collect();
        self.links.extend(links);
        self.refusals.extend(other.refusals.iter().cloned());
    }
}
