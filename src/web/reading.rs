//! A request for a list, read into the question it asks: of which publication,
//! about which moment, and which page of the answer.
//!
//! `as_of` names the publication that was current at a moment, and is then also
//! the moment asked about, unless `on` names another. A cursor names the
//! publication that the first page was of: the pages after it are of the same.

use super::cursor::Cursor;
use super::forms;
use super::freshness::Moment;
use super::paging::Paging;
use super::parameters::Parameters;
use super::problem::ApiError;
use super::service::Service;
use super::snapshot::Snapshot;
use crate::schedule::Instant;
use actix_web::HttpRequest;
use actix_web::web::Data;
use chrono::SecondsFormat;
use std::borrow::Cow;
use std::sync::Arc;

/// The parameter by which earlier publications are asked.
const AS_OF: &str = "as_of";

const CURSOR: &str = "cursor";

/// The parts of a request that every list reads in the same way.
pub struct Reading {
    pub snapshot: Arc<Snapshot>,
    pub now: Instant,
    pub parameters: Parameters,
    /// The moment at which something was declared, where that is asked for.
    as_of: Option<Instant>,
    form: forms::Asked,
}

/// A question to a list.
pub struct Asked {
    pub snapshot: Arc<Snapshot>,
    pub paging: Paging,
    pub moment: Moment,
    pub form: forms::Asked,
}

impl Reading {
    pub fn start(request: &HttpRequest, service: &Data<Service>) -> Result<Self, ApiError> {
        let parameters = Parameters::read(request.query_string())?;
        Ok(Self::of(service.snapshot()?, request, service, parameters))
    }

    fn of(
        snapshot: Arc<Snapshot>,
        request: &HttpRequest,
        service: &Service,
        parameters: Parameters,
    ) -> Self {
        let (now, form) = (service.now(), forms::Asked::of(request));
        Self { snapshot, now, parameters, as_of: None, form }
    }

    /// The same for a list whose pages go on as they were begun.
    pub async fn start_paged(
        request: &HttpRequest,
        service: &Data<Service>,
    ) -> Result<Self, ApiError> {
        let parameters = Parameters::read(request.query_string())?;
        let snapshot = match parameters.seen(CURSOR) {
            None => service.snapshot()?,
            Some(cursor) => begun(service, cursor).await?,
        };
        Ok(Self::of(snapshot, request, service, parameters))
    }

    /// The same for what can be asked about earlier publications.
    pub async fn start_as_of(
        request: &HttpRequest,
        service: &Data<Service>,
    ) -> Result<Self, ApiError> {
        let parameters = Parameters::read(request.query_string())?;
        Self::of_then(request, service, parameters, false).await
    }

    /// The same for a list: both hold.
    pub async fn start_list(
        request: &HttpRequest,
        service: &Data<Service>,
    ) -> Result<Self, ApiError> {
        let parameters = Parameters::read(request.query_string())?;
        Self::of_then(request, service, parameters, true).await
    }

    async fn of_then(
        request: &HttpRequest,
        service: &Service,
        mut parameters: Parameters,
        is_paged: bool,
    ) -> Result<Self, ApiError> {
        let as_of = parameters.take_moment(AS_OF);
        let cursor = parameters.seen(CURSOR).filter(|_| is_paged);
        let snapshot = match (cursor, as_of) {
            (Some(cursor), _) => begun(service, cursor).await?,
            (None, None) => service.snapshot()?,
            (None, Some(as_of)) => service.snapshot_as_of(as_of).await?,
        };
        Ok(Self { as_of, ..Self::of(snapshot, request, service, parameters) })
    }

    /// The moment asked about, which is now where this says nothing.
    pub fn moment(&self, on: Option<Instant>) -> Option<Instant> {
        on.or(self.as_of)
    }

    /// Reads what is left and refuses what is unknown. `moving` is a question
    /// about a stretch that begins now.
    pub fn finish(
        mut self,
        path: impl Into<Cow<'static, str>>,
        mut pairs: Vec<(&'static str, String)>,
        on: Option<Instant>,
        moving: bool,
    ) -> Result<Asked, ApiError> {
        let on = self.moment(on);
        let as_of = self.as_of.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        pairs.extend(as_of.map(|at| (AS_OF, at)));
        let limit = self.parameters.take_limit();
        let cursor: Option<String> = self.parameters.take(CURSOR);
        self.parameters.finish()?;
        let snapshot = self.snapshot;
        let of = (snapshot.id, &snapshot.digest);
        let paging = Paging::new(path.into(), pairs, limit, cursor.as_deref(), of)?;
        let paging = paging.ending(self.form.suffix());
        let moment = match on.or_else(|| paging.moment()) {
            Some(at) => Moment::asked(at),
            None if moving => Moment::moving(&snapshot, self.now),
            None => Moment::now(&snapshot, self.now),
        };
        Ok(Asked { snapshot, paging, moment, form: self.form })
    }
}

/// The publication that the pages were begun in, however many came since.
async fn begun(service: &Service, cursor: &str) -> Result<Arc<Snapshot>, ApiError> {
    let cursor = Cursor::read(cursor)?;
    let snapshot = service.snapshot_of(cursor.begun()).await?;
    let snapshot = snapshot.filter(|found| cursor.is_of(found.id, &found.digest));
    snapshot.ok_or_else(|| cursor.stale())
}
