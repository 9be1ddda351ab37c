//! The impacted-API table over HTTP: what each filter finds, in which order,
//! and page by page.

use crate::web_service::WebService;
use serde_json::Value;
use std::collections::BTreeSet;

const PATH: &str = "/api/v1/impacted";

#[tokio::test]
async fn the_table_has_a_line_for_each_api_in_each_row() {
    let service = WebService::start().await;
    let answer = service.items(PATH).await;
    assert_eq!(answer.json()["total"], 10);
    assert_eq!(answer.column("row").len(), 10);
    assert_eq!(answer.header("content-type"), "application/json");
}

#[tokio::test]
async fn each_filter_finds_its_lines_and_no_others() {
    let service = WebService::start().await;
    for (query, rows) in [
        ("program=crm", vec!["contacts", "deals"]),
        ("program=parcels&notice=rates-v1", vec!["everyone", "extended"]),
        ("environment=test", vec!["test-shipping", "test-shipping"]),
        ("api=holdForPickup", vec!["prod-rest"]),
        ("api=rates&environment=prod", vec!["everyone", "prod-shipping", "extended"]),
        ("group=shipping&environment=prod", vec!["prod-shipping", "prod-shipping"]),
        ("state=due", vec!["everyone"]),
        ("state=paused,cancelled", vec!["contacts", "deals"]),
        ("state=paused&state=cancelled", vec!["contacts", "deals"]),
        ("url=test.parcels.example", vec!["test-shipping", "test-shipping"]),
        ("url=https://api.parcels.example/v1/rates&api=labels", vec!["prod-shipping"]),
        ("url=https://api.parcels.example/v10", vec![]),
        ("api=deals", vec!["deals"]),
        ("program=nobody", vec![]),
    ] {
        let answer = service.items(&format!("{PATH}?{query}")).await;
        assert_eq!(answer.column("row"), rows, "{query}");
        assert_eq!(answer.json()["total"], rows.len(), "{query}");
    }
}

#[tokio::test]
async fn the_state_is_that_of_the_moment_asked_about() {
    let service = WebService::start().await;
    for (on, state) in [
        ("2026-02-01", "announced"),
        ("2026-02-15", "announced"),
        ("2026-02-15T05:00:00Z", "deprecated"),
        ("2026-04-01T14:00:00Z", "brownout"),
        ("2026-04-01T12:00:00-04:00", "deprecated"),
        ("2026-04-01T12:00:00+02:00", "deprecated"),
        ("2026-04-08T15:59:59Z", "brownout"),
        ("2026-06-01", "deprecated"),
        ("2026-06-01T04:00:00Z", "cut-off"),
    ] {
        let path = format!("{PATH}?api=labels&environment=prod&on={on}");
        assert_eq!(service.items(&path).await.column("state"), [state], "{on}");
    }
}

#[tokio::test]
async fn within_asks_for_cutoffs_that_may_fall_in_the_stretch_to_come() {
    let service = WebService::start().await;
    let rows = async |query: &str| service.items(&format!("{PATH}?{query}")).await.column("row");
    assert_eq!(rows("within=30%20days").await, ["everyone"]);
    let in_90 = ["everyone", "prod-shipping", "prod-shipping"];
    assert_eq!(rows("within=90+days").await, in_90);
    assert_eq!(rows("within=30+days&on=2026-05-20&sort=api").await, ["prod-shipping"; 2]);
    assert_eq!(rows("within=1+year&program=crm").await, ["contacts", "deals"]);
}

#[tokio::test]
async fn the_table_is_sorted_as_asked() {
    let service = WebService::start().await;
    for (sort, member) in [("api", "api"), ("environment", "environment"), ("program", "program")] {
        let found = service.items(&format!("{PATH}?sort={sort}")).await.column(member);
        assert!(found.is_sorted_by_key(|name| name.to_lowercase()), "{sort}: {found:?}");
    }
    let first_row = service.items(&format!("{PATH}?sort=cutoff")).await.column("row");
    assert_eq!(first_row[0], "test-shipping");
    assert_eq!(first_row[9], "extended", "what has no date yet comes last");
}

#[tokio::test]
async fn following_the_links_shows_every_line_once() {
    let service = WebService::start().await;
    let whole = service.items(PATH).await.json()["items"].clone();
    for limit in [1, 3, 4, 10, 1000] {
        let mut path = format!("{PATH}?limit={limit}");
        let mut seen = Vec::new();
        for _ in 0..20 {
            let answer = service.items(&path).await;
            seen.extend(answer.json()["items"].as_array().unwrap().clone());
            let link = answer.header("link").to_owned();
            assert!(link.contains("rel=\"first\""), "{link}");
            let Some((next, _)) = link.split_once(">; rel=\"next\"") else { break };
            path = next.trim_start_matches('<').to_owned();
            let cursor = answer.json()["next"].as_str().unwrap().to_owned();
            assert!(path.contains(&cursor), "{path}");
        }
        assert_eq!(serde_json::Value::from(seen), whole, "limit {limit}");
    }
}

