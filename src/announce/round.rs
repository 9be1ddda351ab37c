//! Announcing one notice, when somebody says so.

use super::approval::{Parts, allowed, needs_approval};
use super::declared::{Declared, announcement};
use super::editions::{Editions, Letter, Matter};
use super::gathering::Draft;
use super::pace::Pace;
use super::reconcile::{self, Reconciled};
use super::{AnnounceError, Audience, CHUNK_SUBSCRIBERS, Concern, MAX_ROW_SETS};
use crate::clock::Clock;
use crate::notice::{Carrier, Locale, NoticePath, RowId, Workspace};
use crate::render::{RenderError, Renderer};
use crate::store::{
    Chunk, Filling, Listener, NewOccasion, NewRow, Period, PublicationId, Store, StoredOccasion,
};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A published notice about to be announced.
pub struct Round {
    pub path: NoticePath,
    workspace: Arc<Workspace>,
    publication: PublicationId,
    templates: BTreeMap<String, String>,
    /// What was already begun.
    pub begun: Option<StoredOccasion>,
}

/// How many would hear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    pub by_locale: BTreeMap<Locale, u64>,
    /// By affected rows, in the schedule's order. Beyond the limit of sets,
    /// those who get the whole table instead are counted there.
    pub by_rows: BTreeMap<Vec<RowId>, u64>,
    pub suppressed: u64,
    /// Those who were told something that is no longer true, and hear what
    /// changed.
    pub changed: u64,
}

impl Forecast {
    pub fn total(&self) -> u64 {
        self.by_locale.values().sum()
    }
}

/// What filling did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    pub occasion: i64,
    pub added: u64,
    /// Whether a canary limit left subscribers for a later run.
    pub is_partial: bool,
}

/// What announcing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced {
    pub filled: Filled,
    /// Of those who were told something that is no longer true.
    pub reconciled: Reconciled,
}

impl Round {
    /// Reads the notice from the current publication.
    pub async fn load(store: &Store, path: &NoticePath) -> Result<Self, AnnounceError> {
        let current = store.current_publication().await?.ok_or(AnnounceError::NothingPublished)?;
        let workspace = current.publication.workspace;
        if workspace.notice(path).is_none() {
            let known = workspace.notices().map(|(p, n)| format!("{}/{}", p.id, n.id));
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(AnnounceError::UnknownNotice(path.clone(), known));
        }
        Ok(Self {
            path: path.clone(),
            workspace,
            publication: current.id,
            templates: current.publication.templates,
            begun: store.occasion(&announcement(path)).await?,
        })
    }

