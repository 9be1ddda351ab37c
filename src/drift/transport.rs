//! Which versions of TLS one address of a URL accepts, held against every notice that ends or
//! needs one there.

use super::covering::{Covering, Demand, covering};
use super::said;
use crate::notice::{
    Acceptance, Difference, ExpectedError, Finding, HttpFinding, Program, Remark, TlsVersion,
    WatchTarget, Weight,
};
use crate::schedule::Instant;
use std::collections::BTreeSet;

/// What became of a client that speaks one version.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reach {
    Accepted,
    /// On the transport.
    Refused(String),
    /// The handshake was completed, and an error answered over it.
    Answered {
        status: u16,
        is_declared: bool,
    },
    Unknown(String),
}

/// One version that ends, and the rows by which it does.
struct Ending<'p> {
    version: TlsVersion,
    /// Whether a notice names it: what it only means along with another, such as SSL 3.0 by
    /// `TLS 1.1 and below`, may have been gone before.
    is_named: bool,
    rows: Vec<(Covering<'p>, Demand<'p>)>,
}

/// What every row that has anything to say of TLS says of it here.
struct Demands<'p> {
    endings: Vec<Ending<'p>>,
    needs: Vec<(Covering<'p>, BTreeSet<TlsVersion>)>,
    errors: Vec<&'p ExpectedError>,
}

impl<'p> Demands<'p> {
    fn of(program: &'p Program, target: &'p WatchTarget, at: Instant) -> Self {
        let mut demands = Self { endings: Vec::new(), needs: Vec::new(), errors: Vec::new() };
        for row in covering(program, &target.environment, &target.url_id) {
            let change = row.notice.tls_change();
            let Some(demand) = row.demand(None, at) else { continue };
            if !change.needs.is_empty() {
                demands.needs.push((row, change.needs));
            }
            if !change.ends.is_empty() {
                demands.errors.extend(&row.notice.errors);
            }
            for version in change.ends {
                demands.end(version, row, demand);
            }
        }
        demands
    }

    fn end(&mut self, version: TlsVersion, row: Covering<'p>, demand: Demand<'p>) {
        let is_named = names(row.notice.ends.iter(), version);
        match self.endings.iter_mut().find(|ending| ending.version == version) {
            Some(ending) => {
                ending.is_named |= is_named;
                ending.rows.push((row, demand));
            }
            None => self.endings.push(Ending { version, is_named, rows: vec![(row, demand)] }),
        }
    }

    fn ends(&self, version: TlsVersion) -> bool {
        self.endings.iter().any(|ending| ending.version == version)
    }

    fn may_be_gone(&self, version: TlsVersion) -> bool {
        let is_alive = |(_, demand): &(_, Demand<'_>)| matches!(demand, Demand::Alive { .. });
        let mut endings = self.endings.iter().filter(|ending| ending.version == version);
        endings.any(|ending| !ending.rows.iter().any(is_alive))
    }

    /// What a client that speaks a version which stays is answered, to tell an error that is for
    /// a version from one that is for everybody.
    fn answer_that_stays(&self, finding: &Finding) -> Option<(u16, String)> {
        let stay = finding.http.iter().rev().filter(|(version, _)| !self.ends(**version));
        stay.filter_map(|(_, answer)| match answer {
            HttpFinding::Answered { status, excerpt, .. } => Some((*status, excerpt.clone())),
            HttpFinding::Failed { .. } => None,
        })
        .next()
    }

    fn reach(&self, finding: &Finding, version: TlsVersion) -> Reach {
        match finding.transport.get(&version) {
            None => return Reach::Unknown("it was not asked".to_owned()),
            Some(Acceptance::Undetermined { why }) => return Reach::Unknown(why.clone()),
            Some(Acceptance::Refused { by }) => return Reach::Refused(by.to_string()),
            Some(Acceptance::Accepted) => {}
        }
        let stays = self.answer_that_stays(finding);
        match finding.http.get(&version) {
            Some(HttpFinding::Answered { status, excerpt, .. }) if *status >= 400 => {
                let says = |error: &&&ExpectedError, text: &str| contains(text, &error.text);
                let told = self.errors.iter().any(|error| {
                    says(&error, excerpt)
                        && !stays.as_ref().is_some_and(|(_, text)| says(&error, text))
                });
                let declared = self.errors.iter().any(|error| error.status == Some(*status));
                let differs = stays.as_ref().is_none_or(|(other, _)| other != status);
                match (told || (declared && differs), differs && stays.is_some()) {
                    (true, _) => Reach::Answered { status: *status, is_declared: true },
                    (_, true) if *status == 429 || *status >= 500 => {
                        Reach::Unknown(format!("over it, {status} was answered"))
                    }
                    (_, true) => Reach::Answered { status: *status, is_declared: false },
                    (false, false) => Reach::Accepted,
                }
            }
            Some(HttpFinding::Failed { why }) if stays.is_some() => {
                Reach::Unknown(format!("the handshake was completed, and no answer came: {why}"))
            }
            _ => Reach::Accepted,
        }
    }
}

/// Whether one of the texts names this version itself.
fn names<'t>(mut texts: impl Iterator<Item = &'t String>, version: TlsVersion) -> bool {
    texts.any(|text| TlsVersion::named_in(text).last() == Some(&version))
}

