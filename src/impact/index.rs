//! The index: every line of the table, and the lines for each key.

use super::agenda::Place;
use super::columns::Columns;
use super::declared::Declared;
use super::found::{Found, Lines};
use super::suggest::Names;
use crate::notice::{
    ApiId, Environment, EnvironmentId, GroupId, HttpUrl, Notice, NoticeId, NoticePath, Program,
    ProgramId, Row, RowId, Target, Workspace,
};
use crate::schedule::{Instant, State, bounds, last_edge, next_edge, state};
use std::collections::HashMap;
use std::hash::Hash;
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

/// The lines of each key, in the table's own order.
type By<K> = HashMap<K, Lines>;

/// The table of one publication.
pub struct Index {
    workspace: Arc<Workspace>,
    /// By cutoff, unknown ones last, then in the order of the declaration.
    entries: Vec<Entry>,
    /// Every line.
    all: Lines,
    none: Lines,
    by_program: By<ProgramId>,
    by_notice: By<NoticeId>,
    by_api: By<ApiId>,
    by_environment: By<EnvironmentId>,
    by_group: By<GroupId>,
    by_host: By<String>,
    pub(super) columns: Columns,
    /// What questions to many lines came to.
    pub(super) found: Found,
    /// Notices, the latest announcement first.
    pub(super) newest: Vec<(usize, usize)>,
    /// What everything is called, for guessing.
    pub(super) names: Names,
    /// Every milestone, by its earliest moment, unknown ones last.
    pub(super) agenda: Vec<Place>,
    pub(super) agenda_by_notice: HashMap<(u32, u32), Vec<u32>>,
    /// What the catalogues declare, by what people call it.
    pub(super) declared: Declared,
}

impl Index {
    pub fn build(workspace: Arc<Workspace>) -> Self {
        let entries = in_table_order(&workspace);
        let lines = || (0..).zip(entries.iter().map(|entry| locate(&workspace, *entry)));
        let columns = Columns::build(&workspace, lines().map(|(_, at)| at));
        let hosts = lines().flat_map(|(line, at)| {
            let mut hosts: Vec<_> = at.urls().map(|url| url.host().to_owned()).collect();
            hosts.sort_unstable();
            hosts.dedup();
            hosts.into_iter().map(move |host| (line, host))
        });
        let agenda = Place::all(&workspace);
        let mut index = Self {
            all: (0..u32::try_from(entries.len()).expect(FEW)).collect(),
            none: Lines::default(),
            by_program: grouped(lines().map(|(line, at)| (line, at.program.id.clone()))),
            by_notice: grouped(lines().map(|(line, at)| (line, at.notice.id.clone()))),
            by_api: grouped(lines().map(|(line, at)| (line, at.target.api.clone()))),
            by_environment: grouped(lines().map(|(line, at)| (line, at.row.environment.clone()))),
            by_group: grouped(
                lines().filter_map(|(line, at)| Some((line, at.target.group.clone()?))),
            ),
            by_host: grouped(hosts),
            columns,
            found: Found::default(),
            newest: super::notices::newest_first(&workspace),
            names: Names::of(&workspace),
            agenda_by_notice: super::agenda::by_notice(&agenda),
            agenda,
            declared: Declared::default(),
            entries,
            workspace,
        };
        index.declared = Declared::build(&index);
        index
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

    /// The state of a line, looked up where it can be.
    pub fn state(&self, line: u32, on: Instant) -> State {
        self.columns.state(line, on).unwrap_or_else(|| self.line(line).state(on))
    }

    pub(super) fn all(&self) -> &Lines {
        &self.all
    }

    pub(super) fn of_program(&self, id: &ProgramId) -> &Lines {
        self.by_program.get(id).unwrap_or(&self.none)
    }

    pub(super) fn of_notice(&self, id: &NoticeId) -> &Lines {
        self.by_notice.get(id).unwrap_or(&self.none)
    }

    pub(super) fn of_api(&self, id: &ApiId) -> &Lines {
        self.by_api.get(id).unwrap_or(&self.none)
    }

    pub(super) fn of_environment(&self, id: &EnvironmentId) -> &Lines {
        self.by_environment.get(id).unwrap_or(&self.none)
    }

    pub(super) fn of_group(&self, id: &GroupId) -> &Lines {
        self.by_group.get(id).unwrap_or(&self.none)
    }

    pub(super) fn of_host(&self, host: &str) -> &Lines {
        self.by_host.get(host).unwrap_or(&self.none)
    }

    /// The moments around `at` at which any line's state changes: the last one
    /// passed and the next to come. Between them every answer is the same.
    pub fn edges(&self, at: Instant) -> Edges {
        self.columns.edges(&self.workspace, at)
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

    /// Those of two together.
    pub(super) fn around(self, other: Self) -> Self {
        let next = [self.next, other.next].into_iter().flatten().min();
        Self { last: self.last.max(other.last), next }
    }
}

const FEW: &str = "a table has fewer than 2^32 lines";

fn grouped<K: Eq + Hash>(keys: impl Iterator<Item = (u32, K)>) -> By<K> {
    let mut by: HashMap<K, Vec<u32>> = HashMap::new();
    for (line, key) in keys {
        by.entry(key).or_default().push(line);
    }
    by.into_iter().map(|(key, lines)| (key, lines.into())).collect()
}

fn in_table_order(workspace: &Workspace) -> Vec<Entry> {
    let mut entries = entries_of(workspace);
    entries.sort_by_cached_key(|entry| {
        let cutoff = locate(workspace, *entry).cutoff();
        (cutoff.is_none(), cutoff, entry.program, entry.notice, entry.row, entry.target)
    });
    entries
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