    fn declared(&self) -> Declared<'_> {
        let found = self.workspace.notice(&self.path);
        let (program, notice) = found.expect("`load` found the notice");
        Declared::new(program, notice, self.publication)
    }

    /// What an approval of this round has to cover.
    pub fn parts(&self) -> Parts {
        let Declared { program, notice, .. } = self.declared();
        Parts::of(program, notice, &self.templates)
    }

    /// The publication it goes by.
    pub fn publication(&self) -> PublicationId {
        self.publication
    }

    /// Fails where the program wants an approval and there is none that holds.
    pub async fn approved(&self, store: &Store, forecast: &Forecast) -> Result<(), AnnounceError> {
        let declared = self.declared();
        let reaches = Some(forecast.total());
        Ok(allowed(store, &declared, &self.templates, reaches).await??)
    }

    pub(super) async fn refuse_unless_approved(&self, store: &Store) -> Result<(), AnnounceError> {
        if !needs_approval(self.declared().program) {
            return Ok(());
        }
        self.approved(store, &self.forecast(store).await?).await
    }

    /// Counts without writing anything.
    pub async fn forecast(&self, store: &Store) -> Result<Forecast, AnnounceError> {
        let declared = self.declared();
        let audience = Audience::of(declared.program, declared.notice);
        let whole = audience.whole_table();
        let mut forecast = Forecast::default();
        if let Some(begun) = &self.begun {
            forecast.changed = reconcile::forecast(store, &declared, begun).await?;
        }
        let mut after = 0;
        loop {
            let page = store.audience(&self.path.program, None, after, CHUNK_SUBSCRIBERS).await?;
            let Some(last) = page.last() else { return Ok(forecast) };
            after = last.id;
            for listener in &page {
                let Some(concern) = audience.concern(listener) else { continue };
                if listener.is_suppressed {
                    forecast.suppressed += 1;
                    continue;
                }
                *forecast.by_locale.entry(concern.locale).or_default() += 1;
                let is_full = forecast.by_rows.len() >= MAX_ROW_SETS
                    && !forecast.by_rows.contains_key(&concern.rows);
                let rows = if is_full { whole.clone() } else { concern.rows };
                *forecast.by_rows.entry(rows).or_default() += 1;
            }
        }
    }

    /// Fills the outbox with what it lacks, up to `canary` rows in all. Whoever
    /// has a row keeps it and gets no second one.
    pub async fn fill(
        &self,
        store: &Store,
        canary: Option<u32>,
        at: DateTime<Utc>,
    ) -> Result<Filled, AnnounceError> {
        // Before anything is opened: a refusal leaves no trace.
        self.refuse_unless_approved(store).await?;
        let declared = self.declared();
        let new = NewOccasion {
            occasion: announcement(&self.path),
            revision: declared.revision.clone(),
            publication: self.publication,
            carrier: None,
        };
        let opened = store.open_occasion(&new, at).await?;
        store.resume_filling(opened.id, canary.map(i64::from), at).await?;
        self.fill_on(store, opened.id, at).await
    }

    /// Fills on from wherever the last one, or another process, left off.
    pub(super) async fn fill_on(
        &self,
        store: &Store,
        occasion: i64,
        at: DateTime<Utc>,
    ) -> Result<Filled, AnnounceError> {
        let (declared, renderer) = (self.declared(), self.renderer()?);
        let filler = Filler { store, declared: &declared, renderer: &renderer, at };
        filler.fill(occasion, Pace::AtOnce).await
    }

    /// Has those who were told something that is no longer true hear what
    /// changed. The announcement was begun, and says who carries it.
    pub async fn reconcile(
        &self,
        store: &Store,
        at: DateTime<Utc>,
    ) -> Result<Reconciled, AnnounceError> {
        let declared = self.declared();
        let Some(begun) = store.occasion(&announcement(&self.path)).await? else {
            return Ok(Reconciled::default());
        };
        self.refuse_unless_approved(store).await?;
        let renderer = self.renderer()?;
        let filler = Filler { store, declared: &declared, renderer: &renderer, at };
        reconcile::reconcile(&filler, &begun, Pace::AtOnce).await
    }

    /// Fills the round, leaves it with whoever sends in this way, and has those hear
    /// who were told otherwise. Broken off anywhere, the same again goes on from there.
    pub async fn announce(
        &self,
        store: &Store,
        canary: Option<u32>,
        carrier: Carrier,
        clock: &Clock,
    ) -> Result<Announced, AnnounceError> {
        let filled = self.fill(store, canary, clock.now()).await?;
        store.entrust(filled.occasion, carrier).await?;
        let reconciled = self.reconcile(store, clock.now()).await?;
        Ok(Announced { filled, reconciled })
    }

    fn renderer(&self) -> Result<Renderer, AnnounceError> {
        let unrendered =
            |reason: RenderError| AnnounceError::Render { notice: self.path.clone(), reason };
        Renderer::new(&self.templates).map_err(unrendered)
    }
}

/// Some of an announcement's rows, and between whom they lie; without a last one
/// nobody is left.
struct Page {
    after: i64,
    last: Option<i64>,
    rows: Vec<NewRow>,
}

/// Looked at between two commits of an announcement. More would keep other
/// writers waiting longer and take more memory, fewer would have the disk waited
/// for more often.
const PAGE_SUBSCRIBERS: i64 = 8_000;

/// What filling any occasion needs.
#[derive(Clone, Copy)]
pub(super) struct Filler<'a> {
    pub store: &'a Store,
    pub declared: &'a Declared<'a>,
    pub renderer: &'a Renderer,
    pub at: DateTime<Utc>,
}

