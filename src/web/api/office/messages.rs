//! `/api/v1/office/messages`: what was given up or refused, and trying it anew.

use super::super::proof::OfficeRefusals;
use super::super::schemas;
use super::{Backward, BackwardParameters, ChangeRefusals, private, shown_instant};
use crate::notice::{NoticePath, OfficeScope, Outcome};
use crate::store::{Delivery, Letters};
use crate::web::bodies;
use crate::web::office::{acting, deeds};
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What messages are shown that will not be tried again by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum GivenUp {
    /// Given up after the last attempt.
    Dead,
    /// Refused by the recipient's server for good.
    Rejected,
}

impl GivenUp {
    fn outcome(self) -> Outcome {
        match self {
            Self::Dead => Outcome::Dead,
            Self::Rejected => Outcome::Rejected,
        }
    }
}

impl std::str::FromStr for GivenUp {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "dead" => Ok(Self::Dead),
            "rejected" => Ok(Self::Rejected),
            _ => Err("write dead or rejected"),
        }
    }
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `Parameters`")]
pub struct MessageParameters {
    /// `dead`, which is the default, or `rejected`.
    #[param(inline)]
    outcome: Option<GivenUp>,
    /// Only what was written about this notice, as PROGRAM/NOTICE.
    #[param(inline, example = "usps-web-tools/tls-1.2")]
    notice: Option<schemas::NoticeName>,
}

/// A message that will not be tried again by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownMessage {
    pub number: i64,
    #[schema(example = "usps-web-tools/tls-1.2")]
    pub notice: String,
    /// Null once the recipient was erased.
    pub recipient: Option<String>,
    pub recipient_number: i64,
    /// `mail`, `second contact` or `webhook`.
    #[schema(example = "mail")]
    pub channel: &'static str,
    pub message_id: String,
    pub attempts: i64,
    /// What the server said last.
    #[schema(example = "550 5.1.1 no such user")]
    pub reply: Option<String>,
    /// What came back about it last, such as `bounce 5.1.1`.
    pub feedback: Option<String>,
    /// RFC 3339.
    pub since: Option<String>,
}

impl From<Delivery> for ShownMessage {
    fn from(letter: Delivery) -> Self {
        let since = letter.settled_at;
        Self {
            number: letter.row,
            notice: letter.subject,
            recipient: letter.address,
            recipient_number: letter.recipient,
            channel: letter.channel.as_str(),
            message_id: letter.message_id,
            attempts: letter.attempts,
            reply: letter.reply,
            feedback: letter.feedback,
            since: since.map(shown_instant),
        }
    }
}

/// Which messages to try anew: one by its number, or all of a notice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Retried {
    /// One message.
    #[serde(default)]
    #[schema(example = 17)]
    pub message: Option<i64>,
    /// All of this notice with the outcome.
    #[serde(default)]
    pub notice: Option<String>,
    /// Of a notice: `dead`, which is the default, or `rejected`.
    #[serde(default)]
    pub outcome: Option<GivenUp>,
}

/// How many went back into the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct Requeued {
    #[schema(example = 1)]
    pub requeued: u64,
}

/// Messages that were given up or refused, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/office/messages",
    tag = "office",
    operation_id = "listGivenUpMessages",
    params(MessageParameters, BackwardParameters),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of messages", body = Backward<ShownMessage>),
        OfficeRefusals,
    )
)]
pub async fn messages(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    acting(&request, &service, OfficeScope::Viewer).await?;
    let mut parameters = Parameters::read(request.query_string())?;
    let outcome: Option<GivenUp> = parameters.take("outcome");
    let notice: Option<NoticePath> = parameters.take("notice");
    let (before, limit) = BackwardParameters::take(&mut parameters);
    parameters.finish()?;
    let outcome = outcome.unwrap_or(GivenUp::Dead).outcome();
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = service.store().given_up_letters(outcome, notice.as_ref(), before, most).await;
    let found = found.map_err(ApiError::internal)?.into_iter().map(ShownMessage::from);
    Ok(private(&Backward::new(found.collect(), limit, |message| message.number)))
}

/// Put messages back into the queue, due now.
///
/// They keep their Message-ID and the record of all attempts. Suppressed addresses
/// are passed over all the same. Needs an editor.
#[utoipa::path(
    post,
    path = "/api/v1/office/messages/retry",
    tag = "office",
    operation_id = "retryMessages",
    request_body(content = Retried, content_type = "application/json"),
    security(("token" = [])),
    responses(
        (status = 200, description = "So many went back; none, where they were no longer given up",
            body = Requeued),
        ChangeRefusals,
    )
)]
pub async fn retry(
    request: HttpRequest,
    service: Data<Service>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    let actor = acting(&request, &service, OfficeScope::Editor).await?;
    let asked: Retried = bodies::json(&request, body).await?;
    let (which, outcomes) = match (asked.message, asked.notice) {
        // Whoever names a number has seen what became of it.
        (Some(row), None) => (Letters::Row(row), vec![Outcome::Dead, Outcome::Rejected]),
        (None, Some(notice)) => {
            let path: Result<NoticePath, _> = notice.parse();
            let path = path.map_err(|bad| ApiError::BadBody(format!("notice: {bad}")))?;
            let outcome = asked.outcome.unwrap_or(GivenUp::Dead).outcome();
            (Letters::OfNotice(path), vec![outcome])
        }
        _ => return Err(ApiError::BadBody("name a message or a notice".to_owned())),
    };
    let requeued = deeds::retry(&service, &actor, &which, &outcomes).await?;
    Ok(private(&Requeued { requeued }))
}
