//! The table on which a notice is looked at: the days, whose eyes it is seen with,
//! and one channel. The preview of a folder has it, and the office.

use super::asked::{Asked, Scheme, Width};
use super::raw::{Subject, make};
use super::timeline::Timeline;
use crate::notice::{Digest, Notice, Program};
use crate::preview::{Channel, Occasion, Specimen, TemplateProblem, Templates, Told};
use crate::render::{Language, PageLinks};
use serde::Serialize;
use std::collections::BTreeSet;

/// What there is to show of a version without errors.
#[derive(Serialize)]
pub struct SoundView {
    program: String,
    kind: String,
    action: String,
    timeline: Timeline,
    choices: Choices,
    tabs: Vec<Tab>,
    stage: Stage,
}

#[derive(Serialize)]
struct Choices {
    /// Those that the notice names, and the program's others.
    apis: Vec<Choice>,
    other_apis: Vec<Choice>,
    environments: Vec<Choice>,
    locales: Vec<Choice>,
    /// What a mail is sent for; none on a channel that knows no occasions.
    occasions: Vec<Choice>,
}

/// One of what may be chosen in a form.
#[derive(Serialize)]
pub struct Choice {
    pub value: String,
    pub title: String,
    pub is_chosen: bool,
}

#[derive(Serialize)]
struct Tab {
    title: &'static str,
    href: String,
    is_here: bool,
}

#[derive(Serialize)]
struct Stage {
    channel: &'static str,
    title: &'static str,
    is_personal: bool,
    is_document: bool,
    /// Absent where the reader is told nothing.
    told: Option<ToldView>,
    letter: Option<Letter>,
    width: Width,
    scheme: Scheme,
    error: Option<TemplateProblem>,
    /// Whether there is anything to show, with whatever templates.
    is_made: bool,
    /// The text itself, unless a frame shows it.
    text: Option<String>,
    raw: String,
}

#[derive(Serialize)]
struct ToldView {
    rows: usize,
    of: usize,
    apis: String,
}

/// What stands above a mail in the reader's mail program.
#[derive(Serialize)]
struct Letter {
    from: String,
    subject: String,
}

impl SoundView {
    pub fn new(
        templates: &Templates,
        subject: &Subject<'_>,
        channel: Channel,
        language: &Language<'_>,
    ) -> Self {
        let Subject { path, program, notice, days, asked } = *subject;
        let told = asked.reader.told(program, notice);
        let tab = |other: Channel| Tab {
            title: other.title(),
            href: asked.page(path, other),
            is_here: other == channel,
        };
        Self {
            program: program.settings.title.clone(),
            kind: super::kind_in_words(notice.kind, language),
            action: asked.site().page(path, channel),
            timeline: Timeline::new(
                (program, notice),
                days,
                asked,
                told.as_ref(),
                (path, channel),
                language,
            ),
            choices: Choices::new((program, notice), asked, channel),
            tabs: Channel::ALL.into_iter().map(tab).collect(),
            stage: Stage::new(templates, subject, channel, told),
        }
    }
}

impl Choices {
    fn new((program, notice): (&Program, &Notice), asked: &Asked, channel: Channel) -> Self {
        let rows = notice.schedule.rows.values();
        let named: BTreeSet<_> =
            rows.flat_map(|row| &row.targets).map(|target| &target.api).collect();
        let apis = program.catalogue.apis.iter();
        let (apis, other_apis): (Vec<_>, Vec<_>) = apis.partition(|(id, _)| named.contains(id));
        let chosen = asked.reader.api.as_ref();
        let api = |(id, api): (&crate::notice::ApiId, &crate::notice::Api)| Choice {
            value: id.to_string(),
            title: api.title.clone(),
            is_chosen: chosen == Some(id),
        };
        let environment = |(id, environment): (_, &crate::notice::Environment)| Choice {
            is_chosen: asked.reader.environment.as_ref() == Some(id),
            value: id.to_string(),
            title: environment.title.clone(),
        };
        let occasion = |occasion: Occasion| Choice {
            value: occasion.name(),
            title: occasion.title().to_owned(),
            is_chosen: occasion == asked.occasion,
        };
        let locale = |locale: &crate::notice::Locale| Choice {
            value: locale.to_string(),
            title: locale.to_string(),
            is_chosen: *locale == asked.locale,
        };
        Self {
            apis: apis.into_iter().map(api).collect(),
            other_apis: other_apis.into_iter().map(api).collect(),
            environments: program.catalogue.environments.iter().map(environment).collect(),
            locales: program.settings.locales.iter().map(locale).collect(),
            occasions: if channel.has_occasions() {
                Occasion::ALL.into_iter().map(occasion).collect()
            } else {
                Vec::new()
            },
        }
    }
}

impl Stage {
    fn new(
        templates: &Templates,
        subject: &Subject<'_>,
        channel: Channel,
        told: Option<Told>,
    ) -> Self {
        let Subject { path, notice, asked, .. } = *subject;
        let is_sent = told.is_some() || !channel.is_personal();
        let output = is_sent.then(|| make(templates, subject, channel, told.as_ref()));
        let (made, error) = output.map_or((None, None), |output| (output.made, output.error));
        let content = made.as_ref().map(|made| Digest::of_bytes(made.as_bytes()));
        Self {
            channel: channel.name(),
            title: channel.title(),
            is_personal: channel.is_personal(),
            is_document: channel.is_document(),
            letter: told.as_ref().and_then(|told| letter(templates, subject, channel, told)),
            told: told.map(|told| ToldView {
                rows: told.rows.len(),
                of: notice.schedule.rows.len(),
                apis: told.apis,
            }),
            width: asked.width.unwrap_or(Width::of(channel)),
            scheme: asked.scheme,
            error: error.as_ref().map(TemplateProblem::new),
            is_made: made.is_some(),
            text: made.filter(|_| !channel.is_document()),
            raw: asked.raw(path, channel, content.as_ref().map(Digest::short)),
        }
    }
}

fn letter(
    templates: &Templates,
    subject: &Subject<'_>,
    channel: Channel,
    told: &Told,
) -> Option<Letter> {
    if !matches!(channel, Channel::Html | Channel::Text) {
        return None;
    }
    let Subject { program, notice, days, asked, .. } = *subject;
    let specimen = Specimen {
        program,
        notice,
        locale: &asked.locale,
        rows: &told.rows,
        apis: &told.apis,
        occasion: asked.occasion,
        on: asked.moment(days),
        links: PageLinks::default(),
    };
    let edition = templates.make(|renderer| specimen.mail(renderer)).made?;
    let program = program.head_in_locale(&asked.locale);
    let settings = &program.settings;
    let name = settings.sender.name.as_ref().unwrap_or(&settings.office.name);
    Some(Letter {
        from: format!("{name} <{}>", settings.sender.address.as_str()),
        subject: edition.subject,
    })
}
