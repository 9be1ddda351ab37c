//! The facts that a notice tells beside its schedule.

use super::Scope;
use super::apis::ApiName;
use super::texts::shown_url;
use crate::notice::{
    Check, Contact, ErrorPhase, ExpectedError, Link, Provider, Regulation, Sample, Slot,
    TestEndpoint, VersionStatus,
};
use crate::render::dates::When;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct StoryView<'a> {
    pub affected: Option<String>,
    pub audience: Option<String>,
    pub unaffected: Option<UnaffectedView<'a>>,
    pub steps: Vec<StepView<'a>>,
    pub checks: Vec<CheckView<'a>>,
    pub test_endpoints: Vec<EndpointView<'a>>,
    pub errors: Vec<ErrorView<'a>>,
    /// When errors are seen, where it is the same for all.
    pub errors_seen: Option<String>,
    pub questions: Vec<QuestionView<'a>>,
    pub timeline: Vec<TimelineView<'a>>,
    pub provider: Option<ProviderView<'a>>,
    pub regulations: Vec<RegulationView<'a>>,
    pub references: Vec<LinkView<'a>>,
    pub contact: ContactView<'a>,
}

#[derive(Debug, Serialize)]
pub struct UnaffectedView<'a> {
    pub text: Option<String>,
    pub apis: Vec<ApiName<'a>>,
}

#[derive(Debug, Serialize)]
pub struct StepView<'a> {
    pub text: String,
    pub platforms: &'a [String],
}

#[derive(Debug, Serialize)]
pub struct CheckView<'a> {
    pub title: &'a str,
    pub text: Option<String>,
    pub link: Option<LinkView<'a>>,
    pub samples: Vec<SampleView<'a>>,
    pub passes: Option<String>,
    pub fails: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct SampleView<'a> {
    pub title: Option<&'a str>,
    pub language: &'a str,
    /// The language for readers: `bash` is a word, `csharp` is not.
    pub language_title: &'a str,
    pub code: &'a str,
    pub expect: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub struct LinkView<'a> {
    pub title: &'a str,
    pub url: &'a str,
}

#[derive(Debug, Serialize)]
pub struct EndpointView<'a> {
    pub id: &'a str,
    pub url: &'a str,
    pub text: Option<String>,
    /// Where a mail's reader alone is expected, with a mark in it that is replaced for each.
    pub own_host: Option<String>,
    pub accepts: &'a [String],
    pub opens: Option<When>,
    pub closes: Option<When>,
    pub caveats: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct ErrorView<'a> {
    pub text: &'a str,
    pub status: Option<u16>,
    pub apis: Vec<ApiName<'a>>,
    pub during: String,
}

#[derive(Debug, Serialize)]
pub struct QuestionView<'a> {
    pub question: &'a str,
    pub answer: String,
}

#[derive(Debug, Serialize)]
pub struct TimelineView<'a> {
    pub version: &'a str,
    pub status: String,
    pub since: Option<When>,
    /// `Deprecated in 2011`; absent where the note begins with the same word.
    pub phrase: Option<String>,
    pub note: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub struct ProviderView<'a> {
    pub name: &'a str,
    pub service: Option<&'a str>,
    pub url: Option<&'a str>,
    pub text: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct RegulationView<'a> {
    pub name: &'a str,
    pub body: Option<&'a str>,
    pub since: Option<When>,
    pub url: Option<&'a str>,
    pub text: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct ContactView<'a> {
    pub email: Option<&'a str>,
    pub is_email_in_text: bool,
    pub url: Option<&'a str>,
    pub text: Option<String>,
}

