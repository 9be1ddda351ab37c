//! Searching by words: on the page, and by programs.

use crate::everything::everything;
use crate::web_service::{WORKSPACE, WebService};
use fairwarning::impact::{Document, Matter, Search};
use fairwarning::notice::{Program, Workspace};

/// What was found, as `kind name`.
async fn found(service: &WebService, query: &str) -> Vec<String> {
    let answer = service.items(&format!("/api/v1/search?{query}")).await.json();
    let items = answer["items"].as_array().unwrap().iter();
    let one = |item: &serde_json::Value| {
        let name = item["name"].as_str().unwrap_or_else(|| item["program"].as_str().unwrap());
        format!("{} {name}", item["kind"].as_str().unwrap())
    };
    items.map(one).collect()
}

#[tokio::test]
async fn notices_apis_environments_hosts_and_programs_are_found_by_the_beginnings_of_words() {
    let service = WebService::start().await;
    for (query, expected) in [
        ("q=tls-1.2", "notice tls-1.2"),
        ("q=rates+retire", "notice rates-v1"),
        ("q=holdforpick", "api holdForPickup"),
        ("q=PICKUP", "api holdForPickup"),
        ("q=parcels.example", "host api.parcels.example"),
        ("q=crm", "program crm"),
        ("q=prod", "environment prod"),
    ] {
        let found = found(&service, query).await;
        assert!(found.iter().any(|hit| hit == expected), "{query}: {found:?}");
    }
    assert!(found(&service, "q=tls+deals").await.is_empty(), "every word must be there");
    assert!(found(&service, "q=ickup").await.is_empty(), "the middle of a word is none");
}

#[tokio::test]
async fn what_is_called_so_comes_before_what_only_says_so() {
    let service = WebService::start().await;
    let found = found(&service, "q=rates").await;
    assert_eq!(found[0], "api rates", "{found:?}");
    let at = |hit: &str| found.iter().position(|found| found == hit).unwrap();
    assert!(at("notice rates-v1") < at("notice tls-1.2"), "{found:?}");
}

#[tokio::test]
async fn the_page_shows_where_the_words_stand_and_is_for_no_search_engine() {
    let service = WebService::start().await;
    let page = service.items("/search?q=retires").await;
    assert!(page.body.contains("<mark>retires</mark>"), "{}", page.body);
    assert!(page.body.contains("href=\"/notices/parcels/rates-v1\""), "{}", page.body);
    assert!(page.body.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(!page.body.contains("rel=\"canonical\""));
    let probe = service.items("/search?q=%3Cscript%3Ealert(1)%3C/script%3E").await.body;
    assert!(probe.contains("value=\"&lt;script&gt;alert(1)&lt;/script&gt;\""), "{probe}");
    for path in ["/", "/notices", "/notices/parcels/tls-1.2"] {
        let page = service.items(path).await.body;
        assert!(page.contains("role=\"search\" method=\"get\" action=\"/search\""), "{path}");
    }
}

#[tokio::test]
async fn translations_are_searched_in_their_language_without_case_and_accents() {
    let service = WebService::start_empty(false).await;
    let (program, _) = everything();
    service.publish(Workspace { programs: [(program.id.clone(), program)].into() }).await;
    let german = service.items("/search?q=LIEGEPL%C3%84TZ&lang=de").await.body;
    let plain = service.items("/search?q=liegeplatz&lang=de").await.body;
    for page in [german, plain] {
        assert!(page.contains("/notices/harbour/berths?lang=de"), "{page}");
    }
    assert!(found(&service, "q=liegeplatz").await.is_empty(), "English does not say it");
}

#[tokio::test]
async fn a_question_is_needed_and_may_not_be_long() {
    let service = WebService::start().await;
    for query in ["", "?q=", "?q=+", &format!("?q={}", "a".repeat(201)), "?q=tls&page=2"] {
        let answer = service.get(&format!("/api/v1/search{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
    }
    let page = service.items(&format!("/search?q={}", "a".repeat(5_000))).await;
    assert!(page.body.len() < 20_000);
}

#[test]
fn no_question_lists_more_than_is_read_or_looks_at_everything() {
    let program = |n: usize| -> Program {
        let mut program = WORKSPACE.programs[0].clone();
        program.id = format!("p{n}").parse().unwrap();
        program
    };
    let document = |n: usize| Document {
        matter: Matter::Program(program(n).id),
        title: format!("Harbour {n}"),
        program: "Harbours".to_owned(),
        names: Vec::new(),
        text: "the tide ".repeat(1 + n % 7),
        also: Vec::new(),
    };
    let search = Search::build((0..3_000).map(document).collect());
    let (total, hits) = search.find("tide");
    assert_eq!((total, hits.len()), (2_000, 50));
    let (total, hits) = search.find("tide harbour 2999");
    assert_eq!((total, hits.len()), (0, 0), "the word that everything has is cut short");
    assert_eq!(search.find("2999").0, 1);
    assert_eq!(search.find("").0, 0);
    assert_eq!(search.find("!!").0, 0);
}
