//! `/api/v1/preferences/{token}/rehearsals`: what a subscriber's clients tried at test
//! endpoints, for a program that holds the link from their mail.

use super::{private, shown_instant};
use crate::notice::Locale;
use crate::render::Language;
use crate::store::KeptAttempt;
use crate::web::own;
use crate::web::paging::DEFAULT_LIMIT;
use crate::web::parameters::Parameters;
use crate::web::problem::{ApiError, Problem};
use crate::web::routes::readable;
use crate::web::service::Service;
use crate::web::tried::{self, After, OwnHost, Standing};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// Which part of the attempts to show.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `Parameters`")]
pub struct AttemptParameters {
    /// Where to go on: the member `next` of the page before.
    #[param(inline)]
    after: Option<super::schemas::AfterAttempt>,
    /// How many to show at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Where somebody stands with what they can rehearse, and what they tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnRehearsals {
    /// Notice by notice, those that fail first.
    pub notices: Vec<OwnNotice>,
    /// The failed ones first, and of each kind the latest.
    pub attempts: Vec<OwnAttempt>,
    /// Where the next page of attempts begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0-1600000000000000-17")]
    pub next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OwnNotice {
    #[schema(example = "usps-web-tools")]
    pub program: String,
    #[schema(example = "tls-1.2")]
    pub id: String,
    /// `passes` or `fails` by the last attempt that says anything of versions, `unclear`
    /// where none does, `never` where nothing was tried.
    #[schema(example = "passes")]
    pub state: &'static str,
    /// When that attempt was made, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The host names that are theirs alone.
    pub hosts: Vec<OwnHostName>,
    /// Where they may say that they are done: offered once they pass, and nothing is said
    /// before it is posted there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_url: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OwnHostName {
    /// The test endpoint, by its id within the notice.
    #[schema(example = "tls")]
    pub endpoint: String,
    /// With a port where it is not 443.
    #[schema(example = "amaaaaaacaaaaaaaaaaaaaabcmbs7zqudfnuvuwxrzkwq3x.tls.example.org")]
    pub host: String,
}

/// Attempts that are alike, within some minutes.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnAttempt {
    /// The notice and the test endpoint; absent where nothing told which was meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Of the first and the last of them, RFC 3339.
    pub first_at: String,
    pub last_at: String,
    #[schema(example = 1)]
    pub times: i64,
    /// `passed`, `observed`, `too_old`, `too_new`, `no_shared_cipher`, `distrusts_certificate`,
    /// `plain_http`, `not_tls`, `unknown_name`, `silent`, `broken_off` or `not_open`.
    #[schema(example = "too_old")]
    pub outcome: &'static str,
    /// Whether it shows that the client will be turned away after the cutoff.
    pub failed: bool,
    /// What that means and what to do, in English.
    pub means: String,
    /// As they stood in the hello: 769 is TLS 1.0, 772 is TLS 1.3.
    pub offered: Vec<u16>,
    /// `tls`, `ssl2_hello`, `plain_http`, `unknown` or `nothing`.
    #[schema(example = "tls")]
    pub framing: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "TLS 1.3")]
    pub negotiated: Option<&'static str>,
    /// As OpenSSL names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cipher: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<OwnAlert>,
    /// As much of the address as the program keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "192.0.2.0/24")]
    pub peer: Option<String>,
}

/// The alert that ended the handshake (RFC 8446 §6).
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnAlert {
    /// `client` or `server`.
    #[schema(value_type = String, example = "server")]
    pub sent_by: crate::notice::AlertSender,
    #[schema(example = 70)]
    pub code: u8,
    #[schema(example = "protocol_version")]
    pub name: &'static str,
}

impl OwnNotice {
    fn new(standing: Standing, service: &Service) -> Self {
        let host = |OwnHost { endpoint, host }| OwnHostName {
            endpoint: endpoint.endpoint.to_string(),
            host,
        };
        let done = standing.done;
        Self {
            program: standing.notice.program.to_string(),
            id: standing.notice.notice.to_string(),
            state: tried::state_name(standing.state),
            at: standing.at.map(shown_instant),
            hosts: standing.hosts.into_iter().map(host).collect(),
            done_url: done.map(|path| service.canonical(&path).unwrap_or(path)),
        }
    }
}

impl OwnAttempt {
    fn new(kept: KeptAttempt, language: &Language<'_>) -> Self {
        let path = kept.endpoint.as_ref();
        Self {
            program: path.map(|path| path.notice.program.to_string()),
            id: path.map(|path| path.notice.notice.to_string()),
            endpoint: path.map(|path| path.endpoint.to_string()),
            first_at: shown_instant(kept.first_at),
            last_at: shown_instant(kept.last_at),
            times: kept.times,
            outcome: kept.outcome.as_str(),
            failed: kept.outcome.is_failure(),
            means: tried::outcome(&kept, language),
            framing: kept.framing.as_str(),
            negotiated: kept.negotiated.map(|version| version.as_str()),
            alert: kept.alert.map(|alert| OwnAlert {
                sent_by: alert.sent_by,
                code: alert.code,
                name: alert.name(),
            }),
            offered: kept.offered,
            cipher: kept.cipher,
            peer: kept.peer,
        }
    }
}

pub fn resource() -> Resource {
    readable("/api/v1/preferences/{token}/rehearsals", tried)
}

/// What your clients tried at test endpoints.
///
/// Each test endpoint of ours has a host name that is made for you alone; what is tried
/// there counts as yours.
#[utoipa::path(
    get,
    path = "/api/v1/preferences/{token}/rehearsals",
    tag = "subscriptions",
    operation_id = "listOwnAttempts",
    params(
        ("token" = String, Path, description = "From the link to the preferences in every mail"),
        AttemptParameters,
    ),
    responses(
        (status = 200, description = "Where you stand, and a page of attempts", body = OwnRehearsals),
        (status = 400, description = "A parameter is unknown or malformed", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "The link was not made here, or whoever it was made for was erased",
            body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn tried(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let gone = || ApiError::NotFound("whoever the link was made for was erased".to_owned());
    let preferences = own::preferences(&service, &token).await?.ok_or_else(gone)?;
    let mut parameters = Parameters::read(request.query_string())?;
    let after: Option<After> = parameters.take("after");
    let limit = parameters.take_limit().unwrap_or(DEFAULT_LIMIT);
    parameters.finish()?;
    let (person, snapshot) = (preferences.person.id, service.snapshot()?);
    let hosts = tried::own_hosts(&service, &snapshot, &preferences);
    let standings = tried::standings(&service, person, hosts).await?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let kept = service.store().attempts_of(person, after.map(|after| after.0), most).await;
    let kept = kept.map_err(ApiError::internal)?;
    let last = kept.last().filter(|_| kept.len() == limit);
    let next = last.map(|last| After(last.after()).to_string());
    let language = service.built_in().language(&Locale::default());
    let attempts = kept.into_iter().map(|kept| OwnAttempt::new(kept, &language)).collect();
    let notices = standings.into_iter().map(|one| OwnNotice::new(one, &service)).collect();
    Ok(private(&OwnRehearsals { notices, attempts, next }))
}
