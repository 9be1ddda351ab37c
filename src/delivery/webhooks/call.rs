//! One call: the event handed over, and what came of it.

use super::event::Event;
use crate::clock::Clock;
use crate::config::PublicUrl;
use crate::delivery::backoff::{self, LONGEST_WAIT, MAX_ATTEMPTS};
use crate::delivery::stock::{Stock, StockError};
use crate::http_client::{Answer, HttpClient, HttpError};
use crate::links::{Keys, Token};
use crate::metrics::Metrics;
use crate::notice::{Outcome, WebhookTrouble, mask_addresses};
use crate::store::{Asked, Call, Health, NodeId, OutOfTurn, Report, Store, Webhook};
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use tokio::time::Instant;

/// Of what an endpoint says about a failure, so much is kept.
const KEPT_CHARS: usize = 200;

/// Between two attempts to record while the database fails.
const RECORD_AGAIN: Duration = Duration::from_millis(500);

pub(super) struct Caller {
    pub store: Store,
    pub stock: Stock,
    pub link_base: PublicUrl,
    pub keys: Keys,
    pub client: HttpClient,
    pub clock: Clock,
    pub first_retry: Duration,
    pub give_up: Duration,
    pub metrics: Arc<Metrics>,
}

/// How a call ended.
struct Ended {
    outcome: Outcome,
    health: Option<Health>,
    reply: String,
    /// Not to be called sooner than after this.
    not_before: Option<Duration>,
}

impl Caller {
    /// Calls, and records what came of it, however long recording takes: an
    /// outcome that is not on record would be an event told twice.
    pub async fn deal_with(&self, node: NodeId, call: &Call, may_send: impl Fn() -> bool) {
        let begun_at = Instant::now();
        let row = call.claimed.row;
        let (report, health) = match may_send() {
            false => (Report::Returned { row }, None),
            true => self.attempt(call).await,
        };
        if let Report::Attempted { outcome, reply, .. } = &report {
            self.metrics.called(*outcome, Some(begun_at.elapsed()));
            if *outcome != Outcome::Accepted {
                let (host, outcome) = (call.webhook.host.as_str(), outcome.as_str());
                tracing::info!(row, host, outcome, reply, "a webhook did not accept");
            }
        }
        let judged = (&call.webhook, health);
        loop {
            match self.store.record_call(node, &report, judged, self.give_up).await {
                Ok(None) => return,
                Ok(Some(trouble)) => {
                    tracing::warn!(host = call.webhook.host, %trouble, "a webhook was disabled");
                    return;
                }
                Err(reason) => tracing::error!(%reason, "outcomes cannot be recorded"),
            }
            tokio::time::sleep(RECORD_AGAIN).await;
        }
    }

    async fn attempt(&self, call: &Call) -> (Report, Option<Health>) {
        let row = call.claimed.row;
        let ended = match self.event(call).await {
            Ok(event) => self.hand_over(&event, &call.webhook).await,
            Err(reason) => {
                tracing::error!(%reason, row, "an event cannot be put together");
                let reply = reason.to_string();
                Ended { outcome: Outcome::Deferred, health: None, reply, not_before: None }
            }
        };
        let Ended { mut outcome, health, reply, not_before } = ended;
        let attempts = call.claimed.attempts;
        if outcome.is_open() && attempts + 1 >= MAX_ATTEMPTS {
            outcome = Outcome::Dead;
        }
        let retry_in = outcome.is_open().then(|| {
            let before = u32::try_from(attempts).unwrap_or(u32::MAX);
            let wait = backoff::wait(self.first_retry, before, LONGEST_WAIT);
            let wait = backoff::spread(wait, row, attempts);
            wait.max(not_before.unwrap_or_default()).min(LONGEST_WAIT)
        });
        (Report::Attempted { row, outcome, reply, retry_in }, health)
    }

    async fn event(&self, call: &Call) -> Result<Event, StockError> {
        let claimed = &call.claimed;
        let (edition, letterhead) = self.stock.told(claimed.occasion, claimed.edition).await?;
        let rehearse = self.keys.sign(&Token::Rehearse { subscriber: claimed.recipient });
        Ok(Event::told(claimed, &edition, &letterhead, (&self.link_base, &rehearse)))
    }

