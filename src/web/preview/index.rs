//! `GET /`: every notice of the folder, and everything that is wrong with it.

use super::answers::{page, present};
use super::{PreviewSite, kind_in_words};
use crate::notice::{Notice, NoticePath, Program};
use crate::preview::{Channel, Problems, Shown, Standing};
use crate::render::{Language, When};
use crate::schedule::{Instant, state};
use crate::web::pages::Badge;
use crate::web::problem::ApiError;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;

#[derive(Serialize)]
struct IndexView {
    problems: Problems,
    programs: Vec<ProgramView>,
}

#[derive(Serialize)]
struct ProgramView {
    /// Its id while it never was without an error.
    title: String,
    notices: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    href: String,
    title: String,
    file: String,
    is_current: bool,
    problems: usize,
    sound: Option<Sound>,
}

#[derive(Serialize)]
struct Sound {
    kind: String,
    announced: When,
    states: Vec<Badge>,
}

pub async fn index(site: Data<PreviewSite>) -> Result<HttpResponse, ApiError> {
    let (turn, standing) = present(&site);
    let (now, language) = (site.preview.clock().now(), site.language());
    let mut programs: Vec<ProgramView> = Vec::new();
    let mut last = None;
    for (path, shown) in &standing.notices {
        if last != Some(&path.program) {
            let version = shown.version.as_ref();
            let title = version.map(|version| version.program().settings.title.clone());
            let title = title.unwrap_or_else(|| path.program.to_string());
            programs.push(ProgramView { title, notices: Vec::new() });
            last = Some(&path.program);
        }
        let listed = programs.last_mut().map(|program| &mut program.notices);
        listed.into_iter().for_each(|listed| {
            listed.push(entry(&standing, path, shown, now, &language));
        });
    }
    let view = IndexView { problems: Problems::all(&standing), programs };
    page(&site, (&turn, &standing), StatusCode::OK, "page/preview/index.html", view)
}

fn entry(
    standing: &Standing,
    path: &NoticePath,
    shown: &Shown,
    now: Instant,
    language: &Language<'_>,
) -> Entry {
    let version = shown.version.as_ref();
    let found = version.and_then(|version| Some((version.program(), version.notice(path)?)));
    Entry {
        href: format!("/notices/{}/{}/{}", path.program, path.notice, Channel::ALL[0].name()),
        title: found.map_or_else(|| path.to_string(), |(_, notice)| notice.title.clone()),
        file: shown.file.to_string(),
        is_current: version.is_some_and(|version| version.is_current),
        problems: standing.problems_in(&shown.file),
        sound: found.map(|(program, notice)| sound(program, notice, now, language)),
    }
}

fn sound(program: &Program, notice: &Notice, now: Instant, language: &Language<'_>) -> Sound {
    let rows = notice.schedule.rows.iter();
    Sound {
        kind: kind_in_words(notice.kind, language),
        announced: When::new(&notice.announced, program.settings.zone, &[], language),
        states: Badge::tally(rows.map(|(id, row)| state(notice, id, row, None, now)), language),
    }
}