fn contains(text: &str, part: &str) -> bool {
    let plain = |text: &str| text.trim().trim_end_matches('.').to_lowercase();
    let part = plain(part);
    !part.is_empty() && plain(text).contains(&part)
}

/// What is to be said of one address.
pub(super) fn remarks(
    program: &Program,
    target: &WatchTarget,
    finding: &Finding,
    at: Instant,
) -> Vec<Remark> {
    let is_found = |answer: &Acceptance| *answer == Acceptance::Accepted;
    let demands = Demands::of(program, target, at);
    if target.url.scheme() != "https" {
        // What is asked without TLS accepts no version of it, and no notice demands one.
        let answered = matches!(finding.plain, Some(HttpFinding::Answered { .. }));
        return match answered {
            true => Vec::new(),
            false => vec![said::nothing_found(program, target, why(finding, "it did not answer"))],
        };
    }
    if !finding.transport.values().any(is_found) {
        let reason = why(finding, "it accepts no version of TLS");
        return vec![said::nothing_found(program, target, reason)];
    }
    let judging = Judging { place: said::place(program, target), demands: &demands, finding, at };
    let endings = demands.endings.iter().filter_map(|ending| judging.ending(ending));
    endings.chain(judging.needs()).collect()
}

fn why<'f>(finding: &'f Finding, otherwise: &'f str) -> &'f str {
    match (&finding.failure, &finding.plain) {
        (Some(failure), _) => failure,
        (None, Some(HttpFinding::Failed { why })) => why,
        _ => otherwise,
    }
}

struct Judging<'a> {
    place: &'a str,
    demands: &'a Demands<'a>,
    finding: &'a Finding,
    at: Instant,
}

