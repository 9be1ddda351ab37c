//! A request for a list, read into the question it asks: of which publication,
//! about which moment, and which page of the answer.

use super::freshness::Moment;
use super::paging::Paging;
use super::parameters::Parameters;
use super::problem::ApiError;
use super::service::Service;
use super::snapshot::Snapshot;
use crate::schedule::Instant;
use actix_web::HttpRequest;
use actix_web::web::Data;
use std::sync::Arc;

/// The parts of a request that every list reads in the same way.
pub struct Reading {
    pub snapshot: Arc<Snapshot>,
    pub now: Instant,
    pub parameters: Parameters,
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
        Ok(Self { snapshot: service.snapshot()?, now: service.now(), parameters })
    }

    /// Reads what is left and refuses what is unknown. `moving` is a question
    /// about a stretch that begins now.
    pub fn finish(
        mut self,
        path: &'static str,
        pairs: Vec<(&'static str, String)>,
        on: Option<Instant>,
        moving: bool,
    ) -> Result<Asked, ApiError> {
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
