//! Escalations: at a declared rung, second contacts of those who were told of a
//! cutoff and have not said that they are done, and one mail to the office.

use super::declared::Declared;
use super::editions::{Editions, Letter, Matter};
use super::names::Names;
use super::owed::thread;
use super::pace::Pace;
use super::past::Past;
use super::readers::Reader;
use super::round::Filler;
use super::{AnnounceError, Audience, CHUNK_SUBSCRIBERS};
use crate::links::Keys;
use crate::notice::{Facts, OccasionKind, RowId};
use crate::render::Escalated;
use crate::schedule::{Instant, Rung, escalations_due, is_told_of};
use crate::store::{
    Behalf, Chunk, Filling, Listener, NewEdition, NewOccasion, NewRow, Silence, Standing,
    StoredOccasion, Telling,
};
use std::collections::{BTreeSet, HashMap};

/// Fills what is due now and was not filled yet; says how many hear, the office
/// included.
pub(super) async fn escalate(
    filler: &Filler<'_>,
    announcement: &StoredOccasion,
    keys: &Keys,
) -> Result<u64, AnnounceError> {
    let Filler { store, declared, at, .. } = *filler;
    let due = escalations_due(declared.notice, &declared.program.settings, at);
    if due.is_empty() {
        return Ok(0);
    }
    let all = store.occasions_about(&declared.path).await?;
    let known = |kind, rung: &Rung<'_>| {
        all.iter().find(|occasion| occasion.kind == kind && occasion.key == rung.key)
    };
    let is_over =
        |rung: &Rung<'_>| known(OccasionKind::Escalated, rung).is_some_and(|o| o.is_filled);
    let mut added = 0;
    for rung in due.iter().filter(|rung| !is_over(rung)) {
        let escalation = match known(OccasionKind::Escalation, rung) {
            Some(known) => known.clone(),
            None => open(filler, announcement, OccasionKind::Escalation, rung).await?,
        };
        if !escalation.is_filled {
            added += Escalating::begin(filler, rung, &all, escalation.id).await?.fill().await?;
        }
        added += report(filler, announcement, rung, escalation.id, keys).await?;
    }
    Ok(added)
}

async fn open(
    filler: &Filler<'_>,
    announcement: &StoredOccasion,
    kind: OccasionKind,
    rung: &Rung<'_>,
) -> Result<StoredOccasion, AnnounceError> {
    let new = NewOccasion {
        occasion: filler.declared.occasion(kind, &rung.key),
        revision: filler.declared.revision.clone(),
        publication: filler.declared.publication,
        carrier: announcement.carrier,
    };
    Ok(filler.store.open_occasion(&new, filler.at).await?)
}

struct Escalating<'a> {
    filler: &'a Filler<'a>,
    rung: &'a Rung<'a>,
    audience: Audience<'a>,
    occasion: i64,
    /// What was written to the first contacts, and to the second ones.
    telling: Vec<i64>,
    escalated: Vec<i64>,
    /// By edition, the rows that it tells are cut off at this milestone.
    tells: HashMap<i64, BTreeSet<RowId>>,
}

/// What becomes of one subscriber.
enum Found<'a> {
    /// They were told, and said something.
    Heard,
    Silent(Option<Letter<'a>>),
}

impl<'a> Escalating<'a> {
    async fn begin(
        filler: &'a Filler<'a>,
        rung: &'a Rung<'a>,
        all: &[StoredOccasion],
        occasion: i64,
    ) -> Result<Self, AnnounceError> {
        let Filler { store, declared, .. } = *filler;
        let of = |reader: Reader| {
            all.iter().filter(move |o| reader.hears(o)).map(|o| o.id).collect::<Vec<i64>>()
        };
        let telling = of(Reader::First);
        let (mut tells, mut past) = (HashMap::new(), Past::of(store, &declared.path));
        for told in &telling {
            for edition in store.editions_of(*told).await? {
                let Some(then) = past.at(&edition.revision).await? else { continue };
                let rows = edition.rows.into_iter();
                let rows = rows.filter(|row| is_told_of(&then.notice, rung, row)).collect();
                tells.insert(edition.id, rows);
            }
        }
        Ok(Self {
            filler,
            rung,
            audience: Audience::of(declared.program, declared.notice),
            occasion,
            telling,
            escalated: of(Reader::Second),
            tells,
        })
    }

