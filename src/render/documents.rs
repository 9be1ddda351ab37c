//! The notice's web page, Jekyll post, Markdown document and JSON.

use super::engine::Form;
use super::layout::tidy_markdown;
use super::prose;
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
    pub json: Option<&'a str>,
    pub subscribe: Option<&'a str>,
    /// Whether the moment is where the present states began, and nobody asked
    /// for it.
    pub since: bool,
}

impl Default for PageLinks<'_> {
    fn default() -> Self {
        Self {
            canonical: None,
            table: "/",
            stylesheet: "/static/style.css",
            brand: None,
            calendar: None,
            json: None,
            subscribe: None,
            since: false,
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
        on: DateTime<Utc>,
        links: &PageLinks<'_>,
    ) -> Result<String, RenderError> {
        let locale = default_locale(program);
        let zone = program.settings.zone;
        let view = PageView {
            view: View::new(program, notice, &locale, &[], Some(on)),
            links,
            on: format!(
                "{}, {}",
                super::dates::day(on.with_timezone(&zone).date_naive(), false),
                super::dates::time_in(on, zone)
            ),
            on_machine: on.to_rfc3339_opts(SecondsFormat::Secs, true),
        };
        self.engines.render_as(Form::Html, "page/notice.html", &view)
    }

    /// The program's colours as custom properties, for a style sheet of their
    /// own: pages carry no inline styles.
    pub fn brand_css(&self, program: &Program) -> Result<String, RenderError> {
        let palette = super::colour::Palette::new(program.settings.brand.colour);
        self.engines.render_as(Form::Plain, "page/brand.css", &json!({ "palette": palette }))
    }

    /// A post for a Jekyll site.
    pub fn post(&self, program: &Program, notice: &Notice) -> Result<String, RenderError> {
        let locale = default_locale(program);
        let view = View::new(program, notice, &locale, &[], None);
        let post = front_matter(program, notice);
        let text = self.engines.render_as(Form::Post, "post/post.md", &PostView { view, post })?;
        Ok(tidy_markdown(&text))
    }

    /// The notice as a Markdown document.
    pub fn markdown(&self, program: &Program, notice: &Notice) -> Result<String, RenderError> {
        let locale = default_locale(program);
        let view = View::new(program, notice, &locale, &[], None);
        let text = self.engines.render_as(Form::Markdown, "document/notice.md", &view)?;
        Ok(tidy_markdown(&text))
    }

    /// The notice as declared and as it stands at `on`.
    pub fn json(
        &self,
        program: &Program,
        notice: &Notice,
        on: DateTime<Utc>,
    ) -> Result<String, RenderError> {
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
            "revision": program.revision(notice),
            "on": on.to_rfc3339_opts(SecondsFormat::Secs, true),
            "notice": notice,
            "impacted": impacted,
            "milestones": milestones,
        });
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }
}

/// `check` refuses an empty list of locales.
fn default_locale(program: &Program) -> Locale {
    program.settings.locales.first().cloned().unwrap_or_default()
}

fn front_matter<'a>(program: &Program, notice: &'a Notice) -> FrontMatter<'a> {
    let date = |date: &Date| post_date(date, program.settings.zone);
    let Some(post) = &notice.channels.post else {
        return FrontMatter {
            layout: "post",
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
        slug: post.slug.as_deref(),
        category: post.category.as_deref(),
        author: post.author.as_deref(),
        date: date(post.date.as_ref().unwrap_or(&notice.announced)),
        excerpt: post.excerpt.as_ref().map(|excerpt| {
            let text = prose::to_plain(&Texts::new(program, notice).fill(excerpt), 0);
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
