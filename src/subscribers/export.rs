//! What is known, written out: of one person as JSON, of all as a list that
//! `import` reads again.

use super::cells::guarded;
use super::import::COLUMNS;
use crate::links::Keys;
use crate::notice::{EmailAddress, Interest, ProgramId, Wish, Wishes};
use crate::store::{KeptAttempt, Listed, Ready, Store, StoreError};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// All that is known of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Known {
    #[schema(value_type = String, example = "ada@integrator.example")]
    pub address: EmailAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// For how many others they are the second contact.
    #[serde(skip_serializing_if = "is_zero")]
    pub second_contact_of: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<KnownWebhook>,
    /// What was asked for by a form within the last day, confirmed or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub asked_for: Option<Wishes>,
    /// What they must not be written to about. `*` is everything.
    pub suppressed: Vec<Suppressed>,
    pub suppression_history: Vec<Event>,
    /// Every message that was made for them.
    pub messages: Vec<Message>,
    /// What their clients tried at test endpoints, the failed attempts first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Tried>,
    /// What these came to, notice by notice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readiness: Vec<KnownReadiness>,
}

/// Attempts at a test endpoint that are alike.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnownAttempt)]
pub struct Tried {
    /// The notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// RFC 3339.
    #[schema(value_type = String)]
    pub first_at: DateTime<Utc>,
    #[schema(value_type = String)]
    pub last_at: DateTime<Utc>,
    pub times: i64,
    /// As much of the address as is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    pub framing: &'static str,
    /// As numbered in the hello: 769 is TLS 1.0.
    pub offered: Vec<u16>,
    pub outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub negotiated: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cipher: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct KnownReadiness {
    pub about: String,
    /// `passes`, `fails` or `unclear`.
    pub state: &'static str,
    /// RFC 3339.
    #[schema(value_type = String)]
    pub at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnownPerson)]
pub struct Person {
    #[schema(value_type = String, example = "ada@integrator.example")]
    pub address: EmailAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<&'static str>,
    pub frequency: &'static str,
    /// Who is written to when they do not say that all is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub second_contact: Option<EmailAddress>,
    /// An absent part stands for all.
    pub hears: Vec<Wanted>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct KnownWebhook {
    pub url: String,
    pub state: &'static str,
}

/// One interest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnownInterest)]
pub struct Wanted {
    pub program: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnownSuppression)]
pub struct Suppressed {
    pub scope: String,
    pub reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnownSuppressionEvent)]
pub struct Event {
    /// RFC 3339.
    #[schema(value_type = String)]
    pub at: DateTime<Utc>,
    pub scope: String,
    pub action: String,
    pub reason: String,
    pub author: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnownMessage)]
pub struct Message {
    pub about: String,
    pub kind: String,
    pub subject: String,
    /// RFC 3339.
    #[schema(value_type = String)]
    pub made_at: DateTime<Utc>,
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub settled_at: Option<DateTime<Utc>>,
    pub message_id: String,
}

/// All that is known of an address, also when the person behind it was erased.
pub async fn known_of(
    store: &Store,
    keys: &Keys,
    address: &EmailAddress,
) -> Result<Known, StoreError> {
    let mailbox = keys.mailbox(address);
    let number = store.subscriber_number(address).await?;
    let (mut person, mut messages, mut second_contact_of) = (None, Vec::new(), 0);
    let (mut webhook, mut attempts, mut readiness) = (None, Vec::new(), Vec::new());
    if let Some(number) = number {
        person = store.subscriber(number).await?;
        messages = store.sent_to(number).await?;
        second_contact_of = store.is_second_contact_of(number).await?;
        webhook = store.webhook(number).await?;
        attempts = store.attempts_of(number, None, i64::MAX).await?;
        readiness = store.readiness_of(number).await?;
    }
    let suppressed = store.suppressions_of(&mailbox).await?;
    let history = store.suppression_events(&mailbox).await?;
    Ok(Known {
        address: address.clone(),
        person: person.as_ref().map(described),
        second_contact_of,
        webhook: webhook.map(|webhook| KnownWebhook {
            url: webhook.url.to_string(),
            state: webhook.state.as_str(),
        }),
        asked_for: store.pending_of(&mailbox).await?.map(|pending| pending.wishes),
        suppressed: suppressed
            .into_iter()
            .map(|(scope, reason)| Suppressed { scope, reason })
            .collect(),
        suppression_history: history
            .into_iter()
            .map(|event| Event {
                at: event.at,
                scope: event.scope,
                action: event.action,
                reason: event.reason,
                author: event.author,
            })
            .collect(),
        messages: messages
            .into_iter()
            .map(|sent| Message {
                about: sent.subject,
                kind: sent.kind,
                subject: sent.title,
                made_at: sent.made_at,
                state: sent.state,
                settled_at: sent.settled_at,
                message_id: sent.message_id,
            })
            .collect(),
        attempts: attempts.into_iter().map(tried).collect(),
        readiness: readiness.iter().map(known_readiness).collect(),
    })
}

