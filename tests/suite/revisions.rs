//! How a notice came to say what it says: its revisions, their differences, and what
//! was published otherwise since a moment.

use crate::databases::on_both_databases;
use crate::web_service::{NOON, WORKSPACE, WebService};
use fairwarning::notice::{Date, NoticePath, Workspace};
use serde_json::{Value, json};

on_both_databases!(
    revisions_are_listed_up_to_a_publication_with_what_was_kept,
    what_was_revised_is_found_by_its_publications,
);

const NOTICE: &str = "/api/v1/notices/parcels/tls-1.2";
const EXTENDED: &str = "2026-03-20T12:00:00Z";
const REWORDED: &str = "2026-04-01T09:30:00Z";

/// The fixture with the cutoff of one row on another day, and an amendment that says so.
fn extended(day: &str) -> Workspace {
    let mut workspace = WORKSPACE.clone();
    let notice = &mut workspace.programs["parcels"].notices["tls-1.2"];
    let (_, row) = notice.schedule.rows.get_index_mut(1).unwrap();
    let later: Date = serde_json::from_value(day.into()).unwrap();
    row.dates.cutoff = Some(later);
    workspace
}

/// The same, with another text beside it and a setting of the office's own.
fn reworded(day: &str) -> Workspace {
    let mut workspace = extended(day);
    let program = &mut workspace.programs["parcels"];
    program.settings.sender.name = Some("Secretly renamed".to_owned());
    program.catalogue.apis["labels"].title = "Labels and stamps".to_owned();
    program.notices["tls-1.2"].title = "TLS 1.0 ends".to_owned();
    workspace
}

/// Published at noon on 10 March, extended on the 20th, reworded on 1 April.
async fn amended() -> WebService {
    let service = WebService::start().await;
    service.set_clock(EXTENDED);
    service.publish(extended("2026-09-01")).await;
    service.set_clock(REWORDED);
    service.publish(reworded("2026-09-01")).await;
    service
}

