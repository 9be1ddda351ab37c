//! What was promised beside what was seen.

use super::clients::Met;
use super::scene::Scene;
use super::stage::{SampleRun, Told};
use crate::notice::{Notice, TlsVersion};
use serde::Serialize;

#[derive(Serialize)]
pub struct Report<'r> {
    notice: String,
    /// Where clients were sent, and what is taken there.
    url: &'r str,
    minimum: TlsVersion,
    maximum: TlsVersion,
    samples: Vec<SampleReport<'r>>,
    errors: Vec<ErrorReport<'r>>,
    clients: &'r [Met],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    AsPromised,
    Differs,
    NotRun,
}

#[derive(Serialize)]
struct SampleReport<'r> {
    check: &'r str,
    title: Option<&'r str>,
    language: &'r str,
    verdict: Verdict,
    expected: Option<&'r str>,
    #[serde(flatten)]
    run: &'r SampleRun,
}

/// An error that the notice promises, and who gets it.
#[derive(Serialize)]
struct ErrorReport<'r> {
    text: &'r str,
    status: Option<u16>,
    verdict: Verdict,
    seen_by: Vec<String>,
}

impl<'r> Report<'r> {
    pub fn new(notice: &'r Notice, scene: &'r Scene, told: &'r Told) -> Self {
        let samples = told.samples.iter().filter_map(|run| {
            let check = notice.checks.get(run.check)?;
            let sample = check.samples.get(run.sample)?;
            let expected = sample.expect.as_deref();
            Some(SampleReport {
                check: &check.title,
                title: sample.title.as_deref(),
                language: &sample.language,
                verdict: verdict(expected, run),
                expected,
                run,
            })
        });
        let seen = seen(notice, told);
        let is_unready = scene.unready().is_some();
        let errors = notice.errors.iter().map(|error| {
            let gets = |(_, text): &&(String, String)| promises(&error.text, error.status, text);
            let seen_by: Vec<_> = seen.iter().filter(gets).map(|(who, _)| who.clone()).collect();
            let verdict = match (seen_by.is_empty(), is_unready) {
                (false, _) => Verdict::AsPromised,
                (true, true) => Verdict::Differs,
                // Nobody is turned away there: there is nothing to see.
                (true, false) => Verdict::NotRun,
            };
            ErrorReport { text: &error.text, status: error.status, verdict, seen_by }
        });
        Self {
            notice: scene.path.to_string(),
            url: scene.url.as_str(),
            minimum: scene.minimum,
            maximum: scene.maximum,
            errors: errors.collect(),
            samples: samples.collect(),
            clients: &told.clients,
        }
    }

    fn verdicts(&self) -> impl Iterator<Item = Verdict> {
        let samples = self.samples.iter().map(|sample| sample.verdict);
        samples.chain(self.errors.iter().map(|error| error.verdict))
    }

    pub fn differs(&self) -> bool {
        self.verdicts().any(|verdict| verdict == Verdict::Differs)
    }

    /// Whether everything was run, and every client is installed.
    pub fn is_whole(&self) -> bool {
        self.verdicts().all(|verdict| verdict != Verdict::NotRun)
            && self.clients.iter().all(|met| met.says.is_some())
    }

    pub fn print(&self) {
        let Self { notice, url, minimum, maximum, .. } = self;
        say!("{notice} as it is after the cutoff, at {url}: {minimum} to {maximum}\n");
        for sample in &self.samples {
            sample.print();
        }
        for error in &self.errors {
            error.print();
        }
        if !self.clients.is_empty() {
            say!("What real clients get:");
        }
        for met in self.clients {
            let version = met
                .version
                .map_or_else(|| "as it is".to_owned(), |version| format!("{version} at most"));
            let says = match &met.says {
                None => "(not installed)".to_owned(),
                Some(_) if met.is_served => "is served".to_owned(),
                Some(says) => one_line(says),
            };
            say!("  {:8} {version:16} {says}", met.client);
        }
    }
}

impl SampleReport<'_> {
    fn print(&self) {
        let title = self.title.unwrap_or(self.check);
        let language = self.language;
        let run = self.run;
        match self.verdict {
            Verdict::AsPromised => say!("ok       {title} ({language})"),
            Verdict::NotRun => say!("not run  {title} ({language}): {}", run.complained),
            Verdict::Differs => {
                say!("differs  {title} ({language})");
                say!("           promised: {}", self.expected.unwrap_or("that it ends well"));
                say!("           seen:     {}", shown(run.printed.as_deref(), &run.complained));
            }
        }
        if let Some(unready) = &run.unready {
            let said = shown(Some(&unready.printed), &unready.complained);
            say!("           with {} at most: {said}", unready.version);
        }
        say!("");
    }
}

impl ErrorReport<'_> {
    fn print(&self) {
        let status = self.status.map_or(String::new(), |status| format!(" (status {status})"));
        let text = one_line(self.text);
        match self.verdict {
            Verdict::AsPromised => {
                say!("ok       error `{text}`{status}: seen by {}", self.seen_by.join(", "));
            }
            Verdict::NotRun => say!("not run  error `{text}`{status}: nobody is turned away"),
            Verdict::Differs => {
                say!("differs  error `{text}`{status}");
                say!("           promised: {text}");
                say!("           seen:     what real clients get, below");
            }
        }
        say!("");
    }
}

fn verdict(expected: Option<&str>, run: &SampleRun) -> Verdict {
    let Some(printed) = &run.printed else { return Verdict::NotRun };
    let is_so = match expected {
        Some(expected) => normal(printed).contains(&normal(expected)),
        None => run.code == Some(0),
    };
    if is_so { Verdict::AsPromised } else { Verdict::Differs }
}

/// Who said what that could be an error: clients that were turned away, and samples of readers
/// who are not ready.
fn seen(notice: &Notice, told: &Told) -> Vec<(String, String)> {
    let clients = told.clients.iter().filter_map(|met| {
        let says = met.says.clone()?;
        let version = met.version.map_or(String::new(), |version| format!(" with {version}"));
        Some((format!("{}{version}", met.client), says))
    });
    let samples = told.samples.iter().filter_map(|run| {
        let unready = run.unready.as_ref()?;
        let sample = notice.checks.get(run.check)?.samples.get(run.sample)?;
        let title = sample.title.as_deref().unwrap_or(&sample.language);
        let said = format!("{}\n{}", unready.printed, unready.complained);
        Some((format!("`{title}` with {}", unready.version), said))
    });
    clients.chain(samples).collect()
}

/// Whether what a client said is what was promised: its words, and its status where one is.
fn promises(text: &str, status: Option<u16>, said: &str) -> bool {
    let said = normal(said);
    let has_status = status.is_none_or(|status| {
        said.split(|c: char| !c.is_ascii_digit()).any(|number| number == status.to_string())
    });
    has_status && said.contains(&normal(text))
}

/// Case, blanks and the marks at the end of a sentence are nobody's promise.
fn normal(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").trim_end_matches(['.', '!']).to_owned()
}

/// What it printed, or else complained of, in a line.
fn shown(printed: Option<&str>, complained: &str) -> String {
    let printed = printed.map(str::trim).filter(|printed| !printed.is_empty());
    one_line(printed.unwrap_or(complained))
}

/// Longer than any error that a person would be told to look for.
const SHOWN_CHARS: usize = 300;

fn one_line(text: &str) -> String {
    let line: Vec<_> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let line = line.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.is_empty() => "(nothing)".to_owned(),
        None => line,
    }
}
