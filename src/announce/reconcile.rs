//! Reconciling: those who were told what is no longer true hear what changed,
//! what was not sent yet is withdrawn, and nobody else hears anything.
//!
//! A revision is gone through once, in pages of recipients under the cursor of
//! its change occasion, so that a round that was broken off goes on.

use super::declared::Declared;
use super::editions::{Editions, Letter, Matter};
use super::gathering;
use super::owed::{Book, Owed};
use super::pace::Pace;
use super::past::{Former, Past};
use super::round::Filler;
use super::{AnnounceError, Audience, CHUNK_SUBSCRIBERS};
use crate::notice::{ApiId, Digest, Facts, NoticePath, OccasionKind, RowId};
use crate::store::{
    Chunk, Filling, Listener, NewOccasion, NewRow, Store, StoreError, StoredOccasion, Telling,
    ToldNotice,
};
use std::collections::HashMap;
use std::sync::Arc;

/// What reconciling did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Where changes are written, if there were any to write.
    pub occasion: Option<i64>,
    pub added: u64,
    pub withdrawn: u64,
    /// Whether messages in flight have yet to show who was told what.
    pub is_open: bool,
}

/// Brings the readers of an announced notice up to the current revision.
pub(super) async fn reconcile(
    filler: &Filler<'_>,
    announcement: &StoredOccasion,
    pace: Pace,
) -> Result<Reconciled, AnnounceError> {
    let Filler { store, declared, at, .. } = *filler;
    let path = &declared.path;
    let told = store.told_notice(path).await?;
    let (known, is_settled) = match &told {
        Some(told) => (&told.revision, told.is_settled),
        None => (&announcement.revision, true),
    };
    let is_current = *known == declared.revision;
    if is_current && is_settled {
        return Ok(Reconciled::default());
    }
    let mut past = Past::of(store, path);
    let mut told = ToldNotice {
        subject: path.to_string(),
        revision: declared.revision.clone(),
        publication: declared.publication,
        is_settled: false,
    };
    if !is_current {
        let before = past.at(known).await?;
        if before.is_some_and(|before| reaches_further(&before, declared)) {
            store.look_again(announcement.id, at).await?;
        }
        store.put_told_notice(&told, at).await?;
    }
    let pass = Pass::begin(filler, announcement, pace, past).await?;
    let mut done = Reconciled::default();
    if let Some(mut pass) = pass {
        done = pass.run().await?;
    }
    if !done.is_open {
        told.is_settled = true;
        store.put_told_notice(&told, at).await?;
    }
    Ok(done)
}

/// How many would hear what changed; nothing is written.
pub(super) async fn forecast(
    store: &Store,
    declared: &Declared<'_>,
    announcement: &StoredOccasion,
) -> Result<u64, AnnounceError> {
    let told = store.told_notice(&declared.path).await?;
    let known = told.as_ref().map_or(&announcement.revision, |told| &told.revision);
    if *known == declared.revision && told.as_ref().is_none_or(|told| told.is_settled) {
        return Ok(0);
    }
    let (mut past, mut count, mut after) = (Past::of(store, &declared.path), 0, 0);
    let view = Scene::of(store, declared, &mut past).await?;
    loop {
        let page = store.recipients_of(&view.occasions, after, CHUNK_SUBSCRIBERS).await?;
        let Some(last) = page.last() else { return Ok(count) };
        let mut tellings = store.tellings(&view.occasions, (after, *last)).await?;
        after = *last;
        let to_withdraw = view.book.to_withdraw(&tellings);
        for telling in tellings.iter_mut().filter(|t| to_withdraw.contains(&t.row)) {
            *telling = telling.clone().withdrawn();
        }
        let audience = Audience::of(declared.program, declared.notice);
        for (listener, tellings) in with_listeners(store, declared, &page, &tellings).await? {
            let owed = view.owed(declared, &audience, &listener, tellings);
            count += u64::from(!listener.is_suppressed && !matches!(owed, Owed::Nothing));
        }
    }
}

/// Whether a row is there for APIs or in a place it was not there for: whoever
/// it concerns now, and was told nothing, is to be told.
fn reaches_further(before: &Former, declared: &Declared<'_>) -> bool {
    if before.notice.audience != declared.notice.audience {
        return true;
    }
    declared.notice.schedule.rows.iter().any(|(id, row)| {
        let was = before.notice.schedule.rows.get(id);
        was.is_none_or(|was| {
            let had = |api: &ApiId| was.targets.iter().any(|target| target.api == *api);
            was.environment != row.environment || !row.targets.iter().all(|t| had(&t.api))
        })
    })
}

