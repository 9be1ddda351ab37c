//! One round: from a published notice and its audience to outbox rows.
//!
//! Nobody else fills the outbox. The round reads what was published, never the
//! folder, and knows nothing of how a message is sent.

mod audience;
mod confirmations;
mod hearers;

pub use audience::{Audience, Concern, Met};
pub use confirmations::confirmations;
pub use hearers::{Hearers, hearers};

use crate::notice::{Digest, Locale, Notice, NoticePath, Occasion, OccasionKind, Program, RowId};
use crate::render::{RenderError, Renderer};
use crate::store::{NewOccasion, NewRow, PublicationId, Store, StoreError, StoredOccasion};
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Subscribers looked at between two commits, so that no other write waits long.
pub const CHUNK_SUBSCRIBERS: i64 = 5_000;

/// Editions are rendered for each set of affected rows. Beyond this many sets
/// the whole table is sent: to render and keep thousands of editions would
/// serve nobody.
pub const MAX_ROW_SETS: usize = 64;

/// A notice is announced once; what changes later is a change.
const ANNOUNCEMENT: &str = "announcement";

#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    #[error("nothing was published to this database yet: `fairwarning publish` comes first")]
    NothingPublished,
    #[error("the current publication has no notice `{0}`; published are: {1}")]
    UnknownNotice(NoticePath, String),
    #[error(
        "`{notice}` has changed since it was announced (then {announced}, now {current}), and \
         nothing was sent: mail about changes is not there yet. The page and the API show the \
         change. To finish the first announcement, restore its text and publish it"
    )]
    Superseded { notice: NoticePath, announced: String, current: String },
    #[error("`{notice}` cannot be rendered: {reason}")]
    Render { notice: NoticePath, reason: RenderError },
    #[error("a confirmation cannot be rendered: {0}")]
    Confirmation(RenderError),
    #[error("the machine gives no random numbers: {0}")]
    Randomness(getrandom::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A published notice about to be announced.
pub struct Round {
    pub path: NoticePath,
    program: Program,
    notice: Notice,
    revision: Digest,
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

impl Round {
    /// Reads the notice from the current publication, and refuses if another
    /// revision of it was announced.
    pub async fn load(store: &Store, path: &NoticePath) -> Result<Self, AnnounceError> {
        let current = store.current_publication().await?.ok_or(AnnounceError::NothingPublished)?;
        let mut workspace = current.publication.workspace;
        let Some((program, notice)) = workspace.notice(path) else {
            let known = workspace.notices().map(|(p, n)| format!("{}/{}", p.id, n.id));
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(AnnounceError::UnknownNotice(path.clone(), known));
        };
        let (revision, notice) = (program.revision(notice), notice.clone());
        let program = workspace
            .programs
            .swap_remove(&path.program)
            .expect("the notice was found in this program");
        let round = Self {
            path: path.clone(),
            program,
            notice,
            revision,
            publication: current.id,
            templates: current.publication.templates,
            begun: store.occasion(&occasion(path)).await?,
        };
        round.refuse_if_superseded(round.begun.as_ref())?;
        Ok(round)
    }

    fn refuse_if_superseded(&self, begun: Option<&StoredOccasion>) -> Result<(), AnnounceError> {
        match begun {
            Some(begun) if begun.revision != self.revision => Err(AnnounceError::Superseded {
                notice: self.path.clone(),
                announced: begun.revision.short().to_owned(),
                current: self.revision.short().to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// Counts without writing anything.
    pub async fn forecast(&self, store: &Store) -> Result<Forecast, AnnounceError> {
        let audience = Audience::of(&self.program, &self.notice);
        let whole = audience.whole_table();
        let mut forecast = Forecast::default();
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
        let renderer = Renderer::new(&self.templates).map_err(|reason| self.unrendered(reason))?;
        let new = NewOccasion {
            occasion: occasion(&self.path),
            revision: self.revision.clone(),
            publication: self.publication,
        };
        let opened = store.open_occasion(&new, at).await?;
        self.refuse_if_superseded(Some(&opened))?;
        store.resume_filling(opened.id, canary.map(i64::from)).await?;
        let audience = Audience::of(&self.program, &self.notice);
        let mut editions = Editions::load(self, store, renderer, opened.id, at).await?;
        let mut added = 0;
        loop {
            let state = store.occasion_by_id(opened.id).await?;
            let Some(state) = state.filter(|state| !state.is_filled) else { break };
            let room = state.canary.map(|canary| (canary - state.filled).max(0));
            if room == Some(0) {
                return Ok(Filled { occasion: opened.id, added, is_partial: true });
            }
            let program = &self.path.program;
            let unwritten = Some(opened.id);
            let page = store.audience(program, unwritten, state.cursor, CHUNK_SUBSCRIBERS).await?;
            let Some(mut last) = page.last().map(|listener| listener.id) else {
                store.finish_filling(opened.id, at).await?;
                break;
            };
            let room = room.and_then(|room| usize::try_from(room).ok()).unwrap_or(usize::MAX);
            let mut rows = Vec::with_capacity(page.len().min(room));
            for listener in &page {
                let Some(concern) = audience.concern(listener) else { continue };
                rows.push(editions.row(listener.id, concern).await?);
                if rows.len() >= room {
                    last = listener.id;
                    break;
                }
            }
            // Where another process filled this chunk meanwhile, the loop goes
            // on from wherever that one left the cursor.
            let chunk = store.fill_chunk(opened.id, (state.cursor, last), &rows, at).await?;
            added += chunk.unwrap_or(0);
        }
        Ok(Filled { occasion: opened.id, added, is_partial: false })
    }

    fn unrendered(&self, reason: RenderError) -> AnnounceError {
        AnnounceError::Render { notice: self.path.clone(), reason }
    }
}

fn occasion(path: &NoticePath) -> Occasion {
    Occasion {
        notice: path.clone(),
        kind: OccasionKind::Announcement,
        key: ANNOUNCEMENT.to_owned(),
    }
}

/// The editions of one occasion, rendered when first needed.
struct Editions<'a> {
    round: &'a Round,
    store: &'a Store,
    renderer: Renderer,
    occasion: i64,
    at: DateTime<Utc>,
    known: HashMap<(Locale, Vec<RowId>), i64>,
    row_sets: BTreeSet<Vec<RowId>>,
}

impl<'a> Editions<'a> {
    /// Those of an interrupted round are used on: rendering them again might
    /// give other words to the second half of the readers.
    async fn load(
        round: &'a Round,
        store: &'a Store,
        renderer: Renderer,
        occasion: i64,
        at: DateTime<Utc>,
    ) -> Result<Self, AnnounceError> {
        let mut known = HashMap::new();
        let mut row_sets = BTreeSet::new();
        for stored in store.editions_of(occasion).await? {
            row_sets.insert(stored.rows.clone());
            known.insert((stored.locale, stored.rows), stored.id);
        }
        Ok(Self { round, store, renderer, occasion, at, known, row_sets })
    }

    async fn row(&mut self, recipient: i64, concern: Concern) -> Result<NewRow, AnnounceError> {
        let edition = self.edition(concern.locale, concern.rows).await?;
        let domain = self.round.program.settings.sender.address.domain();
        let message_id = format!("{}@{domain}", random_name()?);
        Ok(NewRow { recipient, edition, apis: concern.apis, message_id })
    }

    async fn edition(
        &mut self,
        locale: Locale,
        mut rows: Vec<RowId>,
    ) -> Result<i64, AnnounceError> {
        if !self.row_sets.contains(&rows) {
            if self.row_sets.len() >= MAX_ROW_SETS {
                rows = self.round.notice.schedule.rows.keys().cloned().collect();
            }
            self.row_sets.insert(rows.clone());
        }
        let key = (locale, rows);
        if let Some(id) = self.known.get(&key) {
            return Ok(*id);
        }
        let Round { program, notice, .. } = self.round;
        let kind = OccasionKind::Announcement;
        let edition = self
            .renderer
            .edition(program, notice, kind, &key.0, &key.1, self.at)
            .map_err(|reason| self.round.unrendered(reason))?;
        let id = self.store.put_edition(self.occasion, &edition, self.at).await?;
        self.known.insert(key, id);
        Ok(id)
    }
}

/// 100 bits: what stands before the `@` of a Message-ID tells nobody who the
/// recipient is or how many there are.
fn random_name() -> Result<String, AnnounceError> {
    let mut bytes = [0; 13];
    getrandom::fill(&mut bytes).map_err(AnnounceError::Randomness)?;
    Ok(BASE32_NOPAD.encode(&bytes)[..20].to_ascii_lowercase())
}
