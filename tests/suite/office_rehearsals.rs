//! The office sees who of those it told passes its test endpoints, who fails and who never
//! tried, until the cutoff.

use crate::databases::on_postgres_too;
use crate::rehearsed::rehearsing;
use crate::reminded::Followed;
use crate::store_contract_trying::{at_endpoint, by, keep};
use crate::web_service::WebService;
use chrono::Duration;
use fairwarning::links::Token;
use fairwarning::notice::{
    Attempt, AttemptOutcome as Outcome, OccasionKind, OfficeScope, Readiness,
};
use fairwarning::store::Rehearser;
use reqwest::Method;
use serde_json::json;

on_postgres_too!(
    those_who_were_told_are_counted_by_their_last_attempt,
    the_lists_are_paged_and_together_name_everybody_once,
);

async fn tries(followed: &Followed, subscriber: i64, outcome: Outcome) {
    let token = followed.office.keys.sign(&Token::Rehearse { subscriber });
    let attempt = at_endpoint(outcome, followed.office.clock.now());
    keep(&followed.office, vec![by(attempt, &token)]).await;
}

async fn announced(followed: &Followed) -> i64 {
    followed.occasions(OccasionKind::Announcement).await.remove(0).id
}

/// Five who were told: the first passes after failing, the second fails again after passing,
/// the third sent nothing, the fourth failed, the fifth never tried.
async fn tried() -> Followed {
    let (followed, _) = rehearsing(5).await;
    for (subscriber, outcome) in [(1, Outcome::TooOld), (2, Outcome::Passed), (3, Outcome::Silent)]
    {
        tries(&followed, subscriber, outcome).await;
    }
    followed.office.clock.pass(Duration::days(2));
    for (subscriber, outcome) in
        [(1, Outcome::Passed), (2, Outcome::Observed), (4, Outcome::PlainHttp)]
    {
        tries(&followed, subscriber, outcome).await;
    }
    followed
}

#[tokio::test]
async fn those_who_were_told_are_counted_by_their_last_attempt() {
    let followed = tried().await;
    let (store, path) = (&followed.office.store, followed.path());
    let occasion = announced(&followed).await;
    // Somebody who was not told is not among them.
    followed.office.import("address,programs\nlate@example.org,parcel\n").await.unwrap();
    tries(&followed, 6, Outcome::TooOld).await;
    let counts = store.ready_counts(occasion, &path).await.unwrap();
    let expected = [(Readiness::Fails, 2), (Readiness::Unclear, 1), (Readiness::Passes, 1)];
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
    let days = store.ready_by_day(occasion, &path).await.unwrap();
    let begin = followed.office.clock.now().date_naive() - Duration::days(2);
    let passing = |day| {
        let passes = |state| i64::from(state == Readiness::Passes);
        let of_day = days.iter().filter(move |change| change.day <= day);
        of_day.map(|c| c.people * (passes(c.state) - c.before.map_or(0, passes))).sum::<i64>()
    };
    assert_eq!((passing(begin), passing(begin + Duration::days(2))), (1, 1));
    assert_eq!(days.iter().map(|change| change.people).sum::<i64>(), 6);
}

#[tokio::test]
async fn the_lists_are_paged_and_together_name_everybody_once() {
    let followed = tried().await;
    let (store, path) = (&followed.office.store, followed.path());
    let of = (announced(&followed).await, &path);
    let mut found: Vec<Rehearser> = Vec::new();
    for state in Readiness::ALL.map(Some).into_iter().chain([None]) {
        let mut after = Some(0);
        while let Some(from) = after {
            let page = store.rehearsers(of, state, (from, 1)).await.unwrap();
            assert!(page.people.len() <= 1 && page.next.is_none_or(|next| next > from));
            after = page.next;
            found.extend(page.people);
        }
    }
    found.sort_by_key(|one| one.subscriber);
    let (fails, passes) = (Some(Readiness::Fails), Some(Readiness::Passes));
    let expected = [passes, fails, Some(Readiness::Unclear), fails, None];
    assert_eq!(found.iter().map(|one| one.state).collect::<Vec<_>>(), expected);
    assert_eq!(found[4].address.as_str(), "p5@example.org");
}

