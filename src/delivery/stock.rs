//! Letterheads and forms, made once for all the messages that use them.

use super::compose::ComposeError;
use super::dkim::SigningFailed;
use super::form::Form;
use super::letterhead::Letterhead;
use super::workbench::BenchError;
use crate::config::PublicUrl;
use crate::notice::{Edition, Locale, NoticePath, OccasionKind};
use crate::store::{Member, Store, StoreError, notice_of_test};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Mutex;

/// A round has at most a few hundred editions, and its messages come in order;
/// when this many are held the next ones start afresh. A form weighs about as
/// much as its message.
const MAX_HELD: usize = 128;

#[derive(Debug, thiserror::Error)]
pub(super) enum StockError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0} of this message is not in the database")]
    Missing(&'static str),
    #[error(transparent)]
    Compose(#[from] ComposeError),
    #[error(transparent)]
    Signing(#[from] SigningFailed),
    #[error(transparent)]
    Workbench(#[from] BenchError),
}

/// What all messages of an edition have in common.
pub(super) struct Printed {
    pub letterhead: Arc<Letterhead>,
    pub form: Form,
}

pub(super) struct Stock {
    store: Store,
    link_base: PublicUrl,
    /// By occasion and edition.
    forms: Mutex<HashMap<(i64, i64), Arc<Printed>>>,
    letterheads: Mutex<HashMap<(i64, Locale), Arc<Letterhead>>>,
}

impl Stock {
    pub fn new(store: Store, link_base: PublicUrl) -> Self {
        Self { store, link_base, forms: Mutex::default(), letterheads: Mutex::default() }
    }

    pub async fn printed(&self, occasion: i64, edition: i64) -> Result<Arc<Printed>, StockError> {
        let mut held = self.forms.lock().await;
        if let Some(printed) = held.get(&(occasion, edition)) {
            return Ok(printed.clone());
        }
        let loaded = self.store.edition(edition).await?;
        let loaded = loaded.ok_or(StockError::Missing("the edition"))?;
        let letterhead = self.letterhead(occasion, &loaded.locale).await?;
        let form = Form::new(&letterhead, &loaded);
        let printed = Arc::new(Printed { letterhead, form });
        if held.len() >= MAX_HELD {
            held.clear();
        }
        held.insert((occasion, edition), printed.clone());
        Ok(printed)
    }

    /// What a webhook is told, which is not printed.
    pub async fn told(
        &self,
        occasion: i64,
        edition: i64,
    ) -> Result<(Edition, Arc<Letterhead>), StockError> {
        let edition = self.store.edition(edition).await?;
        let edition = edition.ok_or(StockError::Missing("the edition"))?;
        let letterhead = self.letterhead(occasion, &edition.locale).await?;
        Ok((edition, letterhead))
    }

    /// The messages in a digest; none in any other message.
    pub async fn members(
        &self,
        letterhead: &Letterhead,
        row: i64,
    ) -> Result<Vec<Member>, StockError> {
        if letterhead.kind == OccasionKind::Digest {
            return Ok(self.store.members(row).await?);
        }
        Ok(Vec::new())
    }

    /// As the program stood in the publication that was announced.
    async fn letterhead(
        &self,
        occasion: i64,
        locale: &Locale,
    ) -> Result<Arc<Letterhead>, StockError> {
        let mut held = self.letterheads.lock().await;
        let key = (occasion, locale.clone());
        if let Some(letterhead) = held.get(&key) {
            return Ok(letterhead.clone());
        }
        let missing = StockError::Missing;
        let stored = self.store.occasion_by_id(occasion).await?.ok_or(missing("the occasion"))?;
        let publication = self.store.publication(stored.publication).await?;
        let publication = publication.ok_or(missing("the publication"))?.publication;
        let program = publication.workspace.programs.get(&stored.program);
        let program = program.ok_or(missing("the program"))?;
        let letterhead = match stored.kind {
            OccasionKind::Confirmation => {
                let pending = stored.key.parse().map_err(|_| missing("what is to be confirmed"))?;
                Letterhead::of_confirmation(program, pending, locale, &self.link_base)
            }
            OccasionKind::Digest => Letterhead::of_digest(program, locale, &self.link_base),
            OccasionKind::Drift => Letterhead::of_drift(program, locale, &self.link_base),
            OccasionKind::Webhook => Letterhead::of_webhook(program, locale, &self.link_base),
            OccasionKind::Test => {
                let path = notice_of_test(&stored.program, &stored.key);
                let path = path.ok_or(missing("the notice's name"))?;
                Letterhead::new(program, &path, stored.kind, locale, &self.link_base)
            }
            kind => {
                let path: NoticePath =
                    stored.subject.parse().map_err(|_| missing("the notice's name"))?;
                Letterhead::new(program, &path, kind, locale, &self.link_base)
            }
        };
        let letterhead = Arc::new(letterhead.map_err(ComposeError::from)?);
        if held.len() >= MAX_HELD {
            held.clear();
        }
        held.insert(key, letterhead.clone());
        Ok(letterhead)
    }
}