    async fn fill(&self) -> Result<u64, AnnounceError> {
        let Filler { store, declared, at, .. } = *self.filler;
        let mut added = 0;
        let mut editions = self.filler.editions(self.occasion).await?;
        loop {
            let state = store.occasion_by_id(self.occasion).await?;
            let Some(state) = state.filter(|state| !state.is_filled) else { return Ok(added) };
            let channel = Reader::First.channel();
            let page = store.recipients_of(&self.telling, channel, state.cursor, CHUNK_SUBSCRIBERS);
            let page = page.await?;
            let Some(last) = page.last().copied() else {
                store.finish_filling(self.occasion, state.cursor, at).await?;
                continue;
            };
            let cursor = (state.cursor, last);
            let (rows, found) = self.page(&mut editions, &page, cursor).await?;
            let (occasion, publication) = (self.occasion, declared.publication);
            let chunk = Chunk { occasion, cursor, publication, at };
            match store.fill_escalation(chunk, &rows, found).await? {
                Filling::Added(some) => added += some,
                Filling::Elsewhere => {}
                Filling::Outdated => return Err(AnnounceError::PublishedMeanwhile),
            }
        }
    }

    async fn page(
        &self,
        editions: &mut Editions<'_>,
        page: &[i64],
        range: (i64, i64),
    ) -> Result<(Vec<NewRow>, Silence), AnnounceError> {
        let Filler { store, declared, .. } = *self.filler;
        let Declared { path, .. } = declared;
        let told = store.tellings(&self.telling, Reader::First.channel(), range).await?;
        let before = store.tellings(&self.escalated, Reader::Second.channel(), range).await?;
        let done = store.acknowledged(path, page).await?;
        let standings = store.standings(&path.program, page).await?;
        let (none, mut rows, mut found) = (BTreeSet::new(), Vec::new(), Silence::default());
        for listener in &store.listeners(&path.program, page).await? {
            let standing = standings.get(&listener.id).copied().unwrap_or_default();
            let done = done.get(&listener.id).unwrap_or(&none);
            let tellings = (of(&told, listener), of(&before, listener));
            let Some(one) = self.look(listener, standing, tellings, done) else { continue };
            found.told += 1;
            if let Found::Silent(letter) = one {
                found.silent += 1;
                if let Some(letter) = letter {
                    rows.push(editions.row(letter).await?);
                }
            }
        }
        Ok((rows, found))
    }

    /// Nothing for whoever was not told of the milestone before the rung, or left.
    fn look(
        &self,
        listener: &Listener,
        standing: Standing,
        (told, before): (&[Telling], &[Telling]),
        done: &BTreeSet<RowId>,
    ) -> Option<Found<'a>> {
        let is_told = |t: &&Telling| t.stands.is_told() && t.made_at < self.rung.at;
        let (mut told_at, mut rows): (Option<Instant>, Vec<RowId>) = (None, Vec::new());
        for telling in told.iter().filter(is_told) {
            let Some(tells) = self.tells.get(&telling.edition).filter(|t| !t.is_empty()) else {
                continue;
            };
            let when = telling.settled_at.unwrap_or(telling.made_at);
            told_at = Some(told_at.map_or(when, |first| first.min(when)));
            rows.extend(tells.iter().cloned());
        }
        let (rows, apis) = self.audience.affected(listener, &rows);
        if standing.has_left || rows.is_empty() {
            return None;
        }
        if rows.iter().any(|row| done.contains(row)) {
            return Some(Found::Heard);
        }
        let letter = || self.letter(listener, standing, before, (rows, apis), told_at?);
        Some(Found::Silent(letter()))
    }

    /// Nothing without somebody else who may be written to.
    fn letter(
        &self,
        listener: &Listener,
        standing: Standing,
        before: &[Telling],
        (rows, apis): (Vec<RowId>, String),
        told_at: Instant,
    ) -> Option<Letter<'a>> {
        let Filler { declared, renderer, at, .. } = *self.filler;
        let second = standing.second.filter(|second| !second.is_suppressed)?;
        let concerned = self.rung.reminders.iter().filter(|r| rows.contains(r.row));
        let until = concerned.map(|reminder| reminder.until).min()?;
        let locale = self.audience.locale(listener);
        let day = told_at.with_timezone(&declared.program.settings.zone).date_naive();
        let told_on = renderer.language(&locale).day(day, false);
        let theirs: Vec<Telling> =
            before.iter().filter(|t| t.addressee == Some(second.person)).cloned().collect();
        Some(Letter {
            recipient: listener.id,
            locale,
            rows,
            apis,
            matter: Matter::Escalation(self.rung),
            thread: thread(&theirs),
            period: Pace::InHours.period(declared.program, listener.zone, at, Some(until)),
            behalf: Some(Behalf { addressee: second.person, told_on }),
        })
    }
}

