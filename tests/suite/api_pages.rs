//! The page of an API: what happens to it, where and when.

use crate::declared::sample_workspace;
use crate::web_service::WebService;

async fn of_samples() -> WebService {
    let service = WebService::start_empty(false).await;
    service.publish(sample_workspace()).await;
    service
}

/// Where each of the strings stands; all must.
fn places(body: &str, wanted: &[&str]) -> Vec<usize> {
    wanted.iter().map(|text| body.find(text).unwrap_or_else(|| panic!("no {text}"))).collect()
}

#[tokio::test]
async fn the_page_of_an_api_tells_its_rows_by_environment_and_date() {
    let service = of_samples().await;
    let page = service.items("/apis/usps-web-tools/Verify").await;
    let (head, table) = page.body.split_once("<table").unwrap();
    assert!(head.contains("<h1>Address Validation <code>Verify</code></h1>"));
    let order = places(
        table,
        &[
            "30 March 2020",
            "https://cat-webtools.usps.com",
            "7 June 2020",
            "https://stg-secure.shippingapis.com/",
            "13 April 2020",
            "https://webtools.usps.com",
            "27 September 2020",
            "https://secure.shippingapis.com/",
        ],
    );
    assert!(order.is_sorted(), "{order:?}");
    assert!(page.body.contains("4 rows name it"));
    assert!(page.body.contains("href=\"/notices/usps-web-tools/tls-1.2\""));
    assert!(page.body.contains("state-cut-off"));
    assert!(!page.body.contains("state-deprecated"), "all of it has happened");
}

#[tokio::test]
async fn the_state_on_the_page_of_an_api_is_that_of_the_moment_asked_about() {
    let service = of_samples().await;
    let page = service.items("/apis/usps-web-tools/Verify?on=2020-04-01").await.body;
    assert!(page.contains("state-cut-off\">1 "), "TEST was cut off on March 30");
    assert!(page.contains("state-announced\">3 "));
}

#[tokio::test]
async fn every_api_of_the_table_leads_to_its_page() {
    let service = of_samples().await;
    let table = service.items("/").await.body;
    for api in [
        "/apis/usps-web-tools/holdForPickup",
        "/apis/onepagecrm/onepagecrm-api",
        "/apis/constant-contact/v3",
    ] {
        if table.contains(&format!("href=\"{api}\"")) {
            service.items(api).await;
        } else {
            assert!(api.ends_with("/v3"), "{api}");
        }
    }
    let links = table.split("href=\"/apis/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let links: std::collections::BTreeSet<_> = links.collect();
    assert!(links.len() >= 13, "{links:?}");
    for link in links {
        assert!(service.items(&format!("/apis/{link}")).await.body.contains("<table"), "{link}");
    }
}

#[tokio::test]
async fn an_api_that_no_notice_names_has_a_page_that_says_so() {
    let mut workspace = crate::web_service::WORKSPACE.clone();
    workspace.programs.get_mut("crm").unwrap().notices.clear();
    let service = WebService::start_empty(false).await;
    service.publish(workspace).await;
    let page = service.items("/apis/crm/contacts").await.body;
    assert!(page.contains("No current notice names this API."));
    assert!(!page.contains("<table"));
}

#[tokio::test]
async fn what_takes_the_place_of_an_api_is_told_and_linked() {
    let service = WebService::start().await;
    let rates = service.items("/apis/parcels/rates").await.body;
    assert!(rates.contains("<a href=\"/apis/crm/contacts\">Contacts</a>"));
    let hold = service.items("/apis/parcels/holdForPickup").await.body;
    assert!(hold.contains("<dd>Nothing</dd>"));
    assert!(hold.contains("Keeps a parcel at the counter."));
    assert!(hold.contains("Hold &lt;for&gt; Pickup") && !hold.contains("Hold <for>"));
}

#[tokio::test]
async fn an_api_is_found_in_its_own_program_by_its_exact_name() {
    let service = WebService::start().await;
    for path in ["crm/labels", "parcels/Labels", "nobody/labels", "parcels/%3Cb%3E", "a%00b/c"] {
        assert_eq!(service.get(&format!("/apis/{path}")).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_page_of_an_api_speaks_the_language_asked_for_and_is_asked_again_cheaply() {
    let service = WebService::start().await;
    let page = service.items("/apis/parcels/labels?lang=de").await;
    assert!(page.body.contains("Aufrufbar in"));
    assert!(page.body.contains("href=\"/notices/parcels?lang=de\""));
    assert_eq!(page.header("content-language"), "de");
    let tag = page.header("etag").to_owned();
    let again = service
        .ask(reqwest::Method::GET, "/apis/parcels/labels?lang=de", &[("if-none-match", &tag)])
        .await;
    assert_eq!(again.status, 304);
}
