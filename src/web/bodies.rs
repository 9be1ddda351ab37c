//! Bodies of requests: read to their end, but neither without limit nor without
//! end, and the forms in them.

use super::freshness::JSON;
use super::problem::ApiError;
use super::server::MAX_BODY_BYTES;
use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// What is sent here is small and arrives at once.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);

pub const FORM: &str = "application/x-www-form-urlencoded";

/// The whole body.
pub async fn read(mut body: Payload) -> Result<Vec<u8>, ApiError> {
    let reading = async {
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|_| ApiError::Timeout(BODY_TIMEOUT.as_secs()))?;
            if bytes.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(ApiError::BodyTooLarge(MAX_BODY_BYTES));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    let outcome = tokio::time::timeout(BODY_TIMEOUT, reading).await;
    outcome.unwrap_or(Err(ApiError::Timeout(BODY_TIMEOUT.as_secs())))
}

/// Refuses a body that says it is something else. Parameters, such as a charset,
/// do not matter.
pub fn expect(request: &HttpRequest, content_type: &'static str) -> Result<(), ApiError> {
    let given = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.and_then(|given| given.split(';').next()).unwrap_or_default();
    let fits = essence.trim().eq_ignore_ascii_case(content_type);
    fits.then_some(()).ok_or(ApiError::OtherType(content_type))
}

/// The body, which has to be a JSON object of a given form.
pub async fn json<T: DeserializeOwned>(
    request: &HttpRequest,
    body: Payload,
) -> Result<T, ApiError> {
    expect(request, JSON)?;
    let body = read(body).await?;
    // A list of values without names would be read as one, too.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(ApiError::BadBody("it is no JSON object".to_owned()));
    }
    serde_json::from_slice(&body).map_err(|bad| ApiError::BadBody(bad.to_string()))
}

/// The fields of a form, in their order.
pub struct Form(Vec<(String, String)>);

impl Form {
    pub async fn read(request: &HttpRequest, body: Payload) -> Result<Self, ApiError> {
        expect(request, FORM)?;
        let bytes = read(body).await?;
        Ok(Self(url::form_urlencoded::parse(&bytes).into_owned().collect()))
    }

    /// The fields that an address carries.
    pub fn of_query(query: &str) -> Self {
        Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// A field that is given once; the first counts.
    pub fn one(&self, name: &str) -> String {
        let found = self.0.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub fn all(&self, name: &str) -> Vec<String> {
        let found = self.0.iter().filter(|(given, _)| given == name);
        found.map(|(_, value)| value.clone()).collect()
    }
}