#[tokio::test]
async fn later_pages_keep_the_moment_of_the_first() {
    let service = WebService::start().await;
    let first = service.items(&format!("{PATH}?state=deprecated&limit=1")).await;
    assert_eq!(first.json()["total"], 3);
    service.set_clock("2027-01-01T00:00:00Z");
    let cursor = first.json()["next"].as_str().unwrap().to_owned();
    let path = format!("{PATH}?state=deprecated&limit=1000&cursor={cursor}");
    let rest = service.items(&path).await;
    assert_eq!(rest.column("state"), ["deprecated"; 2]);
    assert_eq!(rest.json()["total"], 3);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_question_alone() {
    let service = WebService::start().await;
    let cursor = service.items(&format!("{PATH}?limit=2")).await.json()["next"].clone();
    let cursor = cursor.as_str().unwrap();
    let other = service.get(&format!("{PATH}?limit=2&program=parcels&cursor={cursor}")).await;
    assert_eq!((other.status.as_u16(), &other.json()["code"]), (400, &"bad-cursor".into()));
    for bad in ["x", "e30", "%00", "bm90IGpzb24", &"A".repeat(3_000)] {
        let answer = service.get(&format!("{PATH}?cursor={bad}")).await;
        assert_eq!(answer.status, 400, "{bad}");
    }
}

/// Follows the links of `path` to the end, and publishes something else after the
/// first page.
async fn followed_across_a_publication(service: &WebService, path: &str) -> Vec<Value> {
    let mut pages = vec![service.items(path).await.json()];
    let mut changed = crate::web_service::WORKSPACE.clone();
    changed.programs.shift_remove("crm");
    let parcels = changed.programs.get_mut("parcels").unwrap();
    parcels.notices.sort_by(|_, one, _, other| other.title.cmp(&one.title));
    service.publish(changed).await;
    while let Some(cursor) = pages.last().unwrap()["next"].as_str() {
        let next = format!("{path}&cursor={cursor}");
        pages.push(service.items(&next).await.json());
    }
    pages
}

#[tokio::test]
async fn a_list_goes_on_as_it_stood_when_something_is_published_between_two_pages() {
    for list in ["impacted", "notices", "apis", "schedule"] {
        let service = WebService::start().await;
        let whole = service.items(&format!("/api/v1/{list}?on=2026-03-10")).await.json();
        let path = format!("/api/v1/{list}?on=2026-03-10&limit=1");
        let pages = followed_across_a_publication(&service, &path).await;
        assert!(pages.len() > 2, "{list}");
        let seen: Vec<_> =
            pages.iter().flat_map(|page| page["items"].as_array().unwrap().clone()).collect();
        assert_eq!(Value::from(seen), whole["items"], "{list}: every item, once, in order");
        assert!(pages.iter().all(|page| page["publication"] == whole["publication"]), "{list}");
        let anew = service.items(&path).await.json();
        assert_ne!(anew["publication"], whole["publication"], "who starts anew reads the new one");
    }
}

#[tokio::test]
async fn a_cursor_of_a_publication_that_is_not_here_is_refused_and_says_so() {
    let service = WebService::start().await;
    let elsewhere = WebService::start_empty(false).await;
    let mut other = crate::web_service::WORKSPACE.clone();
    other.programs.get_mut("parcels").unwrap().settings.title = "Of another office".to_owned();
    elsewhere.publish(other.clone()).await;
    other.programs.get_mut("parcels").unwrap().settings.title = "Changed".to_owned();
    elsewhere.publish(other).await;
    let path = format!("{PATH}?limit=2");
    let latest = elsewhere.items(&path).await.json()["next"].clone();
    let first = elsewhere.items(&format!("{path}&as_of={}", crate::web_service::NOON)).await;
    for cursor in [latest, first.json()["next"].clone()] {
        let cursor = cursor.as_str().unwrap();
        let stale = service.get(&format!("{path}&cursor={cursor}")).await;
        assert_eq!((stale.status.as_u16(), &stale.json()["code"]), (404, &"stale-cursor".into()));
        assert!(stale.body.contains("not known here; start again"), "{}", stale.body);
    }
}

#[tokio::test]
async fn a_misspelled_name_is_answered_with_what_was_meant() {
    let service = WebService::start().await;
    let answer = service.items(&format!("{PATH}?api=holdforpickup&program=parcel")).await.json();
    assert_eq!(answer["total"], 0);
    assert_eq!(answer["did_you_mean"]["api"], "holdForPickup");
    assert_eq!(answer["did_you_mean"]["program"], "parcels");
    let answer = service.items(&format!("{PATH}?url=api.parcel.example")).await.json();
    assert_eq!(answer["did_you_mean"]["url"], "api.parcels.example");
}

#[tokio::test]
async fn a_line_tells_dates_with_bounds_and_the_offices_wording() {
    let service = WebService::start().await;
    let answer = service.items(&format!("{PATH}?api=labels&environment=prod")).await.json();
    let line = &answer["items"][0];
    assert_eq!(line["cutoff"]["date"], "2026-06-01");
    assert_eq!(line["cutoff"]["label"], "1st of June");
    assert_eq!(line["cutoff"]["earliest"], "2026-06-01T04:00:00Z");
    assert_eq!(line["group"], "shipping");
    assert_eq!(line["urls"].as_array().unwrap().len(), 2);
    assert_eq!(answer["on"], "2026-03-02T00:00:00Z", "when anything last changed");
}

#[tokio::test]
async fn every_documented_filter_is_accepted_and_no_other() {
    let service = WebService::start().await;
    let document = service.items("/api/v1/openapi.json").await.json();
    let described = document["paths"][PATH]["get"]["parameters"].as_array().unwrap();
    let described: BTreeSet<_> =
        described.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
    let beside = ["changed_since", "as_of", "limit", "cursor"];
    let accepted: BTreeSet<_> = fairwarning::impact::FILTERS.into_iter().chain(beside).collect();
    assert_eq!(described, accepted);
}
