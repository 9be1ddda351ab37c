//! Who was told of a notice and has not said that they are done. Nothing is written.

use super::declared::Declared;
use super::readers::Reader;
use super::{AnnounceError, Audience, CHUNK_SUBSCRIBERS};
use crate::notice::{NoticePath, RowId};
use crate::schedule::Instant;
use crate::store::{Store, StoredPublication, Telling};
use std::collections::{BTreeSet, HashMap};

/// One recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unacknowledged {
    pub recipient: i64,
    /// When the first message that told them was settled.
    pub told_at: Instant,
    /// What they were told of, is still to come and is not said to be done; never empty.
    pub rows: Vec<RowId>,
}

/// The list of one notice, in pages.
pub struct Silent {
    path: NoticePath,
    current: StoredPublication,
    occasions: Vec<i64>,
    /// By edition.
    rows: HashMap<i64, Vec<RowId>>,
    now: Instant,
}

impl Silent {
    /// Nothing where the notice is not published.
    pub async fn open(
        store: &Store,
        path: &NoticePath,
        now: Instant,
    ) -> Result<Option<Self>, AnnounceError> {
        let Some(current) = store.current_publication().await? else { return Ok(None) };
        if current.publication.workspace.notice(path).is_none() {
            return Ok(None);
        }
        let all = store.occasions_about(path).await?;
        let heard = all.iter().filter(|occasion| Reader::First.hears(occasion));
        let occasions: Vec<i64> = heard.map(|occasion| occasion.id).collect();
        let mut rows = HashMap::new();
        for occasion in &occasions {
            let editions = store.editions_of(*occasion).await?;
            rows.extend(editions.into_iter().map(|edition| (edition.id, edition.rows)));
        }
        Ok(Some(Self { path: path.clone(), current, occasions, rows, now }))
    }

    /// Those of a page of recipients after `after`, and where the page ends; nothing
    /// at the end.
    pub async fn page(
        &self,
        store: &Store,
        after: i64,
    ) -> Result<Option<(Vec<Unacknowledged>, i64)>, AnnounceError> {
        let found = self.current.publication.workspace.notice(&self.path);
        let Some((program, notice)) = found else { return Ok(None) };
        let declared = Declared::new(program, notice, self.current.id);
        let channel = Reader::First.channel();
        let page = store.recipients_of(&self.occasions, channel, after, CHUNK_SUBSCRIBERS).await?;
        let Some(last) = page.last().copied() else { return Ok(None) };
        let tellings = store.tellings(&self.occasions, channel, (after, last)).await?;
        let done = store.acknowledged(&self.path, &page).await?;
        let standings = store.standings(&self.path.program, &page).await?;
        let audience = Audience::of(program, notice);
        let mut listed = Vec::new();
        for listener in store.listeners(&self.path.program, &page).await? {
            let of_them = |t: &&Telling| t.recipient == listener.id && t.stands.is_told();
            let from = tellings.partition_point(|telling| telling.recipient < listener.id);
            let own = tellings[from..].iter().take_while(|t| t.recipient == listener.id);
            let told: Vec<&Telling> = own.filter(of_them).collect();
            let settled = |telling: &&Telling| telling.settled_at.unwrap_or(telling.made_at);
            let Some(told_at) = told.iter().map(settled).min() else { continue };
            if standings.get(&listener.id).is_none_or(|standing| standing.has_left) {
                continue;
            }
            let none = BTreeSet::new();
            let done = done.get(&listener.id).unwrap_or(&none);
            let said = told.iter().filter_map(|telling| self.rows.get(&telling.edition)).flatten();
            let open = |row: &&RowId| !done.contains(*row) && declared.lies_ahead(row, self.now);
            let rows: Vec<RowId> = said.filter(open).cloned().collect();
            let (rows, _) = audience.affected(&listener, &rows);
            if !rows.is_empty() {
                listed.push(Unacknowledged { recipient: listener.id, told_at, rows });
            }
        }
        Ok(Some((listed, last)))
    }
}
