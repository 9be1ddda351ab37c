//! The table in a frame of other people's pages.

use crate::web_service::{WORKSPACE, WebService};
use reqwest::Method;

const EMBED: &str = "/embed?program=parcels";

fn policy_of(answer: &crate::web_service::Answer) -> Vec<String> {
    let policy = answer.header("content-security-policy");
    policy.split("; ").map(str::to_owned).collect()
}

#[tokio::test]
async fn the_table_may_be_framed_by_declared_sites_and_nothing_else_by_anybody() {
    let service =
        WebService::embedded_by(&["https://docs.example.org", "http://localhost:3000"]).await;
    let framers = "frame-ancestors https://docs.example.org http://localhost:3000";
    let embedded = service.items(EMBED).await;
    assert_eq!(
        policy_of(&embedded),
        [
            "default-src 'none'",
            "style-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            framers
        ]
    );
    assert_eq!(embedded.header("x-frame-options"), "");
    let tag = embedded.header("etag");
    let again = service.ask(Method::GET, EMBED, &[("if-none-match", tag)]).await;
    assert_eq!(again.status, 304);
    assert_eq!(policy_of(&again).last().unwrap(), framers, "a browser takes it over");
    for path in
        ["/", "/notices/parcels/tls-1.2", "/embed/", "/embedded", "/embed?limit=0", "/subscribe"]
    {
        let answer = service.get(path).await;
        assert_eq!(policy_of(&answer).last().unwrap(), "frame-ancestors 'none'", "{path}");
    }
}

#[tokio::test]
async fn nobody_may_frame_the_table_until_somebody_is_declared() {
    let service = WebService::start().await;
    let embedded = service.items(EMBED).await;
    assert_eq!(policy_of(&embedded).last().unwrap(), "frame-ancestors 'none'");
}

#[tokio::test]
async fn what_is_embedded_is_the_table_without_script_or_form() {
    let service = WebService::start().await;
    for query in ["", "?program=crm", "?api=rates&environment=prod", "?state=due", "?limit=2"] {
        let page = service.items(&format!("/embed{query}")).await.body;
        let table = service.items(&format!("/{query}")).await.body;
        let count = |page: &str| page.matches("<li class=\"api\">").count();
        assert_eq!(count(&page), count(&table), "{query}");
        assert!(count(&page) > 0, "{query}");
        assert!(!page.contains("<script") && !page.contains("<form"), "{query}");
        assert!(page.contains("<base target=\"_blank\">"));
        assert!(page.contains("name=\"robots\" content=\"noindex\""));
    }
    let whole = service.items(EMBED).await.body;
    assert!(whole.contains("<a href=\"/?program=parcels\">"), "the same question to the table");
    let german = service.items("/embed?lang=de").await;
    assert!(german.body.contains("<html lang=\"de\""));
    assert_eq!(german.header("content-language"), "de");
}

#[tokio::test]
async fn hostile_titles_stay_text_in_frames() {
    let service = WebService::start_empty(false).await;
    let mut workspace = WORKSPACE.clone();
    let hostile = "\"><script>alert(1)</script>";
    let parcels = &mut workspace.programs["parcels"];
    parcels.catalogue.apis["labels"].title = hostile.to_owned();
    parcels.notices["tls-1.2"].title = hostile.to_owned();
    service.publish(workspace).await;
    let page = service.items(EMBED).await.body;
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
}

#[test]
fn an_origin_is_a_site_and_nothing_that_means_more_in_a_header() {
    use fairwarning::config::Origin;
    for (written, meant) in [
        ("https://docs.example.org", "https://docs.example.org"),
        (" https://Docs.Example.org:443/ ", "https://docs.example.org"),
        ("https://docs.example.org:8443", "https://docs.example.org:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ] {
        assert_eq!(written.parse::<Origin>().unwrap().as_str(), meant);
    }
    for bad in [
        "",
        "*",
        "'self'",
        "docs.example.org",
        "https://docs.example.org/page",
        "http://docs.example.org",
        "https://*.example.org",
        "https://a.example;script-src",
        "https://a.example https://b.example",
        "https://user@docs.example.org",
        "data:text/html,x",
    ] {
        let refusal = bad.parse::<Origin>().unwrap_err().to_string();
        assert!(refusal.contains("--embed-origin"), "{bad}: {refusal}");
    }
}
