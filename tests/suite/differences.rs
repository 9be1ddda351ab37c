//! What changed between two workspaces, and whether an amendment says so.

use crate::declared::{sample_workspace, workspace};
use crate::everything::{everything, locale, translated_where};
use crate::generated::{dates, notices};
use fairwarning::diff::{Change, Diff, Word, diff};
use fairwarning::notice::{
    Amendment, Date, Dates, Former, FormerValues, Length, Notice, Program, Workspace,
};
use fairwarning::schedule::word;
use proptest::prelude::*;

const ROWS: &str = "    prod: {environment: prod, apis: [labels, tracking], cutoff: 2026-09-01}
    test: {environment: test, apis: [labels], cutoff: 2026-06-01}
";

/// The parcel program with these rows and this after them.
fn parcels(rows: &str, more: &str) -> Workspace {
    workspace(&format!(
        "title: Old labels end\nkind: retirement\nannounced: 2025-01-01\n\
         summary: Old labels end.\nschedule:\n  rows:\n{rows}{more}"
    ))
}

/// The only changes, as `word what of rows: before → after`, and `!` where
/// no amendment tells.
fn told(old: &Workspace, new: &Workspace) -> Vec<String> {
    let found = diff(old, new);
    let line = |change: &Change| {
        let rows: Vec<_> = change.rows.iter().map(|row| row.as_str()).collect();
        let rows = if rows.is_empty() { String::new() } else { format!(" of {}", rows.join("+")) };
        let before = change.before.as_deref().unwrap_or("-");
        let after = change.after.as_deref().unwrap_or("-");
        let mark = if change.undeclared.is_some() { "! " } else { "" };
        format!("{mark}{} {}{rows}: {before} → {after}", change.word, change.what)
    };
    found.changes().map(line).collect()
}

fn from_rows(rows: &str, more: &str) -> Vec<String> {
    told(&parcels(ROWS, ""), &parcels(rows, more))
}

#[test]
fn a_workspace_does_not_differ_from_itself() {
    let samples = sample_workspace();
    assert_eq!(diff(&samples, &samples), Diff::default());
}

#[test]
fn a_row_that_was_split_off_is_told_by_what_held_for_it_before() {
    let late = "    late: {environment: prod, apis: [labels, tracking], cohort: extended, \
                cutoff: to be announced}\n";
    let rows = format!("{ROWS}{late}");
    let said = "new row of late: - → -";
    assert_eq!(from_rows(&rows, ""), [format!("! {said}")]);
    let amendment = "amendments:\n  - {date: 2026-05-01, kind: postponed, rows: [late], \
         former: {cutoff: 2026-09-01}}\n";
    assert_eq!(from_rows(&rows, amendment), [said]);
}

#[test]
fn a_reason_is_told_with_the_dates_that_it_names() {
    let rows = ROWS.replace("2026-09-01", "2026-12-01");
    let amendment = "amendments:\n  - {date: 2026-05-01, kind: extended, rows: [prod], \
         former: {cutoff: 2026-09-01}, reason: \"By {{prod.cutoff}}, and {{7*7}}.\"}\n";
    let found = diff(&parcels(ROWS, ""), &parcels(&rows, amendment));
    let change = found.changes().next().unwrap();
    assert_eq!(change.amendments[0].reason.as_deref(), Some("By 2026-12-01, and {{7*7}}."));
}

#[test]
fn a_moved_cutoff_is_told_only_by_an_amendment() {
    let rows = ROWS.replace("2026-09-01", "2026-12-01");
    let said = "extended cutoff of prod: 2026-09-01 → 2026-12-01";
    assert_eq!(from_rows(&rows, ""), [format!("! {said}")]);
    let amendment = "amendments:\n  - {date: 2026-05-01, kind: extended, rows: [prod], \
         former: {cutoff: 2026-09-01}, reason: More time.}\n";
    assert_eq!(from_rows(&rows, amendment), [said]);
    let found = diff(&parcels(ROWS, ""), &parcels(&rows, amendment));
    let change = found.changes().next().unwrap();
    assert_eq!(change.amendments[0].reason.as_deref(), Some("More time."));
    let unrecorded = "amendments:\n  - {date: 2026-05-01, kind: extended, former: not recorded}\n";
    assert_eq!(from_rows(&rows, unrecorded), [said]);
}

