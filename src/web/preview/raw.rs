//! `GET /raw/PROGRAM/NOTICE/CHANNEL`: a channel's bytes and nothing else, as
//! frames show them and people save them.

use super::PreviewSite;
use super::answers::{missing, no_notice};
use super::asked::{Asked, Site};
use crate::notice::{NoticePath, Program};
use crate::preview::{Channel, Output, Specimen, SpecimenError, Templates, Told};
use crate::render::PageLinks;
use crate::schedule::Days;
use crate::web::addresses::notice_path;
use crate::web::problem::ApiError;
use crate::web::security::Content;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

pub async fn raw(
    request: HttpRequest,
    site: Data<PreviewSite>,
    address: Path<(String, String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (program, id, channel) = address.into_inner();
    let path = notice_path(&(program, id))?;
    let Some(channel) = Channel::named(&channel) else {
        return missing(&site, &format!("There is no channel {channel}."));
    };
    let standing = site.preview.standing();
    let version = standing.notices.get(&path).and_then(|shown| shown.version.as_ref());
    let Some((version, notice)) = version.and_then(|v| Some((v, v.notice(&path)?))) else {
        return no_notice(&site, &path);
    };
    let (program, now) = (version.program(), site.preview.clock().now());
    let days = Days::of(notice, program.settings.zone, now);
    let asked = Asked::read((Site::Preview, request.uri()), (program, channel), &days, now);
    let told = asked.reader.told(program, notice);
    if told.is_none() && channel.is_personal() {
        return missing(&site, "Nothing would be sent to this recipient.");
    }
    let subject = Subject { path: &path, program, notice, days: &days, asked: &asked };
    let Some(made) = make(&standing.templates, &subject, channel, told.as_ref()).made else {
        return missing(&site, "The templates cannot make this; the notice's page says why.");
    };
    Ok(document(&path, channel, made))
}

/// What was made, as a document of its own.
pub fn document(path: &NoticePath, channel: Channel, made: String) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, channel.content_type()));
    if matches!(channel, Channel::Eml | Channel::Ics) {
        let name = format!("inline; filename=\"{}.{}\"", path.notice, channel.name());
        response.insert_header((CONTENT_DISPOSITION, name));
    }
    let mut response = response.body(made);
    let content = if channel == Channel::Html { Content::Mail } else { Content::Framed };
    response.extensions_mut().insert(content);
    response
}

/// What is looked at, and how.
pub struct Subject<'a> {
    pub path: &'a NoticePath,
    pub program: &'a Program,
    pub notice: &'a crate::notice::Notice,
    pub days: &'a Days,
    pub asked: &'a Asked,
}

/// The channel's text. A reader who is told nothing sees what is the same for
/// everybody.
pub fn make(
    templates: &Templates,
    subject: &Subject<'_>,
    channel: Channel,
    told: Option<&Told>,
) -> Output<String, SpecimenError> {
    let Subject { path, program, notice, days, asked } = *subject;
    let [stylesheet, brand] = asked.site().style_sheets(path);
    let (calendar, json) =
        (asked.raw(path, Channel::Ics, None), asked.raw(path, Channel::Json, None));
    let links = PageLinks {
        // The table is what `serve` has; here the link stays where it is.
        table: "#main",
        stylesheet: &stylesheet,
        brand: Some(&brand),
        calendar: Some(&calendar),
        json: Some(&json),
        ..PageLinks::default()
    };
    let (rows, apis) = told.map_or((&[][..], ""), |told| (&told.rows[..], told.apis.as_str()));
    let on = asked.moment(days);
    let (locale, occasion) = (&asked.locale, asked.occasion);
    let specimen = Specimen { program, notice, locale, rows, apis, occasion, on, links };
    templates.make(|renderer| specimen.render(renderer, channel))
}
