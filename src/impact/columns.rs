//! What is compared when many lines are looked at, as a few numbers a line, and
//! when anything changes.
//!
//! It knows neither questions nor how lines are shown.

use super::course::{Course, Cutoff};
use super::index::{Edges, Located};
use crate::notice::{EnvironmentId, GroupId, Notice, ProgramId, Row, RowId, Subset, Workspace};
use crate::schedule::{Instant, State, bounds, last_edge, next_edge};
use chrono::DateTime;
use std::collections::{BTreeSet, HashMap};

/// The number of no group.
const NONE: u32 = u32::MAX;

/// The numbers of a line. Those of names are in the order in which people read them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells {
    pub(super) environment: u32,
    pub(super) group: u32,
    pub(super) api: u32,
    /// By its title.
    pub(super) notice: u32,
    pub(super) program: u32,
    course: u32,
}

/// A row by its places in the workspace's ordered maps.
type Place = (usize, usize, usize);

/// The columns of a table.
#[derive(Default)]
pub(super) struct Columns {
    cells: Vec<Cells>,
    courses: Vec<Course>,
    programs: HashMap<ProgramId, u32>,
    environments: HashMap<EnvironmentId, u32>,
    groups: HashMap<GroupId, u32>,
    /// The moments at which the state of any row may change, in microseconds and
    /// in order, but for rows whose course is not known.
    edges: Vec<i64>,
    /// When notices are announced, in the same way.
    announced: Vec<i64>,
    unknown: Vec<Place>,
}

impl Columns {
    pub(super) fn build<'w>(
        workspace: &'w Workspace,
        lines: impl Iterator<Item = Located<'w>> + Clone,
    ) -> Self {
        let mut columns = Self::default();
        let mut courses = Courses::default();
        columns.survey(workspace, &mut courses);
        columns.environments = numbered(lines.clone().map(|at| at.row.environment.clone()));
        columns.groups = numbered(lines.clone().filter_map(|at| at.target.group.clone()));
        columns.programs = numbered(lines.clone().map(|at| at.program.id.clone()));
        let apis = numbered(lines.clone().map(|at| at.target.api.as_str().to_lowercase()));
        let titled = |at: &Located<'w>| (at.notice.title.as_str(), &at.program.id, &at.notice.id);
        let notices = numbered(lines.clone().map(|at| titled(&at)));
        columns.cells = lines
            .map(|at| Cells {
                environment: columns.environments[&at.row.environment],
                group: at.target.group.as_ref().map_or(NONE, |id| columns.groups[id]),
                api: apis[&at.target.api.as_str().to_lowercase()],
                notice: notices[&titled(&at)],
                program: columns.programs[&at.program.id],
                course: courses.of_line(&at),
            })
            .collect();
        columns.courses = courses.all;
        columns
    }

    /// Every row, whether or not it has lines.
    fn survey(&mut self, workspace: &Workspace, courses: &mut Courses) {
        for (p, program) in workspace.programs.values().enumerate() {
            for (n, notice) in program.notices.values().enumerate() {
                let announced = bounds(&notice.announced, program.settings.zone).earliest;
                self.announced.extend(announced.map(|at| at.timestamp_micros()));
                for (r, (id, row)) in notice.schedule.rows.iter().enumerate() {
                    let course = courses.of_row(notice, id, row);
                    match courses.all[course as usize].edges() {
                        Some(edges) => self.edges.extend(edges),
                        None => self.unknown.push((p, n, r)),
                    }
                }
            }
        }
        for moments in [&mut self.edges, &mut self.announced] {
            moments.sort_unstable();
            moments.dedup();
        }
    }

    pub(super) fn cells(&self, line: u32) -> Cells {
        self.cells[line as usize]
    }

    pub(super) fn program(&self, id: &ProgramId) -> Option<u32> {
        self.programs.get(id).copied()
    }

    pub(super) fn environment(&self, id: &EnvironmentId) -> Option<u32> {
        self.environments.get(id).copied()
    }

    pub(super) fn group(&self, id: &GroupId) -> Option<u32> {
        self.groups.get(id).copied()
    }

    /// The state of a line, where its course is known.
    pub(super) fn state(&self, line: u32, on: Instant) -> Option<State> {
        self.course(line).state(on.timestamp_micros())
    }

    pub(super) fn cutoff(&self, line: u32) -> Option<Cutoff> {
        self.course(line).cutoff
    }

    fn course(&self, line: u32) -> &Course {
        &self.courses[self.cells(line).course as usize]
    }

    /// The moments around `at` at which any line's state changes.
    pub(super) fn edges(&self, workspace: &Workspace, at: Instant) -> Edges {
        let at_us = at.timestamp_micros();
        let instant = DateTime::from_timestamp_micros;
        let last = |moments: &[i64]| {
            let passed = moments.partition_point(|edge| *edge <= at_us);
            passed.checked_sub(1).and_then(|place| instant(moments[place]))
        };
        let next = self.edges.get(self.edges.partition_point(|edge| *edge <= at_us));
        let known = Edges {
            last: last(&self.edges).max(last(&self.announced)),
            next: next.and_then(|next| instant(*next)),
        };
        let rows = self.unknown.iter().filter_map(|(p, n, r)| {
            let (_, notice) = workspace.programs.get_index(*p)?.1.notices.get_index(*n)?;
            let (id, row) = notice.schedule.rows.get_index(*r)?;
            let (last, next) = (last_edge(notice, id, row, at), next_edge(notice, id, row, at));
            Some(Edges { last, next })
        });
        rows.fold(known, Edges::around)
    }
}

/// Distinct names with their places in order.
fn numbered<T: Ord + std::hash::Hash>(names: impl Iterator<Item = T>) -> HashMap<T, u32> {
    names.collect::<BTreeSet<_>>().into_iter().zip(0..).collect()
}

/// The courses met so far; rows of the same dates share one.
#[derive(Default)]
struct Courses {
    all: Vec<Course>,
    numbers: HashMap<Course, u32>,
    of_rows: HashMap<*const Row, u32>,
}

impl Courses {
    fn number(&mut self, course: Course) -> u32 {
        *self.numbers.entry(course).or_insert_with_key(|course| {
            let number = u32::try_from(self.all.len()).expect("a table has fewer than 2^32 rows");
            self.all.push(course.clone());
            number
        })
    }

    fn of_row(&mut self, notice: &Notice, id: &RowId, row: &Row) -> u32 {
        let number = self.number(Course::of(notice, id, row, None));
        self.of_rows.insert(row, number);
        number
    }

    /// An API has a course of its own where brownouts strike some APIs of its row.
    fn of_line(&mut self, at: &Located<'_>) -> u32 {
        let own = at.notice.schedule.brownouts.values();
        let is_apart = own
            .filter(|brownout| brownout.rows.contains(at.row_id))
            .any(|brownout| !matches!(brownout.subset, Subset::All));
        match self.of_rows.get(&std::ptr::from_ref(at.row)) {
            Some(number) if !is_apart => *number,
            _ => self.number(Course::of(at.notice, at.row_id, at.row, Some(&at.target.api))),
        }
    }
}
