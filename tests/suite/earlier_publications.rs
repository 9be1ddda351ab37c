//! `as_of`: what was declared at a moment, and what one would have been told
//! then about another.

use crate::web_service::{NOON, WORKSPACE, WebService, instant};
use fairwarning::notice::{Date, Publication, Workspace};
use std::collections::BTreeMap;

const AMENDED: &str = "2026-03-20T12:00:00Z";
const LATER: &str = "2026-04-10T12:00:00Z";

/// The fixture with every cutoff moved to another day.
fn with_cutoffs_on(day: &str) -> Workspace {
    let mut workspace = WORKSPACE.clone();
    let moved: Date = serde_json::from_value(day.into()).unwrap();
    for program in workspace.programs.values_mut() {
        for notice in program.notices.values_mut() {
            for row in notice.schedule.rows.values_mut() {
                row.dates.cutoff = Some(moved.clone());
            }
        }
    }
    workspace
}

/// Published at noon on 10 March, amended on 20 March, asked on 10 April.
async fn amended() -> WebService {
    let service = WebService::start().await;
    service.set_clock(AMENDED);
    service.publish(with_cutoffs_on("2026-04-05")).await;
    service.set_clock(LATER);
    service
}

async fn cutoffs(service: &WebService, question: &str) -> Vec<String> {
    let json = service.items(&format!("/api/v1/impacted?{question}")).await.json();
    let items = json["items"].as_array().unwrap();
    let mut dates: Vec<String> = items
        .iter()
        .map(|item| item["cutoff"]["date"].as_str().unwrap_or_default().to_owned())
        .collect();
    dates.sort();
    dates.dedup();
    dates
}

#[tokio::test]
async fn what_was_declared_at_a_moment_is_answered_from_the_publication_of_then() {
    let service = amended().await;
    assert_eq!(cutoffs(&service, "").await, ["2026-04-05"]);
    assert_eq!(cutoffs(&service, "as_of=2026-03-20T12:00:00Z").await, ["2026-04-05"]);
    let former = cutoffs(&service, "as_of=2026-03-20T11:59:59Z").await;
    assert!(former.len() > 1 && !former.contains(&"2026-04-05".to_owned()), "{former:?}");
    for list in ["notices", "apis", "schedule"] {
        let path = format!("/api/v1/{list}");
        let now = service.items(&path).await.json();
        let then = service.items(&format!("{path}?as_of=2026-03-15")).await.json();
        assert_ne!(now["publication"], then["publication"], "{list}");
        assert_eq!(then["on"], "2026-03-15T00:00:00Z", "{list}");
    }
}

#[tokio::test]
async fn as_of_is_the_moment_asked_about_unless_on_names_another() {
    let service = amended().await;
    let ask = |question: &str| format!("/api/v1/impacted?state=cut-off&{question}");
    let told_then = service.items(&ask("as_of=2026-03-20T12:00:00Z")).await.json();
    assert_eq!(told_then["on"], "2026-03-20T12:00:00Z");
    assert_eq!(told_then["total"], 0, "nothing was cut off yet");
    let about_later = ask("as_of=2026-03-20T12:00:00Z&on=2026-04-06");
    let about_later = service.items(&about_later).await.json();
    assert_eq!(about_later["on"], "2026-04-06T00:00:00Z");
    assert!(about_later["total"].as_u64() > Some(0), "the amended cutoff has passed by then");
}

#[tokio::test]
async fn a_notice_is_shown_as_it_stood() {
    let service = amended().await;
    let path = "/api/v1/notices/parcels/tls-1.2";
    let now = service.items(path).await.json();
    let then = service.items(&format!("{path}?as_of={NOON}")).await.json();
    assert_ne!(now["revision"], then["revision"]);
    assert_eq!(then["on"], NOON);
}

#[tokio::test]
async fn pages_of_an_earlier_publication_go_on_after_a_new_one() {
    let service = amended().await;
    let first = service.items("/api/v1/impacted?as_of=2026-03-15&limit=2").await.json();
    service.publish(with_cutoffs_on("2026-05-01")).await;
    let cursor = first["next"].as_str().unwrap();
    let next = format!("/api/v1/impacted?as_of=2026-03-15&limit=2&cursor={cursor}");
    let second = service.items(&next).await.json();
    assert_eq!(first["publication"], second["publication"]);
    assert_ne!(first["items"], second["items"]);
}

#[tokio::test]
async fn a_moment_ahead_or_before_everything_is_refused_with_the_reason() {
    let service = amended().await;
    let ahead = service.get("/api/v1/impacted?as_of=2026-04-10T12:00:01Z").await;
    assert_eq!(ahead.status, 404);
    assert!(ahead.body.contains("as_of: it lies ahead"), "{}", ahead.body);
    let before = service.get("/api/v1/impacted?as_of=2026-03-10T11:59:59Z").await;
    assert_eq!(before.status, 404);
    assert!(before.body.contains("nothing had been published"), "{}", before.body);
    assert_eq!(service.get("/api/v1/impacted?as_of=soon").await.status, 400);
}

#[tokio::test]
async fn many_earlier_publications_are_answered_and_few_are_kept() {
    let service = WebService::start().await;
    for day in 11..=20 {
        service.set_clock(&format!("2026-03-{day}T12:00:00Z"));
        service.publish(with_cutoffs_on(&format!("2026-06-{day}"))).await;
    }
    for day in (11..=20).chain([11, 20, 15]) {
        let question = format!("as_of=2026-03-{day}T12:00:00Z");
        assert_eq!(cutoffs(&service, &question).await, [format!("2026-06-{day}")]);
    }
    assert_eq!(service.service.earlier_snapshots().await, 4);
}

#[tokio::test]
async fn the_store_knows_which_publication_was_current() {
    let service = WebService::start_empty(false).await;
    let store = service.service.store();
    assert_eq!(store.publication_id_at(instant(LATER)).await.unwrap(), None);
    let mut expected = Vec::new();
    for (day, at) in [("2026-06-01", NOON), ("2026-06-02", AMENDED)] {
        let publication = Publication::new(with_cutoffs_on(day), BTreeMap::new());
        let parent = store.current_publication_id().await.unwrap();
        store.publish(&publication, parent, instant(at)).await.unwrap();
        expected.push(store.current_publication_id().await.unwrap());
    }
    let at = async |moment: &str| store.publication_id_at(instant(moment)).await.unwrap();
    assert_eq!(at("2026-03-10T11:59:59Z").await, None);
    assert_eq!(at(NOON).await, expected[0]);
    assert_eq!(at("2026-03-20T11:59:59Z").await, expected[0]);
    assert_eq!(at(AMENDED).await, expected[1]);
}
