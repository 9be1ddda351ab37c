//! Whom a notice concerns, and which of its rows: pure, and without a loop
//! over all subscribers.

use crate::notice::{ApiId, EnvironmentId, Kind, Locale, Notice, Program, Reach, RowId, Wanted};
use crate::store::Listener;
use std::collections::{BTreeSet, HashSet};

/// More names than this are a list nobody reads; the table has them all.
const MAX_NAMED_APIS: usize = 12;

/// A notice's rows, laid out for asking who is met by them.
pub struct Audience<'a> {
    rows: Vec<IndexedRow<'a>>,
    kind: Kind,
    reach: Reach,
    locales: &'a [Locale],
}

struct IndexedRow<'a> {
    id: &'a RowId,
    environment: &'a EnvironmentId,
    apis: HashSet<&'a ApiId>,
}

/// What one subscriber is told about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    pub locale: Locale,
    /// In the schedule's order; never empty.
    pub rows: Vec<RowId>,
    /// The subscriber's affected APIs, as a phrase.
    pub apis: String,
    /// Whether any row met their interests. Whoever reads only because everyone
    /// does is not affected.
    pub is_affected: bool,
}

/// What certain interests meet of a notice.
pub struct Met {
    pub rows: Vec<RowId>,
    /// The APIs by which they do, as a phrase.
    pub apis: String,
    /// Whether any row was met, rather than told all the same.
    pub is_affected: bool,
}

impl<'a> Audience<'a> {
    pub fn of(program: &'a Program, notice: &'a Notice) -> Self {
        let rows = notice.schedule.rows.iter().map(|(id, row)| IndexedRow {
            id,
            environment: &row.environment,
            apis: row.targets.iter().map(|target| &target.api).collect(),
        });
        Self {
            rows: rows.collect(),
            kind: notice.kind,
            reach: notice.audience.reach,
            locales: &program.settings.locales,
        }
    }

    pub fn whole_table(&self) -> Vec<RowId> {
        self.rows.iter().map(|row| row.id.clone()).collect()
    }

    /// `None` for whoever the notice does not concern.
    pub fn concern(&self, listener: &Listener) -> Option<Concern> {
        let Met { rows, apis, is_affected } = self.met_by(&listener.interests)?;
        Some(Concern { locale: self.locale(listener), rows, apis, is_affected })
    }

    /// Of these rows, those that meet the listener's interests, with the APIs by
    /// which they do.
    pub fn affected(&self, listener: &Listener, among: &[RowId]) -> (Vec<RowId>, String) {
        let interests = self.of_kind(&listener.interests);
        let mut apis = BTreeSet::new();
        let mut rows = Vec::new();
        for row in self.rows.iter().filter(|row| among.contains(row.id)) {
            if row.collect_met(&interests, &mut apis) {
                rows.push(row.id.clone());
            }
        }
        (rows, phrase(&apis))
    }

    /// Those that are about notices of this kind.
    fn of_kind<'i>(&self, interests: &'i [Wanted]) -> Vec<&'i Wanted> {
        let is_kind = |wanted: &&Wanted| wanted.kind.is_none_or(|kind| kind == self.kind);
        interests.iter().filter(is_kind).collect()
    }

    /// The rows that these interests meet, or that are told all the same. Whoever
    /// wants other kinds of notice alone is told nothing.
    pub fn met_by(&self, interests: &[Wanted]) -> Option<Met> {
        let interests = self.of_kind(interests);
        // Whoever asked to hear nothing of the program is not everyone.
        if interests.is_empty() {
            return None;
        }
        let mut apis = BTreeSet::new();
        let mut rows = Vec::new();
        for row in &self.rows {
            if row.collect_met(&interests, &mut apis) {
                rows.push(row.id.clone());
            }
        }
        let is_affected = !rows.is_empty();
        if !is_affected {
            if self.reach != Reach::Everyone {
                return None;
            }
            rows = self.whole_table();
        }
        Some(Met { rows, apis: phrase(&apis), is_affected })
    }

    /// The APIs by which some rows concern the listener, as a phrase; where none
    /// does any more, all that these rows name.
    pub fn phrase_of(&self, listener: &Listener, rows: &[RowId]) -> String {
        let (met, named) = self.affected(listener, rows);
        if !met.is_empty() {
            return named;
        }
        let told = self.rows.iter().filter(|row| rows.contains(row.id));
        phrase(&told.flat_map(|row| row.apis.iter().copied()).collect())
    }

    /// The subscriber's own language where the program speaks it, the same
    /// language of another region, or else the program's first.
    pub fn locale(&self, listener: &Listener) -> Locale {
        let wanted = listener.locale.as_ref().and_then(|wanted| wanted.closest(self.locales));
        wanted.or(self.locales.first()).cloned().unwrap_or_default()
    }
}

impl<'a> IndexedRow<'a> {
    /// Whether any interest meets the row; the APIs by which it does are added.
    fn collect_met(&self, interests: &[&Wanted], apis: &mut BTreeSet<&'a ApiId>) -> bool {
        let mut is_met = false;
        for Wanted { api, environment, .. } in interests.iter().copied() {
            if environment.as_ref().is_some_and(|wanted| wanted != self.environment) {
                continue;
            }
            match api {
                None => {
                    is_met = true;
                    apis.extend(&self.apis);
                }
                Some(api) => {
                    if let Some(known) = self.apis.get(api) {
                        is_met = true;
                        apis.insert(known);
                    }
                }
            }
        }
        is_met
    }
}

/// Wire names with commas, which reads the same in every language.
fn phrase(apis: &BTreeSet<&ApiId>) -> String {
    let named: Vec<&str> = apis.iter().take(MAX_NAMED_APIS).map(|api| api.as_str()).collect();
    let more = apis.len() - named.len();
    match (named.is_empty(), more) {
        (true, _) => "–".to_owned(),
        (_, 0) => named.join(", "),
        _ => format!("{}, … (+{more})", named.join(", ")),
    }
}
