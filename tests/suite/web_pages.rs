//! The pages people see, without a script.

use crate::web_service::{WORKSPACE, WebService};
use reqwest::Method;

const BROWSER: (&str, &str) =
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

/// How many lines the table of a page has.
fn lines(page: &str) -> usize {
    page.matches("<li class=\"api\">").count()
}

#[tokio::test]
async fn the_table_page_shows_what_the_api_answers() {
    let service = WebService::start().await;
    for query in
        ["", "?program=crm", "?api=rates&environment=prod", "?state=due", "?within=90+days"]
    {
        let page = service.items(&format!("/{query}")).await;
        let total =
            service.items(&format!("/api/v1/impacted{query}")).await.json()["total"].clone();
        assert_eq!(lines(&page.body), usize::try_from(total.as_u64().unwrap()).unwrap(), "{query}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.body.contains("<caption"), "{query}");
    }
}

#[tokio::test]
async fn the_form_shows_what_was_asked_and_lets_go_of_each_part() {
    let service = WebService::start().await;
    let page = service
        .items("/?program=parcels&state=due,cut-off&group=shipping&on=2026-04-01")
        .await
        .body;
    assert!(page.contains("<option value=\"parcels\" selected>"));
    assert!(page.contains("<option value=\"cut-off,due\" selected>"), "several states are kept");
    assert!(page.contains("type=\"hidden\" name=\"group\" value=\"shipping\""));
    assert!(page.contains("type=\"date\" value=\"2026-04-01\""));
    assert!(
        page.contains(
            "href=\"/?group=shipping&amp;on=2026-04-01T00%3A00%3A00Z&amp;program=parcels\""
        )
    );
    let exact = service.items("/?on=2026-04-01T14:30:00Z").await.body;
    assert!(exact.contains("type=\"text\" value=\"2026-04-01T14:30:00Z\""));
}

#[tokio::test]
async fn a_mistake_in_a_field_is_told_beside_the_form() {
    let service = WebService::start().await;
    let answer = service.get("/?api=hold+for&on=soon&program=parcels").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("etag"), "");
    assert!(answer.body.contains("value=\"hold for\""), "what was typed is still there");
    assert!(answer.body.contains("role=\"alert\""));
    assert!(answer.body.contains("is not a moment"));
    assert!(answer.body.contains("<option value=\"parcels\" selected>"));
}

#[tokio::test]
async fn what_others_add_to_a_link_is_left_alone() {
    let service = WebService::start().await;
    let page = service.items("/?utm_source=mail&program=crm&fbclid=1").await;
    assert_eq!(lines(&page.body), 2);
    let sent = "/?program=crm&environment=&state=&api=&url=&within=&on=&sort=";
    assert_eq!(lines(&service.items(sent).await.body), 2, "a form sends its empty fields too");
    service.items("/notices/crm?utm_source=mail").await;
}

#[tokio::test]
async fn declared_text_is_never_markup() {
    let service = WebService::start().await;
    let page = service.items("/?api=holdForPickup").await.body;
    assert!(page.contains("Hold &lt;for&gt; Pickup"));
    assert!(!page.contains("Hold <for>"));
    let probe = "%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [format!("/?api={probe}"), format!("/?url={probe}"), format!("/{probe}")] {
        let answer = service.ask(Method::GET, &path, &[BROWSER]).await;
        assert!(!answer.body.contains("<script>"), "{path}");
    }
}

#[tokio::test]
async fn an_empty_table_helps_on() {
    let service = WebService::start().await;
    let page = service.items("/?api=holdforpickup").await.body;
    assert!(page.contains("Did you mean <a href=\"/?api=holdForPickup\">"));
    assert!(page.contains("Take one of the filters above away"));
}

#[tokio::test]
async fn the_pages_of_a_long_table_show_every_line_once() {
    let service = WebService::start().await;
    let mut path = "/?limit=4".to_owned();
    let mut seen = 0;
    for _ in 0..5 {
        let page = service.items(&path).await.body;
        seen += lines(&page);
        let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") else { break };
        path = rest.split('"').next().unwrap().replace("&amp;", "&");
    }
    assert_eq!(seen, 10);
}

