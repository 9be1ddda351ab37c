//! A request for a list, read into the question it asks: of which publication,
//! about which moment, and which page of the answer.
//!
//! `as_of` names the publication that was current at a moment, and is then also
//! the moment asked about, unless `on` names another.

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
use std::sync::Arc;

/// The parameter by which earlier publications are asked.
const AS_OF: &str = "as_of";

/// The parts of a request that every list reads in the same way.
pub struct Reading {
    pub snapshot: Arc<Snapshot>,
    pub now: Instant,
    pub parameters: Parameters,
    /// The moment at which something was declared, where that is asked for.
    as_of: Option<Instant>,
}

/// A question to a list.
pub struct Asked {
    pub snapshot: Arc<Snapshot>,
    pub paging: Paging,
    pub moment: Moment,
}

impl Reading {
    pub fn start(request: &HttpRequest, service: &Data<Service>) -> Result<Self, ApiError> {
        let parameters = Parameters::read(request.query_string())?;
        Ok(Self { snapshot: service.snapshot()?, now: service.now(), parameters, as_of: None })
    }

    /// The same for a list that can be asked about earlier publications.
    pub async fn start_as_of(
        request: &HttpRequest,
        service: &Data<Service>,
    ) -> Result<Self, ApiError> {
        let mut parameters = Parameters::read(request.query_string())?;
        let as_of = parameters.take_moment(AS_OF);
        let snapshot = match as_of {
            None => service.snapshot()?,
            Some(as_of) => service.snapshot_as_of(as_of).await?,
        };
        Ok(Self { snapshot, now: service.now(), parameters, as_of })
    }

    /// The moment asked about, which is now where this says nothing.
    pub fn moment(&self, on: Option<Instant>) -> Option<Instant> {
        on.or(self.as_of)
    }

    /// Reads what is left and refuses what is unknown. `moving` is a question
    /// about a stretch that begins now.
    pub fn finish(
        mut self,
        path: &'static str,
        mut pairs: Vec<(&'static str, String)>,
        on: Option<Instant>,
        moving: bool,
    ) -> Result<Asked, ApiError> {
        let on = self.moment(on);
        let as_of = self.as_of.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        pairs.extend(as_of.map(|at| (AS_OF, at)));
        let limit = self.parameters.take_limit();
        let cursor: Option<String> = self.parameters.take("cursor");
        self.parameters.finish()?;
        let snapshot = self.snapshot;
        let paging = Paging::new(path, pairs, limit, cursor.as_deref(), &snapshot.digest)?;
        let moment = match on.or_else(|| paging.moment()) {
            Some(at) => Moment::asked(at),
            None if moving => Moment::moving(&snapshot, self.now),
            None => Moment::now(&snapshot, self.now),
        };
        Ok(Asked { snapshot, paging, moment })
    }
}
