//! Turns a declared notice into a checked one.

use super::amendments::amendments;
use super::order;
use super::problem::{Code, Problem};
use super::program::unknown;
use super::references::{Resolver, Scope};
use super::rows::timetable;
use super::rules;
use super::texts::{self, NamedDates};
use super::tree::{Step, Tree, steps};
use super::written::DeclaredNotice;
use crate::notice::{
    Catalogue, Date, ExpectedError, LadderId, Length, Notice, NoticeId, ProgramSettings, Reference,
    Target, Unaffected,
};
use crate::schedule::Instant;
use chrono_tz::Tz;
use indexmap::IndexMap;
use std::cell::Cell;

/// What a notice's references may stand for, each row counted anew: a short file
/// can name a group of thousands in each of thousands of rows. The longest real
/// notice known stands for 300.
const MAX_TARGETS: usize = 50_000;

/// How often its references may lead to a look at an API or a group's member.
const MAX_WALKED: usize = 1_000_000;

/// What the parts of a notice are checked against.
pub struct Context<'a> {
    pub settings: &'a ProgramSettings,
    pub resolver: &'a Resolver<'a>,
    /// The notice's own file.
    pub tree: &'a Tree,
    pub zone: Tz,
    pub announced: &'a Date,
    /// What its texts may name.
    pub named: &'a NamedDates,
    /// The present moment, where the check was told one.
    pub now: Option<Instant>,
    /// How much its references have come to so far.
    pub spent: Cell<usize>,
}

impl<'a> Context<'a> {
    pub fn catalogue(&self) -> &'a Catalogue {
        self.resolver.catalogue
    }

    /// The ids that apis.yaml declares under `kind`, wrong entries included, so
    /// that one mistake there is one problem.
    pub fn catalogue_keys(&self, kind: &str) -> Vec<&str> {
        self.resolver.tree.map(|tree| tree.keys(&steps![kind])).unwrap_or_default()
    }

    pub fn row_keys(&self) -> Vec<&str> {
        self.tree.keys(&steps!["schedule", "rows"])
    }

    /// What `references`, which stand at `at` in the notice, come to. Nothing more
    /// is worked out once the notice stands for too much, which is said once.
    pub fn targets(
        &self,
        references: &[Reference],
        scope: Scope<'_>,
        at: &[Step],
        problems: &mut Vec<Problem>,
    ) -> Vec<Target> {
        if self.spent.get() > MAX_TARGETS || self.resolver.walked.get() > MAX_WALKED {
            return Vec::new();
        }
        let targets = self.resolver.targets(references, scope, self.tree, at, problems);
        if self.resolver.walked.get() > MAX_WALKED {
            let message = "here the notice's groups come to be looked through too often";
            problems.push(
                Problem::error(Code::TooLarge, self.tree.place(at), message)
                    .help("declare fewer rows, or groups that hold fewer others"),
            );
        } else {
            self.spend(targets.len(), at, problems);
        }
        targets
    }

    /// Counts what a part of the notice stands for.
    pub fn spend(&self, number: usize, at: &[Step], problems: &mut Vec<Problem>) {
        let before = self.spent.get();
        self.spent.set(before.saturating_add(number));
        if before <= MAX_TARGETS && self.spent.get() > MAX_TARGETS {
            let message = format!(
                "here the notice begins to stand for more than {MAX_TARGETS} APIs and URLs, each row \
                 counted anew"
            );
            problems.push(
                Problem::error(Code::TooLarge, self.tree.place(at), message)
                    .help("declare fewer rows, or rows that concern less"),
            );
        }
    }
}

pub fn notice(
    id: NoticeId,
    declared: DeclaredNotice,
    context: &Context<'_>,
    problems: &mut Vec<Problem>,
) -> Notice {
    let texts = texts::texts(&declared);
    texts::check_literals(context.tree, &declared, problems);
    context.named.check(context.tree, &texts, problems);
    if declared.title.trim().contains('\n') {
        let place = context.tree.place(&steps!["title"]);
        problems.push(Problem::error(Code::InvalidValue, place, "a title is one line of text"));
    }
    let schedule = timetable(context, &declared.schedule, problems);
    rules::check_prose(context, &texts, &schedule, problems);
    rules::check_clocks(context, &texts, &schedule, problems);
    let amendments = amendments(context, &declared.amendments, &schedule, problems);
    for (id, endpoint) in &declared.test_endpoints {
        order::check_endpoint(context, id, endpoint, problems);
    }
    check_statuses(context, &declared, problems);
    let mut targets =
        |references, at: &[_]| context.targets(references, Scope::Program, at, problems);
    let errors = declared
        .errors
        .iter()
        .enumerate()
        .map(|(index, error)| ExpectedError {
            text: error.text.clone(),
            status: error.status,
            targets: targets(&error.apis, &steps!["errors", index, "apis"]),
            during: error.during,
        })
        .collect();
    let unaffected = declared.unaffected.as_ref().map(|unaffected| Unaffected {
        text: unaffected.text.clone(),
        targets: targets(&unaffected.apis, &steps!["unaffected", "apis"]),
    });
    let reminders = ladder(context, declared.reminders.as_ref(), problems);
    let notice = Notice {
        id,
        title: declared.title.trim().to_owned(),
        kind: declared.kind,
        announced: declared.announced,
        ends: declared.ends,
        needs: declared.needs,
        behind: declared.behind,
        summary: declared.summary,
        affected: declared.affected,
        steps: declared.steps,
        checks: declared.checks,
        questions: declared.questions,
        timeline: declared.timeline,
        references: declared.references,
        contact: declared.contact.unwrap_or_else(|| context.settings.contact.clone()),
        unaffected,
        errors,
        test_endpoints: declared.test_endpoints,
        schedule,
        amendments,
        audience: declared.audience,
        reminders,
        channels: declared.channels,
        translations: IndexMap::new(),
    };
    rules::check(context, &notice, problems);
    notice
}

/// The ladder a notice names, else the program's ladder `default`, else none.
fn ladder(
    context: &Context<'_>,
    named: Option<&LadderId>,
    problems: &mut Vec<Problem>,
) -> Vec<Length> {
    let ladders = &context.settings.reminders;
    let Some(id) = named else {
        return ladders.get("default").cloned().unwrap_or_default();
    };
    let known: Vec<_> = ladders.keys().map(LadderId::as_str).collect();
    let at = steps!["reminders"];
    if known.is_empty() {
        let message = format!("`{id}` is not a declared reminder ladder");
        problems.push(
            Problem::error(Code::UnknownReference, context.tree.place(&at), message).help(format!(
                "declare it in program.yaml: `reminders: {{{id}: [30 days, 7 days]}}`"
            )),
        );
        return Vec::new();
    }
    unknown(id.as_str(), &known, "reminder ladder", (context.tree, &at), problems);
    ladders.get(id).cloned().unwrap_or_default()
}

fn check_statuses(context: &Context<'_>, declared: &DeclaredNotice, problems: &mut Vec<Problem>) {
    let is_wrong = |status: u16| !(100..=599).contains(&status);
    for (index, error) in declared.errors.iter().enumerate() {
        if error.status.is_some_and(is_wrong) {
            let place = context.tree.place(&steps!["errors", index, "status"]);
            let message = "an HTTP status lies between 100 and 599";
            let problem = Problem::error(Code::InvalidValue, place, message);
            problems.push(problem.help("leave it out where the answer is not HTTP"));
        }
    }
}