#[tokio::test]
async fn the_pages_of_a_table_go_on_as_it_stood_when_something_is_published_meanwhile() {
    let service = WebService::start().await;
    let mut path = "/?limit=4".to_owned();
    let mut seen = 0;
    let publication = service.items("/api/v1/impacted").await.json()["publication"].clone();
    loop {
        let page = service.items(&path).await.body;
        seen += lines(&page);
        assert!(page.contains(publication.as_str().unwrap()), "{path}");
        let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") else { break };
        path = rest.split('"').next().unwrap().replace("&amp;", "&");
        if seen == 4 {
            let mut changed = WORKSPACE.clone();
            changed.programs.shift_remove("parcels");
            service.publish(changed).await;
        }
    }
    assert_eq!(seen, 10);
    assert!(lines(&service.items("/").await.body) < 10, "who starts anew reads the new table");
}

#[tokio::test]
async fn the_archive_lists_notices_by_program() {
    let service = WebService::start().await;
    let all = service.items("/notices").await.body;
    for title in ["TLS 1.0 &amp; 1.1 end", "Rates v1 retires", "Deals retires", "CRM APIs"] {
        assert!(all.contains(title), "{title}");
    }
    let one = service.items("/notices/parcels").await.body;
    assert!(one.contains("/notices/parcels/tls-1.2"));
    assert!(!one.contains("Deals retires"));
    assert!(one.contains("mailto:apis@parcels.example"));
}

#[tokio::test]
async fn a_notice_has_its_page() {
    let service = WebService::start().await;
    let page = service.items("/notices/parcels/tls-1.2").await.body;
    assert!(page.contains("TLS 1.0 &amp; 1.1 end"));
    assert!(page.contains("/static/brand/parcels.css"));
    assert!(service.items("/static/brand/parcels.css").await.body.contains("--accent"));
}

#[tokio::test]
async fn pages_and_style_sheets_answer_304_too() {
    let service = WebService::start().await;
    for path in
        ["/", "/?program=crm", "/notices", "/notices/crm", "/static/style.css", "/favicon.ico"]
    {
        let tag = service.items(path).await.header("etag").to_owned();
        let again = service.ask(Method::GET, path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""), "{path}");
    }
}

#[tokio::test]
async fn people_get_errors_as_pages_and_programs_as_problems() {
    let service = WebService::start().await;
    let page = service.ask(Method::GET, "/notices/none", &[BROWSER]).await;
    assert_eq!(page.status, 404);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("vary"), "accept");
    assert!(page.body.contains("There is nothing here"));
    for (path, accept) in [
        ("/notices/none", "*/*"),
        ("/notices/none", "application/json, text/html;q=0.5"),
        ("/api/v1/none", "text/html"),
    ] {
        let problem = service.ask(Method::GET, path, &[("accept", accept)]).await;
        assert_eq!(problem.json()["code"], "not-found", "{path} {accept}");
    }
    let refused = service.ask(Method::POST, "/", &[BROWSER]).await;
    assert_eq!((refused.status.as_u16(), refused.header("allow")), (405, "GET, HEAD, OPTIONS"));
}

#[tokio::test]
async fn every_problems_type_leads_to_a_page_that_explains_it() {
    let service = WebService::start().await;
    for path in ["/api/v1/impacted?limit=0", "/api/v1/none", "/u/none", "/api/v1/impacted?cursor=x"]
    {
        let problem = service.get(path).await.json();
        let page = service.items(problem["type"].as_str().unwrap()).await.body;
        assert!(page.contains(problem["code"].as_str().unwrap()), "{path}");
    }
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_carry_no_inline_code() {
    let service = WebService::start().await;
    for path in ["/", "/notices", "/notices/crm", "/problems/not-found"] {
        let page = service.items(path).await.body;
        let own = "<script src=\"/static/page.js\" defer ";
        assert_eq!(page.matches("<script").count(), page.matches(own).count(), "{path}");
        for mark in ["<style", "style=\"", " onclick", "src=\"http", "@import"] {
            assert!(!page.contains(mark), "{path} has {mark}");
        }
    }
}

#[tokio::test]
async fn before_anything_is_published_the_page_says_so() {
    let service = WebService::start_empty(false).await;
    let page = service.ask(Method::GET, "/", &[BROWSER]).await;
    assert_eq!(page.status, 503);
    assert!(page.body.contains("The service is not ready"));
    assert_eq!(service.get("/static/style.css").await.status, 200);
}
