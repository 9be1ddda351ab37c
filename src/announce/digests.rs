//! Weekly digests that are due: what was gathered for each reader becomes one
//! message.

use super::AnnounceError;
use super::names::Names;
use super::pace::Pace;
use super::past::{Former, Past};
use crate::notice::{Digest, Edition, Facts, Locale, NoticePath, OccasionKind, Program};
use crate::render::{DigestPart, PartMatter, Renderer};
use crate::schedule::{Instant, reminders, rungs};
use crate::store::{
    Bundling, DigestOccasion, DueDigests, Filling, Gathered, Listener, NewDigest, NewEdition,
    NewRow, Period, Store, StoredPublication,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Readers whose digests are made between two commits.
const READERS: i64 = 500;

/// Makes what is due, and says of how many messages. One message alone leaves as
/// itself.
pub(super) async fn bundle_due(
    store: &Store,
    current: &StoredPublication,
    renderer: &Renderer,
    at: Instant,
) -> Result<u64, AnnounceError> {
    let mut made = 0;
    let mut bundler = Bundler::new(store, current, renderer, at);
    while let Some(due) = store.due_digests(at, READERS).await? {
        match bundler.bundle(&due).await? {
            // Whoever else bundles took these; they are looked for again later.
            0 => break,
            some => made += some,
        }
    }
    Ok(made)
}

/// What decides what a digest looks like.
type Key = (i64, Locale, Vec<i64>);

struct Bundler<'a> {
    store: &'a Store,
    current: &'a StoredPublication,
    renderer: &'a Renderer,
    at: Instant,
    occasions: HashMap<String, i64>,
    editions: HashMap<Key, i64>,
    former: HashMap<(NoticePath, Digest), Option<Arc<Former>>>,
    names: Names,
}

impl<'a> Bundler<'a> {
    fn new(
        store: &'a Store,
        current: &'a StoredPublication,
        renderer: &'a Renderer,
        at: Instant,
    ) -> Self {
        let (occasions, editions, former) = (HashMap::new(), HashMap::new(), HashMap::new());
        let names = Names::default();
        Self { store, current, renderer, at, occasions, editions, former, names }
    }

    async fn bundle(&mut self, due: &DueDigests) -> Result<u64, AnnounceError> {
        let gathered = self.store.gathered(due).await?;
        let listeners = self.store.listeners(&due.program, &due.recipients).await?;
        let program = self.current.publication.workspace.programs.get(&due.program);
        let day = program.map_or_else(String::new, |program| {
            self.at.with_timezone(&program.settings.zone).date_naive().to_string()
        });
        let key = format!("{day}/{}/", due.carrier.as_str());
        let made = self.store.digests_made(&due.program, &key, &due.recipients).await?;
        let mut bundling = Bundling::default();
        for theirs in gathered.chunk_by(|one, next| one.recipient == next.recipient) {
            let recipient = theirs[0].recipient;
            let listener = listeners.iter().find(|listener| listener.id == recipient);
            let Some((program, listener)) =
                program.zip(listener).filter(|(_, listener)| !listener.is_suppressed)
            else {
                // Claiming finds out why not, and puts it on record.
                let at_once = Period::from(self.at);
                bundling.singles.extend(theirs.iter().map(|one| (one.row, at_once)));
                continue;
            };
            let nth = made.get(&recipient).unwrap_or(&0) + 1;
            let key = format!("{key}{nth}");
            self.sort_out(&mut bundling, due, (program, listener), theirs, &key).await?;
        }
        match self.store.bundle(&bundling, self.current.id, self.at).await? {
            Filling::Added(some) => Ok(some),
            Filling::Elsewhere => Ok(0),
            Filling::Outdated => Err(AnnounceError::PublishedMeanwhile),
        }
    }

