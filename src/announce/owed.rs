//! What one recipient is owed after a notice changed: pure.

use super::declared::Declared;
use crate::notice::{Digest, Facts, RowId};
use crate::store::{Channel, Stands, StoredEdition, Telling};
use std::collections::HashMap;

/// What to do for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owed {
    Nothing,
    /// A message is in flight whose facts are superseded: whether they were told
    /// is not known yet.
    Undecided,
    /// They were told `since`, and these rows are theirs.
    Change {
        since: Digest,
        rows: Vec<RowId>,
        thread: Option<String>,
    },
    /// What was to be told them was withdrawn before they had it.
    Whole {
        rows: Vec<RowId>,
    },
}

/// Everything that was rendered about a notice so far, and which of it is no
/// longer true.
pub(super) struct Book {
    editions: HashMap<i64, Entry>,
}

struct Entry {
    revision: Digest,
    facts: Facts,
    is_superseded: bool,
}

impl Book {
    /// Each edition has its facts, or they were found out.
    pub fn new(editions: impl IntoIterator<Item = StoredEdition>, now: &Facts) -> Self {
        let entry = |edition: StoredEdition| {
            let is_superseded = edition.facts.superseded_by(now).next().is_some();
            let StoredEdition { id, revision, facts, .. } = edition;
            (id, Entry { revision, facts, is_superseded })
        };
        Self { editions: editions.into_iter().map(entry).collect() }
    }

    pub fn is_superseded(&self, edition: i64) -> bool {
        self.editions.get(&edition).is_some_and(|entry| entry.is_superseded)
    }

    pub fn holds_superseded(&self) -> bool {
        self.editions.values().any(|entry| entry.is_superseded)
    }

    /// Messages to take back.
    pub fn to_withdraw(&self, tellings: &[Telling]) -> Vec<i64> {
        let is_open = |t: &&Telling| matches!(t.stands, Stands::Waiting(_) | Stands::InFlight);
        let open = tellings.iter().filter(is_open);
        open.filter(|telling| self.is_superseded(telling.edition)).map(|t| t.row).collect()
    }

    /// What the recipient of these messages, in the order they were made, is
    /// owed. `concerned` are the rows that meet their interests now; `former`
    /// are the facts of all rows in a revision.
    pub fn owed<'f>(
        &self,
        declared: &Declared<'_>,
        tellings: &[Telling],
        concerned: &[RowId],
        former: impl Fn(&Digest) -> Option<&'f Facts>,
    ) -> Owed {
        let is_open = |t: &Telling| matches!(t.stands, Stands::Waiting(_) | Stands::InFlight);
        let is_stale = |t: &Telling| self.is_superseded(t.edition);
        if tellings.iter().any(|t| is_open(t) && is_stale(t)) {
            return Owed::Undecided;
        }
        let mut told = Facts::default();
        let mut since = None;
        let heard = tellings.iter().filter(|telling| telling.stands.is_on_its_way());
        for entry in heard.clone().filter_map(|telling| self.editions.get(&telling.edition)) {
            told.say(&entry.facts);
            since = Some(&entry.revision);
        }
        let now = &declared.facts;
        let Some(newest) = since else {
            let is_withdrawn = |t: &Telling| t.is_superseded && !t.stands.is_on_its_way();
            let is_of_use = concerned.iter().any(|row| !declared.is_cancelled(row));
            return if tellings.iter().any(is_withdrawn) && is_of_use {
                Owed::Whole { rows: concerned.to_vec() }
            } else {
                Owed::Nothing
            };
        };
        let stale: Vec<&RowId> = told.superseded_by(now).collect();
        let before = former(newest);
        // A row that came to concern them by the change itself is news to them;
        // one that their own interests brought in is not.
        let is_new = |row: &RowId| {
            told.get(row).is_none() && before.is_some_and(|before| before.get(row) != now.get(row))
        };
        if stale.is_empty() && !concerned.iter().any(is_new) {
            return Owed::Nothing;
        }
        let since = heard
            .clone()
            .rev()
            .filter_map(|t| self.editions.get(&t.edition))
            .find(|entry| stale.iter().any(|row| told.get(row) == entry.facts.get(row)));
        let since = since.map_or(newest, |entry| &entry.revision).clone();
        let is_theirs = |row: &&RowId| told.get(row).is_some() || concerned.contains(*row);
        let kept = declared.notice.schedule.rows.keys().filter(is_theirs);
        let gone = stale.iter().copied().filter(|row| now.get(row).is_none());
        let rows = kept.chain(gone).cloned().collect();
        Owed::Change { since, rows, thread: thread(tellings) }
    }
}

/// The Message-ID of the first mail that the recipient has or gets. What waits for
/// a digest leaves under another one.
pub(super) fn thread(tellings: &[Telling]) -> Option<String> {
    let is_mail = |t: &Telling| t.channel != Channel::Webhook && !t.is_gathered;
    let first = tellings.iter().find(|t| t.stands.is_on_its_way() && is_mail(t))?;
    Some(first.thread.clone().unwrap_or_else(|| first.message_id.clone()))
}
