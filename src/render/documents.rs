//! The notice's web page, Jekyll post, Markdown document and JSON.

use super::engine::Form;
use super::language::Clocks;
use super::layout::tidy_markdown;
use super::prose;
use super::timeline::Timeline;
use super::view::{Texts, View};
use super::{RenderError, Renderer};
use crate::impact::{ImpactedApi, Located, ShownDate};
use crate::notice::{Date, Locale, Notice, Point, Program, Span};
use crate::schedule::milestones;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Value, json};

/// Where a page links to; only the web side knows its own addresses.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PageLinks<'a> {
    /// The page's own absolute address, where one is configured.
    pub canonical: Option<&'a str>,
    /// The table of all programs.
    pub table: &'a str,
    pub stylesheet: &'a str,
    /// The program's colours, from `Renderer::brand_css`.
    pub brand: Option<&'a str>,
    pub calendar: Option<&'a str>,
    /// The program's news as Atom, and as JSON Feed.
    pub news: Option<&'a str>,
    pub news_json: Option<&'a str>,
    pub json: Option<&'a str>,
    pub subscribe: Option<&'a str>,
    /// Whether the moment is where the present states began, and nobody asked
    /// for it.
    pub since: bool,
    /// Where the reader stands in time; at the moment the states are for when absent.
    #[serde(skip)]
    pub today: Option<DateTime<Utc>>,
    /// The page's own address, as far as it is to be repeated: what was asked for may
    /// be nobody else's business.
    #[serde(skip)]
    pub itself: Option<&'a str>,
    /// The page in each of its languages; none where there is one alone.
    pub languages: &'a [LanguageLink],
    /// The same for search engines, by absolute addresses.
    pub alternates: &'a [LanguageLink],
    /// Where the reader's own preference decides.
    pub any_language: Option<&'a str>,
    /// Ends the address of another page that is to be in the same language.
    pub in_language: &'a str,
    /// Which of the site's pages this is; empty where it stands alone.
    pub here: &'a str,
    pub has_search: bool,
    /// What adds to the page where scripts run.
    pub script: Option<&'a str>,
    /// The token of the page's form, where it has one.
    pub form_token: Option<&'a str>,
    /// The reader's time zone, where it can be chosen.
    pub zone: Option<&'a ZoneChoice>,
}

/// The reader's own time zone, and the form that chooses it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ZoneChoice {
    /// The page itself.
    pub action: String,
    /// What else its address says.
    pub kept: Vec<KeptParameter>,
    /// As it was typed.
    pub given: String,
    pub is_unknown: bool,
    /// What was perhaps meant.
    pub guess: Option<String>,
    /// The page without it, where there is one.
    pub without: Option<String>,
    #[serde(skip)]
    pub clocks: Clocks,
}

impl ZoneChoice {
    /// The page with everything that its address says but the language.
    pub fn page(&self) -> String {
        let pairs = self.kept.iter().filter(|kept| kept.name != "lang");
        let pairs = pairs.map(|kept| (kept.name, kept.value.as_str()));
        let zone = (!self.given.is_empty()).then_some(("zone", self.given.as_str()));
        let pairs: Vec<_> = pairs.chain(zone).collect();
        if pairs.is_empty() {
            return self.action.clone();
        }
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{}?{query}", self.action)
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct KeptParameter {
    pub name: &'static str,
    pub value: String,
}

/// The page in one of its languages.
#[derive(Debug, Clone, Serialize)]
pub struct LanguageLink {
    pub locale: Locale,
    /// The language's own name.
    pub title: String,
    pub href: String,
}

impl Default for PageLinks<'_> {
    fn default() -> Self {
        Self {
            canonical: None,
            table: "/",
            stylesheet: "/static/style.css",
            brand: None,
            calendar: None,
            news: None,
            news_json: None,
            json: None,
            subscribe: None,
            since: false,
            today: None,
            itself: None,
            languages: &[],
            alternates: &[],
            any_language: None,
            in_language: "",
            here: "",
            has_search: false,
            script: None,
            form_token: None,
            zone: None,
        }
    }
}

#[derive(Serialize)]
struct PageView<'a> {
    #[serde(flatten)]
    view: View<'a>,
    links: &'a PageLinks<'a>,
    /// The moment the states are for.
    on: String,
    on_machine: String,
    timeline: Option<Timeline>,
}

#[derive(Serialize)]
struct PostView<'a> {
    #[serde(flatten)]
    view: View<'a>,
    post: FrontMatter<'a>,
}

/// A post's head, as far as the notice declares it.
#[derive(Serialize)]
struct FrontMatter<'a> {
    layout: &'a str,
    /// Said where it is not the program's first.
    lang: Option<&'a str>,
    slug: Option<&'a str>,
    category: Option<&'a str>,
    author: Option<&'a str>,
    /// As Jekyll reads dates: `2020-05-25 09:00:00 +0100`.
    date: Option<String>,
    excerpt: Option<String>,
    images: Vec<Image<'a>>,
}

#[derive(Serialize)]
struct Image<'a> {
    key: &'a str,
    path: &'a str,
}

