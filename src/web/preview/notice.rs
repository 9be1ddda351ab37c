//! `GET /notices/PROGRAM/NOTICE/CHANNEL`: one notice on one channel, and
//! everything to look at it with.

use super::PreviewSite;
use super::answers::{ReadAt, missing, no_notice, page, present};
use super::asked::{Asked, Site};
use super::desk::SoundView;
use super::raw::Subject;
use crate::preview::{Channel, Problems, Version};
use crate::schedule::Days;
use crate::web::addresses::notice_path;
use crate::web::problem::ApiError;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

#[derive(Serialize)]
struct NoticeView {
    title: String,
    file: String,
    problems: Problems,
    /// When the shown version was read, where it is not the present one.
    outdated: Option<ReadAt>,
    sound: Option<SoundView>,
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
        let asked = Asked::read((Site::Preview, request.uri()), (program, channel), &days, now);
        let subject = Subject { path: &path, program, notice, days: &days, asked: &asked };
        SoundView::new(&standing.templates, &subject, channel, &site.language())
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
