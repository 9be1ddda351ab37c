//! The state of any row at any moment, its edges, and the history of its dates.

use crate::declared;
use crate::generated::{dates, days, notices, zones};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use fairwarning::declaration::{ProgramSource, SourceFile, check};
use fairwarning::notice::{AmendmentKind, Date, Notice, Row, RowId};
use fairwarning::schedule::{
    Occurrences, State, bounds, describes, history, last_edge, next_edge, state, undo, word,
};
use proptest::prelude::*;

/// Whether `row` would be in `state` if no earlier state held: the rules in the
/// words of the design, worked out the long way.
fn holds(state: State, notice: &Notice, id: &RowId, row: &Row, at: DateTime<Utc>) -> bool {
    let come = |date: &Option<Date>| date.as_ref().map(|d| bounds(d, row.zone).has_come(at));
    let may = |date: &Option<Date>| date.as_ref().map(|d| bounds(d, row.zone).may_have_come(at));
    let last_halt = || {
        let touching =
            notice.amendments.iter().filter(|a| a.rows.is_empty() || a.rows.contains(id));
        let begun = touching.filter_map(|a| Some((bounds(&a.date, row.zone).earliest?, a.kind)));
        let mut begun: Vec<_> = begun.filter(|(from, _)| *from <= at).collect();
        begun.sort_by_key(|(from, _)| *from);
        begun.last().map(|(_, kind)| *kind)
    };
    let dates = &row.dates;
    match state {
        State::Cancelled => last_halt() == Some(AmendmentKind::Cancelled),
        State::Paused => last_halt() == Some(AmendmentKind::Paused),
        State::CutOff => {
            let planned = || come(&dates.complete).or(come(&dates.cutoff));
            let has_plan = dates.cutoff.is_some();
            come(&dates.enforced).or_else(|| planned().filter(|_| has_plan)).unwrap_or(false)
        }
        State::Due => {
            let is_planned = dates.cutoff.is_some();
            let ends = [
                &dates.cutoff,
                if dates.enforced.is_some() { &dates.enforced } else { &dates.complete },
            ];
            let facts = [&dates.enforced];
            let named = if is_planned { &ends[..] } else { &facts[..] };
            named.iter().any(|date| may(date) == Some(true))
        }
        State::Brownout => {
            let mut struck = notice.schedule.brownouts.values().filter(|b| b.rows.contains(id));
            struck.any(|brownout| {
                let mut strikes = Occurrences::new(brownout, row.zone).iter();
                strikes.any(|(start, end)| start <= at && at < end)
            })
        }
        State::Deprecated => come(&dates.deprecation) == Some(true),
        State::Announced => true,
    }
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    let day = prop_oneof![
        days(),
        Just("1970-01-01".parse().unwrap()),
        Just("2999-12-31".parse().unwrap())
    ];
    (day, 0i64..86_400)
        .prop_map(|(day, s)| day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::seconds(s))
}

/// The word for a change must be one that `check` accepts for it.
fn written(amendments: &[(Date, Date)], kinds: &[AmendmentKind], present: &Date) -> String {
    let listed = amendments.iter().zip(kinds).map(|((day, former), kind)| {
        let kind = kind.as_str();
        format!(
            "  - {{date: {}, kind: {kind}, former: {{cutoff: \"{}\"}}}}\n",
            day.span, former.span
        )
    });
    format!(
        "title: Old labels end\nkind: retirement\nannounced: 1970-01-01\nsummary: S.\n\
         schedule:\n  zone: UTC\n  rows:\n    prod: {{environment: prod, apis: [labels], cutoff: \"{}\"}}\n\
         amendments:\n{}",
        present.span,
        listed.collect::<String>()
    )
}

fn is_accepted(notice: &str) -> bool {
    let checked = check(&[ProgramSource {
        id: "parcels".to_owned(),
        program: SourceFile::new("program.yaml", include_str!("declarations/base/program.yaml")),
        apis: Some(SourceFile::new("apis.yaml", include_str!("declarations/base/apis.yaml"))),
        notices: vec![("labels".to_owned(), SourceFile::new("labels.yaml", notice))],
        translations: Vec::new(),
    }]);
    checked.workspace.is_some()
}

/// Dates of which no two neighbours are the same.
fn chain() -> impl Strategy<Value = Vec<Date>> {
    prop::collection::vec(dates(), 2..6).prop_map(|mut chain| {
        chain.dedup();
        chain
    })
}

