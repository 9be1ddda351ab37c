//! Which rows of which notices concern a part of a program: what a calendar is
//! subscribed to for.

use super::index::Index;
use crate::notice::{ApiId, EnvironmentId, Notice, NoticeId, Program, ProgramId, RowId, Subset};
use indexmap::{IndexMap, IndexSet};
use std::borrow::Cow;

/// What of a program is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Whole,
    Notice(NoticeId),
    Api(ApiId),
    Environment(EnvironmentId),
}

/// A notice with its rows that concern the part asked for.
pub struct Concerned<'w> {
    /// Without the brownouts that are known to spare it.
    pub notice: Cow<'w, Notice>,
    /// All of them when empty.
    pub rows: Vec<RowId>,
}

impl Index {
    /// Whether the program has such a part.
    pub fn has(&self, program: &ProgramId, part: &Part) -> bool {
        self.workspace().programs.get(program).is_some_and(|program| match part {
            Part::Whole => true,
            Part::Notice(id) => program.notices.contains_key(id),
            Part::Api(id) => program.catalogue.apis.contains_key(id),
            Part::Environment(id) => program.catalogue.environments.contains_key(id),
        })
    }

    /// The notices of `program` that concern `part`, which need not be known.
    pub fn concerned<'w>(&'w self, program: &'w Program, part: &Part) -> Vec<Concerned<'w>> {
        let notices = program.notices.values();
        let whole = |notice| Concerned { notice: Cow::Borrowed(notice), rows: Vec::new() };
        match part {
            Part::Whole => notices.map(whole).collect(),
            Part::Notice(id) => program.notices.get(id).map(whole).into_iter().collect(),
            Part::Api(id) => self.concerned_by_api(program, id),
            Part::Environment(id) => {
                let concerned = notices.map(|notice| {
                    let rows = notice.schedule.rows.iter();
                    let there = rows.filter(|(_, row)| row.environment == *id);
                    let rows = there.map(|(row, _)| row.clone()).collect();
                    Concerned { notice: Cow::Borrowed(notice), rows }
                });
                concerned.filter(|concerned| !concerned.rows.is_empty()).collect()
            }
        }
    }

    /// Looks at the lines of the API alone, however many there are of others.
    fn concerned_by_api<'w>(&'w self, program: &'w Program, api: &ApiId) -> Vec<Concerned<'w>> {
        let mut rows: IndexMap<&NoticeId, (&'w Notice, IndexSet<&RowId>)> = IndexMap::new();
        for line in self.of_api(api).iter() {
            let at = self.line(*line);
            if at.program.id == program.id {
                let (_, rows) =
                    rows.entry(&at.notice.id).or_insert_with(|| (at.notice, IndexSet::new()));
                rows.insert(at.row_id);
            }
        }
        let concerned = rows.into_values().map(|(notice, rows)| Concerned {
            notice: without_those_that_spare(notice, api),
            rows: rows.into_iter().cloned().collect(),
        });
        concerned.collect()
    }
}

fn without_those_that_spare<'w>(notice: &'w Notice, api: &ApiId) -> Cow<'w, Notice> {
    let spares = |subset: &Subset| match subset {
        Subset::Targets(targets) => targets.iter().all(|target| target.api != *api),
        Subset::All | Subset::Later { .. } => false,
    };
    let mut notice = Cow::Borrowed(notice);
    if notice.schedule.brownouts.values().any(|brownout| spares(&brownout.subset)) {
        notice.to_mut().schedule.brownouts.retain(|_, brownout| !spares(&brownout.subset));
    }
    notice
}