#[test]
fn the_missing_amendment_is_written_out() {
    let rows = ROWS.replace("2026-09-01", "2026-12-01");
    let found = diff(&parcels(ROWS, ""), &parcels(&rows, ""));
    assert_eq!(
        found.changes().next().unwrap().advice().as_deref(),
        Some("{date: …, kind: extended, rows: [prod], former: {cutoff: 2026-09-01}}")
    );
}

#[test]
fn an_amendment_that_remembers_another_date_does_not_tell() {
    let rows = ROWS.replace("2026-09-01", "2026-12-01");
    let amendment = "amendments:\n  - {date: 2026-05-01, kind: extended, rows: [prod], \
         former: {cutoff: 2026-08-01}}\n";
    let found = diff(&parcels(ROWS, ""), &parcels(&rows, amendment));
    let why = found.changes().next().unwrap().undeclared.clone().unwrap();
    assert!(why.contains("says that it was 2026-08-01, and it was 2026-09-01"), "{why}");
}

#[test]
fn two_steps_since_then_are_told_by_two_amendments() {
    let rows = ROWS.replace("2026-09-01", "2027-03-01");
    let amendments = "amendments:
  - {date: 2026-05-01, kind: extended, rows: [prod], former: {cutoff: 2026-09-01}}
  - {date: 2026-08-01, kind: extended, rows: [prod], former: {cutoff: 2026-12-01}}
";
    assert_eq!(from_rows(&rows, amendments), ["extended cutoff of prod: 2026-09-01 → 2027-03-01"]);
    let halfway = parcels(
        &ROWS.replace("2026-09-01", "2026-12-01"),
        "amendments:\n  - {date: 2026-05-01, kind: extended, rows: [prod], former: {cutoff: 2026-09-01}}\n",
    );
    assert_eq!(
        told(&halfway, &parcels(&rows, amendments)),
        ["extended cutoff of prod: 2026-12-01 → 2027-03-01"]
    );
}

#[test]
fn rows_that_moved_alike_are_told_once() {
    let rows = ROWS.replace("2026-09-01", "2026-06-01");
    let later = rows.replace("2026-06-01", "2026-07-01");
    assert_eq!(
        told(&parcels(&rows, ""), &parcels(&later, "")),
        ["! extended cutoff of prod+test: 2026-06-01 → 2026-07-01"]
    );
}

#[test]
fn a_row_that_vanished_was_not_cancelled() {
    let rows = ROWS.lines().next().unwrap().to_owned() + "\n";
    assert_eq!(from_rows(&rows, ""), ["! gone row of test: - → -"]);
    let cancelled = "amendments:\n  - {date: 2026-05-01, kind: cancelled, rows: [test]}\n";
    assert_eq!(from_rows(ROWS, cancelled), ["cancelled row of test: - → -"]);
    let renamed = ROWS.replace("    test:", "    trial:");
    let found = diff(&parcels(ROWS, ""), &parcels(&renamed, ""));
    let whys: Vec<_> = found.changes().filter_map(|c| c.undeclared.clone()).collect();
    assert!(whys.iter().any(|why| why.contains("call it `test` again")), "{whys:?}");
}

#[test]
fn a_pause_and_a_resumption_tell_themselves() {
    let amendments = "amendments:
  - {date: 2026-05-01, kind: paused}
  - {date: 2026-05-20, kind: resumed, rows: [prod]}
";
    assert_eq!(from_rows(ROWS, amendments), ["paused rows: - → -", "resumed row of prod: - → -"]);
}

#[test]
fn a_wider_scope_and_a_new_row_need_an_amendment() {
    let wider = ROWS.replace("apis: [labels], ", "apis: [labels, holdForPickup], ");
    assert_eq!(from_rows(&wider, ""), ["! rescoped scope of test: - → holdForPickup"]);
    let amendment = "amendments:\n  - {date: 2026-05-01, kind: rescoped, rows: [test], \
         former: {apis: [labels]}}\n";
    assert_eq!(from_rows(&wider, amendment), ["rescoped scope of test: - → holdForPickup"]);
    let more =
        format!("{ROWS}    late: {{environment: prod, apis: [holdForPickup], cutoff: 2027}}\n");
    assert_eq!(from_rows(&more, ""), ["! new row of late: - → -"]);
}

#[test]
fn another_zone_moves_a_date_that_is_spelled_the_same() {
    let rows = ROWS.replace("cutoff: 2026-09-01", "cutoff: 2026-09-01, zone: Asia/Tokyo");
    assert_eq!(
        from_rows(&rows, ""),
        [
            "! advanced cutoff of prod: 2026-09-01 (America/New_York) → 2026-09-01 (Asia/Tokyo)",
            "changed zone of prod: America/New_York → Asia/Tokyo"
        ]
    );
}

