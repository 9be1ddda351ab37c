//! What was asked of whoever announces, and asking it. Nothing is rendered, filled or
//! sent here.

use super::record;
use crate::notice::{Actor, Announcing, NoticePath, OfficeErrand};
use crate::store::{
    Deed, ErrandAsked, ErrandState, NewErrand, Store, StoreError, StoredErrand, TESTS_AN_HOUR,
};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use data_encoding::BASE32_NOPAD;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct ErrandView {
    subject: String,
    href: Option<String>,
    is_test: bool,
    by: String,
    asked: String,
    is_waiting: bool,
    is_refused: bool,
    outcome: String,
    /// What became of a test's mail: the outcome and the server's reply.
    fate: Option<(&'static str, String)>,
}

impl ErrandView {
    fn new(errand: &StoredErrand) -> Self {
        let path: Option<NoticePath> = errand.subject.parse().ok();
        Self {
            href: path.as_ref().map(super::notice_href),
            subject: errand.subject.clone(),
            is_test: errand.kind == "test",
            by: errand.by.clone(),
            asked: super::minute(errand.asked_at),
            is_waiting: errand.state == ErrandState::Waiting,
            is_refused: errand.state == ErrandState::Refused,
            outcome: errand.outcome.clone(),
            fate: None,
        }
    }
}

/// What waits to be done.
pub async fn waiting(store: &Store, most: i64) -> Result<Vec<ErrandView>, ApiError> {
    let errands = store.errands_waiting(most).await.map_err(ApiError::internal)?;
    Ok(errands.iter().map(ErrandView::new).collect())
}

/// What was asked of a notice, the latest first.
pub async fn about(
    store: &Store,
    path: &NoticePath,
    most: i64,
) -> Result<Vec<ErrandView>, StoreError> {
    let mut views = Vec::new();
    for errand in store.errands_about(path, most).await? {
        let is_sent = errand.kind == "test" && errand.state == ErrandState::Done;
        let fate = if is_sent { store.fate_of_test(errand.id, path).await? } else { None };
        let fate = fate.map(|(outcome, reply)| (outcome.as_str(), reply));
        views.push(ErrandView { fate, ..ErrandView::new(&errand) });
    }
    Ok(views)
}

/// A key that no other form has: sent twice, it asks once.
pub fn form_key() -> Result<String, ApiError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(ApiError::internal)?;
    Ok(BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
}

/// Longer than any key of ours.
const MAX_KEY_BYTES: usize = 64;

/// Asks for it, and says why it could not be.
pub async fn ask(
    service: &Service,
    actor: &Actor,
    (key, notice): (&str, &NoticePath),
    what: &OfficeErrand,
) -> Result<Option<String>, ApiError> {
    if key.is_empty() || key.len() > MAX_KEY_BYTES {
        return Err(ApiError::BadBody("`key` is not that of a form".to_owned()));
    }
    let errand = NewErrand { key, notice, what, by: &actor.name };
    let asked = service.store().ask_errand(&errand, service.now()).await;
    match asked.map_err(ApiError::internal)? {
        ErrandAsked::Kept => {}
        ErrandAsked::Known => return Ok(None),
        ErrandAsked::OtherUnderKey => {
            return Ok(Some("something else was asked for under this key".to_owned()));
        }
        ErrandAsked::OtherWaits => {
            return Ok(Some(
                "another announcement of this notice was asked for and is not done yet; this one \
                 was not taken: ask again in a moment"
                    .to_owned(),
            ));
        }
        ErrandAsked::TooMany => {
            return Ok(Some(format!(
                "{TESTS_AN_HOUR} tests were sent within the hour, and no more are; try again later"
            )));
        }
    }
    let (action, detail) = match what {
        OfficeErrand::Announce(Announcing { digest, canary: None }) => {
            ("asked to announce", digest.short().to_owned())
        }
        OfficeErrand::Announce(Announcing { digest, canary: Some(most) }) => {
            ("asked to announce", format!("{}, to the first {most}", digest.short()))
        }
        OfficeErrand::Test(test) => ("asked for a test", test.address.masked()),
    };
    let subject = notice.to_string();
    let deed = Deed { actor: &actor.name, action, subject: &subject, detail: &detail };
    record(service, &deed).await?;
    Ok(None)
}