/// Everything that was written about a notice, looked at from the present.
struct Scene {
    occasions: Vec<i64>,
    book: Book,
    /// By revision, what was said of all rows then.
    former: HashMap<Digest, Facts>,
}

impl Scene {
    async fn of(
        store: &Store,
        declared: &Declared<'_>,
        past: &mut Past<'_>,
    ) -> Result<Self, StoreError> {
        let occasions = store.occasions_about(&declared.path).await?;
        let occasions: Vec<i64> = occasions.iter().map(|occasion| occasion.id).collect();
        let mut editions = Vec::new();
        let mut former = HashMap::new();
        for occasion in &occasions {
            editions.extend(store.editions_of(*occasion).await?);
        }
        for edition in &mut editions {
            if let Some(then) = past.at(&edition.revision).await? {
                if edition.facts.is_empty() {
                    edition.facts = then.facts.of(&edition.rows);
                }
                former.entry(edition.revision.clone()).or_insert_with(|| then.facts.clone());
            }
        }
        Ok(Self { occasions, book: Book::new(editions, &declared.facts), former })
    }

    /// Whether anybody could be owed anything.
    fn has_news(&self, now: &Facts) -> bool {
        let differs = |then: &Facts| {
            then.superseded_by(now).next().is_some() || now.superseded_by(then).next().is_some()
        };
        self.book.holds_superseded() || self.former.values().any(differs)
    }

    fn owed(
        &self,
        declared: &Declared<'_>,
        audience: &Audience<'_>,
        listener: &Listener,
        tellings: &[Telling],
    ) -> Owed {
        let met = audience.met_by(&listener.interests);
        let rows: Vec<RowId> = met.map_or(Vec::new(), |met| met.rows);
        self.book.owed(declared, tellings, &rows, |revision| self.former.get(revision))
    }
}

/// One going through of all recipients.
struct Pass<'a> {
    filler: &'a Filler<'a>,
    scene: Scene,
    past: Past<'a>,
    audience: Audience<'a>,
    editions: Editions<'a>,
    pace: Pace,
    occasion: i64,
}

impl<'a> Pass<'a> {
    /// Nothing where nobody can be owed anything.
    async fn begin(
        filler: &'a Filler<'a>,
        announcement: &StoredOccasion,
        pace: Pace,
        mut past: Past<'a>,
    ) -> Result<Option<Self>, AnnounceError> {
        let Filler { store, declared, at, .. } = *filler;
        let scene = Scene::of(store, declared, &mut past).await?;
        if !scene.has_news(&declared.facts) {
            return Ok(None);
        }
        let new = NewOccasion {
            occasion: declared.occasion(OccasionKind::Change, &key(store, declared).await?),
            revision: declared.revision.clone(),
            publication: declared.publication,
            carrier: announcement.carrier,
        };
        let occasion = store.open_occasion(&new, at).await?.id;
        Ok(Some(Self {
            filler,
            audience: Audience::of(declared.program, declared.notice),
            editions: filler.editions(occasion).await?,
            scene,
            past,
            pace,
            occasion,
        }))
    }

    async fn run(&mut self) -> Result<Reconciled, AnnounceError> {
        let Filler { store, declared, at, .. } = *self.filler;
        let (occasion, publication) = (self.occasion, declared.publication);
        let mut done = Reconciled { occasion: Some(occasion), ..Reconciled::default() };
        loop {
            let state = store.occasion_by_id(occasion).await?;
            let Some(state) = state.filter(|state| !state.is_filled) else { break };
            let page =
                store.recipients_of(&self.scene.occasions, state.cursor, CHUNK_SUBSCRIBERS).await?;
            let Some(last) = page.last().copied() else {
                store.finish_filling(occasion, state.cursor, at).await?;
                continue;
            };
            let (rows, _) = self.page(&page, (state.cursor, last), &mut done).await?;
            let chunk = Chunk { occasion, cursor: (state.cursor, last), publication, at };
            match store.fill_chunk(chunk, &rows).await? {
                Filling::Added(some) => done.added += some,
                Filling::Elsewhere => {}
                Filling::Outdated => return Err(AnnounceError::PublishedMeanwhile),
            }
        }
        self.decide(&mut done).await?;
        Ok(done)
    }