#[test]
fn a_recorded_enforcement_is_a_fact_and_not_a_change_of_plan() {
    let rows = ROWS.replace("cutoff: 2026-09-01", "cutoff: 2026-09-01, enforced: 2026-09-03");
    assert_eq!(from_rows(&rows, ""), ["new enforced of prod: - → 2026-09-03"]);
    let other = rows.replace("2026-09-03", "2026-09-04");
    assert_eq!(
        told(&parcels(&rows, ""), &parcels(&other, "")),
        ["! extended enforced of prod: 2026-09-03 → 2026-09-04"]
    );
}

#[test]
fn history_is_added_to_and_never_edited() {
    let amendment = "amendments:\n  - {date: 2026-05-01, kind: paused, reason: Because.}\n";
    let before = parcels(ROWS, amendment);
    let gone = told(&before, &parcels(ROWS, ""));
    assert_eq!(gone, ["! gone amendment of 2026-05-01 (paused): - → -"]);
    let reworded = told(&before, &parcels(ROWS, &amendment.replace("Because", "Truly")));
    assert_eq!(reworded, ["changed reason of the amendment of 2026-05-01: - → -"]);
}

#[test]
fn brownouts_and_test_endpoints_are_told_by_their_own_names() {
    let more = |start: &str, apis: &str, closes: &str| {
        format!(
            "  brownouts:
    noon: {{rows: [prod], start: {start}, length: 2 hours, apis: {apis}}}
test_endpoints:
  next: {{url: \"https://next.parcels.example\", closes: {closes}}}
"
        )
    };
    let old = more("2026-08-01T12:00", "to be named", "2026-12-01");
    let new = more("2026-08-08T12:00", "[labels]", "2026-11-01");
    assert_eq!(
        told(&parcels(ROWS, &old), &parcels(ROWS, &new)),
        [
            "! extended brownout noon start of prod: 2026-08-01T12:00:00 → 2026-08-08T12:00:00",
            "refined brownout noon APIs of prod: to be named → labels",
            "! advanced test endpoint next closes: 2026-12-01 → 2026-11-01"
        ]
    );
}

#[test]
fn texts_and_policies_are_named_and_need_no_amendment() {
    let old = parcels(ROWS, "");
    let mut new = old.clone();
    let program = new.programs.get_mut("parcels").unwrap();
    program.settings.policy.weekends = fairwarning::notice::Weekends::Forbidden;
    program.catalogue.apis["labels"].title = "Label printing".to_owned();
    program.catalogue.cohorts.clear();
    let notice = program.notices.get_mut("labels").unwrap();
    notice.title = "Labels end".to_owned();
    notice.summary.0.push_str("\nAnd more.");
    let found = told(&old, &new);
    assert!(found[0].starts_with("changed policy: "), "{found:?}");
    assert_eq!(
        found[1..],
        [
            "changed API labels: title: Labels → Label printing",
            "gone cohort extended: - → -",
            "changed summary: Old labels end. → -",
            "changed title: Old labels end → Labels end"
        ]
    );
}

#[test]
fn a_new_notice_needs_nothing_and_a_notice_gone_is_missed() {
    let (with, mut without) = (parcels(ROWS, ""), parcels(ROWS, ""));
    without.programs.get_mut("parcels").unwrap().notices.clear();
    assert_eq!(told(&without, &with), ["new notice: - → -"]);
    assert_eq!(told(&with, &without), ["! gone notice: - → -"]);
    let cancelled = parcels(ROWS, "amendments:\n  - {date: 2026-05-01, kind: cancelled}\n");
    assert_eq!(told(&cancelled, &without), ["gone notice: - → -"]);
    let nothing = Workspace::default();
    assert_eq!(told(&nothing, &with)[0], "new program: - → -");
    assert_eq!(told(&with, &nothing), ["gone program: - → -", "! gone notice: - → -"]);
}

/// A workspace with one generated notice.
fn holding(notice: Notice) -> Workspace {
    let mut whole = parcels(ROWS, "");
    let notices = &mut whole.programs.get_mut("parcels").unwrap().notices;
    notices.clear();
    notices.insert(notice.id.clone(), notice);
    whole
}

fn only(diff: &Diff) -> Option<&Change> {
    let mut changes = diff.changes();
    changes.next().filter(|_| changes.next().is_none())
}

fn slot(dates: &mut Dates, field: usize) -> &mut Option<Date> {
    match field {
        0 => &mut dates.deprecation,
        1 => &mut dates.cutoff,
        _ => &mut dates.complete,
    }
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(notice in notices()) {
        let whole = holding(notice);
        prop_assert!(diff(&whole, &whole).is_empty());
    }

    /// One changed date is found, named by its word, and told by an amendment
    /// of that word alone.
    #[test]
    fn one_changed_date_is_found_and_named(
        notice in notices(), row in 0usize..3, field in 0usize..3, old in dates(), new in dates()
    ) {
        prop_assume!(old.span != new.span);
        let (mut before, mut after) = (notice.clone(), notice);
        *slot(&mut before.schedule.rows[row].dates, field) = Some(old.clone());
        *slot(&mut after.schedule.rows[row].dates, field) = Some(new.clone());
        let zone = after.schedule.rows[row].zone;
        let kind = word((&old, zone), (&new, zone));
        let found = diff(&holding(before.clone()), &holding(after.clone()));
        let change = only(&found).expect("one change");
        prop_assert_eq!(change.word, Word::Amended(kind));
        prop_assert_eq!(&change.what, ["deprecation", "cutoff", "complete"][field]);
        let id = after.schedule.rows.get_index(row).unwrap().0.clone();
        prop_assert_eq!(&change.rows, &vec![id.clone()]);
        prop_assert!(change.undeclared.is_some());
        let mut former = FormerValues::default();
        *[&mut former.deprecation, &mut former.cutoff, &mut former.complete][field] = Some(old);
        after.amendments.push(Amendment {
            date: Date::day("2026-05-01".parse().unwrap()),
            kind,
            reason: None,
            rows: vec![id],
            former: Former::Values(Box::new(former)),
        });
        let found = diff(&holding(before), &holding(after));
        let change = only(&found).expect("one change");
        prop_assert_eq!(change.word, Word::Amended(kind));
        prop_assert!(change.undeclared.is_none());
    }

    /// Whatever differs is listed: an empty answer means equal workspaces.
    #[test]
    fn an_empty_answer_means_that_nothing_changed(one in notices(), other in notices()) {
        let (one, other) = (holding(one), holding(other));
        prop_assert_eq!(diff(&one, &other).is_empty(), one == other);
    }
}

#[test]
fn another_ladder_is_a_change_of_the_notice() {
    let old = parcels(ROWS, "");
    let mut new = old.clone();
    let notice = new.programs.get_mut("parcels").unwrap().notices.get_mut("labels").unwrap();
    notice.reminders = vec![Length::days(3)];
    assert_eq!(told(&old, &new), ["changed reminders: 30 days, 7 days → 3 days"]);
    assert_eq!(diff(&old, &new).undeclared(), 0);
}

/// The harbour's workspace after a change to the program.
fn harbour(change: impl FnOnce(&mut Program)) -> Workspace {
    let (mut program, _) = everything();
    change(&mut program);
    Workspace { programs: [(program.id.clone(), program)].into() }
}

#[test]
fn a_changed_translation_is_told_text_by_text() {
    let (_, translated) = translated_where(|text| {
        text.replace("ends: [Fassung 1]", "ends: [Version 1]").replace("Winterfahrplan", "Winter")
    });
    let changed = harbour(|program| {
        program.notices.insert(translated.id.clone(), translated);
    });
    assert_eq!(
        told(&harbour(|_| {}), &changed),
        [
            "changed de ends 1: Fassung 1 → Version 1",
            "changed de schedule rows ferries cutoff label: Winterfahrplan → Winter",
        ]
    );
}

#[test]
fn translations_of_the_program_and_its_catalogue_are_told_too() {
    let changed = harbour(|program| {
        let german = &mut program.translations[&locale("de")];
        german.settings.office.greeting = Some("Hallo,".to_owned());
        german.catalogue.apis.get_mut("cranes").unwrap().title = None;
    });
    assert_eq!(
        told(&harbour(|_| {}), &changed),
        [
            "changed de catalogue apis cranes title: Kranmiete → -",
            "changed de settings office greeting: Guten Tag, → Hallo,",
        ]
    );
}

#[test]
fn a_language_that_comes_or_goes_is_told_once() {
    let without = harbour(|program| {
        program.translations.clear();
        program.notices[0].translations.clear();
    });
    let twice = |word: &str| vec![format!("{word} translation de: - → -"); 2];
    assert_eq!(told(&without, &harbour(|_| {})), twice("new"));
    assert_eq!(told(&harbour(|_| {}), &without), twice("gone"));
}
