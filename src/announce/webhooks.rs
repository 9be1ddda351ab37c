//! Webhooks that were disabled: their owners are told by mail, once.

use super::AnnounceError;
use super::names::Names;
use crate::notice::{Carrier, Locale, Program, WebhookTrouble};
use crate::render::Renderer;
use crate::store::{Listed, Store, StoredPublication, Webhook, WebhookNews};
use chrono::{DateTime, Utc};

/// Told between two looks; more wait for the next.
const AT_ONCE: i64 = 100;

/// Writes to everybody whose webhook was disabled and who was not told yet. Tells
/// how many it wrote to.
pub async fn webhook_news(
    store: &Store,
    carrier: Carrier,
    at: DateTime<Utc>,
) -> Result<u64, AnnounceError> {
    let untold = store.untold_webhooks(AT_ONCE).await?;
    if untold.is_empty() {
        return Ok(0);
    }
    let Some(current) = store.current_publication().await? else { return Ok(0) };
    let renderer =
        Renderer::new(&current.publication.templates).map_err(AnnounceError::WebhookNews)?;
    let mut telling =
        Telling { store, current: &current, renderer, names: Names::default(), carrier, at };
    let mut written = 0;
    for webhook in &untold {
        written += u64::from(telling.tell(webhook).await?);
    }
    Ok(written)
}

struct Telling<'a> {
    store: &'a Store,
    current: &'a StoredPublication,
    renderer: Renderer,
    names: Names,
    carrier: Carrier,
    at: DateTime<Utc>,
}

impl Telling<'_> {
    async fn tell(&mut self, webhook: &Webhook) -> Result<bool, AnnounceError> {
        let Self { store, current, renderer, names, carrier, at } = self;
        let person = store.subscriber(webhook.subscriber).await?;
        let heard = person.as_ref().and_then(|person| heard_of(current, person));
        let (Some(person), Some(program)) = (person, heard) else {
            // Whoever hears of nothing is missing nothing.
            store.pass_over_webhook(webhook.subscriber).await?;
            return Ok(false);
        };
        let locale = locale(program, &person);
        let trouble = webhook.trouble.unwrap_or(WebhookTrouble::Failing);
        let edition = renderer.webhook_disabled(program, &locale, &webhook.host, trouble);
        let edition = edition.map_err(AnnounceError::WebhookNews)?;
        let news = |message_id| WebhookNews {
            webhook,
            program: &program.id,
            publication: current.id,
            revision: &current.digest,
            edition: &edition,
            carrier: *carrier,
            message_id,
        };
        let domain = program.settings.sender.address.domain();
        let message_id = names.message_id(domain)?;
        Ok(store.mail_webhook_news(&news(&message_id), *at).await?)
    }
}

/// The first program that they hear of and have not left: the mail is one of its.
fn heard_of<'p>(current: &'p StoredPublication, person: &Listed) -> Option<&'p Program> {
    let programs = &current.publication.workspace.programs;
    let has_left = |id: &str| person.suppressed.iter().any(|scope| scope == id);
    let kept = person.interests.iter().map(|interest| &interest.program);
    kept.filter(|id| !has_left(id.as_str())).find_map(|id| programs.get(id))
}

fn locale(program: &Program, person: &Listed) -> Locale {
    let locales = &program.settings.locales;
    let wanted = person.locale.as_ref().and_then(|wanted| wanted.closest(locales));
    wanted.cloned().unwrap_or_else(|| program.settings.default_locale())
}
