//! What is looked up in a table of many lines is what would be worked out.

use crate::declared::sample_workspace;
use crate::web_service::{WORKSPACE, WebService, instant};
use chrono::{DateTime, TimeDelta, Utc};
use fairwarning::impact::{Edges, Index, Query, Sort};
use fairwarning::notice::{Length, Workspace};
use fairwarning::schedule::State;
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

#[path = "../../benches/shared/many.rs"]
#[allow(dead_code)]
mod many;

/// The fixture with brownouts of every hour, which are too many to be kept, and one
/// that strikes some APIs of its row alone.
fn hourly() -> Workspace {
    let mut json: serde_json::Value =
        serde_json::from_str(include_str!("fixtures/parcels.json")).unwrap();
    let notice = &mut json["programs"]["parcels"]["notices"]["tls-1.2"];
    let brownouts = notice["schedule"]["brownouts"].as_object_mut().unwrap();
    let mut brownout = brownouts.values().next().unwrap().clone();
    brownout["length"] = serde_json::json!({"lasts": "10 minutes"});
    brownout["repeat"] = serde_json::json!({"every": "1 hours", "until": "2026-05-20"});
    brownouts.insert("hourly".to_owned(), brownout);
    serde_json::from_value(json).unwrap()
}

/// So many lines that answers are remembered.
fn long() -> Workspace {
    let folder = tempfile::tempdir().unwrap();
    many::declare(folder.path(), many::Size { programs: 3, notices: 30, apis: 10 }, 0);
    let checked = fairwarning::workspace::load(folder.path()).unwrap().check();
    checked.workspace.unwrap_or_else(|| panic!("{:?}", checked.problems))
}

static INDICES: LazyLock<Vec<Index>> = LazyLock::new(|| {
    let all = [WORKSPACE.clone(), sample_workspace(), hourly(), long()];
    all.into_iter().map(|workspace| Index::build(Arc::new(workspace))).collect()
});

/// The moments at which anything changes, from long ago on, and those just before.
fn moments(index: &Index) -> Vec<DateTime<Utc>> {
    let mut moments = vec![instant("1990-01-01T00:00:00Z")];
    while let Some(next) = index.edges(*moments.last().unwrap()).next {
        moments.push(next - TimeDelta::microseconds(1));
        moments.push(next);
        // Every hour for months is more than need be looked at.
        if moments.len() > 400 {
            break;
        }
    }
    moments
}

#[test]
fn the_state_of_a_line_is_the_one_that_the_schedule_tells() {
    let mut compared = 0;
    for index in INDICES.iter() {
        for at in moments(index) {
            for line in 0..u32::try_from(index.len()).unwrap() {
                let told = index.line(line).state(at);
                assert_eq!(index.state(line, at), told, "{at} {:?}", index.line(line).row_id);
                compared += 1;
            }
        }
    }
    assert!(compared > 5_000, "{compared}");
}

#[test]
fn the_edges_of_a_table_are_those_of_its_notices() {
    for index in INDICES.iter() {
        for at in moments(index) {
            let notices = index.workspace().notices();
            let each = notices.map(|(program, notice)| Edges::of(program, notice, at));
            let told = each.fold(Edges::default(), |all, one| Edges {
                last: all.last.max(one.last),
                next: [all.next, one.next].into_iter().flatten().min(),
            });
            // What has always been so has no moment to tell.
            let dated =
                |edges: Edges| (edges.last.filter(|at| *at > DateTime::UNIX_EPOCH), edges.next);
            assert_eq!(dated(index.edges(at)), dated(told), "{at}");
        }
    }
}

