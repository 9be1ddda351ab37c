//! The editions of one occasion, rendered when first needed.

use super::declared::Declared;
use super::names::Names;
use super::past::Former;
use super::{AnnounceError, MAX_ROW_SETS};
use crate::notice::{Digest, Locale, OccasionKind, RowId};
use crate::render::Renderer;
use crate::schedule::Rung;
use crate::store::{NewEdition, NewRow, Period, Store};
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap};

/// What a message is about.
#[derive(Clone, Copy)]
pub(super) enum Matter<'m> {
    /// All of it, for whoever was told nothing before.
    Whole,
    /// What is coming.
    Reminder(&'m Rung<'m>),
    /// What changed since this revision.
    Change(&'m Former),
}

/// One message to be, and to whom.
pub(super) struct Letter<'m> {
    pub recipient: i64,
    pub locale: Locale,
    pub rows: Vec<RowId>,
    /// The recipient's affected APIs, as a phrase.
    pub apis: String,
    pub matter: Matter<'m>,
    pub thread: Option<String>,
    pub period: Period,
}

type Key = (Locale, Vec<RowId>, Option<Digest>);

pub(super) struct Editions<'a> {
    declared: &'a Declared<'a>,
    store: &'a Store,
    renderer: &'a Renderer,
    occasion: i64,
    at: DateTime<Utc>,
    known: HashMap<Key, i64>,
    row_sets: BTreeSet<Vec<RowId>>,
    names: Names,
}

impl<'a> Editions<'a> {
    /// Those of an interrupted round are used on: rendering them again might
    /// give other words to the second half of the readers.
    pub async fn load(
        declared: &'a Declared<'a>,
        store: &'a Store,
        renderer: &'a Renderer,
        occasion: i64,
        at: DateTime<Utc>,
    ) -> Result<Self, AnnounceError> {
        let mut known = HashMap::new();
        let mut row_sets = BTreeSet::new();
        let stored = store.editions_of(occasion).await?;
        for stored in stored.into_iter().filter(|stored| stored.revision == declared.revision) {
            row_sets.insert(stored.rows.clone());
            known.insert((stored.locale, stored.rows, stored.since), stored.id);
        }
        let names = Names::default();
        Ok(Self { declared, store, renderer, occasion, at, known, row_sets, names })
    }

    pub fn occasion(&self) -> i64 {
        self.occasion
    }

    pub async fn row(&mut self, letter: Letter<'_>) -> Result<NewRow, AnnounceError> {
        let Letter { recipient, locale, rows, apis, matter, thread, period } = letter;
        let edition = self.edition(locale, rows, matter).await?;
        let domain = self.declared.program.settings.sender.address.domain();
        let message_id = self.names.message_id(domain)?;
        Ok(NewRow { recipient, edition, apis, message_id, thread, period })
    }

    async fn edition(
        &mut self,
        locale: Locale,
        mut rows: Vec<RowId>,
        matter: Matter<'_>,
    ) -> Result<i64, AnnounceError> {
        if !self.row_sets.contains(&rows) {
            if self.row_sets.len() >= MAX_ROW_SETS {
                rows = self.widest(matter);
            }
            self.row_sets.insert(rows.clone());
        }
        let since = match matter {
            Matter::Change(former) => Some(former.revision.clone()),
            Matter::Whole | Matter::Reminder(_) => None,
        };
        let key = (locale, rows, since);
        if let Some(id) = self.known.get(&key) {
            return Ok(*id);
        }
        let Declared { program, notice, path, revision, facts, .. } = self.declared;
        let (locale, rows, since) = (&key.0, &key.1, key.2.as_ref());
        let rendered = match matter {
            Matter::Whole => {
                let kind = OccasionKind::Announcement;
                self.renderer.edition(program, notice, kind, locale, rows, self.at)
            }
            Matter::Reminder(rung) => {
                self.renderer.reminder(program, notice, rung, locale, rows, self.at)
            }
            Matter::Change(Former { program: before, notice: told, .. }) => {
                self.renderer.change((before, told), (program, notice), locale, rows, self.at)
            }
        };
        let edition =
            rendered.map_err(|reason| AnnounceError::Render { notice: path.clone(), reason })?;
        let facts = &facts.of(rows);
        let occasion = self.occasion;
        let new = NewEdition { occasion, edition: &edition, revision, since, facts };
        let id = self.store.put_edition(new, self.at).await?;
        self.known.insert(key, id);
        Ok(id)
    }

    /// What is sent in place of one more set of rows.
    fn widest(&self, matter: Matter<'_>) -> Vec<RowId> {
        match matter {
            Matter::Reminder(rung) => rung.reminders.iter().map(|r| r.row.clone()).collect(),
            Matter::Whole | Matter::Change(_) => {
                self.declared.notice.schedule.rows.keys().cloned().collect()
            }
        }
    }
}
