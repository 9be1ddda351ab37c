//! `GET /api/v1/drift`: whether environments are as declared, for the office alone: what stands
//! open where is nothing that everybody need be told.

use super::proof::OfficeRefusals;
use super::{private, schemas, shown_instant};
use crate::notice::{
    Difference, Finding, NoticePath, OfficeScope, ProgramId, Remark, Verdict, Weight,
};
use crate::schedule::Instant;
use crate::store::StoredWatch;
use crate::web::office::acting;
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `drift`")]
pub struct DriftParameters {
    /// Only what this program has watched.
    #[param(inline)]
    program: Option<schemas::Id>,
    /// Only what is found so: `conforming`, `undetermined` or `drifting`.
    #[param(example = "drifting")]
    verdict: Option<String>,
}

/// Everything that is watched: what drifts first, then what could not be found out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Drift {
    pub items: Vec<Watched>,
}

/// A URL of an environment that is asked which versions of TLS it accepts, or an operation below
/// it that is asked whether it answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Watched {
    #[schema(example = "usps-web-tools")]
    pub program: String,
    #[schema(example = "prod")]
    pub environment: String,
    /// The id of the URL within its environment.
    #[schema(example = "secure")]
    pub url_id: String,
    #[schema(example = "https://secure.shippingapis.com/")]
    pub url: String,
    /// `METHOD /path`; absent where versions of TLS are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// `conforming`, `undetermined` or `drifting`; absent where it was not asked yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "drifting")]
    pub verdict: Option<&'static str>,
    /// Since when it is in this state, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// When it was asked last, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<String>,
    /// When it is asked next, RFC 3339.
    pub due_at: String,
    /// What differs, what could not be found out, and what else is worth knowing.
    pub remarks: Vec<ShownRemark>,
    /// What the last look found, address by address.
    #[schema(value_type = Vec<Object>)]
    pub findings: Vec<Finding>,
}

/// One thing that was seen, or could not be.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownRemark {
    /// `drift`, `unknown` or `note`.
    #[schema(value_type = String, example = "drift")]
    pub weight: Weight,
    /// What differs: `is` names it, and the other members what it is about.
    #[schema(value_type = Object, example = json!({"is": "still_accepted", "version": "TLS 1.0"}))]
    pub difference: Difference,
    #[schema(example = "PROD still accepts TLS 1.0 three days after its cutoff")]
    pub sentence: String,
    /// The addresses at which it is so, where others of the name differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// The notice that says otherwise, as PROGRAM/NOTICE.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "usps-web-tools/tls-1.2")]
    pub notice: Option<String>,
    /// Its row.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "prod-secure")]
    pub row: Option<String>,
    /// The declared moment that it differs from, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// Seconds from there to the look; below nothing where that moment is still to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 259_200)]
    pub seconds_after: Option<i64>,
}

impl From<StoredWatch> for Watched {
    fn from(watch: StoredWatch) -> Self {
        let StoredWatch { program, target, due_at, looked_at, standing, judgement, .. } = watch;
        let remarks = judgement.map(|judgement| judgement.remarks).unwrap_or_default();
        Self {
            environment: target.environment.to_string(),
            url_id: target.url_id.to_string(),
            url: target.url.to_string(),
            operation: target.operation.map(|operation| operation.to_string()),
            verdict: standing.as_ref().map(|standing| standing.verdict.as_str()),
            since: standing.map(|standing| shown_instant(standing.since)),
            looked_at: looked_at.map(shown_instant),
            due_at: shown_instant(due_at),
            remarks: remarks.into_iter().map(|remark| shown(&program, remark)).collect(),
            findings: watch.findings,
            program: program.to_string(),
        }
    }
}

fn shown(program: &ProgramId, remark: Remark) -> ShownRemark {
    let path = |notice| NoticePath { program: program.clone(), notice }.to_string();
    ShownRemark {
        weight: remark.weight,
        difference: remark.difference,
        sentence: remark.sentence,
        addresses: remark.addresses.iter().map(ToString::to_string).collect(),
        notice: remark.notice.map(path),
        row: remark.row.map(|row| row.to_string()),
        declared: remark.declared.map(|at: Instant| shown_instant(at)),
        seconds_after: remark.seconds_after,
    }
}

/// Whether environments are as declared.
///
/// What the watch of each program found when it asked last: which versions of TLS each URL
/// accepts, and what operations answer that a notice ends. A program declares its `watch`.
#[utoipa::path(
    get,
    path = "/api/v1/drift",
    tag = "office",
    operation_id = "listDrift",
    params(DriftParameters),
    security(("token" = [])),
    responses(
        (status = 200, description = "Everything that is watched", body = Drift),
        OfficeRefusals,
    )
)]
pub async fn drift(request: HttpRequest, service: Data<Service>) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    let mut parameters = Parameters::read(request.query_string())?;
    let program: Option<ProgramId> = parameters.take("program");
    let verdict: Option<Verdict> = parameters.take("verdict");
    parameters.finish()?;
    let watched = service.store().watched(program.as_ref()).await.map_err(ApiError::internal)?;
    let meets = |watch: &StoredWatch| {
        let found = watch.standing.as_ref().map(|standing| standing.verdict);
        verdict.is_none() || found == verdict
    };
    let items = watched.into_iter().filter(meets).map(Watched::from).collect();
    Ok(private(&Drift { items }))
}
