//! Confirmations: from what was asked for by a form to rows of the outbox.
//!
//! The web side only keeps what was asked for, whoever asks; that a mail comes of
//! it is decided here, later, so that no answer of a form tells anything about
//! the address in it.

use super::AnnounceError;
use super::names::Names;
use crate::notice::{Carrier, Locale, Program};
use crate::render::Renderer;
use crate::store::{Confirmation, Pending, Store, StoredPublication};
use chrono::{DateTime, Utc};

/// Asked for between two looks; more wait for the next.
const AT_ONCE: i64 = 200;

/// Writes to everybody who asked for something by a form and was not written to
/// yet, and forgets what was not confirmed in time. Tells how many it wrote to.
pub async fn confirmations(
    store: &Store,
    carrier: Carrier,
    at: DateTime<Utc>,
) -> Result<u64, AnnounceError> {
    store.forget_expired(at).await?;
    let waiting = store.unmailed(at, AT_ONCE).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let Some(current) = store.current_publication().await? else { return Ok(0) };
    let names = Names::default();
    let mut round = Confirmations { store, current, renderer: None, names, carrier, at };
    let mut written = 0;
    for pending in &waiting {
        written += u64::from(round.write_to(pending).await?);
    }
    Ok(written)
}

struct Confirmations<'a> {
    store: &'a Store,
    current: StoredPublication,
    /// Made when first needed: most looks find nobody to write to.
    renderer: Option<Renderer>,
    names: Names,
    carrier: Carrier,
    at: DateTime<Utc>,
}

impl Confirmations<'_> {
    async fn write_to(&mut self, pending: &Pending) -> Result<bool, AnnounceError> {
        let programs = &self.current.publication.workspace.programs;
        let named = pending.wishes.of.iter().find_map(|wish| programs.get(&wish.program));
        let Some(program) = named.filter(|_| !pending.is_blocked) else {
            self.store.pass_over(pending.id, self.at).await?;
            return Ok(false);
        };
        let renderer = match &self.renderer {
            Some(renderer) => renderer,
            None => {
                let made = Renderer::new(&self.current.publication.templates);
                self.renderer.insert(made.map_err(AnnounceError::Confirmation)?)
            }
        };
        let edition = renderer.confirmation(program, &locale(program, pending));
        let edition = edition.map_err(AnnounceError::Confirmation)?;
        let domain = program.settings.sender.address.domain();
        let message_id = self.names.message_id(domain)?;
        let confirmation = Confirmation {
            pending,
            program: &program.id,
            publication: self.current.id,
            revision: &self.current.digest,
            edition: &edition,
            carrier: self.carrier,
            message_id: &message_id,
        };
        Ok(self.store.mail_confirmation(&confirmation, self.at).await?)
    }
}

fn locale(program: &Program, pending: &Pending) -> Locale {
    let locales = &program.settings.locales;
    let wanted = pending.wishes.locale.as_ref().and_then(|wanted| wanted.closest(locales));
    wanted.cloned().unwrap_or_else(|| program.settings.default_locale())
}
