//! A record as it is shown, on the terminal and by the API.

use crate::store::{Channel, ToldRecord};
use chrono::SecondsFormat;
use data_encoding::HEXLOWER;
use serde::Serialize;
use utoipa::ToSchema;

/// One attempt to tell somebody something, or one decision not to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Told {
    /// Counted upwards over all notices.
    pub record: i64,
    /// RFC 3339.
    #[schema(example = "2026-11-20T09:00:12.5Z")]
    pub at: String,
    /// The address; null once the person was erased.
    pub recipient: Option<String>,
    /// Whose address it is or was.
    pub recipient_number: i64,
    /// `accepted`, `deferred`, `rejected`, `unknown`, `withdrawn`, `overtaken`,
    /// `suppressed` or `dead`.
    #[schema(example = "accepted")]
    pub outcome: String,
    /// `mail`, `second contact` or `webhook`.
    #[schema(example = "mail")]
    pub channel: &'static str,
    /// What the server said, or why nothing was sent.
    #[schema(example = "250 2.0.0 Ok: queued")]
    pub reply: String,
    /// `announcement`, `reminder`, `change` and so on.
    #[schema(example = "announcement")]
    pub kind: String,
    /// Which one of its kind: a rung or a revision.
    pub occasion: String,
    /// The notice's revision that it was written from.
    pub revision: String,
    #[schema(example = "en")]
    pub locale: String,
    pub subject: String,
    /// What the message said. Places that differ by recipient are marked.
    pub text: String,
    /// The digest of text, HTML and calendar together.
    pub edition: String,
    pub message_id: String,
    /// The Message-ID of the weekly digest that it was told in, and whose subject and
    /// text these are.
    pub carried_by: Option<String>,
    /// The seal that covers it; null for a moment, until the next one.
    pub seal: Option<i64>,
    /// Its own hash under that seal.
    pub hash: Option<String>,
}

impl From<&ToldRecord> for Told {
    fn from(told: &ToldRecord) -> Self {
        let record = &told.record;
        Self {
            record: record.id,
            at: record.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            recipient: record.address.as_ref().map(ToString::to_string),
            recipient_number: record.recipient,
            outcome: record.outcome.clone(),
            channel: Channel::numbered(record.channel).map_or("", Channel::as_str),
            reply: record.reply.clone(),
            kind: record.kind.clone(),
            occasion: record.key.clone(),
            revision: record.revision.clone(),
            locale: told.locale.clone(),
            subject: told.title.clone(),
            text: told.text.clone(),
            edition: record.edition_digest.clone(),
            message_id: record.message_id.clone(),
            carried_by: told.carried_by.clone(),
            seal: record.seal,
            hash: record.leaf.as_deref().map(|leaf| HEXLOWER.encode(leaf)),
        }
    }
}

impl Told {
    pub const COLUMNS: [&str; 15] = [
        "at",
        "recipient",
        "outcome",
        "reply",
        "kind",
        "occasion",
        "revision",
        "locale",
        "subject",
        "edition",
        "message_id",
        "seal",
        "record",
        "channel",
        "carried_by",
    ];

    /// In the order of [`Self::COLUMNS`]. The text is too long for a cell; the
    /// edition's digest stands for it.
    pub fn cells(&self) -> [String; 15] {
        let erased = || format!("(erased, number {})", self.recipient_number);
        [
            self.at.clone(),
            self.recipient.clone().unwrap_or_else(erased),
            self.outcome.clone(),
            self.reply.clone(),
            self.kind.clone(),
            self.occasion.clone(),
            self.revision.clone(),
            self.locale.clone(),
            self.subject.clone(),
            self.edition.clone(),
            self.message_id.clone(),
            self.seal.map(|seal| seal.to_string()).unwrap_or_default(),
            self.record.to_string(),
            self.channel.to_owned(),
            self.carried_by.clone().unwrap_or_default(),
        ]
    }
}