#[tokio::test]
async fn the_page_counts_them_draws_them_and_lists_those_who_fail_first() {
    let followed = tried().await;
    let stranger = Attempt {
        peer: "198.51.100.9".parse().unwrap(),
        ..at_endpoint(Outcome::TooOld, followed.office.clock.now())
    };
    keep(&followed.office, vec![stranger]).await;
    let service = WebService::over(&followed.office).await;
    let cookie = service.session(OfficeScope::Viewer).await;
    let home = format!("/office/notices/{}/rehearsals", followed.path());
    let page = service.see(&home, &cookie).await;
    for part in [
        "<strong>2</strong> fail <span class=\"muted\">40 %",
        "<strong>1</strong> never tried",
        "<strong>1</strong> pass",
        "told do not pass",
        "p2@example.org",
        "p4@example.org",
        "198.51.100.0/24",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("p5@example.org") && !page.body.contains("Everybody as CSV"));
    let never = service.see(&format!("{home}?state=never"), &cookie).await;
    assert!(never.body.contains("p5@example.org"), "{}", never.body);
    assert_eq!(service.see(&format!("{home}?state=other"), &cookie).await.status, 400);
    let stands = service.see(&format!("/office/notices/{}", followed.path()), &cookie).await;
    assert!(stands.body.contains("Rehearsals until the cutoff"), "{}", stands.body);
    assert!(stands.body.contains(&format!("href=\"{home}\"")), "{}", stands.body);
}

#[tokio::test]
async fn everybody_is_exported_by_an_editor_and_that_is_on_record() {
    let followed = tried().await;
    let service = WebService::over(&followed.office).await;
    let path = format!("/notices/{}/rehearsals.csv", followed.path());
    let viewer = service.session(OfficeScope::Viewer).await;
    assert_eq!(service.see(&format!("/office{path}"), &viewer).await.status, 403);
    let editor = service.session(OfficeScope::Editor).await;
    let list = service.see(&format!("/office{path}"), &editor).await;
    assert!(list.header("content-type").starts_with("text/csv"));
    let lines: Vec<_> = list.body.lines().map(|line| line.rsplit_once(',').unwrap().0).collect();
    let expected = [
        "state,address",
        "fails,p2@example.org",
        "fails,p4@example.org",
        "never,p5@example.org",
        "unclear,p3@example.org",
        "passes,p1@example.org",
    ];
    assert_eq!(lines, expected);
    let token = service.token(OfficeScope::Editor).await;
    let headers = [("authorization", token.as_str())];
    let again = service.ask(Method::GET, &format!("/api/v1/office{path}"), &headers).await;
    assert_eq!(again.body, list.body);
    let record = service.see("/office/audit", &editor).await;
    assert!(record.body.contains("rehearsals"), "{}", record.body);
}

#[tokio::test]
async fn a_program_of_the_office_reads_the_same_as_json() {
    let followed = tried().await;
    let service = WebService::over(&followed.office).await;
    let token = service.token(OfficeScope::Viewer).await;
    let path = format!("/api/v1/office/notices/{}/rehearsals", followed.path());
    let ask = async |path: String| {
        let answer = service.ask(Method::GET, &path, &[("authorization", &token)]).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{}", answer.body);
        (answer.status.as_u16(), answer.json())
    };
    assert_eq!(service.get(&path).await.status, 401);
    let (_, summary) = ask(path.clone()).await;
    assert_eq!(summary["told"], 5);
    assert_eq!(summary["states"], json!({"fails": 2, "never": 1, "passes": 1, "unclear": 1}));
    let (_, never) = ask(format!("{path}/integrators?state=never")).await;
    assert_eq!(
        never["items"],
        json!([{"number": 5, "address": "p5@example.org", "state": "never"}])
    );
    let (_, first) = ask(format!("{path}/integrators?limit=1")).await;
    assert_eq!(
        (&first["items"][0]["address"], &first["next"]),
        (&json!("p2@example.org"), &json!(2))
    );
    let (_, second) = ask(format!("{path}/integrators?limit=1&after=2")).await;
    assert_eq!(second["items"][0]["address"], "p4@example.org");
    assert_eq!(ask(path.replace("parcel", "other")).await.0, 404);
    assert_eq!(ask(format!("{path}/integrators?state=good")).await.0, 400);
}