    async fn hand_over(&self, event: &Event, webhook: &Webhook) -> Ended {
        let failed = |outcome, reply| {
            let health = Some(Health::Fails);
            Ended { outcome, health, reply, not_before: None }
        };
        match self.post(event, webhook).await {
            Ok(answer) => judged(&answer, self.clock.now()),
            Err(lost @ HttpError::Interrupted(_)) => failed(Outcome::Unknown, lost.to_string()),
            Err(other) => failed(Outcome::Deferred, other.to_string()),
        }
    }

    async fn post(&self, event: &Event, webhook: &Webhook) -> Result<Answer, HttpError> {
        let lost = || HttpError::Setup("the key of its secret is no longer known".to_owned());
        let headers = event.headers(&self.keys, webhook, self.clock.now()).ok_or_else(lost)?;
        self.client.post(&webhook.url, &headers, event.body.clone()).await
    }

    /// A challenge or a test. Its owner is told a category and nothing else of
    /// what was answered.
    pub async fn ask(&self, call: &OutOfTurn) {
        let answered = self.answered(call).await;
        let (host, asked) = (call.webhook.host.as_str(), call.asked);
        match &answered {
            Ok(()) => tracing::info!(host, ?asked, "a webhook answered"),
            Err(trouble) => tracing::info!(host, ?asked, %trouble, "a webhook did not answer"),
        }
        if let Err(reason) = self.store.record_asked(call, answered).await {
            // A challenge falls due again by itself.
            tracing::error!(%reason, "what a webhook answered cannot be recorded");
        }
    }

    async fn answered(&self, call: &OutOfTurn) -> Result<(), WebhookTrouble> {
        let (Some(id), Some(secret)) = (random(), random()) else {
            return Err(WebhookTrouble::Unreachable);
        };
        let id = format!("wh_{id}");
        let now = self.clock.now();
        let event = match call.asked {
            Asked::Challenge => Event::asked(id, "webhook.challenge", "challenge", &secret, now),
            Asked::Test => Event::asked(id, "webhook.test", "message", TEST, now),
        };
        let answer = self.post(&event, &call.webhook).await.map_err(|reason| match reason {
            HttpError::Private(_) | HttpError::Plain(_) | HttpError::Port(_) => {
                WebhookTrouble::Refused
            }
            _ => WebhookTrouble::Unreachable,
        })?;
        match answer.status {
            200..=299 => {}
            _ => return Err(WebhookTrouble::Status),
        }
        let is_right = call.asked == Asked::Test || holds(&answer.body, &secret);
        is_right.then_some(()).ok_or(WebhookTrouble::Challenge)
    }
}

const TEST: &str = "This is a test: the webhook works.";

/// Whether the answer gives the challenge back: as plain text, or as JSON with it
/// under `challenge`.
fn holds(body: &[u8], challenge: &str) -> bool {
    let is_it = |text: &str| bool::from(text.trim().as_bytes().ct_eq(challenge.as_bytes()));
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let named = json.as_ref().and_then(|json| json.get("challenge")?.as_str());
    named.is_some_and(is_it) || std::str::from_utf8(body).is_ok_and(is_it)
}

fn judged(answer: &Answer, now: DateTime<Utc>) -> Ended {
    let status = answer.status;
    let (outcome, health) = match status {
        200..=299 => (Outcome::Accepted, Health::Works),
        410 => (Outcome::Rejected, Health::Gone),
        _ => (Outcome::Deferred, Health::Fails),
    };
    let reply = match status {
        200..=299 => status.to_string(),
        300..=399 => format!("{status}: redirects are not followed"),
        _ => format!("{status} {}", said(&answer.body)).trim_end().to_owned(),
    };
    let not_before = answer.retry_after.as_deref().and_then(|text| patience(text, now));
    Ended { outcome, health: Some(health), reply, not_before }
}

/// The beginning of what it says, on one line and without addresses.
fn said(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = line.split_whitespace().collect();
    mask_addresses(&words.join(" ")).chars().take(KEPT_CHARS).collect()
}

/// Retry-After: seconds, or a date of HTTP (RFC 9110 §10.2.3).
fn patience(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(text.trim()).ok()?;
    (date.to_utc() - now).to_std().ok()
}

/// 100 bits that nobody can guess.
fn random() -> Option<String> {
    let mut bytes = [0; 13];
    getrandom::fill(&mut bytes).ok()?;
    Some(BASE32_NOPAD.encode(&bytes)[..20].to_ascii_lowercase())
}
