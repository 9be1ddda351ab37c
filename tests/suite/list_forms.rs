//! Lists as spreadsheets and as Markdown tables, and a notice as a document.

use crate::web_service::{Answer, WORKSPACE, WebService};
use reqwest::Method;
use serde_json::Value;

const LISTS: [&str; 4] = ["impacted", "notices", "apis", "schedule"];

async fn accepting(service: &WebService, path: &str, kinds: &str) -> Answer {
    service.ask(Method::GET, path, &[("accept", kinds)]).await
}

fn records(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let cells = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    reader.records().map(|record| cells(record.unwrap())).collect()
}

/// Whether another `Accept` may get another answer.
fn varies_by_form(answer: &Answer) -> bool {
    answer.header("vary").split(',').any(|name| name.trim() == "accept")
}

#[tokio::test]
async fn a_list_is_a_spreadsheet_by_its_suffix_and_by_accept() {
    let service = WebService::start().await;
    for list in LISTS {
        let path = format!("/api/v1/{list}");
        let named = service.items(&format!("{path}.csv")).await;
        let asked = accepting(&service, &path, "text/csv").await;
        assert_eq!(named.body, asked.body, "{list}");
        assert_eq!(named.header("content-type"), "text/csv; charset=utf-8; header=present");
        let file = format!("attachment; filename=\"{list}.csv\"");
        assert_eq!(named.header("content-disposition"), file);
        assert!(!varies_by_form(&named) && varies_by_form(&asked), "{list}");
        assert!(named.body.ends_with("\r\n") && !named.body.contains("\n\n"), "{list}");
        let json = service.items(&path).await;
        assert!(varies_by_form(&json), "{list}");
        let records = records(&named.body);
        let items = json.json()["items"].as_array().unwrap().len();
        assert_eq!(records.len(), items + 1, "{list}: a head, and a record for each item");
        assert!(records.iter().all(|record| record.len() == records[0].len()), "{list}");
        let column = records[0].iter().position(|name| name == "program").unwrap();
        let programs: Vec<_> = records[1..].iter().map(|record| record[column].clone()).collect();
        assert_eq!(programs, json.column("program"), "{list}: in the same order");
    }
}

#[tokio::test]
async fn a_list_is_a_markdown_table_by_its_suffix_and_by_accept() {
    let service = WebService::start().await;
    for list in LISTS {
        let path = format!("/api/v1/{list}");
        let named = service.items(&format!("{path}.md")).await;
        let asked = accepting(&service, &path, "text/markdown, application/json;q=0.9").await;
        assert_eq!(named.body, asked.body, "{list}");
        assert_eq!(named.header("content-type"), "text/markdown; charset=utf-8");
        let file = format!("inline; filename=\"{list}.md\"");
        assert_eq!(named.header("content-disposition"), file);
        let total = service.items(&path).await.json()["items"].as_array().unwrap().len();
        let lines: Vec<_> = named.body.lines().collect();
        assert_eq!(lines.len(), total + 2, "{list}: {}", named.body);
        // A bar inside a cell is escaped, so every line has as many cells.
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        assert!(lines.iter().all(|line| cells(line) == cells(lines[0])), "{}", named.body);
    }
}

#[tokio::test]
async fn json_is_what_a_browser_and_a_careless_client_get() {
    let service = WebService::start().await;
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for kinds in ["*/*", browser, "image/png", "application/json, text/csv", "text/csv;q=0"] {
        let answer = accepting(&service, "/api/v1/impacted", kinds).await;
        assert_eq!(answer.header("content-type"), "application/json", "{kinds}");
        assert_eq!(answer.header("content-disposition"), "", "{kinds}");
    }
    let named = accepting(&service, "/api/v1/impacted.json", "text/csv").await;
    assert_eq!(named.header("content-type"), "application/json", "the address has the last word");
    for kinds in ["text/csv, application/json;q=0.5", "text/*", "text/csv, */*;q=0.1"] {
        let answer = accepting(&service, "/api/v1/impacted", kinds).await;
        assert!(answer.header("content-type").starts_with("text/csv"), "{kinds}");
    }
}