impl Renderer {
    /// The notice's page, with each row's state at `on`.
    pub fn page(
        &self,
        program: &Program,
        notice: &Notice,
        locale: &Locale,
        on: DateTime<Utc>,
        links: &PageLinks<'_>,
    ) -> Result<String, RenderError> {
        let zone = program.settings.zone;
        let clocks = links.zone.map_or(Clocks::Office, |zone| zone.clocks);
        let language = self.language(locale).read_by(clocks);
        let (translated, said) = program.in_locale(notice, locale);
        let view = PageView {
            view: View::new(&translated, &said, &language, &[], Some(on)),
            links,
            on: format!(
                "{}, {}",
                language.day(on.with_timezone(&zone).date_naive(), false),
                super::dates::time_in(on, zone)
            ),
            on_machine: on.to_rfc3339_opts(SecondsFormat::Secs, true),
            timeline: Timeline::of_notice(
                (program, notice),
                (on, links.today.unwrap_or(on)),
                &language,
            ),
        };
        self.engines.render_as(Form::Html, "page/notice.html", &view)
    }

    /// The program's colours as custom properties, for a style sheet of their
    /// own: pages carry no inline styles.
    pub fn brand_css(&self, program: &Program) -> Result<String, RenderError> {
        let palette = super::colour::Palette::new(&program.settings.brand);
        self.engines.render_as(Form::Plain, "page/brand.css", &json!({ "palette": palette }))
    }

    /// A post for a Jekyll site.
    pub fn post(
        &self,
        program: &Program,
        notice: &Notice,
        locale: &Locale,
    ) -> Result<String, RenderError> {
        let language = self.language(locale);
        let (translated, said) = program.in_locale(notice, locale);
        let view = View::new(&translated, &said, &language, &[], None);
        let texts = Texts::new(&translated, &said, &language);
        let lang = (*locale != program.settings.default_locale()).then(|| locale.as_str());
        let post = FrontMatter { lang, ..front_matter(&translated, &said, &texts) };
        let text = self.engines.render_as(Form::Post, "post/post.md", &PostView { view, post })?;
        Ok(tidy_markdown(&text))
    }

    /// The notice as a Markdown document.
    pub fn markdown(
        &self,
        program: &Program,
        notice: &Notice,
        locale: &Locale,
    ) -> Result<String, RenderError> {
        let language = self.language(locale);
        let (translated, said) = program.in_locale(notice, locale);
        let view = View::new(&translated, &said, &language, &[], None);
        let text = self.engines.render_as(Form::Markdown, "document/notice.md", &view)?;
        Ok(tidy_markdown(&text))
    }

    /// The notice as declared and as it stands at `on`. In the default locale it
    /// holds its translations too, in another one the texts of that one alone.
    pub fn json(
        &self,
        program: &Program,
        notice: &Notice,
        locale: &Locale,
        on: DateTime<Utc>,
    ) -> Result<String, RenderError> {
        let revision = program.revision(notice);
        let (translated, said) = program.in_locale(notice, locale);
        let (program, notice) = (translated.as_ref(), said.as_ref());
        let settings = &program.settings;
        let impacted: Vec<_> = notice
            .schedule
            .rows
            .iter()
            .flat_map(|(row_id, row)| {
                row.targets.iter().map(move |target| {
                    ImpactedApi::new(&Located { program, notice, row_id, row, target }, on)
                })
            })
            .collect();
        let milestones: Vec<Value> = milestones(notice, settings.zone)
            .iter()
            .map(|milestone| {
                json!({
                    "kind": milestone.kind.as_str(),
                    "row": milestone.row,
                    "brownout": milestone.brownout,
                    "endpoint": milestone.endpoint,
                    "date": ShownDate::new(milestone.date, milestone.zone),
                })
            })
            .collect();
        let document = json!({
            "program": program.id,
            "title": settings.title,
            "office": settings.office,
            "zone": settings.zone,
            "locale": locale,
            "locales": settings.locales,
            "revision": revision,
            "on": on.to_rfc3339_opts(SecondsFormat::Secs, true),
            "notice": notice,
            "impacted": impacted,
            "milestones": milestones,
        });
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }
}

fn front_matter<'a>(
    program: &Program,
    notice: &'a Notice,
    texts: &Texts<'_, '_>,
) -> FrontMatter<'a> {
    let date = |date: &Date| post_date(date, program.settings.zone);
    let Some(post) = &notice.channels.post else {
        return FrontMatter {
            layout: "post",
            lang: None,
            slug: None,
            category: None,
            author: None,
            date: date(&notice.announced),
            excerpt: None,
            images: Vec::new(),
        };
    };
    let keys: Vec<&str> = match post.image_keys.as_slice() {
        [] => vec!["image"],
        keys => keys.iter().map(String::as_str).collect(),
    };
    let image = |path: &'a String| keys.iter().map(move |key| Image { key, path }).collect();
    FrontMatter {
        layout: &post.layout,
        lang: None,
        slug: post.slug.as_deref(),
        category: post.category.as_deref(),
        author: post.author.as_deref(),
        date: date(post.date.as_ref().unwrap_or(&notice.announced)),
        excerpt: post.excerpt.as_ref().map(|excerpt| {
            let text = prose::to_plain(&texts.fill(excerpt), 0);
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        }),
        images: post.image.as_ref().map_or(Vec::new(), image),
    }
}

/// Vague dates have no form that Jekyll reads.
fn post_date(date: &Date, zone: chrono_tz::Tz) -> Option<String> {
    match date.span {
        Span::At(Point::Day(day)) => Some(day.to_string()),
        Span::At(Point::Instant { .. }) => {
            let at = crate::schedule::bounds(date, zone).earliest?;
            Some(at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %z").to_string())
        }
        _ => None,
    }
}
