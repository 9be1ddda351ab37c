//! Reminders: one occasion for each rung, one mail for whom any of its rows
//! concerns.

use super::declared::Declared;
use super::editions::{Letter, Matter};
use super::gathering;
use super::owed::thread;
use super::pace::Pace;
use super::round::Filler;
use super::{AnnounceError, Audience, CHUNK_SUBSCRIBERS};
use crate::notice::{OccasionKind, RowId};
use crate::schedule::{Reminder, Rung, reminders_due, rungs};
use crate::store::{Chunk, Filling, Listener, NewOccasion, NewRow, StoredOccasion, Telling};
use std::collections::BTreeSet;

/// Fills what is due now and was not filled yet; says how many hear.
pub(super) async fn remind(
    filler: &Filler<'_>,
    announcement: &StoredOccasion,
) -> Result<u64, AnnounceError> {
    let Filler { store, declared, at, .. } = *filler;
    let due = rungs(reminders_due(declared.notice, &declared.program.settings, at));
    if due.is_empty() {
        return Ok(0);
    }
    let all = store.occasions_about(&declared.path).await?;
    let is_telling = |o: &&StoredOccasion| o.kind != OccasionKind::Reminder;
    let telling: Vec<i64> = all.iter().filter(is_telling).map(|occasion| occasion.id).collect();
    let is_filled = |rung: &Rung<'_>| {
        let same = |o: &&StoredOccasion| o.kind == OccasionKind::Reminder && o.key == rung.key;
        all.iter().find(same).is_some_and(|occasion| occasion.is_filled)
    };
    let mut added = 0;
    for rung in due.iter().filter(|rung| !is_filled(rung)) {
        let new = NewOccasion {
            occasion: declared.occasion(OccasionKind::Reminder, &rung.key),
            revision: declared.revision.clone(),
            publication: declared.publication,
            carrier: announcement.carrier,
        };
        let occasion = store.open_occasion(&new, at).await?.id;
        let mut reminding = Reminding {
            filler,
            rung,
            telling: &telling,
            audience: Audience::of(declared.program, declared.notice),
            occasion,
        };
        added += reminding.fill().await?;
    }
    Ok(added)
}

struct Reminding<'a> {
    filler: &'a Filler<'a>,
    rung: &'a Rung<'a>,
    /// The announcement and its changes.
    telling: &'a [i64],
    audience: Audience<'a>,
    occasion: i64,
}

impl Reminding<'_> {
    async fn fill(&mut self) -> Result<u64, AnnounceError> {
        let Filler { store, declared, at, .. } = *self.filler;
        let mut added = 0;
        let mut editions = self.filler.editions(self.occasion).await?;
        loop {
            let state = store.occasion_by_id(self.occasion).await?;
            let Some(state) = state.filter(|state| !state.is_filled) else { return Ok(added) };
            let page = store.recipients_of(self.telling, state.cursor, CHUNK_SUBSCRIBERS).await?;
            let Some(last) = page.last().copied() else {
                store.finish_filling(self.occasion, state.cursor, at).await?;
                continue;
            };
            let cursor = (state.cursor, last);
            let mut rows: Vec<NewRow> = Vec::with_capacity(page.len());
            for letter in self.letters(&page, cursor).await? {
                rows.push(editions.row(letter).await?);
            }
            let (occasion, publication) = (self.occasion, declared.publication);
            let chunk = Chunk { occasion, cursor, publication, at };
            match store.fill_chunk(chunk, &rows).await? {
                Filling::Added(some) => added += some,
                Filling::Elsewhere => {}
                Filling::Outdated => return Err(AnnounceError::PublishedMeanwhile),
            }
        }
    }

    async fn letters(
        &self,
        page: &[i64],
        range: (i64, i64),
    ) -> Result<Vec<Letter<'_>>, AnnounceError> {
        let Filler { store, declared, .. } = *self.filler;
        let Declared { path, .. } = declared;
        let tellings = store.tellings(self.telling, range).await?;
        let done = store.acknowledged(path, page).await?;
        let none = BTreeSet::new();
        let listeners = store.listeners(&path.program, page).await?;
        let letter = |listener: &Listener| {
            let from = tellings.partition_point(|telling| telling.recipient < listener.id);
            let to = tellings.partition_point(|telling| telling.recipient <= listener.id);
            let done = done.get(&listener.id).unwrap_or(&none);
            self.letter(listener, &tellings[from..to], done)
        };
        Ok(listeners.iter().filter_map(letter).collect())
    }

    /// Nothing for whoever is not concerned, was told of it only after it was
    /// due, or has said to be done.
    fn letter(
        &self,
        listener: &Listener,
        tellings: &[Telling],
        done: &BTreeSet<RowId>,
    ) -> Option<Letter<'_>> {
        let is_told = |t: &Telling| t.stands.is_on_its_way() && t.made_at < self.rung.at;
        if listener.is_suppressed || !tellings.iter().any(is_told) {
            return None;
        }
        let open = |reminder: &&Reminder<'_>| !done.contains(reminder.row);
        let coming: Vec<_> = self.rung.reminders.iter().filter(open).collect();
        let rows: Vec<_> = coming.iter().map(|reminder| reminder.row.clone()).collect();
        let (rows, apis) = self.audience.affected(listener, &rows);
        let until = coming.iter().filter(|r| rows.contains(r.row)).map(|r| r.until).min()?;
        let telling =
            gathering::Telling { not_after: Some(until), ..gathering::Telling::of(&rows) };
        let period = self.filler.period(listener, telling, Pace::InHours);
        Some(Letter {
            recipient: listener.id,
            locale: self.audience.locale(listener),
            rows,
            apis,
            matter: Matter::Reminder(self.rung),
            thread: thread(tellings),
            period,
        })
    }
}
