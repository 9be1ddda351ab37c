//! An event: its bytes, and the headers that sign them (Standard Webhooks). Pure.

use crate::config::PublicUrl;
use crate::delivery::letterhead::{Letterhead, clean_field};
use crate::links::{Keys, webhook_signature};
use crate::notice::{Edition, Slot, fill_slots};
use crate::store::{Claimed, TWIN, Webhook};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;

/// What leaves: an id that a repetition keeps, and the bytes.
pub(super) struct Event {
    pub id: String,
    pub body: Vec<u8>,
}

#[derive(Serialize)]
struct Envelope<'a, T: Serialize> {
    #[serde(rename = "type")]
    kind: &'a str,
    /// When it came to be, which a repetition does not change.
    timestamp: String,
    data: T,
}

#[derive(Serialize)]
struct Told<'a> {
    program: &'a str,
    notice: &'a str,
    revision: &'a Value,
    title: &'a Value,
    url: &'a str,
    api_url: String,
    locale: &'a str,
    subject: String,
    text: String,
    rows: &'a Value,
    apis: &'a str,
    /// Of the mail that says the same.
    message_id: &'a str,
}

/// Stands in the text for what is for the mail's reader alone: links by which
/// whoever holds them could change or end the subscription.
const WITHHELD: &str = "…";

impl Event {
    /// What the edition says to the owner of the webhook.
    pub fn told(
        claimed: &Claimed,
        edition: &Edition,
        letterhead: &Letterhead,
        (base, rehearse): (&PublicUrl, &str),
    ) -> Self {
        let kept = edition.event.as_deref().and_then(|event| serde_json::from_str(event).ok());
        let kept: Value = kept.unwrap_or_default();
        let greeting = clean_field(&letterhead.greeting);
        let values = |slot: Slot| match slot {
            Slot::Greeting => greeting.as_str(),
            Slot::YourApis => claimed.apis.as_str(),
            Slot::Page => letterhead.page.as_str(),
            Slot::Rehearse => rehearse,
            Slot::Unsubscribe | Slot::Preferences | Slot::Confirm | Slot::Done => WITHHELD,
            // Of digests and escalations, which no webhook is told.
            Slot::Part(..) | Slot::FirstContact | Slot::ToldOn => WITHHELD,
        };
        let (program, notice) = claimed.subject.split_once('/').unwrap_or((&claimed.subject, ""));
        let data = Told {
            program,
            notice,
            revision: &kept["revision"],
            title: &kept["title"],
            url: &letterhead.page,
            api_url: base.join(&format!("/api/v1/notices/{program}/{notice}")),
            locale: edition.locale.as_str(),
            subject: fill_slots(&edition.subject, values),
            text: fill_slots(&edition.text, values),
            rows: &kept["rows"],
            apis: &claimed.apis,
            message_id: claimed.message_id.strip_prefix(TWIN).unwrap_or(&claimed.message_id),
        };
        let kind = kept["type"].as_str().unwrap_or("notice.announced");
        let id = claimed.message_id.split('@').next().unwrap_or_default().to_owned();
        Self::of(id, kind, claimed.made_at, data)
    }

    /// A challenge, or a test: `value` under `name`.
    pub fn asked(id: String, kind: &str, name: &str, value: &str, at: DateTime<Utc>) -> Self {
        Self::of(id, kind, at, serde_json::json!({ name: value }))
    }

    fn of(id: String, kind: &str, at: DateTime<Utc>, data: impl Serialize) -> Self {
        let timestamp = at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let envelope = Envelope { kind, timestamp, data };
        let body = serde_json::to_vec(&envelope).expect("an event has string keys only");
        Self { id, body }
    }

    /// `None` where a key that the secret is made of is no longer known.
    pub fn headers(
        &self,
        keys: &Keys,
        webhook: &Webhook,
        now: DateTime<Utc>,
    ) -> Option<Vec<(&'static str, String)>> {
        let timestamp = now.timestamp();
        let sign = |secret| webhook_signature(&secret, &self.id, timestamp, &self.body);
        let secrets = webhook.seeds(now).map(|seed| keys.webhook_secret(seed, webhook.subscriber));
        let signatures = secrets.map(|secret| secret.map(sign)).collect::<Option<Vec<_>>>()?;
        Some(vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", self.id.clone()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signatures.join(" ")),
        ])
    }
}