    /// Those whose message was in flight, as far as it has come to an end.
    async fn decide(&mut self, done: &mut Reconciled) -> Result<(), AnnounceError> {
        let Filler { store, declared, at, .. } = *self.filler;
        let undecided = store.undecided(&self.scene.occasions, CHUNK_SUBSCRIBERS).await?;
        for recipient in undecided {
            let range = (recipient - 1, recipient);
            let (rows, tellings) = self.page(&[recipient], range, done).await?;
            if self.is_in_flight(&tellings) {
                done.is_open = true;
                continue;
            }
            let decided: Vec<i64> =
                tellings.iter().filter(|t| t.is_superseded).map(|t| t.row).collect();
            let (occasion, publication) = (self.occasion, declared.publication);
            let chunk = Chunk { occasion, cursor: (0, 0), publication, at };
            match store.decide(chunk, &rows, &decided).await? {
                Filling::Added(some) => done.added += some,
                Filling::Elsewhere => {}
                Filling::Outdated => return Err(AnnounceError::PublishedMeanwhile),
            }
        }
        Ok(())
    }

    fn is_in_flight(&self, tellings: &[Telling]) -> bool {
        !self.scene.book.to_withdraw(tellings).is_empty()
    }

    /// Withdraws what these recipients have not got yet, and gives the messages
    /// they are owed, with all they had.
    async fn page(
        &mut self,
        page: &[i64],
        range: (i64, i64),
        done: &mut Reconciled,
    ) -> Result<(Vec<NewRow>, Vec<Telling>), AnnounceError> {
        let Filler { store, declared, at, .. } = *self.filler;
        let mut tellings = store.tellings(&self.scene.occasions, range).await?;
        let to_withdraw = self.scene.book.to_withdraw(&tellings);
        if !to_withdraw.is_empty() {
            store.supersede(&to_withdraw, at).await?;
            tellings = store.tellings(&self.scene.occasions, range).await?;
            let left = self.scene.book.to_withdraw(&tellings);
            done.withdrawn += (to_withdraw.len() - left.len().min(to_withdraw.len())) as u64;
        }
        let mut rows = Vec::new();
        for (listener, tellings) in with_listeners(store, declared, page, &tellings).await? {
            if listener.is_suppressed {
                continue;
            }
            let owed = self.scene.owed(declared, &self.audience, &listener, tellings);
            rows.extend(self.message(&listener, owed).await?);
        }
        Ok((rows, tellings))
    }

    async fn message(
        &mut self,
        listener: &Listener,
        owed: Owed,
    ) -> Result<Option<NewRow>, AnnounceError> {
        let (rows, since, thread) = match owed {
            Owed::Nothing | Owed::Undecided => return Ok(None),
            Owed::Change { since, rows, thread } => (rows, Some(since), thread),
            Owed::Whole { rows } => (rows, None, None),
        };
        let former: Option<Arc<Former>> = match &since {
            Some(since) => self.past.at(since).await?,
            None => None,
        };
        let matter = former.as_deref().map_or(Matter::Whole, Matter::Change);
        let before = former.as_deref().map(|former| &former.notice);
        let telling = gathering::Telling { before, ..gathering::Telling::of(&rows) };
        let letter = Letter {
            recipient: listener.id,
            locale: self.audience.locale(listener),
            apis: self.audience.phrase_of(listener, &rows),
            period: self.filler.period(listener, telling, self.pace),
            rows,
            matter,
            thread,
        };
        Ok(Some(self.editions.row(letter).await?))
    }
}

/// What makes a change the occasion it is: a notice may come back to a revision
/// that it had before.
async fn key(store: &Store, declared: &Declared<'_>) -> Result<String, StoreError> {
    let revisions = store.revisions(&declared.path).await?;
    let since = revisions.last().map_or(0, |(_, publication)| publication.get());
    Ok(format!("{since}/{}", declared.revision.short()))
}

/// These recipients, as far as they are still known, each with their messages.
async fn with_listeners<'t>(
    store: &Store,
    declared: &Declared<'_>,
    page: &[i64],
    tellings: &'t [Telling],
) -> Result<Vec<(Listener, &'t [Telling])>, StoreError> {
    let listeners = store.listeners(&declared.path.program, page).await?;
    let of = |listener: &Listener| {
        let from = tellings.partition_point(|telling| telling.recipient < listener.id);
        let to = tellings.partition_point(|telling| telling.recipient <= listener.id);
        &tellings[from..to]
    };
    let with_theirs = |listener: Listener| {
        let theirs = of(&listener);
        (listener, theirs)
    };
    Ok(listeners.into_iter().map(with_theirs).collect())
}

/// The notice that a stored occasion is about.
pub(super) fn subject(occasion: &StoredOccasion) -> Option<NoticePath> {
    occasion.subject.parse().ok()
}
