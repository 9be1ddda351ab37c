//! The lists beside the table: notices, the catalogue, the schedule.

use crate::web_service::WebService;

#[tokio::test]
async fn notices_come_with_the_latest_announcement_first() {
    let service = WebService::start().await;
    let answer = service.items("/api/v1/notices").await;
    assert_eq!(answer.column("notice"), ["deals-retire", "tls-1.2", "rates-v1"]);
    let first = &answer.json()["items"][0];
    assert_eq!(first["states"], serde_json::json!({"cancelled": 1, "paused": 1}));
    assert_eq!(first["page"], "/notices/crm/deals-retire");
    assert_eq!(first["revision"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn notices_are_filtered_by_program_and_kind() {
    let service = WebService::start().await;
    let found = async |query: &str| {
        service.items(&format!("/api/v1/notices?{query}")).await.column("notice")
    };
    assert_eq!(found("program=parcels").await, ["tls-1.2", "rates-v1"]);
    assert_eq!(found("kind=retirement").await, ["deals-retire"]);
    assert!(found("kind=endpoint").await.is_empty());
}

#[tokio::test]
async fn a_notice_tells_its_rows_with_their_states() {
    let service = WebService::start().await;
    let notice = service.items("/api/v1/notices/parcels/tls-1.2?on=2026-07-15").await.json();
    let rows = notice["rows"].as_array().unwrap();
    let states: Vec<_> = rows.iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["cut-off", "cut-off", "due"]);
    assert_eq!(rows[0]["apis"], serde_json::json!(["labels", "rates"]));
    assert_eq!(notice["on"], "2026-07-15T00:00:00Z");
    assert_eq!(notice["milestones"].as_array().unwrap().len(), 9);
    assert_eq!(notice["declared"]["needs"], serde_json::json!(["TLS 1.2 or above"]));
    let text = notice["markdown"].as_str().unwrap();
    assert!(text.contains("From 1 June 2026 older protocols are refused"), "{text}");
}

#[tokio::test]
async fn the_catalogue_tells_which_notices_touch_an_api() {
    let service = WebService::start().await;
    let all = service.items("/api/v1/apis").await;
    assert_eq!(all.json()["total"], 6);
    let rates = service.items("/api/v1/apis?api=rates").await.json()["items"][0].clone();
    assert_eq!(rates["replaced_by"], serde_json::json!([["crm/contacts"]]));
    let touched = rates["touched_by"].as_array().unwrap();
    let rows: Vec<_> = touched.iter().map(|touch| touch["row"].as_str().unwrap()).collect();
    assert_eq!(rows, ["test-shipping", "everyone", "prod-shipping", "extended"]);
    let pickup = service.items("/api/v1/apis?api=holdForPickup").await.json()["items"][0].clone();
    assert_eq!(pickup["replaced_by"], serde_json::json!([]), "the office said: nothing");
    assert_eq!(pickup["environments"], serde_json::json!(["test", "prod"]));
}

#[tokio::test]
async fn milestones_come_in_order_of_time_and_unknown_ones_last() {
    let service = WebService::start().await;
    let answer = service.items("/api/v1/schedule").await.json();
    let items = answer["items"].as_array().unwrap();
    let earliest: Vec<_> =
        items.iter().map(|item| item["date"]["earliest"].as_str().unwrap_or("unknown")).collect();
    assert!(earliest.is_sorted(), "{earliest:?}");
    assert_eq!(earliest.last(), Some(&"unknown"));
    let brownout = items.iter().find(|item| item["kind"] == "brownout").unwrap();
    assert_eq!(brownout["environments"], serde_json::json!(["prod"]));
}

#[tokio::test]
async fn milestones_are_filtered_by_environment_and_time() {
    let service = WebService::start().await;
    let kinds = async |query: &str| {
        service.items(&format!("/api/v1/schedule?{query}")).await.column("kind")
    };
    assert_eq!(kinds("environment=test").await, ["deprecation", "cutoff"]);
    assert_eq!(
        kinds("environment=prod&from=2026-03-15&until=2026-05-01").await,
        ["cutoff", "brownout"]
    );
    assert_eq!(kinds("program=crm&until=2026-06-01").await, ["announced"]);
    assert_eq!(kinds("notice=rates-v1&from=2027-01-01").await, ["cutoff"]);
}

#[tokio::test]
async fn milestones_of_a_stretch_are_those_that_may_fall_in_it() {
    let service = WebService::start().await;
    let found = async |query: &str| {
        let answer = service.items(&format!("/api/v1/schedule?{query}")).await;
        answer.column("kind").into_iter().zip(answer.column("row")).collect::<Vec<_>>()
    };
    let whole = found("environment=prod").await;
    let soon = found("environment=prod&within=30+days&on=2026-05-10").await;
    assert!(soon.iter().any(|(kind, _)| kind == "cutoff"), "{soon:?}");
    assert!(soon.len() < whole.len() && soon.iter().all(|one| whole.contains(one)), "{soon:?}");
    let until = found("environment=prod&from=2026-05-10&until=2026-06-10").await;
    assert_eq!(soon, until, "within is counted from the moment asked about");
    let now = found("environment=prod&within=30+days").await;
    service.set_clock("2026-05-10T00:00:00Z");
    assert_eq!(found("environment=prod&within=30+days").await, soon, "which else is now");
    assert_ne!(now, soon);
}

#[tokio::test]
async fn what_is_in_force_now_is_told_by_environment() {
    let service = WebService::start().await;
    let asked = async |query: &str| service.items(&format!("/api/v1/now{query}")).await.json();
    let july = asked("?on=2026-07-15&program=parcels").await;
    let states = |environment: &serde_json::Value| {
        let rows = environment["rows"].as_array().unwrap().iter();
        rows.map(|row| row["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let named: Vec<_> = july["items"].as_array().unwrap().iter().collect();
    let environments: Vec<_> = named.iter().map(|found| &found["environment"]).collect();
    assert_eq!(environments, ["prod", "test"], "by program, then by environment");
    assert!(named.iter().any(|found| states(found).contains(&"cut-off".to_owned())), "{july}");
    for found in &named {
        let table = format!(
            "/api/v1/impacted?on=2026-07-15&program=parcels&environment={}&state=cut-off,due,brownout",
            found["environment"].as_str().unwrap()
        );
        let lines = service.items(&table).await.json()["items"].as_array().unwrap().clone();
        let of = |row: &serde_json::Value| {
            let is_of = |line: &&serde_json::Value| {
                line["row"] == row["row"] && line["notice"] == row["notice"]
            };
            let apis = lines.iter().filter(is_of).map(|line| line["api"].as_str().unwrap());
            apis.collect::<std::collections::BTreeSet<_>>().len()
        };
        let rows = found["rows"].as_array().unwrap();
        assert!(!rows.is_empty());
        for row in rows {
            assert_eq!(row["apis_in_all"], of(row), "as the table has it: {row}");
        }
    }
    let prod = asked("?on=2026-07-15&program=parcels&environment=prod").await;
    assert_eq!(prod["items"].as_array().unwrap().len(), 1);
    assert_eq!(asked("?on=2019-01-01").await["total"], 0, "nothing was in force then");
    let now = asked("").await;
    assert_eq!(now["on"], asked("").await["on"]);
    assert!(now["until"].as_str().is_some(), "and until when that stays true: {now}");
}