proptest! {
    /// Total, exactly one answer, and that one the first that holds.
    #[test]
    fn the_state_is_the_first_that_holds(notice in notices(), at in moment()) {
        for (id, row) in &notice.schedule.rows {
            let found = state(&notice, id, row, None, at);
            let first = State::ALL.into_iter().find(|s| holds(*s, &notice, id, row, at));
            prop_assert_eq!(Some(found), first, "{} at {}", id, at);
        }
    }

    /// From edge to edge through the years: the state of an edge holds to the
    /// second before the next, and looking back finds the same edge.
    #[test]
    fn edges_are_exact_to_the_second(notice in notices(), start in moment()) {
        const STEPS: usize = 60;
        let second = TimeDelta::seconds(1);
        for (id, row) in &notice.schedule.rows {
            let state_of = |at| state(&notice, id, row, None, at);
            let mut at = start;
            for _ in 0..STEPS {
                let Some(edge) = next_edge(&notice, id, row, at) else { break };
                prop_assert!(edge > at);
                prop_assert_eq!(state_of(edge - second), state_of(at), "{} to {}", at, edge);
                prop_assert_eq!(last_edge(&notice, id, row, edge), Some(edge));
                let before = last_edge(&notice, id, row, edge - second);
                prop_assert!(before.is_none_or(|before| before <= at));
                at = edge;
            }
        }
    }

    /// Wherever the state of two neighbouring seconds differs, there is an edge.
    #[test]
    fn no_change_of_state_is_without_its_edge(notice in notices(), at in moment(), hours in 1i64..30_000) {
        for (id, row) in &notice.schedule.rows {
            let state_of = |at| state(&notice, id, row, None, at);
            let later = at + TimeDelta::hours(hours);
            let edge = next_edge(&notice, id, row, at);
            if edge.is_none_or(|edge| edge > later) {
                prop_assert_eq!(state_of(at), state_of(later));
            }
        }
    }

    /// The chain of former values replays to the present: undone one by one the
    /// amendments lead back to the first date, and forward again to today's.
    #[test]
    fn the_chain_of_former_values_replays_to_the_present(chain in chain()) {
        let zone = chrono_tz::UTC;
        let kinds: Vec<_> =
            chain.windows(2).map(|pair| word((&pair[0], zone), (&pair[1], zone))).collect();
        let day = Date::day("2023-01-01".parse().unwrap());
        let amendments: Vec<_> = chain[..chain.len() - 1].iter().map(|d| (day.clone(), d.clone())).collect();
        let present = chain.last().unwrap();
        let text = written(&amendments, &kinds, present);
        prop_assert!(is_accepted(&text), "{text}");
        let notice = declared::workspace(&text).programs["parcels"].notices["labels"].clone();
        let id = notice.schedule.rows[0].environment.as_str().parse::<RowId>().unwrap();
        let replayed = history(&notice, &id);
        let cutoffs: Vec<_> = replayed.iter().map(|dates| dates.cutoff.clone().unwrap()).collect();
        prop_assert_eq!(&cutoffs, &chain);
        prop_assert_eq!(replayed.last(), Some(&notice.schedule.rows[0].dates));
        for (pair, amendment) in replayed.windows(2).zip(&notice.amendments) {
            prop_assert_eq!(&undo(&pair[1], amendment), &pair[0]);
        }
    }

    /// The word for a change is always one that describes it.
    #[test]
    fn a_change_has_a_word_that_is_true_of_it(old in dates(), new in dates(), zone in zones()) {
        let kind = word((&old, zone), (&new, zone));
        prop_assert!(old == new || describes(kind, &old, &new, zone), "{kind:?}: {old:?} to {new:?}");
    }
}

#[test]
fn each_change_of_a_date_has_its_own_word() {
    use AmendmentKind::*;
    let zone = chrono_tz::America::New_York;
    let date = |text: &str| Date::from(text.parse::<fairwarning::notice::Span>().unwrap());
    for (old, new, expected) in [
        ("2026-09-01", "2026-12-01", Extended),
        ("2026-09-01", "2026-06-01", Advanced),
        ("2026-09-01", "to be announced", Postponed),
        ("2026-09-01", "not before 2026-12-01", Postponed),
        ("not before 2026-09-01", "not before 2026-12-01", Postponed),
        ("not before 2026-09-01", "2026-10-01", Refined),
        ("to be announced", "2026-Q3", Refined),
        ("2026-Q3", "2026-09-15", Refined),
        ("2026-09-15", "2026-09-15T10:00", Extended),
        ("2026-Q3", "2026-Q4", Extended),
        ("2026-07-01", "2026-Q3", Rescheduled),
        ("2026-09-01..2026-09-10", "2026-09-01..2026-09-20", Rescheduled),
        ("to be announced", "to be announced by 2026-09-01", Rescheduled),
        ("2026-09-01", "2026-09-01T00:00", Corrected),
    ] {
        assert_eq!(word((&date(old), zone), (&date(new), zone)), expected, "{old} to {new}");
    }
}