#[tokio::test]
async fn each_form_takes_the_same_filters_and_has_the_same_pages() {
    let service = WebService::start().await;
    let whole = service.items("/api/v1/impacted.csv?program=parcels").await;
    let mut path = "/api/v1/impacted.csv?program=parcels&limit=3".to_owned();
    let mut seen = Vec::new();
    for _ in 0..9 {
        let page = service.items(&path).await;
        seen.extend(records(&page.body).into_iter().skip(1));
        let link = page.header("link").to_owned();
        assert!(link.ends_with("</api/v1/impacted.csv?program=parcels&limit=3>; rel=\"first\""));
        let Some((next, _)) = link.split_once(">; rel=\"next\"") else { break };
        path = next.trim_start_matches('<').to_owned();
    }
    assert_eq!(seen, records(&whole.body)[1..]);
    // A page of one form goes on in another.
    let first = service.items("/api/v1/impacted?limit=3").await.json();
    let next = format!("/api/v1/impacted.md?limit=3&cursor={}", first["next"].as_str().unwrap());
    assert_eq!(service.items(&next).await.body.lines().count(), 5);
    let bad = service.get("/api/v1/impacted.csv?colour=red").await;
    assert_eq!(
        (bad.status.as_u16(), bad.header("content-type")),
        (400, "application/problem+json")
    );
    let refused = service.ask(Method::POST, "/api/v1/impacted.csv", &[]).await;
    assert_eq!((refused.status.as_u16(), refused.header("allow")), (405, "GET, HEAD, OPTIONS"));
    assert_eq!(service.get("/api/v1/impacted.xml").await.status, 404);
}

#[tokio::test]
async fn each_form_has_a_tag_of_its_own_and_is_asked_again_cheaply() {
    let service = WebService::start().await;
    let mut tags = Vec::new();
    for suffix in [".json", ".csv", ".md"] {
        let path = format!("/api/v1/impacted{suffix}");
        let tag = service.items(&path).await.header("etag").to_owned();
        let again = service.ask(Method::GET, &path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status.as_u16(), again.header("etag")), (304, tag.as_str()));
        assert!(!tags.contains(&tag), "{suffix}");
        tags.push(tag);
    }
    let known = [("if-none-match", tags[0].as_str()), ("accept", "text/csv")];
    let other = service.ask(Method::GET, "/api/v1/impacted", &known).await;
    assert_eq!(other.status, 200, "another form is another answer");
    assert_eq!(other.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn no_cell_is_a_formula_and_none_breaks_its_table() {
    let service = WebService::start_empty(false).await;
    let mut workspace = WORKSPACE.clone();
    for (place, start) in ["=", "+", "-", "@", "\t", "\r"].into_iter().enumerate() {
        let catalogue = &mut workspace.programs["parcels"].catalogue;
        let (_, api) = catalogue.apis.get_index_mut(place % 3).unwrap();
        api.title = format!("{start}cmd|' /C calc'!A0, \"quoted\"\r\n| <b>`x`");
        if place % 3 == 2 {
            service.publish(workspace.clone()).await;
            let csv = service.items("/api/v1/impacted.csv?program=parcels").await.body;
            let cells: Vec<_> = records(&csv).into_iter().flatten().collect();
            let hostile: Vec<_> = cells.iter().filter(|cell| cell.contains("calc")).collect();
            assert!(!hostile.is_empty());
            assert!(hostile.iter().all(|cell| cell.starts_with('\'')), "{hostile:?}");
            let lines = service.items("/api/v1/impacted.md?program=parcels").await.body;
            let cells = |line: &str| line.replace("\\|", "").matches('|').count();
            let head = cells(lines.lines().next().unwrap());
            assert!(lines.lines().all(|line| cells(line) == head), "{lines}");
            assert!(!lines.contains("<b>") || lines.contains("\\<b>"), "{lines}");
        }
    }
}

#[tokio::test]
async fn a_notice_is_a_document_by_its_suffix_and_by_accept() {
    let service = WebService::start().await;
    let path = "/api/v1/notices/parcels/tls-1.2";
    let whole = service.items(path).await;
    assert_eq!(
        (whole.header("content-type"), whole.header("vary")),
        ("application/json", "accept, accept-encoding")
    );
    let named = service.items(&format!("{path}.md")).await;
    let asked = accepting(&service, path, "text/markdown").await;
    assert_eq!(Value::from(named.body.clone()), whole.json()["markdown"]);
    assert_eq!(named.body, asked.body);
    assert_eq!(named.header("content-type"), "text/markdown; charset=utf-8");
    assert_eq!(named.header("content-disposition"), "inline; filename=\"parcels-tls-1.2.md\"");
    assert_ne!(named.header("etag"), whole.header("etag"));
    assert_eq!(service.items(&format!("{path}.json")).await.json(), whole.json());
    assert_eq!(service.get("/api/v1/notices/parcels/none.md").await.status, 404);
}

#[tokio::test]
async fn a_notice_whose_id_ends_like_a_suffix_keeps_its_address() {
    let mut workspace = WORKSPACE.clone();
    let notices = &mut workspace.programs["parcels"].notices;
    let mut twin = notices["tls-1.2"].clone();
    twin.id = "tls.md".parse().unwrap();
    notices.insert(twin.id.clone(), twin);
    let service = WebService::start_empty(false).await;
    service.publish(workspace).await;
    let twin = service.items("/api/v1/notices/parcels/tls.md").await;
    assert_eq!(twin.json()["notice"], "tls.md");
    let text = service.items("/api/v1/notices/parcels/tls.md.md").await;
    assert_eq!(text.header("content-type"), "text/markdown; charset=utf-8");
}
