//! Dates on the reader's own clocks, beside the office's.

use crate::web_service::WebService;

const NOTICE: &str = "/notices/parcels/tls-1.2";
const API: &str = "/apis/parcels/rates";

#[tokio::test]
async fn a_zone_in_the_address_adds_the_readers_clocks_and_takes_none_away() {
    let service = WebService::start().await;
    for path in [NOTICE, API] {
        let office = service.items(path).await.body;
        let tokyo = service.items(&format!("{path}?zone=Asia/Tokyo")).await.body;
        assert!(!office.contains("Asia/Tokyo") && !office.contains("class=\"there\""), "{path}");
        assert!(tokyo.contains("(UTC+09:00) in Asia/Tokyo</span>"), "{path}: {tokyo}");
        let dates = |page: &str| page.matches("<time datetime").count();
        assert_eq!(dates(&office), dates(&tokyo), "{path}");
        assert!(tokyo.contains("value=\"Asia/Tokyo\""), "the form shows it");
        assert!(tokyo.contains(&format!("href=\"{path}\"")), "and lets go of it");
    }
}

#[tokio::test]
async fn where_the_day_is_another_one_it_is_named() {
    let service = WebService::start().await;
    let page = service.items(&format!("{NOTICE}?zone=Pacific/Honolulu")).await.body;
    assert!(page.contains("(UTC-10:00) in Pacific/Honolulu"), "{page}");
    let there = page.split("class=\"there\">").nth(1).unwrap().split('<').next().unwrap();
    assert!(there.starts_with("from ") && there.contains(", "), "{there}");
}

#[tokio::test]
async fn clocks_that_agree_are_told_once() {
    let service = WebService::start().await;
    let zone = crate::web_service::WORKSPACE.programs["parcels"].settings.zone.name();
    let page = service.items(&format!("{API}?zone={zone}")).await.body;
    assert!(!page.contains("class=\"there\""), "{page}");
}

#[tokio::test]
async fn what_is_no_zone_is_told_at_its_field_with_what_was_perhaps_meant() {
    let service = WebService::start().await;
    for (given, guess) in [("Paris", "Europe/Paris"), ("Asia%2FTokio", "Asia/Tokyo")] {
        let page = service.items(&format!("{NOTICE}?zone={given}")).await.body;
        assert!(page.contains("id=\"zone-error\"") && page.contains(guess), "{given}");
    }
    let probe = service.items(&format!("{NOTICE}?zone=%22%3E%3Cscript%3E")).await.body;
    assert!(!probe.contains("\"><script>"), "{probe}");
    let spaced = service.items(&format!("{NOTICE}?zone=America/New+York")).await.body;
    assert!(!spaced.contains("zone-error"));
}

#[tokio::test]
async fn a_script_gets_what_it_needs_where_no_zone_was_asked_for_and_else_nothing() {
    let service = WebService::start().await;
    let office = service.items(NOTICE).await.body;
    assert!(office.contains("data-at=\"20") && office.contains("Z\" data-ahead=\""), "{office}");
    let asked = service.items(&format!("{NOTICE}?zone=Asia/Tokyo")).await.body;
    assert!(!asked.contains("data-at=\"20"), "{asked}");
    let script = service.items("/static/page.js").await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert!(!service.items("/").await.body.contains("data-at=\"20"), "the table stays short");
}

#[tokio::test]
async fn the_zone_stays_with_the_moment_and_the_language_that_were_asked_for() {
    let service = WebService::start().await;
    let page = service.items(&format!("{API}?on=2026-04-01&lang=de&zone=Asia/Tokyo")).await.body;
    assert!(page.contains("name=\"on\" value=\"2026-04-01T00:00:00Z\""), "{page}");
    assert!(page.contains("name=\"lang\" value=\"de\""));
    assert!(page.contains("?on=2026-04-01T00%3A00%3A00Z&amp;lang=de\">"), "without it: {page}");
}