impl<'a> Scope<'a, '_> {
    pub(super) fn story(&self) -> StoryView<'a> {
        let (notice, texts) = (self.notice, self.texts());
        StoryView {
            affected: notice.affected.as_ref().map(|text| texts.fill(text)),
            audience: notice.audience.text.as_ref().map(|text| texts.fill(text)),
            unaffected: notice.unaffected.as_ref().map(|unaffected| UnaffectedView {
                text: unaffected.text.as_ref().map(|text| texts.fill(text)),
                apis: self.distinct_names(&unaffected.targets),
            }),
            steps: notice
                .steps
                .iter()
                .map(|step| StepView { text: texts.fill(&step.text), platforms: &step.platforms })
                .collect(),
            checks: notice.checks.iter().map(|check| self.check(check)).collect(),
            test_endpoints: notice
                .test_endpoints
                .iter()
                .map(|(id, endpoint)| self.endpoint(id.as_str(), endpoint))
                .collect(),
            errors: notice.errors.iter().map(|error| self.error(error)).collect(),
            errors_seen: self.errors_seen(),
            questions: notice
                .questions
                .iter()
                .map(|q| QuestionView { question: &q.question, answer: texts.fill(&q.answer) })
                .collect(),
            timeline: self.timeline(),
            provider: notice.behind.provider.as_ref().map(|provider| self.provider(provider)),
            regulations: notice.behind.regulations.iter().map(|r| self.regulation(r)).collect(),
            references: notice.references.iter().map(link).collect(),
            contact: self.contact(&notice.contact),
        }
    }

    fn check(&self, check: &'a Check) -> CheckView<'a> {
        let fill = |text: &Option<_>| text.as_ref().map(|text| self.texts().fill(text));
        CheckView {
            title: &check.title,
            text: fill(&check.text),
            link: check.link.as_ref().map(link),
            samples: check.samples.iter().map(sample).collect(),
            passes: fill(&check.passes),
            fails: fill(&check.fails),
        }
    }

    fn endpoint(&self, id: &'a str, endpoint: &'a TestEndpoint) -> EndpointView<'a> {
        let zone = self.program.settings.zone;
        EndpointView {
            id,
            url: shown_url(&endpoint.url),
            text: endpoint.text.as_ref().map(|text| self.texts().fill(text)),
            own_host: self.own_host(endpoint),
            accepts: &endpoint.accepts,
            opens: endpoint.opens.as_ref().map(|date| self.when(date, zone)),
            closes: endpoint.closes.as_ref().map(|date| self.when(date, zone)),
            caveats: self.texts().fill_all(&endpoint.caveats),
        }
    }

    /// Of a mail's reader; a page is read by anybody.
    fn own_host(&self, endpoint: &TestEndpoint) -> Option<String> {
        endpoint.own_host(&Slot::Rehearse.to_string()).filter(|_| self.on.is_none())
    }

    fn error(&self, error: &'a ExpectedError) -> ErrorView<'a> {
        ErrorView {
            text: &error.text,
            status: error.status,
            apis: self.distinct_names(&error.targets),
            during: self.seen(error.during),
        }
    }

    fn timeline(&self) -> Vec<TimelineView<'a>> {
        let entry = |entry: &'a crate::notice::TimelineEntry| {
            let since = entry.since.as_ref();
            let since = since.map(|date| self.when(date, self.program.settings.zone));
            let word = status(entry.status);
            let status = self.language.say(word);
            let is_said = entry.note.as_ref().is_some_and(|note| note.starts_with(&status));
            TimelineView {
                version: &entry.version,
                phrase: (!is_said || since.is_some())
                    .then(|| self.phrase(entry, word, since.as_ref())),
                status,
                since,
                note: entry.note.as_deref(),
            }
        };
        self.notice.timeline.iter().map(entry).collect()
    }

    /// `Deprecated in 2011`, `Current since 1 May 2020`, `Planned for 2030`.
    fn phrase(
        &self,
        entry: &crate::notice::TimelineEntry,
        status: &str,
        since: Option<&When>,
    ) -> String {
        use crate::notice::{Point, Span};
        let Some(when) = since else { return self.language.say(status) };
        let form = match entry.since.as_ref().map(|date| &date.span) {
            Some(Span::At(Point::Day(_) | Point::Instant { .. })) => "on",
            Some(Span::At(_)) => "in",
            _ => "when",
        };
        let date = [("date", (&when.text).into())];
        self.language.say_with(&format!("{status}-{form}"), &date)
    }

    fn seen(&self, phase: ErrorPhase) -> String {
        self.language.say(match phase {
            ErrorPhase::Brownout => "during-brownout",
            ErrorPhase::Cutoff => "during-cutoff",
            ErrorPhase::Both => "during-both",
        })
    }

    fn errors_seen(&self) -> Option<String> {
        let errors = &self.notice.errors;
        let first = errors.first()?.during;
        errors.iter().all(|error| error.during == first).then(|| self.seen(first))
    }

    fn provider(&self, provider: &'a Provider) -> ProviderView<'a> {
        ProviderView {
            name: &provider.name,
            service: provider.service.as_deref(),
            url: provider.url.as_ref().map(shown_url),
            text: provider.text.as_ref().map(|text| self.texts().fill(text)),
        }
    }

    fn regulation(&self, regulation: &'a Regulation) -> RegulationView<'a> {
        let zone = self.program.settings.zone;
        RegulationView {
            name: &regulation.name,
            body: regulation.body.as_deref(),
            since: regulation.since.as_ref().map(|date| self.when(date, zone)),
            url: regulation.url.as_ref().map(shown_url),
            text: regulation.text.as_ref().map(|text| self.texts().fill(text)),
        }
    }

    fn contact(&self, contact: &'a Contact) -> ContactView<'a> {
        ContactView {
            email: contact.email.as_ref().map(|address| address.as_str()),
            url: contact.url.as_ref().map(shown_url),
            is_email_in_text: is_said(contact),
            text: contact.text.as_ref().map(|text| self.texts().fill(text)),
        }
    }
}

/// Offices tend to write the address into the sentence, where it is a link
/// already.
fn is_said(contact: &Contact) -> bool {
    let (Some(text), Some(email)) = (&contact.text, &contact.email) else { return false };
    text.0.contains(email.as_str())
}

fn status(status: VersionStatus) -> &'static str {
    match status {
        VersionStatus::Deprecated => "deprecated",
        VersionStatus::Retired => "retired",
        VersionStatus::Current => "current",
        VersionStatus::Planned => "planned",
    }
}

fn link(link: &Link) -> LinkView<'_> {
    LinkView { title: &link.title, url: shown_url(&link.url) }
}

fn sample(sample: &Sample) -> SampleView<'_> {
    SampleView {
        title: sample.title.as_deref(),
        language: &sample.language,
        language_title: language_title(&sample.language),
        code: &sample.code,
        expect: sample.expect.as_deref(),
    }
}

/// Names that are not simply the highlighter's key.
fn language_title(language: &str) -> &str {
    match language {
        "bash" | "sh" | "shell" | "console" => "Shell",
        "csharp" | "cs" => "C#",
        "cpp" => "C++",
        "go" => "Go",
        "http" => "HTTP",
        "java" => "Java",
        "javascript" | "js" => "JavaScript",
        "json" => "JSON",
        "php" => "PHP",
        "powershell" => "PowerShell",
        "python" | "py" => "Python",
        "ruby" | "rb" => "Ruby",
        "rust" => "Rust",
        "text" => "Text",
        "typescript" | "ts" => "TypeScript",
        "xml" => "XML",
        other => other,
    }
}
