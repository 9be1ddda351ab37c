//! Following up what was announced: a look every few seconds that costs next to
//! nothing while nothing falls due.

use super::approval::allowed;
use super::declared::Declared;
use super::digests::bundle_due;
use super::escalate::escalate;
use super::joiners::welcome;
use super::pace::{Pace, next_hours};
use super::reconcile::{reconcile, subject};
use super::remind::remind;
use super::round::Filler;
use super::{AnnounceError, CHUNK_SUBSCRIBERS};
use crate::links::Keys;
use crate::notice::NoticePath;
use crate::render::Renderer;
use crate::schedule::{Instant, next_escalation, next_reminder};
use crate::store::{Store, StoredOccasion, StoredPublication};
use chrono::TimeDelta;

/// Whoever began to fill longer ago has died, and looks at everybody again when
/// it is begun anew.
const LONGEST_FILLING: TimeDelta = TimeDelta::hours(1);

/// What one look did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Messages made.
    pub reminders: u64,
    /// To second contacts, and to the office about them.
    pub escalations: u64,
    pub changes: u64,
    pub announcements: u64,
    /// Digests made, and messages that left as themselves when one was due.
    pub digests: u64,
    /// Messages taken back because what they say is no longer true.
    pub withdrawn: u64,
    /// Messages whose sending hours had ended, and that leave in the next ones.
    pub put_off: u64,
    /// Whether more joined than one look takes.
    pub is_behind: bool,
    /// When the next reminder falls due; others may have to be looked for sooner.
    pub next: Option<Instant>,
}

impl Ticked {
    pub fn is_idle(&self) -> bool {
        Self { next: None, is_behind: false, ..*self } == Self::default()
    }
}

/// Follows up everything that was announced and entrusted to a carrier.
pub struct Rounds {
    store: Store,
    keys: Keys,
    held: Option<Held>,
}

/// What is known until something is published or announced.
struct Held {
    publication: StoredPublication,
    /// By which it is seen that an announcement was begun or went on.
    occasions: i64,
    /// By which it is seen that somebody approved.
    approvals: i64,
    followed: Vec<(NoticePath, StoredOccasion)>,
    renderer: Option<Renderer>,
    /// Whether everything was followed up to `next`.
    is_settled: bool,
    next: Option<Instant>,
}

impl Rounds {
    pub fn new(store: Store, keys: Keys) -> Self {
        Self { store, keys, held: None }
    }

    /// One look at `now`. What it leaves undone, because somebody published
    /// meanwhile or a message is in flight, the next one does.
    pub async fn tick(&mut self, now: Instant) -> Result<Ticked, AnnounceError> {
        let mut ticked = Ticked::default();
        if !self.refresh().await? {
            return Ok(ticked);
        }
        ticked.put_off = self.put_off(now).await?;
        match self.follow_up(now, &mut ticked).await {
            // The next look begins with what is current then.
            Err(AnnounceError::PublishedMeanwhile) => self.held = None,
            other => other?,
        }
        match self.bundle(now).await {
            Err(AnnounceError::PublishedMeanwhile) => self.held = None,
            bundled => ticked.digests = bundled?,
        }
        ticked.next = self.held.as_ref().and_then(|held| held.next);
        Ok(ticked)
    }

    /// Reads again what changed; says whether anything is published at all.
    async fn refresh(&mut self) -> Result<bool, AnnounceError> {
        let store = &self.store;
        let Some(current) = store.current_publication_id().await? else { return Ok(false) };
        let occasions = store.occasions_number().await?;
        let approvals = store.approvals_number().await?;
        let is_same = |held: &Held| {
            let numbers = (held.occasions, held.approvals);
            held.publication.id == current && numbers == (occasions, approvals)
        };
        if self.held.as_ref().is_some_and(is_same) {
            return Ok(true);
        }
        let known = self.held.take().filter(|held| held.publication.id == current);
        let (publication, renderer) = match known {
            Some(held) => (held.publication, held.renderer),
            None => match store.current_publication().await? {
                Some(publication) => (publication, None),
                None => return Ok(false),
            },
        };
        let begun = store.announcements().await?.into_iter().filter(StoredOccasion::is_followed);
        let workspace = &publication.publication.workspace;
        let declared = begun.filter_map(|announcement| {
            let path = subject(&announcement)?;
            workspace.notice(&path).is_some().then_some((path, announcement))
        });
        let followed = declared.collect();
        let (is_settled, next) = (false, None);
        self.held =
            Some(Held { publication, occasions, approvals, followed, renderer, is_settled, next });
        Ok(true)
    }

