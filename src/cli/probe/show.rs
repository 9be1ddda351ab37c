//! What was found, as a table and as JSON.

use super::Probed;
use crate::cli::output::{STYLE, printable};
use crate::notice::{
    Acceptance, Finding, HttpFinding, Operation, Refusal, Remark, TlsVersion, Verdict, alert_name,
};
use crate::schedule::Instant;
use comfy_table::{ContentArrangement, Table};
use serde::Serialize;

/// Of what an error says; JSON has more of it.
const MAX_TOLD: usize = 60;

pub fn table(probed: &[Probed<'_>]) -> String {
    if probed.is_empty() {
        return "No URL is declared: there is nothing to ask.\n".to_owned();
    }
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic).set_header([
        "Where",
        "Address",
        "On the transport",
        "Over HTTP",
        "Verdict",
    ]);
    for one in probed {
        table.add_row([
            place(one),
            one.finding.address.map_or("-".to_owned(), |address| address.to_string()),
            transport(one.finding),
            http(one.finding),
            one.verdict().to_owned(),
        ]);
    }
    let mut out = format!("{table}\n\n");
    for line in sentences(probed).into_iter().chain([summary(probed)]) {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

impl Probed<'_> {
    fn verdict(&self) -> &'static str {
        match &self.judged {
            Some((_, judgement)) => judgement.verdict.as_str(),
            None => "-",
        }
    }
}

fn place(one: &Probed<'_>) -> String {
    let url = printable(one.wanted.url().as_str());
    match one.wanted.declared() {
        Some((program, target)) => {
            let operation = target.operation.as_ref();
            let operation = operation.map(|operation| format!("\n{operation}")).unwrap_or_default();
            format!("{} {}/{}{operation}\n{url}", program.id, target.environment, target.url_id)
        }
        None => url,
    }
}

/// Versions that met with the same, in one line.
fn transport(finding: &Finding) -> String {
    if let Some(why) = &finding.failure {
        return printable(why);
    }
    grouped(finding.transport.iter().map(|(version, acceptance)| {
        let outcome = match acceptance {
            Acceptance::Accepted => "accepted".to_owned(),
            Acceptance::Refused { by } => format!("refused, {}", refusal(by)),
            Acceptance::Undetermined { why } => format!("unknown, {}", printable(why)),
        };
        (*version, outcome)
    }))
}

fn refusal(by: &Refusal) -> String {
    match by {
        Refusal::Alert { code } => format!("alert {code} {}", alert_name(*code)),
        Refusal::Lower { version } => format!("chooses {version}"),
        Refusal::Closed => "closes".to_owned(),
        Refusal::Reset => "resets".to_owned(),
        Refusal::Silent => "is silent".to_owned(),
        Refusal::NotTls => "answers otherwise than TLS".to_owned(),
    }
}

fn http(finding: &Finding) -> String {
    if let Some(answer) = &finding.plain {
        return told(answer);
    }
    grouped(finding.http.iter().map(|(version, answer)| (*version, told(answer))))
}

fn told(answer: &HttpFinding) -> String {
    match answer {
        HttpFinding::Answered { status, headers, excerpt } => {
            let headers: String = headers
                .iter()
                .map(|(name, value)| format!("\n{}: {}", printable(name), printable(value)))
                .collect();
            // A page that was served tells nothing; an error does.
            let told = if *status >= 400 { printable(excerpt) } else { String::new() };
            let told: String = told.chars().take(MAX_TOLD).collect();
            format!("{status} {told}").trim_end().to_owned() + &headers
        }
        HttpFinding::Failed { why } => format!("no answer: {}", printable(why)),
    }
}

/// `TLS 1.2, TLS 1.3: accepted`, oldest first.
fn grouped(outcomes: impl Iterator<Item = (TlsVersion, String)>) -> String {
    let mut groups: Vec<(Vec<&str>, String)> = Vec::new();
    for (version, outcome) in outcomes {
        match groups.iter_mut().find(|(_, known)| *known == outcome) {
            Some((versions, _)) => versions.push(version.as_str()),
            None => groups.push((vec![version.as_str()], outcome)),
        }
    }
    let lines =
        groups.iter().map(|(versions, outcome)| format!("{}: {outcome}", versions.join(", ")));
    lines.collect::<Vec<_>>().join("\n")
}

/// Why each verdict is what it is; each once.
fn sentences(probed: &[Probed<'_>]) -> Vec<String> {
    let mut sentences = Vec::new();
    for one in probed {
        let (Some((_, judgement)), Some((program, target))) = (&one.judged, one.wanted.declared())
        else {
            continue;
        };
        let place = format!("{} {}/{}", program.id, target.environment, target.url_id);
        for remark in &judgement.remarks {
            let address = one.finding.address.map(|a| format!(" ({a})")).unwrap_or_default();
            let sentence = format!("{place}: {}{address}", printable(&remark.sentence));
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
    }
    sentences
}

/// `5 asked: 4 conforming, 1 drifting.`
fn summary(probed: &[Probed<'_>]) -> String {
    let of = |verdict: Verdict| {
        let is = |one: &&Probed<'_>| {
            one.judged.as_ref().is_some_and(|(_, judgement)| judgement.verdict == verdict)
        };
        let number = probed.iter().filter(is).count();
        (number > 0).then(|| format!("{number} {verdict}"))
    };
    let mut parts: Vec<String> = Verdict::ALL.into_iter().filter_map(of).collect();
    let without = probed.iter().filter(|one| one.judged.is_none()).count();
    if without > 0 {
        parts.push(format!("{without} without a verdict, of which no notice says anything"));
    }
    format!("{} asked: {}.", probed.len(), parts.join(", "))
}

/// What one address showed, and whether that is as declared.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a Operation>,
    #[serde(flatten)]
    finding: &'a Finding,
    /// The moment it was judged for.
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<&'a [Remark]>,
}

pub fn json(probed: &[Probed<'_>]) -> anyhow::Result<String> {
    let lines: Vec<Line<'_>> = probed
        .iter()
        .map(|one| {
            let declared = one.wanted.declared();
            let judged = one.judged.as_ref();
            Line {
                program: declared.map(|(program, _)| program.id.as_str()),
                environment: declared.map(|(_, target)| target.environment.as_str()),
                url_id: declared.map(|(_, target)| target.url_id.as_str()),
                operation: declared.and_then(|(_, target)| target.operation.as_ref()),
                finding: one.finding,
                on: judged.map(|(on, _)| *on),
                verdict: judged.map(|(_, judgement)| judgement.verdict),
                remarks: judged.map(|(_, judgement)| judgement.remarks.as_slice()),
            }
        })
        .collect();
    Ok(serde_json::to_string_pretty(&lines)? + "\n")
}