/// By looking at every line, as slowly as it can be done.
fn searched(index: &Index, query: &Query, on: DateTime<Utc>) -> Vec<u32> {
    let until = query.until(on);
    let mut found: Vec<u32> = (0..u32::try_from(index.len()).unwrap())
        .filter(|line| {
            let at = index.line(*line);
            let cutoff = at.row.dates.cutoff.as_ref();
            let bounds = cutoff.map(|date| fairwarning::schedule::bounds(date, at.row.zone));
            query.program.as_ref().is_none_or(|id| at.program.id == *id)
                && query.notice.as_ref().is_none_or(|id| at.notice.id == *id)
                && query.api.as_ref().is_none_or(|id| at.target.api == *id)
                && query.environment.as_ref().is_none_or(|id| at.row.environment == *id)
                && query.group.as_ref().is_none_or(|id| at.target.group.as_ref() == Some(id))
                && (query.states.is_empty() || query.states.contains(&at.state(on)))
                && until.is_none_or(|until| {
                    bounds.is_some_and(|bounds| {
                        bounds.earliest.is_some_and(|e| until.is_none_or(|until| e <= until))
                            && bounds.latest.is_none_or(|latest| latest >= on)
                    })
                })
        })
        .collect();
    match query.sort {
        Sort::Cutoff => {}
        Sort::Api => found.sort_by_key(|l| index.line(*l).target.api.as_str().to_lowercase()),
        Sort::Environment => found.sort_by_key(|l| index.line(*l).row.environment.clone()),
        Sort::Notice => found.sort_by_key(|l| {
            let at = index.line(*l);
            (at.notice.title.clone(), at.program.id.clone(), at.notice.id.clone())
        }),
        Sort::Program => found.sort_by_key(|l| index.line(*l).program.id.clone()),
        Sort::State => found.sort_by_key(|l| index.line(*l).state(on)),
    }
    found
}

fn asked() -> impl Strategy<Value = (usize, Query, i64)> {
    let pick =
        |names: &'static [&'static str]| prop::option::weighted(0.4, prop::sample::select(names));
    let states = prop::collection::vec(prop::sample::select(State::ALL.to_vec()), 0..3);
    let within = prop::option::weighted(0.3, prop::sample::select(vec!["30 days", "1 year"]));
    let sort = prop::sample::select(Sort::ALL.to_vec());
    (
        0..4_usize,
        (
            pick(&["parcels", "crm", "usps-web-tools", "program-1", "nobody"]),
            pick(&["tls-1.2", "rates-v1", "v3-retirement", "notice-7"]),
            pick(&["rates", "labels", "holdForPickup", "Status", "api-1-3"]),
            pick(&["prod", "test", "nowhere"]),
            pick(&["first-wave", "shipping", "nothing"]),
        ),
        (states, within, sort),
        -3_000..40_000_i64,
    )
        .prop_map(|(index, names, (states, within, sort), day)| {
            let (program, notice, api, environment, group) = names;
            let query = Query {
                program: program.map(|id| id.parse().unwrap()),
                notice: notice.map(|id| id.parse().unwrap()),
                api: api.map(|id| id.parse().unwrap()),
                environment: environment.map(|id| id.parse().unwrap()),
                group: group.map(|id| id.parse().unwrap()),
                states,
                within: within.map(|text| text.parse::<Length>().unwrap()),
                sort,
                ..Query::default()
            };
            (index, query, day)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn a_question_finds_what_looking_at_every_line_finds((index, query, day) in asked()) {
        let on = instant("2026-03-10T12:00:00Z") + TimeDelta::days(day);
        let index = &INDICES[index];
        // The second time it may be remembered.
        for _ in 0..2 {
            prop_assert_eq!(index.query(&query, on).to_vec(), searched(index, &query, on));
        }
    }
}

#[tokio::test]
async fn what_was_served_before_is_let_go_of_when_its_last_reader_is_done() {
    let service = WebService::start().await;
    let reader = service.service.snapshot().ok().unwrap();
    let before = Arc::downgrade(&reader);
    let mut changed = WORKSPACE.clone();
    changed.programs["parcels"].notices["tls-1.2"].title = "TLS".to_owned();
    service.publish(changed).await;
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert!(before.upgrade().is_some(), "somebody still reads it");
    drop(reader);
    let begun = Instant::now();
    while before.upgrade().is_some() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it is kept for good");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