    async fn put_off(&self, now: Instant) -> Result<u64, AnnounceError> {
        let Some(held) = &self.held else { return Ok(0) };
        let mut moved = 0;
        for closing in self.store.closings(now).await? {
            let programs = &held.publication.publication.workspace.programs;
            let (opens, closes) = match programs.get(&closing.program) {
                Some(program) => {
                    let opening = next_hours(program, &closing, now);
                    (opening.opens, opening.closes)
                }
                None => (now, None),
            };
            loop {
                let some = self.store.open_again(&closing, opens, closes).await?;
                moved += some;
                if some == 0 {
                    break;
                }
            }
        }
        Ok(moved)
    }

    /// After following up: what was superseded is in no digest.
    async fn bundle(&mut self, now: Instant) -> Result<u64, AnnounceError> {
        let Some(held) = &mut self.held else { return Ok(0) };
        if self.store.due_digests(now, 1).await?.is_none() {
            return Ok(0);
        }
        let templates = &held.publication.publication.templates;
        if held.renderer.is_none() {
            held.renderer = Some(Renderer::new(templates).map_err(AnnounceError::Digest)?);
        }
        let Some(renderer) = &held.renderer else { return Ok(0) };
        bundle_due(&self.store, &held.publication, renderer, now).await
    }

    async fn follow_up(&mut self, now: Instant, ticked: &mut Ticked) -> Result<(), AnnounceError> {
        let (store, keys) = (&self.store, &self.keys);
        let Some(held) = &mut self.held else { return Ok(()) };
        let joined = joined(store, now).await?;
        let is_due = !held.is_settled || held.next.is_some_and(|next| next <= now);
        if !is_due && joined.is_empty() {
            return Ok(());
        }
        let id = held.publication.id;
        let published = &held.publication.publication;
        if held.renderer.is_none() && !held.followed.is_empty() {
            let renderer = Renderer::new(&published.templates);
            let path = held.followed[0].0.clone();
            held.renderer =
                Some(renderer.map_err(|reason| AnnounceError::Render { notice: path, reason })?);
        }
        let ids: Vec<i64> = joined.iter().map(|(id, _)| *id).collect();
        let (mut is_settled, mut are_welcomed, mut next) = (true, true, None);
        for (path, announcement) in &held.followed {
            let Some((program, notice)) = published.workspace.notice(path) else { continue };
            let Some(renderer) = &held.renderer else { continue };
            let declared = &Declared::new(program, notice, id);
            if let Err(reason) = allowed(store, declared, &published.templates, None).await? {
                // Seen again as soon as somebody approves.
                tracing::warn!(%reason, "nothing more is sent about a notice");
                continue;
            }
            let filler = Filler { store, declared, renderer, at: now };
            if is_due {
                is_settled &= held_up(tell(&filler, keys, announcement, ticked).await)?;
            }
            if !ids.is_empty() {
                let welcomed = welcome(&filler, announcement, &ids).await;
                ticked.announcements += *welcomed.as_ref().unwrap_or(&0);
                are_welcomed &= held_up(welcomed.map(|_| true))?;
            }
            let coming = next_reminder(notice, &program.settings, now);
            let escalating = next_escalation(notice, &program.settings, now);
            next = [next, coming, escalating].into_iter().flatten().min();
        }
        if are_welcomed && !joined.is_empty() {
            store.looked_at(&joined).await?;
            ticked.is_behind = joined.len() as i64 == CHUNK_SUBSCRIBERS;
        }
        if is_due {
            (held.is_settled, held.next) = (is_settled, next);
        }
        Ok(())
    }
}

/// A notice that cannot be rendered is told of, and holds up no other.
fn held_up(done: Result<bool, AnnounceError>) -> Result<bool, AnnounceError> {
    match done {
        Err(reason @ AnnounceError::Render { .. }) => {
            tracing::error!(%reason, "a notice cannot be followed up");
            Ok(false)
        }
        other => other,
    }
}

/// Changes first: a reminder of what is no longer true must not leave before.
/// Says whether nothing is left open.
async fn tell(
    filler: &Filler<'_>,
    keys: &Keys,
    announcement: &StoredOccasion,
    ticked: &mut Ticked,
) -> Result<bool, AnnounceError> {
    let done = reconcile(filler, announcement, Pace::InHours).await?;
    ticked.changes += done.added;
    ticked.withdrawn += done.withdrawn;
    ticked.announcements += filler.fill(announcement.id, Pace::InHours).await?.added;
    ticked.reminders += remind(filler, announcement).await?;
    ticked.escalations += escalate(filler, announcement, keys).await?;
    Ok(!done.is_open)
}

/// Who joined since the last look. While an announcement is being filled its
/// cursor may have passed them, so that they are kept for later.
async fn joined(store: &Store, now: Instant) -> Result<Vec<(i64, i64)>, AnnounceError> {
    let joined = store.joined(CHUNK_SUBSCRIBERS).await?;
    if !joined.is_empty() && store.is_announcing(now - LONGEST_FILLING).await? {
        return Ok(Vec::new());
    }
    Ok(joined)
}
