//! `GET /notices/PROGRAM/NOTICE/CHANNEL`: one notice on one channel, and
//! everything to look at it with.

use super::PreviewSite;
use super::answers::{ReadAt, missing, no_notice, page, present};
use super::asked::{Asked, Scheme, Width};
use super::raw::{Subject, make};
use super::timeline::Timeline;
use crate::notice::{Digest, Notice, Program};
use crate::preview::{Channel, Problems, Standing, TemplateProblem, Told, Version};
use crate::render::Language;
use crate::schedule::Days;
use crate::web::addresses::notice_path;
use crate::web::problem::ApiError;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Serialize)]
struct NoticeView {
    title: String,
    file: String,
    problems: Problems,
    /// When the shown version was read, where it is not the present one.
    outdated: Option<ReadAt>,
    sound: Option<SoundView>,
}

/// What there is to show of a version without errors.
#[derive(Serialize)]
struct SoundView {
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
}

#[derive(Serialize)]
struct Choice {
    value: String,
    title: String,
    is_chosen: bool,
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

/// `/notices/PROGRAM/NOTICE`: the channel that is looked at first.
pub async fn first_channel(address: Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    let path = notice_path(&address)?;
    let channel = Channel::ALL[0].name();
    let to = format!("/notices/{}/{}/{channel}", path.program, path.notice);
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, to)).finish())
}

pub async fn notice(
    request: HttpRequest,
    site: Data<PreviewSite>,
    address: Path<(String, String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (program, id, channel) = address.into_inner();
    let path = notice_path(&(program, id))?;
    let Some(channel) = Channel::named(&channel) else {
        return missing(&site, &format!("There is no channel {channel}."));
    };
    let (turn, standing) = present(&site);
    let Some(shown) = standing.notices.get(&path) else { return no_notice(&site, &path) };
    let found = shown.version.as_ref().and_then(|v| Some((v, v.notice(&path)?)));
    let sound = found.map(|(version, notice)| {
        let (program, now) = (version.program(), site.preview.clock().now());
        let days = Days::of(notice, program.settings.zone, now);
        let asked = Asked::read(request.uri(), (program, channel), &days, now);
        let subject = Subject { path: &path, program, notice, days: &days, asked: &asked };
        SoundView::new(&standing, &subject, channel, &site.language())
    });
    let view = NoticeView {
        title: found.map_or_else(|| path.to_string(), |(_, notice)| notice.title.clone()),
        file: shown.file.to_string(),
        problems: Problems::of(&standing, shown),
        outdated: found.and_then(|(version, _)| outdated(version)),
        sound,
    };
    page(&site, (&turn, &standing), StatusCode::OK, "page/preview/notice.html", view)
}

fn outdated(version: &Version) -> Option<ReadAt> {
    (!version.is_current).then(|| version.read_at.into())
}

impl SoundView {
    fn new(
        standing: &Standing,
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
            action: format!("/notices/{}/{}/{}", path.program, path.notice, channel.name()),
            timeline: Timeline::new(
                (program, notice),
                days,
                asked,
                told.as_ref(),
                (path, channel),
                language,
            ),
            choices: Choices::new(program, notice, asked),
            tabs: Channel::ALL.into_iter().map(tab).collect(),
            stage: Stage::new(standing, subject, channel, told),
        }
    }
}

impl Choices {
    fn new(program: &Program, notice: &Notice, asked: &Asked) -> Self {
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
        }
    }
}

impl Stage {
    fn new(
        standing: &Standing,
        subject: &Subject<'_>,
        channel: Channel,
        told: Option<Told>,
    ) -> Self {
        let Subject { path, notice, asked, .. } = *subject;
        let is_sent = told.is_some() || !channel.is_personal();
        let output = is_sent.then(|| make(standing, subject, channel, told.as_ref()));
        let (made, error) = output.map_or((None, None), |output| (output.made, output.error));
        let content = made.as_ref().map(|made| Digest::of_bytes(made.as_bytes()));
        Self {
            channel: channel.name(),
            title: channel.title(),
            is_personal: channel.is_personal(),
            is_document: channel.is_document(),
            letter: told.as_ref().and_then(|told| letter(standing, subject, channel, told)),
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
    standing: &Standing,
    subject: &Subject<'_>,
    channel: Channel,
    told: &Told,
) -> Option<Letter> {
    if !matches!(channel, Channel::Html | Channel::Text) {
        return None;
    }
    let Subject { program, notice, days, asked, .. } = *subject;
    let specimen = crate::preview::Specimen {
        program,
        notice,
        locale: &asked.locale,
        rows: &told.rows,
        apis: &told.apis,
        occasion: crate::preview::Occasion::Announcement,
        on: asked.moment(days),
        links: crate::render::PageLinks::default(),
    };
    let edition = standing.templates.make(|renderer| specimen.edition(renderer)).made?;
    let program = program.head_in_locale(&asked.locale);
    let settings = &program.settings;
    let name = settings.sender.name.as_ref().unwrap_or(&settings.office.name);
    Some(Letter {
        from: format!("{name} <{}>", settings.sender.address.as_str()),
        subject: edition.subject,
    })
}