    async fn sort_out(
        &mut self,
        bundling: &mut Bundling,
        due: &DueDigests,
        (program, listener): (&Program, &Listener),
        theirs: &[Gathered],
        key: &str,
    ) -> Result<(), AnnounceError> {
        let is_of_use =
            |one: &&Gathered| !one.is_superseded && one.not_after.is_none_or(|end| self.at <= end);
        let (members, late): (Vec<&Gathered>, Vec<_>) = theirs.iter().partition(is_of_use);
        let period = |end| Pace::InHours.period(program, listener.zone, self.at, end);
        bundling.singles.extend(late.iter().map(|one| (one.row, period(None))));
        if let [] | [_] = members[..] {
            bundling.singles.extend(members.iter().map(|one| (one.row, period(None))));
            return Ok(());
        }
        let not_after = members.iter().filter_map(|one| one.not_after).min();
        let period = period(not_after);
        let occasion = self.occasion(due, key).await?;
        let edition = match self.edition(occasion, program, listener, &members).await {
            Err(AnnounceError::Store(failure)) => return Err(failure.into()),
            Err(reason) => {
                // Each of them was rendered already, and so none is lost.
                tracing::error!(%reason, "its messages are sent one by one");
                bundling.singles.extend(members.iter().map(|one| (one.row, period)));
                return Ok(());
            }
            Ok(edition) => edition,
        };
        let domain = program.settings.sender.address.domain();
        let row = NewRow {
            recipient: listener.id,
            edition,
            apis: String::new(),
            message_id: self.names.message_id(domain)?,
            thread: None,
            period,
        };
        let members = members.iter().map(|one| one.row).collect();
        bundling.digests.push(NewDigest { occasion, row, members });
        Ok(())
    }

    async fn occasion(&mut self, due: &DueDigests, key: &str) -> Result<i64, AnnounceError> {
        if let Some(known) = self.occasions.get(&format!("{}/{key}", due.program)) {
            return Ok(*known);
        }
        let new = DigestOccasion {
            program: &due.program,
            key,
            carrier: due.carrier,
            publication: self.current.id,
            revision: &self.current.digest,
        };
        let opened = self.store.open_digest(new, self.at).await?;
        self.occasions.insert(format!("{}/{key}", due.program), opened);
        Ok(opened)
    }

    async fn edition(
        &mut self,
        occasion: i64,
        program: &Program,
        listener: &Listener,
        members: &[&Gathered],
    ) -> Result<i64, AnnounceError> {
        let locales = &program.settings.locales;
        let wanted = listener.locale.as_ref().and_then(|wanted| wanted.closest(locales));
        let locale = wanted.cloned().unwrap_or_else(|| program.settings.default_locale());
        let editions: Vec<i64> = members.iter().map(|one| one.edition).collect();
        let key = (occasion, locale, editions);
        if let Some(known) = self.editions.get(&key) {
            return Ok(*known);
        }
        let rendered = self.render(program, &key.1, members).await?;
        let new = NewEdition {
            occasion,
            edition: &rendered,
            // What it is made of takes the place of a revision.
            revision: &Digest::of(&key.2),
            since: None,
            facts: &Facts::default(),
        };
        let id = self.store.put_edition(new, self.at).await?;
        self.editions.insert(key, id);
        Ok(id)
    }

    async fn render(
        &mut self,
        program: &Program,
        locale: &Locale,
        members: &[&Gathered],
    ) -> Result<Edition, AnnounceError> {
        let mut told = Vec::with_capacity(members.len());
        for one in members {
            let now = self.at_revision(one, &one.revision).await?;
            let before = match &one.since {
                Some(since) => Some(self.at_revision(one, since).await?),
                None => None,
            };
            told.push((*one, now, before));
        }
        let parts: Vec<DigestPart<'_>> = told.iter().map(part).collect();
        self.renderer.digest(program, &parts, locale, self.at).map_err(AnnounceError::Digest)
    }

    /// A notice as it stood when a message about it was rendered.
    async fn at_revision(
        &mut self,
        one: &Gathered,
        revision: &Digest,
    ) -> Result<Arc<Former>, AnnounceError> {
        let key = (one.notice.clone(), revision.clone());
        if !self.former.contains_key(&key) {
            let found = Past::of(self.store, &one.notice).at(revision).await?;
            self.former.insert(key.clone(), found);
        }
        let found = self.former.get(&key).and_then(Clone::clone);
        found.ok_or_else(|| AnnounceError::Unpublished(one.notice.clone()))
    }
}

fn part<'p>(
    (one, now, before): &'p (&Gathered, Arc<Former>, Option<Arc<Former>>),
) -> DigestPart<'p> {
    let matter = match (one.kind, before) {
        (_, Some(before)) => PartMatter::Change(&before.program, &before.notice),
        (OccasionKind::Reminder, None) => {
            let all = rungs(reminders(&now.notice, &now.program.settings));
            let rung = all.into_iter().find(|rung| rung.key == one.key);
            rung.map_or(PartMatter::Whole, PartMatter::Reminder)
        }
        (_, None) => PartMatter::Whole,
    };
    DigestPart { program: &now.program, notice: &now.notice, rows: &one.rows, matter }
}