fn tried(kept: KeptAttempt) -> Tried {
    let (about, endpoint) = match &kept.endpoint {
        Some(path) => (Some(path.notice.to_string()), Some(path.endpoint.to_string())),
        None => (None, None),
    };
    Tried {
        about,
        endpoint,
        first_at: kept.first_at,
        last_at: kept.last_at,
        times: kept.times,
        peer: kept.peer,
        server_name: kept.server_name,
        framing: kept.framing.as_str(),
        offered: kept.offered,
        outcome: kept.outcome.as_str(),
        negotiated: kept.negotiated.map(|version| version.as_str()),
        cipher: kept.cipher,
        alert: kept.alert.map(|alert| alert.name()),
    }
}

fn known_readiness(ready: &Ready) -> KnownReadiness {
    KnownReadiness { about: ready.notice.to_string(), state: ready.state.as_str(), at: ready.at }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &i64) -> bool {
    *count == 0
}

/// A person as JSON shows them.
pub fn described(listed: &Listed) -> Person {
    Person {
        address: listed.address.clone(),
        name: listed.name.clone(),
        locale: listed.locale.as_ref().map(ToString::to_string),
        zone: listed.zone.map(|zone| zone.name()),
        frequency: listed.frequency.as_str(),
        second_contact: listed.second_contact.clone(),
        hears: listed.interests.iter().map(wanted).collect(),
    }
}

fn wanted(interest: &Interest) -> Wanted {
    Wanted {
        program: interest.program.to_string(),
        api: interest.api.as_ref().map(ToString::to_string),
        environment: interest.environment.as_ref().map(ToString::to_string),
        kind: interest.kind.map(|kind| kind.as_str()),
    }
}

/// Begins a list of recipients.
pub fn csv_header(out: &mut csv::Writer<impl std::io::Write>) -> csv::Result<()> {
    out.write_record(COLUMNS)
}

/// The lines of one recipient: one for each program, or for each interest where
/// the interests in it are no product of APIs, environments and kinds. Whoever
/// hears of nothing has no line.
pub fn write_csv(out: &mut csv::Writer<impl std::io::Write>, listed: &Listed) -> csv::Result<()> {
    let mut rest = listed.interests.as_slice();
    while let Some(first) = rest.first() {
        let program = &first.program;
        let (own, after) = rest.split_at(rest.iter().take_while(|i| i.program == *program).count());
        rest = after;
        let (wish, is_exact) = Wish::around(program, own);
        if is_exact {
            out.write_record(line(listed, &wish))?;
        } else {
            for interest in own {
                out.write_record(line(listed, &alone(program, interest)))?;
            }
        }
    }
    Ok(())
}

fn alone(program: &ProgramId, interest: &Interest) -> Wish {
    Wish {
        program: program.clone(),
        apis: interest.api.iter().cloned().collect(),
        environments: interest.environment.iter().cloned().collect(),
        kinds: interest.kind.into_iter().collect(),
    }
}

fn line(listed: &Listed, wish: &Wish) -> [String; COLUMNS.len()] {
    let join = |ids: Vec<&str>| ids.join(";");
    let cells = [
        listed.address.to_string(),
        listed.name.clone().unwrap_or_default(),
        wish.program.to_string(),
        join(wish.apis.iter().map(|id| id.as_str()).collect()),
        join(wish.environments.iter().map(|id| id.as_str()).collect()),
        join(wish.kinds.iter().map(|kind| kind.as_str()).collect()),
        listed.locale.as_ref().map(ToString::to_string).unwrap_or_default(),
        listed.zone.map(|zone| zone.name().to_owned()).unwrap_or_default(),
        listed.frequency.as_str().to_owned(),
        listed.second_contact.as_ref().map(ToString::to_string).unwrap_or_default(),
    ];
    cells.map(|cell| guarded(&cell))
}
