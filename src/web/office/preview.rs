//! `/office/notices/PROGRAM/NOTICE/preview/CHANNEL`: a published notice in every form
//! in which it goes out, seen with any reader's eyes, on any day.

use super::notice::Head;
use super::{acting, page as office_page, see_other};
use crate::notice::{Actor, Locale, Notice, NoticePath, OfficeScope, Program};
use crate::preview::{Channel, Templates};
use crate::schedule::Days;
use crate::web::addresses::{no_notice, notice_path};
use crate::web::preview::asked::{Asked, Site};
use crate::web::preview::desk::SoundView;
use crate::web::preview::raw::{Subject, document, make};
use crate::web::problem::ApiError;
use crate::web::security::Content;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::sync::Arc;

const TEMPLATE: &str = "page/office/preview.html";

#[derive(Serialize)]
struct PreviewPage {
    head: Head,
    title: String,
    sound: SoundView,
}

/// The channel that is looked at first.
pub async fn first_channel(
    actor: ReqData<Actor>,
    address: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let path = notice_path(&address)?;
    Ok(see_other(&Site::Office.page(&path, Channel::ALL[0])))
}

/// A channel of a notice, and how it is asked for.
struct Looked {
    snapshot: Arc<Snapshot>,
    path: NoticePath,
    channel: Channel,
    days: Days,
    asked: Asked,
}

impl Looked {
    fn at(
        service: &Service,
        request: &HttpRequest,
        (program, id, channel): (String, String, String),
    ) -> Result<Self, ApiError> {
        let path = notice_path(&(program, id))?;
        let missing = || ApiError::NotFound(format!("there is no channel {channel}"));
        let channel = Channel::named(&channel).ok_or_else(missing)?;
        let (snapshot, now) = (service.snapshot()?, service.now());
        let found = snapshot.index.workspace().notice(&path);
        let (program, notice) = found.ok_or_else(|| no_notice(&path))?;
        let days = Days::of(notice, program.settings.zone, now);
        let asked = Asked::read((Site::Office, request.uri()), (program, channel), &days, now);
        Ok(Self { snapshot, path, channel, days, asked })
    }

    fn declared(&self) -> Result<(&Program, &Notice), ApiError> {
        self.snapshot.index.workspace().notice(&self.path).ok_or_else(|| no_notice(&self.path))
    }

    fn subject(&self) -> Result<Subject<'_>, ApiError> {
        let (program, notice) = self.declared()?;
        Ok(Subject { path: &self.path, program, notice, days: &self.days, asked: &self.asked })
    }

    fn templates(&self) -> Templates {
        Templates::published(self.snapshot.renderer.clone())
    }
}

pub async fn page(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    address: Path<(String, String, String)>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let looked = Looked::at(&service, &request, address.into_inner())?;
    let language = service.built_in().language(&Locale::default());
    let (program, notice) = looked.declared()?;
    let (subject, templates) = (looked.subject()?, looked.templates());
    let view = PreviewPage {
        head: Head::new((program, notice), &looked.path, "preview", service.now(), &language),
        title: notice.title.clone(),
        sound: SoundView::new(&templates, &subject, looked.channel, &language),
    };
    let mut response = office_page(&service, &actor, StatusCode::OK, TEMPLATE, &view)?;
    response.extensions_mut().insert(Content::Framing);
    Ok(response)
}

/// The channel's bytes and nothing else.
pub async fn raw(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    address: Path<(String, String, String)>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let looked = Looked::at(&service, &request, address.into_inner())?;
    let subject = looked.subject()?;
    let told = looked.asked.reader.told(subject.program, subject.notice);
    if told.is_none() && looked.channel.is_personal() {
        return Err(ApiError::NotFound("nothing would be sent to this reader".to_owned()));
    }
    let made = make(&looked.templates(), &subject, looked.channel, told.as_ref());
    let missing = || ApiError::NotFound("there is no such mail about this notice".to_owned());
    Ok(document(&looked.path, looked.channel, made.made.ok_or_else(missing)?))
}