impl<'a> Filler<'a> {
    pub async fn editions(&self, occasion: i64) -> Result<Editions<'a>, AnnounceError> {
        Editions::load(self.declared, self.store, self.renderer, occasion, self.at).await
    }

    /// Fills an announcement from its cursor on, to its end or its canary limit.
    pub async fn fill(&self, occasion: i64, pace: Pace) -> Result<Filled, AnnounceError> {
        let Self { store, declared, at, .. } = *self;
        let mut added = 0;
        if store.occasion_by_id(occasion).await?.is_none_or(|state| state.is_filled) {
            return Ok(Filled { occasion, added, is_partial: false });
        }
        let mut editions = self.editions(occasion).await?;
        let mut ahead: Option<Page> = None;
        loop {
            let state = store.occasion_by_id(occasion).await?;
            let Some(state) = state.filter(|state| !state.is_filled) else { break };
            let room = state.canary.map(|canary| (canary - state.filled).max(0));
            if room == Some(0) {
                return Ok(Filled { occasion, added, is_partial: true });
            }
            let Page { last, rows, .. } = match ahead.take() {
                Some(page) if page.after == state.cursor && room.is_none() => page,
                _ => self.page(&mut editions, state.cursor, pace, room).await?,
            };
            let Some(last) = last else {
                // The next turn sees whether it is finished, or everyone is looked at again.
                store.finish_filling(occasion, state.cursor, at).await?;
                continue;
            };
            let cursor = (state.cursor, last);
            let chunk = Chunk { occasion, cursor, publication: declared.publication, at };
            let filling = store.fill_chunk(chunk, &rows);
            let filled = match room {
                // While these are written, the next are looked at.
                None => {
                    let (filled, page) =
                        tokio::join!(filling, self.page(&mut editions, last, pace, None));
                    ahead = Some(page?);
                    filled?
                }
                Some(_) => filling.await?,
            };
            match filled {
                Filling::Added(some) => added += some,
                // Another process filled this chunk meanwhile: the loop goes on
                // from wherever that one left the cursor.
                Filling::Elsewhere => {}
                Filling::Outdated => return Err(AnnounceError::PublishedMeanwhile),
            }
        }
        Ok(Filled { occasion, added, is_partial: false })
    }

    /// What follows on `after` of the round that `editions` is of: `room` rows at
    /// the most, where that is bounded.
    async fn page(
        &self,
        editions: &mut Editions<'_>,
        after: i64,
        pace: Pace,
        room: Option<i64>,
    ) -> Result<Page, AnnounceError> {
        let Self { store, declared, at, .. } = *self;
        let audience = Audience::of(declared.program, declared.notice);
        let (program, occasion) = (&declared.path.program, Some(editions.occasion()));
        let listeners = store.audience(program, occasion, after, PAGE_SUBSCRIBERS).await?;
        let mut last = listeners.last().map(|listener| listener.id);
        let most = room.and_then(|room| usize::try_from(room).ok()).unwrap_or(usize::MAX);
        let mut rows = Vec::with_capacity(listeners.len().min(most));
        // Each is let go of as soon as their row is there.
        for listener in listeners {
            let Some(concern) = self.concern(&audience, &listener, pace) else { continue };
            let period = match room {
                // Whoever tries a notice out wants to see what comes of it.
                Some(_) => pace.period(declared.program, listener.zone, at, None),
                None => self.period(&listener, Draft::of(&concern.rows), pace),
            };
            rows.push(self.announce_to(editions, &listener, concern, period).await?);
            if rows.len() >= most {
                last = Some(listener.id);
                break;
            }
        }
        Ok(Page { after, last, rows })
    }

    /// Whom the notice concerns. Where nobody asked for this message by hand, it
    /// must still be of use.
    pub fn concern(
        &self,
        audience: &Audience<'_>,
        listener: &Listener,
        pace: Pace,
    ) -> Option<Concern> {
        let concern = audience.concern(listener)?;
        let is_ahead = |row: &RowId| self.declared.lies_ahead(row, self.at);
        (pace == Pace::AtOnce || concern.rows.iter().any(is_ahead)).then_some(concern)
    }

    pub async fn announce_to(
        &self,
        editions: &mut Editions<'_>,
        listener: &Listener,
        concern: Concern,
        period: Period,
    ) -> Result<NewRow, AnnounceError> {
        let Concern { locale, rows, apis, .. } = concern;
        let recipient = listener.id;
        let matter = Matter::Whole;
        let (thread, behalf) = (None, None);
        let letter = Letter { recipient, locale, rows, apis, matter, thread, period, behalf };
        editions.row(letter).await
    }
}
