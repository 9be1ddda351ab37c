//! The index: every line of the table, and the lines for each key.

use super::agenda::Place;
use super::declared::Declared;
use crate::notice::{
    ApiId, Environment, HttpUrl, Notice, NoticeId, NoticePath, Program, ProgramId, Row, RowId,
    Target, Workspace,
};
use crate::schedule::{Instant, State, bounds, last_edge, next_edge, state};
use std::collections::HashMap;
use std::sync::Arc;

/// One line, by its places in the workspace's ordered maps. Twenty bytes a
/// line keep a table of a million lines in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    program: u32,
    notice: u32,
    row: u32,
    target: u32,
}

/// A line with everything it refers to.
#[derive(Clone, Copy)]
pub struct Located<'w> {
    pub program: &'w Program,
    pub notice: &'w Notice,
    pub row_id: &'w RowId,
    pub row: &'w Row,
    pub target: &'w Target,
}

impl<'w> Located<'w> {
    pub fn environment(&self) -> &'w Environment {
        self.program
            .catalogue
            .environments
            .get(&self.row.environment)
            .expect("check resolved the environment")
    }

    pub fn urls(&self) -> impl Iterator<Item = &'w HttpUrl> + use<'w> {
        let environment = self.environment();
        self.row.urls.iter().filter_map(move |id| environment.urls.get(id))
    }

    pub fn path(&self) -> NoticePath {
        NoticePath { program: self.program.id.clone(), notice: self.notice.id.clone() }
    }

    pub fn state(&self, at: Instant) -> State {
        state(self.notice, self.row_id, self.row, Some(&self.target.api), at)
    }

    pub fn cutoff(&self) -> Option<Instant> {
        bounds(self.row.dates.cutoff.as_ref()?, self.row.zone).earliest
    }
}

/// Line numbers in the table's own order.
pub(super) type Lines = Vec<u32>;

/// The table of one publication.
pub struct Index {
    workspace: Arc<Workspace>,
    /// By cutoff, unknown ones last, then in the order of the declaration.
    entries: Vec<Entry>,
    by_program: HashMap<ProgramId, Lines>,
    by_notice: HashMap<NoticeId, Lines>,
    by_api: HashMap<ApiId, Lines>,
    by_host: HashMap<String, Lines>,
    /// Every milestone, by its earliest moment, unknown ones last.
    pub(super) agenda: Vec<Place>,
    /// What the catalogues declare, by what people call it.
    pub(super) declared: Declared,
}

impl Index {
    pub fn build(workspace: Arc<Workspace>) -> Self {
        let mut index = Self {
            entries: entries_of(&workspace),
            agenda: Place::all(&workspace),
            workspace,
            by_program: HashMap::new(),
            by_notice: HashMap::new(),
            by_api: HashMap::new(),
            by_host: HashMap::new(),
            declared: Declared::default(),
        };
        index.entries = index.in_table_order();
        let workspace = index.workspace.clone();
        for (line, entry) in index.entries.iter().enumerate() {
            let line = u32::try_from(line).expect("a table has fewer than 2^32 lines");
            let at = locate(&workspace, *entry);
            index.by_program.entry(at.program.id.clone()).or_default().push(line);
            index.by_notice.entry(at.notice.id.clone()).or_default().push(line);
            index.by_api.entry(at.target.api.clone()).or_default().push(line);
            let mut hosts: Vec<_> = at.urls().map(HttpUrl::host).collect();
            hosts.sort_unstable();
            hosts.dedup();
            for host in hosts {
                index.by_host.entry(host.to_owned()).or_default().push(line);
            }
        }
        index.declared = Declared::build(&index);
        index
    }

    fn in_table_order(&self) -> Vec<Entry> {
        let key = |entry: &Entry| {
            let cutoff = self.locate(*entry).cutoff();
            (cutoff.is_none(), cutoff, entry.program, entry.notice, entry.row, entry.target)
        };
        let mut entries = self.entries.clone();
        entries.sort_by_cached_key(key);
        entries
    }

    pub fn workspace(&self) -> &Arc<Workspace> {
        &self.workspace
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn locate(&self, entry: Entry) -> Located<'_> {
        locate(&self.workspace, entry)
    }

    pub fn line(&self, line: u32) -> Located<'_> {
        self.locate(self.entries[line as usize])
    }

    pub(super) fn of_program(&self, id: &ProgramId) -> &[u32] {
        self.by_program.get(id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of_notice(&self, id: &NoticeId) -> &[u32] {
        self.by_notice.get(id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of_api(&self, id: &ApiId) -> &[u32] {
        self.by_api.get(id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of_host(&self, host: &str) -> &[u32] {
        self.by_host.get(host).map_or(&[], Vec::as_slice)
    }

    /// The moments around `at` at which any line's state changes: the last one
    /// passed and the next to come. Between them every answer is the same.
    pub fn edges(&self, at: Instant) -> Edges {
        let each = self.workspace.notices().map(|(program, notice)| Edges::of(program, notice, at));
        each.fold(Edges::default(), |all, one| Edges {
            last: all.last.max(one.last),
            next: [all.next, one.next].into_iter().flatten().min(),
        })
    }
}

/// The moments between which every answer stays the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Edges {
    pub last: Option<Instant>,
    pub next: Option<Instant>,
}

impl Edges {
    /// Those of one notice.
    pub fn of(program: &Program, notice: &Notice, at: Instant) -> Self {
        let rows = || notice.schedule.rows.iter();
        // The announcement changes no state, but begins a stretch of its own,
        // so that a notice without a passed date still has a last edge.
        let announced = bounds(&notice.announced, program.settings.zone).earliest;
        let begun = announced.filter(|announced| *announced <= at);
        let last = rows().filter_map(|(id, row)| last_edge(notice, id, row, at));
        let next = rows().filter_map(|(id, row)| next_edge(notice, id, row, at));
        Self { last: last.chain(begun).max(), next: next.min() }
    }
}

fn locate(workspace: &Workspace, entry: Entry) -> Located<'_> {
    const BUILT: &str = "entries are built from this workspace, which never changes";
    let (_, program) = workspace.programs.get_index(entry.program as usize).expect(BUILT);
    let (_, notice) = program.notices.get_index(entry.notice as usize).expect(BUILT);
    let (row_id, row) = notice.schedule.rows.get_index(entry.row as usize).expect(BUILT);
    Located { program, notice, row_id, row, target: &row.targets[entry.target as usize] }
}

fn entries_of(workspace: &Workspace) -> Vec<Entry> {
    let number = |n: usize| u32::try_from(n).expect("a workspace has fewer than 2^32 of anything");
    let mut entries = Vec::new();
    for (p, program) in workspace.programs.values().enumerate() {
        for (n, notice) in program.notices.values().enumerate() {
            for (r, row) in notice.schedule.rows.values().enumerate() {
                entries.extend((0..row.targets.len()).map(|t| Entry {
                    program: number(p),
                    notice: number(n),
                    row: number(r),
                    target: number(t),
                }));
            }
        }
    }
    entries
}