/// The messages of one recipient; they stand together.
fn of<'t>(tellings: &'t [Telling], listener: &Listener) -> &'t [Telling] {
    let from = tellings.partition_point(|telling| telling.recipient < listener.id);
    let to = tellings.partition_point(|telling| telling.recipient <= listener.id);
    &tellings[from..to]
}

/// Tells the office, once, where anybody is silent; says whether it did now.
async fn report(
    filler: &Filler<'_>,
    announcement: &StoredOccasion,
    rung: &Rung<'_>,
    escalation: i64,
    keys: &Keys,
) -> Result<u64, AnnounceError> {
    let Filler { store, declared, renderer, at } = *filler;
    let (program, notice, settings) =
        (declared.program, declared.notice, &declared.program.settings);
    let Silence { told, silent } = store.silence(escalation).await?;
    if silent == 0 {
        return Ok(0);
    }
    let declared_to = settings.escalation.as_ref().and_then(|escalation| escalation.to.as_ref());
    let Some(to) = declared_to.or(settings.contact.email.as_ref()) else {
        tracing::warn!(notice = %declared.path, silent, "an escalation has nobody to be told to");
        return Ok(0);
    };
    let filled = store.occasion_by_id(escalation).await?.map_or(0, |state| state.filled);
    let found = Escalated { told, silent, written: u64::try_from(filled).unwrap_or(0) };
    let occasion = open(filler, announcement, OccasionKind::Escalated, rung).await?;
    let recipient = store.office_mailbox(to, &keys.mailbox(to), at).await?;
    let edition = renderer.escalated(program, notice, rung, found, &settings.default_locale());
    let edition = edition.map_err(|reason| {
        let notice = declared.path.clone();
        AnnounceError::Render { notice, reason }
    })?;
    let new = NewEdition {
        occasion: occasion.id,
        edition: &edition,
        revision: &declared.revision,
        since: None,
        facts: &Facts::default(),
    };
    let edition = store.put_edition(new, at).await?;
    let message_id = Names::default().message_id(settings.sender.address.domain())?;
    let period = Pace::InHours.period(program, None, at, None);
    let (apis, thread, behalf) = (String::new(), None, None);
    let row = NewRow { recipient, edition, apis, message_id, thread, period, behalf };
    let (cursor, publication) = ((0, recipient), declared.publication);
    let chunk = Chunk { occasion: occasion.id, cursor, publication, at };
    let added = match store.fill_chunk(chunk, &[row]).await? {
        Filling::Added(added) => added,
        Filling::Elsewhere => 0,
        Filling::Outdated => return Err(AnnounceError::PublishedMeanwhile),
    };
    let state = store.occasion_by_id(occasion.id).await?;
    let cursor = state.map_or(recipient, |state| state.cursor);
    store.finish_filling(occasion.id, cursor, at).await?;
    Ok(added)
}