impl Judging<'_> {
    fn ending(&self, ending: &Ending<'_>) -> Option<Remark> {
        let reach = self.demands.reach(self.finding, ending.version);
        let alive = ending.rows.iter().filter_map(|(row, demand)| match demand {
            Demand::Alive { until } => Some((row, *until)),
            _ => None,
        });
        // The last to go decides: as long as it has time, the version stays.
        let alive = alive.max_by_key(|(_, until)| (until.is_none(), *until));
        if let Some((row, until)) = alive {
            return self.alive(ending, row, until, &reach);
        }
        let either = |(_, demand): &(_, Demand<'_>)| matches!(demand, Demand::Either { .. });
        if ending.rows.iter().any(either) {
            return self.late(ending, &reach);
        }
        self.over(ending, &reach)
    }

    /// It still has to be accepted.
    fn alive(
        &self,
        ending: &Ending<'_>,
        row: &Covering<'_>,
        until: Option<Instant>,
        reach: &Reach,
    ) -> Option<Remark> {
        let Self { place, at, .. } = *self;
        let version = ending.version;
        if !ending.is_named {
            return None;
        }
        // Where another row has its cutoff behind it, an error over HTTP may be for its clients.
        let is_alive = |(_, demand): &(_, Demand<'_>)| matches!(demand, Demand::Alive { .. });
        let is_shared = !ending.rows.iter().all(is_alive);
        let early = said::early(until, at);
        let sentence = match reach {
            Reach::Accepted => return None,
            Reach::Answered { .. } if is_shared => return None,
            Reach::Unknown(why) => return Some(self.unknown(version, why, row)),
            Reach::Refused(how) => format!("{place} blocks {version}{early} ({how})"),
            Reach::Answered { status, .. } => {
                format!("{place} completes {version} and answers {status} over it,{early}")
            }
        };
        let remark = said::remark(Weight::Drift, Difference::BlockedEarly { version }, sentence);
        Some(remark.against(row, until, at))
    }

    /// Either is right; where it is on record that it came late, that is said.
    fn late(&self, ending: &Ending<'_>, reach: &Reach) -> Option<Remark> {
        let late = ending.rows.iter().find_map(|(row, demand)| match demand {
            Demand::Either { late_since: Some(since) } => Some((row, *since)),
            _ => None,
        });
        let (row, since) = late.filter(|_| *reach == Reach::Accepted)?;
        let Self { place, at, .. } = *self;
        let version = ending.version;
        let how_late = said::after_cutoff(Some(since), at);
        let sentence = format!(
            "{place} accepts {version}{how_late}, and it is on record that the cutoff comes late"
        );
        let remark = said::remark(Weight::Note, Difference::LateOnRecord { version }, sentence);
        Some(remark.against(row, Some(since), at))
    }

    /// It must not be accepted any more: every row demands it.
    fn over(&self, ending: &Ending<'_>, reach: &Reach) -> Option<Remark> {
        let Self { place, at, .. } = *self;
        let version = ending.version;
        let since = |demand: &Demand<'_>| match demand {
            Demand::Over { since } => *since,
            Demand::Struck { since, .. } => Some(*since),
            _ => None,
        };
        let (row, demand) = ending.rows.iter().max_by_key(|(_, demand)| since(demand))?;
        let since = since(demand);
        let is_struck = matches!(demand, Demand::Struck { .. });
        let (difference, sentence) = match reach {
            Reach::Refused(_) | Reach::Answered { is_declared: true, .. } => return None,
            Reach::Unknown(why) => return Some(self.unknown(version, why, row)),
            Reach::Answered { status, .. } => {
                let sentence = format!(
                    "{place} blocks {version} by an answer that the notice does not declare: \
                     {status}"
                );
                let difference = Difference::AnswerNotDeclared { version, status: *status };
                return Some(
                    said::remark(Weight::Note, difference, sentence).against(row, None, at),
                );
            }
            Reach::Accepted if is_struck => {
                let began = since.map(|since| said::length(at - since)).unwrap_or_default();
                let sentence =
                    format!("{place} accepts {version} during a brownout that began {began} ago");
                (Difference::AcceptedInBrownout { version }, sentence)
            }
            Reach::Accepted => {
                let after = said::after_cutoff(since, at);
                let sentence = format!("{place} still accepts {version}{after}");
                (Difference::StillAccepted { version }, sentence)
            }
        };
        Some(said::remark(Weight::Drift, difference, sentence).against(row, since, at))
    }

    fn unknown(&self, version: TlsVersion, why: &str, row: &Covering<'_>) -> Remark {
        let sentence =
            format!("whether {} accepts {version} could not be found out: {why}", self.place);
        let remark =
            said::remark(Weight::Unknown, Difference::VersionUnknown { version }, sentence);
        remark.against(row, None, self.at)
    }

    /// At least one version of those that each notice tells clients to speak is accepted.
    fn needs(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for (row, needs) in &self.demands.needs {
            // What was needed once, and has been ended since, nobody has to go on accepting.
            let needs: BTreeSet<TlsVersion> = needs
                .iter()
                .copied()
                .filter(|version| !self.demands.may_be_gone(*version))
                .collect();
            if needs.is_empty() {
                continue;
            }
            let reached: Vec<Reach> =
                needs.iter().map(|version| self.demands.reach(self.finding, *version)).collect();
            let is_shut =
                |reach: &Reach| matches!(reach, Reach::Refused(_) | Reach::Answered { .. });
            if reached.contains(&Reach::Accepted) || !reached.iter().all(is_shut) {
                let unknown = needs.iter().zip(&reached).find_map(|(version, reach)| match reach {
                    Reach::Unknown(why) => Some((*version, why)),
                    _ => None,
                });
                if let Some((version, why)) =
                    unknown.filter(|_| !reached.contains(&Reach::Accepted))
                {
                    remarks.push(self.unknown(version, why, row));
                }
                continue;
            }
            let named = said::versions(needs.iter().copied());
            let what = if needs.len() == 1 { "does not accept" } else { "accepts none of" };
            let sentence =
                format!("{} {what} {named}, which clients are told to speak", self.place);
            let difference =
                Difference::NoneNeededAccepted { needs: needs.iter().copied().collect() };
            remarks.push(
                said::remark(Weight::Drift, difference, sentence).against(row, None, self.at),
            );
        }
        remarks.dedup_by(|one, other| one.difference == other.difference);
        remarks
    }
}