fn texts(revision: &Value) -> Vec<&str> {
    let changes = revision["changes"].as_array().unwrap();
    changes.iter().map(|change| change["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_revisions_of_a_notice_come_newest_first_with_what_changed() {
    let service = amended().await;
    let answer = service.items(&format!("{NOTICE}/revisions")).await.json();
    assert_eq!(answer["total"], 3);
    let items = answer["items"].as_array().unwrap();
    let published: Vec<_> = items.iter().map(|item| item["published"].as_str().unwrap()).collect();
    assert_eq!(published, [REWORDED, EXTENDED, NOON]);
    let latest = service.items(NOTICE).await.json();
    assert_eq!(items[0]["revision"], latest["revision"]);
    assert_eq!(items[0]["publication"], latest["publication"]);
    assert_eq!(texts(&items[2]), ["notice"]);
    assert_eq!(items[2]["changes"][0]["word"], "new");
    let moved = &items[1]["changes"][0];
    let row = WORKSPACE.programs["parcels"].notices["tls-1.2"].schedule.rows.get_index(1).unwrap();
    assert_eq!(moved["what"], "cutoff");
    assert_eq!(moved["rows"], json!([row.0]));
    assert_eq!(moved["after"], "2026-09-01");
    let before = row.1.dates.cutoff.as_ref().unwrap();
    assert!(moved["before"].as_str().unwrap().starts_with(&before.span.to_string()));
    assert!(texts(&items[0]).contains(&"title: TLS 1.0 & 1.1 end → TLS 1.0 ends"), "{}", items[0]);
}

#[tokio::test]
async fn what_a_revision_changed_is_the_same_however_often_it_is_asked_for() {
    let service = amended().await;
    let path = format!("{NOTICE}/revisions");
    let first = service.items(&path).await;
    let again = service.items(&path).await;
    assert_eq!((first.body.as_str(), first.header("etag")), (&*again.body, again.header("etag")));
    let pages: Vec<Value> = {
        let mut pages = vec![service.items(&format!("{path}?limit=1")).await.json()];
        service.publish(extended("2026-10-01")).await;
        while let Some(cursor) = pages.last().unwrap()["next"].as_str() {
            pages.push(service.items(&format!("{path}?limit=1&cursor={cursor}")).await.json());
        }
        pages
    };
    let seen: Vec<_> = pages.iter().map(|page| page["items"][0].clone()).collect();
    assert_eq!(Value::from(seen), first.json()["items"], "as it stood at the first page");
    assert_eq!(service.items(&path).await.json()["total"], 4);
    let then = service.items(&format!("{path}?as_of={EXTENDED}")).await.json();
    assert_eq!(then["total"], 2);
}

#[tokio::test]
async fn the_values_of_an_office_s_settings_are_told_to_nobody() {
    let service = amended().await;
    let answer = service.items(&format!("{NOTICE}/revisions")).await;
    assert!(!answer.body.contains("Secretly renamed"), "{}", answer.body);
    let latest = &answer.json()["items"][0];
    let around: Vec<_> = latest["changes"].as_array().unwrap().clone();
    let of_program: Vec<_> = around.iter().filter(|change| change["of"] == "program").collect();
    assert!(of_program.iter().any(|change| change["text"] == "sender"), "{of_program:?}");
    let title = "API labels: title: Labels → Labels and stamps";
    assert!(of_program.iter().any(|change| change["text"] == title), "{of_program:?}");
}

#[tokio::test]
async fn two_revisions_are_compared_by_their_digits_or_by_moments() {
    let service = amended().await;
    let path = format!("{NOTICE}/differences");
    let latest = service.items(&path).await.json();
    assert_eq!(latest["from"]["published"], EXTENDED, "the one before, where none is named");
    assert_eq!(latest["to"]["published"], REWORDED);
    let all = service.items(&format!("{path}?from=2026-03-15")).await.json();
    assert_eq!(all["from"]["published"], NOON);
    let whole = texts(&all);
    assert!(whole.iter().any(|text| text.starts_with("cutoff of ")), "{whole:?}");
    assert!(texts(&latest).iter().all(|text| whole.contains(text)), "{whole:?}");
    let (from, to) = (&all["from"]["revision"], &latest["from"]["revision"]);
    let digits = |revision: &Value| revision.as_str().unwrap()[..12].to_owned();
    let named = format!("{path}?from={}&to={}", digits(from), digits(to));
    let named = service.items(&named).await.json();
    let moved = service.items(&format!("{path}?to=2026-03-21")).await.json();
    assert_eq!(named, moved);
    let same = service.items(&format!("{path}?from={to}&to={to}").replace('"', "")).await.json();
    assert_eq!(same["changes"], json!([]));
    let first = service.items(&format!("{path}?to={}", digits(from))).await.json();
    assert_eq!((&first["from"], texts(&first)), (&Value::Null, vec!["notice"]));
}

#[tokio::test]
async fn a_comparison_with_what_never_was_is_refused_with_the_reason() {
    let service = amended().await;
    let refused = [
        ("from=000000000000", 404, "no revision 000000000000"),
        ("from=2026-03-10T11:59:59Z", 404, "had not been published"),
        ("from=abc", 400, "neither a revision"),
        ("from=", 400, "from: it is empty"),
        ("since=2026-03-10", 400, "no such parameter"),
    ];
    for (query, status, words) in refused {
        let answer = service.get(&format!("{NOTICE}/differences?{query}")).await;
        assert_eq!(answer.status.as_u16(), status, "{query}: {}", answer.body);
        assert!(answer.body.contains(words), "{query}: {}", answer.body);
    }
    for part in ["revisions", "differences"] {
        let none = service.get(&format!("/api/v1/notices/parcels/none/{part}")).await;
        assert_eq!(none.status, 404);
        assert!(none.body.contains("there never was a notice parcels/none"), "{}", none.body);
    }
}

#[tokio::test]
async fn a_notice_that_is_declared_no_more_keeps_its_revisions() {
    let service = amended().await;
    let mut without = reworded("2026-09-01");
    without.programs["parcels"].notices.shift_remove("tls-1.2");
    service.publish(without).await;
    assert_eq!(service.get(NOTICE).await.status, 404);
    assert_eq!(service.items(&format!("{NOTICE}/revisions")).await.json()["total"], 3);
    service.items(&format!("{NOTICE}/differences")).await;
}

#[tokio::test]
async fn notices_are_found_by_what_was_published_otherwise_since() {
    let service = amended().await;
    let found = async |since: &str| {
        let answer = service.items(&format!("/api/v1/notices?changed_since={since}")).await;
        answer.column("notice")
    };
    assert_eq!(found("2026-03-10").await.len(), 3, "all of them are newer than that");
    // The sender writes every notice of the program.
    assert_eq!(found(NOON).await, ["tls-1.2", "rates-v1"]);
    assert_eq!(found(EXTENDED).await, ["tls-1.2", "rates-v1"]);
    assert!(found(REWORDED).await.is_empty());
    assert!(found("2099-01-01").await.is_empty());
    let bad = service.get("/api/v1/notices?changed_since=lately").await;
    assert_eq!((bad.status.as_u16(), bad.body.contains("changed_since")), (400, true));
}

#[tokio::test]
async fn lines_are_found_that_say_something_else_since() {
    let service = WebService::start().await;
    service.set_clock(EXTENDED);
    service.publish(extended("2026-09-01")).await;
    let found = async |since: &str| {
        let path = format!("/api/v1/impacted?changed_since={since}");
        service.items(&path).await
    };
    let whole = service.items("/api/v1/impacted").await.column("row");
    assert_eq!(found("2026-03-10").await.column("row"), whole);
    let notice = &WORKSPACE.programs["parcels"].notices["tls-1.2"];
    let (moved, row) = notice.schedule.rows.get_index(1).unwrap();
    let changed = found(NOON).await;
    assert_eq!(changed.column("row"), vec![moved.to_string(); row.targets.len()]);
    assert!(
        changed.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| { line["cutoff"]["date"] == "2026-09-01" })
    );
    assert!(found(EXTENDED).await.column("row").is_empty());
    // The pages of it go on as they were begun.
    let path = format!("/api/v1/impacted?changed_since={NOON}&limit=1");
    let first = service.items(&path).await.json();
    service.publish(WORKSPACE.clone()).await;
    let cursor = first["next"].as_str().unwrap();
    let second = service.items(&format!("{path}&cursor={cursor}")).await.json();
    assert_eq!(second["total"], row.targets.len());
    assert_eq!(second["items"][0]["cutoff"]["date"], "2026-09-01");
}

async fn revisions_are_listed_up_to_a_publication_with_what_was_kept() {
    let office = crate::test_office::TestOffice::open().await;
    let store = &office.store;
    let path = crate::sample_office::notice();
    let first = store.current_publication_id().await.unwrap().unwrap();
    let (amended, now) = (crate::sample_office::amended(), office.clock.now());
    store.publish(&amended, Some(first), now).await.unwrap();
    let second = store.current_publication_id().await.unwrap().unwrap();
    let of = async |until| store.revisions_of(&path, until, 1).await.unwrap();
    let all = of(second).await;
    let publications: Vec<_> = all.iter().map(|revision| revision.publication).collect();
    assert_eq!(publications, [second, first]);
    assert_eq!(of(first).await, all[1..]);
    assert!(all.iter().all(|revision| revision.changes.is_none()));
    for told in ["[]", "[1]"] {
        store.keep_changes(all[0].id, 1, told).await.unwrap();
        assert_eq!(of(second).await[0].changes.as_deref(), Some(told));
    }
    let newer = store.revisions_of(&path, second, 2).await.unwrap();
    assert_eq!(newer[0].changes, None, "what was kept in another format is worked out anew");
}

async fn what_was_revised_is_found_by_its_publications() {
    let office = crate::test_office::TestOffice::open().await;
    let store = &office.store;
    let first = store.current_publication_id().await.unwrap().unwrap();
    let (amended, now) = (crate::sample_office::amended(), office.clock.now());
    store.publish(&amended, Some(first), now).await.unwrap();
    let second = store.current_publication_id().await.unwrap().unwrap();
    let revised = async |after, until| store.revised(after, until).await.unwrap();
    let path: NoticePath = crate::sample_office::notice();
    assert!(revised(Some(first), second).await.contains(&path));
    assert!(revised(None, first).await.contains(&path));
    assert!(revised(Some(second), second).await.is_empty());
}
