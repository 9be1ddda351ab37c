//! `/office/tokens`: who may act for the office, and until when.

use super::{acting, deeds, page};
use crate::notice::{Actor, OfficeScope};
use crate::store::StoredToken;
use crate::web::bodies::Form;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

const TEMPLATE: &str = "page/office/tokens.html";

const DEFAULT_DAYS: &str = "365";

#[derive(Serialize)]
struct TokensPage<'a> {
    tokens: Vec<Row>,
    scopes: [&'static str; 3],
    /// What was typed, and what is wrong with it.
    name: &'a str,
    scope: &'a str,
    days: &'a str,
    error: Option<String>,
    /// Shown this once.
    made: Option<&'a str>,
    revoked: Option<&'a str>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    scope: &'static str,
    made: String,
    /// good, expired or revoked
    state: &'static str,
    /// When it ends or ended.
    end: Option<String>,
    is_good: bool,
    is_own: bool,
}

/// What became of what somebody asked for.
#[derive(Default)]
struct News {
    name: String,
    scope: String,
    days: String,
    error: Option<String>,
    made: Option<SecretString>,
    revoked: Option<String>,
}

pub async fn all(service: Data<Service>, actor: ReqData<Actor>) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    show(&service, &actor, &News::default()).await
}

pub async fn change(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Approver)?;
    let form = super::form(&request, &service, &actor, body).await?;
    let news = match form.one("do").as_str() {
        "create" => create(&service, &actor, &form).await?,
        "revoke" => revoke(&service, &actor, &form.one("name")).await?,
        _ => return Err(ApiError::BadBody("`do` names nothing that can be done".to_owned())),
    };
    show(&service, &actor, &news).await
}

async fn create(service: &Service, actor: &Actor, form: &Form) -> Result<News, ApiError> {
    let (name, scope, days) = (form.one("name"), form.one("scope"), form.one("days"));
    let made = deeds::make_token(service, actor, &name, &scope, days.trim().parse().unwrap_or(0));
    Ok(match made.await? {
        Ok(made) => News { made: Some(made), ..News::default() },
        Err(deeds::BadToken::Taken(why) | deeds::BadToken::Wrong(why)) => {
            News { name, scope, days, error: Some(why), ..News::default() }
        }
    })
}

async fn revoke(service: &Service, actor: &Actor, name: &str) -> Result<News, ApiError> {
    if deeds::revoke_token(service, actor, name).await? {
        return Ok(News { revoked: Some(name.to_owned()), ..News::default() });
    }
    let error = "There is no such token that is still good.".to_owned();
    Ok(News { error: Some(error), ..News::default() })
}

async fn show(service: &Service, actor: &Actor, news: &News) -> Result<HttpResponse, ApiError> {
    let stored = service.store().tokens().await.map_err(ApiError::internal)?;
    let now = service.now();
    let view = TokensPage {
        tokens: stored.iter().rev().map(|token| row(token, actor, now)).collect(),
        scopes: OfficeScope::ALL.map(OfficeScope::as_str),
        name: &news.name,
        scope: if news.scope.is_empty() { OfficeScope::Viewer.as_str() } else { &news.scope },
        days: if news.days.is_empty() { DEFAULT_DAYS } else { &news.days },
        error: news.error.clone(),
        made: news.made.as_ref().map(|made| made.expose_secret()),
        revoked: news.revoked.as_deref(),
    };
    let is_wrong = news.error.is_some();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(service, actor, status, TEMPLATE, &view)
}

fn row(token: &StoredToken, actor: &Actor, now: DateTime<Utc>) -> Row {
    let (state, end) = match (token.revoked_at, token.expires_at) {
        (Some(at), _) => ("revoked", Some(at)),
        (None, Some(end)) if end <= now => ("expired", Some(end)),
        (None, end) => ("good", end),
    };
    Row {
        name: token.name.clone(),
        scope: token.scope.as_str(),
        made: day(token.created_at),
        state,
        end: end.map(day),
        is_good: state == "good",
        is_own: actor.token == Some(token.id),
    }
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}
