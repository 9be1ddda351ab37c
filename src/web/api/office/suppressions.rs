//! `/api/v1/office/suppressions`: who is not written to, and allowing it again.

use super::super::proof::OfficeRefusals;
use super::{Backward, BackwardParameters, ChangeRefusals, private, shown_instant};
use crate::notice::{Actor, EmailAddress, OfficeScope, ProgramId};
use crate::store::{ListedEvent, Scope};
use crate::web::bodies;
use crate::web::office::{acting, deeds};
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whom not to write to, or to write to again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSuppression {
    #[schema(example = "ada@integrator.example", max_length = 320)]
    pub address: String,
    /// One program; everything when absent.
    #[serde(default)]
    #[schema(example = "usps-web-tools")]
    pub program: Option<String>,
    /// Kept with the time and the name of the token.
    /// At most 500 characters, in one line.
    #[schema(example = "asked by phone")]
    pub reason: String,
}

/// Whether it made a difference.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    pub changed: bool,
}

/// Something that was suppressed or lifted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownSuppression {
    pub number: i64,
    /// RFC 3339.
    pub at: String,
    /// Null where nobody with this mailbox is known any more.
    pub address: Option<String>,
    /// A program, or `*` for everything.
    #[schema(example = "*")]
    pub scope: String,
    /// `suppressed` or `lifted`.
    #[schema(example = "suppressed")]
    pub action: String,
    #[schema(example = "bounced: 5.1.1")]
    pub reason: String,
    /// `recipient`, `service`, or the name of a token.
    #[schema(example = "service")]
    pub author: String,
}

impl From<ListedEvent> for ShownSuppression {
    fn from(listed: ListedEvent) -> Self {
        let ListedEvent { id, person, event } = listed;
        Self {
            number: id,
            at: shown_instant(event.at),
            address: person.map(|(_, address)| address),
            scope: event.scope,
            action: event.action,
            reason: event.reason,
            author: event.author,
        }
    }
}

/// What was suppressed and lifted, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/office/suppressions",
    tag = "office",
    operation_id = "listSuppressions",
    params(BackwardParameters),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of them", body = Backward<ShownSuppression>),
        OfficeRefusals,
    )
)]
pub async fn suppressions(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    let mut parameters = Parameters::read(request.query_string())?;
    let (before, limit) = BackwardParameters::take(&mut parameters);
    parameters.finish()?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let events = service.store().latest_suppressions(before, most).await;
    let events = events.map_err(ApiError::internal)?.into_iter().map(ShownSuppression::from);
    Ok(private(&Backward::new(events.collect(), limit, |event| event.number)))
}

/// What the body says, and who says it.
struct Said {
    actor: Actor,
    address: EmailAddress,
    scope: Scope,
    reason: String,
}

async fn said(request: &HttpRequest, service: &Service, body: Payload) -> Result<Said, ApiError> {
    let actor = acting(request, service, OfficeScope::Editor).await?;
    let new: NewSuppression = bodies::json(request, body).await?;
    let bad = |field: &str, why: String| ApiError::BadBody(format!("{field}: {why}"));
    let address = new.address.parse().map_err(|why| bad("address", format!("{why}")))?;
    let scope = match new.program {
        None => Scope::Everywhere,
        Some(program) => {
            let program: Result<ProgramId, _> = program.parse();
            Scope::Program(program.map_err(|why| bad("program", format!("{why}")))?)
        }
    };
    let reason = crate::notice::reason(&new.reason).map_err(|why| bad("reason", why))?;
    Ok(Said { actor, address, scope, reason })
}

/// Have an address written to no more. Needs an editor.
#[utoipa::path(
    post,
    path = "/api/v1/office/suppressions",
    tag = "office",
    operation_id = "suppress",
    request_body(content = NewSuppression, content_type = "application/json"),
    security(("token" = [])),
    responses(
        (status = 200, description = "It is suppressed; the first reason is kept", body = Changed),
        ChangeRefusals,
    )
)]
pub async fn suppress(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let Said { actor, address, scope, reason } = said(&request, &service, body).await?;
    let changed = deeds::suppress(&service, &actor, &address, &scope, &reason).await?;
    Ok(private(&Changed { changed }))
}

/// Allow writing to an address again. Needs an editor.
#[utoipa::path(
    post,
    path = "/api/v1/office/suppressions/lift",
    tag = "office",
    operation_id = "liftSuppression",
    request_body(content = NewSuppression, content_type = "application/json"),
    security(("token" = [])),
    responses((status = 200, description = "It is lifted", body = Changed), ChangeRefusals)
)]
pub async fn lift(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let Said { actor, address, scope, reason } = said(&request, &service, body).await?;
    let changed = deeds::lift(&service, &actor, &address, &scope, &reason).await?;
    Ok(private(&Changed { changed }))
}
